"""Why a story stands where it stands: its parts, what it resembles, and what would change it.

For people who ask; a run needs none of it.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from config.settings import Settings
from pipeline.desk import tried_now
from pipeline.period import Period
from pipeline.queue import Entry, Queue, load_entry
from pipeline.score import CAPPED, repository_topics_of
from pipeline.taste.examples import examples_of
from pipeline.taste.features import document, features, shown
from pipeline.taste.learning import models
from pipeline.variety import cosine
from store.database import Store
from store.models import Kind, Part, StoryId
from store.scores import load_ranking, load_scores
from store.taste import load_documents_of, load_taste

_HEADLINE_CHARS = 60
_NEAREST = 3
_REASONS = 8
_BEFORE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A word or tag that taste goes by, and the points that it gives."""

    token: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """An example that it resembles."""

    words: str
    """The most telling words that both have."""
    headline: str
    likeness: float
    """Cosine, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What alone would have put a story in or out."""

    what: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """All that is to be said of a story's place."""

    entry: Entry
    place: int
    """In its section, from 1."""
    places: int
    """How many the machine proposes there."""
    margin: float
    """Points over the first that is out; below zero: under the last that is in."""
    parts: tuple[Part, ...]
    """The largest first."""
    taste: str
    """Whether what was learned is used in the section, and why."""
    reasons: tuple[Reason, ...]
    picked: tuple[Neighbour, ...]
    passed: tuple[Neighbour, ...]
    """Nearest of what was not picked."""
    alike: Neighbour | None
    """The story before it in the section that it is most like, which costs it points there."""
    variety: float
    """The points that this costs it."""
    explored: str | None
    """Why it is in the draft although its score would not do: taste is to be tried on it."""
    change: Change | None
    """The smallest; None where nothing that is known of would do."""


def waterfall(store: Store, settings: Settings, period: Period, story: StoryId) -> Waterfall:
    """Tell of a story. Raises NotFoundError."""
    queue = Queue(store=store, settings=settings, period=period)
    entry = load_entry(store, settings, period, story)
    section = entry.score.section
    places = next((s.quota for s in settings.sections if s.name == section), 0)
    ranked = [story for story, _ in load_ranking(store, period.start, section=section)]
    place, margin = _place(store, ranked, entry, places)
    tokens = document(entry.story, entry.score.parts, settings)
    learned = load_taste(store)
    model = models(learned).get(section)
    taste = learned.get(section)
    examples = list(examples_of(store, settings, section, settled=period.settled))
    before = ranked[: ranked.index(entry.story.id)] if entry.story.id in ranked else ranked
    alike = _nearest(tokens, load_documents_of(store, before[:_BEFORE]).values())
    return Waterfall(
        entry=entry,
        place=place,
        places=places,
        margin=margin,
        parts=tuple(sorted(entry.score.parts, key=lambda part: (-part.value, part.label))),
        taste=taste.verdict if taste else "规则：还没有学过",
        reasons=tuple(
            Reason(token=shown(token), points=round(points, 3))
            for token, points in (model.reasons(tokens) if model else [])[:_REASONS]
        ),
        picked=_nearest(tokens, (e.document for e in examples if e.picked)),
        passed=_nearest(tokens, (e.document for e in examples if not e.picked)),
        alike=alike[0] if alike else None,
        variety=round(-settings.score.variety * alike[0].likeness, 3) if alike else 0.0,
        explored=tried_now(queue, queue.decided(), [entry.section]).get(entry.story.id),
        change=_smallest(entry, settings, margin),
    )


def _place(store: Store, ranked: Sequence[StoryId], entry: Entry, places: int) -> tuple[int, float]:
    """The place in the section, and the points to the story on the other side of the line."""

    def total(story: StoryId) -> float:
        return load_scores(store, [story])[story].total

    others = [one for one in ranked if one != entry.story.id]
    # Only as many scores are read as it takes to find the place.
    before = bisect_left(others, -entry.score.total, key=lambda story: -total(story))
    # Without this story, the one in the last place is the first that it must beat.
    rival = total(others[places - 1]) if 0 < places <= len(others) else 0.0
    return before + 1, round(entry.score.total - rival, 3)


