"""Asking the arXiv API, served on 127.0.0.1."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from config.settings import Addresses, ApiLimits, ArxivSettings, Network
from crawlers.arxiv_api import ArxivSource
from crawlers.pace import Pace
from crawlers.source import Empty, Failed, Items, Outcome, Unparsable
from store.models import SourceName, SourceState
from tests.crawlers.arxiv_feeds import ArxivService, entry, error_feed, feed
from tests.fake_clock import START, FakeClock
from tests.loopback import Answer, LoopbackServer

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
API = "https://export.arxiv.org/api/query"


@pytest.fixture
def web():
    with LoopbackServer() as server:
        yield server


@pytest.fixture
def clock():
    return FakeClock()


def paper(number: int, days_ago: float) -> str:
    updated = NOW - timedelta(days=days_ago)
    return entry(f"2602.{number:05}v1", updated=f"{updated:%Y-%m-%dT%H:%M:%SZ}")


def serve(web: LoopbackServer, service: ArxivService) -> str:
    """Serve the API whatever it is asked; gives its address."""
    web.answer = service  # type: ignore[method-assign]
    return f"{web.base}/api/query"


def source(
    address: str, pace: Pace, *, max_results: int = 300, page_size: int = 100, **network: object
) -> ArxivSource:
    return ArxivSource(
        settings=ArxivSettings(
            kind="arxiv", name="量化", query="cat:cs.CV AND abs:quantization",
            max_results=max_results, section="论文",
        ),
        network=Network.model_validate({"user_agent": "desk/1", "retries": 2, **network}),
        limits=ApiLimits(arxiv_page_size=page_size),
        addresses=Addresses(arxiv_api=address),
        pace=pace,
    )  # fmt: skip


def ids(outcome: Outcome) -> list[str]:
    assert isinstance(outcome, Items | Failed), outcome
    kept = Items(pages=outcome.pages, state=SourceState())
    return [item.external_id for item in kept.items]


def test_it_is_named_as_configured_and_by_its_query(clock):
    asking = source(API, clock.pace())
    assert (asking.name, asking.kind) == (SourceName("量化"), "arxiv")
    assert asking.url == f"{API}?search_query=cat%3Acs.CV+AND+abs%3Aquantization"


def test_the_query_is_asked_as_configured_the_latest_first(web, clock):
    service = ArxivService([paper(1, 1)])
    source(serve(web, service), clock.pace()).fetch(SourceState(), NOW)
    assert service.asked == [
        {
            "search_query": "cat:cs.CV AND abs:quantization",
            "id_list": "",
            "sortBy": "lastUpdatedDate",
            "sortOrder": "descending",
            "start": "0",
            "max_results": "100",
        }
    ]
    assert web.asked[0].headers["user-agent"] == "desk/1"
    assert clock.slept == []


def test_the_first_run_looks_back_as_far_as_configured(web, clock):
    service = ArxivService([paper(1, 1), paper(2, 13.9), paper(3, 14.1)])
    outcome = source(serve(web, service), clock.pace()).fetch(SourceState(), NOW)
    assert isinstance(outcome, Items)
    assert ids(outcome) == ["2602.00001", "2602.00002"]
    assert outcome.items[0].section == "论文"
    assert outcome.state.watermark == NOW - timedelta(days=1)


def test_the_next_run_looks_back_to_the_watermark_and_a_little_further(web, clock):
    state = SourceState(watermark=NOW - timedelta(days=3), etag="kept", retry_at=NOW)
    service = ArxivService([paper(1, 1), paper(2, 4.9), paper(3, 5.1)])
    outcome = source(serve(web, service), clock.pace()).fetch(state, NOW)
    assert isinstance(outcome, Items)
    assert ids(outcome) == ["2602.00001", "2602.00002"]
    assert outcome.state == replace(state, watermark=NOW - timedelta(days=1), retry_at=None)


def test_the_payload_is_the_answer_byte_for_byte(web, clock):
    service = ArxivService([paper(1, 1)])
    asking = source(API, clock.pace(), mirrors={API: serve(web, service)})
    outcome = asking.fetch(SourceState(), NOW)
    assert isinstance(outcome, Items)
    (page,) = outcome.pages
    assert page.payload.body == feed(paper(1, 1))
    assert page.payload.url.startswith(f"{API}?search_query=cat")
    assert page.payload.fetched_at == NOW
    assert asking.parse(page.payload) == page.parsed


def test_pages_are_asked_for_until_one_reaches_back_far_enough(web, clock):
    service = ArxivService([paper(n, n) for n in range(1, 40)])
    outcome = source(serve(web, service), clock.pace(), page_size=10).fetch(SourceState(), NOW)
    assert isinstance(outcome, Items)
    assert len(ids(outcome)) == 14
    assert [asked["start"] for asked in service.asked] == ["0", "10"]
    assert outcome.notes == ()


def test_requests_are_three_seconds_apart_over_all_queries(web, clock):
    service = ArxivService([paper(n, 1) for n in range(20)])
    address, pace = serve(web, service), clock.pace()
    for _ in range(2):
        source(address, pace, page_size=10).fetch(SourceState(), NOW)
    assert clock.slept == [3.0, 3.0, 3.0]


def test_it_stops_at_the_most_results_and_says_so(web, clock):
    service = ArxivService([paper(n, 1) for n in range(100)])
    asking = source(serve(web, service), clock.pace(), max_results=25, page_size=10)
    outcome = asking.fetch(SourceState(), NOW)
    assert isinstance(outcome, Items)
    assert 25 <= len(ids(outcome)) <= 27
    assert outcome.notes == ("stopped at 25 results",)
    assert outcome.state.watermark == NOW - timedelta(days=1)


def test_after_missed_nights_it_asks_for_as_much_more(web, clock):
    service = ArxivService([paper(n, n / 15) for n in range(100)])
    asking = source(serve(web, service), clock.pace(), max_results=20, page_size=10)
    outcome = asking.fetch(SourceState(watermark=NOW - timedelta(days=4)), NOW)
    assert isinstance(outcome, Items)
    assert 80 <= len(ids(outcome)) <= 82
    assert outcome.notes == ("stopped at 80 results",)
    assert outcome.gap is None


def test_where_it_does_not_reach_back_it_says_between_when(web, clock):
    service = ArxivService([paper(n, n / 10) for n in range(100)])
    asking = source(serve(web, service), clock.pace(), max_results=10, page_size=10)
    outcome = asking.fetch(SourceState(watermark=NOW - timedelta(days=3)), NOW)
    assert isinstance(outcome, Items)
    assert outcome.gap is not None
    assert outcome.gap.after == NOW - timedelta(days=3)
    assert NOW - timedelta(days=3) < outcome.gap.before <= NOW - timedelta(days=2)
    assert any(note.startswith("possible gap: nothing between") for note in outcome.notes)


def test_nothing_new_is_empty_and_keeps_the_watermark(web, clock):
    state = SourceState(watermark=NOW - timedelta(days=1))
    service = ArxivService([paper(1, 20)])
    outcome = source(serve(web, service), clock.pace()).fetch(state, NOW)
    assert isinstance(outcome, Empty)
    assert outcome.state == state
    assert outcome.reason == "nothing was updated since 2026-02-26"


def test_no_results_at_all_are_empty(web, clock):
    outcome = source(serve(web, ArxivService([])), clock.pace()).fetch(SourceState(), NOW)
    assert isinstance(outcome, Empty)
    assert outcome.state == SourceState()


def test_an_update_in_the_future_does_not_carry_the_watermark_there(web, clock):
    service = ArxivService([paper(1, -400)])
    outcome = source(serve(web, service), clock.pace()).fetch(SourceState(), NOW)
    assert isinstance(outcome, Items)
    assert outcome.state.watermark == NOW


@pytest.mark.parametrize("status", [406, 429, 503])
def test_a_short_retry_after_is_waited_for(web, clock, status):
    service = ArxivService([paper(1, 1)])
    service.first = [Answer(status=status, headers={"Retry-After": "15"})]
    outcome = source(serve(web, service), clock.pace()).fetch(SourceState(), NOW)
    assert ids(outcome) == ["2602.00001"]
    assert clock.slept == [15.0]


def test_a_long_retry_after_ends_the_run_and_keeps_what_had_arrived(web, clock):
    class Overloaded(ArxivService):
        def __call__(self, asked):
            answer = super().__call__(asked)
            later = {"Retry-After": "Sun, 01 Mar 2026 03:00:00 GMT"}
            return answer if len(self.asked) == 1 else Answer(status=503, headers=later)

    service = Overloaded([paper(n, 1) for n in range(20)])
    outcome = source(serve(web, service), clock.pace(), page_size=10).fetch(SourceState(), NOW)
    assert isinstance(outcome, Failed)
    assert outcome.retryable
    assert outcome.retry_at == START + timedelta(hours=1)
    assert outcome.cause == "HTTP 503 from 127.0.0.1"
    assert len(ids(outcome)) == 10


def test_a_page_that_is_empty_now_and_then_is_asked_for_again(web, clock):
    service = ArxivService([paper(1, 1)])
    service.first = [Answer(body=feed(total=30))] * 2
    outcome = source(serve(web, service), clock.pace()).fetch(SourceState(), NOW)
    assert ids(outcome) == ["2602.00001"]
    assert len(service.asked) == 3
    assert isinstance(outcome, Items)
    assert len(outcome.pages) == 1


def test_a_page_that_stays_empty_fails_and_keeps_what_had_arrived(web, clock):
    class Holes(ArxivService):
        def __call__(self, asked):
            answer = super().__call__(asked)
            hole = self.asked[-1]["start"] != "0"
            return Answer(body=feed(total=20, start=10)) if hole else answer

    service = Holes([paper(n, 1) for n in range(20)])
    outcome = source(serve(web, service), clock.pace(), page_size=10).fetch(SourceState(), NOW)
    assert isinstance(outcome, Failed)
    assert outcome.retryable
    assert "empty page" in outcome.cause
    assert len(ids(outcome)) == 10


def test_a_page_that_is_none_fails_and_keeps_what_had_arrived(web, clock):
    class Html(ArxivService):
        def __call__(self, asked):
            answer = super().__call__(asked)
            return answer if self.asked[-1]["start"] == "0" else Answer(body=b"<html>Sorry</html>")

    service = Html([paper(n, 1) for n in range(20)])
    outcome = source(serve(web, service), clock.pace(), page_size=10).fetch(SourceState(), NOW)
    assert isinstance(outcome, Failed)
    assert outcome.retryable
    assert len(ids(outcome)) == 10


@pytest.mark.parametrize(
    "bad",
    [
        entry("2602.99999v1", updated="soon"),
        entry("2602.99999v1", published=None),
    ],
)
@pytest.mark.parametrize("position", [0, 5, 9, 10, 19])
def test_a_bad_entry_costs_neither_its_page_nor_the_next(web, clock, bad, position):
    entries = [paper(n, 1) for n in range(1, 20)]
    entries.insert(position, bad)
    asking = source(serve(web, ArxivService(entries)), clock.pace(), page_size=10)
    outcome = asking.fetch(SourceState(), NOW)
    assert isinstance(outcome, Items), outcome
    assert set(ids(outcome)) == {f"2602.{n:05}" for n in range(1, 20)}
    assert outcome.state.watermark == NOW - timedelta(days=1)


def test_a_server_that_repeats_one_bad_page_is_not_asked_for_ever(web, clock):
    service = ArxivService([])
    body = feed(*[entry(updated="soon")] * 10, total=300)
    service.first = [Answer(body=body)] * 50
    outcome = source(serve(web, service), clock.pace(), page_size=10).fetch(SourceState(), NOW)
    assert isinstance(outcome, Failed)
    assert len(service.asked) == 2


def test_a_refused_query_is_told_in_arxivs_words_and_not_asked_again(web, clock):
    service = ArxivService([])
    service.first = [Answer(status=400, body=error_feed("bad field"))]
    outcome = source(serve(web, service), clock.pace()).fetch(SourceState(), NOW)
    assert outcome == Failed(
        cause="HTTP 400 from 127.0.0.1: arXiv refused the query: bad field", retryable=False
    )
    assert len(service.asked) == 1


def test_a_refusal_that_comes_as_a_success_is_a_failure_too_and_kept(web, clock):
    service = ArxivService([])
    service.first = [Answer(body=error_feed("bad field"))]
    outcome = source(serve(web, service), clock.pace()).fetch(SourceState(), NOW)
    assert isinstance(outcome, Failed)
    assert (outcome.cause, outcome.retryable) == ("arXiv refused the query: bad field", False)
    assert outcome.pages[0].payload.body == error_feed("bad field")


def test_a_page_of_html_is_unparsable_and_kept(web, clock):
    service = ArxivService([])
    service.first = [Answer(body=b"<html>moved</html>")]
    outcome = source(serve(web, service), clock.pace()).fetch(SourceState(), NOW)
    assert isinstance(outcome, Unparsable)
    assert outcome.pages[0].payload.body == b"<html>moved</html>"


def test_a_lost_connection_is_retried_then_a_failure(web, clock):
    service = ArxivService([])
    service.first = [Answer(reset=True)] * 3
    outcome = source(serve(web, service), clock.pace(), backoff=2).fetch(SourceState(), NOW)
    assert isinstance(outcome, Failed)
    assert outcome.retryable
    assert len(service.asked) == 3
    assert all(slept >= 3.0 for slept in clock.slept)
