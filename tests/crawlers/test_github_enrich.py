"""Looking up repositories at GitHub, served on 127.0.0.1."""

from datetime import UTC, datetime, timedelta

import pytest

from config.settings import Addresses, Network
from crawlers.github_enrich import EnrichmentSource
from crawlers.source import Empty, Failed, Items, Outcome, ParsedItems
from store.models import Kind, RepositoryFacts, SourceState
from tests.crawlers.github_records import encoded, repository
from tests.fake_clock import START, FakeClock
from tests.loopback import Answer, LoopbackServer

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
CANARY = "ghp_canary0123456789"
README = b"# Four bits\n\nA runtime for networks of four bits.\n"
LIMITED = Answer(
    status=403,
    body=encoded({"message": "API rate limit exceeded for 192.0.2.1."}),
    headers={
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(int((START + timedelta(hours=1)).timestamp())),
    },
)


@pytest.fixture
def web():
    with LoopbackServer() as server:
        yield server


def serve(web: LoopbackServer, full_name: str, number: int, readme: Answer | None = None) -> None:
    web.route(f"/repos/{full_name}", Answer(body=encoded(repository(full_name, number))))
    web.route(f"/repos/{full_name}/readme", readme or Answer(body=README))


def look_up(web: LoopbackServer, *names: str, **network: object) -> Outcome:
    return source(web, *names, **network).fetch(SourceState(retry_at=NOW), NOW)


def source(web: LoopbackServer, *names: str, **network: object) -> EnrichmentSource:
    return EnrichmentSource(
        full_names=names,
        network=Network.model_validate({"delay": 0, "retries": 0, **network}),
        addresses=Addresses(github_api=web.base),
        token=CANARY,
        pace=FakeClock().pace(),
    )


def facts_of(outcome: Outcome) -> list[RepositoryFacts]:
    assert isinstance(outcome, Items | Failed), outcome
    items = Items(pages=outcome.pages, state=SourceState()).items
    return [item.repository for item in items if item.repository is not None]


def names_of(outcome: Outcome) -> list[str]:
    return [facts.full_name for facts in facts_of(outcome)]


def test_a_repository_is_looked_up_with_its_readme(web):
    serve(web, "lab/four-bits", 4242)
    outcome = look_up(web, "lab/four-bits")
    assert isinstance(outcome, Items)
    (item,) = outcome.items
    assert (item.source, item.kind, item.external_id) == ("GitHub", Kind.REPOSITORY, "4242")
    assert item.repository is not None
    assert item.repository.stars == 321
    assert item.repository.readme == "A runtime for networks of four bits."
    assert outcome.state == SourceState()
    assert outcome.notes == ()


def test_what_was_received_gives_the_item_again(web):
    serve(web, "lab/four-bits", 4242)
    asked = source(web, "lab/four-bits")
    outcome = asked.fetch(SourceState(), NOW)
    assert isinstance(outcome, Items)
    assert outcome.pages[0].payload.body == encoded(repository())
    assert outcome.articles[0].body == README
    assert outcome.articles[0].url == outcome.items[0].url
    again = asked.parse(outcome.pages[0].payload)
    assert isinstance(again, ParsedItems)
    assert asked.with_article(again.items[0], outcome.articles[0]) == outcome.items[0]


def test_it_is_one_source_whatever_it_looks_up(web):
    one, other = source(web, "a/one"), source(web, "b/two")
    assert (one.name, one.kind, one.url) == (other.name, other.kind, other.url)
    assert CANARY not in repr(one)


def test_a_renamed_repository_stays_itself(web):
    web.route("/repos/old/name", Answer(status=301, headers={"Location": "/repositories/4242"}))
    web.route("/repositories/4242", Answer(body=encoded(repository("new/name", 4242))))
    web.route("/repos/new/name/readme", Answer(body=README))
    (facts,) = facts_of(look_up(web, "old/name"))
    assert (facts.full_name, facts.repository_id) == ("new/name", 4242)
    assert facts.readme is not None


