"""The single numbers of a result, each with its name, for the page, the terminal and comparisons.

A number's key is its path in the JSON, ``papers.expert.recall.50``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from pipeline.backtest.result import Baseline, Grown, Ranking, Result, Step

OURS = "ours"
ENGLISH = {
    "papers.expert": "expert papers",
    "papers.picks": "picked papers",
    "repos": "repositories",
    "sections": "sections",
}
CHINESE = {
    "papers.expert": "专家论文",
    "papers.picks": "入选论文",
    "repos": "仓库",
    "sections": "栏目",
}
_KNOWN = ("svm", "rules", "random")
"""The strongest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number of a way to rank."""

    track: str
    """What it is about: a key of `ENGLISH`."""
    measure: str
    """``recall@50``, ``map`` or ``accuracy``."""
    value: float
    n: int
    """How many wanted things it was measured on."""
    steps: Mapping[str, tuple[float, int]]
    """The same number by month or issue, each with its `n`; empty where there is none."""

    @property
    def key(self) -> str:
        """The path in the JSON."""
        return f"{self.track}.{self.measure.replace('@', '.')}"


def ordered(baselines: Mapping[str, Baseline]) -> dict[str, Baseline]:
    """The baselines in the order they are shown in."""
    known = [name for name in _KNOWN if name in baselines]
    return {name: baselines[name] for name in (*known, *sorted(set(baselines) - set(known)))}


def rankings(of: Result | Baseline | Grown) -> dict[str, Ranking]:
    """The rankings of a result or of a baseline, by track."""
    return {
        "papers.expert": of.papers.expert,
        "papers.picks": of.papers.picks,
        "repos": of.repos,
    }


def numbers(of: Result | Baseline) -> Iterator[Number]:
    """All its numbers."""
    for track, ranking in rankings(of).items():
        for k, recall in ranking.recall.items():
            yield Number(
                track=track,
                measure=f"recall@{k}",
                value=recall,
                n=ranking.n,
                steps={s.name: (s.recall[k], s.n) for s in ranking.steps if k in s.recall},
            )
        yield Number(
            track=track, measure="map", value=ranking.average_precision, n=ranking.n, steps={}
        )
    if (sections := of.sections) is not None:
        yield Number(
            track="sections",
            measure="accuracy",
            value=sections.accuracy,
            n=sections.n,
            steps={issue.name: (issue.accuracy, issue.n) for issue in sections.by_issue},
        )


def by_quarter(steps: Sequence[Step]) -> dict[str, tuple[dict[int, float], int]]:
    """Recalls pooled by quarter, ``2019 Q3``, each with how many were wanted in it."""
    quarters: dict[str, list[Step]] = {}
    for step in steps:
        year, month = step.name.split("-")[:2]
        quarters.setdefault(f"{year} Q{(int(month) + 2) // 3}", []).append(step)
    return {quarter: _pooled(within) for quarter, within in quarters.items()}


def _pooled(steps: Sequence[Step]) -> tuple[dict[int, float], int]:
    n = sum(step.n for step in steps)
    looked = dict.fromkeys(k for step in steps for k in step.recall)
    hits = {k: fsum(step.recall.get(k, 0.0) * step.n for step in steps) for k in looked}
    return {k: found / n if n else 0.0 for k, found in hits.items()}, n
