"""What a feed says of one thing, in one form for RSS, RDF, Atom and JSON Feed.

Formats: https://www.rssboard.org/rss-specification, RFC 4287, https://web.resource.org/rss/1.0/spec,
https://www.jsonfeed.org/version/1.1/. The XML ones are read by ``feedparser``, without its
cleaning of HTML, which costs most of its time and is of no use where only words are kept. Turning
an entry into a raw item is left to ``crawlers.feeds``.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html import escape
from time import struct_time
from typing import Any

import feedparser
import feedparser.api
from pydantic import BaseModel, ConfigDict, Field, ValidationError

_MAIL_AND_NAME = re.compile(r"^\S+@\S+ \((.+)\)$")
_CST = re.compile(r"\bCST\b")
_FROM_CENTRAL_TO_CHINA = timedelta(hours=14)
_FIRST_YEAR = 1990
"""An earlier date is a zero that somebody printed: there were no feeds."""


_STUMBLES = (AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What feedparser raises on ``<width/>`` outside an image, ``<textinput>`` after it closed …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry of a feed, as it stands there."""

    id: str = ""
    link: str = ""
    """May be relative."""
    title: str = ""
    """HTML, like the two that follow."""
    summary: str = ""
    content: str = ""
    base: str = ""
    """Where relative links in it start from (``xml:base``), where the feed says it."""
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed with its entries."""

    link: str
    """The page that the feed is about; may be relative, or empty."""
    language: str | None
    base: str
    """What relative links start from: in RSS the site, in Atom the feed itself (empty)."""
    entries: tuple[FeedEntry, ...]
    warnings: tuple[str, ...] = ()


feedparser.api.PREFERRED_XML_PARSERS = []
"""It looks for ``drv_libxml2``, which nobody has, on the whole path and for every feed."""


def read_xml_feed(xml: bytes, *, language: str | None = None) -> Feed | None:
    """Read RSS, RDF or Atom; None where its elements stand in a way that nobody foresaw.

    `language` is the feed's where the configuration knows better than the feed. Dates become UTC;
    without a zone they are taken to be UTC. ``CST`` is China's in a feed in Chinese and North
    America's otherwise.
    """
    try:
        parsed = feedparser.parse(  # type: ignore[attr-defined,no-untyped-call]
            io.BytesIO(xml),  # as a stream, since feedparser takes bytes for a file's name first
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except _STUMBLES:
        return None
    language = language or _plain(parsed.feed, "language") or None
    chinese = (language or "").lower().startswith("zh")
    link = _plain(parsed.feed, "link")
    return Feed(
        link=link,
        language=language,
        base="" if parsed.version.startswith("atom") else link,
        entries=tuple(_entry(entry, chinese=chinese) for entry in parsed.entries),
    )


def _entry(entry: dict[str, Any], *, chinese: bool) -> FeedEntry:
    contents = [content for content in entry.get("content", ()) if content.get("value")]
    # feedparser copies the content to an entry without a summary, but not the details of one.
    detail = entry.get("summary_detail") or {}
    updated = _moment(entry, "updated", chinese=chinese)
    link = _plain(entry, "feedburner_origlink") or _plain(entry, "link")
    if not entry.get("links") and not link.startswith(("http://", "https://")):
        link = ""  # feedparser takes any guid for an address where there is no link
    return FeedEntry(
        id=_plain(entry, "id"),
        link=link,
        title=_plain(entry, "title"),
        summary=_plain(entry, "summary") if detail else "",
        content="\n".join(content["value"] for content in contents),
        base=next((base for text in (*contents, detail) if (base := text.get("base"))), ""),
        published=_moment(entry, "published", chinese=chinese) or updated,
        updated=updated,
        authors=_authors(entry),
        categories=tuple(term for tag in entry.get("tags", ()) if (term := tag.get("term"))),
    )


def _plain(entry: dict[str, Any], key: str) -> str:
    value = dict.get(entry, key)
    return value.strip() if isinstance(value, str) else ""


def _authors(entry: dict[str, Any]) -> tuple[str, ...]:
    names = (str(author.get("name", "")).strip() for author in entry.get("authors", ()))
    # RSS wants "address (name)".
    names = (_MAIL_AND_NAME.sub(r"\1", name) for name in names)
    return tuple(dict.fromkeys(name for name in names if name))


_PLAIN_DATE = re.compile(
    r"\s*(\d{4})[-年/.]\s?(\d{1,2})[-月/.]\s?(\d{1,2})\s?日?"
    r"(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?\s*"
)
_CHINA = timedelta(hours=8)


def _moment(entry: dict[str, Any], key: str, *, chinese: bool) -> datetime | None:
    written = _plain(entry, key)
    # Plain dictionary access: feedparser's own gives "published" where "updated" is missing.
    parsed: struct_time | None = dict.get(entry, f"{key}_parsed")
    if plain := _PLAIN_DATE.fullmatch(written):
        return _plain_moment(plain, chinese=chinese)
    if parsed is None:
        return _mail_moment(written)
    if not _FIRST_YEAR <= parsed.tm_year <= MAXYEAR:
        return None
    moment = datetime(*parsed[:6], tzinfo=UTC)
    if chinese and _CST.search(written):
        moment -= _FROM_CENTRAL_TO_CHINA
    return moment


def _plain_moment(found: re.Match[str], *, chinese: bool) -> datetime | None:
    """Read year, month and day in that order, where feedparser takes today's month."""
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    if not moment.year >= _FIRST_YEAR:
        return None
    return moment - _CHINA if chinese else moment


