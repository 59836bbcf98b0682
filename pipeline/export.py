"""An issue as a file: rendered, kept as exported, written aside and renamed."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.errors import StoreError
from config.settings import Settings
from pipeline.desk import current_issue
from pipeline.issue_markdown import render
from pipeline.period import Period
from store.database import Store
from store.issues import save_issue
from store.models import Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """An issue's Markdown, with what a person wants to hear of it."""

    markdown: str
    items: int
    proposed: int
    """Items that nobody has accepted yet."""

    def write(self, path: Path) -> Path:
        """Write the file; see `write_aside`."""
        return write_aside(path, self.markdown)


def issue_text(issue: Issue, settings: Settings, folder: Path) -> str:
    """The issue in Markdown, through the template in `folder` or the one that ships."""
    return render(issue, settings.newsletter, folder)


def export_issue(
    store: Store,
    settings: Settings,
    folder: Path,
    period: Period,
    now: datetime,
    *,
    remember: bool = True,
) -> Exported:
    """Render the issue of the period and, unless told not to, `remember` it.

    One that nobody called final counts as having run once half a period has passed.
    """
    with store.writing():
        assembled = current_issue(store, settings, period)
        markdown = issue_text(assembled.issue, settings, folder)
        if remember and not assembled.final:
            save_issue(store, assembled.issue, assembled.printed, final=False, now=now)
    return Exported(
        markdown=markdown,
        items=sum(len(section.items) for section in assembled.issue.sections),
        proposed=assembled.proposed,
    )


def export_draft(
    store: Store, settings: Settings, folder: Path, period: Period, path: Path
) -> Path:
    """Write the issue as it stands to `path`; nothing counts as having run for it."""
    assembled = current_issue(store, settings, period)
    return write_aside(path, issue_text(assembled.issue, settings, folder))


def write_aside(path: Path, text: str) -> Path:
    """Write a file whole or not at all: beside it first, then renamed over it.

    Raises StoreError when the folder cannot be written to; the old file then stands.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror or error}") from error
    return path
