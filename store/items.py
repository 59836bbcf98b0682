"""Payloads and raw items: rows <-> models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from store.database import Store
from store.models import Payload, RawItem, RawItemId, RunId, SourceName
from store.rows import RAW_ITEM, compress, decompress, digest, read_time, storable, write_time

PayloadOutcome: TypeAlias = Literal["items", "empty", "unparsable", "refused", "article"]
"""How an answer was read; ``article`` is the page behind an item, kept under the item's url."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of received raw items."""

    received: int = 0
    new: int = 0
    """Never heard of from this source before."""
    changed: int = 0
    """Known, and said differently now."""

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            received=self.received + other.received,
            new=self.new + other.new,
            changed=self.changed + other.changed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPayload:
    """A kept answer, with who gave it and how it was read."""

    id: int
    source: SourceName
    outcome: PayloadOutcome
    payload: Payload


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingItem:
    """A raw item that has not become a candidate yet."""

    id: RawItemId
    item: RawItem
    first_seen: datetime


def save_payload(
    store: Store, source: SourceName, kind: str, outcome: PayloadOutcome, payload: Payload
) -> int:
    """Keep an answer, compressed; the same bytes from the same source are kept once."""
    sha256 = digest(payload.body)
    with store.writing() as db:
        row = db.execute(
            "SELECT id FROM payload WHERE source = ? AND sha256 = ?", [source, sha256]
        ).fetchone()
        if row is not None:
            db.execute(
                "UPDATE payload SET outcome = ?, fetched_at = ? WHERE id = ?",
                [outcome, write_time(payload.fetched_at), row[0]],
            )
            return int(row[0])
        cursor = db.execute(
            "INSERT INTO payload (source, kind, url, fetched_at, content_type, outcome, sha256,"
            " size, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                source,
                kind,
                payload.url,
                write_time(payload.fetched_at),
                payload.content_type,
                outcome,
                sha256,
                len(payload.body),
                compress(payload.body),
            ],
        )
        return int(cursor.lastrowid or 0)


def save_items(
    store: Store, run: RunId, payload_id: int | None, items: Sequence[RawItem], now: datetime
) -> Counts:
    """Keep raw items; one whose source says of it what it said last is not kept again."""
    seen = write_time(now)
    new = changed = 0
    with store.writing() as db:
        for given in items:
            text = RAW_ITEM.write(given)
            name = storable(given.external_id)
            fingerprint = digest(text)
            last = db.execute(
                "SELECT fingerprint FROM raw_item WHERE source = ? AND external_id = ?"
                " ORDER BY id DESC LIMIT 1",
                [given.source, name],
            ).fetchone()
            if last is not None and last[0] == fingerprint:
                continue
            new += last is None
            changed += last is not None
            db.execute(
                "INSERT INTO raw_item (source, external_id, fingerprint, payload_id, run_id,"
                " first_seen, said) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [given.source, name, fingerprint, payload_id, run, seen, text],
            )
    return Counts(received=len(items), new=new, changed=changed)


def mark_articles(
    store: Store, source: SourceName, items: Sequence[RawItem], now: datetime
) -> None:
    """Note that a source still speaks of these items, so that their articles are still needed."""
    with store.writing() as db:
        db.conn.executemany(
            "UPDATE payload SET used_at = ? WHERE source = ? AND url = ? AND outcome = 'article'",
            [(write_time(now), source, item.url) for item in items if item.url],
        )


def load_article(store: Store, source: SourceName, url: str) -> Payload | None:
    """The kept page behind an item of a source; None where it was never fetched."""
    with store.reading() as db:
        row = db.execute(
            "SELECT body, fetched_at, content_type FROM payload"
            " WHERE source = ? AND url = ? AND outcome = 'article' ORDER BY id DESC LIMIT 1",
            [source, url],
        ).fetchone()
    if row is None:
        return None
    body, fetched_at, content_type = row
    return Payload(
        url=url,
        body=decompress(body),
        fetched_at=read_time(fetched_at),
        content_type=content_type,
    )


def load_known(store: Store, source: SourceName, external_ids: Iterable[str]) -> set[str]:
    """Those of these ids under which a source has said something before."""
    with store.reading() as db:
        return {
            external_id
            for external_id in external_ids
            if db.execute(
                "SELECT 1 FROM raw_item WHERE source = ? AND external_id = ? LIMIT 1",
                [source, storable(external_id)],
            ).fetchone()
        }


def load_pending(store: Store, limit: int) -> list[PendingItem]:
    """Raw items that have not become candidates yet, the oldest first."""
    with store.reading() as db:
        rows = db.execute(
            "SELECT id, said, first_seen FROM raw_item WHERE normalised = 0 ORDER BY id LIMIT ?",
            [limit],
        ).fetchall()
    return [
        PendingItem(
            id=RawItemId(row_id), item=RAW_ITEM.read(said), first_seen=read_time(first_seen)
        )
        for row_id, said, first_seen in rows
    ]


def load_payloads(store: Store, source: SourceName | None = None) -> Iterator[StoredPayload]:
    """Kept answers of one source or of all, articles left out, the latest first."""
    where, values = ("", []) if source is None else (" AND source = ?", [source])
    with store.reading() as db:
        ids = [
            row[0]
            for row in db.execute(
                f"SELECT id FROM payload WHERE outcome <> 'article'{where}"  # noqa: S608
                " ORDER BY fetched_at DESC, id DESC",
                values,
            )
        ]
    for payload_id in ids:
        with store.reading() as db:
            name, url, fetched_at, content_type, outcome, body = db.execute(
                "SELECT source, url, fetched_at, content_type, outcome, body"
                " FROM payload WHERE id = ?",
                [payload_id],
            ).fetchone()
        yield StoredPayload(
            id=payload_id,
            source=SourceName(name),
            outcome=outcome,
            payload=Payload(
                url=url,
                body=decompress(body),
                fetched_at=read_time(fetched_at),
                content_type=content_type,
            ),
        )


def load_items(store: Store) -> Iterator[RawItem]:
    """The latest word of every source on every item, by source and its id."""
    with store.reading() as db:
        rows = db.execute(
            "SELECT said FROM raw_item WHERE id IN"
            " (SELECT max(id) FROM raw_item GROUP BY source, external_id)"
            " ORDER BY source, external_id"
        ).fetchall()
    for (said,) in rows:
        yield RAW_ITEM.read(said)
