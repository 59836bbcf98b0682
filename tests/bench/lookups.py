"""One side of the stories' benchmark on a filled folder, in a process of its own.

``python -m tests.bench.lookups ours|lsh FOLDER SIZE [THRESHOLD or PROFILE]`` prints one JSON
object: seconds, peak memory in MB, and how many of the pairs that belong to one event it finds.
"""

from __future__ import annotations

import cProfile
import json
import resource
import shutil
import sys
import tempfile
import time
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeAlias

from config.load import SHIPPED, load_settings
from store.database import Store
from store.models import RawItem
from store.rows import RAW_ITEM
from tests.bench.filling import night_after

Pairs: TypeAlias = set[tuple[int, int]]
"""Candidates by number, the smaller first."""
_LIKELY = 0.5
_MOST_GB = 12
"""Address space of a process; beyond it the measurement fails, and not the machine."""


def ours(folder: Path, size: int, profile: str = "") -> dict[str, Any]:
    """The night through `cluster_pending`, on a copy of the store."""
    import pipeline.stories
    from pipeline.stages import normalise_pending
    from store.items import save_items
    from store.runs import start_run

    stories: Any = pipeline.stories  # its steps are replaced by watched ones
    settings = load_settings(SHIPPED, environment=False)
    stories.vocabulary_of(settings.lexicon)
    now = night_after(size)
    night, related = load_night(folder, size)
    judged: dict[tuple[int, int], float] = {}
    weigh = stories.judge

    def judge(a: Any, b: Any, *rest: Any) -> Any:
        tie = weigh(a, b, *rest)
        judged[min(a.id, b.id), max(a.id, b.id)] = tie.chance
        return tie

    stories.judge = judge
    clocks = _clocked(stories)
    with tempfile.TemporaryDirectory(dir=folder) as work:
        path = Path(work) / "bench.db"
        shutil.copyfile(folder / f"{size}.db", path)
        with Store(path) as store:
            save_items(store, start_run(store, "bench", now), None, night, now)
            assert normalise_pending(store, now) == len(night)
            before = _memory()
            wall, cpu = time.perf_counter(), time.process_time()
            if profile:
                with cProfile.Profile() as watched:
                    done = stories.cluster_pending(store, settings, now)
                watched.dump_stats(profile)
            else:
                done = stories.cluster_pending(store, settings, now)
            seconds = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
            assert done == len(night), done
            joined, shared = _joined(store, size)
    likely = {pair for pair, chance in judged.items() if chance >= _LIKELY}
    return {
        **seconds,
        "memory": _memory(),
        "before": before,
        "judged": len(judged),
        "shared": shared,
        "clocks": clocks,
        "found": _told(set(judged), related, night, folder, size),
        "likely": _told(likely, related, night, folder, size),
        "joined": _told(joined, related, night, folder, size),
    }


def _clocked(module: Any) -> dict[str, float]:
    """Seconds in each step of the stage, filled while it runs."""
    clocks: dict[str, float] = defaultdict(float)

    def clocked(name: str, step: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:
            started = time.perf_counter()
            try:
                return step(*given, **named)
            finally:
                clocks[name] += time.perf_counter() - started

        return run

    for name in (
        "load_members", "profile_of", "traits", "save_profiles", "find_by_traits", "find_by_keys",
        "judge", "save_ties", "rearrange",
    ):  # fmt: skip
        setattr(module, name, clocked(name, getattr(module, name)))
    return clocks


def _joined(store: Store, size: int) -> tuple[Pairs, int]:
    """Pairs with a new candidate that are one story now, and how many stories these are."""
    with store.reading() as db:
        rows = db.execute(
            "SELECT c.id, o.id, c.story_id FROM candidate c JOIN candidate o"
            " ON o.story_id = c.story_id AND o.id <> c.id WHERE c.id > ?",
            [size],
        ).fetchall()
    return {(min(a, b), max(a, b)) for a, b, _ in rows}, len({story for *_, story in rows})


def lsh(folder: Path, size: int, threshold: str) -> dict[str, Any]:
    """datasketch's MinHash LSH over the titles' runs of three characters."""
    from datasketch import MinHash, MinHashLSH  # type: ignore[import-untyped]

    resource.setrlimit(resource.RLIMIT_AS, (_MOST_GB << 30, _MOST_GB << 30))
    night, related = load_night(folder, size)
    pattern = MinHash(num_perm=128)

    def sampled(title: str) -> MinHash:
        made = pattern.copy()
        runs = {title[n : n + 3] for n in range(max(1, len(title) - 2))}
        made.update_batch([run.encode() for run in runs])
        return made

    index = MinHashLSH(threshold=float(threshold), num_perm=128)
    with Store(folder / f"{size}.db") as store, store.reading() as db:
        started = time.perf_counter()
        for number, title in db.execute("SELECT id, title FROM candidate ORDER BY id"):
            index.insert(number, sampled(title), check_duplication=False)
    built = time.perf_counter()
    found: Pairs = set()
    for number, item in enumerate(night, size + 1):
        made = sampled(item.title)
        found |= {(other, number) for other in index.query(made)}
        index.insert(number, made, check_duplication=False)
    asked = time.perf_counter()
    return {
        "build": built - started,
        "wall": asked - built,
        "memory": _memory(),
        "judged": len(found),
        "found": _told(found, related, night, folder, size),
    }


def load_night(folder: Path, size: int) -> tuple[list[RawItem], Pairs]:
    """The night's raw items, and the pairs of one event that have one of them."""
    lines = (folder / f"{size}.jsonl").read_text(encoding="utf-8").splitlines()
    events = array("q", (folder / f"{size}.events").read_bytes())
    new = set(events[size:])
    about: dict[int, list[int]] = defaultdict(list)
    for number, event in enumerate(events, 1):
        if event in new:
            about[event].append(number)
    related = {(a, b) for some in about.values() for b in some if b > size for a in some if a < b}
    return [RAW_ITEM.read(line) for line in lines], related


def _told(
    found: Collection[tuple[int, int]],
    related: Pairs,
    night: list[RawItem],
    folder: Path,
    size: int,
) -> dict[str, float]:
    """Recall and precision; and the recall over pairs of two titles in one script."""
    with Store(folder / f"{size}.db") as store, store.reading() as db:

        def latin(number: int) -> bool:
            if number > size:
                return night[number - size - 1].title.isascii()
            row = db.execute("SELECT title FROM candidate WHERE id = ?", [number]).fetchone()
            return str(row[0]).isascii()

        alike = {(a, b) for a, b in related if latin(a) == latin(b)}
    right = related & set(found)
    return {
        "related": len(related),
        "recall": len(right) / len(related),
        "precision": len(right) / max(1, len(found)),
        "recall_in_one_script": len(right & alike) / max(1, len(alike)),
    }


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    side, where, count, *more = sys.argv[1:]
    measure: Callable[..., dict[str, Any]] = ours if side == "ours" else lsh
    print(json.dumps(measure(Path(where), int(count), *more)))
