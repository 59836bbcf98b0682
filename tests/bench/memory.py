"""The memory of nights by their number of sources: ``python -m tests.bench.memory 100 1000 5000``.

Each size is a database and a process of its own: three nights over so many feeds of 30 items, each
on a host of its own. In the first all is new, in the second nothing is, and in the third each feed
answers anew what it has answered before. What a night needs must not grow with how much it is
asked to read: only the sources themselves and what is remembered of them may.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.bench.__main__ import server

SIZES = (100, 1000, 5000)


def main(sizes: list[int]) -> None:
    """Print the peak of each size, night by night, and what a source costs beyond the first."""
    print("| sources | items | first night, MB | all three, MB | kB a further source | s |")
    print("|--:|--:|--:|--:|--:|--:|", flush=True)
    first: tuple[int, float] | None = None
    for size in sizes:
        with server(size) as base:
            nights = measured(base, size)
        memory = nights[-1]["memory"]
        each = f"{(memory - first[1]) * 1024 / (size - first[0]):.1f}" if first else ""
        seconds = ", ".join(f"{night['seconds']:.0f}" for night in nights)
        print(
            f"| {size:,} | {nights[0]['new']:,} | {nights[0]['memory']:.0f} | {memory:.0f} "
            f"| {each} | {seconds} |",
            flush=True,
        )
        first = first or (size, memory)


def measured(base: str, size: int) -> list[dict[str, Any]]:
    """The nights of one size, in a process of their own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.memory", "--nights", base, str(size), folder]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def nights(base: str, size: int, folder: Path) -> None:
    """Run the nights of one size in this process, and print a JSON object for each."""
    from config.load import load_settings
    from config.settings import FeedSettings
    from pipeline.nightly import nightly
    from store.database import Store
    from tests.bench.sides import NOW

    settings = load_settings(
        overrides={
            "network": {
                "mirrors": {"https://": f"{base}/https/"},
                "delay": 0,
                "autothrottle": False,
                "run_minutes": 0,
            },
            "limits": {"github_enrich": 0},
        },
        environment=False,
    )
    sources = tuple(
        FeedSettings(kind="feed", name=f"feed {n}", url=f"https://feed{n}.example/feed")
        for n in range(size)
    )
    settings = settings.model_copy(update={"sources": sources})
    with Store(folder / "nights.db") as store:
        for number in range(3):
            if number == 2:
                with store.writing() as db:
                    db.execute("DELETE FROM source_state")
            began = time.monotonic()
            night = nightly(
                store,
                settings,
                folder,
                now=NOW + timedelta(days=number),
                progress=lambda _: None,
                begin=lambda _: None,
            )
            assert not night.failed, night.failed[0]
            said = {
                "new": sum(report.new for report in night.run.sources),
                "seconds": time.monotonic() - began,
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
            print(json.dumps(said), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--nights"]:
        nights(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
    else:
        main([int(size) for size in sys.argv[1:]] or list(SIZES))
