"""The spider: asks for pages on behalf of whoever needs them.

It yields no requests and has no callbacks. What it is there for stands in a coroutine that asks
for one page after the other (``crawlers.spiders.visit``), since what a source answers decides
what to do next; all of these run at once through one engine, which keeps the queues, pauses and
limits of every host for all of them.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from config.errors import SourceError
from config.settings import Network
from crawlers.allowance import Allowance
from crawlers.refusal import host_of
from crawlers.spiders.failures import passing
from crawlers.spiders.turns import RunClock, Turns
from store.models import Payload

logger = logging.getLogger(__name__)

_PERMANENT = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A page, or the word that it has not changed."""

    payload: Payload
    not_modified: bool
    moved: bool
    """It was redirected, and every redirect on the way was permanent."""
    etag: str | None
    last_modified: str | None


class Ask(Protocol):
    """Asks for a page; what `PagesSpider.ask` does."""

    async def __call__(
        self,
        url: str,
        validators: Mapping[str, str] | None = None,
        *,
        method: str = "GET",
        configured: str | None = None,
    ) -> Answer:
        """Give the page, or raise `SourceError`."""


class PagesSpider(Spider):
    """Asks for pages, as long as somebody needs it."""

    name = "pages"

    def __init__(
        self,
        *,
        network: Network,
        clock: RunClock,
        allowance: Allowance,
        ready: asyncio.Future[Ask],
        work: asyncio.Task[None],
    ) -> None:
        """Give `ask` to `ready` once there is an engine, and stay until `work` is done."""
        super().__init__()
        self.network = network
        self.allowance = allowance
        self.turns = Turns(network, clock)
        self._clock = clock
        self._ready = ready
        self._work = work

    async def start(self) -> AsyncIterator[Request]:
        """Stay; the crawl ends where this does."""
        self._ready.set_result(self.ask)
        await asyncio.wait({self._work})
        return
        yield  # what makes this the asynchronous generator that Scrapy wants

    async def ask(
        self,
        url: str,
        validators: Mapping[str, str] | None = None,
        *,
        method: str = "GET",
        configured: str | None = None,
    ) -> Answer:
        """Ask for a page until there is an answer or no hope of one.

        `validators` are the headers that make a request conditional; the `method` is GET or HEAD.
        `configured` is the address that the configuration gives for this page, however it is
        found now: its host may be a private one (``crawlers.access``).
        Raises `SourceError` for everything but a page and "not modified": it says what is wrong
        with which host.
        """
        attempts = self.network.retries
        while True:
            try:
                return await self._answer(url, validators or {}, method, configured)
            except SourceError as error:
                if not error.retryable or attempts == 0 or self._too_long(error):
                    raise
                if self.allowance.refusal(url) is not None:
                    raise
                if error.retry_at is None:
                    await asyncio.sleep(self._pause(self.network.retries - attempts))
                # Else the host's turn comes only then.
            attempts -= 1

    def _too_long(self, error: SourceError) -> bool:
        if error.retry_at is None:
            return False
        wait = error.retry_at - self._clock.now()
        return wait.total_seconds() > self.network.max_wait

    def _pause(self, attempt: int) -> float:
        spread = random.uniform(0.75, 1.25)  # noqa: S311 - so that retries do not come in step
        return self.network.backoff * spread * 2.0**attempt

    async def _answer(
        self, url: str, validators: Mapping[str, str], method: str, configured: str | None
    ) -> Answer:
        host = host_of(url)
        try:
            request = Request(
                url,
                method=method,
                headers=dict(validators),
                callback=NO_CALLBACK,
                meta={"configured": configured},
            )
        except ValueError as error:
            raise SourceError(f"{url} is no address that can be asked") from error
        try:
            response = await self.crawler.engine.download_async(request)
        except SourceError:
            raise
        except IgnoreRequest as error:  # by the middleware that follows redirects
            most = self.network.max_redirects
            raise SourceError(f"{host} redirects more than {most} times") from error
        except Exception as error:
            # Of one page only; the others have nothing to do with it.
            logger.exception("asking for %s", url)
            raise SourceError(f"{host}: {type(error).__name__}: {error}") from error
        return self._read(response, conditional=bool(validators))

    def _read(self, response: Response, *, conditional: bool) -> Answer:
        status = response.status
        not_modified = conditional and status == HTTPStatus.NOT_MODIFIED
        if not (not_modified or HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES):
            raise self._refused(response)
        redirects = response.request.meta.get("redirect_reasons", []) if response.request else []
        return Answer(
            payload=Payload(
                url=response.url,
                body=response.body,
                fetched_at=self._clock.now(),
                content_type=_header(response, "Content-Type"),
            ),
            not_modified=not_modified,
            moved=bool(redirects) and _PERMANENT.issuperset(redirects),
            etag=_header(response, "ETag"),
            last_modified=_header(response, "Last-Modified"),
        )

    def _refused(self, response: Response) -> SourceError:
        host = host_of(response.url)
        status = response.status
        if status < HTTPStatus.BAD_REQUEST and "Location" in response.headers:
            return SourceError(
                f"{host} redirects to what is no http or https address", status=status
            )
        return SourceError(
            f"HTTP {status} from {host}",
            retryable=passing(status),
            retry_at=self.turns.quiet_until(host) if passing(status) else None,
            status=status,
        )


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value is not None else None
