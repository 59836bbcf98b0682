"""Who may log in to the desk, and the key that its cookies are signed with: rows <-> values.

Passwords come and go as hashes; how they are made is the business of ``pipeline.web.passwords``.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from store.database import Store
from store.rows import read_time, write_time


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorName:
    """Somebody who may log in."""

    name: str
    added_at: datetime


def save_editor(store: Store, name: str, password: str, at: datetime) -> bool:
    """Let `name` in with the hash `password`; returns whether the name is new.

    One that is there keeps its date and gets the new password.
    """
    with store.writing() as db:
        new = load_password(store, name) is None
        db.execute(
            "INSERT INTO editor (name, password, added_at) VALUES (?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET password = excluded.password",
            [name, password, write_time(at)],
        )
        return new


def load_editors(store: Store) -> list[EditorName]:
    """Everybody who may log in, by name."""
    with store.reading() as db:
        return [
            EditorName(name=name, added_at=read_time(at))
            for name, at in db.execute("SELECT name, added_at FROM editor ORDER BY name")
        ]


def load_password(store: Store, name: str) -> str | None:
    """The hash of the password of `name`; None for somebody unknown."""
    with store.reading() as db:
        row = db.execute("SELECT password FROM editor WHERE name = ?", [name]).fetchone()
        return None if row is None else str(row[0])


def remove_editor(store: Store, name: str) -> bool:
    """Let `name` in no more; returns whether it was known. Decisions keep the name."""
    with store.writing() as db:
        return bool(db.execute("DELETE FROM editor WHERE name = ?", [name]).rowcount)


def load_cookie_key(store: Store) -> bytes:
    """The key of this database's cookies, made when it is first asked for."""
    with store.writing() as db:
        db.execute(
            "INSERT INTO cookie_key (one, value) VALUES (1, ?) ON CONFLICT DO NOTHING",
            [secrets.token_bytes(32)],
        )
        return bytes(db.execute("SELECT value FROM cookie_key").fetchone()[0])
