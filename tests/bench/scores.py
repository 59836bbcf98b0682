"""Scores, measured: a night of 5,000 new candidates scored, and taste learned from a history.

``python -m tests.bench.scores [SIZES...] [--keep FOLDER] [--profile]``. Each size runs in a process
of its own: the night is scored, taste is learned from all candidates, what is learned is laid on
the scores of the period, and a second night is scored in which nothing is new. ``--keep`` keeps
what was filled for the next time.
"""

from __future__ import annotations

import argparse
import json
import pstats
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.scoring import NIGHT
from tests.bench.stories import run

SIZES = (12_500, 25_000, 50_000)


def growth(console: Console, folder: Path, sizes: list[int]) -> None:
    """What a night takes, by size of the history."""
    table = Table(title=f"{NIGHT} new candidates: scores and taste", box=None)
    for column in (
        "learned from", "score s", "learn s", "both s", "ratio", "cpu s", "ratio",
        "memory MB", "laid on", "unchanged s",
    ):  # fmt: skip
        table.add_column(column, justify="right")
    first: dict[str, Any] | None = None
    for size in sizes:
        result: dict[str, Any] = json.loads(run("tests.bench.scoring", "run", folder, size))
        assert result["scored"] == NIGHT, result
        assert result["unchanged"] == 0, result
        first = first or result
        both = result["score"] + result["learn"]
        table.add_row(
            f"{result['examples']:,}",
            f"{result['score']:.1f}",
            f"{result['learn']:.1f}",
            f"{both:.1f}",
            f"{both / (first['score'] + first['learn']):.2f}",
            f"{result['cpu']:.1f}",
            f"{result['cpu'] / first['cpu']:.2f}",
            f"{result['memory']:.0f}",
            f"{result['laid']:,}",
            f"{result['again']:.2f}",
        )
    console.print(table)
    for section, verdict in result["told"].items():
        console.print(f"{section}：{verdict}")


def where_time_goes(console: Console, folder: Path, size: int) -> None:
    """The night by function, cumulative."""
    with tempfile.TemporaryDirectory() as work:
        path = Path(work) / "profile"
        run("tests.bench.scoring", "run", folder, size, path)
        stats: Any = pstats.Stats(str(path))
    table = Table(title=f"where the time goes at {size:,} (with the profiler on)", box=None)
    for column in ("calls", "cumulative s", "own s", "function"):
        table.add_column(column, justify="left" if column == "function" else "right")
    rows = sorted(stats.stats.items(), key=lambda row: -row[1][3])
    for (file, line, name), (_, calls, own, cumulative, _) in rows[:40]:
        where = "/".join(Path(file).parts[-2:])
        table.add_row(f"{calls:,}", f"{cumulative:.2f}", f"{own:.2f}", f"{where}:{line} {name}")
    console.print(table)


def main() -> None:
    """Fill what is missing, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scores")
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, help="candidates before")
    parser.add_argument("--keep", type=Path, help="folder for the filled databases")
    parser.add_argument("--profile", action="store_true", help="profile the largest size")
    given = parser.parse_args()
    console = Console(width=130)
    with tempfile.TemporaryDirectory() as work:
        folder = Path(given.keep or work)
        folder.mkdir(parents=True, exist_ok=True)
        sizes = sorted(set(given.sizes))
        for size in sizes:
            if not (folder / f"{size}-scores.db").exists():
                run("tests.bench.scoring", "fill", folder, size)
        growth(console, folder, sizes)
        if given.profile:
            where_time_goes(console, folder, sizes[-1])


if __name__ == "__main__":
    main()
