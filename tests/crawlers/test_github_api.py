"""Searching repositories at GitHub, served on 127.0.0.1."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from config.settings import Addresses, GithubSearchSettings, Network
from crawlers.github_api import GithubSearchSource, search_query
from crawlers.source import Empty, Failed, Items, Unparsable
from store.models import SourceName, SourceState
from tests.crawlers.github_records import encoded, repository, search
from tests.fake_clock import START, FakeClock
from tests.loopback import Answer, Asked, LoopbackServer

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
CANARY = "ghp_canary0123456789"


def settings(**given: object) -> GithubSearchSettings:
    return GithubSearchSettings.model_validate(
        {"kind": "github_search", "name": "压缩", "query": "topic:model-compression", **given}
    )


class SearchService(LoopbackServer):
    """The search of the API over some repositories, paged."""

    def __init__(self) -> None:
        super().__init__()
        self.found = [repository(f"lab/r{number}", number) for number in range(1, 251)]
        self.first: list[Answer] = []
        """What to answer first, before any page."""

    def answer(self, asked: Asked) -> Answer:
        if self.first:
            return self.first.pop(0)
        parameters = self.parameters(asked)
        size, page = int(parameters["per_page"]), int(parameters["page"])
        items = self.found[(page - 1) * size : page * size]
        return Answer(body=search(*items, total=len(self.found)))

    @staticmethod
    def parameters(asked: Asked) -> dict[str, str]:
        """What was asked for."""
        address = urlsplit(asked.path)
        assert address.path == "/search/repositories"
        return {name: values[0] for name, values in parse_qs(address.query).items()}

    def source(self, clock: FakeClock, **given: object) -> GithubSearchSource:
        """A source that asks this server."""
        return GithubSearchSource(
            settings=settings(**given),
            network=Network(delay=0, retries=1),
            addresses=Addresses(github_api=self.base),
            token=CANARY,
            pace=clock.pace(),
        )


@pytest.fixture
def web() -> Iterator[SearchService]:
    server = SearchService()
    with server:
        yield server


def test_the_query_gets_its_windows_as_days():
    given = settings(created_within_days=30, pushed_within_days=7, min_stars=50)
    assert (
        search_query(given, NOW)
        == "topic:model-compression created:>=2026-01-30 pushed:>=2026-02-22 stars:>=50"
    )
    assert search_query(settings(), NOW) == "topic:model-compression"


def test_the_windows_of_nights_that_were_missed_are_taken_in(web):
    source = web.source(FakeClock(), pushed_within_days=7)
    queries = []
    for days in (0, 1, 5):
        source.fetch(SourceState(watermark=NOW - timedelta(days=days)), NOW)
        queries.append(web.parameters(web.asked[-1])["q"])
    windows = [query.split(">=")[1] for query in queries]
    assert windows == ["2026-02-22", "2026-02-22", "2026-02-18"]


def test_it_asks_for_the_most_starred_as_configured(web):
    source = web.source(FakeClock(), max_results=50)
    assert (source.name, source.kind) == (SourceName("压缩"), "github_search")
    assert source.url == f"{web.base}/search/repositories?q=topic%3Amodel-compression"
    source.fetch(SourceState(), NOW)
    assert [web.parameters(asked) for asked in web.asked] == [
        {
            "q": "topic:model-compression",
            "sort": "stars",
            "order": "desc",
            "per_page": "50",
            "page": "1",
        }
    ]


def test_the_best_match_is_githubs_own_order(web):
    web.source(FakeClock(), sort="best-match").fetch(SourceState(), NOW)
    assert {"sort", "order"}.isdisjoint(web.parameters(web.asked[0]))


def test_pages_come_to_the_number_wanted(web):
    outcome = web.source(FakeClock(), max_results=150, section="开源项目").fetch(
        SourceState(retry_at=NOW, etag="kept"), NOW
    )
    assert isinstance(outcome, Items)
    assert [item.external_id for item in outcome.items] == [str(n) for n in range(1, 151)]
    assert outcome.items[0].section == "开源项目"
    assert outcome.notes == ("stopped at 150 of 250 results",)
    assert outcome.state == SourceState(etag="kept", watermark=NOW)
    assert len(web.asked) == 2


def test_it_stops_where_there_is_no_more(web):
    outcome = web.source(FakeClock(), max_results=1000).fetch(SourceState(), NOW)
    assert isinstance(outcome, Items)
    assert len(outcome.items) == 250
    assert len(web.asked) == 3
    assert outcome.notes == ()


def test_the_payload_is_the_page_byte_for_byte(web):
    web.found = web.found[:1]
    source = web.source(FakeClock())
    outcome = source.fetch(SourceState(), NOW)
    assert isinstance(outcome, Items)
    (page,) = outcome.pages
    assert page.payload.body == search(*web.found)
    assert page.payload.fetched_at == NOW
    assert source.parse(page.payload) == page.parsed


def test_a_search_that_ran_out_of_time_is_noted(web):
    web.first = [Answer(body=search(repository(), incomplete=True))]
    outcome = web.source(FakeClock()).fetch(SourceState(), NOW)
    assert isinstance(outcome, Items)
    assert outcome.notes == ("GitHub's search ran out of time; results are missing",)


def test_no_results_are_empty(web):
    web.found = []
    outcome = web.source(FakeClock()).fetch(SourceState(), NOW)
    assert isinstance(outcome, Empty)
    assert outcome.reason == "no results"


def test_another_page_in_its_place_is_unparsable_and_kept(web):
    web.first = [Answer(body=b"<html>unicorn</html>")]
    outcome = web.source(FakeClock()).fetch(SourceState(), NOW)
    assert isinstance(outcome, Unparsable)
    assert outcome.pages[0].payload.body == b"<html>unicorn</html>"


def test_a_wrong_query_fails_for_good_in_githubs_words(web):
    message = {"message": "Validation Failed", "errors": [{"message": "The search is too long."}]}
    web.first = [Answer(status=422, body=encoded(message))]
    assert web.source(FakeClock()).fetch(SourceState(), NOW) == Failed(
        cause="HTTP 422 from 127.0.0.1: Validation Failed: The search is too long.",
        retryable=False,
    )


def test_a_wrong_address_fails_for_good(web):
    web.first = [Answer(status=404)]
    outcome = web.source(FakeClock()).fetch(SourceState(), NOW)
    assert outcome == Failed(cause=f"no GitHub API at {web.base}", retryable=False)


def test_a_limit_in_the_middle_keeps_what_had_arrived(web):
    reset = START + timedelta(hours=1)
    limited = Answer(
        status=403,
        body=encoded({"message": "API rate limit exceeded"}),
        headers={
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": str(int(reset.timestamp())),
        },
    )
    web.first = [Answer(body=search(*web.found[:75], total=250)), limited]
    outcome = web.source(FakeClock(), max_results=150).fetch(SourceState(), NOW)
    assert isinstance(outcome, Failed)
    assert outcome.retryable
    assert outcome.retry_at == reset + timedelta(seconds=1)
    assert len(outcome.pages) == 1
    assert outcome.notes == ("stopped at 150 of 250 results",)


def test_server_errors_are_retried_then_a_failure(web):
    web.first = [Answer(status=502), Answer(status=502)]
    outcome = web.source(FakeClock()).fetch(SourceState(), NOW)
    assert outcome == Failed(cause="HTTP 502 from 127.0.0.1", retryable=True)
    assert len(web.asked) == 2


def test_a_broken_token_is_a_failure_and_not_told(web):
    source = GithubSearchSource(
        settings=settings(),
        network=Network(),
        addresses=Addresses(),
        token=f"{CANARY}\n",
        pace=FakeClock().pace(),
    )
    outcome = source.fetch(SourceState(), NOW)
    assert isinstance(outcome, Failed)
    assert CANARY not in repr(outcome)
    assert CANARY not in repr(source)
