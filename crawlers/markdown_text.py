"""What of a Markdown text is worth showing: its first paragraph of prose, or all of its prose.

Pure. For readmes and release notes, which open with logos, badges, links to translations and HTML.
Markdown is read by markdown-it-py, so that what is a paragraph is decided by CommonMark
(https://spec.commonmark.org/0.31.2/) and not by regular expressions.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final
from unicodedata import east_asian_width

from markdown_it import MarkdownIt
from markdown_it.token import Token

_READ: Final = 50_000
"""Characters of a text within which its first paragraph is looked for."""
_PROSE: Final = 20
"""Columns of letters outside links that make a paragraph prose: 20 Latin or 10 Chinese ones."""
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_RST_MARKUP: Final = ("..", "|", ":")
"""What a paragraph of reStructuredText without prose begins with: a directive, badges, fields."""


def first_paragraph(markdown: str, *, limit: int = 600) -> str | None:
    """Give the first paragraph of prose as one line of plain text; None where there is none.

    Headings, lists, tables, quotations, code, HTML, and paragraphs of images or links alone are
    passed over. What is longer than `limit` characters is cut.
    """
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown[:_READ])
    for opening, content in pairwise(tokens):
        # Paragraphs of quotations and lists have a level above 0.
        if opening.type == "paragraph_open" and opening.level == 0:
            text, prose = _plain(content.children or [])
            if prose >= _PROSE and not text.startswith(_RST_MARKUP):
                return excerpt(text, limit=limit)
    return None


def prose(markdown: str, *, limit: int) -> str:
    """Give what a text says as plain text: a line for each paragraph and each item of a list.

    Headings, tables, code, HTML and images are passed over. What is longer than `limit`
    characters is cut.
    """
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown[:_READ])
    lines = [
        _plain(content.children or [])[0]
        for opening, content in pairwise(tokens)
        if opening.type == "paragraph_open"
    ]
    return excerpt("\n".join(line for line in lines if line), limit=limit)


def excerpt(text: str, *, limit: int) -> str:
    """Give the beginning of `text`, cut between words or lines, in at most `limit` characters.

    Markdown stays as it is; comments, blank lines in a row and blanks around are dropped.
    """
    lines = (line.rstrip() for line in _COMMENT.sub("", text).splitlines())
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    # Not back beyond the last fifth: Chinese text may have no space at all.
    space = max(cut.rfind(" "), cut.rfind("\n"))
    return (cut[:space] if space > limit * 4 // 5 else cut).rstrip() + "…"


def _plain(children: list[Token]) -> tuple[str, int]:
    """The text of an inline token, and how many columns its letters outside links take."""
    words: list[str] = []
    prose = links = 0
    for child in children:
        if child.type in {"link_open", "link_close"}:
            links += child.nesting
        elif child.type in {"softbreak", "hardbreak"}:
            words.append(" ")
        elif child.type in {"text", "code_inline"}:
            words.append(child.content)
            prose += 0 if links else _columns(child.content)
    return " ".join("".join(words).split()), prose


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text if c.isalpha())
