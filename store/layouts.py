"""How the editor laid out a coming issue: title, 导读, order of its stories. Rows <-> models.

Append-only, as decisions are: what stands is the last layout that no undo took back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NewType

from store.database import Store
from store.models import StoryId
from store.rows import NUMBERS, read_time, write_time

LayoutId = NewType("LayoutId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What the editor set of an issue; what is not set is the machine's."""

    title: str | None = None
    """A suffix to the heading."""
    lead: str | None = None
    """The 导读, in Markdown."""
    places: tuple[StoryId, ...] = ()
    """Stories in print order, over all sections; the others stand behind those of their section."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidOut:
    """A layout with who made it."""

    id: LayoutId
    by: str
    at: datetime
    undo: bool
    """It takes back the last one that stood, and lays nothing out itself."""
    layout: Layout


def append_layout(
    store: Store, day: date, layout: Layout, *, by: str, at: datetime, undo: bool = False
) -> LayoutId:
    """Keep a layout of the issue that has this date now, or that the last one is taken back."""
    with store.writing() as db:
        cursor = db.execute(
            "INSERT INTO layout (date, by, at, undo, title, lead, places)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                day.isoformat(),
                by,
                write_time(at),
                undo,
                layout.title,
                layout.lead,
                NUMBERS.write(layout.places),
            ],
        )
        return LayoutId(int(cursor.lastrowid or 0))


def load_layouts(store: Store, first: date, last: date) -> list[LaidOut]:
    """All that was laid out of issues of these dates, in the order that it was done."""
    with store.reading() as db:
        rows = db.execute(
            "SELECT id, by, at, undo, title, lead, places FROM layout"
            " WHERE date BETWEEN ? AND ? ORDER BY id",
            [first.isoformat(), last.isoformat()],
        ).fetchall()
    return [
        LaidOut(
            id=LayoutId(number),
            by=by,
            at=read_time(at),
            undo=bool(undo),
            layout=Layout(
                title=title, lead=lead, places=tuple(StoryId(n) for n in NUMBERS.read(places))
            ),
        )
        for number, by, at, undo, title, lead, places in rows
    ]
