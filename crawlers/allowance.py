"""What a run may still ask: its time, its requests to each host, and which hosts are down.

The crawl and the sessions of all API clients share the one `Allowance` of a run. Each request is
taken out of it, and what becomes of the request is told to it. Where several in a row could not
even connect, the host's circuit opens: whoever wants something of that host is refused at once
instead of waiting in its turn, until after a while one request is let through to see whether the
host is back (https://martinfowler.com/bliki/CircuitBreaker.html).

Waiting, and whose turn it is, are left to ``crawlers.pace`` and ``crawlers.spiders.turns``.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from config.errors import SourceError
from config.settings import Network
from crawlers.access import Origin, origin
from crawlers.refusal import host_of


@dataclass(slots=True)
class _Host:
    requests: int = 0
    answered: bool = False
    """It answered in this run, so that no answer within the time is the page's fault."""
    lost: int = 0
    """Requests in a row that it did not answer."""
    error: SourceError | None = None
    """Why the last of them was not answered."""
    try_at: float = math.inf
    """When its open circuit lets a request through."""


class Allowance:
    """What one run may still ask. Safe to share between threads."""

    def __init__(self, network: Network, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Begin a run; its time runs from here."""
        self._network = network
        self._monotonic = monotonic
        self._ends_at = monotonic() + (network.run_minutes * 60 or math.inf)
        self._most = network.host_requests or math.inf
        self._lock = threading.Lock()
        self._hosts: dict[Origin, _Host] = {}

    def refusal(self, url: str) -> SourceError | None:
        """Why `url` may not be asked for now; None where it may."""
        with self._lock:
            return self._refusal(url)

    def check(self, url: str) -> None:
        """Raise `SourceError` where `url` may not be asked for now."""
        if (error := self.refusal(url)) is not None:
            raise error

    def spend(self, url: str) -> None:
        """Take a request for `url` out of what is left; raises `SourceError` as `check` does."""
        with self._lock:
            if (error := self._refusal(url)) is not None:
                raise error
            host = self._host(url)
            host.requests += 1
            if host.try_at < math.inf:
                # This one tries whether the host is back; the others go on waiting.
                host.try_at = self._next_try()

    def answered(self, url: str) -> None:
        """Hear that the host of `url` answered, whatever it said."""
        with self._lock:
            host = self._host(url)
            host.answered, host.lost, host.try_at = True, 0, math.inf

    def lost(self, url: str, error: SourceError, *, connecting: bool) -> None:
        """Hear that the host of `url` did not answer.

        `connecting` says that there was not even a connection. Where there was, it counts only
        as long as the host has answered nothing else: a page that takes too long is no host that
        is down.
        """
        with self._lock:
            host = self._host(url)
            if host.answered and not connecting:
                return
            host.lost, host.error = host.lost + 1, error
            if 0 < self._network.circuit_failures <= host.lost:
                host.try_at = self._next_try()

    def _next_try(self) -> float:
        return self._monotonic() + self._network.circuit_minutes * 60

    def _host(self, url: str) -> _Host:
        return self._hosts.setdefault(origin(url) or (url, 0), _Host())

    def _refusal(self, url: str) -> SourceError | None:
        now = self._monotonic()
        if now >= self._ends_at:
            minutes = self._network.run_minutes
            return _used_up(f"the run's {minutes:g} minutes are", "run_minutes")
        host = self._host(url)
        if host.requests >= self._most:
            asked = f"the run's {self._most:,} requests to {host_of(url)} are"
            return _used_up(asked, "host_requests")
        if host.error is not None and now < host.try_at < math.inf:
            cause = f"{host_of(url)} is down (circuit open): {host.error.cause}"
            down = SourceError(cause, retryable=True)
            down.__cause__ = host.error.__cause__
            return down
        return None


def _used_up(what: str, setting: str) -> SourceError:
    return SourceError(f"not asked: {what} used up (network.{setting})", retryable=True)
