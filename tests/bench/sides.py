"""One side of the comparison: ``python -m tests.bench.sides ours|reader BASE FEEDS DB [PROFILE]``.

Prints one JSON object: for each of two updates (cold, then all 304) wall and CPU seconds, and
the peak memory of the process in MB.
"""

from __future__ import annotations

import asyncio
import cProfile
import json
import pstats
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def ours(base: str, feeds: int, path: Path) -> Callable[[], int]:
    """Our collecting, up to stories in the store."""
    from config.load import SHIPPED, load_settings
    from crawlers.feeds import FeedSource
    from pipeline.collect import Collector
    from pipeline.stages import normalise_pending
    from pipeline.stories import cluster_pending
    from store.database import Store
    from store.models import SourceName
    from store.runs import SourceReport, start_run

    network = {"delay": 0.0, "autothrottle": False, "per_host": 16, "concurrency": 16}
    settings = load_settings(SHIPPED, overrides={"network": network})
    store = Store(path)
    sources = [FeedSource(name=SourceName(f"feed {n}"), url=f"{base}/{n}") for n in range(feeds)]

    def update() -> int:
        reports: list[SourceReport] = []
        run = start_run(store, "bench", NOW)
        collector = Collector(
            store=store, settings=settings, run=run, now=NOW, progress=reports.append
        )
        collector.collect(sources, [])
        normalise_pending(store, NOW)
        cluster_pending(store, settings, NOW)
        failed = [report for report in reports if report.failed]
        assert not failed, failed[0]
        return sum(report.new for report in reports)

    return update


def reader(base: str, feeds: int, path: Path) -> Callable[[], int]:
    """The same update with the reader library, with as many workers as it gains from."""
    from reader import make_reader

    made = make_reader(str(path))
    for number in range(feeds):
        made.add_feed(f"{base}/{number}")

    def update() -> int:
        results = list(made.update_feeds_iter(workers=8, scheduled=False))
        return sum(result.updated_feed.new for result in results if result.updated_feed)

    return update


def profiled(update: Callable[[], int], path: str) -> int:
    """Run an update of ours and write the profile of both its threads to `path`."""
    from crawlers.spiders.reactor import reactor_loop

    here, there = cProfile.Profile(), cProfile.Profile()

    async def switch(on: bool) -> None:
        there.enable() if on else there.disable()

    asyncio.run_coroutine_threadsafe(switch(True), reactor_loop()).result()
    new = here.runcall(update)
    asyncio.run_coroutine_threadsafe(switch(False), reactor_loop()).result()
    pstats.Stats(here).add(there).dump_stats(path)
    return new


def main(side: str, base: str, feeds: str, db: str, profile: str = "") -> None:
    """Measure one side and print what came of it."""
    update = {"ours": ours, "reader": reader}[side](base, int(feeds), Path(db))
    measured: dict[str, object] = {}
    for name in ("cold", "unchanged"):
        wall, cpu = time.perf_counter(), time.process_time()
        new = profiled(update, profile) if profile and name == "cold" else update()
        measured[name] = {
            "wall": time.perf_counter() - wall,
            "cpu": time.process_time() - cpu,
            "new": new,
        }
    measured["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(measured))


if __name__ == "__main__":
    main(*sys.argv[1:])
