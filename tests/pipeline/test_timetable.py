"""When nights are due: days of daylight saving, clocks that were set, nights that were missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.timetable import Begun, NightTrigger, Timetable, coming, missed

SHANGHAI = Timetable("30 3 * * *", ZoneInfo("Asia/Shanghai"))
GRACE = timedelta(hours=6)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def due(fields: str, zone: str, since: datetime, number: int) -> list[str]:
    table = Timetable(fields, ZoneInfo(zone))
    return [f"{one:%m-%d %H:%M}" for one in islice(table.following(since), number)]


@pytest.mark.parametrize(
    ("fields", "zone", "since", "expected"),
    [
        # 02:30 does not exist on 8 March: an hour after 01:30 it is 03:30 (07:30 UTC).
        ("30 2 * * *", "America/New_York", utc(2026, 3, 7, 12),
         ["03-08 07:30", "03-09 06:30", "03-10 06:30"]),
        # 01:30 is shown twice on 1 November: the first time counts.
        ("30 1 * * *", "America/New_York", utc(2026, 10, 31, 12),
         ["11-01 05:30", "11-02 06:30", "11-03 06:30"]),
        ("30 2 * * *", "Europe/Berlin", utc(2026, 3, 28, 12),
         ["03-29 01:30", "03-30 00:30", "03-31 00:30"]),
        ("30 2 * * *", "Europe/Berlin", utc(2026, 10, 24, 12),
         ["10-25 00:30", "10-26 01:30", "10-27 01:30"]),
        # Half an hour is skipped, and shown twice.
        ("15 2 * * *", "Australia/Lord_Howe", utc(2026, 10, 3),
         ["10-03 15:45", "10-04 15:15"]),
        ("45 1 * * *", "Australia/Lord_Howe", utc(2026, 4, 4),
         ["04-04 14:45", "04-05 15:15"]),
        # A schedule of every hour goes on through both.
        ("0 * * * *", "Europe/Berlin", utc(2026, 10, 24, 23, 30),
         ["10-25 00:00", "10-25 01:00", "10-25 02:00"]),
        ("0 * * * *", "Europe/Berlin", utc(2026, 3, 28, 23, 30),
         ["03-29 00:00", "03-29 01:00", "03-29 02:00"]),
    ],
)  # fmt: skip
def test_a_day_of_daylight_saving_neither_doubles_nor_loses_a_run(fields, zone, since, expected):
    assert due(fields, zone, since, len(expected)) == expected


def test_a_time_that_was_jumped_over_is_due_whenever_one_asks():
    """A scheduler that is started between 03:00 and 03:30 of that morning, too."""
    table = Timetable("30 2 * * *", ZoneInfo("America/New_York"))
    times = [utc(2026, 3, 7, 7, 30), utc(2026, 3, 8, 7, 30), utc(2026, 3, 9, 6, 30)]
    for minutes in range(0, 26 * 60, 7):
        asked = utc(2026, 3, 7, 7) + timedelta(minutes=minutes)
        assert table.after(asked) == next(time for time in times if time > asked)


@given(
    zone=st.sampled_from(["America/New_York", "Europe/Berlin", "Asia/Shanghai", "Africa/Cairo"]),
    minute=st.integers(0, 59),
    hour=st.integers(0, 23),
    day=st.integers(0, 364),
)
@example(zone="Europe/Berlin", minute=0, hour=2, day=85)
@example(zone="America/New_York", minute=0, hour=0, day=65)
def test_every_local_day_has_one_run(zone, minute, hour, day):
    table = Timetable(f"{minute} {hour} * * *", ZoneInfo(zone))
    start = utc(2026, 1, 1) + timedelta(days=day)
    times = list(takewhile(lambda at: at < start + timedelta(days=4), table.following(start)))
    days = [
        (at.astimezone(ZoneInfo(zone)) - timedelta(hours=hour, minutes=minute)).date()
        for at in times
    ]
    # Whatever the clock did, they are a day apart but for the hour that it was moved.
    assert {round((b - a) / timedelta(hours=1)) for a, b in pairwise(times)} <= {23, 24, 25}
    assert len(set(days)) == len(days) >= 3


def test_a_trigger_never_fires_twice_for_a_time_however_the_clock_is_set():
    trigger = NightTrigger(SHANGHAI, since=utc(2026, 3, 1, 12))
    first = trigger.get_next_fire_time(None, utc(2026, 3, 1, 12))
    assert first == utc(2026, 3, 1, 19, 30)
    hour_back = first - timedelta(hours=1)
    assert trigger.get_next_fire_time(first, hour_back) == utc(2026, 3, 2, 19, 30)


def test_a_restart_after_the_clock_was_set_back_waits_for_the_next_day():
    night = Begun(at=utc(2026, 3, 1, 19, 30), ended=True)
    now = utc(2026, 3, 1, 19, 10)
    assert SHANGHAI.after(coming([night], now=now)) == utc(2026, 3, 2, 19, 30)
    assert missed(SHANGHAI, [night], now=now, grace=GRACE) is None


def test_a_night_of_a_clock_that_was_years_ahead_keeps_none_from_being_due():
    wrong = Begun(at=utc(2031, 1, 1), ended=True)
    right = Begun(at=utc(2026, 2, 28, 19, 30), ended=True)
    now = utc(2026, 3, 1, 20)
    assert SHANGHAI.after(coming([wrong], now=now)) == utc(2026, 3, 2, 19, 30)
    assert missed(SHANGHAI, [right, wrong], now=now, grace=GRACE) == utc(2026, 3, 1, 19, 30)


@pytest.mark.parametrize(
    ("begun", "now", "expected"),
    [
        # On time the day before, and off over the time of today.
        ([(utc(2026, 2, 28, 19, 30), True)], utc(2026, 3, 1, 20), utc(2026, 3, 1, 19, 30)),
        # It ran.
        ([(utc(2026, 3, 1, 19, 30), True)], utc(2026, 3, 1, 20), None),
        # It was begun, and killed: it goes on from there.
        ([(utc(2026, 2, 28, 19, 30), True), (utc(2026, 3, 1, 19, 30), False)],
         utc(2026, 3, 1, 20), utc(2026, 3, 1, 19, 30)),
        # What kills it every time is not tried for ever.
        ([(utc(2026, 2, 28, 19, 30), True)] + [(utc(2026, 3, 1, 19, 30 + n), False) for n in range(3)],
         utc(2026, 3, 1, 20), None),
        # Too late for today.
        ([(utc(2026, 2, 28, 19, 30), True)], utc(2026, 3, 2, 2), None),
        # Five nights down: made up for by one.
        ([(utc(2026, 2, 24, 19, 30), True)], utc(2026, 3, 1, 20), utc(2026, 3, 1, 19, 30)),
        # A night that ran before its time does not stand for it.
        ([(utc(2026, 3, 1, 19, 20), True)], utc(2026, 3, 1, 19, 31), utc(2026, 3, 1, 19, 30)),
        ([], utc(2026, 3, 1, 20), None),
    ],
)  # fmt: skip
def test_what_was_missed_is_made_up_for_once(begun, now, expected):
    nights = [Begun(at=at, ended=ended) for at, ended in begun]
    assert missed(SHANGHAI, nights, now=now, grace=GRACE) == expected


def test_the_very_first_night_is_begun_by_who_asks_every_hour():
    hour = timedelta(minutes=55)
    for minute, expected in ((29, None), (30, utc(2026, 3, 1, 19, 30))):
        now = utc(2026, 3, 1, 19, minute)
        assert missed(SHANGHAI, [], now=now, grace=GRACE, first=hour) == expected
    assert missed(SHANGHAI, [], now=utc(2026, 3, 1, 20, 30), grace=GRACE, first=hour) is None


def test_six_fields_have_seconds():
    table = Timetable("*/20 * * * * *", ZoneInfo("UTC"))
    assert [f"{at:%S}" for at in islice(table.following(utc(2026, 3, 1)), 3)] == ["20", "40", "00"]
