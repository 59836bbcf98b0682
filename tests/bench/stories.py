"""Stories, measured: a night of 2,000 new candidates into histories of several sizes.

``python -m tests.bench.stories [SIZES...] [--keep FOLDER] [--profile] [--no-lsh]``, sizes in
whole nights of 2,000. Beside the stage itself runs datasketch's MinHash LSH over the same titles;
of a few thresholds it gets the one that is best at the smallest size. Filling a million takes
about half an hour on two cores; ``--keep`` keeps what was filled for the next time.
"""

from __future__ import annotations

import argparse
import json
import pstats
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.stream import A_NIGHT

SIZES = (10_000, 100_000, 1_000_000)
THRESHOLDS = ("0.3", "0.5", "0.7")


def run(*arguments: object) -> str:
    """A module of this folder in a process of its own: what it prints."""
    command = [sys.executable, "-m", *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def lookups(*arguments: object) -> dict[str, Any] | None:
    """One measurement; None where it needed more memory than it may have."""
    try:
        result: dict[str, Any] = json.loads(run("tests.bench.lookups", *arguments))
    except subprocess.CalledProcessError:
        return None
    return result


def of_ours(console: Console, folder: Path, sizes: list[int]) -> None:
    """The stage by size, with its growth, and what it finds."""
    table = Table(title=f"{A_NIGHT} new candidates: the stories stage", box=None)
    for column in (
        "history", "wall s", "ratio", "cpu s", "ratio", "memory MB", "pairs judged", "stories > 1",
    ):  # fmt: skip
        table.add_column(column, justify="right")
    steps = Table(title="wall seconds by step", box=None)
    quality = _quality("pairs of one event, ours")
    first: dict[str, Any] | None = None
    for size in sizes:
        result = lookups("ours", folder, size)
        if result is None:
            table.add_row(f"{size:,}", "failed")
            continue
        if first is None:
            first = result
            for column in ("history", *result["clocks"]):
                steps.add_column(column, justify="right")
        wall, cpu = result["wall"], result["cpu"]
        table.add_row(
            f"{size:,}",
            f"{wall:.1f}",
            f"{wall / first['wall']:.2f}",
            f"{cpu:.1f}",
            f"{cpu / first['cpu']:.2f}",
            f"{result['memory']:.0f}",
            f"{result['judged']:,}",
            str(result["shared"]),
        )
        steps.add_row(f"{size:,}", *(f"{result['clocks'][name]:.2f}" for name in first["clocks"]))
        for name in ("found", "likely", "joined"):
            _add(quality, f"{size:,} {name}", result[name])
    for shown in (table, steps, quality):
        console.print(shown)


def of_lsh(console: Console, folder: Path, sizes: list[int]) -> None:
    """The same lookups with MinHash LSH: title against title, by runs of three characters."""
    table = Table(title="the same lookups with datasketch MinHash LSH", box=None)
    for column in ("history", "threshold", "build s", "query s", "memory MB", "pairs"):
        table.add_column(column, justify="right")
    quality = _quality("pairs of one event, LSH")
    thresholds: tuple[str, ...] = THRESHOLDS
    for size in sizes:
        results = {t: lookups("lsh", folder, size, t) for t in thresholds}
        for threshold, result in results.items():
            if result is None:
                table.add_row(f"{size:,}", threshold, "more memory than it may have")
                continue
            table.add_row(
                f"{size:,}",
                threshold,
                f"{result['build']:.1f}",
                f"{result['wall']:.2f}",
                f"{result['memory']:.0f}",
                f"{result['judged']:,}",
            )
            _add(quality, f"{size:,} at {threshold}", result["found"])
        told = {t: _f1(result["found"]) for t, result in results.items() if result is not None}
        thresholds = (max(told, key=lambda t: told[t]),) if told else thresholds
    console.print(table)
    console.print(quality)


def where_time_goes(console: Console, folder: Path, size: int) -> None:
    """The stage by function, cumulative."""
    with tempfile.TemporaryDirectory() as work:
        path = Path(work) / "profile"
        run("tests.bench.lookups", "ours", folder, size, path)
        stats: Any = pstats.Stats(str(path))
    table = Table(title=f"where the time goes at {size:,} (with the profiler on)", box=None)
    for column in ("calls", "cumulative s", "own s", "function"):
        table.add_column(column, justify="left" if column == "function" else "right")
    rows = sorted(stats.stats.items(), key=lambda row: -row[1][3])
    for (file, line, name), (_, calls, own, cumulative, _) in rows[:40]:
        where = "/".join(Path(file).parts[-2:])
        table.add_row(f"{calls:,}", f"{cumulative:.2f}", f"{own:.2f}", f"{where}:{line} {name}")
    console.print(table)


def _quality(title: str) -> Table:
    table = Table(title=title, box=None)
    for column in ("history", "related", "recall", "precision", "recall in one script"):
        table.add_column(column, justify="right")
    return table


def _add(table: Table, name: str, told: dict[str, float]) -> None:
    table.add_row(
        name,
        f"{told['related']:.0f}",
        f"{told['recall']:.3f}",
        f"{told['precision']:.3f}",
        f"{told['recall_in_one_script']:.3f}",
    )


def _f1(told: dict[str, float]) -> float:
    both = told["recall"] + told["precision"]
    return 2 * told["recall"] * told["precision"] / both if both else 0.0


def main() -> None:
    """Fill what is missing, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.stories")
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, help="candidates before")
    parser.add_argument("--keep", type=Path, help="folder for the filled databases")
    parser.add_argument("--profile", action="store_true", help="profile the largest size")
    parser.add_argument("--no-lsh", action="store_true", help="leave the other side out")
    given = parser.parse_args()
    sizes = sorted({max(1, size // A_NIGHT) * A_NIGHT for size in given.sizes})
    console = Console(width=130)
    with tempfile.TemporaryDirectory() as work:
        folder = Path(given.keep or work)
        folder.mkdir(parents=True, exist_ok=True)
        for size in sizes:
            # The events are written last: a fill that was cut short has none.
            if not (folder / f"{size}.events").exists():
                for left in folder.glob(f"{size}.*"):
                    left.unlink()
                run("tests.bench.filling", folder, size)
        of_ours(console, folder, sizes)
        if not given.no_lsh:
            of_lsh(console, folder, sizes)
        if given.profile:
            where_time_goes(console, folder, sizes[-1])


if __name__ == "__main__":
    main()
