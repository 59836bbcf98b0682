"""Downloads: every page source at once, through one Scrapy engine.

`crawl` is what a nightly run calls, `fetch_one` what a person's single address needs, and
`run_errand` what both are made of, for whoever else has something to ask. They wait until it is
done, whatever thread they are called from, as often as one likes; the work is done on the
reactor's own thread (``crawlers.spiders.reactor``). What to ask and what an answer means stands
in ``crawlers.spiders.visit``, how a page is asked for in ``crawlers.spiders.pages``. Storing
anything is left to whoever calls.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from datetime import datetime

from scrapy.crawler import AsyncCrawlerRunner

from config.errors import SourceError
from config.settings import Network
from crawlers.allowance import Allowance
from crawlers.source import Failed, Outcome, PageSource
from crawlers.spiders.pages import Ask, PagesSpider
from crawlers.spiders.reactor import reactor_loop
from crawlers.spiders.settings import scrapy_settings
from crawlers.spiders.turns import RunClock
from crawlers.spiders.visit import visit
from store.models import Payload, RawItem, SourceName, SourceState

logger = logging.getLogger(__name__)

_AT_ONCE = 512
"""Sources whose turn has begun: each takes memory while it waits for its host. Far more than are
asked at once, so that one slow host with many sources keeps nobody else from being asked."""
_TURN = 0.5
"""Seconds after which an interrupt is seen at the latest."""


def crawl(
    sources: Sequence[PageSource],
    *,
    states: Mapping[SourceName, SourceState],
    network: Network,
    now: datetime,
    deliver: Callable[[PageSource, Outcome, float], None],
    kept_article: Callable[[PageSource, RawItem], Payload | None] = lambda _, __: None,
    knows_any: Callable[[PageSource, Sequence[RawItem]], bool] = lambda _, __: True,
    allowance: Allowance | None = None,
) -> None:
    """Ask every source, and deliver the outcome of each as soon as it is there.

    `states` holds what is remembered of a source, `now` the run's one reading of the clock (UTC).
    `deliver` gets the source, its outcome and the seconds since the crawl began to ask it, exactly
    once for each source, on the crawl's thread. `kept_article` gives the page of an item that was
    fetched before, for sources with full texts; the others' pages are asked for. `knows_any` says
    whether a source said any of these items before. `allowance` is what the run may still ask; a
    crawl that is no part of one has its own.

    Never fails because of a source or of Scrapy: that is an outcome. What `deliver` and the other
    functions raise ends the crawl and is raised here; so does KeyboardInterrupt.
    """
    waiting = {source.name: source for source in sources}
    began = time.monotonic()
    turns = asyncio.Semaphore(_AT_ONCE)

    async def errand(ask: Ask) -> None:
        async with asyncio.TaskGroup() as group:
            for source in sources:
                await turns.acquire()
                group.create_task(one(source, ask)).add_done_callback(lambda _: turns.release())

    async def one(source: PageSource, ask: Ask) -> None:
        outcome = await visit(
            source,
            states.get(source.name, SourceState()),
            ask=ask,
            now=now,
            kept_article=lambda item: kept_article(source, item),
            most_articles=network.articles_per_source,
            knows_any=lambda items: knows_any(source, items),
        )
        del waiting[source.name]
        deliver(source, outcome, time.monotonic() - began)

    def broken(cause: str) -> None:
        for source in tuple(waiting.values()):
            del waiting[source.name]
            deliver(source, Failed(cause=cause, retryable=True), time.monotonic() - began)

    if sources:
        run_errand(errand, broken, network=network, now=now, allowance=allowance)


def fetch_one(url: str, *, network: Network, now: datetime) -> Payload:
    """Ask for one page; raises `SourceError` where it cannot be had."""
    pages: list[Payload] = []

    async def errand(ask: Ask) -> None:
        answer = await ask(url)
        pages.append(answer.payload)

    def broken(cause: str) -> None:
        raise SourceError(cause, retryable=True)

    run_errand(errand, broken, network=network, now=now)
    return pages[0]


def run_errand(
    errand: Callable[[Ask], Awaitable[None]],
    broken: Callable[[str], None],
    *,
    network: Network,
    now: datetime,
    allowance: Allowance | None = None,
) -> None:
    """Crawl until `errand` is done, and raise what it raised.

    `broken` is called, on the crawl's thread, with the cause where Scrapy ended before that.
    """
    loop = reactor_loop()
    work: Future[asyncio.Task[None]] = Future()
    crawling = asyncio.run_coroutine_threadsafe(
        _crawl(errand, broken, work, network=network, now=now, allowance=allowance), loop
    )
    try:
        # In turns, since a signal that arrives just before the wait begins does not end it.
        while not wait([crawling], timeout=_TURN).done:
            pass
    except KeyboardInterrupt:
        loop.call_soon_threadsafe(work.result().cancel)
        crawling.result()
        raise
    crawling.result()


async def _crawl(
    errand: Callable[[Ask], Awaitable[None]],
    broken: Callable[[str], None],
    work: Future[asyncio.Task[None]],
    *,
    network: Network,
    now: datetime,
    allowance: Allowance | None,
) -> None:
    """Do what `run_errand` says, on the reactor's loop.

    `work` becomes the task that can be cancelled.
    """
    ready: asyncio.Future[Ask] = asyncio.get_running_loop().create_future()

    async def once_ready() -> None:
        await errand(await ready)

    task = asyncio.create_task(once_ready())
    work.set_result(task)
    cause = "the crawl ended early"
    try:
        await AsyncCrawlerRunner(scrapy_settings(network)).crawl(
            PagesSpider,
            network=network,
            clock=RunClock(now),
            allowance=allowance or Allowance(network),
            ready=ready,
            work=task,
        )
    except Exception as error:
        logger.exception("Scrapy failed")
        cause = f"Scrapy failed: {type(error).__name__}: {error}"
    interrupted = task.cancelled()
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        if not interrupted:
            broken(cause)
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
