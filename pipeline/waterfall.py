"""Why a story stands where it stands: its parts, what it resembles, and what would change it.

For people who ask; a run needs none of it.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from config.settings import Settings
from pipeline.filling import Ground, Prospect, is_asked_for, prospect_of, quota_of
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
from store.taste import load_taste

_HEADLINE_CHARS = 60
_NEAREST = 3
_WORDS = 5
_REASONS = 8


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
    """In its section by score, from 1."""
    places: int
    """How many the machine proposes there."""
    inside: bool
    """Whether it is in the issue as it stands."""
    ground: Ground
    """Why it is, or is not."""
    margin: float | None
    """Points over what it needs to be in by its score, below zero where they lack; None where no
    score decides."""
    parts: tuple[Part, ...]
    """The largest first."""
    taste: str
    """Whether what was learned is used in the section, and why."""
    reasons: tuple[Reason, ...]
    picked: tuple[Neighbour, ...]
    passed: tuple[Neighbour, ...]
    """Nearest of what was not picked."""
    alike: Neighbour | None
    """Of those that take places before it the one that it is most like, which costs it points."""
    variety: float
    """The points that this costs it."""
    explored: str | None
    """What taste is to be tried on, where it is in for that."""
    change: Change | None
    """The smallest; None where nothing that is known of would do."""


def waterfall(store: Store, settings: Settings, period: Period, story: StoryId) -> Waterfall:
    """Tell of a story. Raises NotFoundError."""
    queue = Queue(store=store, settings=settings, period=period)
    entry = load_entry(store, settings, period, story)
    section = entry.section
    prospect = prospect_of(queue, entry)
    bar = prospect.bar
    margin = None if bar is None else round(entry.score.total - bar.points, 3)
    tokens = document(entry.story, entry.score.parts, settings)
    taste = load_taste(store).get(section)
    model = models({section: taste}).get(section) if taste else None
    examples = list(examples_of(store, settings, section, settled=period.settled))
    return Waterfall(
        entry=entry,
        place=_place(store, entry, period),
        places=quota_of(settings, section),
        inside=prospect.inside,
        ground=prospect.ground,
        margin=margin,
        parts=tuple(sorted(entry.score.parts, key=lambda part: (-part.value, part.label))),
        taste=taste.verdict if taste else "规则：还没有学过",
        reasons=tuple(
            Reason(token=shown(token), points=round(points, 3))
            for token, points in (model.reasons(tokens) if model else [])[:_REASONS]
        ),
        picked=_nearest(tokens, (e.document for e in examples if e.picked)),
        passed=_nearest(tokens, (e.document for e in examples if not e.picked)),
        alike=_like(tokens, bar.alike) if bar is not None and bar.alike is not None else None,
        variety=0.0 if bar is None else round(0.0 - bar.cost, 3),
        explored=prospect.why,
        change=_smallest(entry, settings, prospect, margin),
    )


def _place(store: Store, entry: Entry, period: Period) -> int:
    """The place by score among all of the section."""

    def total(story: StoryId) -> float:
        return load_scores(store, [story])[story].total

    ranked = [story for story, _ in load_ranking(store, period.start, section=entry.section)]
    others = [one for one in ranked if one != entry.story.id]
    # Only as many scores are read as it takes to find the place.
    return bisect_left(others, -entry.score.total, key=lambda story: -total(story)) + 1


def _nearest(tokens: str, documents: Iterable[str]) -> tuple[Neighbour, ...]:
    mine = features(tokens)
    near = ((cosine(mine, features(other)), other) for other in documents if other != tokens)
    found = [(round(likeness, 3), other) for likeness, other in near if likeness]
    found.sort(key=lambda one: (-one[0], one[1]))
    return tuple(_neighbour(mine, other, likeness) for likeness, other in found[:_NEAREST])


def _like(tokens: str, other: str) -> Neighbour:
    mine = features(tokens)
    return _neighbour(mine, other, round(cosine(mine, features(other)), 3))


def _neighbour(mine: dict[str, float], other: str, likeness: float) -> Neighbour:
    words = "、".join(_shared(mine, other))
    return Neighbour(words=words, headline=_headline(other), likeness=likeness)


def _shared(mine: dict[str, float], other: str) -> list[str]:
    both = [token for token in features(other) if token in mine and not token.startswith("b:")]
    words = (shown(token) for token in sorted(both, key=lambda t: (-mine[t], -len(t), t)))
    return list(dict.fromkeys(words))[:_WORDS]


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


@dataclass(frozen=True, slots=True)
class _Move:
    change: Change
    asked_for: bool
    """It brings, or takes, what one of a proposal's parts must be."""


def _smallest(
    entry: Entry, settings: Settings, prospect: Prospect, margin: float | None
) -> Change | None:
    """The smallest change by which it would be out, or in."""
    moves: list[_Move] = []
    if prospect.ground in (Ground.SCORE, Ground.FREE) and prospect.inside:
        last = sum(map(is_asked_for, entry.score.parts)) == 1
        over = math.inf if margin is None else margin
        moves = [
            move
            for move in _losses(entry, settings)
            if -move.change.points > over or (last and move.asked_for)
        ]
    elif prospect.ground in (Ground.SCORE, Ground.STRANGE):
        under = -math.inf if margin is None else -margin
        moves = [
            move
            for move in _gains(entry, settings)
            if move.change.points > under
            and (move.asked_for or prospect.ground is not Ground.STRANGE)
        ]
    changes = (move.change for move in moves)
    return min(changes, key=lambda change: (abs(change.points), change.what), default=None)


def _losses(entry: Entry, settings: Settings) -> Iterator[_Move]:
    """What a story would not have without one of its parts."""
    topics = _Topics(entry, settings)
    for part in entry.score.parts:
        points = topics.moved(-part.value) if part.name == "topic" else -part.value
        yield _Move(Change(what=f"没有“{part.label}”", points=points), is_asked_for(part))


def _gains(entry: Entry, settings: Settings) -> Iterator[_Move]:
    """What might yet happen to a story, each with the points that it would bring."""
    weights = settings.score
    has = {part.name: part.value for part in entry.score.parts}
    voices = 2 ** (has.get("reports", 0.0) / weights.reports) if weights.reports else 1.0
    reports = weights.reports * math.log2((voices + 1) / voices)
    gains = {"再多一家媒体报道": reports, "今天才发": weights.recency - has.get("recency", 0.0)}
    if any(member.candidate.kind is Kind.PAPER for member in entry.story.members):
        if "code" not in has:
            gains["附代码"] = weights.code
        if "venue" not in has:
            gains["被会议或期刊录用"] = weights.venue
    if "taste" in has and has["taste"] < 0:
        gains["不计口味"] = -has["taste"]
    for what, points in gains.items():
        yield _Move(Change(what=what, points=points), False)
    if "hand" not in has:
        yield _Move(Change(what="编辑手选", points=weights.hand), True)
    topics = _Topics(entry, settings)
    for topic in topics.sought:
        points = topics.moved(topic.weight - topics.found.get(topic.name, 0.0))
        yield _Move(Change(what=f"标题里有“{topic.name}”", points=points), True)


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
