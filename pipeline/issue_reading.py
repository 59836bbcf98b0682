"""What reading an issue's Markdown gives: the issue, and where in the file each part stands.

The issue itself is a `store.models.Issue`, as any other. The places are for messages to a person
(``file:line``): of findings before publishing, and of text that could not be read. Lines count
from 1.
"""

from __future__ import annotations

from dataclasses import dataclass

from store.models import Draft, Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPlace:
    """A link of an item, in the order that they stand in the file."""

    url: str
    """As written; empty for a link without address."""
    label: str
    """The words of the link; empty for a bare address."""
    line: int
    role: str
    """``primary``, ``further``, or ``summary`` for one that stands in the 摘要."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPlace:
    """An item and where it stands."""

    draft: Draft
    line: int
    """Of its title."""
    last_line: int
    summary_line: int | None
    """Where its 摘要 begins; None where it has none."""
    links: tuple[LinkPlace, ...]
    """Its own, without those of nested items."""
    items: tuple[ItemPlace, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPlace:
    """A section and where its heading stands."""

    name: str
    line: int
    items: tuple[ItemPlace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Text that belongs to no part of an issue; kept as it stands."""

    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadIssue:
    """An issue as read from Markdown."""

    issue: Issue
    sections: tuple[SectionPlace, ...]
    front_matter: dict[str, str]
    """Key and value of each line between the ``---`` lines; empty where there is none."""
    heading_line: int | None
    unread: tuple[Unread, ...]
