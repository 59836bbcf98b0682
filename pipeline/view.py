"""A look at the queue: which stories, how far down. What the desk's pages and the terminal show.

A view is made of filters; what passes all of them is shown, the best first, or, where words are
looked for, the best match first. What the editor decided on stands at its place among the rest.

Where a page ends is told by the last story on it, not by a number: while an editor works, what is
decided leaves the view, and a number would skip what moves up.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from pipeline.queue import HEAD, Entry, Place, Queue, State, rank
from store.candidates import search
from store.decisions import load_decided
from store.filters import count_scored, load_stories_with
from store.models import Kind, SourceName, StoryId
from store.scores import load_ranking
from store.stories import resolve

_MATCHES = 500
"""Stories looked at for words: who needs more must say more."""
MANY = 999
"""Stories of a section that wait, beyond which nobody asks how many they are."""
_BATCH = 25
_DECIDED = (State.ACCEPTED, State.REJECTED, State.LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Filters; None or empty lets everything pass."""

    section: str | None = None
    state: State | None = None
    source: SourceName | None = None
    kind: Kind | None = None
    language: str | None = None
    """``zh``, ``en`` …, of any member."""
    days: int | None = None
    """Something of it was first seen within so many days."""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A stretch of a view."""

    entries: tuple[Entry, ...]
    start: int
    """How many were passed over before it."""
    more: bool
    """Whether any stand behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a section of the coming issue has."""

    open: int
    """Stories of the period that wait; what ran before is not told apart. Counted up to `MANY`:
    a larger number only says that there are more."""
    accepted: int

    @property
    def shown(self) -> str:
        """How many are open, as a person is told."""
        return f"{MANY}+" if self.open > MANY else str(self.open)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """All that may be in a view, in two lots, each the best first."""

    decided: Sequence[Place]
    rest: Sequence[StoryId]


def look(
    queue: Queue,
    view: View,
    *,
    start: int = 0,
    count: int,
    after: StoryId | None = None,
    decided: Sequence[Place] | None = None,
) -> Page:
    """The stories of a view from number `start` (from 0), `count` of them at most.

    With `after`, those that stand behind that story, whether it is (still) in the view or not.
    `decided` is what the queue has of these, where that is known already.
    """
    decided = _decided(queue, view) if decided is None else decided
    places = _places(queue, view, after, decided)
    passing = (place for place in places if passes(place, view, queue))
    shown = list(islice(passing, start, start + count + 1))
    return Page(
        entries=tuple(queue.drafted(place) for place in shown[:count]),
        start=start,
        more=len(shown) > count,
    )


def next_to(queue: Queue, view: View, story: StoryId, *, before: bool = False) -> StoryId | None:
    """The story of a view behind (or `before`) one that is in it, or was."""
    decided = _decided(queue, view)
    places = (
        _places_back(queue, view, story, decided)
        if before
        else _places(queue, view, story, decided)
    )
    return next((place.story.id for place in places if passes(place, view, queue)), None)


def _decided(queue: Queue, view: View) -> Sequence[Place]:
    """What the queue has of these; where words are looked for, it is found like all else."""
    return () if view.words.strip() else queue.decided()


def tally(queue: Queue, decided: Sequence[Place]) -> dict[str, Tally]:
    """What each section has; those that are configured first, in print order.

    `decided` is what the queue has of these.
    """
    accepted = Counter(place.section for place in decided if place.state is State.ACCEPTED)
    waiting = Counter(place.section for place in decided if place.state is State.PROPOSED)
    names = [section.name for section in queue.settings.sections]
    names += sorted({*waiting, *accepted} - set(names))
    since = queue.period.start
    counted = set(load_decided(queue.store, since))
    known = Counter(place.score.section for place in decided if place.story.id in counted)
    for name in names:
        most = MANY + 1 + known[name]
        waiting[name] += count_scored(queue.store, since, name, most) - known[name]
    return {name: Tally(open=waiting[name], accepted=accepted[name]) for name in names}


def passes(place: Place, view: View, queue: Queue) -> bool:
    """Whether a story is in a view; its words are not looked at."""
    members = [member.candidate for member in place.story.members]
    since = _seen_since(view, queue)
    return (
        view.section in (None, place.section)
        and view.state in (None, place.state)
        and (view.source is None or any(m.item.source == view.source for m in members))
        and (view.kind is None or any(m.kind is view.kind for m in members))
        and (view.language is None or any(m.language == view.language for m in members))
        and (since is None or any(m.first_seen >= since for m in place.story.members))
    )


def _seen_since(view: View, queue: Queue) -> datetime | None:
    return None if view.days is None else queue.period.now - timedelta(days=view.days)


def _places(
    queue: Queue, view: View, after: StoryId | None, decided: Sequence[Place]
) -> Iterator[Place]:
    """From the best on, or from behind a story."""
    if after is None and not view.words.strip() and view.state not in _DECIDED:
        return queue.merged(decided, _best(queue, view, decided))
    line = _line(queue, view, decided)
    first, rest = (0, 0) if after is None else _before(queue, view, line, after, past=True)
    return queue.merged(line.decided[first:], line.rest[rest:])


def _best(queue: Queue, view: View, decided: Sequence[Place]) -> Iterator[StoryId]:
    """The ranking but for what was decided, as it is asked for: a page needs its head alone."""
    known = {place.story.id for place in decided}
    head = [story for story, _ in queue.head(view.section)]
    kept = _narrowed(queue, view, among=head)
    yield from (one for one in head if one not in known and (kept is None or one in kept))
    if len(head) == HEAD:
        yield from _ranked(queue, view, known.union(head))


def _ranked(queue: Queue, view: View, known: Collection[StoryId]) -> list[StoryId]:
    """The ranking of what may be in a view, without what is known."""
    ranking = load_ranking(
        queue.store, queue.period.start, section=view.section, among=_narrowed(queue, view)
    )
    return [story for story, _ in ranking if story not in known]


def _places_back(
    queue: Queue, view: View, story: StoryId, decided: Sequence[Place]
) -> Iterator[Place]:
    """From before a story, backwards."""
    line = _line(queue, view, decided)
    first, rest = _before(queue, view, line, story)
    ahead = (
        place
        for end in range(rest, 0, -_BATCH)
        for place in reversed(queue.places(line.rest[max(0, end - _BATCH) : end]))
    )
    if not line.decided:
        return ahead
    return heapq.merge(reversed(line.decided[:first]), ahead, key=rank, reverse=True)


def _line(queue: Queue, view: View, decided: Sequence[Place]) -> _Line:
    if view.words.strip():
        return _Line(decided=(), rest=search(queue.store, view.words, _MATCHES))
    if view.state in _DECIDED:
        return _Line(decided=decided, rest=())
    known = {place.story.id for place in decided}
    return _Line(decided=decided, rest=_ranked(queue, view, known))


def _narrowed(
    queue: Queue, view: View, among: Collection[StoryId] | None = None
) -> set[StoryId] | None:
    """Stories that may pass, so that no others are read; None where a view does not say.

    With `among`, no others are looked at.
    """
    if all(one is None for one in (view.source, view.kind, view.language, view.days)):
        return None
    return load_stories_with(
        queue.store,
        queue.period.start,
        source=view.source,
        kind=view.kind,
        language=view.language,
        seen_since=_seen_since(view, queue),
        among=among,
    )


def _before(
    queue: Queue, view: View, line: _Line, story: StoryId, *, past: bool = False
) -> tuple[int, int]:
    """How many of each lot stand before a story; with `past`, it is counted itself."""
    living = resolve(queue.store, story)
    places = queue.places([] if living is None else [living])
    if not places:
        return 0, 0
    place = places[0]
    if view.words.strip():
        if place.story.id not in line.rest:
            return 0, 0
        return 0, line.rest.index(place.story.id) + past
    cut = bisect_right if past else bisect_left
    return (
        cut(line.decided, rank(place), key=rank),
        # Only as many are read as it takes to find the place, whatever the length.
        cut(line.rest, rank(place), key=lambda one: rank(queue.places([one])[0])),
    )
