"""Which kept answers are past their use, and letting go of them.

Only payloads go: what was read out of them stands in raw items of its own. They are kept to be
read again by a mended parser (``pipeline.replay``), from the latest to the earliest, where the
latest word on an item counts. So of each source the answers from some time on are kept, without
gaps: an old answer whose successor is gone would bring old words back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from store.database import Store
from store.rows import write_time

_BATCH = 200
"""Payloads a transaction: the write-ahead log stays small, and a kill loses little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A number of payloads, and the bytes that they take, compressed."""

    payloads: int = 0
    size: int = 0

    def __add__(self, other: Weight) -> Weight:
        return Weight(payloads=self.payloads + other.payloads, size=self.size + other.size)


_OLD = """
WITH answer AS (
    SELECT id, source, fetched_at, outcome FROM payload WHERE outcome <> 'article'
), last AS (
    SELECT source, max(fetched_at) AS at,
           coalesce(max(CASE outcome WHEN 'items' THEN fetched_at END), '') AS with_items
    FROM answer GROUP BY source
), waiting AS (
    SELECT p.source, min(p.fetched_at) AS since
    FROM raw_item r JOIN payload p ON p.id = r.payload_id WHERE r.normalised = 0 GROUP BY p.source
), old AS (
    SELECT a.id FROM answer a JOIN last USING (source) LEFT JOIN waiting USING (source)
    WHERE a.fetched_at < min(:before, coalesce(waiting.since, :before))
      AND a.fetched_at NOT BETWEEN strftime(:iso, last.at, '-1 hour') AND last.at
      AND a.fetched_at NOT BETWEEN strftime(:iso, with_items, '-1 hour') AND with_items
), kept AS (
    SELECT source, strftime(:iso, min(fetched_at), '-1 day') AS since
    FROM answer WHERE id NOT IN old GROUP BY source
)
SELECT p.id, length(p.body) AS size
FROM payload p LEFT JOIN kept USING (source)
WHERE p.id IN old
   OR (p.outcome = 'article'
       AND coalesce(p.used_at, p.fetched_at) < min(:before, coalesce(kept.since, :before)))
ORDER BY p.id
"""
"""Answers from before a time. What stays all the same: the last that a source gave, and the last
with items in it (with the pages of the hour before, which belong to one answer); those from the
earliest on that holds an item which was not yet taken in; and the articles of items that an answer
which stays may hold (the day is for a run's length)."""

_ISO = "%Y-%m-%dT%H:%M:%S+00:00"
"""As times are written (``store.rows``)."""


def weigh_old(store: Store, before: datetime) -> Weight:
    """Say what `drop_old` would let go of."""
    with store.reading() as db:
        number, size = db.execute(
            f"SELECT count(*), coalesce(sum(size), 0) FROM ({_OLD})",  # noqa: S608
            _values(before),
        ).fetchone()
    return Weight(payloads=number, size=size)


def drop_old(store: Store, before: datetime) -> Weight:
    """Let go of answers from before then that nothing needs; says how many, and their bytes.

    An article counts from when its source last spoke of its item. Only for who holds the run
    lock. What was dropped when it ends early stays dropped; the rest is as it was.
    """
    with store.reading() as db:
        rows = db.execute(_OLD, _values(before)).fetchall()
    dropped = Weight()
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        with store.writing() as db:
            _forget(db, [payload for payload, _ in batch])
        dropped += Weight(payloads=len(batch), size=sum(size for _, size in batch))
    return dropped


def _values(before: datetime) -> dict[str, str]:
    return {"before": write_time(before), "iso": _ISO}


def _forget(db: Database, payloads: list[int]) -> None:
    given = [(payload,) for payload in payloads]
    db.conn.executemany("UPDATE raw_item SET payload_id = NULL WHERE payload_id = ?", given)
    db.conn.executemany("DELETE FROM payload WHERE id = ?", given)


def unused_bytes(store: Store) -> int:
    """Room in the file that is free for what comes next."""
    with store.reading() as db:
        (pages,), (size,) = (
            db.execute(f"PRAGMA {what}").fetchone() for what in ("freelist_count", "page_size")
        )
    return int(pages) * int(size)


def compact(store: Store) -> None:
    """Give unused room back to the disk.

    Needs as much free disk as the file takes; others can read meanwhile, but not write. Raises
    StoreError, and then the file is as it was.
    """
    with store.reading() as db:
        db.conn.execute("VACUUM")
        db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
