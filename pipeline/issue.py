"""The queue -> an issue: what was accepted, as laid out, filled up with the best of the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from pipeline.explore import explored, reason
from pipeline.issue_markdown import lead
from pipeline.layout import in_order, load_layout
from pipeline.published import keys_of_draft, keys_of_story
from pipeline.queue import Entry, Place, Queue, State
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
    """An issue, and what it was assembled from: entries of the queue, or what ran where final."""

    issue: Issue
    entries: Mapping[StoryId, Entry] = field(default_factory=dict)
    """In print order."""
    ran: tuple[PrintedItem, ...] = ()
    """The same of a final issue, as it was kept."""
    final: bool = False
    explored: Mapping[StoryId, str] = field(default_factory=dict)
    """Those of its stories that are tried because taste is unsure of them, each with why."""

    @property
    def stories(self) -> list[StoryId | None]:
        """The story of each item in print order; None for one of an imported issue."""
        return [item.story for item in self.ran] if self.final else [*self.entries]

    @property
    def printed(self) -> tuple[PrintedItem, ...]:
        """What each item makes published, in print order."""
        return self.ran if self.final else tuple(map(_printed, self.entries.values()))

    @property
    def proposed(self) -> int:
        """How many of its items nobody has accepted yet."""
        return sum(entry.state is not State.ACCEPTED for entry in self.entries.values())


def assemble(queue: Queue, *, fill: bool = True) -> Assembled:
    """Put the issue of the queue's period together.

    Each section holds what the editor accepted, in the order that he laid out, and, with `fill`,
    the best proposals up to its quota. What was accepted for a section that is configured no more
    stands behind the others. Title and 导读 are the editor's where he wrote one.
    """
    settings, period = queue.settings, queue.period
    decided = queue.decided()
    accepted = _accepted(decided)
    layout = load_layout(queue.store, period).layout
    names = [section.name for section in settings.sections]
    filling = _fillings(queue, decided, _taste(queue, names), names) if fill else {}
    sections: list[IssueSection] = []
    entries: dict[StoryId, Entry] = {}
    for name in [*names, *sorted(accepted.keys() - set(names))]:
        proposed = filling[name].places if name in filling else ()
        places = [*in_order(accepted.get(name, []), layout), *proposed]
        made = [queue.drafted(place) for place in places]
        sections.append(IssueSection(name=name, items=tuple(entry.draft for entry in made)))
        entries |= {entry.story.id: entry for entry in made}
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
        entries=entries,
        explored=_explored(filling),
    )


def tried(queue: Queue, decided: Sequence[Place], sections: Collection[str]) -> dict[StoryId, str]:
    """The proposals of some sections that `assemble` tries on taste, each with why.

    `decided` is what the queue has of these.
    """
    taste = _taste(queue, sections)
    return _explored(_fillings(queue, decided, taste, list(taste)))


def _accepted(decided: Sequence[Place]) -> dict[str, list[Place]]:
    """What the editor accepted and no issue ran yet, by section."""
    found: dict[str, list[Place]] = {}
    for place in decided:
        if place.state is State.ACCEPTED:
            found.setdefault(place.section, []).append(place)
    return found


def _taste(queue: Queue, sections: Collection[str]) -> dict[str, TasteModel]:
    """What was learned of these sections, where anything is to be tried on it."""
    if not queue.settings.score.explore:
        return {}
    learned = load_taste(queue.store)
    return models({name: one for name, one in learned.items() if name in sections})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filling:
    """The proposals that fill a section up, in the order of their scores."""

    places: tuple[Place, ...]
    explored: Mapping[StoryId, str] = field(default_factory=dict)


def _fillings(
    queue: Queue, decided: Sequence[Place], taste: Mapping[str, TasteModel], names: Sequence[str]
) -> dict[str, _Filling]:
    """What fills up those of the named sections that have room."""
    accepted = _accepted(decided)
    quotas = {section.name: section.quota for section in queue.settings.sections}
    found: dict[str, _Filling] = {}
    for name in names:
        chosen = accepted.get(name, [])
        room = quotas.get(name, 0) - len(chosen)
        if room > 0:
            found[name] = _filling(
                queue, chosen, queue.section(name, decided), room, taste.get(name)
            )
    return found


def _explored(filling: Mapping[str, _Filling]) -> dict[StoryId, str]:
    return {story: why for one in filling.values() for story, why in one.explored.items()}


def _filling(
    queue: Queue,
    chosen: Sequence[Place],
    places: Iterator[Place],
    room: int,
    model: TasteModel | None,
) -> _Filling:
    """The best proposals, but not five of one thing; a few places go to what taste cannot judge."""
    weights = queue.settings.score
    worth = (place for place in places if _worth_proposing(queue, place))
    best = list(islice(worth, room * _LOOKED_AT))
    known = load_documents_of(queue.store, [one.story.id for one in (*chosen, *best)])
    documents = [known.get(place.story.id, "") for place in best]
    beside = [known.get(place.story.id, "") for place in chosen]
    scores = [place.score.total for place in best]
    taken = varied(scores, documents, room, weights.variety, beside)
    tries = min(weights.explore, room // 2)
    if model is None or not tries:
        return _Filling(places=tuple(best[n] for n in sorted(taken)))
    left = [n for n in range(len(best)) if n not in taken]
    inside = [*beside, *(documents[n] for n in taken[: room - tries])]
    tested = [left[n] for n in explored([documents[n] for n in left], tries, model, inside)]
    taken = [*taken[: room - len(tested)], *tested]
    return _Filling(
        places=tuple(best[n] for n in sorted(taken)),
        explored={best[n].story.id: reason(documents[n], model) for n in tested},
    )


def _worth_proposing(queue: Queue, place: Place) -> bool:
    """Whether the machine may fill a place with it: on topic, or from the editor's own hand.

    Stars and freshness alone would fill a thin night with strangers; the queue shows them all.
    """
    if place.state is not State.PROPOSED:
        return False
    asked_for = any(part.name in ("topic", "hand") for part in place.score.parts)
    return asked_for and bool(queue.address(place))


def _printed(entry: Entry) -> PrintedItem:
    keys = (*keys_of_draft(entry.draft), *keys_of_story(entry.story))
    return PrintedItem(story=entry.story.id, basis=entry.basis, keys=tuple(dict.fromkeys(keys)))
