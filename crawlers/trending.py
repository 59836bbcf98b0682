"""GitHub's page of trending repositories, https://github.com/trending.

There is no API for it, and its markup has changed about every second year, so an entry is
recognised by what held through all of them since 2014 rather than by one selector an era:

* it stands in an element of its own (``li``, ``article``) with a single heading,
* the heading holds a single link, which leads to ``/owner/name`` and reads ``owner / name``,
* something else in the element belongs to the same repository (a star button, its stargazers,
  its contributors).

That shuts out the links to sponsors, avatars, stargazers and forks, the repositories that stand
below each name on the page of trending developers (they read ``name`` alone), and lists of
repositories on topic and profile pages. Counts and languages are read by what they say or where
they lead. Looking up what the page does not tell is left to ``crawlers.github_enrich``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import quote, urlencode

from parsel import Selector

from config.settings import TrendingSettings
from crawlers.page import MOST_TAGS, has_too_many_tags, one_line, open_page, page_title
from crawlers.source import Parsed, ParsedEmpty, ParsedItems, ParsedUnparsable
from store.models import Kind, Payload, RawItem, RepositoryFacts, SourceName

Period: TypeAlias = Literal["daily", "weekly", "monthly"]

_HEADINGS = "*[self::h1 or self::h2 or self::h3 or self::h4]"
_ROW = "*[self::li or self::article]"
_PROSE = "p[not(contains(@class, 'meta'))]"
_COUNTS_LINE = ".//p[contains(@class, 'meta')]"
"""Until 2016 language and counts stood in a paragraph of their own."""
_REPOSITORY = re.compile(
    r"(?:https?://(?:www\.)?github\.com)?/([A-Za-z0-9][\w-]*)/([\w.-]+)/?", re.ASCII
)
_COUNT = re.compile(r"(\d[\d,]{0,18}(?:\.\d{1,3})?)\s?([km]?)\b", re.IGNORECASE)
_THOUSANDS = {"": 1, "k": 1_000, "m": 1_000_000}
_STARS = re.compile(r"(\d[\d,.]{0,18}\s?[km]?) stars?\b", re.IGNORECASE)
_GAINED = re.compile(_STARS.pattern + " (?:today|this week|this month)", re.IGNORECASE)
_DEVELOPERS = (
    "//a[contains(@href, '/trending/developers')]"
    "[@aria-current or @aria-selected='true' or contains(concat(' ', @class, ' '), ' selected ')]"
    " | //title[starts-with(normalize-space(), 'Trending developers')]"
)
_NOTHING = re.compile(
    r"don.?t have any trending repositories|repositories results are currently being dissected",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendingSource:
    """One trending page; a ``PageSource``."""

    settings: TrendingSettings
    github_web: str
    """Base address of the site, ``https://github.com``."""

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
        """``https://github.com/trending/c++?since=daily&spoken_language_code=zh``."""
        path = f"/{quote(self.settings.language, safe='+')}" if self.settings.language else ""
        query: dict[str, str] = {"since": self.settings.since}
        if self.settings.spoken_language:
            query["spoken_language_code"] = self.settings.spoken_language
        return f"{self.github_web.rstrip('/')}/trending{path}?{urlencode(query)}"

    @property
    def full_text(self) -> bool:
        """False: the page says all that is wanted, the rest comes from GitHub's API."""
        return False

    def parse(self, payload: Payload) -> Parsed:
        """Read an answer."""
        return parse_trending(
            payload,
            source=self.name,
            period=self.settings.since,
            section=self.settings.section,
        )

    def with_article(self, item: RawItem, article: Payload) -> RawItem:  # noqa: ARG002
        """Give the item back: a repository's own page is not read."""
        return item


def parse_trending(
    payload: Payload, *, source: SourceName, period: Period, section: str | None = None
) -> Parsed:
    """Read a page of trending repositories, in the page's order.

    `period` is what the page was asked for; the page itself says it only in words. A page that
    says that nothing is trending is empty; trending developers and any other page are
    unparsable, with what they are in the reason.
    """
    if has_too_many_tags(payload):
        return ParsedUnparsable(reason=f"the page has more than {MOST_TAGS:,} tags")
    page = open_page(payload)
    rows: list[Selector] = []
    found: dict[str, RepositoryFacts] = {}
    for row in page.xpath(f"//{_ROW}[.//{_HEADINGS}]"):
        facts = _entry(row, period, rank=len(found) + 1)
        if facts is not None:
            rows.append(row)
            found.setdefault(facts.full_name.lower(), facts)
    if not found or not _about_trends(page, rows):
        return _without_entries(page, payload)
    items = tuple(_item(facts, source, section) for facts in found.values())
    return ParsedItems(items=items, warnings=_warnings(rows, tuple(found.values())))


def _item(facts: RepositoryFacts, source: SourceName, section: str | None) -> RawItem:
    return RawItem(
        source=source,
        external_id=facts.full_name.lower(),
        url=f"https://github.com/{facts.full_name}",
        title=facts.full_name,
        kind=Kind.REPOSITORY,
        summary=facts.description or "",
        repository=facts,
        section=section,
    )


