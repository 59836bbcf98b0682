"""Variety: no section of five near-equal things. Pure.

Maximal marginal relevance (J. Carbonell and J. Goldstein, 1998): the places of a section go one
after the other to the story with the best score less what it resembles of the ones already in.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from pipeline.taste.features import features


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A place that was given away."""

    taken: int
    """The number of the story that took it."""
    worth: float
    """Its score less what it resembled of those before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What a story must beat to take a place."""

    points: float
    """What the score must be."""
    cost: float
    """How many of these are for what it resembles of those before it."""
    alike: str | None
    """The document of these that it is most like."""


def varied(
    scores: Sequence[float],
    documents: Sequence[str],
    count: int,
    cost: float,
    beside: Iterable[str],
) -> list[Step]:
    """Which of some stories take `count` places, in the order that they take them.

    `scores` and `documents` are theirs; `beside` are documents of what is in already; `cost` are
    the points that a story loses that is wholly like one that is in. Without cost the best are
    taken. Equal ones in given order.
    """
    values = [features(document) for document in documents]
    nearest = _nearest(values, beside)
    steps: list[Step] = []
    left = list(range(len(values)))
    while left and len(steps) < count:
        worths = {n: round(scores[n] - cost * nearest[n], 6) for n in left}
        best = max(left, key=lambda n: (worths[n], -n))
        left.remove(best)
        steps.append(Step(taken=best, worth=worths[best]))
        _approach(nearest, values, values[best])
    return steps


def lowest_bar(
    document: str,
    steps: Sequence[Step],
    documents: Sequence[str],
    cost: float,
    beside: Sequence[str],
) -> Bar:
    """The least that another story would have needed at one of these steps; there is one at least.

    `document` is that story's; the others are those of `varied`.
    """
    mine = features(document)
    near = [(cosine(mine, features(one)), one) for one in beside]
    likeness, alike = max(near, key=itemgetter(0), default=(0.0, ""))
    bars: list[Bar] = []
    for step in steps:
        lost = cost * likeness
        bars.append(Bar(points=step.worth + lost, cost=lost, alike=alike if lost else None))
        taken = documents[step.taken]
        found = cosine(mine, features(taken)), taken
        likeness, alike = max((likeness, alike), found, key=itemgetter(0))
    return min(bars, key=lambda bar: bar.points)


def resemblance(documents: Sequence[str], beside: Iterable[str]) -> list[float]:
    """How alike each document is to the one of `beside` that it is most like, 0 to 1."""
    return _nearest([features(document) for document in documents], beside)


def _nearest(values: Sequence[Mapping[str, float]], beside: Iterable[str]) -> list[float]:
    nearest = [0.0] * len(values)
    for document in beside:
        _approach(nearest, values, features(document))
    return nearest


def _approach(
    nearest: list[float], values: Sequence[Mapping[str, float]], one: Mapping[str, float]
) -> None:
    for n, other in enumerate(values):
        nearest[n] = max(nearest[n], cosine(one, other))


def cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """How alike the features of two documents are, 0 to 1."""
    both = math.fsum([one[token] * other[token] for token in one.keys() & other.keys()])
    norm = math.hypot(*one.values()) * math.hypot(*other.values())
    return both / norm if norm else 0.0
