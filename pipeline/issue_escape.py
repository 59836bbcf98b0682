r"""Plain text <-> the Markdown of one line of an issue.

Text stands as it is but for these escapes, which CommonMark, GitHub's renderer and Jekyll's
kramdown undo alike, and `unescape` too:

* a backslash before what would start a link, emphasis, code, a tag or a block;
* ``&amp;`` where ``&`` would start an entity, ``&#37;`` in ``{%``, which Jekyll would obey;
* in tags and labels, a backslash before every bracket;
* in a title, a backslash before what would be read as the bar that parts title and source, and
  before brackets that it begins with, which would be read as a tag.

A title keeps its other balanced brackets, a ``snake_case`` its underscores. Addresses are
percent-escaped where they would end early; one that is not for the web is left out, since a
reader would run it. Where a line stands in an issue is not known here.

https://spec.commonmark.org/0.31.2/, https://kramdown.gettalong.org/syntax.html
"""

from __future__ import annotations

import re
from collections.abc import Container
from html import unescape as read_entity
from urllib.parse import quote

from pipeline.normalise import clean_line

_BRACKETS = re.compile(r"\[[^\[\]]*\](?!\()")
_SPECIAL = re.compile(
    r"""
      [`\[\]]
    | \\(?=[!-/:-@\[-`{-~]|$)         # escapes what follows
    | (?<!\s)\* | \*(?!\s)            # emphasis, unless blanks on both sides
    | (?<!\w)_+ | _+(?!\w)            # emphasis, unless inside a word
    | (?<!/)~                         # GitHub strikes "10~20, 30~40" through; not in /~home
    | <(?=[A-Za-z/!?])                # a tag
    | !(?=\[)                         # an image
    | &(?=\#?\w+;)                    # an entity
    | (?<=\{)[{:%]                    # Liquid, and kramdown's attributes
    | (?<=\s)\#(?=\#*$)               # closes a heading
    """,
    re.VERBOSE,
)
_ENTITIES = {"&": "&amp;", "%": "&#37;"}
_ESCAPE = re.compile(
    r"\\([!-/:-@\[-`{-~])|&(?:\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{0,31});"
)
_BLOCK_START = re.compile(r"\d{1,9}[.)](?=\s|$)|[#>|]|[-+*:](?=[\s|:-]|$)|=(?==*$)")
"""Lists, headings, quotes, tables, rules and underlines; what its last character starts."""

_NO_ADDRESS = re.compile(r"[\s\"<>\\^`{|}]")
_PAIRED_PARENTHESES = re.compile(r"[^()]*(?:\([^()]*\)[^()]*)*")
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_INLINE_LINK = re.compile(r"(?<!!)\[([^\[\]]+)\]\((https?://[^\s()<>\[\]\"\\]+)\)")

_BAR = re.compile(r"\\.|[|｜丨]")
_BAR_ESCAPES = {"|": r"\|", "｜": "&#65372;", "丨": "&#20008;"}
"""Only ASCII takes a backslash."""
_NAMED_AFTER = re.compile(r"(?P<title>.*\S)\s*[:：]\s*(?P<source>[\w.-]+/[\w.-]+)")
_REPOSITORY = re.compile(r"https?://(?:www\.)?github\.com/([\w.-]+/[\w.-]+)", re.ASCII)


def escape_text(text: str) -> str:
    """Plain text as Markdown that shows it on one line, with no more escapes than needed.

    White space is folded; characters that cannot be printed are dropped.
    """
    line = clean_line(text)
    return _escape(line, kept=_balanced(line))


def escape_label(text: str) -> str:
    """As `escape_text`, for between brackets."""
    return _escape(clean_line(text))


def escape_prose(text: str) -> str:
    """As `escape_text`, where links to the web may stay links."""
    line = clean_line(text)
    pieces: list[str] = []
    start = 0
    for link in _INLINE_LINK.finditer(line):
        before = line[start : link.start()]
        pieces.append(_escape(before, kept=_balanced(before)))
        pieces.append(f"[{_escape(link[1])}]({escape_url(link[2])})")
        start = link.end()
    rest = line[start:]
    return "".join([*pieces, _escape(rest, kept=_balanced(rest))])


