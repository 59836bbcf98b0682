"""Is a link alive? Asked for the links of an issue before it is published.

Each address is asked with HEAD, which sends no body, and again with GET where that is refused,
since many servers answer HEAD with whatever comes to their mind. WeChat answers 200 for a deleted
article, so its pages are read. What is alive, gone or leads elsewhere is a value; what cannot be
told (a server in trouble, a page for its own members, a visitor taken for a machine) is unknown
and no verdict.

``robots.txt`` is not asked: it speaks to crawlers that find addresses by themselves (RFC 9309,
section 1), and these are the few that an editor chose, opened once each as a reader would. The
pauses and limits of every host are kept all the same.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

import tldextract
from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError

from config.errors import SourceError
from config.settings import Network
from crawlers.crawl import run_errand
from crawlers.refusal import host_of
from crawlers.source import ParsedItems, ParsedRefusal
from crawlers.spiders.failures import passing
from crawlers.spiders.pages import Ask
from crawlers.wechat import HOST as WECHAT
from crawlers.wechat import parse_wechat_article
from store.models import Payload

LinkStatus: TypeAlias = Literal["alive", "redirected", "gone", "unknown"]

_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_HOME = re.compile(r"/*(?:(?:index|default|home|main)(?:\.\w{2,5})?/?)?", re.IGNORECASE)
_SIGN_IN = re.compile(
    r"(?:^|[/.?&=_-])(?:log-?in|sign-?in|passport|sso|auth|captcha|verify|challenge|unhuman)"
    r"(?=$|[/.?&=_-])",
    re.IGNORECASE,
)
"""Where servers send visitors whom they do not know."""
_RESOLVERS = frozenset({"doi.org", "handle.net"})
"""Domains whose addresses are lasting names, made to lead to another site."""
_OFFLINE = "no name could be looked up: is there a connection at all?"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """What became of an address."""

    url: str
    """As given."""
    status: LinkStatus
    """``redirected`` is what leads to another site or a bare home page; a redirect to another
    page of the same site is alive."""
    final_url: str
    """Where it leads; the address itself where it leads nowhere."""
    cause: str = ""
    """One line for a person; empty for what is alive."""


def check_links(
    urls: Sequence[str],
    *,
    network: Network,
    now: datetime,
    progress: Callable[[LinkState], None],
) -> list[LinkState]:
    """Say of each address, once and in the given order, whether it is alive.

    `progress` gets each state as soon as it is known, on the crawl's thread. Where not one name
    can be looked up, the fault is taken to be this side's and nothing is called gone; that is
    known only at the end, so it shows in what is returned. Never fails because of an address.
    """
    found: dict[str, LinkState] = {}
    nameless: set[str] = set()

    async def errand(ask: Ask) -> None:
        async with asyncio.TaskGroup() as group:
            for url in dict.fromkeys(urls):
                group.create_task(one(url, ask))

    async def one(url: str, ask: Ask) -> None:
        try:
            state = await _look(url, ask)
        except SourceError as error:
            if isinstance(error.__cause__, CannotResolveHostError):
                nameless.add(url)
            state = _failed(url, error)
        found[url] = state
        progress(state)

    def broken(cause: str) -> None:
        for url in urls:
            if url not in found:
                found[url] = LinkState(url=url, status="unknown", final_url=url, cause=cause)
                progress(found[url])

    if urls:
        polite = network.model_copy(update={"obey_robots": False})
        run_errand(errand, broken, network=polite, now=now)
    if len({host_of(url) for url in nameless}) > 1 and nameless == found.keys():
        found = {u: replace(s, status="unknown", cause=_OFFLINE) for u, s in found.items()}
    return [found[url] for url in dict.fromkeys(urls)]


async def _look(url: str, ask: Ask) -> LinkState:
    """Ask for an address; raises `SourceError` where there is no good answer."""
    if not re.match(r"https?://[^/?#\s]", url, re.IGNORECASE):
        raise SourceError("is no http or https address")
    read = host_of(url) == WECHAT
    if not read:
        try:
            answer = await ask(url, method="HEAD")
        except SourceError as error:
            if not _refuses_head(error):
                raise
        else:
            return _landed(url, answer.payload.url)
    answer = await ask(url)
    return _read(url, answer.payload) if read else _landed(url, answer.payload.url)


def _refuses_head(error: SourceError) -> bool:
    """Whether GET may be answered better. A server in trouble is not asked twice."""
    if error.status is None:
        return False
    return error.status == HTTPStatus.NOT_IMPLEMENTED or not passing(error.status)


def _failed(url: str, error: SourceError) -> LinkState:
    if isinstance(error.__cause__, DownloadCancelledError):
        # An answer too large to be kept is a good answer.
        return LinkState(url=url, status="alive", final_url=url)
    no_host = isinstance(error.__cause__, CannotResolveHostError)
    status: LinkStatus = "gone" if error.status in _GONE or no_host else "unknown"
    return LinkState(url=url, status=status, final_url=url, cause=error.cause)


def _read(url: str, payload: Payload) -> LinkState:
    """What a page of WeChat says."""
    match parse_wechat_article(payload):
        case ParsedItems():
            return _landed(url, payload.url)
        case ParsedRefusal(reason=reason, retryable=retryable):
            status: LinkStatus = "unknown" if retryable else "gone"
            return LinkState(url=url, status=status, final_url=payload.url, cause=reason)
        case other:
            return LinkState(url=url, status="unknown", final_url=payload.url, cause=other.reason)


def _landed(url: str, final: str) -> LinkState:
    """Judge where an address led: tells another site, a bare home page and a sign-in page apart."""
    before, after = urlsplit(url), urlsplit(final)
    site, new_site = _site(url), _site(final)
    status: LinkStatus = "alive"
    cause = ""
    moved = (site, before.path.rstrip("/")) != (new_site, after.path.rstrip("/"))
    if moved and _SIGN_IN.search(final) and not _SIGN_IN.search(url):
        status, cause = "unknown", f"{host_of(final)} asks visitors to sign in"
    elif site != new_site and site not in _RESOLVERS:
        status, cause = "redirected", "leads to another site"
    elif moved and _is_home(final) and not _is_home(url):
        status, cause = "redirected", "leads to a bare home page"
    return LinkState(url=url, status=status, final_url=final, cause=cause)


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return _HOME.fullmatch(parts.path) is not None and not parts.query


def _site(url: str) -> str:
    """The registered domain; the host where there is none, as of an IP address."""
    found = _suffixes()(url)
    return found.top_domain_under_public_suffix or host_of(url)


@cache
def _suffixes() -> tldextract.TLDExtract:
    """The public suffix list that comes with the library: asked for nowhere, kept nowhere."""
    return tldextract.TLDExtract(
        suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True
    )
