"""Reads an "awesome" list: what the items, table rows and paragraphs of a Markdown text name.

Markdown is read by markdown-it-py, so that what is a link, an item or a cell is decided by
CommonMark (https://spec.commonmark.org/0.31.2/) with GitHub's tables, and not by regular
expressions. Pictures, code blocks and comments name nothing; nor do links around a picture
outside items and rows, which are the badges at the top. An item without any link, itself or
below it, is a paper of that title if it looks like one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from crawlers.markup import html_to_text
from pipeline.references.found import (
    Finds,
    bare_title,
    clipped,
    is_dated,
    leading_title,
    looks_like_title,
)
from store.references import ReferenceItem

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_PICTURE = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_BADGE = re.compile(r"<a\b[^<>]*>\s*(?:<img\b[^<>]*>\s*)+</a>", re.IGNORECASE)
_PUBLISHERS = (
    *("ieeexplore.ieee.org", "dl.acm.org", "link.springer.com", "sciencedirect.com"),
    *("semanticscholar.org", "scholar.google.com", "dblp.org", "usenix.org"),
)
"""Hosts of papers whose addresses are no identity; such a paper is known by its title."""

_ABOUT_ITSELF = re.compile(
    r"contribut|contents|licen[sc]e|acknowledg|citation|citing|about|todo|change ?log"
    r"|目录|贡献|致谢",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"<(?:li|tr|p|div|h[1-6]|dt)\b", re.IGNORECASE)
_LABELS = 4
"""Words of a line that says no more than what its links are: ``[pdf] [code] (PyTorch)``."""


@dataclass(slots=True)
class _Piece:
    """Words of a line that stand in one markup."""

    text: str
    href: str | None = None
    strong: bool = False
    pictured: bool = False


@dataclass(slots=True)
class _Item:
    """A list item or table row that is being read."""

    title: str = ""
    titled: bool = False
    """The title is its own, not that of an item above."""
    linked: bool = False
    """It, or an item in it, has a link."""
    nests: bool = False


def read_markdown(text: str) -> tuple[ReferenceItem, ...]:
    """Give the papers and repositories that a Markdown text names, each once, in order.

    Never raises.
    """
    finds = Finds()
    reading = _Reading(finds)
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    for token in parser.parse(text):
        reading.take(token)
    return finds.items()


class _Reading:
    """Goes through the blocks of a text, in order."""

    def __init__(self, finds: Finds) -> None:
        self._finds = finds
        self._open: list[_Item] = []
        self._row: list[_Piece] | None = None
        self._in_heading = False
        self._about_itself = False
        """The heading above is one under which a list speaks of itself."""

    def take(self, token: Token) -> None:
        """Read the next block token."""
        match token.type:
            case "list_item_open":
                if self._open:
                    self._open[-1].nests = True
                self._open.append(_Item())
            case "list_item_close":
                self._close(self._open.pop())
            case "tr_open":
                self._row = []
            case "tr_close":
                self._note(self._row or [], _Item())
                self._row = None
            case "heading_open" | "heading_close":
                self._in_heading = token.nesting > 0
            case "inline":
                if self._in_heading:
                    self._about_itself = bool(_ABOUT_ITSELF.search(token.content))
                self._take_words(token)
            case "html_block":
                self._take_html(token.content)

    def _take_words(self, token: Token) -> None:
        pieces = list(_pieces(token.children or []))
        if self._row is not None:
            # a full stop, since the title ends with its cell
            self._row += [*pieces, _Piece(". ")]
        elif self._open:
            self._note(pieces, self._open[-1])
        else:
            paragraph = _Item()
            for line in _lines(pieces):
                without_badges = [p for p in line if p.text.strip() or not p.pictured]
                self._note(without_badges, paragraph, prose=True)

    def _note(self, pieces: Sequence[_Piece], item: _Item, *, prose: bool = False) -> None:
        """Keep what a line names, under its own title, else that of the item it belongs to."""
        plain = clipped("".join(piece.text for piece in pieces))
        own_title = _title(pieces)
        item.titled |= bool(own_title)
        item.title = title = own_title or item.title or self._title_above(plain)
        shown = title or ("" if prose else plain)
        known = papers = False
        for piece in pieces:
            if piece.href is not None:
                item.linked = True
                own = bare_title(piece.text)
                own = own if looks_like_title(own) else shown
                known |= self._finds.note_text("", own, [piece.href])
                papers |= _is_paper(piece.href)
        known |= self._finds.note_text(" ".join(piece.text for piece in pieces), shown)
        if papers and not known:
            self._finds.note_title(title)
        item.linked |= known

    def _title_above(self, plain: str) -> str:
        """The title of the item above, for a line that has only labels for its links."""
        above = (item.title for item in reversed(self._open) if item.title)
        return next(above, "") if len(plain.split()) <= _LABELS else ""

    def _close(self, item: _Item) -> None:
        if self._open:
            self._open[-1].linked |= item.linked
        if item.titled and not (item.linked or item.nests or self._about_itself):
            self._finds.note_title(item.title)

    def _take_html(self, html: str) -> None:
        html = _COMMENT.sub("", html)
        if not self._open and not re.search(r"<(?:td|li)\b", html, re.IGNORECASE):
            html = _BADGE.sub("", html)
        title = ""
        for line in _PICTURE.sub("", html).splitlines():
            title = leading_title(html_to_text(line)) or ("" if _BLOCK.search(line) else title)
            if self._finds.note_text(unescape(line), title) and self._open:
                self._open[-1].linked = True


def _pieces(children: Sequence[Token]) -> Iterator[_Piece]:
    """The words of a line, by the markup that they stand in."""
    href: str | None = None
    strong = 0
    link = _Piece("")
    for child in children:
        match child.type:
            case "link_open":
                href = str(child.attrs.get("href", ""))
                link = _Piece("", href)
            case "link_close":
                href = None
                yield link
            case "strong_open" | "em_open" | "strong_close" | "em_close":
                strong += child.nesting
            case "text" | "code_inline" | "softbreak" | "hardbreak":
                words = "\n" if child.type.endswith("break") else child.content
                if href is None:
                    yield _Piece(words, strong=strong > 0)
                else:
                    link.text += words
            case "image":
                link.pictured = True
            case "html_inline":
                yield from _html_piece(child.content)


def _html_piece(tag: str) -> Iterator[_Piece]:
    """What an HTML tag within a line adds: where it leads, or the end of a line."""
    address = re.search(r"\bhref\s*=\s*[\"']?([^\"'\s>]+)", tag, re.IGNORECASE)
    if address and tag[:2].lower() == "<a":
        yield _Piece("", unescape(address[1]))
    elif tag[:3].lower() == "<br":
        yield _Piece("\n")


def _lines(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    line: list[_Piece] = []
    for piece in pieces:
        if piece.text == "\n":
            yield line
            line = []
        else:
            line.append(piece)
    yield line


def _title(pieces: Sequence[_Piece]) -> str:
    """The title that a line names; empty where none can be told."""
    dated = is_dated("".join(piece.text for piece in pieces))
    for piece in pieces:
        if piece.href or piece.strong:
            title = bare_title(piece.text)
            cited = dated or _is_paper(piece.href or "")
            if looks_like_title(title, least=3, dated=cited):
                return title
    before: list[str] = []
    for piece in pieces:
        if piece.href is not None and before:
            break
        before.append(piece.text)
    return leading_title("".join(before))


def _is_paper(href: str) -> bool:
    """Whether an address that is no identity is a paper's."""
    try:
        parts = urlsplit(href)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return False
    return host in _PUBLISHERS or PurePosixPath(parts.path).suffix.lower() == ".pdf"