def _entry(row: Selector, period: Period, *, rank: int) -> RepositoryFacts | None:
    """Read one entry; None where the element is something else."""
    headings = row.xpath(f".//{_HEADINGS}")
    links = headings.xpath(".//a[@href]") if len(headings) == 1 else headings[:0]
    if len(links) != 1:
        return None
    match = _REPOSITORY.fullmatch(links[0].attrib["href"].strip())
    if match is None:
        return None
    full_name = f"{match[1]}/{match[2]}"
    shown = one_line(links[0]).replace(" ", "")
    if shown.lower() != full_name.lower() or not _belongs(row, full_name):
        return None
    return RepositoryFacts(
        full_name=full_name,
        description=_description(row),
        language=_language(row),
        stars=_linked_count(row, full_name, ("stargazers",)),
        forks=_linked_count(row, full_name, ("network", "forks")),
        stars_in_period=_gained(row),
        period=period,
        rank=rank,
    )


def _belongs(row: Selector, full_name: str) -> bool:
    """Whether the element speaks of the repository beyond its heading."""
    path = f"/{full_name}/".lower()
    login = f"return_to={quote(f'/{full_name}', safe='')}".lower()
    return any(
        path in address.lower() or address.lower().endswith(login)
        for address in row.xpath(".//a/@href | .//form/@action").getall()
    )


def _description(row: Selector) -> str | None:
    paragraphs = row.xpath(f".//{_PROSE}")
    return (one_line(paragraphs[0]) or None) if paragraphs else None


def _language(row: Selector) -> str | None:
    """Read the programming language: marked up as such, or the first word of the counts."""
    marked = row.xpath(".//*[@itemprop='programmingLanguage' or contains(@class, 'title-meta')]")
    if marked:
        return one_line(marked[0]) or None
    for line in row.xpath(_COUNTS_LINE):
        first = one_line(line).split("•")[0].strip()
        if first and not _STARS.search(first) and not first.startswith("Built by"):
            return first
    return None


def _linked_count(row: Selector, full_name: str, pages: tuple[str, ...]) -> int | None:
    """Read the number on the link to one of the repository's `pages`."""
    for link in row.xpath(".//a[@href]"):
        before, slash, page = link.attrib["href"].lower().partition(f"/{full_name}/".lower())
        if slash and page.startswith(pages) and "/" not in before.removeprefix("https://"):
            return _count(one_line(link))
    return None


def _gained(row: Selector) -> int | None:
    """Read how many stars came in the period; a line of counts of 2014 does not repeat which."""
    match = _GAINED.search(_said(row))
    for line in row.xpath(_COUNTS_LINE) if match is None else ():
        match = match or _STARS.search(one_line(line))
    return _count(match[1]) if match else None


def _said(row: Selector) -> str:
    """Give all words of the element but its description's, the labels of its icons included."""
    said = row.xpath(f".//text()[not(ancestor::{_PROSE})] | .//@aria-label").getall()
    return " ".join(" ".join(said).split())


def _count(text: str) -> int | None:
    """Read ``1,234`` and ``1.2k``."""
    match = _COUNT.search(text)
    if match is None:
        return None
    return round(float(match[1].replace(",", "")) * _THOUSANDS[match[2].lower()])


def _about_trends(page: Selector, rows: list[Selector]) -> bool:
    """Whether the page is GitHub's trending page rather than another list of repositories."""
    headlines = [page_title(page), *map(one_line, page.xpath("//h1 | //h2"))]
    return any(line.lower().startswith("trending") for line in headlines) or any(
        _GAINED.search(_said(row)) for row in rows
    )


def _without_entries(page: Selector, payload: Payload) -> Parsed:
    if not payload.body.strip():
        return ParsedUnparsable(reason="the answer has no content")
    for said in map(one_line, page.xpath(f"//{_HEADINGS}")):
        if _NOTHING.search(said):
            return ParsedEmpty(reason=said[:120])
    title = page_title(page)[:80]
    if page.xpath(_DEVELOPERS):
        return ParsedUnparsable(reason="a page of trending developers, not of repositories")
    return ParsedUnparsable(
        reason="no trending repositories recognised in a page "
        + (f"titled {title!r}" if title else "without a title")
    )


def _warnings(rows: list[Selector], found: tuple[RepositoryFacts, ...]) -> tuple[str, ...]:
    warnings = []
    known = {row.root for row in rows}
    lists = {entry.getparent() for entry in known}
    beside = {entry for parent in lists for entry in parent if entry.tag in {"li", "article"}}
    if strange := len(beside - known):
        warnings.append(f"{strange} entries beside the repositories were not recognised")
    if all(facts.stars is None and facts.stars_in_period is None for facts in found):
        warnings.append("no entry has a number of stars: the markup may have changed")
    return tuple(warnings)
