"""The ends of Scrapy's downloader, with this program's manners.

Everything between them (queues, pauses, redirects, decompression) is Scrapy's, and sees a page's
live address whether or not a mirror is asked in its place.
"""

from __future__ import annotations

import asyncio
import struct
import zlib
from urllib.parse import urldefrag, urlsplit

import brotli  # type: ignore[import-untyped]
from scrapy import Request, Spider
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from twisted.web.client import URI

from config.errors import SourceError
from crawlers.access import Access
from crawlers.refusal import host_of
from crawlers.spiders.failures import (
    FAILURES,
    UNANSWERED,
    UNCONNECTED,
    passing,
    source_error,
    too_large,
)
from crawlers.spiders.heads import BoundedHeads
from crawlers.spiders.names import NAMES, look_up_in_thread
from crawlers.spiders.pages import PagesSpider


class RobotsTxt(RobotsTxtMiddleware):
    """Scrapy's, saying which host forbids."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._configured: dict[str, str] = {}

    async def process_request(
        self,
        request: Request,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy no longer gives it
    ) -> None:
        """Let the rules of a configured page be asked for wherever the page itself may be."""
        host = urlsplit(request.url).netloc
        if configured := request.meta.get("configured"):
            self._configured[host] = configured
        elif request.meta.get("dont_obey_robotstxt"):
            request.meta["configured"] = self._configured.get(host)
        await super().process_request(request)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Raise `SourceError` where `rp`, the rules of a ``robots.txt``, forbid the address."""
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as forbidden:
            host = host_of(request.url)
            raise SourceError(f"robots.txt of {host} forbids this address") from forbidden


class Decompression(HttpCompressionMiddleware):
    """Scrapy's, saying whose answer it could not read."""

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy no longer gives it
    ) -> Request | Response:
        """Raise `SourceError` where the answer is too large or not what its header says."""
        host = host_of(response.url)
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:
            raise too_large(host, self._max_size) from error
        except (EOFError, OSError, brotli.error, struct.error, zlib.error) as error:
            raise SourceError(f"the answer of {host} is not compressed as it says") from error


class Redirects(RedirectMiddleware):
    """Scrapy's, also where an answer redirects to what it takes for no address at all."""

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy no longer gives it
    ) -> Request | Response:
        """Hand such an answer on as it is: it is refused for what it says."""
        try:
            return super().process_response(request, response)
        except ValueError:  # "Missing scheme in request url: javascript:…"
            return response


class DownloadHandler(HTTP11DownloadHandler):
    """Scrapy's, asking mirrors, in turns, where it may, and saying in one line what went wrong."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = BoundedHeads
        self._crawler = crawler
        spider = crawler.spider
        assert isinstance(spider, PagesSpider)
        self._network = spider.network
        self._turns = spider.turns
        self._allowance = spider.allowance
        self._access = Access(spider.network)
        self._found: dict[str, tuple[str, ...]] = {}
        self._under_way: set[asyncio.Task[object]] = set()
        self._closed = False

    async def download_request(self, request: Request) -> Response:
        """Download, or raise `SourceError` naming the host."""
        host = host_of(request.url)
        task = asyncio.current_task()
        assert task is not None
        if self._closed:
            # Scrapy goes on with its queues after it closed them.
            raise DownloadCancelledError("the crawl was stopped")
        self._under_way.add(task)
        try:
            async with self._turns.turn(host):
                self._spend(request)
                response = await self._download(request)
        except FAILURES as error:
            failure = source_error(error, host, self._network)
            if isinstance(error, UNANSWERED):
                unconnected = isinstance(error, UNCONNECTED)
                failure.__cause__ = error
                self._allowance.lost(request.url, failure, connecting=unconnected)
            raise failure from error
        finally:
            self._under_way.discard(task)
        self._allowance.answered(request.url)
        if passing(response.status):
            header = response.headers.get("Retry-After")
            self._turns.hear(host, response.status, header.decode("latin-1") if header else None)
        else:
            self._turns.hear_good(host)
        return response

    def _spend(self, request: Request) -> None:
        """Take the request out of what the run may ask; raises `SourceError` where nothing is left.

        What waits behind it in Scrapy's queue of the host is then refused too, and need not pause
        for that; AutoThrottle changes the pause in the same way.
        """
        slot = self._crawler.engine.downloader.slots.get(request.meta["download_slot"])
        try:
            self._allowance.spend(request.url)
        except SourceError:
            if slot is not None:
                slot.close()  # gives up the pause that it is in
                slot.delay = 0
            raise
        if slot is not None:
            slot.delay = max(slot.delay, self._network.delay)

    async def _download(self, request: Request) -> Response:
        address = self._network.mirrored(request.url)
        await self._admit(request, address)
        if address == request.url:
            return await super().download_request(request)
        mirrored = request.replace(url=address)
        response = await super().download_request(mirrored)
        # A replaced request has a meta of its own, and AutoThrottle looks into the first one's.
        request.meta["download_latency"] = mirrored.meta["download_latency"]
        return response.replace(url=request.url)

    async def _admit(self, request: Request, address: str) -> None:
        """Let the reactor connect to where `address` is; raises `SourceError` where it may not.

        A name is looked up once a crawl. Nothing else runs between this and Twisted's asking for
        the name, so what was checked is what is connected to.
        """
        host, port = _host_and_port(urldefrag(address)[0])
        named = self._access.named(request.url, address, request.meta.get("configured"))
        free = (host.lower(), port) in named
        if proxy := request.meta.get("proxy"):
            if not free:
                self._access.check_as_written(host, port)
            host, port = _host_and_port(proxy)
            NAMES.admit(host, await self._look_up(host, port))
            return
        found = await self._look_up(host, port)
        if not free:
            self._access.check(host, port, found)
        NAMES.admit(host, found)

    async def _look_up(self, host: str, port: int) -> tuple[str, ...]:
        if not host:
            raise ValueError("it names no host")
        if host not in self._found:
            found = await look_up_in_thread(host, port, timeout=self._network.timeout)
            self._found.setdefault(host, found)
        return self._found[host]

    async def close(self) -> None:
        """Give up what is under way, and let nothing start any more."""
        self._closed = True
        NAMES.forget(self._found)
        for task in tuple(self._under_way):
            task.cancel()
        await super().close()


def _host_and_port(url: str) -> tuple[str, int]:
    """Take an address apart as Twisted does, so that what is checked is what it connects to."""
    uri = URI.fromBytes(url.encode())  # type: ignore[no-untyped-call]
    return uri.host.decode(), uri.port
