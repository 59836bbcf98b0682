"""Candidates: rows <-> models, the index over their words, and what is looked up about them.

What a candidate is, normalising decides; which candidates make a story, ``store.stories`` keeps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from store.database import Store
from store.models import (
    Candidate,
    CandidateId,
    CanonicalUrl,
    IdentityKey,
    RawItemId,
    SourceName,
    StoryId,
)
from store.rows import RAW_ITEM, read_optional_time, write_optional_time, write_time


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalisedItem:
    """A raw item with the candidate that was made of it."""

    raw_item: RawItemId
    candidate: Candidate
    first_seen: datetime


def save_candidates(store: Store, batch: Sequence[NormalisedItem], now: datetime) -> None:
    """Store what normalising made of raw items, and mark these as done, in one transaction.

    A later raw item of the same source and id replaces the earlier one's content; keys are only
    ever added, since an address that once named the thing still does.
    """
    with store.writing() as db:
        for entry in batch:
            _save_candidate(db, entry, now)
        db.conn.executemany(
            "UPDATE raw_item SET normalised = 1 WHERE id = ?", [(e.raw_item,) for e in batch]
        )


def _save_candidate(db: Database, entry: NormalisedItem, now: datetime) -> None:
    candidate = entry.candidate
    item = candidate.item
    row = db.execute(
        "SELECT id, raw_item_id, content_hash, story_id FROM candidate"
        " WHERE source = ? AND external_id = ?",
        [item.source, item.external_id],
    ).fetchone()
    if row is None:
        cursor = db.execute(
            "INSERT INTO candidate (source, external_id, raw_item_id, kind, canonical_url, title,"
            " language, published, content_hash, first_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                item.source,
                item.external_id,
                entry.raw_item,
                candidate.kind,
                candidate.canonical_url,
                candidate.title,
                candidate.language,
                write_optional_time(candidate.published),
                candidate.content_hash,
                write_time(entry.first_seen),
            ],
        )
        candidate_id = int(cursor.lastrowid or 0)
        _save_keys(db, candidate_id, candidate, known=())
        _index(db, candidate_id, candidate)
        return
    candidate_id, raw_item_id, content_hash, story_id = row
    if raw_item_id > entry.raw_item:
        return
    known = tuple(
        key
        for (key,) in db.execute(
            "SELECT key FROM candidate_key WHERE candidate_id = ? AND relation = 'is'"
            " ORDER BY position",
            [candidate_id],
        )
    )
    grown = not set(candidate.keys) <= set(known)
    changed = content_hash != candidate.content_hash
    db.execute(
        "UPDATE candidate SET raw_item_id = ?, kind = ?, canonical_url = ?, title = ?,"
        " language = ?, published = ?, content_hash = ?, compared = compared AND ? WHERE id = ?",
        [
            entry.raw_item,
            candidate.kind,
            candidate.canonical_url,
            candidate.title,
            candidate.language,
            write_optional_time(candidate.published),
            candidate.content_hash,
            not (grown or changed),
            candidate_id,
        ],
    )
    db.execute("DELETE FROM candidate_key WHERE candidate_id = ?", [candidate_id])
    _save_keys(db, candidate_id, candidate, known=known)
    if changed:
        _index(db, candidate_id, candidate)
    if story_id is not None and (changed or _trends(candidate)):
        touch(db, [story_id], now)


def _trends(candidate: Candidate) -> bool:
    """Whether it is on a trending page: something happens to it, though its text is the same."""
    facts = candidate.item.repository
    return facts is not None and facts.period is not None


def _save_keys(
    db: Database, candidate_id: int, candidate: Candidate, known: tuple[IdentityKey, ...]
) -> None:
    own = dict.fromkeys((*candidate.keys, *known))
    db.conn.executemany(
        "INSERT INTO candidate_key (candidate_id, relation, position, key) VALUES (?, ?, ?, ?)",
        [
            *((candidate_id, "is", n, key) for n, key in enumerate(own)),
            *(
                (candidate_id, "mentions", n, key)
                for n, key in enumerate(k for k in candidate.mentions if k not in own)
            ),
        ],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a candidate is and what it names."""

    own: tuple[IdentityKey, ...]
    mentioned: tuple[IdentityKey, ...]


