"""Links in the Markdown of an issue, in all the forms in which people write them.

A link has words (``[words](address)``, an image's too) or is an address alone, which often
follows what it leads to: ``代码：https://…``. Brackets are matched as CommonMark does it; what it
would not take for a link but a reader does is one as well: a blank before the address, its
brackets full-width, left open at the end of a line or closed only on the next.

https://spec.commonmark.org/0.31.2/#links
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.issue_escape import unescape
from pipeline.normalise import clean_line
from store.models import Draft, Link

_BRACKET = re.compile(r"\\.|[\[\]]", re.DOTALL)
_DESTINATION = re.compile(
    r"""
      \(\s*<?(?P<strict>[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?
        (?:\s+(?:"[^"\n]*"|'[^'\n]*'))?\s*\)
    | [ ]?[(（]\s*(?P<loose>https?://[^\s()<>（）]+)\s*(?:[)）]|$)
    """,
    re.VERBOSE | re.MULTILINE,
)
_BARE = re.compile(r"https?://(?:\\?[!#-;=?-\[\]_a-z~])+", re.ASCII)
"""ASCII without quotes, angle brackets, bar and braces, or escaped: Chinese ends an address."""
_AFTER = ".,;:!?'*([\\"
"""What belongs to the sentence when it ends an address."""
_OPENING = {")": "(", "]": "["}
_LABEL = re.compile(r"(?:^|[。；！？，、：:;()（）])([^。；！？，、：:;()（）]+)[:：][ ]*$")
_LIST_MARK = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)、])\s+")
_LABELLED = re.compile(r"\s*([^\s：:][^：:\n]{0,11})[:：][ ]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLink:
    """A link in a text."""

    start: int
    end: int
    url: str
    """Without the escapes of Markdown."""
    markdown: str
    """Its words as they stand; empty for a bare address."""
    label: str
    """What a reader takes it for: its words, or what stands before a bare address."""

    @property
    def words(self) -> str:
        """Its words; empty for a bare address."""
        return clean_line(unescape(self.markdown))


def inline_links(text: str) -> Iterator[TextLink]:
    """The links with words, in order; none within another."""
    end = 0
    for start, close in _bracket_pairs(text):
        found = _DESTINATION.match(text, close + 1) if start >= end else None
        if found is None:
            continue
        end = found.end()
        markdown = text[start + 1 : close]
        yield TextLink(
            start=start,
            end=end,
            url=unescape(found["strict"] or found["loose"] or ""),
            markdown=markdown,
            label=clean_line(unescape(markdown)),
        )


def text_links(text: str) -> Iterator[TextLink]:
    """Every link to somewhere else, in order: those with words, and addresses alone."""
    end = 0
    for link in inline_links(text):
        yield from bare_links(text, end, link.start)
        if re.search(r"[/:]", link.url):
            yield link
        end = link.end
    yield from bare_links(text, end)


def bare_links(text: str, start: int = 0, end: int | None = None) -> Iterator[TextLink]:
    """The addresses that stand alone in a part of a text, which has no other links."""
    for found in _BARE.finditer(text, start, len(text) if end is None else end):
        url = _trimmed(found[0])
        yield TextLink(
            start=found.start(),
            end=found.start() + len(url),
            url=unescape(url),
            markdown="",
            label=_label_before(text[max(start, found.start() - 200) : found.start()]),
        )


def item_links(draft: Draft) -> tuple[Link, ...]:
    """Every link of an item beside the one of its title, in order, without those of nested items.

    Those behind the title, on the lines under it, and in the 摘要, repeated ones included. A line
    that is only ``标题：[…](address)`` is labelled by what stands before the colon.
    """
    links = [
        Link(label=link.label, url=link.url)
        for text in (draft.title, draft.source)
        for link in bare_links(text)
    ]
    links += draft.links
    for line in draft.details.split("\n"):
        found = list(text_links(line))
        label = _LABELLED.match(line)
        if label and len(found) == 1 and line[: found[0].start] == label[0]:
            links.append(Link(label=clean_line(unescape(label[1])), url=found[0].url))
        else:
            links += (Link(label=link.label, url=link.url) for link in found)
    links += (Link(label=link.label, url=link.url) for link in text_links(draft.summary))
    return tuple(links)


def _trimmed(address: str) -> str:
    """An address without what closes the sentence or the bracket around it."""
    depth = {"(": 0, "[": 0}
    for place, character in enumerate(address):
        if character in depth:
            depth[character] += 1
        elif opening := _OPENING.get(character):
            depth[opening] -= 1
            if depth[opening] < 0:
                address = address[:place]
                break
    return address.rstrip(_AFTER)


def _label_before(text: str) -> str:
    line = text.rpartition("\n")[2]
    mark = _LIST_MARK.match(line)
    found = _LABEL.search(line[mark.end() :] if mark else line)
    return clean_line(unescape(found[1])) if found else ""


def _bracket_pairs(text: str) -> list[tuple[int, int]]:
    """Places of brackets that belong together, by the opening one."""
    open_ones: list[int] = []
    pairs: list[tuple[int, int]] = []
    for found in _BRACKET.finditer(text):
        if found[0] == "[":
            open_ones.append(found.start())
        elif found[0] == "]" and open_ones:
            pairs.append((open_ones.pop(), found.start()))
    return sorted(pairs)
