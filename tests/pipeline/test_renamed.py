"""One candidate of one item, whatever its source calls it; two of two."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from config.load import load_settings
from config.settings import FeedSettings
from pipeline.nightly import Night, nightly
from pipeline.renamed import under_known_ids
from pipeline.replay import replay
from pipeline.stages import normalise_pending
from store.database import Store
from store.items import Counts, save_items, save_payload
from store.models import Payload, SourceName
from store.runs import start_run
from tests.builders import NOW, an_item
from tests.loopback import Answer, LoopbackServer

SOURCE = SourceName("量子位")
ITEMS = tuple(
    an_item(
        external_id=f"guid {n}",
        url=f"https://a.example/{n}",
        title=f"第{n}篇",
        published=datetime(2026, 2, n, 8, tzinfo=UTC),
    )
    for n in (1, 2, 3)
)


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "b.db") as store:
        yield store


def told(store, *items) -> Counts:
    """One answer of the source, taken in."""
    named = under_known_ids(store, SOURCE, items)
    counts = save_items(store, start_run(store, "test", NOW), None, named, NOW)
    normalise_pending(store, NOW)
    return counts


def candidates(store):
    return store.db.execute("SELECT external_id, title FROM candidate ORDER BY id").fetchall()


def renamed(items, night):
    return [replace(item, external_id=f"{night}/{item.external_id}") for item in items]


def test_an_answer_with_new_guids_brings_nothing_new(store):
    told(store, *ITEMS)
    for night in range(3):
        assert told(store, *renamed(ITEMS, night)) == Counts(received=3, new=0, changed=0)
    assert told(store, *ITEMS) == Counts(received=3, new=0, changed=0)
    assert candidates(store) == [(item.external_id, item.title) for item in ITEMS]


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://www.a.example/1?utm_source=rss"},
        {"title": "第1篇（更正）"},
        {"published": datetime(2026, 2, 9, 8, tzinfo=UTC)},
    ],
    ids=["address spelled otherwise", "corrected headline", "other date"],
)
def test_an_item_that_is_renamed_and_changed_at_once_is_the_same(store, changes):
    told(store, *ITEMS)
    counts = told(store, replace(ITEMS[0], external_id="other", **changes), *ITEMS[1:])
    assert counts == Counts(received=3, new=0, changed=1)
    assert len(candidates(store)) == 3


def test_an_update_under_the_same_guid_stays_one(store):
    told(store, *ITEMS)
    assert told(store, replace(ITEMS[0], title="改了", url="https://a.example/9")).changed == 1
    assert len(candidates(store)) == 3


def test_another_thing_at_a_known_address_is_another(store):
    told(store, *ITEMS)
    other = replace(ITEMS[0], external_id="x", title="别的", published=NOW)
    assert told(store, other, *ITEMS[1:]).new == 1
    assert len(candidates(store)) == 4


def test_what_the_source_itself_tells_apart_stays_apart(store):
    """A page of changes: each has its guid, and all of them one address and one headline."""
    changes = [replace(ITEMS[0], external_id=f"change {n}") for n in range(5)]
    told(store, *changes[:3])
    told(store, *changes[1:4])
    told(store, *changes[2:5])
    assert [name for name, _ in candidates(store)] == [f"change {n}" for n in range(5)]


def test_an_id_that_is_still_in_use_is_taken_from_nobody(store):
    told(store, ITEMS[0])
    moved = replace(ITEMS[0], url="https://a.example/elsewhere")
    told(store, moved, replace(ITEMS[0], external_id="second"))
    assert [name for name, _ in candidates(store)] == ["guid 1", "second"]


def test_without_an_address_only_the_id_counts(store):
    told(store, replace(ITEMS[0], url=""))
    told(store, replace(ITEMS[0], url="", external_id="other"))
    assert len(candidates(store)) == 2


def test_another_source_has_ids_of_its_own(store):
    told(store, *ITEMS)
    theirs = [replace(i, source=SourceName("b"), external_id=f"b{i.external_id}") for i in ITEMS]
    assert under_known_ids(store, SourceName("b"), theirs) == tuple(theirs)


def test_half_a_surrogate_pair_in_an_id_stops_nothing(store):
    odd = replace(ITEMS[0], external_id="\ud800")
    told(store, odd)
    assert told(store, odd) == Counts(received=1, new=0, changed=0)
    assert len(candidates(store)) == 1


URL = "https://anew.example/feed"


def a_feed(guids: str, items=ITEMS, *, dated=lambda item: item.published) -> bytes:
    entries = "".join(
        f"<item><guid>{guids} {item.external_id}</guid><link>{item.url}</link>"
        f"<title>{item.title}</title><pubDate>{format_datetime(dated(item))}</pubDate></item>"
        for item in items
    )
    return f'<rss version="2.0"><channel><title>A</title>{entries}</channel></rss>'.encode()


class Nights:
    """Nights over one feed, whose guids are other ones each time."""

    def __init__(self, store: Store, web: LoopbackServer, folder: Path) -> None:
        network = {"mirrors": web.mirrors, "delay": 0, "retries": 0}
        settings = load_settings(overrides={"network": network}, environment=False)
        feed = FeedSettings(kind="feed", name=SOURCE, url=URL)
        self.settings = settings.model_copy(update={"sources": (feed,)})
        self.store, self.web, self.folder, self.number = store, web, folder, 0

    def night(self, **options) -> Night:
        self.web.route(URL, Answer(body=a_feed(f"night {self.number}", **options)))
        self.number += 1
        return nightly(
            self.store,
            self.settings,
            self.folder,
            now=NOW + timedelta(days=self.number),
            progress=lambda _: None,
            begin=lambda _: None,
        )


@pytest.fixture
def nights(tmp_path):
    with LoopbackServer() as web, Store(tmp_path / "b.db") as store:
        yield Nights(store, web, tmp_path)


def test_a_feed_of_ever_new_guids_and_dates_has_nothing_new_and_no_gap(nights):
    nights.night()
    for _ in range(3):
        later = NOW + timedelta(days=nights.number, hours=1)
        night = nights.night(dated=lambda _, later=later: later)
        [report] = night.run.sources
        assert (report.received, report.new, report.gap) == (3, 0, None)
        assert night.alerts.raised == ()
    assert len(candidates(nights.store)) == 3


def test_what_a_night_that_was_cut_short_had_stored_is_known_to_the_next(nights):
    run = start_run(nights.store, "nightly", NOW)
    save_items(nights.store, run, None, ITEMS, NOW)
    [report] = nights.night().run.sources
    assert report.new == 0
    assert len(candidates(nights.store)) == 3


def test_a_replay_of_answers_that_each_have_their_guids_brings_each_item_once(nights):
    for night in range(3):  # none of which could be read when it came
        at = NOW + timedelta(days=night)
        payload = Payload(url=URL, body=a_feed(f"night {night}"), fetched_at=at)
        save_payload(nights.store, SOURCE, "feed", "unparsable", payload)
    result = replay(nights.store, nights.settings, nights.folder, NOW + timedelta(days=3))
    assert (result.payloads, result.counts.new) == (3, 3)
    assert len(candidates(nights.store)) == 3
