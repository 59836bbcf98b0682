"""Issues: rows <-> models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from store.database import Store
from store.models import Issue, IssueSection, StoryId
from store.rows import DRAFT, STRINGS, write_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """When a story ran, and what was known of it then."""

    date: date
    section: str
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemOrigin:
    """The story behind an item of an issue, and what was known of it when it was printed."""

    story: StoryId | None
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredIssue:
    """An exported issue, and whether the editor called it final.

    A final issue is what it is; one that is not follows the queue until the editor says so.
    """

    issue: Issue
    origins: tuple[ItemOrigin, ...]
    final: bool


def save_issue(
    store: Store,
    issue: Issue,
    origins: Sequence[ItemOrigin],
    *,
    final: bool,
    now: datetime,
) -> None:
    """Keep an issue in place of an earlier one of its date.

    `origins` names the story of each item, section by section in print order.
    """
    day = issue.date.isoformat()
    items = [(s.name, item) for s in issue.sections for item in s.items]
    with store.writing() as db:
        db.execute("DELETE FROM issue_item WHERE date = ?", [day])
        db.execute(
            "INSERT INTO issue (date, title, lead, final, exported_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (date) DO UPDATE SET title = excluded.title, lead = excluded.lead,"
            " final = excluded.final, exported_at = excluded.exported_at",
            [day, issue.title, issue.lead, final, write_time(now)],
        )
        db.conn.executemany(
            "INSERT INTO issue_item (date, position, section, story_id, basis, draft)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    day,
                    position,
                    section,
                    origin.story,
                    STRINGS.write(origin.basis),
                    DRAFT.write(draft),
                )
                for position, ((section, draft), origin) in enumerate(
                    zip(items, origins, strict=True)
                )
            ],
        )


def load_issue(store: Store, day: date) -> StoredIssue | None:
    """The exported issue of that date."""
    with store.reading() as db:
        row = db.execute(
            "SELECT title, lead, final FROM issue WHERE date = ?", [day.isoformat()]
        ).fetchone()
        if row is None:
            return None
        items = db.execute(
            "SELECT section, draft, story_id, basis FROM issue_item WHERE date = ?"
            " ORDER BY position",
            [day.isoformat()],
        ).fetchall()
    title, lead, final = row
    return StoredIssue(
        issue=Issue(
            date=day,
            title=title,
            lead=lead,
            sections=tuple(
                IssueSection(name=name, items=tuple(DRAFT.read(draft) for _, draft, *_ in rows))
                for name, rows in groupby(items, key=lambda row: row[0])
            ),
            back_issues=tuple(load_issue_dates(store, before=day)),
        ),
        origins=tuple(
            ItemOrigin(story=None if story is None else StoryId(story), basis=STRINGS.read(basis))
            for *_, story, basis in items
        ),
        final=bool(final),
    )


def load_issue_dates(store: Store, *, before: date) -> list[date]:
    """Dates of exported issues before that day, the latest first."""
    with store.reading() as db:
        return [
            date.fromisoformat(row[0])
            for row in db.execute(
                "SELECT date FROM issue WHERE date < ? ORDER BY date DESC",
                [before.isoformat()],
            )
        ]


def load_printed(store: Store, *, before: date) -> dict[StoryId, Printed]:
    """Stories that an issue before that day ran, with the latest time that they did."""
    with store.reading() as db:
        rows = db.execute(
            "SELECT coalesce(s.merged_into, s.id), i.date, i.section, i.basis FROM issue_item i"
            " JOIN story s ON s.id = i.story_id WHERE i.date < ? ORDER BY i.date",
            [before.isoformat()],
        ).fetchall()
    return {
        StoryId(story): Printed(
            date=date.fromisoformat(day), section=section, basis=STRINGS.read(basis)
        )
        for story, day, section, basis in rows
    }
