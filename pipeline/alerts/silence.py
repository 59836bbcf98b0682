"""Whether a source has been without anything new for longer than it ever is. Pure.

How likely it is that a day brings nothing is taken from the same day of earlier weeks, drawn
towards that of all days where there are few of them. The days without news are multiplied up; a
stretch as unlikely as three in ten thousand is no accident any more. Since news comes in bursts,
it must be longer than every stretch before it as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from itertools import groupby
from typing import Final

from store.runs import Entry

_CHANCE: Final = 0.0003
_ENOUGH: Final = 5
"""Days with something new that make a history …"""
_LONG: Final = 14
"""… that is as long as this; after a shorter one it takes as long a silence."""
_WEIGHT: Final = 2.0
"""So many days of the week weigh as much as what holds for all days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A stretch without anything new."""

    last: date
    """The day, in the editor's zone, of the night that brought something last."""
    days: int
    """On which it was asked since, and answered without news."""
    longest: int
    """The longest such stretch before."""


@dataclass(frozen=True, slots=True)
class _Day:
    day: date
    news: bool


def silence(nights: Sequence[Entry], zone: tzinfo) -> Silence | None:
    """Say whether the last of these nights is one too many without news.

    Nights in which the source failed do not count: nobody knows what it would have said.
    """
    days = _days(nights, zone)
    with_news = [n for n, day in enumerate(days) if day.news]
    if len(with_news) < _ENOUGH:
        return None
    # What came before the first news is how long the program did not know the source.
    days = days[with_news[0] :]
    last = with_news[-1] - with_news[0]
    quiet, before = days[last + 1 :], days[: last + 1]
    stretches = [len(list(run)) for news, run in groupby(before, lambda day: day.news) if not news]
    longest = max(stretches, default=0)
    if len(before) < _LONG and len(quiet) < _LONG:
        return None
    if len(quiet) <= longest or _chance(quiet, before) > _CHANCE:
        return None
    return Silence(last=before[-1].day, days=len(quiet), longest=longest)


def _days(nights: Sequence[Entry], zone: tzinfo) -> list[_Day]:
    answered = (e for e in nights if e.status in ("items", "not_modified", "empty"))
    by_day = groupby(answered, lambda entry: entry.at.astimezone(zone).date())
    return [_Day(day, any(entry.new for entry in entries)) for day, entries in by_day]


def _chance(quiet: Sequence[_Day], before: Sequence[_Day]) -> float:
    over_all = (sum(not day.news for day in before) + 0.5) / (len(before) + 1)
    chance = 1.0
    for day in quiet:
        same = [known for known in before if known.day.weekday() == day.day.weekday()]
        without = sum(not known.news for known in same)
        chance *= (without + _WEIGHT * over_all) / (len(same) + _WEIGHT)
    return chance
