"""Whose turn it is to ask: the limits that hold for a whole run, and hosts that asked for quiet.

Scrapy keeps a queue for each host, which is where the pause between two requests is kept. Two
things it leaves to others. It counts the requests of a host only once they run, so that a burst
of them passes its limit (2.19, `Downloader._process_queue`), and it knows no Retry-After.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from http import HTTPStatus

from config.errors import SourceError
from config.settings import Network
from crawlers.refusal import retry_after

LONGEST_QUIET = timedelta(days=7)
"""A host that asks for more is taken to have meant this."""


_OVERLOADED = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_MOST_DOUBLINGS = 16


class RunClock:
    """The time of a run: its one reading of the clock, and what has passed since."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._started = time.monotonic()

    def now(self) -> datetime:
        """Give the time, UTC."""
        return self._now + timedelta(seconds=time.monotonic() - self._started)


class Turns:
    """The turns of one run. To be used on the thread of the event loop."""

    def __init__(self, network: Network, clock: RunClock) -> None:
        self._network = network
        self._clock = clock
        self._all = asyncio.Semaphore(network.concurrency)
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._quiet_until: dict[str, datetime] = {}
        self._resting_until: dict[str, datetime] = {}
        self._overloaded: dict[str, int] = {}
        """Answers in a row by which a host said that it is asked too much."""

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait until `host` may be asked.

        Raises `SourceError` where it asked for more quiet than a run waits for.
        """
        one = self._hosts.setdefault(host, asyncio.Semaphore(self._network.per_host))
        async with one:
            await self._quiet(host)
            async with self._all:
                yield

    def hear(self, host: str, status: int, header: str | None) -> None:
        """Take note of an error of `host` and its ``Retry-After`` header, seconds or a date.

        Without one, a host that says that it is asked too much is left alone for a while by all
        of its sources, each time for twice as long.
        """
        now = self._clock.now()
        until = retry_after(header, now=now)
        if until is not None:
            self._quiet_until[host] = min(until, now + LONGEST_QUIET)
        elif status in _OVERLOADED:
            times = self._overloaded.get(host, 0)
            self._overloaded[host] = min(times + 1, _MOST_DOUBLINGS)
            spread = random.uniform(0.75, 1.25)  # noqa: S311 - so that hosts do not come in step
            rest = min(self._network.backoff * spread * 2.0**times, self._network.max_wait)
            self._resting_until[host] = now + timedelta(seconds=rest)

    def hear_good(self, host: str) -> None:
        """Take note that `host` answers again."""
        self._overloaded.pop(host, None)

    def quiet_until(self, host: str) -> datetime | None:
        """Until when `host` asked not to be asked; None where it did not, or that is over."""
        until = self._quiet_until.get(host)
        return until if until is not None and until > self._clock.now() else None

    async def _quiet(self, host: str) -> None:
        while (rest := self._resting_until.get(host, self._clock.now())) > self._clock.now():
            await asyncio.sleep((rest - self._clock.now()).total_seconds())
        while (until := self.quiet_until(host)) is not None:
            seconds = (until - self._clock.now()).total_seconds()
            if seconds > self._network.max_wait:
                raise SourceError(
                    f"{host} asks to wait until {until:%Y-%m-%d %H:%M} UTC",
                    retryable=True,
                    retry_at=until,
                )
            await asyncio.sleep(seconds)
