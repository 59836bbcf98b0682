"""What the editor said of stories: which candidates belong together, and which do not.

Append-only. A later word outranks an earlier one, and undo is a further word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from store.database import Store
from store.models import CandidateId
from store.rows import read_time, write_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Two lots of candidates that the editor merged or parted."""

    id: int
    verdict: Literal["merge", "split"]
    one: tuple[CandidateId, ...]
    other: tuple[CandidateId, ...]
    by: str
    at: datetime


def append_ruling(
    store: Store,
    verdict: Literal["merge", "split"],
    one: Sequence[CandidateId],
    other: Sequence[CandidateId],
    *,
    by: str,
    at: datetime,
) -> int:
    """Record that the candidates of `one` and those of `other` belong together, or do not."""
    with store.writing() as db:
        cursor = db.execute(
            "INSERT INTO ruling (verdict, by, at) VALUES (?, ?, ?)", [verdict, by, write_time(at)]
        )
        ruling = int(cursor.lastrowid or 0)
        db.conn.executemany(
            "INSERT INTO ruling_member (ruling_id, candidate_id, side) VALUES (?, ?, ?)",
            [
                *((ruling, candidate, 0) for candidate in one),
                *((ruling, candidate, 1) for candidate in other),
            ],
        )
    return ruling


def undo_ruling(store: Store, ruling: int, *, by: str, at: datetime) -> None:
    """Record that a ruling does not stand any more."""
    with store.writing() as db:
        db.execute(
            "INSERT INTO ruling (verdict, undoes, by, at) VALUES ('undo', ?, ?, ?)",
            [ruling, by, write_time(at)],
        )


def load_rulings(store: Store, ids: Iterable[CandidateId]) -> list[Ruling]:
    """The rulings that stand and speak of one of these candidates, the earliest first."""
    with store.reading() as db:
        found = {
            row[0]
            for candidate in ids
            for row in db.execute(
                "SELECT ruling_id FROM ruling_member WHERE candidate_id = ?", [candidate]
            )
        }
        rulings = []
        for ruling in sorted(found):
            row = db.execute(
                "SELECT verdict, by, at FROM ruling r WHERE id = ?"
                " AND NOT EXISTS (SELECT 1 FROM ruling u WHERE u.undoes = r.id)",
                [ruling],
            ).fetchone()
            if row is None:
                continue
            sides: tuple[list[CandidateId], list[CandidateId]] = ([], [])
            for candidate, side in db.execute(
                "SELECT candidate_id, side FROM ruling_member WHERE ruling_id = ?"
                " ORDER BY candidate_id",
                [ruling],
            ):
                sides[side].append(candidate)
            rulings.append(
                Ruling(
                    id=ruling,
                    verdict=row[0],
                    one=tuple(sides[0]),
                    other=tuple(sides[1]),
                    by=row[1],
                    at=read_time(row[2]),
                )
            )
    return rulings
