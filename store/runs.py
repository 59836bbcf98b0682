"""Runs, and what each source answered in them: rows <-> models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias, get_args

from config.errors import StoreError
from store.database import Store
from store.models import Gap, RunId, SourceName, SourceState
from store.rows import (
    STRINGS,
    read_optional_time,
    read_time,
    write_optional_time,
    write_time,
)

ENDED: Final = frozenset({"ok", "partial"})
"""Statuses of a run that came to its end, whatever its sources answered."""
RunStatus: TypeAlias = Literal["running", "ok", "partial", "interrupted"]
OutcomeStatus: TypeAlias = Literal["items", "not_modified", "empty", "unparsable", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """One line of a run's table."""

    source: SourceName
    kind: str
    status: OutcomeStatus
    received: int = 0
    new: int = 0
    changed: int = 0
    cause: str | None = None
    retryable: bool | None = None
    retry_at: datetime | None = None
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    expected: int | None = None
    """How many items it was expected to answer, by its own history; None where it has too little
    of one. Held against `received` only where it answered items, or that there are none."""
    least: int | None = None
    """Fewer than these are too few; None where any number may be."""
    empty: int = 0
    """Answers in which there was nothing."""
    unparsable: int = 0
    """Answers in which nothing was recognised."""
    gap: Gap | None = None
    """Where entries may be missing that came and went between two runs."""

    @property
    def failed(self) -> bool:
        """The source needs a person's eye, or another try."""
        return self.status in ("error", "unparsable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run with what its sources answered, in the order of their names."""

    id: RunId
    command: str
    started_at: datetime
    finished_at: datetime | None
    status: RunStatus
    sources: tuple[SourceReport, ...]

    def failed_source(self, name: SourceName) -> bool:
        """Whether this source was asked and failed."""
        return any(report.source == name and report.failed for report in self.sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """A source over all its runs."""

    source: SourceName
    last: SourceReport
    last_at: datetime
    last_good_at: datetime | None
    """When it last answered as it should."""
    failing_runs: int
    """Runs in a row, up to the last, in which it failed."""
    received: int
    """Raw items ever received from it."""


def close_interrupted(store: Store) -> None:
    """Close the runs that a crash left open; only for who holds the run lock."""
    with store.writing() as db:
        db.execute(
            "UPDATE run SET status = 'interrupted'"
            " WHERE status = 'running' AND command IN ('nightly', 'replay')"
        )


@contextmanager
def marked_if_cut_short(store: Store, run: RunId) -> Iterator[None]:
    """Call a run interrupted where the block ends by an error or a signal before it is closed.

    One that is killed, or whose store fails, is left to `close_interrupted`.
    """
    try:
        yield
    except BaseException:
        with suppress(StoreError), store.writing() as db:
            db.execute(
                "UPDATE run SET status = 'interrupted' WHERE id = ? AND status = 'running'", [run]
            )
        raise


def start_run(store: Store, command: str, now: datetime) -> RunId:
    """Open a run."""
    with store.writing() as db:
        row = db.execute(
            "INSERT INTO run (command, started_at, status) VALUES (?, ?, 'running')",
            [command, write_time(now)],
        )
        return RunId(int(row.lastrowid or 0))


def finish_run(store: Store, run: RunId, *, at: datetime, status: RunStatus) -> None:
    """Close a run."""
    with store.writing() as db:
        db.execute(
            "UPDATE run SET finished_at = ?, status = ? WHERE id = ?", [write_time(at), status, run]
        )


def save_report(store: Store, run: RunId, report: SourceReport) -> None:
    """Keep one source's line; a second one in the same run replaces the first."""
    with store.writing() as db:
        db.execute(
            "INSERT OR REPLACE INTO source_run (run_id, source, kind, status, received, new,"
            " changed, cause, retryable, retry_at, seconds, notes, expected, least, empty,"
            " unparsable, gap_after, gap_before)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                run,
                report.source,
                report.kind,
                report.status,
                report.received,
                report.new,
                report.changed,
                report.cause,
                report.retryable,
                write_optional_time(report.retry_at),
                report.seconds,
                STRINGS.write(report.notes),
                report.expected,
                report.least,
                report.empty,
                report.unparsable,
                write_optional_time(report.gap.after if report.gap else None),
                write_optional_time(report.gap.before if report.gap else None),
            ],
        )


_REPORT_COLUMNS = (
    "source, kind, s.status, received, new, changed, cause, retryable, retry_at, seconds, notes,"
    " expected, least, empty, unparsable, gap_after, gap_before"
)


def _report(row: tuple[object, ...]) -> SourceReport:
    source, kind, status, received, new, changed, cause, retryable, retry_at, seconds, notes = row[
        :11
    ]
    expected, least, empty, unparsable, after, before = row[11:]
    assert status in get_args(OutcomeStatus)
    return SourceReport(
        source=SourceName(str(source)),
        kind=str(kind),
        status=status,  # type: ignore[arg-type]
        received=int(str(received)),
        new=int(str(new)),
        changed=int(str(changed)),
        cause=None if cause is None else str(cause),
        retryable=None if retryable is None else bool(retryable),
        retry_at=read_optional_time(None if retry_at is None else str(retry_at)),
        seconds=float(str(seconds)),
        notes=STRINGS.read(str(notes)),
        expected=None if expected is None else int(str(expected)),
        least=None if least is None else int(str(least)),
        empty=int(str(empty)),
        unparsable=int(str(unparsable)),
        gap=Gap(after=read_time(str(after)), before=read_time(str(before))) if after else None,
    )


def load_runs(store: Store, limit: int) -> list[Run]:
    """The last runs, the latest first."""
    with store.reading() as db:
        ids = db.execute("SELECT id FROM run ORDER BY id DESC LIMIT ?", [limit]).fetchall()
    return [load_run(store, RunId(run)) for (run,) in ids]


def load_run(store: Store, run: RunId) -> Run:
    """One run."""
    with store.reading() as db:
        command, started, finished, status = db.execute(
            "SELECT command, started_at, finished_at, status FROM run WHERE id = ?", [run]
        ).fetchone()
        rows = db.execute(
            f"SELECT {_REPORT_COLUMNS} FROM source_run s"  # noqa: S608
            " WHERE run_id = ? ORDER BY source",
            [run],
        ).fetchall()
    return Run(
        id=run,
        command=command,
        started_at=read_time(started),
        finished_at=read_optional_time(finished),
        status=status,
        sources=tuple(_report(row) for row in rows),
    )


def load_health(store: Store) -> Iterator[SourceHealth]:
    """Every source that was ever asked, by name."""
    with store.reading() as db:
        rows = db.execute(
            f"SELECT {_REPORT_COLUMNS}, r.started_at,"  # noqa: S608
            " (SELECT max(r2.started_at) FROM source_run g JOIN run r2 ON r2.id = g.run_id"
            "   WHERE g.source = s.source AND g.status NOT IN ('error', 'unparsable')),"
            " (SELECT count(*) FROM source_run f WHERE f.source = s.source AND f.run_id >"
            "   coalesce((SELECT max(g.run_id) FROM source_run g WHERE g.source = s.source"
            "             AND g.status NOT IN ('error', 'unparsable')), 0)),"
            " (SELECT sum(a.received) FROM source_run a WHERE a.source = s.source)"
            " FROM source_run s JOIN run r ON r.id = s.run_id"
            " WHERE s.run_id = (SELECT max(run_id) FROM source_run m WHERE m.source = s.source)"
            " ORDER BY s.source"
        ).fetchall()
    for *report, last_at, last_good_at, failing, received in rows:
        last = _report(tuple(report))
        yield SourceHealth(
            source=last.source,
            last=last,
            last_at=read_time(last_at),
            last_good_at=read_optional_time(last_good_at),
            failing_runs=failing,
            received=received,
        )


def load_begun(store: Store, command: str, since: datetime) -> list[tuple[datetime, RunStatus]]:
    """When runs of a command were begun, and what became of each, in order.

    Those begun since then, and the last before that came to its end.
    """
    with store.reading() as db:
        rows = db.execute(
            "SELECT started_at, status FROM run WHERE command = ? AND (started_at >= ? OR id ="
            " (SELECT max(id) FROM run WHERE command = ? AND finished_at IS NOT NULL))"
            " ORDER BY id",
            [command, write_time(since), command],
        ).fetchall()
    return [(read_time(started_at), status) for started_at, status in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a source answered in one run."""

    at: datetime
    """When the run began."""
    report: SourceReport


def load_answers(store: Store, runs: int) -> dict[SourceName, list[Answer]]:
    """What each source answered in the last so many runs, the earliest first."""
    answers: dict[SourceName, list[Answer]] = {}
    with store.reading() as db:
        rows = db.execute(
            f"SELECT {_REPORT_COLUMNS}, r.started_at FROM source_run s"  # noqa: S608
            " JOIN run r ON r.id = s.run_id"
            " WHERE s.run_id IN (SELECT id FROM run ORDER BY id DESC LIMIT ?)"
            " ORDER BY s.run_id, s.source",
            [runs],
        ).fetchall()
    for *columns, started_at in rows:
        report = _report(tuple(columns))
        answers.setdefault(report.source, []).append(
            Answer(at=read_time(started_at), report=report)
        )
    return answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a source's ledger: what it answered in one night."""

    at: datetime
    """When the run began."""
    status: OutcomeStatus
    received: int
    new: int
    gap: bool = False
    """Something may be missing before it."""


def load_ledger(store: Store, source: SourceName, before: RunId, nights: int) -> list[Entry]:
    """What a source answered in the last so many nights before a run, the earliest first."""
    with store.reading() as db:
        rows = db.execute(
            "SELECT r.started_at, s.status, s.received, s.new, s.gap_after IS NOT NULL"
            " FROM source_run s JOIN run r ON r.id = s.run_id"
            " WHERE s.source = ? AND s.run_id < ? AND r.command = 'nightly'"
            " ORDER BY s.run_id DESC LIMIT ?",
            [source, before, nights],
        ).fetchall()
    return [
        Entry(at=read_time(at), status=status, received=received, new=new, gap=bool(gap))
        for at, status, received, new, gap in reversed(rows)
    ]


def load_states(store: Store) -> dict[SourceName, SourceState]:
    """What is remembered of each source; a source never asked is absent."""
    with store.reading() as db:
        return {
            SourceName(source): SourceState(
                asked=asked,
                etag=etag,
                last_modified=last_modified,
                moved_to=moved_to,
                watermark=read_optional_time(watermark),
                retry_at=read_optional_time(retry_at),
                body_sha256=body_sha256,
            )
            for (
                source,
                asked,
                etag,
                last_modified,
                moved_to,
                watermark,
                retry_at,
                body_sha256,
            ) in db.execute(
                "SELECT source, asked, etag, last_modified, moved_to, watermark, retry_at,"
                " body_sha256 FROM source_state"
            )
        }


def save_state(store: Store, source: SourceName, state: SourceState) -> None:
    """Remember a source's state in place of what was remembered."""
    with store.writing() as db:
        db.execute(
            "INSERT OR REPLACE INTO source_state (source, asked, etag, last_modified, moved_to,"
            " watermark, retry_at, body_sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                source,
                state.asked,
                state.etag,
                state.last_modified,
                state.moved_to,
                write_optional_time(state.watermark),
                write_optional_time(state.retry_at),
                state.body_sha256,
            ],
        )


def save_retry_at(store: Store, source: SourceName, asked: str, retry_at: datetime | None) -> None:
    """Remember only when a source may be asked again; the rest of its state stays."""
    with store.writing() as db:
        db.execute(
            "INSERT INTO source_state (source, asked, retry_at) VALUES (?, ?, ?)"
            " ON CONFLICT (source) DO UPDATE SET retry_at = excluded.retry_at",
            [source, asked, write_optional_time(retry_at)],
        )
