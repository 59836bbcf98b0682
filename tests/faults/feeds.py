"""Well-formed feeds, and what is true of them: each item's title begins with a mark of its own."""

from __future__ import annotations

import random
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.bench.server import WORDS

ITEMS = 8
"""In the feed of the hostile source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of a feed; `title` begins with its `mark`."""

    mark: str
    title: str
    link: str
    guid: str
    date: str = "Sun, 01 Mar 2026 08:00:00 GMT"
    extra: str = ""
    """XML inside the item."""

    @property
    def xml(self) -> str:
        return (
            f"<item><title>{escape(self.title)}</title><link>{escape(self.link)}</link>"
            f'<guid isPermaLink="false">{escape(self.guid)}</guid><pubDate>{self.date}</pubDate>'
            f"{self.extra}</item>"
        )


def items(host: str, letter: str, count: int = ITEMS, start: int = 1) -> tuple[Item, ...]:
    """Give the items ``X001`` … of a site."""
    found = []
    for number in range(start, start + count):
        rng = random.Random(f"{host} {number}")
        mark = f"{letter}{number:03}"
        words = "".join(rng.sample(WORDS, 7))
        link = f"https://{host}/articles/{number}"
        found.append(Item(mark=mark, title=f"{mark} {words}", link=link, guid=f"{host}/{number}"))
    return tuple(found)


GOOD = items("hostile.example", "H")
MARKS = tuple(item.mark for item in GOOD)


def rss(entries: tuple[Item, ...] = GOOD, *, head: str = "", prolog: str = "") -> bytes:
    """Give an RSS feed of `entries`."""
    prolog = prolog or '<?xml version="1.0" encoding="utf-8"?>'
    xml = "".join(item.xml for item in entries)
    text = (
        f'{prolog}<rss version="2.0"><channel><title>源</title>'
        f"<link>https://hostile.example/</link>{head}{xml}</channel></rss>"
    )
    return text.encode("utf-8", "surrogatepass")


FEED = rss()
