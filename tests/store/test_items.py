from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.database import Store
from store.items import (
    Counts,
    load_article,
    load_items,
    load_payloads,
    load_pending,
    save_items,
    save_payload,
)
from store.models import (
    Kind,
    PaperFacts,
    Payload,
    RawItem,
    RepositoryFacts,
    SourceName,
)
from store.rows import RAW_ITEM, read_time, write_time
from store.runs import start_run
from tests.builders import NOW, an_item


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "b.db") as store:
        yield store


def a_payload(body: bytes) -> Payload:
    return Payload(url="https://a.example/feed", body=body, fetched_at=NOW, content_type="text/xml")


def test_counts_tell_new_changed_and_known_apart(store):
    run = start_run(store, "test", NOW)
    items = [an_item(external_id="1"), an_item(external_id="2")]
    assert save_items(store, run, None, items, NOW) == Counts(received=2, new=2, changed=0)
    again = [an_item(external_id="1"), an_item(external_id="2", title="改了标题")]
    assert save_items(store, run, None, again, NOW) == Counts(received=2, new=0, changed=1)
    assert save_items(store, run, None, again, NOW) == Counts(received=2, new=0, changed=0)
    assert save_items(store, run, None, items, NOW) == Counts(received=2, new=0, changed=1)


def test_only_the_latest_word_is_given_back(store):
    run = start_run(store, "test", NOW)
    save_items(store, run, None, [an_item(title="旧")], NOW)
    save_items(store, run, None, [an_item(title="新")], NOW)
    assert [item.title for item in load_items(store)] == ["新"]
    assert [p.item.title for p in load_pending(store, 10)] == ["旧", "新"]


def test_payloads_are_kept_once_and_come_back_as_they_came(store):
    source = SourceName("量子位")
    one = save_payload(store, source, "feed", "items", a_payload(b"\x00\xff body"))
    two = save_payload(store, source, "feed", "items", a_payload(b"\x00\xff body"))
    other = save_payload(store, SourceName("other"), "feed", "empty", a_payload(b"\x00\xff body"))
    assert one == two != other
    [kept] = load_payloads(store, source)
    assert kept.payload == a_payload(b"\x00\xff body")
    assert len(list(load_payloads(store))) == 2


def test_an_article_is_found_by_the_address_of_its_item(store):
    source = SourceName("量子位")
    save_payload(store, source, "feed", "items", a_payload(b"feed"))
    assert load_article(store, source, "https://a.example/feed") is None
    save_payload(store, source, "article", "article", a_payload(b"article"))
    assert load_article(store, source, "https://a.example/feed") == a_payload(b"article")
    assert load_article(store, SourceName("other"), "https://a.example/feed") is None


def test_half_a_surrogate_pair_does_not_stop_the_others(store):
    run = start_run(store, "test", NOW)
    hostile = [an_item(external_id="a\ud800", title="b\udfff", url="\x00"), an_item()]
    assert save_items(store, run, None, hostile, NOW).new == 2
    assert [p.item.title for p in load_pending(store, 10)] == ["b?", an_item().title]


texts = st.text(st.characters(exclude_categories=["Cs"]))
times = st.none() | st.datetimes(timezones=st.just(UTC))


@given(
    st.builds(
        RawItem,
        source=st.just(SourceName("s")),
        external_id=texts,
        url=texts,
        title=texts,
        kind=st.none() | st.sampled_from(Kind),
        summary=texts,
        published=times,
        authors=st.lists(texts).map(tuple),
        links=st.lists(texts).map(tuple),
        paper=st.none() | st.builds(PaperFacts, arxiv_id=texts, version=st.integers(1, 99)),
        repository=st.none() | st.builds(RepositoryFacts, full_name=texts, created_at=times),
    )
)
def test_a_raw_item_reads_back_as_it_was_written(item):
    assert RAW_ITEM.read(RAW_ITEM.write(item)) == item


@given(
    st.datetimes(
        timezones=st.timezones(), min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)
    )
)
def test_times_read_back_to_the_second(moment):
    assert read_time(write_time(moment)) == moment.astimezone(UTC).replace(microsecond=0)


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="without zone"):
        write_time(datetime(2026, 3, 2))