@pytest.mark.parametrize("status", [404, 451])
def test_what_is_gone_is_noted_and_the_rest_looked_up(web, status):
    web.route("/repos/a/gone", Answer(status=status))
    serve(web, "b/here", 2)
    outcome = look_up(web, "a/gone", "b/here")
    assert isinstance(outcome, Items)
    assert outcome.notes == ("a/gone does not exist or is gone",)
    assert names_of(outcome) == ["b/here"]


@pytest.mark.parametrize("name", ["nothing", "a/b/c", "a/..", "a/b?x=1", "量/化", ""])
def test_what_is_no_name_is_not_asked_for(web, name):
    outcome = look_up(web, name)
    assert isinstance(outcome, Empty)
    assert outcome.notes == (f"{name} does not exist or is gone",)
    assert web.asked == []


def test_a_repository_without_readme_has_none(web):
    serve(web, "a/bare", 1, readme=Answer(status=404))
    outcome = look_up(web, "a/bare")
    assert facts_of(outcome)[0].readme is None
    assert isinstance(outcome, Items)
    assert outcome.articles == ()


def test_a_readme_that_is_too_large_costs_only_itself(web):
    serve(web, "a/large", 1, readme=Answer(body=b"x" * 9_000))
    serve(web, "b/here", 2)
    outcome = look_up(web, "a/large", "b/here", max_bytes=8_000)
    assert names_of(outcome) == ["a/large", "b/here"]
    assert isinstance(outcome, Items)
    assert outcome.notes == (
        "a/large: no readme: the answer of 127.0.0.1 is larger than 8,000 bytes",
    )


def test_a_readme_in_another_charset_is_read_as_far_as_it_goes(web):
    serve(web, "a/old", 1, readme=Answer(body=b"\xff\xfe A runtime for networks of four bits."))
    readme = facts_of(look_up(web, "a/old"))[0].readme
    assert readme is not None
    assert readme.endswith("A runtime for networks of four bits.")


@pytest.mark.parametrize("limited_at", ["/repos/b/two", "/repos/b/two/readme"])
def test_a_limit_leaves_the_rest_and_says_when_to_go_on(web, limited_at):
    for number, name in enumerate(["a/one", "b/two", "c/three"]):
        serve(web, name, number + 1)
    web.route(limited_at, LIMITED)
    outcome = look_up(web, "a/one", "b/two", "c/three")
    assert isinstance(outcome, Failed)
    assert names_of(outcome) == ["a/one"]
    assert outcome.retryable
    assert outcome.retry_at == START + timedelta(hours=1, seconds=1)
    assert outcome.notes == ("2 repositories left: b/two, c/three",)
    assert "/repos/c/three" not in web.paths()


def test_a_name_given_twice_is_looked_up_once(web):
    serve(web, "a/one", 1)
    assert names_of(look_up(web, "a/one", "a/one")) == ["a/one"]
    assert web.paths() == ["/repos/a/one", "/repos/a/one/readme"]


def test_a_refused_token_leaves_all_and_is_not_told(web):
    web.route("/repos/a/one", Answer(status=401, body=encoded({"message": CANARY})))
    outcome = look_up(web, "a/one", "b/two")
    assert isinstance(outcome, Failed)
    assert "GITHUB_TOKEN" in outcome.cause
    assert CANARY not in repr(outcome)
    assert len(web.asked) == 1


def test_an_answer_that_is_none_is_kept_and_noted_and_the_rest_looked_up(web):
    web.route("/repos/a/one", Answer(body=b"<html>unicorn</html>"))
    serve(web, "b/two", 2)
    outcome = look_up(web, "a/one", "b/two")
    assert isinstance(outcome, Items)
    assert names_of(outcome) == ["b/two"]
    assert len(outcome.pages) == 2
    assert outcome.notes == (f"{web.base}/repos/a/one: is no JSON object or list",)


def test_nothing_to_look_up_asks_nothing(web):
    assert look_up(web) == Empty(state=SourceState())
    assert web.asked == []
