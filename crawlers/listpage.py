"""Pages that list articles, for media without a feed: read with CSS selectors.

The selectors stand in the configuration (``config.settings.ListSettings``), so that another
medium, or the same after a relaunch, is a matter of configuration. A page on which the selector
of an entry finds nothing is unparsable rather than empty: that is how a relaunch shows. Reading
the articles behind the entries is left to ``crawlers.article``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from cssselect import SelectorError
from parsel import Selector

from config.settings import ListSettings
from crawlers.article import read_article
from crawlers.page import (
    MOST_TAGS,
    absolute,
    base_address,
    has_too_many_tags,
    one_line,
    open_page,
    page_title,
)
from crawlers.source import Parsed, ParsedEmpty, ParsedItems, ParsedUnparsable
from store.models import Payload, RawItem, SourceName

_MOST_DEEP = 100
"""Elements around an entry; each entry is looked through with all that it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSource:
    """One list page; a ``PageSource``."""

    settings: ListSettings
    zone: ZoneInfo
    """Zone of the dates on the page: the newsletter's."""

    @property
    def name(self) -> SourceName:
        """The name in the configuration."""
        return SourceName(self.settings.name)

    @property
    def kind(self) -> str:
        """The kind in the configuration."""
        return self.settings.kind

    @property
    def url(self) -> str:
        """The address in the configuration."""
        return self.settings.url

    @property
    def full_text(self) -> bool:
        """Whether the configuration asks for the articles behind the entries."""
        return self.settings.full_text

    def parse(self, payload: Payload) -> Parsed:
        """Read an answer."""
        return parse_list(payload, self.settings, self.zone)

    def with_article(self, item: RawItem, article: Payload) -> RawItem:
        """Complete an item from its own page."""
        return read_article(item, article)


def parse_list(payload: Payload, settings: ListSettings, zone: tzinfo) -> Parsed:
    """Read the entries that `settings` select, in the page's order.

    Addresses are resolved against the page's own (or its ``<base>``). Dates are taken to be in
    `zone` where they do not say otherwise; one that cannot be read is missing, not a fault.
    Entries without a link or a title, and repetitions of an address, are left out.
    """
    fault = _selector_fault(settings)
    if fault:
        return ParsedUnparsable(reason=fault)
    if has_too_many_tags(payload):
        return ParsedUnparsable(reason=f"the page has more than {MOST_TAGS:,} tags")
    page = open_page(payload)
    entries = [
        entry
        for entry in page.css(settings.item)
        if not isinstance(entry.root, str) and not _is_deep(entry)
    ]
    if not entries:
        return _without_entries(page, settings)
    base = base_address(page, payload)
    read = [_read_entry(entry, settings, base, zone, payload.fetched_at) for entry in entries]
    items: dict[str, RawItem] = {}
    for item in read:
        if item is not None:
            items.setdefault(item.url, item)
    if not items:
        return ParsedUnparsable(
            reason=f"{len(entries)} entries match {settings.item!r}, none has a link and a title"
        )
    return ParsedItems(
        items=tuple(items.values()), warnings=_warnings(tuple(items.values()), read, settings)
    )


def _selector_fault(settings: ListSettings) -> str | None:
    nothing = Selector(text="<html/>", type="html")
    for key in ("item", "link", "title", "summary", "date", "empty"):
        selector: str = getattr(settings, key)
        try:
            if selector:
                nothing.css(selector)
        except (SelectorError, ValueError) as error:
            return f"the {key} selector {selector!r} is no CSS selector: {error}"
    return None


def _is_deep(entry: Selector) -> bool:
    """Whether an entry stands where none does, in the depth of entries that were never closed."""
    outer = entry.root
    for _ in range(_MOST_DEEP):
        outer = outer.getparent()
        if outer is None:
            return False
    return True


def _without_entries(page: Selector, settings: ListSettings) -> Parsed:
    if settings.empty and page.css(settings.empty):
        return ParsedEmpty(reason=f"the page has what {settings.empty!r} selects")
    title = page_title(page)[:80]
    return ParsedUnparsable(
        reason=f"the item selector {settings.item!r} matches nothing in a page "
        + (f"titled {title!r}" if title else "without a title")
    )


def _read_entry(
    entry: Selector, settings: ListSettings, base: str, zone: tzinfo, seen: datetime
) -> RawItem | None:
    """Read one entry; None where it has no link or no title."""
    links = [
        (address, link)
        for link in entry.css(settings.link)
        if (address := absolute(base, _value(link, "href"))) is not None
    ]
    if not links:
        return None
    address = links[0][0]
    # The first link of an entry is often its picture, and the headline links there once more.
    headlines = (
        entry.css(settings.title)
        if settings.title
        else [link for other, link in links if other == address]
    )
    title = next(filter(None, map(one_line, headlines)), "")
    if not title and not settings.title:
        title = " ".join(links[0][1].attrib.get("title", "").split())
    if not title:
        return None
    summaries = entry.css(settings.summary) if settings.summary else []
    dates = entry.css(settings.date)[:1] if settings.date else []
    return RawItem(
        source=SourceName(settings.name),
        external_id=address,
        url=address,
        title=title,
        summary=next(filter(None, map(one_line, summaries)), ""),
        published=next((_date(date, settings.date_format, zone, seen) for date in dates), None),
        publisher=settings.label,
        language=settings.language,
        section=settings.section,
    )


def _value(node: Selector, attribute: str) -> str:
    """Give an element's attribute; a selector may also have picked the value (``::attr``)."""
    return node.root if isinstance(node.root, str) else node.attrib.get(attribute, "")


def _date(node: Selector, pattern: str, zone: tzinfo, seen: datetime) -> datetime | None:
    """Read a date, as UTC, from the ``datetime`` of its element or else from its words."""
    for written in (_value(node, "datetime").strip(), one_line(node)):
        try:
            found = _by_pattern(written, pattern, zone, seen) if pattern else None
            return (found or _in_zone(datetime.fromisoformat(written), zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def _by_pattern(written: str, pattern: str, zone: tzinfo, seen: datetime) -> datetime | None:
    """Read a date by a ``strptime`` pattern; None where it has another form.

    A pattern without a year means the latest such day that is not after the page was `seen`.
    """
    if any(directive in pattern for directive in ("%Y", "%y", "%G", "%c", "%x")):
        return _strptime(written, pattern, zone)
    year = seen.astimezone(zone).year
    for candidate in (year, year - 1):
        found = _strptime(f"{candidate} {written}", f"%Y {pattern}", zone)
        if found is not None and found <= seen + timedelta(days=1):
            return found
    return None


def _strptime(written: str, pattern: str, zone: tzinfo) -> datetime | None:
    try:
        return _in_zone(datetime.strptime(written, pattern), zone)  # noqa: DTZ007 - zone follows
    except (ValueError, re.error):  # A pattern with "%d" twice makes a wrong expression.
        return None


def _in_zone(moment: datetime, zone: tzinfo) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _warnings(
    items: tuple[RawItem, ...], read: list[RawItem | None], settings: ListSettings
) -> tuple[str, ...]:
    warnings = []
    if left_out := read.count(None):
        warnings.append(f"{left_out} entries without a link or a title left out")
    undated = sum(item.published is None for item in items)
    if settings.date and undated:
        warnings.append(f"{undated} of {len(items)} entries have no date that could be read")
    return tuple(warnings)
