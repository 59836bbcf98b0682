"""What can be configured of publishing: the repository, and how things are called there.

Paths are those of the repository, with ``/`` between folders. ``{date}`` stands for the date of
the issue, ``2026-03-02``.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from pydantic import field_validator

from config.section import Section

_PATH_PART: Final = re.compile(r"(?!\.{0,2}$|\.git$)[^\x00-\x1f\x7f\\/]+", re.IGNORECASE)
"""What git takes for the name of a file or folder."""
_NO_BRANCH: Final = re.compile(
    r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|^[./-]|[./]$|\.lock(/|$)|^@$"
)
"""What stands in no name of a branch: https://git-scm.com/docs/git-check-ref-format."""


class PublishSettings(Section):
    """Where ``briefing publish`` opens its pull request, and with which files."""

    repository: str = ""
    """``owner/name``; empty: nothing can be published."""
    base: str = ""
    """Branch that the pull request is for; empty: the repository's default branch."""
    folder: str = ""
    """Folder of the issues; empty: the top of the repository."""
    name: str = "{date}.md"
    """Name of an issue's file in it."""
    index: str = ""
    """File that lists the issues, such as ``README.md``; empty: there is none."""
    index_entry: str = "[{date}]({path})"
    """An issue as the index has it, without what stands around it on its line; ``{path}`` stands
    for the path of its file."""
    branch: str = "issue/{date}"
    """Branch that holds the issue until it is merged."""

    @field_validator("repository")
    @classmethod
    def _owner_and_name(cls, value: str) -> str:
        if value and not re.fullmatch(r"[\w-]+/(?!\.{1,2}$)[\w.-]+", value, re.ASCII):
            raise ValueError("is no repository: write it as owner/name")
        return value

    @field_validator("folder", "index")
    @classmethod
    def _path(cls, value: str) -> str:
        if value and not all(map(_PATH_PART.fullmatch, value.split("/"))):
            raise ValueError("is no path in a repository, such as docs/issues")
        return value

    @field_validator("name")
    @classmethod
    def _file_name(cls, value: str) -> str:
        if "{date}" not in value or not _PATH_PART.fullmatch(value):
            raise ValueError("is no name for a file of every issue, such as {date}.md")
        return value

    @field_validator("index_entry")
    @classmethod
    def _entry(cls, value: str) -> str:
        if "{date}" not in value or "\n" in value:
            raise ValueError("names no issue: put {date} where it belongs, on one line")
        return value

    @field_validator("base")
    @classmethod
    def _branch_name(cls, value: str) -> str:
        if _NO_BRANCH.search(value):
            raise ValueError("is no name of a branch")
        return value

    @field_validator("branch")
    @classmethod
    def _branch_of_its_own(cls, value: str) -> str:
        if "{date}" not in value or _NO_BRANCH.search(value.replace("{date}", "2026-03-02")):
            raise ValueError("is no name for a branch of every issue, such as issue/{date}")
        return value

    @property
    def path_pattern(self) -> str:
        """Where issues stand, with ``{date}``."""
        return f"{self.folder}/{self.name}" if self.folder else self.name

    def path(self, day: date) -> str:
        """Where the issue of that day stands."""
        return self.path_pattern.replace("{date}", day.isoformat())

    def branch_of(self, day: date) -> str:
        """The branch of the issue of that day."""
        return self.branch.replace("{date}", day.isoformat())

    def entry(self, day: date) -> str:
        """The issue of that day as the index has it."""
        pattern = self.index_entry.replace("{path}", self.path_pattern)
        return pattern.replace("{date}", day.isoformat())
