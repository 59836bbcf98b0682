"""The queue -> an issue: what was accepted, filled up with the best of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from pipeline.issue_markdown import lead
from pipeline.published import keys_of_draft, keys_of_story
from pipeline.queue import Entry, Queue, State
from store.issues import PrintedItem, load_issue, load_issue_dates
from store.models import Issue, IssueSection


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
        rest = list(islice(filter(_worth_proposing, entries), room)) if room else []
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
