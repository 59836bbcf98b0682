"""Candidates, the stories that they make, and their scores: rows <-> models.

Which candidates belong together and what a story is worth is decided elsewhere, purely; this
module stores the outcome and gives it back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from store.database import Store
from store.models import (
    Candidate,
    CandidateId,
    CanonicalUrl,
    IdentityKey,
    Kind,
    Member,
    RawItemId,
    Score,
    SourceName,
    Story,
    StoryId,
)
from store.rows import (
    PARTS,
    RAW_ITEM,
    read_optional_time,
    read_time,
    write_optional_time,
    write_time,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalisedItem:
    """A raw item with the candidate that was made of it."""

    raw_item: RawItemId
    candidate: Candidate
    first_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """A candidate that belongs to no story yet, or whose keys have grown since."""

    id: CandidateId
    keys: tuple[IdentityKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Which candidates make which story: what the clustering stage decided."""

    candidates: tuple[CandidateId, ...]
    keys: tuple[IdentityKey, ...]
    """All identity keys of the group."""
    stories: tuple[StoryId, ...]
    """Known stories that share a key with the group; several become one, none a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredStory:
    """A story with its score."""

    story: Story
    score: Score


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
    db.execute(
        "UPDATE candidate SET raw_item_id = ?, kind = ?, canonical_url = ?, title = ?,"
        " language = ?, published = ?, content_hash = ?, story_id = ? WHERE id = ?",
        [
            entry.raw_item,
            candidate.kind,
            candidate.canonical_url,
            candidate.title,
            candidate.language,
            write_optional_time(candidate.published),
            candidate.content_hash,
            None if grown else story_id,
            candidate_id,
        ],
    )
    db.execute("DELETE FROM candidate_key WHERE candidate_id = ?", [candidate_id])
    _save_keys(db, candidate_id, candidate, known=known)
    if content_hash != candidate.content_hash:
        _index(db, candidate_id, candidate)
        if story_id is not None:
            _touch(db, [story_id], now)


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


def load_unassigned(store: Store) -> list[Unassigned]:
    """Every candidate that waits to be given a story."""
    with store.reading() as db:
        rows = db.execute(
            "SELECT c.id, k.key FROM candidate c JOIN candidate_key k"
            " ON k.candidate_id = c.id AND k.relation = 'is'"
            " WHERE c.story_id IS NULL ORDER BY c.id, k.position"
        ).fetchall()
    keys: dict[CandidateId, list[IdentityKey]] = {}
    for candidate_id, key in rows:
        keys.setdefault(CandidateId(candidate_id), []).append(IdentityKey(key))
    return [Unassigned(id=c, keys=tuple(k)) for c, k in keys.items()]


def load_story_keys(store: Store, keys: Iterable[IdentityKey]) -> dict[IdentityKey, StoryId]:
    """Which of these keys already name a story, and which."""
    found: dict[IdentityKey, StoryId] = {}
    with store.reading() as db:
        for key in keys:
            row = db.execute("SELECT story_id FROM story_key WHERE key = ?", [key]).fetchone()
            if row is not None:
                found[key] = StoryId(row[0])
    return found


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


def save_groupings(store: Store, groupings: Sequence[Grouping], now: datetime) -> None:
    """Make, extend and merge stories as decided, in one transaction."""
    moment = write_time(now)
    with store.writing() as db:
        for group in groupings:
            if group.stories:
                story, *absorbed = sorted(group.stories)
            else:
                cursor = db.execute("INSERT INTO story (changed_at) VALUES (?)", [moment])
                story, absorbed = StoryId(int(cursor.lastrowid or 0)), []
            for other in absorbed:
                _absorb(db, other, story)
            db.conn.executemany(
                "UPDATE candidate SET story_id = ? WHERE id = ?",
                [(story, candidate) for candidate in group.candidates],
            )
            db.conn.executemany(
                "INSERT INTO story_key (key, story_id) VALUES (?, ?)"
                " ON CONFLICT (key) DO UPDATE SET story_id = excluded.story_id",
                [(key, story) for key in group.keys],
            )
            _touch(db, [story], now)


def _absorb(db: Database, other: StoryId, story: StoryId) -> None:
    db.execute("UPDATE candidate SET story_id = ? WHERE story_id = ?", [story, other])
    db.execute("UPDATE story_key SET story_id = ? WHERE story_id = ?", [story, other])
    db.execute(
        "UPDATE story SET merged_into = ? WHERE id = ? OR merged_into = ?", [story, other, other]
    )
    db.execute("DELETE FROM score WHERE story_id = ?", [other])


def _touch(db: Database, stories: Iterable[int], now: datetime) -> None:
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


def resolve(store: Store, story: StoryId) -> StoryId | None:
    """The story that lives under this id now: itself, the one it was merged into, or None."""
    with store.reading() as db:
        row = db.execute(
            "SELECT coalesce(merged_into, id) FROM story WHERE id = ?", [story]
        ).fetchone()
    return None if row is None else StoryId(row[0])


def load_open(store: Store, since: datetime) -> list[StoryId]:
    """Stories in which something was new or different since then, by id."""
    with store.reading() as db:
        return [
            StoryId(row[0])
            for row in db.execute(
                # The plus keeps SQLite to the index on changes instead of the whole table.
                "SELECT id FROM story WHERE merged_into IS NULL AND changed_at >= ? ORDER BY +id",
                [write_time(since)],
            )
        ]


def load_stories(store: Store, ids: Iterable[StoryId]) -> list[Story]:
    """Stories with their members, in the order of `ids`; unknown ids are left out.

    Members stand by kind, first key, source and external id: an order that does not depend on
    which arrived first.
    """
    stories: list[Story] = []
    with store.reading() as db:
        for story in ids:
            members = _load_members(db, story)
            if members:
                stories.append(Story(id=story, members=members))
    return stories


def _load_members(db: Database, story: StoryId) -> tuple[Member, ...]:
    rows = db.execute(
        "SELECT c.id, c.kind, c.canonical_url, c.title, c.language, c.published,"
        " c.content_hash, c.first_seen, r.said FROM candidate c"
        " JOIN raw_item r ON r.id = c.raw_item_id WHERE c.story_id = ?",
        [story],
    ).fetchall()
    members = []
    for cid, kind, url, title, language, published, content_hash, first_seen, said in rows:
        keys: Mapping[str, list[IdentityKey]] = {"is": [], "mentions": []}
        for relation, key in db.execute(
            "SELECT relation, key FROM candidate_key WHERE candidate_id = ?"
            " ORDER BY relation, position",
            [cid],
        ):
            keys[relation].append(IdentityKey(key))
        members.append(
            Member(
                id=CandidateId(cid),
                first_seen=read_time(first_seen),
                candidate=Candidate(
                    item=RAW_ITEM.read(said),
                    kind=Kind(kind),
                    canonical_url=CanonicalUrl(url),
                    keys=tuple(keys["is"]),
                    mentions=tuple(keys["mentions"]),
                    title=title,
                    language=language,
                    published=read_optional_time(published),
                    content_hash=content_hash,
                ),
            )
        )
    return tuple(
        sorted(
            members,
            key=lambda m: (
                list(Kind).index(m.candidate.kind),
                m.candidate.keys,
                m.candidate.item.source,
                m.candidate.item.external_id,
            ),
        )
    )


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


def save_scores(store: Store, scored: Iterable[ScoredStory]) -> None:
    """Keep scores in place of earlier ones."""
    with store.writing() as db:
        db.conn.executemany(
            "INSERT OR REPLACE INTO score (story_id, total, section, anchor, parts)"
            " VALUES (?, ?, ?, ?, ?)",
            [
                (
                    one.story.id,
                    one.score.total,
                    one.score.section,
                    one.story.members[0].candidate.keys[0],
                    PARTS.write(one.score.parts),
                )
                for one in scored
            ],
        )


def load_ranking(store: Store, since: datetime) -> list[tuple[StoryId, str]]:
    """Scored stories in which something happened since then, each with its section.

    The best first; equal scores by first key, an order that does not depend on arrival.
    """
    with store.reading() as db:
        return [
            (StoryId(story), section)
            for story, section in db.execute(
                "SELECT s.id, c.section FROM story s JOIN score c ON c.story_id = s.id"
                " WHERE s.merged_into IS NULL AND s.changed_at >= ?"
                " ORDER BY c.total DESC, c.anchor, s.id",
                [write_time(since)],
            )
        ]


def load_scores(store: Store, stories: Iterable[StoryId]) -> dict[StoryId, Score]:
    """The scores of these stories; one without a score is absent."""
    found: dict[StoryId, Score] = {}
    with store.reading() as db:
        for story in stories:
            row = db.execute(
                "SELECT total, section, parts FROM score WHERE story_id = ?", [story]
            ).fetchone()
            if row is not None:
                found[story] = Score(total=row[0], section=row[1], parts=PARTS.read(row[2]))
    return found


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
