"""What an issue covers: from the day after the issue before it, up to now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from config.errors import InputError
from config.settings import Settings
from store.database import Store
from store.issues import load_issue_dates


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The span of time that an issue is made of."""

    day: date
    """The issue's date in the editor's zone."""
    start: datetime
    """Midnight in the editor's zone after the issue before, or so many days back."""
    now: datetime
    """The one clock reading of the run, UTC."""
    settled: date
    """An export up to this day counts as having run, even if nobody called it final."""


def period_of(store: Store, settings: Settings, now: datetime, day: date | None = None) -> Period:
    """The period of the issue of `day` (today in the editor's zone by default).

    It begins after the day of the last issue that ran, unless that is more than two periods ago.
    An export that was not called final is a look at the coming issue, until half a period has
    passed: then it must have been meant.
    """
    zone = settings.newsletter.zone
    day = day or now.astimezone(zone).date()
    length = timedelta(days=settings.newsletter.period_days)
    try:
        settled, first, earliest = day - length / 2, day - length, day - 2 * length
    except OverflowError as error:
        raise InputError(f"{day} is too early for an issue") from error
    dates = load_issue_dates(store, before=day, settled=settled)
    if dates and dates[0] >= earliest:
        first = dates[0] + timedelta(days=1)
    return Period(day=day, start=datetime.combine(first, time(), zone), now=now, settled=settled)
