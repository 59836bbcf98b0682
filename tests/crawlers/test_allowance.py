"""What a run may still ask: alone, in a session of requests, and in a crawl."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from config.errors import SourceError
from config.settings import Network
from crawlers.allowance import Allowance
from crawlers.http_session import HttpSession
from crawlers.source import Failed, Items
from tests.crawlers.test_crawl import QUICK, ask, lines
from tests.fake_clock import FakeClock
from tests.loopback import Answer, LoopbackServer

URL = "https://a.example/feed"
DOWN = SourceError("connection refused by a.example", retryable=True)


@pytest.fixture
def web() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        yield server


def closed() -> str:
    """The address of a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def allowance(clock: FakeClock, **given: object) -> Allowance:
    return Allowance(Network.model_validate(given), clock.monotonic)


def lose(allowed: Allowance, times: int, *, connecting: bool = True) -> None:
    for _ in range(times):
        allowed.spend(URL)
        allowed.lost(URL, DOWN, connecting=connecting)


def refused(allowed: Allowance, url: str = URL) -> str:
    error = allowed.refusal(url)
    return "" if error is None else error.cause


def test_a_host_is_down_after_as_many_failures_as_configured_and_only_it():
    allowed = allowance(FakeClock(), circuit_failures=3)
    lose(allowed, 2)
    assert refused(allowed) == ""
    lose(allowed, 1)
    assert refused(allowed) == ("a.example is down (circuit open): connection refused by a.example")
    assert refused(allowed, "https://a.example/other") != ""
    assert refused(allowed, "https://a.example:8443/") == ""
    assert refused(allowed, "https://b.example/") == ""
    with pytest.raises(SourceError, match="circuit open") as raised:
        allowed.spend(URL)
    assert raised.value.retryable


def test_an_answer_in_between_begins_the_count_again():
    allowed = allowance(FakeClock(), circuit_failures=3)
    lose(allowed, 2)
    allowed.answered(URL)
    lose(allowed, 2)
    assert refused(allowed) == ""


def test_a_page_that_takes_too_long_is_no_host_that_is_down():
    allowed = allowance(FakeClock(), circuit_failures=3)
    allowed.answered(URL)
    lose(allowed, 9, connecting=False)
    assert refused(allowed) == ""
    never = allowance(FakeClock(), circuit_failures=3)
    lose(never, 3, connecting=False)
    assert "circuit open" in refused(never)


def test_after_a_while_one_request_tries_whether_the_host_is_back():
    clock = FakeClock()
    allowed = allowance(clock, circuit_failures=3, circuit_minutes=5)
    lose(allowed, 3)
    clock.elapsed += 5 * 60
    allowed.spend(URL)
    assert "circuit open" in refused(allowed)
    allowed.lost(URL, DOWN, connecting=True)
    assert "circuit open" in refused(allowed)
    clock.elapsed += 5 * 60
    allowed.spend(URL)
    allowed.answered(URL)
    assert refused(allowed) == ""


def test_without_a_number_of_failures_no_circuit_opens():
    allowed = allowance(FakeClock(), circuit_failures=0)
    lose(allowed, 50)
    assert refused(allowed) == ""


def test_requests_to_a_host_are_counted():
    allowed = allowance(FakeClock(), host_requests=2)
    allowed.spend(URL)
    allowed.spend(URL)
    assert refused(allowed) == (
        "not asked: the run's 2 requests to a.example are used up (network.host_requests)"
    )
    assert refused(allowed, "https://b.example/") == ""


def test_a_run_ends_where_its_time_does():
    clock = FakeClock()
    allowed = allowance(clock, run_minutes=90)
    clock.elapsed = 90 * 60 - 1
    assert refused(allowed) == ""
    clock.elapsed += 1
    assert refused(allowed) == "not asked: the run's 90 minutes are used up (network.run_minutes)"


def test_no_limit_is_no_limit():
    clock = FakeClock()
    allowed = allowance(clock, run_minutes=0, host_requests=0)
    clock.elapsed = 1e9
    for _ in range(10_000):
        allowed.spend(URL)


def test_clients_of_a_host_that_is_down_wait_for_it_once():
    clock = FakeClock()
    network = Network(backoff=2, retries=2, private_hosts=("127.0.0.1",))
    shared, pace, url = Allowance(network, clock.monotonic), clock.pace(), closed()
    causes = []
    for _ in range(20):
        with (
            HttpSession(network, pace=pace, interval=3.0, allowance=shared) as session,
            pytest.raises(SourceError) as raised,
        ):
            session.get(url)
        causes.append(raised.value.cause)
    assert causes[0] == "no answer from 127.0.0.1: Connection refused"
    assert set(causes[1:]) == {f"127.0.0.1 is down (circuit open): {causes[0]}"}
    # The first one's retries; the other nineteen take no turn at all.
    assert len(clock.slept) == 2
    assert sum(clock.slept) < 9


