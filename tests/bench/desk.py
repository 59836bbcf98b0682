"""The desk under load: ``python -m tests.bench.desk [STORIES] [--keep FOLDER]``.

Fills a database with generated stories, all of them in the window of the coming issue, with
decisions among them, scores them, learns from a list, and serves it. Then 200 requests of each
kind, one after the other as an editor makes them: pages of the queue, searches, decisions, a
story's page and why it is there, the issue. Prints milliseconds at the median, the 95th of 100 and the worst, over the wire.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import requests
from rich.console import Console
from rich.table import Table

from config.load import SHIPPED, load_settings
from pipeline.desk import Editor, decide
from pipeline.period import period_of
from pipeline.stages import learn_taste, score_open
from store.candidates import spaced
from store.database import Store
from store.models import RawItem, Verdict
from store.rows import RAW_ITEM, write_time
from store.stories import load_open
from tests.bench.filling import fill, night_after
from tests.bench.scoring import save_list
from tests.bench.stream import A_NIGHT

REQUESTS = 200
_UNDECIDED = (
    "SELECT story_id FROM score WHERE story_id NOT IN (SELECT story_id FROM decision) LIMIT 5000"
)
WORDS = (
    "量化",
    "quantization",
    "端侧 部署",
    "INT8",
    "手机",
    "kernel",
    "蒸馏",
    "github",
    "推理 框架",
)


def main() -> None:
    """Fill, serve, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stories", nargs="?", type=int, default=50_000)
    parser.add_argument("--keep", type=Path, help="folder that keeps what was filled")
    options = parser.parse_args()
    console = Console(width=100)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        size = -(-options.stories * 6 // 5 // A_NIGHT) * A_NIGHT
        path, now = folder / f"{size}.db", night_after(size)
        if not path.exists():
            console.print(f"filling {path} with {size} candidates")
            fill(folder, size)
            prepare(path, now)
        with Store(path) as store:
            [stories] = store.db.execute("SELECT count(*) FROM score").fetchone()
            ids = [story for (story,) in store.db.execute(_UNDECIDED)]
        with served(path, now) as base:
            print_times(console, f"{stories} stories", ask(base, ids))


def prepare(path: Path, now: datetime) -> None:
    """Bring all stories into the window, index and score them, and decide on some."""
    settings = load_settings(SHIPPED, environment=False)
    with Store(path) as store:
        with store.writing() as db:
            db.execute("UPDATE story SET changed_at = ?", [write_time(now)])
            rows = db.execute("SELECT c.id, r.said FROM candidate c JOIN raw_item r ON r.id = c.id")
            db.conn.executemany(
                "INSERT INTO candidate_text (rowid, title, body) VALUES (?, ?, ?)",
                (indexed(number, RAW_ITEM.read(said)) for number, said in rows.fetchall()),
            )
        period = period_of(store, settings, now)
        score_open(store, settings, since=period.start, period=period)
        verdicts = itertools.cycle((Verdict.REJECT, Verdict.REJECT, Verdict.ACCEPT, Verdict.LATER))
        for story, verdict in zip(load_open(store, period.start)[::311], verdicts, strict=False):
            decide(store, settings, period, [story], verdict, Editor(name="bench", now=now))
        save_list(store, now)
        learned = learn_taste(store, settings, period)
        assert sum(one.used for one in learned.values()) >= 3, learned


def indexed(number: int, item: RawItem) -> tuple[int, str, str]:
    """A row of the search index."""
    return number, spaced(item.title), spaced(f"{item.publisher or ''} {item.summary} {item.text}")


@contextmanager
def served(path: Path, now: datetime) -> Iterator[str]:
    """The desk in a process of its own, as `briefing serve` opens it; its address."""
    command = [sys.executable, "-m", "pipeline.cli", "serve", "--config", str(SHIPPED)]
    command += ["--db", str(path), "--now", now.isoformat(), "--port", "0"]
    environment = {**os.environ, "BRIEFING_EDITOR": "bench"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            yield next(word for word in said.split() if word.startswith("http")).rstrip("/")
        finally:
            process.terminate()


def ask(base: str, ids: list[int]) -> dict[str, list[float]]:
    """Milliseconds of each request, by kind."""
    sections = [s.name for s in load_settings(SHIPPED, environment=False).sections]
    session = requests.Session()
    turns = itertools.count()

    def get(path: str, **query: str) -> requests.Response:
        return session.get(f"{base}{path}", params=query, timeout=60)

    def accept() -> requests.Response:
        story = ids[next(turns) % len(ids)]
        form = {"do": "accept", "story": f"{story}:0"}
        headers = {"X-Desk": "1", "Origin": base, "Referer": f"{base}/queue"}
        return session.post(f"{base}/queue/decide", data=form, headers=headers, timeout=60)

    kinds: dict[str, Callable[[int], requests.Response]] = {
        "queue, a section": lambda n: get("/queue", section=sections[n % len(sections)]),
        "queue, English papers": lambda _: get("/queue", kind="paper", language="en"),
        "search": lambda n: get("/queue", q=WORDS[n % len(WORDS)]),
        "a story": lambda n: get(f"/story/{ids[n]}"),
        "why it is there": lambda n: get(f"/story/{ids[n]}/why"),
        "the issue": lambda _: get("/issue"),
        "a decision": lambda _: accept(),
    }
    return {name: timed(one) for name, one in kinds.items()}


def timed(one: Callable[[int], requests.Response]) -> list[float]:
    """Milliseconds of each of 200 requests; the first of a kind is not counted."""
    one(0).raise_for_status()
    taken = []
    for number in range(REQUESTS):
        started = time.perf_counter()
        answer = one(number)
        taken.append((time.perf_counter() - started) * 1000)
        answer.raise_for_status()
    return taken


def print_times(console: Console, title: str, times: dict[str, list[float]]) -> None:
    """The table."""
    table = Table(title=f"{title}, {REQUESTS} requests each: ms", box=None)
    for column in ("", "median", "p95", "worst"):
        table.add_column(column, justify="left" if not column else "right")
    for name, taken in times.items():
        p95 = statistics.quantiles(taken, n=20)[-1]
        table.add_row(name, *(f"{ms:.0f}" for ms in (statistics.median(taken), p95, max(taken))))
    console.print(table)


if __name__ == "__main__":
    main()
