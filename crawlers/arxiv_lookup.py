"""One paper by its arXiv id, for an address that the editor handed in.

Asking is done by ``crawlers.arxiv_client``, reading by ``crawlers.arxiv_answer``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

import arxiv

from config.errors import SourceError
from config.settings import Addresses, ApiLimits, Network
from crawlers.arxiv_answer import parse_arxiv
from crawlers.arxiv_client import ArxivClient
from crawlers.outcome import answered, failed, payload_of
from crawlers.pace import ARXIV_PACE, Pace
from crawlers.source import Fetched, Outcome, Parsed
from store.models import Payload, SourceName, SourceState

SOURCE: Final = SourceName("arXiv")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLookup:
    """The latest version of a paper; a ``ClientSource``."""

    arxiv_id: str
    """``1812.00332`` or ``cs/0112017``; of a version (``1812.00332v1``), that one."""
    network: Network
    limits: ApiLimits
    addresses: Addresses
    pace: Pace = ARXIV_PACE
    name: SourceName = SOURCE
    kind: str = "arxiv"

    @property
    def url(self) -> str:
        """``https://export.arxiv.org/api/query?id_list=1812.00332``."""
        return f"{self.addresses.arxiv_api}?{urlencode({'id_list': self.arxiv_id})}"

    def parse(self, payload: Payload) -> Parsed:
        """Read an answer of the API."""
        return parse_arxiv(payload, source=self.name)

    def fetch(self, state: SourceState, now: datetime) -> Outcome:
        """Ask for the paper; empty where arXiv knows none of that id."""
        search = arxiv.Search(id_list=[self.arxiv_id], max_results=1)
        with ArxivClient(
            network=self.network, limits=self.limits, addresses=self.addresses, pace=self.pace
        ) as client:
            try:
                client.walk(search, page_size=1)
            except SourceError as error:
                return failed(error)
            payloads = [payload_of(answer, now=now) for answer in client.pages]
        pages = [Fetched(payload=payload, parsed=self.parse(payload)) for payload in payloads]
        return answered(pages, state=state)