def _mail_moment(written: str) -> datetime | None:
    """Read a date as in a mail but without a zone, which feedparser does not take for one."""
    try:
        return _sensible(parsedate_to_datetime(written))
    except (ValueError, OverflowError):
        return None


def _iso_moment(written: str | None) -> datetime | None:
    try:
        return _sensible(datetime.fromisoformat((written or "").strip()))
    except (ValueError, OverflowError):
        return None


def _sensible(moment: datetime) -> datetime | None:
    moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    return moment if moment.year >= _FIRST_YEAR else None


class _JsonAuthor(BaseModel):
    name: str = ""


class _JsonEntry(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str = ""
    url: str | None = None
    title: str | None = None
    content_html: str | None = None
    content_text: str | None = None
    summary: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    authors: tuple[_JsonAuthor, ...] | None = None
    author: _JsonAuthor | None = None
    """Of version 1."""


class _JsonFeed(BaseModel):
    version: str = Field(pattern=r"jsonfeed\.org/version/")
    home_page_url: str | None = None
    language: str | None = None
    items: tuple[Any, ...]


def read_json_feed(text: str, *, language: str | None = None) -> Feed | None:
    """Read a JSON Feed; None where `text` is none. Dates without a zone are taken to be UTC."""
    try:
        feed = _JsonFeed.model_validate_json(text)
    except ValidationError:
        return None
    entries = []
    for item in feed.items:
        try:
            entries.append(_json_entry(_JsonEntry.model_validate(item)))
        except ValidationError:
            continue
    broken = len(feed.items) - len(entries)
    return Feed(
        link=feed.home_page_url or "",
        language=language or feed.language,
        base=feed.home_page_url or "",
        entries=tuple(entries),
        warnings=(f"{broken} broken items left out",) if broken else (),
    )


def _json_entry(entry: _JsonEntry) -> FeedEntry:
    updated = _iso_moment(entry.date_modified)
    authors = entry.authors or ((entry.author,) if entry.author else ())
    return FeedEntry(
        id=entry.id.strip(),
        link=(entry.url or "").strip(),
        title=escape(entry.title or ""),
        summary=escape(entry.summary or ""),
        content=entry.content_html or escape(entry.content_text or ""),
        published=_iso_moment(entry.date_published) or updated,
        updated=updated,
        authors=tuple(author.name for author in authors if author.name),
    )
