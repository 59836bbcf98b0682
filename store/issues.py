"""Issues, exported or imported, and what counts as published by them: rows <-> models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from store.database import Store
from store.models import Draft, IdentityKey, Issue, StoryId
from store.rows import DRAFT, ISSUE, STRINGS, read_time, write_time


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedItem:
    """Where an item of an issue came from, and what it makes published."""

    story: StoryId | None = None
    """None for an item of an imported issue."""
    basis: tuple[str, ...] = ()
    """What was known of the story when it was printed."""
    keys: tuple[IdentityKey, ...] = ()
    """Everything that counts as having run with it: links, papers, repositories, its titles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """An item of an issue that ran."""

    date: date
    section: str
    draft: Draft
    basis: tuple[str, ...]
    keys: tuple[IdentityKey, ...]
    exported_at: datetime
    """UTC; decisions made before are spent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredIssue:
    """An issue, and whether the editor called it final.

    A final issue is what it is; one that is not follows the queue until the editor says so.
    """

    issue: Issue
    printed: tuple[PrintedItem, ...]
    final: bool


def save_issue(
    store: Store, issue: Issue, printed: Sequence[PrintedItem], *, final: bool, now: datetime
) -> None:
    """Keep an issue in place of an earlier one of its date.

    `printed` stands for each item, section by section in print order.
    """
    day = issue.date.isoformat()
    bare = tuple(replace(section, items=()) for section in issue.sections)
    head = replace(issue, sections=bare, back_issues=())
    items = [(n, s.name, item) for n, s in enumerate(issue.sections) for item in s.items]
    with store.writing() as db:
        db.execute("DELETE FROM published WHERE date = ?", [day])
        db.execute("DELETE FROM issue_item WHERE date = ?", [day])
        db.execute(
            "INSERT INTO issue (date, head, final, exported_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (date) DO UPDATE SET head = excluded.head,"
            " final = excluded.final, exported_at = excluded.exported_at",
            [day, ISSUE.write(head), final, write_time(now)],
        )
        for position, ((section, name, draft), item) in enumerate(zip(items, printed, strict=True)):
            db.execute(
                "INSERT INTO issue_item (date, position, section, name, story_id, basis, draft)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    day,
                    position,
                    section,
                    name,
                    item.story,
                    STRINGS.write(item.basis),
                    DRAFT.write(draft),
                ],
            )
            db.conn.executemany(
                "INSERT OR IGNORE INTO published (key, date, position) VALUES (?, ?, ?)",
                [(key, day, position) for key in item.keys],
            )


def load_issue(store: Store, day: date) -> StoredIssue | None:
    """The issue of that date."""
    with store.reading() as db:
        row = db.execute(
            "SELECT head, final FROM issue WHERE date = ?", [day.isoformat()]
        ).fetchone()
        if row is None:
            return None
        items = db.execute(
            "SELECT section, draft, story_id, basis, position FROM issue_item WHERE date = ?"
            " ORDER BY position",
            [day.isoformat()],
        ).fetchall()
        keys: dict[int, list[IdentityKey]] = {}
        for position, key in db.execute(
            "SELECT position, key FROM published WHERE date = ? ORDER BY position, key",
            [day.isoformat()],
        ):
            keys.setdefault(position, []).append(IdentityKey(key))
    head = ISSUE.read(row[0])
    drafts: dict[int, list[Draft]] = {}
    for section, draft, *_ in items:
        drafts.setdefault(section, []).append(DRAFT.read(draft))
    return StoredIssue(
        issue=replace(
            head,
            sections=tuple(
                replace(section, items=tuple(drafts.get(n, ())))
                for n, section in enumerate(head.sections)
            ),
            back_issues=tuple(load_issue_dates(store, before=day)),
        ),
        printed=tuple(
            PrintedItem(
                story=None if story is None else StoryId(story),
                basis=STRINGS.read(basis),
                keys=tuple(keys.get(position, ())),
            )
            for *_, story, basis, position in items
        ),
        final=bool(row[1]),
    )


def load_issue_dates(
    store: Store, *, before: date = date.max, settled: date = date.max
) -> list[date]:
    """Dates of issues before that day, the latest first.

    Of those that nobody called final only the ones up to `settled`.
    """
    with store.reading() as db:
        return [
            date.fromisoformat(row[0])
            for row in db.execute(
                "SELECT date FROM issue WHERE date < ? AND (final = 1 OR date <= ?)"
                " ORDER BY date DESC",
                [before.isoformat(), settled.isoformat()],
            )
        ]


def load_ran(
    store: Store, keys: Iterable[IdentityKey], *, before: date, settled: date = date.max
) -> list[Ran]:
    """The items of issues before that day that one of these keys ran with, the latest first.

    Of issues that nobody called final only those up to `settled`.
    """
    with store.reading() as db:
        places = db.execute(
            "SELECT DISTINCT p.date, p.position FROM published p JOIN issue i USING (date)"
            " WHERE p.key IN (SELECT value FROM json_each(?))"
            " AND p.date < ? AND (i.final = 1 OR p.date <= ?)",
            [STRINGS.write(tuple(keys)), before.isoformat(), settled.isoformat()],
        ).fetchall()
        ran = []
        for day, position in sorted(places, reverse=True):
            section, draft, basis, exported_at = db.execute(
                "SELECT name, draft, basis, exported_at FROM issue_item JOIN issue USING (date)"
                " WHERE date = ? AND position = ?",
                [day, position],
            ).fetchone()
            ran.append(
                Ran(
                    date=date.fromisoformat(day),
                    section=section,
                    draft=DRAFT.read(draft),
                    basis=STRINGS.read(basis),
                    exported_at=read_time(exported_at),
                    keys=tuple(
                        IdentityKey(row[0])
                        for row in db.execute(
                            "SELECT key FROM published WHERE date = ? AND position = ?"
                            " ORDER BY key",
                            [day, position],
                        )
                    ),
                )
            )
    return ran
