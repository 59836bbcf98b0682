"""Past issues: taken in from Markdown, and shown.

What an imported issue ran counts as published like what was exported here. Reading never fails
on a file for what is in it; what could not be read is reported by line. Taking the same file in
again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from config.errors import InputError, NotFoundError
from config.settings import Settings
from pipeline.issue_reader import NO_DATE, read_issue
from pipeline.issue_reading import ReadIssue, Unread
from pipeline.published import keys_of_draft
from store.database import Store
from store.issues import PrintedItem, StoredIssue, load_issue, load_issue_dates, save_issue
from store.models import Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of a file."""

    path: Path
    day: date | None
    """None where the file tells no date: then it was not taken in."""
    items: int
    new: bool
    """No issue of that date was known."""
    unread: tuple[Unread, ...]


def read_file(path: Path, settings: Settings) -> tuple[ReadIssue, str]:
    """Read an issue's file; gives the issue and the text. Raises InputError without a file."""
    try:
        text = path.read_bytes().decode("utf-8-sig", "replace")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    return read_issue(text, name=path.name, newsletter=settings.newsletter), text


def import_issues(store: Store, settings: Settings, paths: Iterable[Path]) -> Iterator[Imported]:
    """Take in issues from files, and from the ``*.md`` files of folders, one by one.

    Raises InputError for a path that is not there.
    """
    for path in paths:
        files = sorted(path.glob("*.md")) if path.is_dir() else [path]
        if not files:
            raise InputError(f"{path}: no *.md file in this folder")
        for file in files:
            yield _import(store, settings, file)


def _import(store: Store, settings: Settings, path: Path) -> Imported:
    read, _ = read_file(path, settings)
    issue = read.issue
    known = load_issue(store, issue.date)
    if issue.date == NO_DATE:
        return Imported(path=path, day=None, items=0, new=False, unread=read.unread)
    printed = [
        PrintedItem(keys=keys_of_draft(item))
        for section in issue.sections
        for item in section.items
    ]
    # It ran on its day, whenever it is taken in: what was decided since is not spent by it.
    ran_at = datetime.combine(issue.date, time.max, settings.newsletter.zone)
    save_issue(store, issue, printed, final=True, now=ran_at)
    return Imported(
        path=path, day=issue.date, items=len(printed), new=known is None, unread=read.unread
    )


def list_issues(store: Store) -> list[StoredIssue]:
    """Every known issue, the latest first."""
    return [stored for day in load_issue_dates(store) if (stored := load_issue(store, day))]


def find_issue(store: Store, day: date) -> Issue:
    """The issue of that day. Raises NotFoundError."""
    stored = load_issue(store, day)
    if stored is None:
        raise NotFoundError(f"there is no issue of {day}; briefing issue list shows them")
    return stored.issue