def load_keys(db: Database, candidate: CandidateId) -> Keys:
    """The keys of a candidate, the most telling first."""
    keys: dict[str, list[IdentityKey]] = {"is": [], "mentions": []}
    for relation, key in db.execute(
        "SELECT relation, key FROM candidate_key WHERE candidate_id = ?"
        " ORDER BY relation, position",
        [candidate],
    ):
        keys[relation].append(IdentityKey(key))
    return Keys(own=tuple(keys["is"]), mentioned=tuple(keys["mentions"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a source calls a candidate, and what it says of it."""

    external_id: str
    title: str
    published: datetime | None


def load_named(
    store: Store, source: SourceName, key: IdentityKey, url: CanonicalUrl
) -> list[Named]:
    """The candidates of a source at a canonical address, the first one first.

    `key` is that of the address.
    """
    with store.reading() as db:
        rows = db.execute(
            "SELECT c.external_id, c.title, c.published FROM candidate_key k"
            " JOIN candidate c ON c.id = k.candidate_id"
            " WHERE k.key = ? AND k.relation = 'is' AND c.source = ? AND c.canonical_url = ?"
            " ORDER BY c.id",
            [key, source, url],
        ).fetchall()
    return [
        Named(external_id=name, title=title, published=read_optional_time(published))
        for name, title, published in rows
    ]


def load_story_of(store: Store, source: SourceName, external_id: str) -> StoryId:
    """The story that an item of a source became part of. Raises LookupError before it did."""
    with store.reading() as db:
        row = db.execute(
            "SELECT story_id FROM candidate WHERE source = ? AND external_id = ?",
            [source, external_id],
        ).fetchone()
    if row is None or row[0] is None:
        raise LookupError(f"{source} {external_id} has no story yet")
    return StoryId(row[0])


def touch(db: Database, stories: Iterable[int], now: datetime) -> None:
    """Note that something happened in these stories."""
    moment = write_time(now)
    db.conn.executemany(
        "UPDATE story SET changed_at = ? WHERE id = ?", [(moment, story) for story in stories]
    )


def _index(db: Database, candidate_id: int, candidate: Candidate) -> None:
    item = candidate.item
    db.execute(
        "INSERT OR REPLACE INTO candidate_text (rowid, title, body) VALUES (?, ?, ?)",
        [
            candidate_id,
            spaced(candidate.title),
            spaced(f"{item.publisher or ''} {item.summary} {item.text}"),
        ],
    )


_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")


def spaced(text: str) -> str:
    """Text with every CJK character standing alone, so that the index finds any part of a word.

    SQLite's ``unicode61`` tokenizer takes a run of Chinese for one word.
    """
    return _CJK.sub(lambda run: f" {' '.join(run[0])} ", text)


def search(store: Store, words: str, limit: int) -> list[StoryId]:
    """Stories with a member that holds all of `words`, the best match first.

    Words are separated by white space; Chinese is matched as written, at any place.
    """
    phrases = [" ".join(spaced(word).split()).replace('"', " ") for word in words.split()]
    query = " ".join(f'"{phrase}"' for phrase in phrases if phrase.strip())
    if not query:
        return []
    with store.reading() as db:
        rows = db.execute(
            "SELECT c.story_id FROM candidate_text JOIN candidate c ON c.id = candidate_text.rowid"
            " WHERE candidate_text MATCH ? AND c.story_id IS NOT NULL"
            " ORDER BY bm25(candidate_text, 4.0, 1.0), c.story_id",
            [query],
        )
        found = dict.fromkeys(StoryId(row[0]) for row in rows)
    return list(found)[:limit]


def load_source_text(store: Store, key: IdentityKey) -> str | None:
    """All that sources said of the thing that bears this key; None where none spoke of it."""
    with store.reading() as db:
        rows = db.execute(
            "SELECT c.title, r.said FROM story_key k JOIN candidate c ON c.story_id = k.story_id"
            " JOIN raw_item r ON r.id = c.raw_item_id WHERE k.key = ?"
            " ORDER BY c.source, c.external_id",
            [key],
        ).fetchall()
    texts = []
    for title, said in rows:
        item = RAW_ITEM.read(said)
        paper = item.paper
        texts += [title, item.summary, item.text, *item.authors, item.publisher or ""]
        if paper is not None:
            texts += [paper.comment or "", paper.journal_ref or "", *paper.categories]
        if item.repository is not None:
            texts += [item.repository.description or "", item.repository.readme or ""]
    return "\n".join(text for text in texts if text) or None


def count_by_hour(store: Store, since: datetime) -> dict[datetime, int]:
    """How many candidates each hour (UTC) since then saw first; hours of none are absent."""
    with store.reading() as db:
        rows = db.execute(
            "SELECT substr(first_seen, 1, 13) AS hour, count(*) FROM candidate"
            " WHERE first_seen >= ? GROUP BY hour",
            [write_time(since)],
        ).fetchall()
    return {datetime.fromisoformat(f"{hour}:00+00:00"): count for hour, count in rows}


def load_keys_to_enrich(store: Store, since: datetime, checked_since: datetime) -> list[str]:
    """GitHub repositories that recent candidates are or mention, as ``owner/name``.

    Without those that were looked up after `checked_since`; the most mentioned first.
    """
    with store.reading() as db:
        return [
            str(row[0]).removeprefix("github:")
            for row in db.execute(
                "SELECT k.key FROM candidate c JOIN candidate_key k ON k.candidate_id = c.id"
                " WHERE c.first_seen >= ? AND k.key >= 'github:' AND k.key < 'github;'"
                " AND NOT EXISTS (SELECT 1 FROM lookup l WHERE l.key = k.key AND l.at >= ?)"
                " GROUP BY k.key ORDER BY count(*) DESC, k.key",
                [write_time(since), write_time(checked_since)],
            )
        ]


def save_lookups(store: Store, full_names: Iterable[str], now: datetime) -> None:
    """Remember that these repositories were looked up, whatever came of it."""
    with store.writing() as db:
        db.conn.executemany(
            "INSERT OR REPLACE INTO lookup (key, at) VALUES (?, ?)",
            [(f"github:{name}", write_time(now)) for name in full_names],
        )
