"""The queue -> an issue: what was accepted, filled up with the best of the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pipeline.issue_markdown import lead
from pipeline.published import keys_of_draft, keys_of_story
from pipeline.queue import Entry, Queue, State
from pipeline.variety import varied
from store.issues import PrintedItem, load_issue, load_issue_dates
from store.models import Issue, IssueSection
from store.taste import load_documents_of

_LOOKED_AT = 4
"""Proposals that are looked at for each place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """An issue, and what its items make published, in print order."""

    issue: Issue
    printed: tuple[PrintedItem, ...]
    final: bool = False
    proposed: int = 0
    """How many of its items nobody has accepted yet."""


def _printed(entry: Entry) -> PrintedItem:
    keys = (*keys_of_draft(entry.draft), *keys_of_story(entry.story))
    return PrintedItem(story=entry.story.id, basis=entry.basis, keys=tuple(dict.fromkeys(keys)))


def _worth_proposing(entry: Entry) -> bool:
    """Whether the machine may fill a place with it: on topic, or from the editor's own hand.

    Stars and freshness alone would fill a thin night with strangers; the queue shows them all.
    """
    asked_for = any(part.name in ("topic", "hand") for part in entry.score.parts)
    return entry.state is State.PROPOSED and asked_for and bool(entry.draft.url)


def _filling(
    queue: Queue, chosen: Sequence[Entry], entries: Iterator[Entry], room: int
) -> list[Entry]:
    """The best proposals, but not five of one thing; in the order of their scores."""
    best = list(islice(filter(_worth_proposing, entries), room * _LOOKED_AT))
    documents = load_documents_of(queue.store, [e.story.id for e in (*chosen, *best)])
    taken = varied(
        [entry.score.total for entry in best],
        [documents.get(entry.story.id, "") for entry in best],
        room,
        queue.settings.score.variety,
        [documents.get(entry.story.id, "") for entry in chosen],
    )
    return [best[n] for n in sorted(taken)]


def assemble(queue: Queue, *, fill: bool = True) -> Assembled:
    """Put the issue of the queue's period together.

    Each section holds what the editor accepted, and, with `fill`, the best proposals up to its
    quota. What was accepted for a section that is configured no more stands behind the others.
    """
    settings, period = queue.settings, queue.period
    quotas = {section.name: section.quota for section in settings.sections}
    sections: list[IssueSection] = []
    printed: list[PrintedItem] = []
    proposed = 0
    accepted = queue.accepted()
    for name, entries in queue.sections().items():
        chosen = accepted.get(name, [])
        room = max(0, quotas.get(name, 0) - len(chosen)) if fill else 0
        rest = _filling(queue, chosen, entries, room) if room else []
        proposed += len(rest)
        chosen = [*chosen, *rest]
        sections.append(IssueSection(name=name, items=tuple(entry.draft for entry in chosen)))
        printed += [_printed(entry) for entry in chosen]
    stored = load_issue(queue.store, period.day)
    filled = tuple(section for section in sections if section.items)
    return Assembled(
        issue=Issue(
            date=period.day,
            title=stored.issue.title if stored else "",
            lead=lead(filled, settings.newsletter, settings.sections),
            sections=filled,
            back_issues=tuple(
                load_issue_dates(queue.store, before=period.day, settled=period.settled)
            ),
        ),
        printed=tuple(printed),
        proposed=proposed,
    )
