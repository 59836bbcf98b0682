"""One item of an issue: its lines -> the draft, and where in the file its parts stand.

``pipeline.issue_markdown`` shows how a line of a title looks in the house style. Hands also put
the tags into the link, the source behind it, words before it, forget a bracket, or have no link
at all; what no rule knows is kept, as the first line under the title, and said to be unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from config.settings import Newsletter
from pipeline.issue_escape import (
    escape_prose,
    escape_start,
    escape_url,
    split_headline,
    unescape,
)
from pipeline.issue_lines import Block, bullet_indent, summary_mark, without_bullet
from pipeline.issue_links import TextLink, bare_links, inline_links, text_links
from pipeline.issue_reading import ItemPlace, LinkPlace, Unread
from pipeline.normalise import clean_line
from store.models import Draft, Link

_TAG = re.compile(r"\s*\[((?:\\.|[^\[\]\\])*)\](?!\(|\s*[(（]\s*https?://)\s*")
_SOURCE_BEHIND = re.compile(r"\s*[|｜丨]\s*([^\[\]]*[^\[\]\s])\s*(?=\[|$)")
_BETWEEN_LINKS = re.compile(r"[\s、，,/&]*")
_EMPHASIS = re.compile(r"(\*{1,3}|_{1,3})(.+)\1")
_UNWRAPPED = re.compile(r"\[((?:\\.|[^\[\]\\])*)\]")


@dataclass(slots=True, kw_only=True)
class _Title:
    """What stands in the line of a title."""

    tags: list[str] = field(default_factory=list)
    headline: str = ""
    """Title and source, Markdown."""
    source: str = ""
    """Markdown; where it stands behind the link."""
    url: str = ""
    linked: bool = False
    """Whether there is a link, though its address may be missing."""
    links: list[Link] = field(default_factory=list)
    rest: str = ""
    """What could not be read."""
    fault: str = ""
    """Why not, or what is wrong with what could."""


def read_item(
    block: Block, *, section: str, newsletter: Newsletter, unread: list[Unread]
) -> ItemPlace:
    """Read an item; `block` begins with its bullet. What cannot be read is added to `unread`."""
    title = _read_title(_without_emphasis(without_bullet(block.lines[0])))
    own, nested = _split_nested(block)
    mark = summary_mark(newsletter.summary_prefix)
    if mark.match(title.rest):
        own = Block(first=block.first, lines=(title.rest, *own.lines))
        title.rest = title.fault = ""
    if title.fault:
        unread.append(
            Unread(line=block.first, text=title.rest or block.lines[0].strip(), why=title.fault)
        )
    places = tuple(
        read_item(part, section=section, newsletter=newsletter, unread=unread) for part in nested
    )
    at = next((n for n, line in enumerate(own.lines) if mark.match(line)), len(own.lines))
    above, below = own.part(0, at), own.part(at)
    details = "\n".join(filter(None, [escape_start(title.rest), above.text]))
    summary, translate = _read_summary(below, mark, newsletter)
    plain = plain_summary(summary)
    headline, source = split_headline(title.headline, title.url)
    words = clean_line(unescape(headline))
    draft = Draft(
        section=section,
        tags=tuple(title.tags),
        title="" if words == title.url else words,
        source=clean_line(unescape(source or title.source)),
        url=title.url,
        links=tuple(title.links),
        summary=summary if plain is None else plain,
        markup=plain is None,
        details=details,
        translate=translate,
        items=tuple(place.draft for place in places),
    )
    return ItemPlace(
        draft=draft,
        line=block.first,
        last_line=block.last,
        summary_line=below.first if below.lines else None,
        links=(
            *_title_places(title, draft, block.first),
            *_text_places(above, "further"),
            *_text_places(below, "summary"),
        ),
        items=places,
    )


def plain_summary(markdown: str) -> str | None:
    """The plain text that is written as this Markdown; None where there is none."""
    plain: list[str] = []
    for n, line in enumerate(markdown.split("\n") if markdown else ()):
        text = clean_line(unescape(line))
        written = escape_prose(text)
        if not text or (escape_start(written) if n else written) != line:
            return None
        plain.append(text)
    return "\n".join(plain)


def _read_title(text: str) -> _Title:
    title = _Title()
    text = _take_tags(text, title)
    links = list(inline_links(text))
    if not links:
        _read_unlinked(text, title)
        return title
    link = links[0]
    title.url, title.linked = _written(link.url), True
    before, words = text[: link.start], link.markdown.strip()
    if not before.strip():
        words = _take_tags(words, title)
    unwrapped = _UNWRAPPED.fullmatch(words)
    title.headline = before + _without_emphasis(unwrapped[1] if unwrapped else words)
    _read_behind(text, links, title)
    return title


def _without_emphasis(text: str) -> str:
    """A text that is emphasised as a whole without that: a title stands out by its place."""
    found = _EMPHASIS.fullmatch(text)
    return found[2] if found else text


def _take_tags(text: str, title: _Title) -> str:
    """Move the tags that a text begins with to the title; what is left is never empty."""
    while (tag := _TAG.match(text)) and tag.end() < len(text):
        title.tags.append(clean_line(unescape(tag[1])))
        text = text[tag.end() :]
    return text.strip()


def _read_behind(text: str, links: Sequence[TextLink], title: _Title) -> None:
    """Read what follows the first link: further links, and a source that slipped out of it."""
    at = links[0].end
    found = _SOURCE_BEHIND.match(text, at)
    if found and not split_headline(title.headline, title.url)[1] and "://" not in found[1]:
        title.source = found[1]
        at = found.end()
    for link in links[1:]:
        gap = _BETWEEN_LINKS.match(text, at)
        label = _UNWRAPPED.fullmatch(link.markdown)
        url = _written(link.url)
        opened = text[gap.end() : link.start] if gap else text[at : link.start]
        boxed = opened == "[" and text[link.end : link.end + 1] == "]"
        if (opened and not boxed) or (link.url and not url):
            break
        title.links.append(
            Link(
                label=clean_line(unescape(label[1] if label else link.markdown)),
                url=url,
                brackets=boxed or label is not None,
            )
        )
        at = link.end + boxed
    title.rest = text[at:].strip()
    if title.rest:
        title.fault = "stands behind the title's link"
    if links[0].url and not title.url:
        title.rest = f"({links[0].url}) {title.rest}".rstrip()
        title.fault = "the title's link is none for the web"


def _written(url: str) -> str:
    """An address as it would be written, without the escapes of Markdown."""
    return unescape(escape_url(url))


def _read_unlinked(text: str, title: _Title) -> None:
    """Read a title without link, or with one that is broken."""
    bare = next(text_links(text), None)
    if bare is None:
        unwrapped = _UNWRAPPED.fullmatch(text)
        title.headline = unwrapped[1] if unwrapped else text
        return
    title.url, title.linked = _written(bare.url), True
    title.headline = text[: bare.start].rstrip(" [(（<").rstrip("]:： ").lstrip("[ ")
    title.rest = text[bare.end :].lstrip(" )）>]")
    title.fault = "the title's link is broken"


def _split_nested(block: Block) -> tuple[Block, list[Block]]:
    """The item's own lines under its title, and those of the items nested in it."""
    under = block.part(1)
    starts: list[int] = []
    level = 0
    for n, line in enumerate(under.lines):
        indent = bullet_indent(line)
        if not indent or (starts and indent > level):
            continue
        if _begins_with_link(without_bullet(line)):
            level = indent
            starts.append(n)
    own = under.part(0, starts[0] if starts else None)
    parts = [
        _dedented(under.part(start, stop), level)
        for start, stop in zip(starts, [*starts[1:], len(under.lines)], strict=False)
    ]
    return own, parts


