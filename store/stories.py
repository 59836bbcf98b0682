"""Stories: rows <-> models.

Which candidates belong together is decided elsewhere, purely; this module stores the outcome and
gives it back. A story has the number that it got with its first member, its founder, and keeps it
as long as that one stays; where founders come together, the oldest number stands, and the others
lead to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from sqlite_utils import Database

from store.candidates import load_keys, touch
from store.database import Store
from store.models import (
    Candidate,
    CandidateId,
    CanonicalUrl,
    Kind,
    Member,
    Story,
    StoryId,
)
from store.rows import RAW_ITEM, read_optional_time, read_time, write_time


def save_partition(
    store: Store,
    parts: Sequence[Sequence[CandidateId]],
    changed: Collection[CandidateId],
    now: datetime,
) -> None:
    """Make, extend, merge and part stories as decided, in one transaction.

    `parts` are the members of each story, together all members of every story that they touch;
    something happened in those with a `changed` member, and in those whose members are others
    than before.
    """
    with store.writing() as db:
        kept = [(_number(db, members, now), members) for members in parts]
        # The oldest story is written last: a key that two stories bear leads to it.
        for story, members in sorted(kept, reverse=True):
            before = {
                row[0] for row in db.execute("SELECT id FROM candidate WHERE story_id = ?", [story])
            }
            db.conn.executemany(
                "UPDATE candidate SET story_id = ? WHERE id = ? AND story_id IS NOT ?",
                [(story, member, story) for member in members],
            )
            db.conn.executemany(
                "INSERT INTO story_key (key, story_id)"
                " SELECT key, ? FROM candidate_key WHERE candidate_id = ? AND relation = 'is'"
                " ON CONFLICT (key) DO UPDATE SET story_id = excluded.story_id",
                [(story, member) for member in members],
            )
            if before != set(members) or not set(members).isdisjoint(changed):
                touch(db, [story], now)


def _number(db: Database, members: Sequence[CandidateId], now: datetime) -> StoryId:
    """The number of the story of these members; the stories that become part of it lead there."""
    founded = [
        row
        for member in members
        for row in db.execute("SELECT id, merged_into FROM story WHERE founder = ?", [member])
    ]
    if not founded:
        cursor = db.execute(
            "INSERT INTO story (changed_at, founder) VALUES (?, ?)",
            [write_time(now), min(members)],
        )
        return StoryId(int(cursor.lastrowid or 0))
    number: int
    (number, led), *absorbed = sorted(founded)
    if led is not None:
        db.execute("UPDATE story SET merged_into = NULL WHERE id = ?", [number])
        touch(db, [number], now)
    for other, leads in absorbed:
        if leads != number:
            db.execute(
                "UPDATE story SET merged_into = ? WHERE id = ? OR merged_into = ?",
                [number, other, other],
            )
            db.execute("DELETE FROM score WHERE story_id = ?", [other])
    return StoryId(number)


def resolve(store: Store, story: StoryId) -> StoryId | None:
    """The story that lives under this id now: itself, the one it was merged into, or None."""
    with store.reading() as db:
        row = db.execute(
            "SELECT coalesce(merged_into, id) FROM story WHERE id = ?", [story]
        ).fetchone()
    return None if row is None else StoryId(row[0])


def load_open(
    store: Store, since: datetime, *, unless_scored_by: str | None = None
) -> list[StoryId]:
    """Stories in which something was new or different since then, by id.

    Without those that bear a score made by this method since they were.
    """
    with store.reading() as db:
        return [
            StoryId(row[0])
            for row in db.execute(
                # The plus keeps SQLite to the index on changes instead of the whole table.
                "SELECT s.id FROM story s LEFT JOIN score c ON c.story_id = s.id"
                " WHERE s.merged_into IS NULL AND s.changed_at >= ?"
                " AND (? IS NULL OR c.method IS NOT ?) ORDER BY +s.id",
                [write_time(since), unless_scored_by, unless_scored_by],
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


def load_stories_of(store: Store, members: Iterable[CandidateId]) -> list[StoryId]:
    """The stories that these candidates are in, by number."""
    with store.reading() as db:
        rows = [
            db.execute("SELECT story_id FROM candidate WHERE id = ?", [member]).fetchone()
            for member in members
        ]
    return sorted({StoryId(row[0]) for row in rows if row is not None and row[0] is not None})


def load_members(store: Store, ids: Iterable[CandidateId]) -> list[Member]:
    """These candidates, in the order of their ids."""
    with store.reading() as db:
        return [member for one in sorted(ids) for member in _members(db, "c.id = ?", one)]


def _load_members(db: Database, story: StoryId) -> tuple[Member, ...]:
    return tuple(
        sorted(
            _members(db, "c.story_id = ?", story),
            key=lambda m: (
                list(Kind).index(m.candidate.kind),
                m.candidate.keys,
                m.candidate.item.source,
                m.candidate.item.external_id,
            ),
        )
    )


_MEMBER = (
    "SELECT c.id, c.kind, c.canonical_url, c.title, c.language, c.published,"
    " c.content_hash, c.first_seen, r.said,"
    " (SELECT count(DISTINCT substr(said.first_seen, 1, 10)) FROM raw_item said"
    "  WHERE said.source = c.source AND said.external_id = c.external_id"
    "  AND said.first_seen > date(r.first_seen, '-30 days')) FROM candidate c"
    " JOIN raw_item r ON r.id = c.raw_item_id"
)


def _members(db: Database, condition: str, value: int) -> Iterator[Member]:
    rows = db.execute(f"{_MEMBER} WHERE {condition}", [value]).fetchall()
    for cid, kind, url, title, language, published, content_hash, first_seen, said, days in rows:
        keys = load_keys(db, CandidateId(cid))
        yield Member(
            id=CandidateId(cid),
            first_seen=read_time(first_seen),
            days=days,
            candidate=Candidate(
                item=RAW_ITEM.read(said),
                kind=Kind(kind),
                canonical_url=CanonicalUrl(url),
                keys=keys.own,
                mentions=keys.mentioned,
                title=title,
                language=language,
                published=read_optional_time(published),
                content_hash=content_hash,
            ),
        )
