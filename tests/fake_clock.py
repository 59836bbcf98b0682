"""A clock that stands still until somebody sleeps, for what waits in the crawlers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crawlers.pace import Clock, Pace

START = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


class FakeClock:
    """Time from `START` on; `slept` holds every sleep in seconds."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.elapsed = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.elapsed += seconds

    def pace(self) -> Pace:
        """Turns at a service by this clock."""
        return Pace(Clock(now=self.now, monotonic=self.monotonic, sleep=self.sleep))
