"""Weights of evidence, learned from labelled pairs.

Logistic regression over the measures of ``pipeline.joining``: its coefficients are the weights
and its intercept the bar, so that what is learned can be read, and written into ``stories.toml``.
The bar is then moved to where the held-out parts of the pairs reach the best F1 at a precision of
nine in ten. Pairs that need no weighing (one text, two papers) teach nothing and only count in
the quality. Quality is that of pairs held out from both steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from config.settings import Settings
from pipeline.evaluation.pairs import LabelledPair, Quality, profiles, quality
from pipeline.joining.evidence import by_wording, judge, measures
from pipeline.stories import vocabulary_of

Way = Literal["wording", "across"]
_FOLDS = 5
_STRENGTH = 0.5
"""Inverse of the penalty on weights; measures are scaled to unit variance for it."""
_ALSO = 0.2
"""What a further pair counts beside one of the pairs that are measured."""
_PRECISION = 0.9

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """What was learned for one way of weighing."""

    way: Way
    quality: Quality
    """Of held-out pairs, the mean over all repetitions."""
    bar: float
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Table:
    rows: Floats
    same: NDArray[np.bool_]
    weight: Floats
    decided: tuple[tuple[bool, bool], ...]
    """Of pairs that need no weighing: what is said and what is so."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A bar and weights in the units of the measures."""

    bar: float
    weights: Floats

    def odds(self, rows: Floats) -> Floats:
        odds: Floats = rows @ self.weights - self.bar
        return odds


def fit(
    pairs: Sequence[LabelledPair],
    also: Sequence[LabelledPair],
    settings: Settings,
    way: Way,
    repetitions: int = 5,
) -> Fitted | None:
    """Learn the weights of one way from the pairs that go that way.

    `also` helps to learn and is not measured. None where there are too few pairs to hold any out.
    """
    kinds = sorted(set(settings.stories.weights(way == "wording")) - {"bar"})
    if settings.embeddings.provider == "off":
        kinds.remove("meaning")
    table = _table(pairs, settings, way, kinds)
    more = _table(also, settings, way, kinds)
    if min(table.same.sum(), (~table.same).sum()) < 2 * _FOLDS:
        return None
    qualities = []
    for seed in range(repetitions):
        said = np.zeros(len(table.same), dtype=bool)
        for train, test in _folds(table.same, seed):
            line = _learn(_part(table, train), more, seed)
            said[test] = line.odds(table.rows[test]) >= 0
        qualities.append(
            quality([*zip(said.tolist(), table.same.tolist(), strict=True), *table.decided])
        )
    line = _learn(table, more, 0)
    return Fitted(
        way=way,
        quality=Quality(
            pairs=qualities[0].pairs,
            precision=float(np.mean([q.precision for q in qualities])),
            recall=float(np.mean([q.recall for q in qualities])),
        ),
        bar=round(float(line.bar), 2),
        weights={k: round(float(w), 2) for k, w in zip(kinds, line.weights, strict=True)},
    )


def _table(
    pairs: Sequence[LabelledPair], settings: Settings, way: Way, kinds: Sequence[str]
) -> _Table:
    vocabulary = vocabulary_of(settings.lexicon)
    rows, same, decided = [], [], []
    for pair, (a, b) in zip(pairs, profiles(pairs, settings), strict=True):
        if by_wording(a, b) != (way == "wording"):
            continue
        tie = judge(a, b, vocabulary, settings.stories)
        if tie.firm or tie.never:
            decided.append((tie.firm, pair.same))
            continue
        found = {m.kind: m.value for m in measures(a, b, vocabulary, settings.stories)}
        if not found:
            decided.append((False, pair.same))
            continue
        rows.append([found.get(kind, 0.0) for kind in kinds])
        same.append(pair.same)
    return _Table(
        np.array(rows, dtype=float).reshape(len(rows), len(kinds)),
        np.array(same, dtype=bool),
        np.ones(len(rows)),
        tuple(decided),
    )


def _part(table: _Table, rows: NDArray[np.int64]) -> _Table:
    return _Table(table.rows[rows], table.same[rows], table.weight[rows], ())


def _folds(same: NDArray[np.bool_], seed: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    return list(folds.split(np.zeros(len(same)), same))


def _learn(table: _Table, more: _Table, seed: int) -> _Line:
    """Weights from the whole table, with the bar where its held-out parts fare best."""
    line = _regression(table, more)
    odds = np.zeros(len(table.same))
    for train, test in _folds(table.same, seed):
        odds[test] = _regression(_part(table, train), more).odds(table.rows[test])
    return _Line(line.bar + _best_bar(odds, table.same), line.weights)


def _regression(table: _Table, more: _Table) -> _Line:
    rows = np.vstack([table.rows, more.rows])
    scale = rows.std(axis=0)
    scale[scale == 0] = 1.0
    model = LogisticRegression(C=_STRENGTH, max_iter=1000)
    weight = np.concatenate([table.weight, more.weight * _ALSO])
    model.fit(rows / scale, np.concatenate([table.same, more.same]), sample_weight=weight)
    return _Line(-float(model.intercept_[0]), model.coef_[0] / scale)


def _best_bar(odds: Floats, same: NDArray[np.bool_]) -> float:
    """How far to raise the bar: the best F1 among those that are precise enough."""
    outcomes = []
    for bar in np.arange(-1.5, 2.01, 0.1):
        found = quality(list(zip((odds >= bar).tolist(), same.tolist(), strict=True)))
        outcomes.append((found.precision >= _PRECISION, found.f1, -abs(float(bar)), float(bar)))
    return max(outcomes)[-1]
