"""Alerts on sources, and to whom each was told: rows <-> models.

When there is one and when it is over is decided in ``pipeline.alerts``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType, TypeAlias

from config.errors import NotFoundError
from store.database import Store
from store.models import RunId, SourceName
from store.rows import read_optional_time, read_time, write_time

AlertId = NewType("AlertId", int)
AlertKind: TypeAlias = Literal["failing", "unparsable", "empty", "shrunk", "silent", "gap"]
Channel: TypeAlias = Literal["webhook", "mail"]
Told: TypeAlias = Literal["open", "over"]
"""What was told of an alert: that it is open, or that it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something about a source that a person should know."""

    id: AlertId
    source: SourceName
    kind: AlertKind
    detail: str
    """One line for a person, as of the last run in which it held."""
    run: RunId
    """The run that raised it."""
    opened_at: datetime
    seen_at: datetime
    """When the last run began in which it held."""
    closed_at: datetime | None = None
    recovery: str | None = None
    """How it ended, in one line."""
    acked_at: datetime | None = None
    """When a person said that he knows."""
    acked_by: str | None = None

    @property
    def open(self) -> bool:
        """It still holds."""
        return self.closed_at is None


def open_alert(
    store: Store, source: SourceName, kind: AlertKind, detail: str, *, run: RunId, now: datetime
) -> None:
    """Open an alert; one of this source and kind that is open is brought up to date instead."""
    with store.writing() as db:
        db.execute(
            "INSERT INTO alert (source, kind, detail, run_id, opened_at, seen_at)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (source, kind) WHERE closed_at IS NULL"
            " DO UPDATE SET detail = excluded.detail, seen_at = excluded.seen_at",
            [source, kind, detail, run, write_time(now), write_time(now)],
        )


def close_alert(store: Store, alert: AlertId, recovery: str, now: datetime) -> None:
    """Say that an alert is over, and how it ended."""
    with store.writing() as db:
        db.execute(
            "UPDATE alert SET closed_at = ?, recovery = ? WHERE id = ? AND closed_at IS NULL",
            [write_time(now), recovery, alert],
        )


def acknowledge(store: Store, alert: AlertId, by: str, now: datetime) -> Alert:
    """Note that a person knows of an open alert; raises NotFoundError where there is none."""
    with store.writing() as db:
        changed = db.execute(
            "UPDATE alert SET acked_at = ?, acked_by = ? WHERE id = ? AND closed_at IS NULL",
            [write_time(now), by, alert],
        ).rowcount
        if not changed:
            raise NotFoundError(f"no alert {alert} is open; briefing alerts lists them")
        [row] = db.execute(f"SELECT {_COLUMNS} FROM alert WHERE id = ?", [alert])  # noqa: S608
    return _alert(row)


_COLUMNS = (
    "id, source, kind, detail, run_id, opened_at, seen_at, closed_at, recovery, acked_at, acked_by"
)


def load_open(store: Store) -> list[Alert]:
    """Every open alert, the latest first."""
    with store.reading() as db:
        rows = db.execute(
            f"SELECT {_COLUMNS} FROM alert WHERE closed_at IS NULL"  # noqa: S608
            " ORDER BY opened_at DESC, id DESC"
        ).fetchall()
    return [_alert(row) for row in rows]


def unusual_since(store: Store, source: SourceName) -> datetime | None:
    """Since when a source answers too few items, as far as nobody has acknowledged that."""
    with store.reading() as db:
        [[since]] = db.execute(
            "SELECT min(opened_at) FROM alert WHERE source = ? AND kind IN ('empty', 'shrunk')"
            " AND closed_at IS NULL AND acked_at IS NULL",
            [source],
        ).fetchall()
    return read_optional_time(since)


def count_open(store: Store) -> int:
    """How many alerts are open that nobody has acknowledged."""
    with store.reading() as db:
        [[number]] = db.execute(
            "SELECT count(*) FROM alert WHERE closed_at IS NULL AND acked_at IS NULL"
        ).fetchall()
    return int(number)


def load_alerts(store: Store, limit: int) -> list[Alert]:
    """The last alerts, open ones and those that are over, the latest first."""
    with store.reading() as db:
        rows = db.execute(
            f"SELECT {_COLUMNS} FROM alert ORDER BY id DESC LIMIT ?",  # noqa: S608
            [limit],
        ).fetchall()
    return [_alert(row) for row in rows]


def load_closed(store: Store, since: datetime) -> list[Alert]:
    """The alerts that came to their end since then, in order."""
    with store.reading() as db:
        rows = db.execute(
            f"SELECT {_COLUMNS} FROM alert WHERE closed_at >= ? ORDER BY id",  # noqa: S608
            [write_time(since)],
        ).fetchall()
    return [_alert(row) for row in rows]


def load_told(
    store: Store, channel: Channel, since: datetime
) -> dict[tuple[AlertId, Told], datetime]:
    """What was told through a channel of alerts that were open at that time or later, and when."""
    with store.reading() as db:
        rows = db.execute(
            "SELECT t.alert_id, t.what, t.at FROM alert a JOIN alert_told t ON t.alert_id = a.id"
            " WHERE t.channel = ? AND (a.closed_at IS NULL OR a.closed_at >= ?)",
            [channel, write_time(since)],
        ).fetchall()
    return {(AlertId(alert), what): read_time(at) for alert, what, at in rows}


def save_told(
    store: Store, channel: Channel, told: Sequence[tuple[AlertId, Told]], now: datetime
) -> None:
    """Note what was told through a channel."""
    with store.writing() as db:
        db.conn.executemany(
            "INSERT OR REPLACE INTO alert_told (alert_id, channel, what, at) VALUES (?, ?, ?, ?)",
            [(alert, channel, what, write_time(now)) for alert, what in told],
        )


def _alert(row: tuple[object, ...]) -> Alert:
    number, source, kind, detail, run, opened, seen, closed, recovery, acked, by = row
    return Alert(
        id=AlertId(int(str(number))),
        source=SourceName(str(source)),
        kind=kind,  # type: ignore[arg-type]
        detail=str(detail),
        run=RunId(int(str(run))),
        opened_at=read_time(str(opened)),
        seen_at=read_time(str(seen)),
        closed_at=read_optional_time(None if closed is None else str(closed)),
        recovery=None if recovery is None else str(recovery),
        acked_at=read_optional_time(None if acked is None else str(acked)),
        acked_by=None if by is None else str(by),
    )
