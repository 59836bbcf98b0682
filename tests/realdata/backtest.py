"""The score against the past: ``python -m tests.realdata.backtest [FROM TO]``.

Walks through the pool as ``briefing backtest`` does, and says where recall is below what the score
is to come to, or where what was learned ranks papers worse than a TF-IDF with a linear SVM in any
quarter.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator

from rich.console import Console

from pipeline.backtest.pool import read_issues, read_papers, read_trending
from pipeline.backtest.result import PaperRanking
from pipeline.backtest.table import print_result
from pipeline.backtest.walk import walk
from tests.realdata import DATA
from tests.realdata.past import settings

PAPERS = {50: 0.62, 100: 0.80, 200: 0.88}
REPOSITORIES = {20: 0.35, 50: 0.60, 100: 0.80}
_JUDGED_AT = 100


def ranking(console: Console, start: str = "2019-06", end: str = "2020-03") -> Iterator[str]:
    """What falls short."""
    pool = DATA / "pool"
    config = settings()
    result = walk(
        config,
        read_issues(DATA / "issues", config),
        read_papers(pool / "papers.jsonl.gz"),
        read_trending(pool / "trending.jsonl.gz"),
        start=start,
        end=end,
    )
    print_result(console, result)
    for what, ranked, floors in (
        ("expert papers", result.papers.expert, PAPERS),
        ("repositories", result.repos, REPOSITORIES),
    ):
        for at, floor in floors.items():
            if ranked.recall[at] < floor:
                yield f"recall of {what} at {at} is {ranked.recall[at]:.3f}, not {floor}"
    svm = _by_quarter(result.baselines["svm"].papers.expert)
    for quarter, found in _by_quarter(result.papers.expert).items():
        if found < svm[quarter]:
            yield f"in {quarter} {found:.0f} of the papers that the SVM finds {svm[quarter]:.0f} of"


def _by_quarter(ranked: PaperRanking) -> dict[str, float]:
    """How many wanted papers stood among the first hundred of their months."""
    found: defaultdict[str, float] = defaultdict(float)
    for month in ranked.by_month:
        year, number = month.month.split("-")
        found[f"{year} Q{(int(number) + 2) // 3}"] += month.recall[_JUDGED_AT] * month.n
    return {quarter: round(count, 6) for quarter, count in found.items()}


def main() -> int:
    """Give the exit code."""
    console = Console(width=150, soft_wrap=True)
    if not (DATA / "pool").is_dir():
        console.print(f"skipped: no pool in {DATA}; BRIEFING_REALDATA can name another folder")
        return 0
    faults = list(ranking(console, *sys.argv[1:3]))
    for fault in faults:
        console.print(f"WRONG: {fault}", highlight=False, markup=False)
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
