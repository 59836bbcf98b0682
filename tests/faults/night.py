"""Nights over one fault beside sources that are well.

Two nights while the source misbehaves, and a third when it is well again, whole ones, from asking
to scoring.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from config.load import load_settings
from pipeline.demo import CONFIG
from pipeline.nightly import nightly
from store.database import Store
from tests.faults.fault import Fault
from tests.faults.feeds import items

FIRST = datetime(2026, 3, 1, 19, 30, tzinfo=UTC)
NEIGHBOURS = tuple(f"neighbour{n}.example" for n in range(3))
NEIGHBOUR_ITEMS = {
    host: items(host, letter) for host, letter in zip(NEIGHBOURS, "KLN", strict=True)
}
TIMEOUT = 1.5
NETWORK: dict[str, Any] = {
    "timeout": TIMEOUT,
    "retries": 1,
    "backoff": 0.05,
    "delay": 0,
    "autothrottle": False,
    "max_wait": 0.2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a night's table says of the hostile source, and how its neighbours fared."""

    status: str
    received: int
    said: str
    """Cause and notes."""
    seconds: float
    """From the night's beginning to what is said of the source."""
    night: float
    """Of the whole night."""
    neighbours: tuple[str, ...]
    """Their statuses."""
    slowest: float
    """Seconds to what is said of the last of them."""


@dataclass(slots=True)
class Record:
    """What came of all nights."""

    nights: list[Outcome] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """Marks of items that are in no candidate."""
    doubled: list[str] = field(default_factory=list)
    """Marks of items that are more than one candidate, and so may be in more than one story."""
    memory: int = 0
    """Of this process at its peak, in MB."""


def run(fault: Fault, hostile: str, well: str, path: Path) -> Record:
    """Run the nights; `hostile` and `well` are the base addresses of the servers."""
    record = Record()
    with Store(path) as store:
        for number in range(3):
            ill = number < 2
            mirrors = {f"https://{host}/": f"{well}/{host}/" for host in NEIGHBOURS}
            mirrors["https://hostile.example/"] = f"{hostile if ill else well}/"
            record.nights.append(_night(fault, store, FIRST + timedelta(days=number), mirrors))
            if number == 1:
                _count(store, fault.readable, record)
        _count(store, fault.later, record)
        for entries in NEIGHBOUR_ITEMS.values():
            _count(store, [item.mark for item in entries], record)
        [[verdict]] = store.db.execute("PRAGMA integrity_check").fetchall()
        assert verdict == "ok", verdict
    record.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return record


def _night(fault: Fault, store: Store, now: datetime, mirrors: Mapping[str, str]) -> Outcome:
    sources = [{"name": host, "kind": "feed", "url": f"https://{host}/feed"} for host in NEIGHBOURS]
    settings = load_settings(
        CONFIG,
        overrides={"network": {**NETWORK, "mirrors": dict(mirrors)}},
        environment=False,
    )
    tables = settings.model_dump(mode="python")
    tables["sources"] = [{"name": "hostile", **fault.source}, *sources]
    settings = type(settings).model_validate(tables)
    began = time.monotonic()
    night = nightly(store, settings, CONFIG, now=now, progress=lambda _: None, begin=lambda _: None)
    reports = {report.source: report for report in night.run.sources}
    [hostile] = [report for name, report in reports.items() if name == "hostile"]
    beside = [report for name, report in reports.items() if name in NEIGHBOURS]
    return Outcome(
        status=hostile.status,
        received=hostile.received,
        said="; ".join([hostile.cause or "", *hostile.notes]).strip("; "),
        seconds=hostile.seconds,
        night=time.monotonic() - began,
        neighbours=tuple(report.status for report in beside),
        slowest=max(report.seconds for report in beside),
    )


def _count(store: Store, marks: Sequence[str], record: Record) -> None:
    for mark in marks:
        rows = store.db.execute(
            "SELECT story_id FROM candidate WHERE title = :mark OR title LIKE :mark || ' %'",
            {"mark": mark},
        ).fetchall()
        if not rows:
            record.lost.append(mark)
        elif len(rows) > 1:
            record.doubled.append(mark)


def report(name: str, hostile: str, well: str, authority: str, answer: Connection) -> None:
    """Run the nights of a fault, by name, and send what came of them: the work of a process.

    The certificates of the `authority` in that file are trusted.
    """
    from tests.faults.catalogue import FAULTS

    os.environ["SSL_CERT_FILE"] = authority
    with tempfile.TemporaryDirectory() as folder:
        answer.send(asdict(run(FAULTS[name], hostile, well, Path(folder) / "faults.db")))