def _begins_with_link(text: str) -> bool:
    text = _take_tags(text, _Title())
    link = next(inline_links(text), None)
    return link is not None and link.start == 0


def _dedented(block: Block, level: int) -> Block:
    lines = (line[min(level, len(line) - len(line.lstrip(" \t"))) :] for line in block.lines)
    return Block(first=block.first, lines=tuple(lines))


def _read_summary(block: Block, mark: re.Pattern[str], newsletter: Newsletter) -> tuple[str, bool]:
    """The 摘要 in Markdown, and whether it is marked for translation."""
    if not block.lines:
        return "", False
    first = mark.sub("", block.lines[0], count=1)
    translate = first.startswith(newsletter.translate_mark)
    if translate:
        first = first.removeprefix(newsletter.translate_mark).lstrip()
    rest = block.part(1).text
    blank = bool(rest) and not block.lines[1].strip()
    summary = "\n".join([first.rstrip(), *([""] if blank else []), rest]).rstrip("\n")
    return summary, translate and bool(summary)


def _title_places(title: _Title, draft: Draft, line: int) -> Iterator[LinkPlace]:
    if title.linked:
        headline = " | ".join(filter(None, (draft.title, draft.source)))
        yield LinkPlace(url=title.url, label=headline, line=line, role="primary")
    for text in (draft.title, draft.source):
        for link in bare_links(text):
            yield LinkPlace(url=link.url, label="", line=line, role="further")
    for further in title.links:
        yield LinkPlace(url=further.url, label=further.label, line=line, role="further")
    for link in text_links(title.rest):
        yield LinkPlace(url=link.url, label=link.words, line=line, role="further")


def _text_places(block: Block, role: str) -> Iterator[LinkPlace]:
    text = "\n".join(block.lines)
    line, at = block.first, 0
    for link in text_links(text):
        line += text.count("\n", at, link.start)
        at = link.start
        yield LinkPlace(url=link.url, label=link.words, line=line, role=role)
