"""Looking up one paper at arXiv, served on 127.0.0.1."""

from datetime import UTC, datetime

import pytest

from config.settings import Addresses, ApiLimits, Network
from crawlers.arxiv_lookup import PaperLookup
from crawlers.source import Empty, Failed, Items
from store.models import SourceState
from tests.crawlers.arxiv_feeds import entry, error_feed, feed
from tests.fake_clock import FakeClock
from tests.loopback import Answer, LoopbackServer

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
API = "https://export.arxiv.org/api/query"
ASKED = (
    f"{API}?search_query=&id_list=2602.01234&sortBy=relevance&sortOrder=descending"
    "&start=0&max_results=1"
)


@pytest.fixture
def web():
    with LoopbackServer() as server:
        yield server


def lookup(web: LoopbackServer) -> PaperLookup:
    return PaperLookup(
        arxiv_id="2602.01234",
        network=Network(mirrors=web.mirrors, retries=0),
        limits=ApiLimits(),
        addresses=Addresses(),
        pace=FakeClock().pace(),
    )


def test_the_paper_is_asked_for_by_its_id_however_old(web):
    body = feed(entry("2602.01234v2", updated="2019-01-01T00:00:00Z"))
    web.route(ASKED, Answer(body=body))
    outcome = lookup(web).fetch(SourceState(), NOW)
    assert isinstance(outcome, Items)
    assert [item.external_id for item in outcome.items] == ["2602.01234"]
    assert outcome.pages[0].payload.body == body
    assert lookup(web).url == f"{API}?id_list=2602.01234"


def test_an_unknown_id_is_empty(web):
    web.route(ASKED, Answer(body=feed()))
    assert isinstance(lookup(web).fetch(SourceState(), NOW), Empty)


@pytest.mark.parametrize("status", [200, 400])
def test_a_refused_id_is_told_in_arxivs_words(web, status):
    web.route(ASKED, Answer(status=status, body=error_feed("incorrect id format")))
    outcome = lookup(web).fetch(SourceState(), NOW)
    assert isinstance(outcome, Failed)
    assert outcome.cause.endswith("arXiv refused the query: incorrect id format")
    assert not outcome.retryable


def test_a_server_error_is_a_failure_that_may_pass(web):
    web.route(ASKED, Answer(status=503))
    outcome = lookup(web).fetch(SourceState(), NOW)
    assert outcome == Failed(cause="HTTP 503 from export.arxiv.org", retryable=True)
