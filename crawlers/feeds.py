"""Feeds: RSS, RDF, Atom and JSON Feed, also those that a bridge makes of WeChat accounts.

A feed goes through three steps, each of which takes what real feeds do wrong: bytes to text
(``crawlers.feed_charset``), text to entries (``crawlers.feed_xml`` and ``crawlers.feed_entry``),
and here entries to raw items, each with an id of its own. Reading the article behind an item is
left to ``crawlers.article``, downloading to ``crawlers.crawl``.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, replace

from config.settings import FeedSettings, WechatSettings
from crawlers.article import read_article
from crawlers.arxiv_announcement import announced_paper
from crawlers.feed_charset import feed_text
from crawlers.feed_entry import Feed, FeedEntry, read_json_feed, read_xml_feed
from crawlers.feed_xml import MOST_TAGS, ExcessError, feed_xml, has_too_many_tags
from crawlers.markup import html_to_text, links_in, title_text
from crawlers.page import absolute, open_page, page_title
from crawlers.source import Parsed, ParsedEmpty, ParsedItems, ParsedUnparsable
from store.models import Payload, RawItem, SourceName

_LONGEST_BEGINNING = 60
"""Characters of its text that an item without a title is called by."""
_AROUND = "\0\ufeff \t\r\n"
_FEED_TYPES = "application/rss+xml application/atom+xml application/feed+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSource:
    """One feed; a ``PageSource``."""

    name: SourceName
    url: str
    kind: str = "feed"
    publisher: str | None = None
    language: str | None = None
    section: str | None = None
    full_text: bool = False

    @classmethod
    def configured(
        cls, settings: FeedSettings | WechatSettings, url: str | None = None
    ) -> FeedSource:
        """Make the source of a configuration; `url` is where a bridge has a WeChat account."""
        return cls(
            name=SourceName(settings.name),
            url=url or settings.url or "",
            kind=settings.kind,
            publisher=settings.label,
            language=settings.language,
            section=settings.section,
            full_text=settings.full_text,
        )

    def parse(self, payload: Payload) -> Parsed:
        """Read an answer."""
        return parse_feed(
            payload,
            source=self.name,
            publisher=self.publisher,
            language=self.language,
            section=self.section,
        )

    def with_article(self, item: RawItem, article: Payload) -> RawItem:
        """Complete an item from its own page."""
        return read_article(item, article)


def parse_feed(
    payload: Payload,
    *,
    source: SourceName,
    publisher: str | None = None,
    language: str | None = None,
    section: str | None = None,
) -> Parsed:
    """Read the items of a feed, in its order.

    `language` is the feed's own where not given. An item's ``summary`` is its description or
    summary and its ``text`` its content, both as plain text; what only repeats the title is left
    out, and so is an item that has neither a title nor a text. Dates are UTC (see
    ``crawlers.feed_entry``). Relative links start from ``xml:base``, in RSS else from the
    channel's link, and else from the address that answered.
    """
    feed = _read(payload, language)
    if isinstance(feed, ParsedUnparsable):
        return feed
    if not feed.entries:
        if feed.warnings:
            return ParsedUnparsable(reason=feed.warnings[0])
        return ParsedEmpty(reason="the feed has no items")
    template = RawItem(
        source=source,
        external_id="",
        url="",
        title="",
        publisher=publisher,
        language=feed.language,
        section=section,
    )
    return _parsed(feed, payload, template)


def _read(payload: Payload, language: str | None) -> Feed | ParsedUnparsable:
    text = feed_text(payload).strip(_AROUND)
    if not text:
        return ParsedUnparsable(reason="the answer is empty")
    if text.startswith("{"):
        json_feed = read_json_feed(text, language=language)
        return json_feed or ParsedUnparsable(reason="the answer is JSON, but no JSON Feed")
    if has_too_many_tags(text):
        return ParsedUnparsable(reason=f"the answer has more than {MOST_TAGS:,} tags")
    try:
        document = feed_xml(text)
    except ExcessError as excess:
        return ParsedUnparsable(reason=f"the answer has {excess}")
    if document is None:
        return ParsedUnparsable(reason=_what_it_is(payload, text))
    feed = read_xml_feed(document.xml, language=language)
    if feed is None:
        return ParsedUnparsable(reason="the feed's elements stand where none belong")
    return replace(feed, warnings=document.warnings)


def _parsed(feed: Feed, payload: Payload, template: RawItem) -> Parsed:
    base = absolute(payload.url, feed.base) or payload.url
    read = [(entry, _item(entry, base, template)) for entry in feed.entries]
    kept = [(entry, item) for entry, item in read if item.title]
    if not kept:
        return ParsedUnparsable(reason=f"none of {len(read)} items has a title or a text")
    warnings = list(feed.warnings)
    if left_out := len(read) - len(kept):
        warnings.append(f"{left_out} items without a title and a text left out")
    items = _told_apart(kept)
    return ParsedItems(items=items, warnings=tuple(warnings))


def _item(entry: FeedEntry, base: str, template: RawItem) -> RawItem:
    """Make an item of an entry; without a title where the entry has neither that nor a text."""
    base = absolute(base, entry.base) or base
    url = (entry.link and absolute(base, entry.link)) or ""
    title = title_text(entry.title)
    summary, text = (
        "" if words == title else words
        for words in (html_to_text(entry.summary), html_to_text(entry.content))
    )
    links = dict.fromkeys(
        links_in(entry.summary, url or base) + links_in(entry.content, url or base)
    )
    links.pop(url, None)
    return replace(
        template,
        external_id=entry.id or url,
        url=url,
        title=title or _beginning(summary or text),
        summary=summary,
        text="" if text == summary else text,
        published=entry.published,
        updated=entry.updated,
        authors=entry.authors,
        links=tuple(links),
    )


def _beginning(text: str) -> str:
    line = text.partition("\n")[0]
    if len(line) <= _LONGEST_BEGINNING:
        return line
    return line[:_LONGEST_BEGINNING].rstrip() + "…"


def _told_apart(kept: list[tuple[FeedEntry, RawItem]]) -> tuple[RawItem, ...]:
    """Give each item under an id that no other has.

    An item that stands there twice, word for word, is given twice; of two that go by one id and
    address and say different things, the first, since that is the later word.

    The id is the guid, else the link, else a hash. Some feeds have the same for different items.
    All of these then get what tells them apart added, not only the later ones: the next feed
    will have another one in front of them, and what they are called must not move on.
    """
    different: dict[tuple[str, str], RawItem] = {}
    told: list[tuple[str, FeedEntry, RawItem]] = []
    for entry, item in kept:
        difference = item.url if entry.id and item.url else _hash(item)
        if different.setdefault((item.external_id, difference), item) == item:
            told.append((difference, entry, item))
    uses = Counter(external_id for external_id, _ in different)
    items = []
    for difference, entry, item in told:
        own_id = item.external_id
        if uses[own_id] > 1 or not own_id:
            own_id = f"{own_id} {difference}".strip()
        items.append(announced_paper(replace(item, external_id=own_id), entry.categories))
    return tuple(items)


def _hash(item: RawItem) -> str:
    said = "\n".join((item.title, item.summary, item.text))
    return "sha256:" + hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]


def _what_it_is(payload: Payload, text: str) -> str:
    """Say what an answer that is no feed is instead, and what feed it names if it names one."""
    root = re.search(r"<([A-Za-z][\w.:-]*)", text)
    if root is None:
        return "the answer is neither XML nor JSON"
    if root[1].lower() not in {"html", "head", "body", "script", "meta"}:
        return f"the answer is no feed; its root element is <{root[1]}>"
    page = open_page(payload)
    title = page_title(page)[:80]
    named = next(
        (
            link.attrib["href"]
            for link in page.css("link[rel~=alternate][href]")
            if link.attrib.get("type", "").lower() in _FEED_TYPES.split()
        ),
        None,
    )
    reason = f"the answer is a page{f' titled {title!r}' if title else ''}, no feed"
    address = absolute(payload.url, named) if named else None
    return f"{reason}; it names {address} as its feed" if address else reason
