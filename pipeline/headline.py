"""What stands at the head of a draft: tags, title and the medium after ``|``. Pure.

A title is the source's own. What is taken away is what stands beside it anyway: the medium's
name at its end, and what feeds add to the names of accounts. Which member of a story speaks for
it is decided by ``pipeline.draft``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote, urlsplit

from pipeline.summary import clip, width
from pipeline.venue import venue_of_paper
from store.models import Candidate, Kind

_DESCRIPTION_CHARS = 100
"""Of a repository's description, as ``pipeline.summary.width`` counts."""
_SOURCE_CHARS = 12
"""A longer tail of a title is part of the title, not the name of a medium."""

_SHARED_HOSTS = frozenset({"mp.weixin.qq.com"})
"""Hosts whose articles are known by their accounts."""

_FEED_NAME = re.compile(
    r"\s*[|｜丨·:：–—-]\s*(?:wechat[- ]?feeds|wechat2rss|we-?mp-?rss|wewe[- ]?rss|rsshub|feeddd"
    r"|(?:rss|atom)(?:\s+feed)?|feed|微信公众号|公众号|微信)\s*$"
    r"|\s+(?:rss|atom)(?:\s+feed)?\s*$"
    r"|^\s*(?:微信公众号|公众号)\s*[|｜:：-]\s*",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?P<title>.*\S)(?:\s*[|｜丨]\s*|\s+[-–—_·]+\s+)(?P<name>[^|｜丨]+)")
_BAR_TAIL = re.compile(r"(?P<title>.*\S)\s*[|｜丨]\s*(?P<name>[^|｜丨]+)")

_SHORTCODE = re.compile(r"(?<!\S):[a-z][a-z0-9_+-]*:(?!\S)")
_GITHUB = re.compile(r"https?://github\.com/([\w.-]+/[\w.-]+)", re.IGNORECASE)
_TAG = re.compile(r"/releases/tag/([^/?#]+)")
_VERSION = re.compile(r"\bv?\d+(?:\.\d+)+[\w.+-]*", re.IGNORECASE)


def tags(papers: Iterable[Candidate], venues: Iterable[str]) -> tuple[str, ...]:
    """What stands in brackets before a paper's title: its venue, else its arXiv id.

    `papers` are the members that are this paper, the primary one first; `venues` as for
    `pipeline.venue.venue_of_paper`.
    """
    names = tuple(venues)
    facts = [paper.item.paper for paper in papers if paper.item.paper is not None]
    for paper in facts:
        if venue := venue_of_paper(paper, names):
            return (venue,)
    return tuple(paper.arxiv_id for paper in facts if paper.arxiv_id)[:1]


def full_name(candidate: Candidate) -> str | None:
    """``owner/name`` of a repository or release, in the case that GitHub shows where known."""
    if candidate.item.repository is not None:
        return candidate.item.repository.full_name
    found = _GITHUB.match(candidate.item.url) or _GITHUB.match(candidate.canonical_url)
    return found[1] if found else None


def same_repository(a: Candidate, b: Candidate) -> bool:
    """Whether two candidates are a repository and itself or a release of it."""
    if not {a.kind, b.kind} <= {Kind.REPOSITORY, Kind.RELEASE}:
        return False
    return (full_name(a) or "").casefold() == (full_name(b) or "").casefold()


def description_of(candidates: Iterable[Candidate]) -> str:
    """The first description that a member of these brings, for a headline."""
    for candidate in candidates:
        facts = candidate.item.repository
        text = " ".join(_SHORTCODE.sub("", (facts and facts.description) or "").split())
        if text:
            return clip(text, _DESCRIPTION_CHARS)
    return ""


def repository_title(candidate: Candidate, description: str) -> str:
    """``owner/name: description``."""
    name = full_name(candidate)
    if name is None or candidate.item.repository is None:
        # a link handed in by hand brings no facts, but the title of its page
        return candidate.title.removeprefix("GitHub - ") or name or ""
    return f"{name}: {description}" if description else name


def release_title(candidate: Candidate, description: str) -> str:
    """``owner/name v1.2: what the release calls itself``, else with the `description`."""
    name = full_name(candidate)
    if name is None:
        return candidate.title
    tag = _TAG.search(candidate.item.url) or _TAG.search(candidate.canonical_url)
    version = _VERSION.search(candidate.title)
    called = unquote(tag[1]) if tag else version[0] if version else ""
    said = candidate.title
    for known in (name, name.partition("/")[2], "release", called, called.lstrip("vV")):
        if known:
            said = re.sub(rf"^{re.escape(known)}(?![\w.])", "", said, flags=re.IGNORECASE)
            said = said.lstrip(" :：,，|@–—-")
    head = f"{name} {called}".rstrip()
    rest = clip(said, _DESCRIPTION_CHARS) or description
    return f"{head}: {rest}" if rest else head


def article_title(candidate: Candidate, publishers: Mapping[str, str]) -> tuple[str, str]:
    """Title and medium; a medium that the title already ends with is not said twice.

    `publishers` as for `publisher_of`. A medium that is not known otherwise is read from behind
    the title's last bar, else its host stands for it.
    """
    title, source = candidate.title, publisher_of(candidate, publishers)
    names = {_folded(name) for name in (source, _plain(candidate.item.publisher)) if name}
    while (tail := _TAIL.fullmatch(title)) and _folded(_plain(tail["name"])) in names:
        title = tail["title"]
    if not source and (tail := _BAR_TAIL.fullmatch(title)) and width(tail["name"]) <= _SOURCE_CHARS:
        return tail["title"], _plain(tail["name"])
    if not source and candidate.kind is Kind.ARTICLE:
        host = _host(candidate)
        source = "" if host in _SHARED_HOSTS else host
    return title, source


def publisher_of(candidate: Candidate, publishers: Mapping[str, str]) -> str:
    """How the medium or account of an article is called; empty where nothing tells.

    `publishers` maps hosts to names; a name for ``zhihu.com`` holds for ``zhuanlan.zhihu.com``
    too. It outranks what the source calls itself, since an aggregator lists articles of others;
    but on hosts that many accounts share, the account does.
    """
    host = _host(candidate)
    account = _plain(candidate.item.publisher)
    medium = next((publishers[name] for name in _with_parents(host) if name in publishers), "")
    return account or medium if host in _SHARED_HOSTS else medium or account


def _host(candidate: Candidate) -> str:
    try:
        host = urlsplit(candidate.item.url or candidate.canonical_url).hostname
    except ValueError:  # urlsplit's way to say that it is no address
        return ""
    return (host or "").removeprefix("www.")


def _with_parents(host: str) -> Iterator[str]:
    while host:
        yield host
        yield f"www.{host}"
        host = host.partition(".")[2]


def _plain(name: str | None) -> str:
    """The name of a medium without what a feed adds to it."""
    plain = " ".join((name or "").split())
    while (shorter := _FEED_NAME.sub("", plain).strip()) != plain and shorter:
        plain = shorter
    return plain


def _folded(name: str) -> str:
    return "".join(name.casefold().split())
