"""Whether a page's window has rolled on since it was last read, past what is known of it. Pure.

A feed shows its last so many entries. Who reads it too seldom misses those that came and went in
between, and nothing in the feed says so. What can be seen is that it no longer reaches back to
the latest entry that is known: its oldest one is younger than that, and none of them was there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from store.models import Gap, RawItem


def possible_gap(
    items: Sequence[RawItem], watermark: datetime | None, known: Callable[[], bool]
) -> Gap | None:
    """Give the time from which entries may be missing in `items`, all that the page holds.

    `watermark` is the date of the latest entry that was ever seen there; `known` tells whether
    any of these was, and is asked only where their dates leave it open.
    """
    dates = [item.published for item in items if item.published is not None]
    return gap_of(dates, watermark, known)


def gap_of(
    dates: Sequence[datetime],
    watermark: datetime | None,
    known: Callable[[], bool] = lambda: False,
) -> Gap | None:
    """As `possible_gap`, of the dates alone."""
    if watermark is None or not dates or min(dates) <= watermark or known():
        return None
    return Gap(after=watermark, before=min(dates))


def told(gap: Gap) -> str:
    """Say so in a note of the run's table."""
    return (
        f"possible gap: nothing between {gap.after:%Y-%m-%d %H:%M} and "
        f"{gap.before:%Y-%m-%d %H:%M} UTC"
    )


def latest(items: Sequence[RawItem], watermark: datetime | None, now: datetime) -> datetime | None:
    """Give the new watermark: never behind the old one, and never in the future."""
    return latest_of([i.published for i in items if i.published is not None], watermark, now)


def latest_of(
    dates: Sequence[datetime], watermark: datetime | None, now: datetime
) -> datetime | None:
    """As `latest`, of the dates alone."""
    past = [min(date, now) for date in dates]
    return max([*past, *([watermark] if watermark else [])], default=None)
