"""Counts over the steps of a walk: how high what was wanted stood."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.backtest.result import Month, PaperRanking, Papers, Period, RepoRanking
from pipeline.taste.learning import average_precision

PAPERS_AT = (50, 100, 200)
REPOS_AT = (20, 50, 100)
_CURVE = (5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 800)
_BINS = 10

Scores = Sequence[float]


@dataclass(slots=True)
class Tally:
    """Counts over the steps of one way and one kind of what is wanted."""

    at: tuple[int, ...]
    hits: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    curve: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    wanted: int = 0
    precisions: list[tuple[float, int]] = field(default_factory=list)
    steps: list[tuple[str, dict[int, float], int]] = field(default_factory=list)
    chances: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, name: str, scores: Scores, wanted: Sequence[bool]) -> None:
        """Count a step."""
        order = sorted(range(len(scores)), key=lambda n: (-scores[n], n))
        count = sum(wanted)
        places = [place for place, n in enumerate(order, 1) if wanted[n]]
        for k in self.at:
            self.hits[k] += sum(place <= k for place in places)
        for k in _CURVE:
            self.curve[k] += sum(place <= k for place in places)
        self.wanted += count
        if count:
            ranked = [(scores[n], wanted[n]) for n in order]
            self.precisions.append((average_precision(ranked), count))
        recall = {k: sum(p <= k for p in places) / count if count else 0.0 for k in self.at}
        self.steps.append((name, recall, count))

    def recall(self) -> dict[int, float]:
        """Pooled over all steps."""
        return {k: self.hits[k] / self.wanted if self.wanted else 0.0 for k in self.at}

    def points(self) -> tuple[tuple[int, float], ...]:
        """The curve."""
        return tuple((k, self.curve[k] / self.wanted if self.wanted else 0.0) for k in _CURVE)

    def precision(self) -> float:
        """Mean average precision over steps in which something was wanted."""
        return sum(p for p, _ in self.precisions) / max(1, len(self.precisions))

    def calibration(self) -> tuple[tuple[float, float, int], ...]:
        """Mean chance and share that was wanted, in bins of equal size."""
        ranked = sorted(self.chances)
        size = max(1, len(ranked) // _BINS)
        bins = [ranked[start : start + size] for start in range(0, len(ranked), size)]
        return tuple(
            (sum(c for c, _ in some) / len(some), sum(w for _, w in some) / len(some), len(some))
            for some in bins
            if some
        )

    def papers(self) -> PaperRanking:
        """As the result has it."""
        return PaperRanking(
            recall=self.recall(),
            average_precision=self.precision(),
            n=self.wanted,
            curve=self.points(),
            calibration=self.calibration(),
            by_month=tuple(Month(month=m, recall=r, n=n) for m, r, n in self.steps),
        )

    def repositories(self) -> RepoRanking:
        """As the result has it."""
        return RepoRanking(
            recall=self.recall(),
            average_precision=self.precision(),
            n=self.wanted,
            curve=self.points(),
            calibration=self.calibration(),
            by_period=tuple(Period(period=p, recall=r, n=n) for p, r, n in self.steps),
        )


def both(expert: Tally, picks: Tally) -> Papers:
    """The rankings of papers as the result has them."""
    return Papers(expert=expert.papers(), picks=picks.papers())