def escape_start(line: str) -> str:
    """Keep a line of Markdown from starting a block of its own."""
    found = _BLOCK_START.match(line)
    if not found:
        return line
    return f"{line[: found.end() - 1]}\\{line[found.end() - 1 :]}"


def escape_url(url: str) -> str:
    """An address as a Markdown link's destination; empty where it is not for the web.

    Relative addresses are for the web. Escaped is only what ends a destination or is no part of
    an address anyway, so that ``a_(b)`` stays readable.
    """
    address = clean_line(url)
    if _OTHER_SCHEME.match(address):
        return ""
    address = _NO_ADDRESS.sub(lambda found: quote(found[0]), address)
    if not _PAIRED_PARENTHESES.fullmatch(address):
        address = address.replace("(", "%28").replace(")", "%29")
    return re.sub(r"&(?=#?\w+;)", "&amp;", address)


def unescape(markdown: str) -> str:
    """The text that a line of Markdown shows, as far as escapes go; emphasis keeps its marks."""
    return _ESCAPE.sub(lambda found: found[1] or read_entity(found[0]), markdown)


def join_headline(title: str, source: str, url: str) -> str:
    """Title and source in Markdown, ``TITLE | SOURCE``; a repository as ``TITLE：OWNER/NAME``.

    The latter where the source is the repository that `url` leads to.
    """
    line = clean_line(title)
    kept = _balanced(line)
    if 0 in kept:
        kept -= {0, line.index("]")}
    head = _escape(line, kept=kept)
    tail = escape_text(source).replace("|", r"\|")
    if not tail:
        return _as_title(head, url)
    between = "：" if _is_repository_of(tail, url) else " | "
    if split_headline(head + between + tail, url) != (head, tail):
        head, tail = _escape_bars(head), _escape_bars(tail)
    return head + between + tail


def split_headline(markdown: str, url: str) -> tuple[str, str]:
    """What `join_headline` joined, still escaped; the source is empty where there is none.

    People write the bar in three scripts and forget the blanks around it, so a bar counts that
    has one on either side, or that stands between Chinese. The last one parts.
    """
    for bar in reversed([bar for bar in _BAR.finditer(markdown) if len(bar[0]) == 1]):
        before, after = markdown[: bar.start()], markdown[bar.end() :]
        if not before.strip() or not after.strip():
            continue
        blank = before[-1].isspace() or after[0].isspace()
        if blank or (bar[0] != "丨" and not before[-1].isascii() and not after[0].isascii()):
            return before.strip(), after.strip()
    named = _NAMED_AFTER.fullmatch(markdown)
    if named and _is_repository_of(named["source"], url):
        return named["title"], named["source"]
    return markdown.strip(), ""


def _as_title(head: str, url: str) -> str:
    """Keep a title that has no source from being read as one that has."""
    if split_headline(head, url)[1]:
        head = _escape_bars(head)
    if split_headline(head, url)[1]:
        head = "\\/".join(head.rsplit("/", 1))
    return head


def _is_repository_of(source: str, url: str) -> bool:
    found = _REPOSITORY.match(url)
    return found is not None and found[1].casefold() == source.casefold()


def _escape_bars(markdown: str) -> str:
    return _BAR.sub(lambda bar: _BAR_ESCAPES.get(bar[0], bar[0]), markdown)


def _escape(line: str, kept: Container[int] = ()) -> str:
    """Escape a line but for the places that are `kept`."""

    def escape(found: re.Match[str]) -> str:
        if found.start() in kept:
            return found[0]
        return _ENTITIES.get(found[0]) or "".join(f"\\{c}" for c in found[0])

    return _SPECIAL.sub(escape, line)


def _balanced(line: str) -> frozenset[int]:
    """The places of brackets that stand in pairs, not nested, and before no parenthesis."""
    pairs = _BRACKETS.finditer(line)
    return frozenset(place for pair in pairs for place in (pair.start(), pair.end() - 1))
