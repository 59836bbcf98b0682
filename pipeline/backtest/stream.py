"""What appeared in the past, step by step, as the rules score it.

Papers appear by month, repositories by issue: those on trending pages since the issue before. What
became of them, and what was learned of that, is the business of ``pipeline.backtest.walk`` and
``pipeline.backtest.growth``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from config.settings import Settings
from pipeline.backtest.pool import Paper, PastIssue, Ranked, Ranker, Stretch, Trending
from pipeline.taste.table import Example


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """All that appeared until the last month."""

    months: Mapping[str, Sequence[tuple[Paper, Ranked]]]
    """``2019-06`` -> its papers; the earliest month first."""
    periods: Sequence[tuple[PastIssue, Sequence[Ranked]]]
    """Each issue but the first, with the repositories that moved since the one before it."""

    def papers_before(self, month: str) -> Iterator[tuple[Paper, Ranked]]:
        """Papers of earlier months, the earliest first."""
        for name, papers in self.months.items():
            if name < month:
                yield from papers

    def repositories_before(self, month: str) -> Iterator[Ranked]:
        """Repositories of issues of earlier months, in each period again."""
        for issue, repositories in self.periods:
            if f"{issue.day:%Y-%m}" < month:
                yield from repositories


def stream_of(
    settings: Settings,
    issues: Sequence[PastIssue],
    papers: Sequence[Paper],
    trending: Sequence[Trending],
    *,
    end: str,
) -> Stream:
    """What appeared until month `end`, included; all arguments in time order."""
    ranker = Ranker(settings)
    months: dict[str, list[tuple[Paper, Ranked]]] = defaultdict(list)
    for paper in papers:
        if (month := f"{paper.date:%Y-%m}") <= end:
            months[month].append((paper, ranker.paper(paper)))
    return Stream(months=months, periods=list(_periods(ranker, issues, trending, end)))


def _periods(
    ranker: Ranker, issues: Sequence[PastIssue], trending: Sequence[Trending], end: str
) -> Iterator[tuple[PastIssue, list[Ranked]]]:
    first_seen: dict[str, date] = {}
    for row in trending:
        first_seen.setdefault(row.repo.lower(), row.date)
    for before, issue in pairwise(issues):
        if f"{issue.day:%Y-%m}" > end:
            return
        rows: dict[str, list[Trending]] = defaultdict(list)
        for row in trending:
            if before.day < row.date <= issue.day:
                rows[row.repo.lower()].append(row)
        stretch = Stretch(start=before.day, end=issue.day)
        yield (
            issue,
            [
                ranker.repository(some, first_seen=first_seen[name], stretch=stretch)
                for name, some in sorted(rows.items())
            ],
        )


def repository_examples(seen: Iterable[Ranked], ran: Collection[str]) -> list[Example]:
    """An example for each, picked where an issue ran it."""
    return [Example(document=c.tokens, rules=c.rules.lasting, picked=c.id in ran) for c in seen]


def latest(seen: Iterable[Ranked]) -> list[Ranked]:
    """Each once, as it was when it last appeared, in time order.

    A repository is one story however often it moves: were it there twice, it would be judged by
    itself.
    """
    once: dict[str, Ranked] = {}
    for candidate in seen:
        once.pop(candidate.id, None)
        once[candidate.id] = candidate
    return list(once.values())
