"""Reads a list that is an HTML page: where its links lead, and the ids in its text."""

from __future__ import annotations

from parsel import Selector

from crawlers.markup import html_to_text
from crawlers.page import absolute, one_line
from pipeline.identity import mentions
from pipeline.references.found import (
    Finds,
    bare_title,
    clipped,
    leading_title,
    looks_like_title,
)
from store.references import ReferenceItem

_AROUND = "(ancestor::li | ancestor::tr | ancestor::p | ancestor::dd)[last()]"


def read_web_page(html: str, *, url: str = "") -> tuple[ReferenceItem, ...]:
    """Give the papers and repositories that a page names, each once, in order. Never raises.

    Relative links start from `url`.
    """
    finds = Finds()
    titles: dict[object, str] = {}
    page = Selector(text=html or "<html/>", type="html")
    for link in page.xpath("//a[@href]"):
        address = absolute(url, link.attrib["href"]) or link.attrib["href"]
        keys = mentions("", [address])
        if not keys:
            continue
        title = bare_title(one_line(link))
        if not looks_like_title(title, least=3):
            around = next(iter(link.xpath(_AROUND)), link)
            if around.root not in titles:
                words = one_line(around)
                titles[around.root] = leading_title(words) or clipped(words)
            title = titles[around.root]
        finds.note(keys, title)
    finds.note_text(html_to_text(html))
    return finds.items()