def test_a_redirect_is_a_request_too(web):
    web.route("/a", Answer(status=302, headers={"Location": "/b"}))
    web.route("/b", Answer(body=b"there"))
    clock = FakeClock()
    network = Network(host_requests=3, private_hosts=("127.0.0.1",))
    shared = Allowance(network, clock.monotonic)
    with HttpSession(network, pace=clock.pace(), interval=0, allowance=shared) as session:
        assert session.get(web.base + "/a").content == b"there"
        with pytest.raises(SourceError, match=r"3 requests to 127\.0\.0\.1 are used up"):
            session.get(web.base + "/a")


def test_sources_of_a_host_that_is_down_fail_with_it_and_others_do_not(web):
    down = closed()
    network = QUICK.model_copy(update={"per_host": 1, "obey_robots": False})
    sources = [lines(f"down {n}", f"{down}/{n}") for n in range(30)]
    good = lines("good", web.route("/good", Answer(body=b"Title http://a.example/1")))
    outcomes = ask(*sources, good, network=network)
    causes = [o.cause for o in outcomes.values() if isinstance(o, Failed)]
    assert len(causes) == 30
    opened = [cause for cause in causes if "127.0.0.1 is down (circuit open): " in cause]
    assert 27 <= len(opened) < 30
    assert isinstance(outcomes["good"], Items)


def test_a_queue_at_a_host_that_is_down_does_not_go_on_pausing():
    """Thirty sources with a pause of a minute between two, and the end comes all the same."""
    # Scrapy counts the first pause from when the machine started, so it is shorter than that.
    network = QUICK.model_copy(
        update={"per_host": 1, "delay": 60.0, "obey_robots": False, "circuit_failures": 1}
    )
    shared = Allowance(network)
    down = closed()
    shared.lost(down, DOWN, connecting=True)
    done = threading.Event()

    def run() -> None:
        ask(*[lines(str(n), f"{down}/{n}") for n in range(30)], network=network, allowance=shared)
        done.set()

    threading.Thread(target=run, daemon=True).start()
    assert done.wait(20)


def test_what_is_left_of_a_run_is_an_outcome_with_a_cause(web):
    for n in range(6):
        web.route(f"/{n}", Answer(body=b"Title http://a.example/1"))
    network = QUICK.model_copy(
        update={"host_requests": 4, "obey_robots": False, "per_host": 1, "retries": 2}
    )
    outcomes = ask(*[lines(str(n), f"{web.base}/{n}") for n in range(6)], network=network)
    failed = [o for o in outcomes.values() if isinstance(o, Failed)]
    assert len(web.paths()) == 4
    assert [(o.cause, o.retryable, o.retry_at) for o in failed] == [
        (
            "not asked: the run's 4 requests to 127.0.0.1 are used up (network.host_requests)",
            True,
            None,
        )
    ] * 2


def test_a_host_that_is_asked_too_much_is_left_alone_by_all_of_its_sources(web):
    """One 503 without a Retry-After: the host is quiet for the backoff, then all is well."""
    answers = [Answer(status=503)]
    good = Answer(body=b"Title http://a.example/1")
    for n in range(3):
        web.route(f"/{n}", lambda _: answers.pop() if answers else good)
    network = QUICK.model_copy(update={"backoff": 0.05, "obey_robots": False, "per_host": 1})
    outcomes = ask(*[lines(str(n), f"{web.base}/{n}") for n in range(3)], network=network)
    assert all(isinstance(o, Items) for o in outcomes.values())
    assert len(web.paths()) == 4
    assert all(o.state.retry_at is None for o in outcomes.values() if isinstance(o, Items))


def test_time_is_that_of_the_run_not_of_a_crawl(web):
    url = web.route("/", Answer(body=b"Title http://a.example/1"))
    clock = FakeClock()
    shared = Allowance(QUICK, clock.monotonic)
    clock.elapsed = timedelta(hours=5).total_seconds()
    outcome = ask(lines("late", url), allowance=shared)["late"]
    assert isinstance(outcome, Failed)
    assert outcome.cause.startswith("not asked: the run's 120 minutes are used up")
    assert web.asked == []
