"""Nights that are killed (SIGKILL) at random moments of every stage, and what is left of them.

    python -m tests.soak.kills [--kills N] [--seed N]

Each round takes a database of an older schema with data in it, and a sample web. Then nights are
begun and killed. In one round it is one in each stage, in the order of the stages, so that each
comes further than the one before it, in the middle of a transaction, between two statements chosen
by lot; in the next, some at moments of the clock. After each kill the database is read through. In
the end one night is left alone, and what is in the database then must be what is there when nobody
kills.

The nights are forked from this process, which has no threads; the web is served by another.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console
from rich.table import Table

from config.load import load_settings
from config.settings import Settings
from pipeline.demo import CONFIG, NOW
from pipeline.demo.web import SampleWeb
from pipeline.desk import current_issue
from pipeline.export import issue_text
from pipeline.nightly import nightly
from pipeline.period import period_of
from store.copying import damage, looked_at
from store.database import Store
from tests.store.test_migrations import database_of

_OLD = "m003_decisions_and_issues"
_NEW = "new database"
_CLOCK = "at a moment of the clock"
_BY_CLOCK = 6
STAGES = {
    "_make": _NEW,
    "_migrate": "migration",
    "start_run": "begin",
    "keep": "collecting",
    "normalise_pending": "normalising",
    "cluster_pending": "stories",
    "watch": "alerts",
    "score_open": "scoring",
    "learn_taste": "taste",
    "_finish": "end",
}
"""Function that a stage's statements run under -> stage, in the order of a night."""


def stage_of(frame: FrameType | None) -> str | None:
    """The stage that is running, by what is on the stack."""
    while frame is not None:
        if frame.f_code.co_name in STAGES:
            return STAGES[frame.f_code.co_name]
        frame = frame.f_back
    return None


def traced(told: Callable[[str], None]) -> None:
    """Have every statement inside a transaction told, by its stage, from now on."""

    class Connection(sqlite3.Connection):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self.set_trace_callback(self._statement)

        def _statement(self, _: str) -> None:
            stage = stage_of(sys._getframe(1))
            if stage is not None and self.in_transaction:
                told(stage)

    sqlite3.connect = partial(sqlite3.connect, factory=Connection)  # type: ignore[assignment]


@dataclass
class Nights:
    """Nights over one sample web, each in a process of its own."""

    settings: Settings
    statements: Counter[str] = field(default_factory=Counter)
    """Stage -> statements in transactions, in a night that nobody killed."""
    seconds: float = 0.0
    """How long that night took."""

    def run(self, path: Path) -> None:
        """A night, in this process."""
        with Store(path) as store:
            nightly(
                store, self.settings, CONFIG, now=NOW, progress=lambda _: None, begin=lambda _: None
            )

    def alone(self, path: Path) -> None:
        """A night that nobody kills."""
        _, status = os.waitpid(_forked(partial(self.run, path)), 0)
        assert status == 0, f"a night that nobody killed ended with {status}"

    def measure(self, path: Path) -> None:
        """A night that nobody kills; what it did is counted."""
        read, write = os.pipe()

        def night() -> None:
            counts: Counter[str] = Counter()
            traced(lambda stage: counts.update([stage]))
            self.run(path)
            os.write(write, repr(dict(counts)).encode())

        began = time.monotonic()
        _, status = os.waitpid(_forked(night), 0)
        assert status == 0
        self.seconds = time.monotonic() - began
        os.close(write)
        with os.fdopen(read) as said:
            self.statements = Counter(ast.literal_eval(said.read()))

    def killed_at(self, path: Path, stage: str, number: int) -> bool:
        """A night killed at a statement of a stage; says whether it came that far."""

        def night() -> None:
            left = Counter({stage: number})

            def count(now: str) -> None:
                left[now] -= 1
                if now == stage and left[now] <= 0:
                    os.kill(os.getpid(), signal.SIGKILL)

            traced(count)
            self.run(path)

        return _ended_by_kill(_forked(night))

    def killed_after(self, path: Path, seconds: float) -> bool:
        """A night killed after a time; says whether it was still under way."""
        child = _forked(partial(self.run, path))
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        return _ended_by_kill(child)


