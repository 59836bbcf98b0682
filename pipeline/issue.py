"""The queue -> an issue: what was accepted, as laid out, filled up with the best of the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from pipeline.explore import explored, reason
from pipeline.issue_markdown import lead
from pipeline.layout import in_order, load_layout
from pipeline.published import keys_of_draft, keys_of_story
from pipeline.queue import Entry, Queue, State
from pipeline.taste.learning import models
from pipeline.taste.model import TasteModel
from pipeline.variety import varied
from store.issues import PrintedItem, load_issue, load_issue_dates
from store.models import Issue, IssueSection, StoryId
from store.taste import load_documents_of, load_taste

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
    explored: Mapping[StoryId, str] = field(default_factory=dict)
    """Those of them that are tried because taste is unsure of them, each with why."""


def _printed(entry: Entry) -> PrintedItem:
    keys = (*keys_of_draft(entry.draft), *keys_of_story(entry.story))
    return PrintedItem(story=entry.story.id, basis=entry.basis, keys=tuple(dict.fromkeys(keys)))


def _worth_proposing(entry: Entry) -> bool:
    """Whether the machine may fill a place with it: on topic, or from the editor's own hand.

    Stars and freshness alone would fill a thin night with strangers; the queue shows them all.
    """
    asked_for = any(part.name in ("topic", "hand") for part in entry.score.parts)
    return entry.state is State.PROPOSED and asked_for and bool(entry.draft.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filling:
    """The proposals that fill a section up, in the order of their scores."""

    entries: tuple[Entry, ...] = ()
    explored: Mapping[StoryId, str] = field(default_factory=dict)


def _filling(
    queue: Queue,
    chosen: Sequence[Entry],
    entries: Iterator[Entry],
    room: int,
    model: TasteModel | None,
) -> _Filling:
    """The best proposals, but not five of one thing; a few places go to what taste cannot judge."""
    weights = queue.settings.score
    best = list(islice(filter(_worth_proposing, entries), room * _LOOKED_AT))
    known = load_documents_of(queue.store, [e.story.id for e in (*chosen, *best)])
    documents = [known.get(entry.story.id, "") for entry in best]
    beside = [known.get(entry.story.id, "") for entry in chosen]
    scores = [entry.score.total for entry in best]
    taken = varied(scores, documents, room, weights.variety, beside)
    tries = min(weights.explore, room // 2)
    if model is None or not tries:
        return _Filling(entries=tuple(best[n] for n in sorted(taken)))
    left = [n for n in range(len(best)) if n not in taken]
    inside = [*beside, *(documents[n] for n in taken[: room - tries])]
    tried = [left[n] for n in explored([documents[n] for n in left], tries, model, inside)]
    taken = [*taken[: room - len(tried)], *tried]
    return _Filling(
        entries=tuple(best[n] for n in sorted(taken)),
        explored={best[n].story.id: reason(documents[n], model) for n in tried},
    )


def assemble(queue: Queue, *, fill: bool = True) -> Assembled:
    """Put the issue of the queue's period together.

    Each section holds what the editor accepted, in the order that he laid out, and, with `fill`,
    the best proposals up to its quota. What was accepted for a section that is configured no more
    stands behind the others. Title and 导读 are the editor's where he wrote one.
    """
    settings, period = queue.settings, queue.period
    quotas = {section.name: section.quota for section in settings.sections}
    sections: list[IssueSection] = []
    printed: list[PrintedItem] = []
    proposed = 0
    tried: dict[StoryId, str] = {}
    taste = models(load_taste(queue.store)) if fill and settings.score.explore else {}
    decided = queue.decided()
    accepted = queue.accepted(decided)
    layout = load_layout(queue.store, period).layout
    for name, entries in queue.sections(decided).items():
        chosen = in_order(accepted.get(name, []), layout)
        room = max(0, quotas.get(name, 0) - len(chosen)) if fill else 0
        rest = _filling(queue, chosen, entries, room, taste.get(name)) if room else _Filling()
        proposed += len(rest.entries)
        tried |= rest.explored
        chosen = [*chosen, *rest.entries]
        sections.append(IssueSection(name=name, items=tuple(entry.draft for entry in chosen)))
        printed += [_printed(entry) for entry in chosen]
    stored = load_issue(queue.store, period.day)
    filled = tuple(section for section in sections if section.items)
    title, text = layout.title, layout.lead
    return Assembled(
        issue=Issue(
            date=period.day,
            title=(stored.issue.title if stored else "") if title is None else title,
            lead=lead(filled, settings.newsletter, settings.sections) if text is None else text,
            sections=filled,
            back_issues=tuple(
                load_issue_dates(queue.store, before=period.day, settled=period.settled)
            ),
        ),
        printed=tuple(printed),
        proposed=proposed,
        explored=tried,
    )
