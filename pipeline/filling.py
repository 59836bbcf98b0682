"""What fills a section of the coming issue up: the best proposals, and a few to try taste on.

Also why one story is among them or not, told by what it would have needed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from config.settings import Settings
from pipeline.explore import explored, reason
from pipeline.queue import Entry, Place, Queue, State
from pipeline.score import CAPPED
from pipeline.taste.learning import models
from pipeline.taste.model import TasteModel
from pipeline.variety import Bar, Step, lowest_bar, varied
from store.issues import load_issue
from store.models import Part, StoryId
from store.taste import load_documents_of, load_taste

_LOOKED_AT = 4
"""Proposals that are looked at for each place."""


class Ground(StrEnum):
    """Why a story is in the coming issue or not."""

    FINAL = "final"
    """The issue is final, and it is among what ran, or not."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    LATER = "later"
    PRINTED = "printed"
    """It ran in an earlier issue."""
    STRANGE = "strange"
    """On no topic and not from the editor's hand: nothing that the machine proposes by itself."""
    UNREACHABLE = "unreachable"
    """There is no address to open."""
    FULL = "full"
    """The editor accepted as many as the section has places."""
    FREE = "free"
    """There are places for all."""
    EXPLORED = "explored"
    """Taste is to be tried on it."""
    SCORE = "score"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """Whether a story is in the coming issue, and what its score would have to be."""

    inside: bool
    ground: Ground
    bar: Bar | None = None
    """What its score is held against, where there is room, and others that want it."""
    why: str | None = None
    """What taste is tried on, where it is in for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """The proposals that fill a section up, in the order of their scores."""

    places: tuple[Place, ...]
    explored: Mapping[StoryId, str] = field(default_factory=dict)
    """Those of them that taste is tried on, each with why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """The best proposals for a section and how its places go to them by score and variety."""

    best: Sequence[Place]
    documents: Sequence[str]
    """Theirs."""
    beside: Sequence[str]
    """Those of what was accepted."""
    steps: Sequence[Step]


def accepted_of(decided: Iterable[Place]) -> dict[str, list[Place]]:
    """What the editor accepted and no issue ran yet, by section."""
    found: dict[str, list[Place]] = {}
    for place in decided:
        if place.state is State.ACCEPTED:
            found.setdefault(place.section, []).append(place)
    return found


def explored_of(filling: Mapping[str, Filling]) -> dict[StoryId, str]:
    """The stories that taste is tried on, each with why."""
    return {story: why for one in filling.values() for story, why in one.explored.items()}


def fillings(
    queue: Queue, decided: Sequence[Place], sections: Collection[str]
) -> dict[str, Filling]:
    """What fills up those of the sections that have room; `decided` is what the queue has of it."""
    return _fillings(queue, decided, sections, _taste(queue, sections))


def tried(queue: Queue, decided: Sequence[Place], sections: Collection[str]) -> dict[StoryId, str]:
    """The proposals of some sections that taste is tried on, each with why, as `fillings`."""
    taste = _taste(queue, sections)
    return explored_of(_fillings(queue, decided, taste, taste))


def _fillings(
    queue: Queue,
    decided: Sequence[Place],
    sections: Iterable[str],
    taste: Mapping[str, TasteModel],
) -> dict[str, Filling]:
    accepted = accepted_of(decided)
    found: dict[str, Filling] = {}
    for name in sections:
        chosen = accepted.get(name, [])
        room = quota_of(queue.settings, name) - len(chosen)
        if room > 0:
            choice = _choice(queue, chosen, queue.section(name, decided), room)
            found[name] = _filled(queue, choice, room, taste.get(name))
    return found