def _forked(work: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        work()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(1)


def _ended_by_kill(child: int) -> bool:
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, f"the night failed: {status}"
    return os.WIFSIGNALED(status)


def content(path: Path, settings: Settings) -> dict[str, object]:
    """What is in a database, by what it means: without numbers that depend on the order."""
    with Store(path) as store:
        db = store.db
        named = {
            row[0]: row[1:]
            for row in db.execute("SELECT id, source, external_id FROM candidate").fetchall()
        }
        members: dict[int, set[tuple[str, str]]] = {}
        for candidate, story in db.execute("SELECT id, story_id FROM candidate").fetchall():
            members.setdefault(story, set()).add(named[candidate])
        issue = current_issue(store, settings, period_of(store, settings, NOW)).issue

        def rows(sql: str) -> list[tuple[object, ...]]:
            return sorted(db.execute(sql).fetchall(), key=repr)

        return {
            "items": rows("SELECT source, external_id, said FROM raw_item"),
            "answers": rows("SELECT source, sha256, outcome FROM payload"),
            "candidates": rows("SELECT source, external_id, canonical_url, title FROM candidate"),
            "stories": sorted(map(sorted, members.values())),
            "scores": sorted(
                (sorted(members[story]), total, section)
                for story, total, section in db.execute(
                    "SELECT story_id, total, section FROM score"
                )
                if story in members
            ),
            "states": rows("SELECT source, asked, etag, watermark, body_sha256 FROM source_state"),
            "decisions": rows("SELECT verdict, by, note, machine FROM decision"),
            "issues": rows("SELECT * FROM issue_item"),
            "draft": issue_text(issue, settings, CONFIG),
        }


def require_whole(path: Path) -> None:
    """Read a database through, if there is one yet."""
    if path.exists():
        with looked_at(path) as connection:
            assert damage(connection) == (), damage(connection)


@contextlib.contextmanager
def served() -> Iterator[Settings]:
    """The sample web, served by another process."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        with SampleWeb() as web:
            os.write(write, f"{web.mirror('https')} {web.mirror('http')}".encode())
            os.close(write)
            signal.pause()
    os.close(write)
    with os.fdopen(read) as said:
        https, http = said.read().split()
    mirrors = {"https://": https, "http://": http}
    try:
        yield load_settings(CONFIG, overrides={"network": {"mirrors": mirrors}}, environment=False)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def main() -> None:
    """Kill, compare, and print a table."""
    options = argparse.ArgumentParser(description="Kill nights, and see what is left of them.")
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    lot = random.Random(given.seed)
    kills: Counter[str] = Counter()
    began = time.monotonic()
    rounds = 0
    with tempfile.TemporaryDirectory() as name, served() as settings:
        folder, nights = Path(name), Nights(settings)
        database_of(folder / "alone.db", _OLD)
        nights.measure(folder / "alone.db")
        expected = content(folder / "alone.db", settings)
        fresh = Nights(settings)
        fresh.measure(folder / "fresh.db")
        while kills.total() < given.kills:
            rounds += 1
            path = folder / f"{rounds}.db"
            database_of(path, _OLD)
            for stage in (_by_clock, _by_statement)[rounds % 2](nights, fresh, path, lot):
                kills[stage] += 1
                require_whole(path)
            nights.alone(path)
            require_whole(path)
            compare(expected, content(path, settings))
    report(kills, rounds, expected, time.monotonic() - began)


def _by_statement(nights: Nights, fresh: Nights, path: Path, lot: random.Random) -> Iterator[str]:
    """Kill a night in each stage, and name the stage after each."""
    new = path.with_name(f"new-{path.name}")
    for stage in STAGES.values():
        measured, at = (fresh, new) if stage == _NEW else (nights, path)
        if measured.statements[stage] and measured.killed_at(
            at, stage, lot.randint(1, measured.statements[stage])
        ):
            yield stage
    assert not new.exists(), "a new database was there before it was whole"


def _by_clock(nights: Nights, _: Nights, path: Path, lot: random.Random) -> Iterator[str]:
    """Kill nights at moments of the clock."""
    for _kill in range(_BY_CLOCK):
        if nights.killed_after(path, lot.uniform(0, nights.seconds)):
            yield _CLOCK


def compare(expected: dict[str, object], found: dict[str, object]) -> None:
    """Say what is different, and end."""
    different = [name for name in expected if expected[name] != found[name]]
    for name in different:
        one, other = expected[name], found[name]
        print(f"{name}: {one!r:.2000}\n  is not {other!r:.2000}", file=sys.stderr)
    assert not different, f"after all kills there is something else: {', '.join(different)}"


def report(kills: Counter[str], rounds: int, expected: dict[str, object], seconds: float) -> None:
    """Print what was done, and what came of it."""
    table = Table("stage", "killed", title=f"{kills.total()} kills in {rounds} rounds")
    for stage in (*STAGES.values(), _CLOCK):
        table.add_row(stage, str(kills[stage]))
    console = Console(width=80)
    console.print(table)
    items = expected["items"]
    assert isinstance(items, list)
    console.print(
        f"database damaged 0 times; of {len(items)} items 0 lost, 0 doubled; the same stories, "
        f"scores, decisions and draft as without a kill; {seconds:.0f} s"
    )


if __name__ == "__main__":
    main()
