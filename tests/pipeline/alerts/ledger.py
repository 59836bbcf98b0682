"""Nights of a source as short words, as ``histories.jsonl`` writes them, and what is made of them.

``20/3`` 20 items, 3 of them new; a ``g`` behind it: and none of them known, a possible gap
``=`` not modified; ``0`` empty; ``?`` unparsable; ``.`` no run
``!`` no answer; ``!!`` 404; ``~`` asked to come back later
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.alerts.expectation import expectation
from pipeline.alerts.rules import judge
from store.alerts import AlertKind
from store.models import Gap, SourceName
from store.runs import Entry, SourceReport

ZONE = ZoneInfo("Asia/Shanghai")
_WORDS: dict[str, dict[str, Any]] = {
    "=": {"status": "not_modified"},
    "0": {"status": "empty"},
    "?": {"status": "unparsable", "unparsable": 1},
    "!": {"status": "error", "retryable": True, "cause": "no answer"},
    "!!": {"status": "error", "retryable": False, "cause": "HTTP 404"},
    "~": {"status": "error", "retryable": True, "cause": "HTTP 429", "retry_at": datetime.now(UTC)},
}


def a_report(word: str, at: datetime) -> SourceReport:
    """The report that a word stands for."""
    known: dict[str, Any] = {"source": SourceName("源"), "kind": "feed"}
    if word in _WORDS:
        return SourceReport(**known, **_WORDS[word])
    received, new = word.rstrip("g").split("/")
    gap = Gap(after=at - timedelta(days=5), before=at - timedelta(days=2))
    return SourceReport(
        **known,
        status="items",
        received=int(received),
        new=int(new),
        gap=gap if word.endswith("g") else None,
    )


def an_entry(report: SourceReport, at: datetime) -> Entry:
    return Entry(
        at=at,
        status=report.status,
        received=report.received,
        new=report.new,
        gap=report.gap is not None,
    )


def raised(
    nights: str, begins: str = "2026-02-02", failing_runs: int = 1
) -> dict[int, set[AlertKind]]:
    """Night -> the kinds of alert that it opens. Nights are at half past three in Shanghai."""
    return {night: kinds for night, kinds, _ in walk(nights, begins, failing_runs) if kinds}


def walk(
    nights: str, begins: str = "2026-02-02", failing_runs: int = 1
) -> Iterator[tuple[int, set[AlertKind], set[AlertKind]]]:
    """For each night with a run: its number, the kinds that it opens, and those that it closes."""
    history: list[Entry] = []
    opened: set[AlertKind] = set()
    usual_until: int | None = None
    for night, word in enumerate(nights.split()):
        if word == ".":
            continue
        day = date.fromisoformat(begins) + timedelta(days=night)
        at = datetime.combine(day, time(3, 30), ZONE).astimezone(UTC)
        report = a_report(word, at)
        found = expectation(history[:usual_until], at, ZONE)
        if found is not None:
            report = replace(report, expected=found.usual, least=found.least)
        findings = judge(report, history, at=at, failing_runs=failing_runs, zone=ZONE, known=opened)
        new = set(findings.holds) - opened
        over = opened & set(findings.over) - set(findings.holds)
        opened = (opened | new) - over
        if not opened & {"empty", "shrunk"}:
            usual_until = None
        elif usual_until is None:
            usual_until = len(history)
        yield night, new, over
        history.append(an_entry(report, at))