def _nearest(tokens: str, documents: Iterable[str]) -> tuple[Neighbour, ...]:
    mine = features(tokens)
    near = ((cosine(mine, features(other)), other) for other in documents if other != tokens)
    found = [(round(likeness, 3), other) for likeness, other in near if likeness]
    found.sort(key=lambda one: (-one[0], one[1]))
    return tuple(
        Neighbour(
            words="、".join(_shared(mine, other)), headline=_headline(other), likeness=likeness
        )
        for likeness, other in found[:_NEAREST]
    )


def _shared(mine: dict[str, float], other: str) -> list[str]:
    both = [token for token in features(other) if token in mine and not token.startswith("b:")]
    return [shown(token) for token in sorted(both, key=lambda t: (-mine[t], -len(t), t))[:5]]


def _headline(tokens: str) -> str:
    """About how the headline of a document reads: its words in order, pairs of Chinese joined."""
    said = ""
    for token in tokens.split("\n"):
        word = token[2:]
        if not token.startswith("t:") or " " in word:
            continue
        if word.isascii():
            said += f" {word}"
        elif len(word) == 2:
            said += word[1] if said.endswith(word[0]) else f" {word}"
        if len(said) > _HEADLINE_CHARS:
            return said.strip()[:_HEADLINE_CHARS] + "…"
    return said.strip()


def _smallest(entry: Entry, settings: Settings, margin: float) -> Change | None:
    if margin >= 0:
        changes = [change for change in _losses(entry, settings) if -change.points > margin]
    else:
        changes = [change for change in _gains(entry, settings) if change.points > -margin]
    return min(changes, key=lambda change: (abs(change.points), change.what), default=None)


def _losses(entry: Entry, settings: Settings) -> Iterator[Change]:
    """What a story would not have without one of its parts."""
    topics = _Topics(entry, settings)
    for part in entry.score.parts:
        points = topics.moved(-part.value) if part.name == "topic" else -part.value
        yield Change(what=f"没有“{part.label}”", points=points)


def _gains(entry: Entry, settings: Settings) -> Iterator[Change]:
    """What might yet happen to a story, each with the points that it would bring."""
    weights = settings.score
    has = {part.name: part.value for part in entry.score.parts}
    voices = 2 ** (has.get("reports", 0.0) / weights.reports) if weights.reports else 1.0
    yield Change(what="再多一家媒体报道", points=weights.reports * math.log2((voices + 1) / voices))
    yield Change(what="今天才发", points=weights.recency - has.get("recency", 0.0))
    if "hand" not in has:
        yield Change(what="编辑手选", points=weights.hand)
    if any(member.candidate.kind is Kind.PAPER for member in entry.story.members):
        if "code" not in has:
            yield Change(what="附代码", points=weights.code)
        if "venue" not in has:
            yield Change(what="被会议或期刊录用", points=weights.venue)
    topics = _Topics(entry, settings)
    for topic in topics.sought:
        points = topics.moved(topic.weight - topics.found.get(topic.name, 0.0))
        yield Change(what=f"标题里有“{topic.name}”", points=points)
    if "taste" in has and has["taste"] < 0:
        yield Change(what="不计口味", points=-has["taste"])


class _Topics:
    """The topics of a story, and what another find of one would change of their sum."""

    def __init__(self, entry: Entry, settings: Settings) -> None:
        members = [member.candidate for member in entry.story.members]
        self.sought = (*settings.topics, *repository_topics_of(members, settings))
        parts = [p for p in entry.score.parts if p.name == "topic" and p.label != CAPPED]
        self.found = {part.label: part.value for part in parts}
        self._whole = math.fsum(part.value for part in parts)
        self._cap = settings.score.topic_cap

    def moved(self, points: float) -> float:
        """What the story would have more if one of them had so many points more."""
        return round(min(self._whole + points, self._cap) - min(self._whole, self._cap), 3)