def prospect_of(queue: Queue, entry: Entry) -> Prospect:
    """Whether a story is in the issue of the queue's period, and why."""
    story = entry.story.id
    stored = load_issue(queue.store, queue.period.day)
    if stored is not None and stored.final:
        ran = any(item.story == story for item in stored.printed)
        return Prospect(inside=ran, ground=Ground.FINAL)
    if entry.state is not State.PROPOSED:
        return Prospect(inside=entry.state is State.ACCEPTED, ground=Ground(entry.state))
    if not queue.address(entry):
        return Prospect(inside=False, ground=Ground.UNREACHABLE)
    decided = queue.decided()
    filling = fillings(queue, decided, [entry.section]).get(entry.section)
    if filling is None:
        return Prospect(inside=False, ground=Ground.FULL)
    chosen = accepted_of(decided).get(entry.section, [])
    room = quota_of(queue.settings, entry.section) - len(chosen)
    # Without it, each place tells what it would have needed to go to it.
    others = (p for p in queue.section(entry.section, decided) if p.story.id != story)
    choice = _choice(queue, chosen, others, room)
    steps = choice.steps[: room - len(filling.explored)]
    free = len(steps) < room - len(filling.explored)
    bar = None if free else _bar(queue, entry, choice, steps, room)
    if not _is_proposal(queue, entry):
        return Prospect(inside=False, ground=Ground.STRANGE, bar=bar)
    if why := filling.explored.get(story):
        return Prospect(inside=True, ground=Ground.EXPLORED, bar=bar, why=why)
    inside = any(place.story.id == story for place in filling.places)
    return Prospect(inside=inside, ground=Ground.FREE if free else Ground.SCORE, bar=bar)


def _bar(queue: Queue, entry: Entry, choice: _Choice, steps: Sequence[Step], room: int) -> Bar:
    mine = load_documents_of(queue.store, [entry.story.id]).get(entry.story.id, "")
    cost = queue.settings.score.variety
    bar = lowest_bar(mine, steps, choice.documents, cost, choice.beside)
    if len(choice.best) < room * _LOOKED_AT:
        return bar
    last = choice.best[-1].score.total
    return bar if bar.points >= last else Bar(points=last, cost=0.0, alike=None)


def is_asked_for(part: Part) -> bool:
    """Whether this part of a score makes a proposal of a story: a topic, or the editor's hand.

    Stars and freshness alone would fill a thin night with strangers; the queue shows them all.
    """
    return part.name == "hand" or (part.name == "topic" and part.label != CAPPED)


def _is_proposal(queue: Queue, place: Place) -> bool:
    """Whether the machine may fill a place with it."""
    if place.state is not State.PROPOSED:
        return False
    return any(map(is_asked_for, place.score.parts)) and bool(queue.address(place))


def quota_of(settings: Settings, section: str) -> int:
    """How many items the machine proposes in a section; none in one that is not configured."""
    return next((s.quota for s in settings.sections if s.name == section), 0)


def _taste(queue: Queue, sections: Collection[str]) -> dict[str, TasteModel]:
    """What was learned of these sections, where anything is to be tried on it."""
    if not queue.settings.score.explore:
        return {}
    learned = load_taste(queue.store)
    return models({name: one for name, one in learned.items() if name in sections})


def _choice(queue: Queue, chosen: Sequence[Place], places: Iterable[Place], room: int) -> _Choice:
    """The best proposals, and which of them take the room; not five of one thing."""
    proposals = (place for place in places if _is_proposal(queue, place))
    best = list(islice(proposals, room * _LOOKED_AT))
    known = load_documents_of(queue.store, [one.story.id for one in (*chosen, *best)])
    documents = [known.get(place.story.id, "") for place in best]
    beside = [known.get(place.story.id, "") for place in chosen]
    scores = [place.score.total for place in best]
    steps = varied(scores, documents, room, queue.settings.score.variety, beside)
    return _Choice(best=best, documents=documents, beside=beside, steps=steps)


def _filled(queue: Queue, choice: _Choice, room: int, model: TasteModel | None) -> Filling:
    """What takes the room; a few places go to what taste cannot judge."""
    best, documents = choice.best, choice.documents
    taken = [step.taken for step in choice.steps]
    tries = min(queue.settings.score.explore, room // 2)
    if model is None or not tries:
        return Filling(places=tuple(best[n] for n in sorted(taken)))
    left = [n for n in range(len(best)) if n not in taken]
    inside = [*choice.beside, *(documents[n] for n in taken[: room - tries])]
    tested = [left[n] for n in explored([documents[n] for n in left], tries, model, inside)]
    taken = [*taken[: room - len(tested)], *tested]
    return Filling(
        places=tuple(best[n] for n in sorted(taken)),
        explored={best[n].story.id: reason(documents[n], model) for n in tested},
    )
