"""The editor's decisions: rows <-> models. Appended, never rewritten (the tables refuse)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from store.database import Store
from store.models import Decision, DecisionId, Draft, StoryId, Verdict
from store.rows import DRAFT, STRINGS, read_time, write_time

_DECISION = (
    "SELECT id, story_id, verdict, by, at, note, reason, basis, machine, editor FROM decision"
)


def _decision(row: tuple[Any, ...]) -> Decision:
    decision, story, verdict, by, at, note, reason, basis, machine, editor = row
    return Decision(
        id=DecisionId(decision),
        story=StoryId(story),
        verdict=Verdict(verdict),
        by=by,
        at=read_time(at),
        note=note,
        reason=reason,
        basis=STRINGS.read(basis),
        machine=DRAFT.read(machine),
        editor=None if editor is None else DRAFT.read(editor),
    )


def append_decision(
    store: Store,
    story: StoryId,
    verdict: Verdict,
    *,
    by: str,
    at: datetime,
    note: str | None,
    reason: str | None,
    basis: tuple[str, ...],
    machine: Draft,
    editor: Draft | None,
) -> DecisionId:
    """Keep one decision."""
    with store.writing() as db:
        cursor = db.execute(
            "INSERT INTO decision (story_id, verdict, by, at, note, reason, basis, machine, editor)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                story,
                verdict,
                by,
                write_time(at),
                note,
                reason,
                STRINGS.write(basis),
                DRAFT.write(machine),
                None if editor is None else DRAFT.write(editor),
            ],
        )
        return DecisionId(int(cursor.lastrowid or 0))


def load_decisions(store: Store, stories: Iterable[StoryId]) -> dict[StoryId, list[Decision]]:
    """The decisions on these stories in the order that they were made.

    Those on stories that were later merged into one of them count as decisions on it.
    """
    found: dict[StoryId, list[Decision]] = {}
    with store.reading() as db:
        for story in stories:
            rows = db.execute(
                f"{_DECISION} WHERE story_id IN"  # noqa: S608
                " (SELECT id FROM story WHERE id = ? OR merged_into = ?) ORDER BY id",
                [story, story],
            ).fetchall()
            if rows:
                found[story] = [replace(_decision(row), story=story) for row in rows]
    return found


def load_latest_decisions(
    store: Store, limit: int, *, before: DecisionId | None = None
) -> list[Decision]:
    """The last decisions on any story, the latest first; with `before`, those made earlier."""
    with store.reading() as db:
        rows = db.execute(
            f"{_DECISION} WHERE id < ? ORDER BY id DESC LIMIT ?",
            [2**63 - 1 if before is None else before, limit],
        ).fetchall()
    return [_decision(row) for row in rows]


def load_decided_between(store: Store, since: datetime, until: datetime) -> list[StoryId]:
    """Living stories that the editor decided on in that time, by id; `until` is not in it."""
    with store.reading() as db:
        return [
            StoryId(row[0])
            for row in db.execute(
                "SELECT DISTINCT coalesce(s.merged_into, s.id) AS story FROM decision d"
                " JOIN story s ON s.id = d.story_id WHERE d.at >= ? AND d.at < ? ORDER BY story",
                [write_time(since), write_time(until)],
            )
        ]


def load_decided(store: Store, since: datetime) -> list[StoryId]:
    """Stories that the editor decided on and in which something happened since then, by id."""
    with store.reading() as db:
        return [
            StoryId(row[0])
            for row in db.execute(
                "SELECT DISTINCT o.id FROM decision d JOIN story s ON s.id = d.story_id"
                " JOIN story o ON o.id = coalesce(s.merged_into, s.id)"
                " WHERE o.changed_at >= ? ORDER BY o.id",
                [write_time(since)],
            )
        ]


def load_ever_decided(store: Store) -> list[StoryId]:
    """Every living story that the editor ever decided on, by id."""
    with store.reading() as db:
        return [
            StoryId(row[0])
            for row in db.execute(
                "SELECT DISTINCT coalesce(s.merged_into, s.id) AS story FROM decision d"
                " JOIN story s ON s.id = d.story_id ORDER BY story"
            )
        ]


def load_waiting(store: Store, *, before: date, settled: date) -> list[StoryId]:
    """Stories that the editor decided on and that may still print, by id.

    Without those whose last decision is a rejection, and those that an issue before that day
    ran since; `settled` as for ``store.issues.load_ran``.
    """
    with store.reading() as db:
        return [
            StoryId(row[0])
            for row in db.execute(
                "SELECT DISTINCT coalesce(s.merged_into, s.id) AS story FROM decision d"
                " JOIN story s ON s.id = d.story_id WHERE d.verdict <> 'reject'"
                " AND NOT EXISTS (SELECT 1 FROM decision l"
                "   WHERE l.story_id = d.story_id AND l.id > d.id)"
                " AND NOT EXISTS (SELECT 1 FROM issue_item i"
                "   JOIN issue USING (date) WHERE i.story_id = d.story_id AND i.date < ?"
                "   AND exported_at >= d.at AND (final = 1 OR i.date <= ?)) ORDER BY story",
                [before.isoformat(), settled.isoformat()],
            )
        ]
