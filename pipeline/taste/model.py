"""The learned part of the score: what this editor picks, beyond what the rules know.

Logistic regression over the tokens of ``pipeline.taste.features`` and the rules' score, of what was
picked against the stream that it was picked from. The rules' score is one of its columns, so that
only what they miss is learned: divided by that column's weight, the rest is in the rules' own
points, and both add up to the total. Weights are rounded, and a score is the exact sum of few of
them, so that it is the same on every machine. Plain numbers by token: no pickle, nothing to trust.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from pipeline.taste.features import features

_STRENGTH = 0.5
"""Inverse of the penalty on weights."""
_LEAST = 0.02
"""Points below which a token's weight is left out."""
_WORTH = 0.25
"""The rules' column weighs this much a point at least: learned points stay of their size."""
_LOWEST = -2.0
"""Points that taste takes at most: what is new is not to be hidden by what was picked before."""
_RARE = 2
"""Documents that a token must stand in."""
_DECIMALS = 4

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How far what is learned may go from the rules."""

    name: str
    """As the verdict has it."""
    fewest: int
    """Picked examples below which nothing is learned this way; three in ten are to judge by."""
    rules: float
    """Value of the rules' column for one point: the larger, the more they explain by themselves."""
    pick: float
    """What a pick weighs at most against the penalty on weights: then each more of them counts.
    All together weigh no more than a fiftieth of what was passed over."""


FREE = Way(name="", fewest=17, rules=0.4, pick=math.inf)
"""For many picks that have much in common."""
NEAR = Way(name="（贴近规则）", fewest=12, rules=2.0, pick=1.0)
"""For few, or of many kinds: the less evidence, the nearer to the rules."""
_SHARE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A story that was in the stream, and what became of it."""

    document: str
    rules: float
    """The rules' score."""
    picked: bool
    weight: float = 1.0
    """1 for what the editor picked or saw, less for what others list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TasteModel:
    """What was learned for one section."""

    points: Mapping[str, float]
    """Token -> points for a value of 1."""
    slope: float
    """Logarithm of odds for a point of the total."""
    intercept: float
    """Logarithm of odds of a story with no points."""

    def score(self, document: str) -> float:
        """The points that taste adds to the rules' score, and at most takes from it."""
        learned = math.fsum(
            self.points[token] * value
            for token, value in features(document).items()
            if token in self.points
        )
        return round(max(learned, _LOWEST), 3)

    def reasons(self, document: str) -> list[tuple[str, float]]:
        """Token and points of what is known of it, the heaviest first."""
        found = [
            (token, self.points[token] * value)
            for token, value in features(document).items()
            if token in self.points
        ]
        return sorted(found, key=lambda one: (-abs(one[1]), one[0]))

    def chance(self, total: float) -> float:
        """The chance that a story with this total is picked, 0 to 1, as it was among examples."""
        odds = max(-30.0, min(30.0, self.intercept + self.slope * total))
        return 1 / (1 + math.exp(-odds))


def train(examples: Sequence[Example], way: Way = FREE) -> TasteModel:
    """Learn from examples, of which some were picked and some not; with chances."""
    return _calibrated(fit(examples, way), examples)


def fit(examples: Sequence[Example], way: Way = FREE) -> TasteModel:
    """Learn points alone: its chances mean nothing.

    The picked ones, few, weigh together as much as the rest. Time and memory grow linearly with
    the number of tokens in all documents.
    """
    table = _table(examples, way.rules)
    picked = np.array([example.picked for example in examples])
    weight = np.array([example.weight for example in examples])
    theirs, others = weight[picked].sum(), weight[~picked].sum()
    pick = min(way.pick, others / theirs / _SHARE)
    balance = np.where(picked, pick, pick * theirs / others)
    model = LogisticRegression(C=_STRENGTH, solver="liblinear", max_iter=1000)
    model.fit(table.rows, picked, sample_weight=weight * balance)
    learned: Floats = model.coef_[0] * table.scale
    worth = max(float(learned[0]) * way.rules, _WORTH)
    points = {
        token: round(value, _DECIMALS)
        for token, value in zip(table.tokens, (learned[1:] / worth).tolist(), strict=True)
        if abs(value) >= _LEAST
    }
    return TasteModel(points=points, slope=1.0, intercept=0.0)


@dataclass(frozen=True, slots=True)
class _Table:
    rows: csr_matrix
    """Examples by columns: the rules' score, then a column a token, rare ones weighing more."""
    tokens: list[str]
    scale: Floats
    """By how much each column was stretched."""


def _table(examples: Sequence[Example], a_point: float) -> _Table:
    numbers: dict[str, int] = {}
    counts, indices, values, ends = array("i"), array("i"), array("f"), array("i", [0])
    for example in examples:
        for token, value in features(example.document).items():
            number = numbers.setdefault(token, len(numbers))
            if number == len(counts):
                counts.append(0)
            counts[number] += 1
            indices.append(number)
            values.append(value)
        ends.append(len(indices))
    borne = np.array(counts, dtype=float)
    # What all bear tells nothing, and would be given as a reason.
    kept = np.flatnonzero((borne >= _RARE) & (borne < len(examples)))
    words = csr_matrix(
        (np.array(values), np.array(indices), np.array(ends)), shape=(len(examples), len(numbers))
    )[:, kept]
    rules = csr_matrix([[example.rules * a_point] for example in examples])
    scale = np.concatenate([[1.0], 1 + np.log(len(examples) / borne[kept])])
    rows = hstack([rules, words]).tocsr()
    rows.data *= scale[rows.indices]
    names = list(numbers)
    return _Table(rows, [names[n] for n in kept], scale)


def _calibrated(model: TasteModel, examples: Sequence[Example]) -> TasteModel:
    """The model with the line that turns totals into chances (Platt, 1999)."""
    totals = np.array([[e.rules + model.score(e.document)] for e in examples])
    line = LogisticRegression(C=1.0, solver="liblinear").fit(
        totals, [e.picked for e in examples], sample_weight=[e.weight for e in examples]
    )
    return replace(
        model,
        slope=round(float(line.coef_[0, 0]), _DECIMALS),
        intercept=round(float(line.intercept_[0]), _DECIMALS),
    )
