"""What the score learns from: what issues ran, which stories bear a key, what is not to teach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from store.database import Store
from store.models import Draft, IdentityKey, Kind, StoryId
from store.rows import DRAFT, write_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """An item of an issue that ran."""

    date: date
    section: str
    draft: Draft
    keys: frozenset[IdentityKey]
    """All that it ran with, titles included."""
    known: bool
    """Whether a story of the store stands behind it."""


def load_printed(store: Store, settled: date) -> list[Printed]:
    """All that ran, in print order, the earliest issue first.

    Of issues that nobody called final only those up to `settled`: the others are drafts.
    """
    with store.reading() as db:
        keys: dict[tuple[str, int], list[IdentityKey]] = {}
        for day, position, key in db.execute("SELECT date, position, key FROM published"):
            keys.setdefault((day, position), []).append(IdentityKey(key))
        rows = db.execute(
            "SELECT date, position, name, draft, story_id IS NOT NULL FROM issue_item"
            " JOIN issue USING (date) WHERE final = 1 OR date <= ? ORDER BY date, position",
            [settled.isoformat()],
        ).fetchall()
    return [
        Printed(
            date=date.fromisoformat(day),
            section=name,
            draft=DRAFT.read(draft),
            keys=frozenset(keys.get((day, position), ())),
            known=bool(known),
        )
        for day, position, name, draft, known in rows
    ]


def load_stories_by_key(store: Store, keys: Mapping[IdentityKey, float]) -> dict[StoryId, float]:
    """The living stories that bear these keys, each with the largest weight of its keys."""
    found: dict[StoryId, float] = {}
    with store.reading() as db:
        for key, weight in keys.items():
            row = db.execute("SELECT story_id FROM story_key WHERE key = ?", [key]).fetchone()
            if row is not None:
                story = StoryId(row[0])
                found[story] = max(found.get(story, 0.0), weight)
    return found


def load_titles(store: Store, kind: Kind) -> Iterator[tuple[StoryId, str]]:
    """The titles of all candidates of a kind, each with its story."""
    with store.reading() as db:
        rows = db.execute(
            "SELECT story_id, title FROM candidate WHERE kind = ? AND story_id IS NOT NULL", [kind]
        ).fetchall()
    for story, title in rows:
        yield StoryId(story), title


def load_untaught(store: Store) -> frozenset[IdentityKey]:
    """Keys of what is not to teach anything."""
    with store.reading() as db:
        return frozenset(IdentityKey(key) for (key,) in db.execute("SELECT key FROM untaught"))


def save_untaught(store: Store, key: IdentityKey, now: datetime) -> None:
    """Let nothing be learned from what bears this key."""
    with store.writing() as db:
        db.execute("INSERT OR IGNORE INTO untaught (key, at) VALUES (?, ?)", [key, write_time(now)])


def remove_untaught(store: Store, key: IdentityKey) -> bool:
    """Let it teach again; False where it did."""
    with store.writing() as db:
        return bool(db.execute("DELETE FROM untaught WHERE key = ?", [key]).rowcount)
