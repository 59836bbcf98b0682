"""The configuration -> the sources to ask, and the parser of each kind.

The one place that knows every kind of source; a new kind is a module and a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from config.errors import NotFoundError
from config.settings import (
    ArxivSettings,
    FeedSettings,
    FileSettings,
    GithubReleasesSettings,
    GithubSearchSettings,
    ListSettings,
    Settings,
    SourceSettings,
    TrendingSettings,
    WechatSettings,
)
from crawlers.allowance import Allowance
from crawlers.arxiv_answer import parse_arxiv
from crawlers.arxiv_api import ArxivSource
from crawlers.arxiv_lookup import PaperLookup
from crawlers.feeds import FeedSource, parse_feed
from crawlers.github_answer import parse_github_search
from crawlers.github_api import GithubSearchSource
from crawlers.github_enrich import EnrichmentSource
from crawlers.github_releases import GithubReleasesSource
from crawlers.jsonl import FileSource, parse_jsonl
from crawlers.listpage import ListSource
from crawlers.source import ClientSource, PageSource, Parsed, ParsedUnparsable, Source
from crawlers.trending import TrendingSource, parse_trending
from crawlers.wechat import parse_wechat_article, wechat_feed_url
from store.models import Payload, SourceName


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What a run asks."""

    pages: tuple[PageSource, ...]
    """Downloaded by Scrapy."""
    clients: tuple[ClientSource, ...]
    """Asked in threads of their own."""
    waiting: tuple[str, ...]
    """What is configured but cannot be asked yet, with what is missing, a line each."""


def build_sources(
    settings: Settings,
    folder: Path,
    *,
    only: Collection[str] = (),
    allowance: Allowance | None = None,
) -> Sources:
    """Make the enabled sources of a configuration, or those named in `only`.

    Relative paths of file sources start at `folder`; `allowance` is the run's. Raises
    NotFoundError for a name in `only` that no source has.
    """
    names = {source.name for source in settings.sources}
    for name in only:
        if name not in names:
            raise NotFoundError(f"no source is called {name!r}; briefing sources lists them")
    pages: list[PageSource] = []
    clients: list[ClientSource] = []
    unreachable: list[str] = []
    for source in settings.sources:
        if (only and source.name not in only) or not (source.enabled or only):
            continue
        page = _page(source, settings)
        client = _client(source, settings, folder, allowance)
        if page is not None:
            pages.append(page)
        elif client is not None:
            clients.append(client)
        else:
            unreachable.append(source.name)
    waiting = (
        f"{len(unreachable)} WeChat accounts, for lack of a bridge; set addresses.wechat_bridge, "
        f"or BRIEFING_WECHAT_BRIDGE: {'、'.join(unreachable)}"
    )
    return Sources(
        pages=tuple(pages), clients=tuple(clients), waiting=(waiting,) if unreachable else ()
    )


def _page(source: SourceSettings, settings: Settings) -> PageSource | None:
    match source:
        case FeedSettings():
            return FeedSource.configured(source)
        case WechatSettings():
            url = source.url
            bridge = settings.addresses.wechat_bridge
            # A bridge that goes by the biz id has nothing to ask for an account without one.
            if url is None and bridge and (source.biz or "{biz}" not in bridge):
                url = wechat_feed_url(bridge, source.biz, source.label)
            return FeedSource.configured(source, url) if url else None
        case TrendingSettings():
            return TrendingSource(settings=source, github_web=settings.addresses.github_web)
        case ListSettings():
            return ListSource(settings=source, zone=settings.newsletter.zone)
        case _:
            return None


def _client(
    source: SourceSettings, settings: Settings, folder: Path, allowance: Allowance | None
) -> ClientSource | None:
    network, addresses = settings.network, settings.addresses
    match source:
        case ArxivSettings():
            return ArxivSource(
                settings=source,
                network=network,
                limits=settings.limits,
                addresses=addresses,
                allowance=allowance,
            )
        case GithubSearchSettings():
            return GithubSearchSource(
                settings=source,
                network=network,
                addresses=addresses,
                token=_token(settings),
                allowance=allowance,
            )
        case GithubReleasesSettings():
            return GithubReleasesSource(
                settings=source,
                network=network,
                addresses=addresses,
                token=_token(settings),
                allowance=allowance,
            )
        case FileSettings():
            return FileSource(settings=source, path=folder / source.path)
        case _:
            return None


def build_enrichment(
    settings: Settings, full_names: Sequence[str], allowance: Allowance | None = None
) -> EnrichmentSource:
    """Make the source that looks these repositories up."""
    return EnrichmentSource(
        full_names=tuple(full_names),
        network=settings.network,
        addresses=settings.addresses,
        token=_token(settings),
        allowance=allowance,
    )


def build_paper_lookup(settings: Settings, arxiv_id: str) -> PaperLookup:
    """Make the source that looks one paper up."""
    return PaperLookup(
        arxiv_id=arxiv_id,
        network=settings.network,
        limits=settings.limits,
        addresses=settings.addresses,
    )


def _token(settings: Settings) -> str | None:
    return settings.github_token.get_secret_value() if settings.github_token else None


_Parser: TypeAlias = Callable[[Payload, SourceName], Parsed]

PARSERS: dict[str, _Parser] = {
    "feed": lambda payload, source: parse_feed(payload, source=source),
    "trending": lambda payload, source: parse_trending(payload, source=source, period="daily"),
    "arxiv": lambda payload, source: parse_arxiv(payload, source=source),
    "github": lambda payload, source: parse_github_search(payload, source=source),
    "wechat": lambda payload, source: parse_wechat_article(payload, source=source),
    "jsonl": lambda payload, source: parse_jsonl(payload, source=source),
    "list": lambda _, __: ParsedUnparsable(
        reason="a list page is read with the selectors of a source; name it with --source"
    ),
}
"""Kind of saved page -> its parser without a source's configuration."""


def parse_with(kind: str, payload: Payload, settings: Settings, name: str = "") -> Parsed:
    """Parse saved bytes as the source called `name` would, or as its kind does by default.

    Raises NotFoundError for an unknown name.
    """
    if not name:
        return PARSERS[kind](payload, SourceName("saved page"))
    sources = build_sources(settings, Path(), only=[name])
    asked: list[Source] = [*sources.pages, *sources.clients]
    if not asked:
        raise NotFoundError(f"{name!r} cannot be asked yet: {'; '.join(sources.waiting)}")
    return asked[0].parse(payload)
