"""The score's part of a night over a history of generated candidates.

``python -m tests.bench.scoring fill FOLDER SIZE`` makes ``SIZE-scores.db``: so many candidates
scored, a night of 5,000 that is not, and a list that names one in three of what has certain words.
``… run FOLDER SIZE [PROFILE]`` scores the night, learns from all and lays what is learned on the
stories of the period, and prints as JSON what each took.
"""

from __future__ import annotations

import cProfile
import json
import resource
import shutil
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from config.load import SHIPPED, load_settings
from pipeline.method import method_of
from pipeline.period import period_of
from pipeline.stages import learn_taste, score_open
from store.database import Store
from store.models import IdentityKey
from store.references import Reference, ReferenceItem, save_reference
from store.taste import load_taste
from tests.bench.filling import fill, night_after
from tests.bench.stream import A_NIGHT, FIRST

NIGHT = 5000
_ONE_IN = 3
_WANTED = ("quantiz", "量化", "prun", "剪枝", "distill", "蒸馏")


def prepare(folder: Path, size: int) -> None:
    """Make the database of one size."""
    settings = load_settings(SHIPPED, environment=False)
    whole = -(-(size + NIGHT) // A_NIGHT) * A_NIGHT
    fill(folder, whole)
    made = folder / f"{whole}.db"
    with Store(made) as store:
        with store.writing() as db:
            db.execute(
                "UPDATE story SET changed_at ="
                " (SELECT first_seen FROM candidate WHERE id = story.founder)"
            )
            [(last,)] = db.execute(
                "SELECT id FROM story ORDER BY id DESC LIMIT 1 OFFSET ?", [NIGHT]
            ).fetchall()
        now = night_after(whole)
        score_open(
            store,
            settings,
            since=FIRST - timedelta(days=30),
            period=period_of(store, settings, now),
        )
        with store.writing() as db:
            for table in ("score", "document"):
                db.execute(f"DELETE FROM {table} WHERE story_id > ?", [last])
        save_list(store, now)
        store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    made.rename(folder / f"{size}-scores.db")


def save_list(store: Store, now: datetime) -> None:
    """A reference list of some of what has certain words, so that there is something to learn."""
    with store.reading() as db:
        keys = [
            key
            for key, tokens in db.execute(
                "SELECT k.key, d.tokens FROM document d JOIN story_key k USING (story_id)"
                " GROUP BY d.story_id ORDER BY d.story_id"
            )
            if any(word in tokens for word in _WANTED)
        ][::_ONE_IN]
    items = tuple(ReferenceItem(key=IdentityKey(key), title="") for key in keys)
    save_reference(
        store, Reference(name="bench", origin="bench", weight=0.5, added_at=now, items=items)
    )


def measure(folder: Path, size: int, profile: Path | None = None) -> dict[str, object]:
    """Score the night and learn, on a copy."""
    settings = load_settings(SHIPPED, environment=False)
    now = night_after(-(-(size + NIGHT) // A_NIGHT) * A_NIGHT)
    with tempfile.TemporaryDirectory() as work:
        path = Path(work) / "b.db"
        shutil.copy(folder / f"{size}-scores.db", path)
        with Store(path) as store:
            period = period_of(store, settings, now)
            with store.writing() as db:
                # The program may be another than the one that filled; that is not measured.
                method = method_of(settings, load_taste(store))
                db.execute("UPDATE score SET method = ?", [method])
            profiler = cProfile.Profile()
            if profile is not None:
                profiler.enable()
            started, cpu = time.perf_counter(), time.process_time()
            scored = score_open(store, settings, since=period.start, period=period)
            between = time.perf_counter()
            learned = learn_taste(store, settings, period)
            done = time.perf_counter()
            used = time.process_time() - cpu
            if profile is not None:
                profiler.disable()
                profiler.dump_stats(profile)
            again = time.perf_counter()
            unchanged = score_open(store, settings, since=period.start, period=period)
            again = time.perf_counter() - again
            [(examples,)] = store.db.execute("SELECT count(*) FROM document").fetchall()
            [(laid,)] = store.db.execute("SELECT count(*) FROM score WHERE taste > 0").fetchall()
    return {
        "examples": examples,
        "scored": scored,
        "score": between - started,
        "learn": done - between,
        "cpu": used,
        "laid": laid,
        "unchanged": unchanged,
        "again": again,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "told": {section: one.verdict for section, one in learned.items()},
    }


if __name__ == "__main__":
    what, folder, size, *rest = sys.argv[1:]
    if what == "fill":
        prepare(Path(folder), int(size))
    else:
        profile = Path(rest[0]) if rest else None
        print(json.dumps(measure(Path(folder), int(size), profile), ensure_ascii=False))
