"""What an editor typed and did not save yet, and views of the queue that were saved by name.

A form is kept as it was typed, field by field, so that even what cannot be used is not lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from store.database import Store
from store.rows import TEXTS, read_time, write_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A form as an editor left it."""

    place: str
    """What it is a form of: ``story:12``, ``issue:after 2026-02-16``."""
    by: str
    at: datetime
    seen: int
    """The last decision or layout that the editor had seen when he began; 0 for none."""
    form: Mapping[str, str]
    """Name of a field -> what stands in it."""


def save_typed(store: Store, typed: Typed) -> None:
    """Keep a form in place of what this editor typed there before."""
    with store.writing() as db:
        db.execute(
            "INSERT OR REPLACE INTO typed (place, by, at, seen, form) VALUES (?, ?, ?, ?, ?)",
            [
                typed.place,
                typed.by,
                write_time(typed.at),
                typed.seen,
                TEXTS.write(dict(typed.form)),
            ],
        )


def load_typed(store: Store, place: str, by: str) -> Typed | None:
    """What this editor typed there and did not save."""
    with store.reading() as db:
        row = db.execute(
            "SELECT at, seen, form FROM typed WHERE place = ? AND by = ?", [place, by]
        ).fetchone()
    if row is None:
        return None
    at, seen, form = row
    return Typed(place=place, by=by, at=read_time(at), seen=seen, form=TEXTS.read(form))


def drop_typed(store: Store, place: str, by: str) -> None:
    """Forget what this editor typed there: it was saved, or is not wanted."""
    with store.writing() as db:
        db.execute("DELETE FROM typed WHERE place = ? AND by = ?", [place, by])


def save_view(store: Store, name: str, query: str) -> None:
    """Keep a view of the queue under a name; `query` is that of its address."""
    with store.writing() as db:
        db.execute("INSERT OR REPLACE INTO saved_view (name, query) VALUES (?, ?)", [name, query])


def load_views(store: Store) -> dict[str, str]:
    """The saved views by name, each with the query of its address."""
    with store.reading() as db:
        return dict(db.execute("SELECT name, query FROM saved_view ORDER BY name").fetchall())


def drop_view(store: Store, name: str) -> None:
    """Forget a saved view."""
    with store.writing() as db:
        db.execute("DELETE FROM saved_view WHERE name = ?", [name])
