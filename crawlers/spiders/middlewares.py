"""The ends of Scrapy's downloader, with this program's manners.

Everything between them (queues, pauses, redirects, decompression) is Scrapy's, and sees a page's
live address whether or not a mirror is asked in its place.
"""

from __future__ import annotations

import asyncio
import struct
import zlib

import brotli  # type: ignore[import-untyped]
from scrapy import Request, Spider
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

from config.errors import SourceError
from crawlers.refusal import host_of
from crawlers.spiders.failures import FAILURES, passing, source_error, too_large
from crawlers.spiders.pages import PagesSpider


class RobotsTxt(RobotsTxtMiddleware):
    """Scrapy's, saying which host forbids."""

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


class DownloadHandler(HTTP11DownloadHandler):
    """Scrapy's, asking mirrors, in turns, and saying in one line what went wrong."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        spider = crawler.spider
        assert isinstance(spider, PagesSpider)
        self._network = spider.network
        self._turns = spider.turns
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
                response = await self._download(request)
        except FAILURES as error:
            raise source_error(error, host, self._network) from error
        finally:
            self._under_way.discard(task)
        if passing(response.status):
            header = response.headers.get("Retry-After")
            self._turns.hear(host, header.decode("latin-1") if header else None)
        return response

    async def _download(self, request: Request) -> Response:
        address = self._network.mirrored(request.url)
        if address == request.url:
            return await super().download_request(request)
        mirrored = request.replace(url=address)
        response = await super().download_request(mirrored)
        # A replaced request has a meta of its own, and AutoThrottle looks into the first one's.
        request.meta["download_latency"] = mirrored.meta["download_latency"]
        return response.replace(url=request.url)

    async def close(self) -> None:
        """Give up what is under way, and let nothing start any more."""
        self._closed = True
        for task in tuple(self._under_way):
            task.cancel()
        await super().close()
