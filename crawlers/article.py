"""An article's own page: completes an item that a list or a feed announced, or makes one.

WeChat's pages are read by ``crawlers.wechat``; in any other, trafilatura finds the article. It
gives dates as days only, so a time that comes from such a page is midnight UTC of its day.
Fetching the page, and deciding for which items that is worth it, is left to the spider.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import trafilatura
from lxml import etree
from trafilatura.settings import Document, use_config
from trafilatura.xml import xmltotxt

from crawlers.page import absolute, first_words, open_page, page_text, page_title
from crawlers.source import Parsed, ParsedItems, ParsedUnparsable
from crawlers.wechat import is_expiring, is_wechat_page, parse_wechat_article
from store.models import Payload, RawItem, SourceName

logger = logging.getLogger(__name__)

_LONGEST_PAGE = 2_000_000
_MOST_TAGS = 30_000
"""Of characters and of tags no more are looked at, far more than an article with its menus has:
the time that trafilatura takes grows faster than the page."""
_LONGEST_TITLE = 300

_CONFIG = use_config()
_CONFIG.set("DEFAULT", "MIN_EXTRACTED_SIZE", "100")
"""Characters below which trafilatura takes the whole page for want of an article. Its own 250 is
meant for alphabets; in Chinese that is a post of several paragraphs."""

for _library in ("trafilatura", "htmldate", "courlan", "justext"):
    # They report every page without an article as an error; here that is an ordinary answer.
    logging.getLogger(_library).setLevel(logging.CRITICAL)


def read_article(item: RawItem, payload: Payload) -> RawItem:
    """Complete `item` from its own page.

    What the item has stays, but for the text where the page's is longer, and on a WeChat page
    the account, and the address where it is about to expire and the page tells the lasting one.
    The links of the page's article are added. A page without an article leaves the item as it
    is. Never raises.
    """
    if not is_wechat_page(payload):
        found = _read_page(payload, item.source, payload.url)
        return _completed(item, found) if found.text else item
    parsed = parse_wechat_article(payload, source=item.source)
    if not isinstance(parsed, ParsedItems):
        return item
    (found,) = parsed.items
    item = replace(item, publisher=found.publisher or item.publisher)
    if (item.expiring or is_expiring(item.url)) and not found.expiring:
        item = replace(item, url=found.url, expiring=False)
    return _completed(item, found)


def page_item(payload: Payload, *, source: SourceName, url: str) -> Parsed:
    """Make an item of any page, for an address that a person hands in.

    `url` is what was handed in: the item's id, and its address too, except on WeChat's pages,
    which tell their lasting one. A page without a title is unparsable. Never raises.
    """
    if is_wechat_page(payload):
        return parse_wechat_article(payload, source=source)
    item = _read_page(payload, source, url)
    if not item.title:
        return ParsedUnparsable(reason="the page has no title")
    return ParsedItems(items=(item,))


def _completed(item: RawItem, found: RawItem) -> RawItem:
    url = item.url or found.url
    return replace(
        item,
        url=url,
        title=item.title or found.title,
        kind=item.kind or found.kind,
        summary=item.summary or found.summary,
        text=max(item.text, found.text, key=len),
        published=item.published or found.published,
        authors=item.authors or found.authors,
        publisher=item.publisher or found.publisher,
        language=item.language or found.language,
        links=tuple(link for link in dict.fromkeys(item.links + found.links) if link != url),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Extract:
    """What trafilatura found in a page; empty fields for what it did not."""

    title: str = ""
    text: str = ""
    links: tuple[str, ...] = ()
    published: datetime | None = None
    author: str = ""
    site: str = ""


def _read_page(payload: Payload, source: SourceName, url: str) -> RawItem:
    """Read a page that is none of WeChat's; the title is empty where it has none."""
    page = open_page(payload)
    try:
        article = _extract(payload)
    except Exception as error:  # noqa: BLE001 - odd pages trip its assertions
        logger.warning("trafilatura failed on %s: %r", payload.url, error)
        article = _Extract()
    title = first_words(page, "//meta[@property='og:title']/@content")
    author = article.author or first_words(page, "//meta[@name='author']/@content")
    return RawItem(
        source=source,
        external_id=url,
        url=url,
        title=(title or article.title or page_title(page))[:_LONGEST_TITLE].strip(),
        summary=first_words(
            page,
            "//meta[@property='og:description']/@content",
            "//meta[@name='description']/@content",
        ),
        text=article.text,
        published=article.published,
        authors=tuple(name for part in author.split(";") if (name := part.strip())),
        publisher=article.site or None,
        language=first_words(page, "/html/@lang") or None,
        links=tuple(link for link in dict.fromkeys(article.links) if link != url),
    )


def _extract(payload: Payload) -> _Extract:
    markup = page_text(payload)[:_LONGEST_PAGE]
    found = trafilatura.bare_extraction(
        "<".join(markup.split("<", _MOST_TAGS)[:_MOST_TAGS]),
        url=payload.url,
        with_metadata=True,
        include_comments=False,
        include_links=True,
        config=_CONFIG,
        # Searched extensively, any year on the page makes a first of January: better no date.
        date_extraction_params={
            "original_date": True,
            "extensive_search": False,
            "max_date": payload.fetched_at.strftime("%Y-%m-%d"),
        },
    )
    if not isinstance(found, Document):
        return _Extract()
    links = [absolute(payload.url, link.get("target", "")) for link in found.body.iter("ref")]
    etree.strip_tags(found.body, "ref")
    return _Extract(
        title=_line(found.title),
        text=xmltotxt(found.body, False).strip(),
        links=tuple(link for link in links if link is not None),
        published=_midnight(found.date),
        author=_line(found.author),
        # Without a name in the page, trafilatura gives the host's, which names no medium.
        site=_line(found.sitename) if found.sitename != found.hostname else "",
    )


def _line(value: str | None) -> str:
    return " ".join((value or "").split())


def _midnight(day: str | None) -> datetime | None:
    return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC) if day else None
