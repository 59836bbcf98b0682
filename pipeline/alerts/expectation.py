"""How many items a source should answer, by what it answered before. Pure.

The usual number is the median of its last good answers, and how far it strays the median of the
deviations from that (MAD, times 1.4826 to be a standard deviation's where they are normal:
https://en.wikipedia.org/wiki/Median_absolute_deviation), so that a few bad nights move neither.
Too few is less than half of the usual and more than three spreads below it. Whoever asks leaves
out what was answered since an alert on the number was opened, or it would soon be the usual.

Most sources show their last so many entries, whatever day it is. Those that show what is new since
the last night have days of the week: they are held against the same day of earlier weeks too, and
a weekend that was never seen yet is no measure of anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from math import ceil, sqrt
from statistics import median
from typing import Final

from store.runs import Entry

_ENOUGH: Final = 5
"""Answers that make a history."""
_FEW: Final = 3
"""A source that usually has fewer than this many may as well have none …"""
_LONG: Final = 14
"""… until it has had some in so many answers."""
_SPREAD: Final = 1.4826
_SPREADS: Final = 3
_AROUND_WEEKEND: Final = frozenset({0, 5, 6})
"""Monday, Saturday and Sunday: a run early on Monday sees what Sunday brought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What to expect of an answer."""

    usual: int
    least: int | None
    """Fewer are too few; None where any number may be."""


def expectation(history: Sequence[Entry], at: datetime, zone: tzinfo) -> Expectation | None:
    """What a source should answer at that time; None where it has too little of a history.

    Nights in which it failed, or said that nothing had changed, say nothing about it.
    """
    said = [entry for entry in history if entry.status in ("items", "empty")]
    if len(said) < _ENOUGH:
        return None
    sizes = [entry.received for entry in said]
    slides = _slides(said)
    usual, least = median(sizes), _least(sizes, counted=not slides)
    if not slides:
        weekday = at.astimezone(zone).weekday()
        same = [e.received for e in said if e.at.astimezone(zone).weekday() == weekday]
        if len(same) >= _ENOUGH:
            usual, least = median(same), _least(same, counted=True)
        elif same:
            usual, least = median(same), min(least, _least(same, counted=True))
        elif weekday in _AROUND_WEEKEND:
            least = 0
    return Expectation(usual=round(usual), least=least or None)


def _slides(said: Sequence[Entry]) -> bool:
    """Whether most of what it shows was there before: the window of a feed, not a day's news."""
    shares = [1 - entry.new / entry.received for entry in said[1:] if entry.received]
    return bool(shares) and median(shares) >= 1 / 2


def _least(sizes: Sequence[int], *, counted: bool) -> int:
    """The fewest that are enough; what is `counted` strays at least as events of a day do."""
    usual = median(sizes)
    spread = _SPREAD * median(abs(size - usual) for size in sizes)
    if counted:
        spread = max(spread, sqrt(usual))
    least = ceil(usual - max(_SPREADS * spread, usual / 2))
    # What happened twice before is nothing to speak of; nor is half of the only time it was seen.
    seen = sorted(sizes)[1] if len(sizes) > 1 else sizes[0] // 2
    least = min(least, seen)
    return max(least, 0) if usual >= _FEW or len(sizes) >= _LONG else 0
