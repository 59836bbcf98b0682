"""The arXiv API, asked through the arxiv package over our own session.

The package builds the addresses and walks the pages; requests go through our session (see
``crawlers.http_session``), whose bytes are kept and read by ``crawlers.arxiv_answer``. The API's
terms (https://info.arxiv.org/help/api/tou.html) allow one request at a time and one in three
seconds, so all sources of a process share `ARXIV_PACE`.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self

import arxiv
import requests

from config.errors import SourceError
from config.settings import Addresses, ApiLimits, Network
from crawlers.allowance import Allowance
from crawlers.arxiv_answer import error_in, listing
from crawlers.http_session import HttpSession
from crawlers.pace import ARXIV_PACE, Pace
from crawlers.refusal import Refusal, host_of, refusal


class ArxivClient:
    """One source's way to the API. Not to be shared between threads; its `pace` is."""

    def __init__(
        self,
        *,
        network: Network,
        limits: ApiLimits,
        addresses: Addresses,
        pace: Pace = ARXIV_PACE,
        allowance: Allowance | None = None,
    ) -> None:
        """Open a session, without asking anything yet."""
        self._address = addresses.arxiv_api
        self._session = HttpSession(
            network,
            pace=pace,
            interval=limits.arxiv_delay,
            read_refusal=_arxiv_refusal,
            configured=addresses.arxiv_api,
            allowance=allowance,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()

    @property
    def pages(self) -> tuple[requests.Response, ...]:
        """Every page received so far, whether or not more of them failed."""
        return tuple(a for a in self._session.answers if a.status_code == HTTPStatus.OK)

    def walk(self, search: arxiv.Search, *, page_size: int, since: datetime | None = None) -> bool:
        """Ask for page after page until one reaches back to `since`, or there are no more.

        Gives whether the search's ``max_results`` ended it before. What was received is in
        `pages`, also when this raises `SourceError`.
        """
        client = arxiv.Client(page_size=page_size, delay_seconds=0, num_retries=0)
        client.query_url_format = self._address + "?{}"
        # The client offers no way to bring a session, and its own has neither timeout nor limits,
        # does not know Retry-After, and throws the bytes away. Its delay and its retries are off
        # (above), since the session's turns and retries take their place.
        client._session = self._session
        most = search.max_results or 0
        seen = 0
        while seen < most:
            received = len(self._session.answers)
            try:
                for result in client.results(search, offset=seen):
                    seen += 1
                    if since is not None and result.updated < since:
                        return False
            except arxiv.HTTPError as error:
                raise self._error(error) from error
            except (ValueError, OverflowError, arxiv.UnexpectedEmptyPageError) as error:
                if len(self._session.answers) == received:
                    raise SourceError(f"the query cannot be asked: {error}") from error
                # The client gives up a page for one date that it cannot read, and calls a page
                # empty where it can read no entry. `parse_arxiv` loses those entries alone, so all
                # that is left to do is to go on behind the page.
                page = listing(self._session.answers[-1].content)
                if page is None or page.start + page.entries <= seen:
                    raise SourceError(
                        f"{host_of(self._address)} sent a page that is no answer", retryable=True
                    ) from error
                seen = page.start + page.entries
                if seen >= page.total:
                    return False
            else:
                break
        return seen >= most

    def _error(self, error: arxiv.HTTPError) -> SourceError:
        """What a final error status means; the API explains it in a feed of its own."""
        answer = self._session.answers[-1]
        cause = f"HTTP {error.status} from {host_of(answer.url)}"
        said = error_in(answer.content)
        return SourceError(f"{cause}: {said}" if said else cause)


def _arxiv_refusal(answer: requests.Response, *, now: datetime) -> Refusal | None:
    listed = listing(answer.content) if answer.status_code == HTTPStatus.OK else None
    if listed is not None and listed.is_hole:
        return Refusal(cause=f"{host_of(answer.url)} sent an empty page in place of results")
    return refusal(answer, now=now)
