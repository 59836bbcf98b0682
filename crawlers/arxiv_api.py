"""A query to the arXiv API, asked for what was submitted or revised since the last run.

Asking is done by ``crawlers.arxiv_client``, reading by ``crawlers.arxiv_answer``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Final
from urllib.parse import urlencode

import arxiv

from config.errors import SourceError
from config.settings import Addresses, ApiLimits, ArxivSettings, Network
from crawlers.allowance import Allowance
from crawlers.arxiv_answer import PUBLISHER, parse_arxiv
from crawlers.arxiv_client import ArxivClient
from crawlers.gap import gap_of, latest_of, told
from crawlers.outcome import answered, failed, payload_of
from crawlers.pace import ARXIV_PACE, Pace
from crawlers.source import Fetched, Items, Outcome, Parsed, ParsedEmpty, ParsedItems
from store.models import Payload, SourceName, SourceState

__all__ = ["ArxivSource", "parse_arxiv"]

_MOST_NIGHTS: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class ArxivSource:
    """One query; a ``ClientSource``."""

    settings: ArxivSettings
    network: Network
    limits: ApiLimits
    addresses: Addresses
    pace: Pace = ARXIV_PACE
    allowance: Allowance | None = None

    @property
    def name(self) -> SourceName:
        """The name in the configuration."""
        return SourceName(self.settings.name)

    @property
    def kind(self) -> str:
        """``arxiv``."""
        return self.settings.kind

    @property
    def url(self) -> str:
        """``https://export.arxiv.org/api/query?search_query=cat%3Acs.CV``."""
        return f"{self.addresses.arxiv_api}?{urlencode({'search_query': self.settings.query})}"

    def parse(self, payload: Payload) -> Parsed:
        """Read an answer of the API, all of it."""
        return parse_arxiv(
            payload,
            source=self.name,
            section=self.settings.section,
            publisher=self.settings.publisher or PUBLISHER,
        )

    def fetch(self, state: SourceState, now: datetime) -> Outcome:
        """Ask for the papers that were updated since the watermark, the latest first.

        Entries appear late, so some days before the watermark are asked for again; without one,
        the configured days before `now`. What a page holds beyond that is left out. The watermark
        moves to the latest update seen, and only if the query was answered to its end. After
        nights without a run that much more than `max_results` is asked for; where even that does
        not reach back, the outcome says where something may be missing.
        """
        since = self._since(state, now)
        most = self.settings.max_results * self._nights(state, now)
        search = arxiv.Search(
            self.settings.query,
            max_results=most,
            sort_by=arxiv.SortCriterion.LastUpdatedDate,
            sort_order=arxiv.SortOrder.Descending,
        )
        # As large as allowed, but so that whole pages come to `max_results`.
        page_size = ceil(most / ceil(most / self.limits.arxiv_page_size))
        error: SourceError | None = None
        cut = False
        with ArxivClient(
            network=self.network,
            limits=self.limits,
            addresses=self.addresses,
            pace=self.pace,
            allowance=self.allowance,
        ) as client:
            try:
                cut = client.walk(search, page_size=page_size, since=since)
            except SourceError as failure:
                error = failure
            payloads = [payload_of(answer, now=now) for answer in client.pages]
        pages = [Fetched(payload=payload, parsed=self.parse(payload)) for payload in payloads]
        recent = [_recent(page, since) for page in pages]
        if error is not None:
            return failed(error, pages=recent)
        watermark = latest_of(_updates(pages), state.watermark, now)
        gap = gap_of(_updates(recent), state.watermark) if cut else None
        notes = [f"stopped at {most} results"] if cut else []
        notes += [told(gap)] if gap else []
        outcome = answered(recent, state=replace(state, watermark=watermark), notes=notes)
        return replace(outcome, gap=gap) if isinstance(outcome, Items) else outcome

    def _nights(self, state: SourceState, now: datetime) -> int:
        """How many nights' papers are to be asked for at once."""
        if state.watermark is None:
            return 1
        return min(max((now - state.watermark).days, 1), _MOST_NIGHTS)

    def _since(self, state: SourceState, now: datetime) -> datetime:
        if state.watermark is None:
            return now - timedelta(days=self.limits.arxiv_first_days)
        return state.watermark - timedelta(days=self.limits.arxiv_overlap_days)


def _recent(page: Fetched, since: datetime) -> Fetched:
    """A page without the items that were last updated before `since`."""
    if not isinstance(page.parsed, ParsedItems):
        return page
    items = tuple(i for i in page.parsed.items if i.updated is None or i.updated >= since)
    if not items:
        day = f"{since:%Y-%m-%d}"
        return replace(page, parsed=ParsedEmpty(reason=f"nothing was updated since {day}"))
    return replace(page, parsed=replace(page.parsed, items=items))


def _updates(pages: Sequence[Fetched]) -> list[datetime]:
    """When what is on these pages was last updated."""
    return [
        item.updated
        for page in pages
        if isinstance(page.parsed, ParsedItems)
        for item in page.parsed.items
        if item.updated is not None
    ]
