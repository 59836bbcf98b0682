"""A repository search at GitHub, narrowed to what was created or pushed of late.

Asking is done by ``crawlers.github_client``, reading by ``crawlers.github_answer``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Final
from urllib.parse import urlencode

from config.errors import SourceError
from config.settings import Addresses, GithubSearchSettings, Network
from crawlers.allowance import Allowance
from crawlers.github_answer import PUBLISHER, SearchTotals, parse_github_search, search_totals
from crawlers.github_client import GithubClient
from crawlers.outcome import answered, failed, payload_of
from crawlers.pace import GITHUB_PACE, Pace
from crawlers.source import Fetched, Outcome, Parsed
from store.models import Payload, SourceName, SourceState

__all__ = ["GithubSearchSource", "parse_github_search", "search_query"]

_PATH: Final = "/search/repositories"
_NIGHT: Final = timedelta(days=1)
_PER_PAGE: Final = 100
"""The most that a page of the API holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GithubSearchSource:
    """One search; a ``ClientSource``."""

    settings: GithubSearchSettings
    network: Network
    addresses: Addresses
    token: str | None = field(default=None, repr=False)
    pace: Pace = GITHUB_PACE
    allowance: Allowance | None = None

    @property
    def name(self) -> SourceName:
        """The name in the configuration."""
        return SourceName(self.settings.name)

    @property
    def kind(self) -> str:
        """``github_search``."""
        return self.settings.kind

    @property
    def url(self) -> str:
        """``https://api.github.com/search/repositories?q=topic%3Atinyml``, without the windows."""
        return f"{self.addresses.github_api}{_PATH}?{urlencode({'q': self.settings.query})}"

    def parse(self, payload: Payload) -> Parsed:
        """Read a page of results."""
        return parse_github_search(
            payload,
            source=self.name,
            section=self.settings.section,
            publisher=self.settings.publisher or PUBLISHER,
        )

    def fetch(self, state: SourceState, now: datetime) -> Outcome:
        """Search as of `now`, page by page, for up to `max_results` repositories.

        The watermark is when it was last answered; the windows of nights missed since are taken in.
        """
        pages: list[Fetched] = []
        notes: dict[str, None] = {}
        try:
            with GithubClient(
                network=self.network,
                addresses=self.addresses,
                token=self.token,
                pace=self.pace,
                allowance=self.allowance,
            ) as client:
                first = now if state.watermark is None else min(now, state.watermark + _NIGHT)
                for page in self._pages(client, now, search_query(self.settings, first)):
                    pages.append(page)
                    notes |= dict.fromkeys(self._notes(page))
        except SourceError as error:
            return failed(error, pages=pages, notes=tuple(notes))
        return answered(pages, state=replace(state, watermark=now), notes=tuple(notes))

    def _pages(self, client: GithubClient, now: datetime, query: str) -> Iterator[Fetched]:
        most = self.settings.max_results
        size = ceil(most / ceil(most / _PER_PAGE))
        asked = {"q": query, "per_page": str(size)}
        if self.settings.sort != "best-match":
            asked |= {"sort": self.settings.sort, "order": "desc"}
        for number in range(1, ceil(most / size) + 1):
            answer = client.get(_PATH, {**asked, "page": str(number)})
            if answer is None:
                raise SourceError(f"no GitHub API at {self.addresses.github_api}")
            page = payload_of(answer, now=now)
            yield Fetched(payload=page, parsed=self.parse(page))
            totals = search_totals(page.body)
            if totals is None or totals.total <= number * size:
                return

    def _notes(self, page: Fetched) -> Iterator[str]:
        totals = search_totals(page.payload.body) or SearchTotals(total=0, incomplete=False)
        if totals.incomplete:
            yield "GitHub's search ran out of time; results are missing"
        if totals.total > self.settings.max_results:
            yield f"stopped at {self.settings.max_results} of {totals.total} results"


def search_query(settings: GithubSearchSettings, now: datetime) -> str:
    """The search's ``q``: the configured query, and its windows as days in UTC before `now`.

    Syntax: https://docs.github.com/en/search-github/searching-on-github/searching-for-repositories
    """
    words = [settings.query]
    windows = {"created": settings.created_within_days, "pushed": settings.pushed_within_days}
    for qualifier, days in windows.items():
        if days is not None:
            words.append(f"{qualifier}:>={now - timedelta(days=days):%Y-%m-%d}")
    if settings.min_stars:
        words.append(f"stars:>={settings.min_stars}")
    return " ".join(words)
