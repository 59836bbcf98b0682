"""Variety: no section of five near-equal things. Pure.

Maximal marginal relevance (J. Carbonell and J. Goldstein, 1998): the places of a section go one
after the other to the story with the best score less what it resembles of the ones already in.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from pipeline.taste.features import features


def likeness(one: str, other: str) -> float:
    """How alike two documents are: the cosine of their features, 0 to 1."""
    return cosine(features(one), features(other))


def varied(
    scores: Sequence[float],
    documents: Sequence[str],
    count: int,
    cost: float,
    beside: Iterable[str],
) -> list[int]:
    """Which of some stories take `count` places, in the order that they take them.

    `scores` and `documents` are theirs; `beside` are documents of what is in already; `cost` are
    the points that a story loses that is wholly like one that is in. Without cost the best are
    taken. Equal ones in given order.
    """
    values = [features(document) for document in documents]
    nearest = _nearest(values, beside)
    taken: list[int] = []
    left = list(range(len(values)))
    while left and len(taken) < count:
        best = max(left, key=lambda n: (round(scores[n] - cost * nearest[n], 6), -n))
        left.remove(best)
        taken.append(best)
        _approach(nearest, values, values[best])
    return taken


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
    both = math.fsum(one[token] * other[token] for token in one.keys() & other.keys())
    norm = math.sqrt(
        math.fsum(v * v for v in one.values()) * math.fsum(v * v for v in other.values())
    )
    return both / norm if norm else 0.0
