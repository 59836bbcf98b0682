"""When nights are due, on days of daylight saving and after a clock was set, too.

Pure: what is due follows from the schedule, the time, and the nights that there were. Starting
them is the business of ``pipeline.schedule``, or of cron with ``briefing nightly --if-due``.

A time that the clock jumps over is due when that long has passed (02:30, on the night on which
02:00 becomes 03:00, is due at 03:30), and one that it shows twice is due the first time, as cron
and systemd have it. A schedule of every hour goes on through both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger

from config.settings import Settings, cron_trigger

_LARGEST_SHIFT = timedelta(hours=3)
"""No zone's clock has been moved further at once in this century, but across the date line."""
_CLOCK_FAULT = timedelta(days=1)
"""A night that is said to have begun later than this from now was begun by a wrong clock."""
_TRIES = 3
"""A night that was begun as often and never ended is left for the next time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A night that was begun."""

    at: datetime
    """UTC."""
    ended: bool
    """It came to its end, whatever its sources answered."""


class Timetable:
    """The due times of a schedule.

    The fields are held against the time that a clock on the wall shows, which knows of no zone;
    what that is in UTC is reckoned here. (APScheduler's own reckoning in a zone skips the midnight
    after a day of 23 hours.)
    """

    def __init__(self, fields: str, zone: ZoneInfo) -> None:
        """Take cron fields, as the setting ``schedule.nightly`` has them, in a zone."""
        self.zone = zone
        self._trigger = cron_trigger(fields, UTC)
        hour = next(field for field in self._trigger.fields if field.name == "hour")
        self._every_hour = str(hour).startswith("*")

    @classmethod
    def of(cls, settings: Settings) -> Timetable:
        """The timetable of a configuration."""
        return cls(settings.schedule.nightly, settings.newsletter.zone)

    def after(self, moment: datetime) -> datetime | None:
        """Give the first due time later than `moment`, UTC; None where there is none."""
        near = (moment - _LARGEST_SHIFT, moment, moment + _LARGEST_SHIFT)
        moved = len({one.astimezone(self.zone).utcoffset() for one in near}) > 1
        shown = moment.astimezone(self.zone).replace(tzinfo=UTC)
        fires = self._trigger.get_next_fire_time(None, shown - _LARGEST_SHIFT if moved else shown)
        due: datetime | None = None
        # Where the clock is moved, what it shows later may come sooner.
        while fires is not None and (due is None or (moved and fires <= shown + _LARGEST_SHIFT)):
            times = [time for time in self._in_utc(fires) if time > moment]
            due = min([*times, *([] if due is None else [due])], default=None)
            fires = self._trigger.get_next_fire_time(fires, fires)
        return due

    def _in_utc(self, shown: datetime) -> list[datetime]:
        """When a clock in the zone shows this; a time that it jumps over, once so long passed."""
        first, second = (
            shown.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1)
        )
        return [first, second] if first < second and self._every_hour else [first]

    def following(self, moment: datetime) -> Iterator[datetime]:
        """Every due time later than `moment`, in order."""
        due = self.after(moment)
        while due is not None:
            yield due
            due = self.after(due)


class NightTrigger(BaseTrigger):
    """A timetable, as APScheduler asks for it."""

    def __init__(self, timetable: Timetable, *, since: datetime) -> None:
        """Fire at the due times later than `since`."""
        self._timetable = timetable
        self._since = since

    def get_next_fire_time(
        self,
        previous_fire_time: datetime | None,
        now: datetime,  # noqa: ARG002 - what was due stays due, late or not
    ) -> datetime | None:
        """Give the due time after the one before."""
        return self._timetable.after(previous_fire_time or self._since)


def missed(
    timetable: Timetable,
    nights: Iterable[Begun],
    *,
    now: datetime,
    grace: timedelta,
    first: timedelta = timedelta(0),
) -> datetime | None:
    """Give the due time, at most `grace` ago, for which no night came to its end; None if none.

    Several such times are one: the first is given, and a night begun now makes up for all. Where
    there never was a night, it is one of at most `first` ago. `nights` are those that were begun
    since `grace` before `now`, and at least the last one that ended.
    """
    known = [night for night in nights if night.at <= now + _CLOCK_FAULT]
    since = now - (grace if known else min(first, grace))
    due = timetable.after(max([since, *(night.at for night in known if night.ended)]))
    if due is None or due > now:
        return None
    return None if sum(night.at >= due for night in known) >= _TRIES else due


def coming(nights: Iterable[Begun], *, now: datetime) -> datetime:
    """Give the moment from which on the next due time counts.

    It is `now`, or, where the clock was set back since, the time at which the last night was
    begun: what was due before that has been done.
    """
    return max([now, *(night.at for night in nights if night.at <= now + _CLOCK_FAULT)])
