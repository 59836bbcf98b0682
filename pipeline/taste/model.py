"""The learned part of the score: what this editor picks, beyond what the rules know.

Logistic regression over the tokens of ``pipeline.taste.features`` and the rules' score, of what was
picked against the stream that it was picked from. The rules' score is one of its columns, so that
only what they miss is learned: divided by that column's weight, the rest is in the rules' own
points, and both add up to the total. Weights are rounded, and a score is the exact sum of few of
them, so that it is the same on every machine. Plain numbers by token: no pickle, nothing to trust.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from pipeline.taste.features import weighed
from pipeline.taste.table import Floats, Table

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
"""Of a weight."""
_PLACES = 3
"""Decimal places of what taste adds."""


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
        return worth(self.found(document))

    def found(self, document: str) -> list[tuple[str, float]]:
        """Token and points of what is known of it, in its order."""
        known = self.points
        return [
            (token, points * value)
            for token, value in weighed(document)
            if (points := known.get(token)) is not None
        ]

    def reasons(self, document: str) -> list[tuple[str, float]]:
        """Token and points of what is known of it, the heaviest first."""
        return sorted(self.found(document), key=heaviest)

    def chance(self, total: float) -> float:
        """The chance that a story with this total is picked, 0 to 1, as it was among examples."""
        odds = max(-30.0, min(30.0, self.intercept + self.slope * total))
        return 1 / (1 + math.exp(-odds))


def heaviest(reason: tuple[str, float]) -> tuple[float, str]:
    """Sorts reasons the heaviest first, whether they speak for a story or against it."""
    return -abs(reason[1]), reason[0]


def worth(reasons: Iterable[tuple[str, float]]) -> float:
    """The points that reasons come to."""
    return round(max(math.fsum(points for _, points in reasons), _LOWEST), _PLACES)


def train(table: Table, way: Way = FREE) -> TasteModel:
    """Learn from examples, of which some were picked and some not."""
    points = fit(table, way)
    slope, intercept = _chances(totals(table, points), table)
    told = np.flatnonzero(points)
    return TasteModel(
        points=dict(zip(table.tokens(told), points[told].tolist(), strict=True)),
        slope=slope,
        intercept=intercept,
    )


def fit(table: Table, way: Way = FREE) -> Floats:
    """Learn the (m,) points of a table's tokens.

    The picked ones, few, weigh together as much as the rest. Time and memory grow linearly with
    the number of tokens in all documents.
    """
    scale = _scale(table, way.rules)
    rows = table.values.copy()
    rows.data *= scale[rows.indices]
    theirs, others = table.weight[table.picked].sum(), table.weight[~table.picked].sum()
    pick = min(way.pick, others / theirs / _SHARE)
    balance = np.where(table.picked, pick, pick * theirs / others)
    model = LogisticRegression(C=_STRENGTH, solver="liblinear", max_iter=1000)
    model.fit(rows, table.picked, sample_weight=table.weight * balance)
    learned: Floats = model.coef_[0] * scale
    points = learned[1:] / max(float(learned[0]), _WORTH)
    rounded: Floats = np.where(np.abs(points) >= _LEAST, points.round(_DECIMALS), 0.0)
    return rounded


def totals(table: Table, points: Floats) -> Floats:
    """(n,): the totals of the rows, at these (m,) points a token: the rules' score and taste's."""
    added: Floats = np.maximum(table.sums(points), _LOWEST).round(_PLACES)
    return table.rules + added


def _scale(table: Table, rules: float) -> Floats:
    """By how much each column is stretched: rare tokens weigh more, what says nothing, nothing."""
    examples, columns = table.values.shape
    borne = np.bincount(table.values.indices, minlength=columns)
    # What all bear tells nothing, and would be given as a reason.
    tells = (borne >= _RARE) & (borne < examples)
    scale = np.where(tells, 1 + np.log(examples / np.maximum(borne, 1)), 0.0)
    scale[0] = rules
    return scale


def _chances(found: Floats, table: Table) -> tuple[float, float]:
    """Slope and intercept of the line that turns totals into chances (Platt, 1999)."""
    line = LogisticRegression(C=1.0, solver="liblinear")
    line.fit(found[:, np.newaxis], table.picked, sample_weight=table.weight)
    return round(float(line.coef_[0, 0]), _DECIMALS), round(float(line.intercept_[0]), _DECIMALS)
