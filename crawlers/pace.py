"""Time as the API clients need it, and whose turn it is to ask a service.

arXiv and GitHub ask for one request at a time, arXiv for a pause between two
(https://info.arxiv.org/help/api/tou.html,
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api). Several
sources ask one service from threads of their own, so the pause belongs to the service: all of its
sources share one `Pace`. How long to wait after a refusal is decided in ``crawlers.http_session``.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The three things that time is asked for; tests bring their own."""

    now: Callable[[], datetime]
    """UTC, for what a server says in dates."""
    monotonic: Callable[[], float]
    """Seconds, for pauses and deadlines."""
    sleep: Callable[[float], None]


SYSTEM_CLOCK = Clock(now=lambda: datetime.now(UTC), monotonic=time.monotonic, sleep=time.sleep)


class Pace:
    """Turns at one service. Safe to share between threads."""

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._free_at = -math.inf

    @contextmanager
    def turn(self, interval: float, check: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Wait until the service may be asked and ask it alone.

        The next turn starts no sooner than `interval` seconds after the end of this one. What
        `check` raises once the turn has come ends it at once, and nobody waits for it.
        """
        with self._lock:
            check()
            wait = self._free_at - self.clock.monotonic()
            if wait > 0:
                self.clock.sleep(wait)
            try:
                yield
            finally:
                self.defer(interval)

    def defer(self, seconds: float) -> None:
        """Let nobody ask for that long. Only within a turn, which makes it hold for all."""
        self._free_at = max(self._free_at, self.clock.monotonic() + seconds)


ARXIV_PACE = Pace()
"""Turns at the arXiv API of every source in this process."""
GITHUB_PACE = Pace()
"""Turns at the GitHub API of every source in this process."""
