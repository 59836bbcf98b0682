"""Asking GitHub for releases, served on 127.0.0.1."""

from datetime import UTC, datetime, timedelta

import pytest

from config.settings import Addresses, GithubReleasesSettings, Network
from crawlers.github_releases import GithubReleasesSource
from crawlers.source import Empty, Failed, Items, Outcome, ParsedEmpty
from store.models import Payload, SourceName, SourceState
from tests.crawlers.github_records import encoded, release
from tests.fake_clock import START, FakeClock
from tests.loopback import Answer, LoopbackServer

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def web():
    with LoopbackServer() as server:
        yield server


def source(web: LoopbackServer, *repositories: str, **given: object) -> GithubReleasesSource:
    return GithubReleasesSource(
        settings=GithubReleasesSettings.model_validate(
            {
                "kind": "github_releases",
                "name": "发布",
                "repositories": repositories,
                "within_days": 30,
                **given,
            }
        ),
        network=Network(delay=0, retries=0),
        addresses=Addresses(github_api=web.base),
        token="ghp_canary0123456789",
        pace=FakeClock().pace(),
    )


def serve(web: LoopbackServer, full_name: str, *releases: dict[str, object]) -> None:
    path = f"/repos/{full_name}/releases?per_page=30"
    web.route(path, Answer(body=encoded(list(releases))))


def ids(outcome: Outcome) -> list[str]:
    assert isinstance(outcome, Items), outcome
    return [item.external_id for item in outcome.items]


def test_the_releases_of_every_repository_are_read(web):
    serve(web, "a/one", release("a/one", 1))
    serve(web, "b/two", release("b/two", 2))
    asking = source(web, "a/one", "b/two", section="框架")
    assert (asking.name, asking.kind) == (SourceName("发布"), "github_releases")
    assert asking.url == f"{web.base}/repos/{{a/one,b/two}}/releases"
    outcome = asking.fetch(SourceState(retry_at=NOW), NOW)
    assert ids(outcome) == ["1", "2"]
    assert isinstance(outcome, Items)
    assert outcome.items[0].section == "框架"
    assert outcome.state == SourceState()
    assert "canary" not in repr(asking)


def test_only_releases_within_the_window_count(web):
    serve(
        web,
        "a/one",
        release("a/one", 1, published_at="2026-02-28T00:00:00Z"),
        release("a/one", 2, published_at="2026-01-30T03:00:00Z"),
        release("a/one", 3, published_at="2026-01-30T01:00:00Z"),
    )
    assert ids(source(web, "a/one").fetch(SourceState(), NOW)) == ["1", "2"]


def test_prereleases_count_where_wanted(web):
    serve(web, "a/one", release("a/one", 1, prerelease=True), release("a/one", 2))
    assert ids(source(web, "a/one").fetch(SourceState(), NOW)) == ["2"]
    assert ids(source(web, "a/one", prereleases=True).fetch(SourceState(), NOW)) == ["1", "2"]


def test_a_page_reads_the_same_when_it_is_replayed(web):
    serve(
        web, "a/one", release("a/one", 1), release("a/one", 2, published_at="2020-01-01T00:00:00Z")
    )
    asking = source(web, "a/one")
    outcome = asking.fetch(SourceState(), NOW)
    assert isinstance(outcome, Items)
    (page,) = outcome.pages
    assert asking.parse(page.payload) == page.parsed


def test_one_missing_repository_costs_no_other_and_is_noted(web):
    serve(web, "b/two", release("b/two", 2))
    outcome = source(web, "a/gone", "b/two").fetch(SourceState(), NOW)
    assert ids(outcome) == ["2"]
    assert isinstance(outcome, Items)
    assert outcome.notes == ("a/gone does not exist or is gone",)


def test_where_none_of_them_exists_the_source_has_failed(web):
    outcome = source(web, "a/gone", "b/gone").fetch(SourceState(), NOW)
    assert isinstance(outcome, Failed)
    assert not outcome.retryable
    assert len(outcome.notes) == 2


def test_nothing_recent_is_empty(web):
    serve(web, "a/one", release("a/one", 1, published_at="2020-01-01T00:00:00Z"))
    serve(web, "b/two")
    outcome = source(web, "a/one", "b/two").fetch(SourceState(), NOW)
    assert isinstance(outcome, Empty)
    assert outcome.reason == "no release within 30 days"
    assert len(outcome.pages) == 2


def test_a_limit_in_the_middle_keeps_what_had_arrived(web):
    serve(web, "a/one", release("a/one", 1))
    limited = Answer(status=429, headers={"Retry-After": "900"})
    web.route("/repos/b/two/releases?per_page=30", limited)
    serve(web, "c/three", release("c/three", 3))
    outcome = source(web, "a/one", "b/two", "c/three").fetch(SourceState(), NOW)
    assert isinstance(outcome, Failed)
    assert outcome.retry_at == START + timedelta(minutes=15)
    assert len(outcome.pages) == 1
    assert len(web.asked) == 2


def test_parsing_needs_no_network(web):
    payload = Payload(url="x", body=b"[]", fetched_at=NOW)
    assert source(web, "a/one").parse(payload) == ParsedEmpty(reason="no results")
    assert web.asked == []
