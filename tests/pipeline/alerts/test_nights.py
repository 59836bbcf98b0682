"""Nights over a generated feed: what is caught up, what may be missing, and the alerts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from config.load import load_settings
from config.settings import FeedSettings, Settings
from pipeline.nightly import Night, nightly
from store.alerts import AlertId, acknowledge, load_alerts, load_open
from store.database import Store
from store.items import load_items
from store.runs import SourceReport
from tests.builders import NOW
from tests.loopback import Answer, LoopbackServer

URL = "https://rolling.example/feed"
HOOK = "https://hooks.example/hook"
DAY = timedelta(days=1)


def a_feed(now: datetime, *, hours: int, window: int) -> bytes:
    """The latest `window` entries, one every so many hours since long ago."""
    last = int(now.timestamp() // 3600 // hours)
    entries = "".join(
        f"<item><guid>https://rolling.example/{n}</guid><link>https://rolling.example/{n}</link>"
        f"<title>Entry {n} on chips</title>"
        f"<pubDate>{format_datetime(datetime.fromtimestamp(n * hours * 3600, NOW.tzinfo))}</pubDate>"
        "</item>"
        for n in range(last, last - window, -1)
    )
    return f'<rss version="2.0"><channel><title>R</title>{entries}</channel></rss>'.encode()


@dataclass
class Desk:
    """A database, a feed, and nights over both."""

    store: Store
    web: LoopbackServer
    settings: Settings
    folder: Path
    hours: int = 6
    window: int = 12
    nights: int = 0

    @property
    def now(self) -> datetime:
        return NOW + DAY * self.nights

    def night(self, answer: Answer | None = None) -> Night:
        body = a_feed(self.now, hours=self.hours, window=self.window)
        self.web.route(URL, answer or Answer(body=body))
        night = nightly(
            self.store,
            self.settings,
            self.folder,
            now=self.now,
            progress=lambda _: None,
            begin=lambda _: None,
        )
        self.nights += 1
        return night

    def report(self, answer: Answer | None = None) -> SourceReport:
        [report] = self.night(answer).run.sources
        return report

    def known(self) -> set[int]:
        return {int(item.url.rpartition("/")[2]) for item in load_items(self.store)}


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    with LoopbackServer() as web, Store(tmp_path / "b.db") as store:
        web.route(HOOK, Answer(body=b"ok"))
        settings = load_settings(
            overrides={
                "network": {"mirrors": web.mirrors, "delay": 0, "retries": 0},
                "alerts": {"webhook": HOOK},
            },
            environment=False,
        )
        feed = FeedSettings(kind="feed", name="滚动", url=URL)
        settings = settings.model_copy(update={"sources": (feed,)})
        yield Desk(store, web, settings, tmp_path)


def test_after_five_nights_all_that_the_feed_still_offers_is_recovered(desk):
    desk.window = 30  # more than a week at four a day
    desk.night()
    desk.nights += 5
    report = desk.report()
    assert report.gap is None
    assert report.new == 24
    assert desk.known() == set(range(min(desk.known()), max(desk.known()) + 1))


def test_where_the_window_rolled_on_the_possible_gap_is_told_with_its_dates(desk):
    desk.night()
    last = max(desk.known())
    desk.nights += 5
    night = desk.night()
    [report] = night.run.sources
    assert report.new == desk.window
    assert report.gap is not None
    first = min(n for n in desk.known() if n > last)
    assert first > last + 1
    assert report.gap.after == datetime.fromtimestamp(last * 6 * 3600, NOW.tzinfo)
    assert report.gap.before == datetime.fromtimestamp(first * 6 * 3600, NOW.tzinfo)
    dates = f"{report.gap.after:%Y-%m-%d %H:%M} and {report.gap.before:%Y-%m-%d %H:%M} UTC"
    assert report.notes == (f"possible gap: nothing between {dates}",)
    [alert] = night.alerts.raised
    assert (alert.kind, alert.detail) == ("gap", f"possible gap between {dates}")
    assert [n.alerts.raised for n in (desk.night(), desk.night())] == [(), ()]


def test_a_gap_is_closed_once_it_was_seen_or_after_a_week(desk):
    desk.night()
    desk.nights += 5
    desk.night()
    [alert] = load_open(desk.store)
    acknowledge(desk.store, alert.id, "编辑", desk.now)
    desk.night()
    assert load_open(desk.store) == []
    desk.nights += 5
    desk.night()
    assert [alert.kind for alert in load_open(desk.store)] == ["gap"]
    for _ in range(7):
        desk.night()
    assert load_open(desk.store) == []


def test_a_night_that_is_missed_leaves_no_gap_where_the_window_is_long_enough(desk):
    desk.night()
    desk.nights += 1
    assert desk.report().gap is None


def test_the_ledger_says_what_was_expected_and_an_alert_comes_that_very_night(desk):
    desk.window = 40
    for _ in range(6):
        assert desk.night().alerts.raised == ()
    report = desk.report(Answer(body=a_feed(desk.now, hours=6, window=15)))
    assert (report.expected, report.least, report.received) == (40, 20, 15)
    empty = b'<rss version="2.0"><channel><title>R</title></channel></rss>'
    report = desk.report(Answer(body=empty))
    assert (report.status, report.empty, report.unparsable) == ("empty", 1, 0)
    report = desk.report(Answer(body=b"<html><body>Welcome to our new site</body></html>"))
    assert (report.status, report.empty, report.unparsable) == ("unparsable", 0, 1)
    assert {a.kind: a.closed_at for a in load_alerts(desk.store, 9)} == {
        "shrunk": None,
        "empty": None,
        "unparsable": None,
    }
    night = desk.night()
    assert {(a.kind, a.recovery) for a in night.alerts.over} == {
        ("shrunk", "40 items again"),
        ("empty", "40 items again"),
        ("unparsable", "it can be read again"),
    }
    assert load_open(desk.store) == []


def test_a_matter_is_told_once_and_its_end(desk):
    desk.window = 30
    desk.night()
    for _ in range(3):
        assert desk.night(Answer(status=404)).untold == ()
    desk.night()
    said = [json.loads(asked.body) for asked in desk.web.asked if asked.method == "POST"]
    assert [[(a["kind"], a["state"]) for a in one["alerts"]] for one in said] == [
        [("failing", "new")],
        [("failing", "over")],
    ]


def test_a_webhook_that_fails_is_told_in_the_night_and_fails_nothing(desk):
    desk.night()
    desk.web.route(HOOK, Answer(status=500))
    night = desk.night(Answer(status=404))
    assert night.run.status == "partial"
    assert "HTTP 500" in night.untold[0]
    desk.web.route(HOOK, Answer())
    assert desk.night(Answer(status=404)).untold == ()


def test_an_acknowledged_number_becomes_the_usual_one(desk):
    desk.window = 40
    for _ in range(8):
        desk.night()
    desk.window = 15
    [alert] = desk.night().alerts.raised
    assert alert.kind == "shrunk"
    for _ in range(20):
        desk.night()
    assert [a.kind for a in load_open(desk.store)] == ["shrunk"]
    acknowledge(desk.store, AlertId(alert.id), "编辑", desk.now)
    for _ in range(2):
        desk.night()
    assert load_open(desk.store) == []


def test_a_source_that_is_asked_no_more_has_no_alert(desk):
    desk.night(Answer(status=404))
    other = FeedSettings(kind="feed", name="另一个", url="https://other.example/feed")
    desk.settings = desk.settings.model_copy(update={"sources": (other,)})
    night = desk.night()
    assert [(a.source, a.recovery) for a in night.alerts.over] == [("滚动", "it is asked no more")]
    assert [a.source for a in night.alerts.raised] == ["另一个"]
