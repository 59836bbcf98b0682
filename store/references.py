"""Reference lists, hand-kept lists of the field, and what each names: rows <-> models.

What a list names is an example of what the newsletter is about, weaker than a pick of the editor.
How lists are read is the business of ``pipeline.references``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from store.database import Store
from store.models import IdentityKey
from store.rows import read_time, write_time

_CODE = ("github:", "gist:")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceItem:
    """A paper or repository that a list names."""

    key: IdentityKey
    """``title:…`` (letters and digits alone) for a paper of which only the title is known."""
    title: str = ""
    """What the list says of it, on one line: its title, or a few words; may be empty."""

    @property
    def is_code(self) -> bool:
        """A repository, else a paper."""
        return self.key.startswith(_CODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A list."""

    name: str
    origin: str
    """The file or address that it was read from."""
    weight: float
    """What one of its items weighs beside a pick of the editor, which weighs 1."""
    added_at: datetime
    items: tuple[ReferenceItem, ...]
    """In the list's order, each key once."""

    @property
    def papers(self) -> int:
        """How many papers it names."""
        return len(self.items) - self.repositories

    @property
    def repositories(self) -> int:
        """How many repositories it names."""
        return sum(item.is_code for item in self.items)


def save_reference(store: Store, reference: Reference) -> None:
    """Keep a list in place of an earlier one of its name."""
    with store.writing() as db:
        _delete(db, reference.name)
        db.execute(
            "INSERT INTO reference (name, origin, weight, added_at) VALUES (?, ?, ?, ?)",
            [
                reference.name,
                reference.origin,
                reference.weight,
                write_time(reference.added_at),
            ],
        )
        db.conn.executemany(
            "INSERT INTO reference_item (name, position, key, title) VALUES (?, ?, ?, ?)",
            [
                (reference.name, position, item.key, item.title)
                for position, item in enumerate(reference.items)
            ],
        )


def load_reference(store: Store, name: str) -> Reference | None:
    """The list of that name, if there is one."""
    with store.reading() as db:
        return next(_load(db, "WHERE name = ?", [name]), None)


def load_references(store: Store) -> list[Reference]:
    """Every list, by name."""
    with store.reading() as db:
        return list(_load(db, "ORDER BY name", []))


def load_reference_keys(store: Store) -> dict[IdentityKey, float]:
    """What any list names -> the largest weight of the lists that name it; sorted by key."""
    with store.reading() as db:
        return {
            IdentityKey(key): weight
            for key, weight in db.execute(
                "SELECT i.key, max(r.weight) FROM reference_item i"
                " JOIN reference r ON r.name = i.name GROUP BY i.key ORDER BY i.key"
            )
        }


def remove_reference(store: Store, name: str) -> bool:
    """Forget a list; False where there is none of that name."""
    with store.writing() as db:
        return _delete(db, name)


def _load(db: Database, which: str, values: list[str]) -> Iterator[Reference]:
    rows = db.execute(
        f"SELECT name, origin, weight, added_at FROM reference {which}",  # noqa: S608 - ours
        values,
    ).fetchall()
    for name, origin, weight, added_at in rows:
        items = db.execute(
            "SELECT key, title FROM reference_item WHERE name = ? ORDER BY position", [name]
        ).fetchall()
        yield Reference(
            name=name,
            origin=origin,
            weight=weight,
            added_at=read_time(added_at),
            items=tuple(ReferenceItem(key=IdentityKey(key), title=title) for key, title in items),
        )


def _delete(db: Database, name: str) -> bool:
    db.execute("DELETE FROM reference_item WHERE name = ?", [name])
    return bool(db.execute("DELETE FROM reference WHERE name = ?", [name]).rowcount)
