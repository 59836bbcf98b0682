"""One item as the issue will print it: its Markdown, and that rendered as a reader gets it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from config.settings import Settings
from pipeline.issue_markdown import render
from pipeline.web.reading import plain
from store.models import Draft, Issue, IssueSection

_BLOCKS: Final = {"blockquote", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "ul"}
_TABLES: Final = {"table", "tbody", "td", "th", "thead", "tr"}
_WORDS: Final = {"a", "br", "code", "em", "s", "strong"}
_TAGS: Final = _BLOCKS | _TABLES | _WORDS
"""What an issue is made of; an image would be asked of its host, which the desk does not do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """How an item prints."""

    markdown: str
    """The heading of its section, and its lines."""
    page: Markup
    """The same as a reader sees it, harmless."""


def preview_of(draft: Draft, settings: Settings, folder: Path, day: date) -> Preview:
    """Print one item by the newsletter's own template. Raises ConfigError for a broken one.

    `folder` is the configuration's, `day` the issue's date.
    """
    empty = Issue(date=day, lead="", sections=())
    section = IssueSection(name=draft.section, items=(draft,))
    page, frame = (
        render(issue, settings.newsletter, folder).splitlines()
        for issue in (replace(empty, sections=(section,)), empty)
    )
    lines = "\n".join(_between(page, frame)).strip("\n")
    return Preview(markdown=lines, page=rendered(lines))


def rendered(markdown: str) -> Markup:
    """Markdown from outside as markup: HTML in it stays text, links open http(s) alone."""
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    clean = nh3.clean(
        parser.render(plain(markdown)),
        tags=_TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return Markup(clean)  # noqa: S704 - just cleaned


def _between(page: list[str], frame: list[str]) -> list[str]:
    """What a page has more than its frame, which begins and ends with the same lines."""
    head = _common(page, frame)
    tail = _common(page[head:][::-1], frame[head:][::-1])
    return page[head : len(page) - tail]


def _common(one: list[str], other: list[str]) -> int:
    """How many lines both begin with."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
