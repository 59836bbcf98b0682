"""``make bench``: both sides in turns, their ratio, growth, and where our time goes."""

from __future__ import annotations

import json
import pstats
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

FEEDS = 200
ROUNDS = 5
GROWTH = (50, 200, 1000)


@contextmanager
def server(feeds: int) -> Iterator[str]:
    """The feed server in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.server", str(feeds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def measure(side: str, base: str, feeds: int, profile: Path | None = None) -> dict[str, Any]:
    """One run of one side on a fresh database."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.sides", side, base, str(feeds)]
        command += [str(Path(folder) / "bench.db"), *([str(profile)] if profile else [])]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def compare(console: Console, base: str) -> None:
    """Both sides in turns on the same feeds."""
    rounds: dict[str, list[dict[str, Any]]] = {"ours": [], "reader": []}
    for _ in range(ROUNDS):
        for side, results in rounds.items():
            results.append(measure(side, base, FEEDS))
    table = Table(title=f"{FEEDS} feeds of 30 items, median of {ROUNDS} rounds", box=None)
    for column in ("", "ours", "reader", "ratio", "ratio, worst round"):
        table.add_column(column, justify="left" if not column else "right")
    for update, kind in [(u, k) for u in ("cold", "unchanged") for k in ("wall", "cpu")]:
        mine, theirs = ([r[update][kind] for r in rounds[s]] for s in ("ours", "reader"))
        worst = max(a / b for a, b in zip(mine, theirs, strict=True))
        a, b = statistics.median(mine), statistics.median(theirs)
        name = f"{update}, {kind} s"
        table.add_row(name, f"{a:.2f}", f"{b:.2f}", f"{a / b:.2f}", f"{worst:.2f}")
    memory = {side: max(r["memory"] for r in results) for side, results in rounds.items()}
    table.add_row("peak memory, MB", f"{memory['ours']:.0f}", f"{memory['reader']:.0f}", "", "")
    new = {side: results[0]["cold"]["new"] for side, results in rounds.items()}
    table.add_row("items stored", str(new["ours"]), str(new["reader"]), "", "")
    console.print(table)


def grow(console: Console) -> None:
    """How our side grows with the number of feeds."""
    table = Table(title="growth (ours)", box=None)
    for column in ("feeds", "cold s", "ms a feed", "unchanged s", "ms a feed", "memory MB"):
        table.add_column(column, justify="right")
    for feeds in GROWTH:
        with server(feeds) as base:
            result = measure("ours", base, feeds)
        cold, same = result["cold"]["wall"], result["unchanged"]["wall"]
        table.add_row(
            str(feeds),
            f"{cold:.2f}",
            f"{cold / feeds * 1000:.1f}",
            f"{same:.2f}",
            f"{same / feeds * 1000:.1f}",
            f"{result['memory']:.0f}",
        )
    console.print(table)


def where_time_goes(console: Console, base: str) -> None:
    """The cold update by function, cumulative: our own functions, and what they call."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profile"
        measure("ours", base, FEEDS, profile=path)
        stats: Any = pstats.Stats(str(path))
    table = Table(title="where our time goes (cold, with the profiler on)", box=None)
    for column in ("cumulative s", "own s", "function"):
        table.add_column(column, justify="left" if column == "function" else "right")
    rows = sorted(stats.stats.items(), key=lambda row: -row[1][3])
    for (file, line, name), (_, _, own, cumulative, _) in rows:
        parts = Path(file).parts
        if not {"config", "store", "crawlers", "pipeline"} & set(parts):
            continue
        if "site-packages" in parts:
            continue
        where = "/".join(parts[-2:])
        table.add_row(f"{cumulative:.2f}", f"{own:.2f}", f"{where}:{line} {name}")
        if table.row_count == 24:
            break
    console.print(table)


def imports(console: Console) -> None:
    """Taking in past issues: time and memory by their number."""
    table = Table(title="taking in generated issues of 20 items", box=None)
    for column in ("issues", "s", "ms an issue", "memory MB"):
        table.add_column(column, justify="right")
    for issues in (100, 1000, 10_000):
        command = [sys.executable, "-m", "tests.bench.imports", str(issues)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        result = json.loads(done.stdout)
        seconds, memory = result["seconds"], result["memory"]
        each = seconds / issues * 1000
        table.add_row(str(issues), f"{seconds:.2f}", f"{each:.1f}", f"{memory:.0f}")
    console.print(table)


def main() -> None:
    """Compare, grow, profile."""
    console = Console(width=110)
    with server(FEEDS) as base:
        compare(console, base)
        where_time_goes(console, base)
    grow(console)
    imports(console)


if __name__ == "__main__":
    main()
