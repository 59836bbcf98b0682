"""What the check says: one line a finding, under a code that stays.

A code names one rule and has one level, so that a script can rely on both; ``docs/checks.md``
says of each what it means and how to mend it.

* An *error* is a fault that a reader meets: a link that cannot open, an item without a link, a
  摘要 still waiting for its translation. An issue with errors is not ready.
* A *warning* is most likely a fault, and only a person can tell.
* A *note* is a matter of style, or something that could not be looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum


class Level(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Code(Enum):
    """The rules: what ``L101`` stands for, and the level of its findings."""

    LINK_MALFORMED = ("L101", Level.ERROR)
    LINK_EMPTY = ("L102", Level.ERROR)
    LINK_MARKUP = ("L103", Level.ERROR)
    LINK_EXPIRING = ("L104", Level.ERROR)
    LINK_RUNS_INTO_TEXT = ("L105", Level.WARNING)
    LINK_OVER_LINES = ("L106", Level.WARNING)
    LINK_TRACKING = ("L107", Level.NOTE)
    LINK_GONE = ("L201", Level.ERROR)
    LINK_REDIRECTED = ("L202", Level.WARNING)
    LINK_UNKNOWN = ("L203", Level.NOTE)

    ARTICLE_RAN_BEFORE = ("R101", Level.ERROR)
    THING_RAN_BEFORE = ("R102", Level.WARNING)
    SAME_LINK_TWICE = ("R103", Level.ERROR)
    SHARED_ARTICLE = ("R104", Level.NOTE)
    SAME_TITLE_TWICE = ("R105", Level.ERROR)
    SAME_TEXT_TWICE = ("R106", Level.WARNING)
    FURTHER_LINK_TWICE = ("R107", Level.NOTE)

    TITLE_MISSING = ("T101", Level.ERROR)
    SOURCE_MISSING = ("T102", Level.WARNING)
    SUMMARY_MISSING = ("T201", Level.WARNING)
    REPOSITORY_WITHOUT_SUMMARY = ("T202", Level.NOTE)
    SUMMARY_FOREIGN = ("T203", Level.WARNING)
    REPOSITORY_SUMMARY_FOREIGN = ("T204", Level.NOTE)
    SUMMARY_SHORT = ("T205", Level.NOTE)
    SUMMARY_LONG = ("T206", Level.NOTE)
    SUMMARY_UNTRANSLATED = ("T207", Level.ERROR)
    SUMMARY_TWICE = ("T208", Level.ERROR)

    NUMBER_NOT_IN_SOURCE = ("F101", Level.WARNING)
    NAME_NOT_IN_SOURCE = ("F102", Level.WARNING)
    TAG_OF_OTHER_PAPER = ("F103", Level.ERROR)
    TITLE_OF_OTHER_REPOSITORY = ("F104", Level.WARNING)

    FRONT_MATTER = ("S101", Level.ERROR)
    HEADING_MISSING = ("S102", Level.ERROR)
    HEADING_FORM = ("S103", Level.WARNING)
    HEADING_DATE = ("S104", Level.ERROR)
    TAGLINE = ("S105", Level.NOTE)
    LEAD_MISSING = ("S106", Level.NOTE)
    LEAD_COUNT = ("S107", Level.WARNING)
    BACK_ISSUES_MISSING = ("S108", Level.NOTE)
    SECTION_UNKNOWN = ("S201", Level.NOTE)
    SECTION_MISSPELT = ("S202", Level.WARNING)
    SECTION_ORDER = ("S203", Level.WARNING)
    SECTION_EMPTY = ("S204", Level.WARNING)
    SECTION_TWICE = ("S205", Level.WARNING)
    ITEM_WITHOUT_LINK = ("S301", Level.ERROR)
    TITLE_WITHOUT_LINK = ("S302", Level.NOTE)
    LINE_NOT_BROKEN = ("S303", Level.NOTE)
    SUMMARY_PREFIX = ("S304", Level.NOTE)
    UNREAD_LINK = ("S401", Level.ERROR)
    UNREAD_TEXT = ("S402", Level.WARNING)

    def __init__(self, printed: str, level: Level) -> None:
        self.printed = printed
        self.level = level


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that the check has to say."""

    file: str
    line: int
    """From 1."""
    level: Level
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.level}: {self.code} {self.message}"
