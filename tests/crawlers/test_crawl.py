"""Downloads against a web server on 127.0.0.1: what each answer comes to, and our manners."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest

from config.errors import SourceError
from config.settings import Network
from crawlers.crawl import crawl, fetch_one
from crawlers.source import (
    Empty,
    Failed,
    Items,
    NotModified,
    Outcome,
    PageSource,
    Parsed,
    ParsedEmpty,
    ParsedItems,
    ParsedUnparsable,
    Unparsable,
)
from crawlers.spiders.pages import PagesSpider
from crawlers.spiders.reactor import reactor_loop
from store.models import Payload, RawItem, SourceName, SourceState
from tests.certificates import another_host, expired, good, of_nobody, trusted
from tests.loopback import Answer, Asked, LoopbackServer

NOW = datetime(2026, 3, 2, 19, 30, tzinfo=UTC)
QUICK = Network(
    delay=0,
    autothrottle=False,
    backoff=0.01,
    timeout=10,
    max_bytes=50_000,
    private_hosts=("127.0.0.1",),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines(PageSource):
    """A source whose page has an item a line, ``title address``."""

    name: SourceName
    url: str
    full_text: bool = False
    kind: str = "lines"

    def parse(self, payload: Payload) -> Parsed:
        if payload.body == b"nothing today":
            return ParsedEmpty(reason="it says so")
        if payload.body == b"trap":
            raise ZeroDivisionError("a fault of the parser's")
        items = tuple(
            self._item(*line.split(" ", 1))
            for line in payload.body.decode("utf-8", "replace").splitlines()
            if " " in line
        )
        return ParsedItems(items=items) if items else ParsedUnparsable(reason="no lines")

    def with_article(self, item: RawItem, article: Payload) -> RawItem:
        return replace(item, text=article.body.decode())

    def _item(self, title: str, url: str) -> RawItem:
        return RawItem(source=self.name, external_id=title, url=url, title=title)


@dataclass(slots=True)
class Desk:
    """Collects what is delivered."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    threads: set[int] = field(default_factory=set)

    def deliver(self, source: PageSource, outcome: Outcome, seconds: float) -> None:
        assert source.name not in self.outcomes, "delivered twice"
        assert seconds >= 0
        self.outcomes[source.name] = outcome
        self.threads.add(threading.get_ident())

    @property
    def names(self) -> list[str]:
        return list(self.outcomes)


@pytest.fixture
def web() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        yield server


def lines(name: str, url: str, **more: Any) -> Lines:
    return Lines(name=SourceName(name), url=url, **more)


def ask(
    *sources: PageSource,
    network: Network = QUICK,
    states: dict[str, SourceState] | None = None,
    **more: Any,
) -> dict[str, Outcome]:
    desk = Desk()
    crawl(
        sources,
        states={SourceName(name): state for name, state in (states or {}).items()},
        network=network,
        now=NOW,
        deliver=desk.deliver,
        **more,
    )
    return desk.outcomes


def ask_one(url: str, network: Network = QUICK, state: SourceState | None = None) -> Outcome:
    states = {"one": state} if state else None
    return ask(lines("one", url), network=network, states=states)["one"]


def test_every_source_is_delivered_once_with_what_its_answer_comes_to(web: LoopbackServer) -> None:
    outcomes = ask(
        lines("items", web.route("/items", Answer(body=b"Title http://a.example/1"))),
        lines("empty", web.route("/empty", Answer(body=b"nothing today"))),
        lines("odd", web.route("/odd", Answer(body=b"<html>"))),
        lines("gone", web.base + "/gone"),
    )
    assert {name: outcome.status for name, outcome in outcomes.items()} == {
        "items": "items",
        "empty": "empty",
        "odd": "unparsable",
        "gone": "error",
    }
    items = outcomes["items"]
    assert isinstance(items, Items)
    assert [item.title for item in items.items] == ["Title"]
    assert isinstance(outcomes["empty"], Empty)
    assert outcomes["empty"].reason == "it says so"
    assert isinstance(outcomes["odd"], Unparsable)
    assert outcomes["odd"].pages[0].payload.body == b"<html>"


def test_what_arrived_is_kept_with_where_from_and_when(web: LoopbackServer) -> None:
    url = web.route(
        "/page",
        Answer(body=b"Title http://a.example/1", headers={"Content-Type": "text/plain; charset=x"}),
    )
    outcome = ask_one(url)
    assert isinstance(outcome, Items)
    payload = outcome.pages[0].payload
    assert payload.url == url
    assert payload.content_type == "text/plain; charset=x"
    assert timedelta(0) <= payload.fetched_at - NOW < timedelta(seconds=30)


def test_a_page_is_known_again_by_its_validators(web: LoopbackServer) -> None:
    modified = "Mon, 02 Mar 2026 10:00:00 GMT"
    body = b"Title http://a.example/1"
    url = web.route("/page", Answer(body=body, headers={"ETag": '"7"', "Last-Modified": modified}))
    first = ask_one(url)
    assert isinstance(first, Items)
    assert first.state == SourceState(
        etag='"7"', last_modified=modified, body_sha256=hashlib.sha256(body).hexdigest()
    )
    second = ask_one(url, state=first.state)
    assert second == NotModified(state=first.state)
    assert web.asked[-1].headers["if-none-match"] == '"7"'
    assert web.asked[-1].headers["if-modified-since"] == modified


def test_a_304_need_not_repeat_the_validators(web: LoopbackServer) -> None:
    url = web.route("/page", Answer(raw=b"HTTP/1.1 304 Not Modified\r\n\r\n"))
    state = SourceState(etag='"7"', body_sha256="abc")
    assert ask_one(url, state=state) == NotModified(state=state)


def test_a_304_that_was_not_asked_for_is_an_error(web: LoopbackServer) -> None:
    url = web.route("/page", Answer(raw=b"HTTP/1.1 304 Not Modified\r\n\r\n"))
    outcome = ask_one(url)
    assert isinstance(outcome, Failed)
    assert outcome.cause == "HTTP 304 from 127.0.0.1"


def test_the_same_bytes_are_not_modified(web: LoopbackServer) -> None:
    url = web.route("/page", Answer(body=b"Title http://a.example/1"))
    first = ask_one(url)
    assert isinstance(first, Items)
    assert ask_one(url, state=first.state) == NotModified(state=first.state)


def test_what_is_remembered_beyond_the_page_stays(web: LoopbackServer) -> None:
    url = web.route("/page", Answer(body=b"Title http://a.example/1"))
    state = SourceState(watermark=NOW, retry_at=NOW - timedelta(hours=1))
    outcome = ask_one(url, state=state)
    assert isinstance(outcome, Items)
    assert outcome.state.watermark == NOW
    assert outcome.state.retry_at is None


def test_an_unreadable_page_moves_no_state_on(web: LoopbackServer) -> None:
    url = web.route("/page", Answer(body=b"<html>", headers={"ETag": '"7"'}))
    assert not hasattr(ask_one(url), "state")


@pytest.mark.parametrize("status", [301, 308])
def test_a_permanent_redirect_is_remembered_and_told(web: LoopbackServer, status: int) -> None:
    old = web.route("/old", Answer(status=status, headers={"Location": "/new"}))
    new = web.route("/new", Answer(body=b"Title http://a.example/1"))
    first = ask_one(old)
    assert isinstance(first, Items)
    assert first.state.moved_to == new
    assert first.notes == (f"moved permanently to {new}",)
    assert first.pages[0].payload.url == new

    web.asked.clear()
    second = ask_one(old, state=replace(first.state, body_sha256=None))
    assert isinstance(second, Items)
    assert web.paths() == ["/new"]
    assert second.state.moved_to == new
    assert second.notes == ()


@pytest.mark.parametrize("chain", [[302], [307], [303], [301, 302], [302, 308]])
def test_a_redirect_that_is_not_permanent_throughout_is_only_followed(
    web: LoopbackServer, chain: list[int]
) -> None:
    for number, status in enumerate(chain):
        web.route(f"/{number}", Answer(status=status, headers={"Location": f"/{number + 1}"}))
    web.route(f"/{len(chain)}", Answer(body=b"Title http://a.example/1"))
    outcome = ask_one(web.base + "/0")
    assert isinstance(outcome, Items)
    assert outcome.state.moved_to is None
    assert outcome.notes == ()


def test_where_the_new_address_is_gone_the_configured_one_is_asked(web: LoopbackServer) -> None:
    configured = web.route("/old", Answer(body=b"Title http://a.example/1"))
    state = SourceState(moved_to=web.base + "/vanished", etag='"of the vanished"')
    outcome = ask_one(configured, state=state)
    assert isinstance(outcome, Items)
    assert outcome.state.moved_to is None
    assert web.paths() == ["/vanished", "/old"]
    assert "if-none-match" not in web.asked[-1].headers


def test_redirects_end_somewhere(web: LoopbackServer) -> None:
    url = web.route("/round", Answer(status=302, headers={"Location": "/round"}))
    outcome = ask_one(url, replace_network(max_redirects=3))
    assert isinstance(outcome, Failed)
    assert outcome.cause == "127.0.0.1 redirects more than 3 times"
    assert not outcome.retryable
    assert web.paths() == ["/round"] * 4


@pytest.mark.parametrize("target", ["ftp://a.example/x", "file:///etc/passwd", "data:text/plain,x"])
def test_redirects_lead_to_the_web_only(web: LoopbackServer, target: str) -> None:
    url = web.route("/page", Answer(status=302, headers={"Location": target}))
    outcome = ask_one(url)
    assert isinstance(outcome, Failed)
    assert outcome.cause == "127.0.0.1 redirects to what is no http or https address"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_final_status_is_asked_for_once(web: LoopbackServer, status: int) -> None:
    outcome = ask_one(web.route("/page", Answer(status=status)))
    assert outcome == Failed(cause=f"HTTP {status} from 127.0.0.1", retryable=False)
    assert web.paths() == ["/page"]


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_passing_status_is_asked_for_again(web: LoopbackServer, status: int) -> None:
    outcome = ask_one(web.route("/page", Answer(status=status)))
    assert outcome == Failed(cause=f"HTTP {status} from 127.0.0.1", retryable=True)
    assert web.paths() == ["/page"] * (1 + QUICK.retries)


def test_asking_again_helps(web: LoopbackServer) -> None:
    answers = iter(
        [Answer(status=503), Answer(reset=True), Answer(body=b"Title http://a.example/1")]
    )
    outcome = ask_one(web.route("/page", lambda _: next(answers)))
    assert isinstance(outcome, Items)


def test_a_source_that_waits_to_ask_again_holds_up_no_other(web: LoopbackServer) -> None:
    desk = Desk()
    slow = lines("slow", web.route("/slow", Answer(status=500)))
    others = [
        lines(name, web.route(f"/{name}", Answer(body=b"Title http://a.example/1")))
        for name in ("a", "b", "c")
    ]
    network = replace_network(backoff=0.3, retries=1, concurrency=1, per_host=1)
    crawl([slow, *others], states={}, network=network, now=NOW, deliver=desk.deliver)
    assert desk.names[-1] == "slow"


def test_a_short_retry_after_is_waited_for(web: LoopbackServer) -> None:
    asked_at: list[float] = []

    def first_refused(_: Asked) -> Answer:
        asked_at.append(time.monotonic())
        if len(asked_at) == 1:
            return Answer(status=429, headers={"Retry-After": "0.3"})
        return Answer(body=b"Title http://a.example/1")

    outcome = ask_one(web.route("/page", first_refused))
    assert isinstance(outcome, Items)
    assert asked_at[1] - asked_at[0] >= 0.3


@pytest.mark.parametrize("as_date", [False, True])
def test_a_long_retry_after_is_kept_for_later(web: LoopbackServer, as_date: bool) -> None:
    until = NOW + timedelta(hours=1)
    header = format_datetime(until, usegmt=True) if as_date else "3600"
    url = web.route("/page", Answer(status=503, headers={"Retry-After": header}))
    outcome = ask_one(url)
    assert isinstance(outcome, Failed)
    assert outcome.cause == "HTTP 503 from 127.0.0.1"
    assert outcome.retryable
    assert outcome.retry_at is not None
    assert abs(outcome.retry_at - until) < timedelta(seconds=30)
    assert web.paths() == ["/page"]


@pytest.mark.parametrize("header", ["999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_an_absurd_retry_after_means_a_week(web: LoopbackServer, header: str) -> None:
    url = web.route("/page", Answer(status=503, headers={"Retry-After": header}))
    outcome = ask_one(url)
    assert isinstance(outcome, Failed)
    assert outcome.retry_at is not None
    assert timedelta(days=7) <= outcome.retry_at - NOW < timedelta(days=7, seconds=30)


@pytest.mark.parametrize("header", ["soon", "-5", "", "Mon, 02 Mar 2020 10:00:00 GMT"])
def test_a_retry_after_that_says_nothing_is_ignored(web: LoopbackServer, header: str) -> None:
    url = web.route("/page", Answer(status=503, headers={"Retry-After": header}))
    assert ask_one(url) == Failed(cause="HTTP 503 from 127.0.0.1", retryable=True)


def test_a_host_that_asks_for_quiet_gets_it_from_every_source(web: LoopbackServer) -> None:
    network = replace_network(per_host=1)
    sources = [
        lines(f"s{n}", web.route(f"/{n}", Answer(status=429, headers={"Retry-After": "3600"})))
        for n in range(5)
    ]
    outcomes = ask(*sources, network=network)
    assert len(web.paths()) == 1
    assert sum(outcome.cause.startswith("HTTP 429") for outcome in failures(outcomes)) == 1
    assert {failure.retry_at is not None for failure in failures(outcomes)} == {True}


def test_a_source_that_asked_to_wait_is_not_asked(web: LoopbackServer) -> None:
    url = web.route("/page", Answer(body=b"Title http://a.example/1"))
    until = NOW + timedelta(minutes=5)
    outcome = ask_one(url, state=SourceState(retry_at=until))
    assert outcome == Failed(
        cause="asked to wait until 2026-03-02 19:35 UTC", retryable=True, retry_at=until
    )
    assert web.asked == []


BROKEN = {
    "reset": (Answer(reset=True), "connection to 127.0.0.1 lost before an answer", True),
    "reset within": (
        Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx", reset=True),
        "connection to 127.0.0.1 lost in the middle of the answer",
        True,
    ),
    "truncated": (
        Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx"),
        "connection to 127.0.0.1 lost in the middle of the answer",
        True,
    ),
    "no http": (Answer(raw=b"SSH-2.0-OpenSSH\r\n"), "127.0.0.1 does not answer in HTTP", False),
    "too large": (Answer(body=b"x" * 50_001), "answer of 127.0.0.1 larger than 0.05 MB", False),
    "endless": (
        Answer(raw=b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 500_000),
        "answer of 127.0.0.1 larger than 0.05 MB",
        False,
    ),
    "gzip bomb": (
        Answer(body=gzip.compress(b"x" * 5_000_000), headers={"Content-Encoding": "gzip"}),
        "answer of 127.0.0.1 larger than 0.05 MB",
        False,
    ),
    "brotli bomb": (
        Answer(body=brotli.compress(b"x" * 5_000_000), headers={"Content-Encoding": "br"}),
        "answer of 127.0.0.1 larger than 0.05 MB",
        False,
    ),
    "no gzip": (
        Answer(body=b"plain", headers={"Content-Encoding": "gzip"}),
        "the answer of 127.0.0.1 is not compressed as it says",
        False,
    ),
    "no brotli": (
        Answer(body=b"<html>plain</html>", headers={"Content-Encoding": "br"}),
        "the answer of 127.0.0.1 is not compressed as it says",
        False,
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_answer_has_one_plain_cause(web: LoopbackServer, fault: str) -> None:
    answer, cause, retryable = BROKEN[fault]
    # Without robots.txt, whose connection would be used again: Twisted asks twice on such a one.
    outcome = ask_one(web.route("/page", answer), replace_network(obey_robots=False))
    assert outcome == Failed(cause=cause, retryable=retryable)
    assert len(web.paths()) == (1 + QUICK.retries if retryable else 1)


def test_nobody_there() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        outcome = ask_one(f"http://127.0.0.1:{unused.getsockname()[1]}/")
    assert outcome == Failed(cause="connection refused by 127.0.0.1", retryable=True)


def test_an_answer_that_takes_too_long(web: LoopbackServer) -> None:
    gate = threading.Event()
    url = web.route("/page", Answer(gate=gate))
    outcome = ask_one(url, replace_network(timeout=0.2, retries=0))
    gate.set()
    assert outcome == Failed(cause="no answer from 127.0.0.1 within 0.2 s", retryable=True)


@pytest.mark.parametrize("url", ["http://[bad/", "http:///nowhere", "nothing", "ftp://a.example/"])
def test_an_address_that_cannot_be_asked(url: str) -> None:
    outcome = ask_one(url)
    assert isinstance(outcome, Failed)
    assert not outcome.retryable


def test_no_https_behind_the_address(web: LoopbackServer) -> None:
    outcome = ask_one(web.base.replace("http:", "https:"))
    assert isinstance(outcome, Failed)
    assert outcome.cause.startswith("no secure connection to 127.0.0.1: ")


def test_certificates_are_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Answer(body=b"Title http://a.example/1")
    with LoopbackServer(good()) as web:
        url = web.route("/page", answer)
        outcome = ask_one(url)
        assert isinstance(outcome, Failed)
        assert outcome.cause == "no secure connection to 127.0.0.1: certificate verify failed"
        assert web.asked == []

        monkeypatch.setenv("SSL_CERT_FILE", str(trusted(tmp_path)))
        assert isinstance(ask_one(url), Items)
    for bad in (of_nobody, expired, another_host):
        with LoopbackServer(bad()) as web:
            outcome = ask_one(web.route("/page", answer))
            assert isinstance(outcome, Failed)
            assert outcome.cause.startswith("no secure connection to 127.0.0.1: ")
            assert web.asked == []


@pytest.mark.parametrize(
    ("encoding", "compress"), [("gzip", gzip.compress), ("br", brotli.compress), ("", bytes)]
)
def test_compressed_answers(
    web: LoopbackServer, encoding: str, compress: Callable[[bytes], bytes]
) -> None:
    body = b"Title http://a.example/1"
    headers = {"Content-Encoding": encoding} if encoding else {}
    outcome = ask_one(web.route("/page", Answer(body=compress(body), headers=headers)))
    assert isinstance(outcome, Items)
    assert outcome.pages[0].payload.body == body
    assert web.asked[-1].headers["accept-encoding"] == "gzip, deflate, br"


def test_robots_txt_is_asked_for_once_and_obeyed(web: LoopbackServer) -> None:
    rules = b"User-agent: embedded-ai-briefing\nDisallow: /private\n\nUser-agent: *\nDisallow: /\n"
    web.route("/robots.txt", Answer(body=rules))
    page = Answer(body=b"Title http://a.example/1")
    outcomes = ask(
        lines("open", web.route("/open", page)),
        lines("private", web.route("/private/feed", page)),
    )
    assert isinstance(outcomes["open"], Items)
    assert outcomes["private"] == Failed(
        cause="robots.txt of 127.0.0.1 forbids this address", retryable=False
    )
    assert sorted(asked.path for asked in web.asked) == ["/open", "/robots.txt"]


def test_robots_txt_can_be_passed_over(web: LoopbackServer) -> None:
    web.route("/robots.txt", Answer(body=b"User-agent: *\nDisallow: /\n"))
    url = web.route("/page", Answer(body=b"Title http://a.example/1"))
    assert isinstance(ask_one(url, replace_network(obey_robots=False)), Items)
    assert [asked.path for asked in web.asked] == ["/page"]


def test_a_mirror_is_asked_and_the_live_address_seen(web: LoopbackServer) -> None:
    web.route("https://news.example/robots.txt", Answer(body=b"User-agent: *\nDisallow: /x\n"))
    web.route("https://news.example/old", Answer(status=301, headers={"Location": "/new"}))
    web.route("https://news.example/new", Answer(body=b"Title http://a.example/1"))
    network = replace_network(mirrors=web.mirrors)
    outcomes = ask(
        lines("moved", "https://news.example/old"),
        lines("forbidden", "https://news.example/x"),
        network=network,
    )
    moved = outcomes["moved"]
    assert isinstance(moved, Items)
    assert moved.state.moved_to == "https://news.example/new"
    assert moved.pages[0].payload.url == "https://news.example/new"
    assert outcomes["forbidden"] == Failed(
        cause="robots.txt of news.example forbids this address", retryable=False
    )


def test_we_say_who_we_are_and_bring_no_cookies(web: LoopbackServer) -> None:
    web.route("/a", Answer(status=302, headers={"Location": "/b", "Set-Cookie": "seen=1"}))
    web.route("/b", Answer(body=b"Title http://a.example/1"))
    ask_one(web.base + "/a")
    assert {asked.headers["user-agent"] for asked in web.asked} == {QUICK.user_agent}
    assert not any("cookie" in asked.headers for asked in web.asked)


@dataclass
class Counter:
    """Answers only once `expected` requests are under way at a time, and notes whether more are."""

    expected: int
    under_way: int = 0
    most: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._met = threading.Barrier(self.expected)
        self._too_many = threading.Event()

    def answer(self, _: Asked) -> Answer:
        with self._lock:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            if self.under_way > self.expected:
                self._too_many.set()
        self._met.wait(10)
        self._too_many.wait(0.1)  # gives one that should not come the time to
        with self._lock:
            self.under_way -= 1
        return Answer(body=b"Title http://a.example/1")


@pytest.mark.parametrize("per_host", [1, 3])
def test_a_host_is_asked_so_many_things_at_once(web: LoopbackServer, per_host: int) -> None:
    counter = Counter(per_host)
    sources = [lines(f"s{n}", web.route(f"/{n}", counter.answer)) for n in range(3 * per_host)]
    outcomes = ask(*sources, network=replace_network(per_host=per_host))
    assert {type(outcome) for outcome in outcomes.values()} == {Items}
    assert counter.most == per_host


def test_no_more_is_under_way_than_configured_over_all_hosts(web: LoopbackServer) -> None:
    counter = Counter(2)
    hosts = [f"h{n}.example" for n in range(6)]
    for host in hosts:
        web.route(f"http://{host}/", counter.answer)
    network = replace_network(concurrency=2, mirrors=web.mirrors, obey_robots=False)
    ask(*(lines(host, f"http://{host}/") for host in hosts), network=network)
    assert counter.most == 2


def test_between_two_requests_to_a_host_there_is_a_pause(web: LoopbackServer) -> None:
    asked_at: list[float] = []

    def noted(_: Asked) -> Answer:
        asked_at.append(time.monotonic())
        return Answer(body=b"Title http://a.example/1")

    sources = [lines(f"s{n}", web.route(f"/{n}", noted)) for n in range(3)]
    ask(*sources, network=replace_network(delay=0.15, obey_robots=False))
    gaps = [later - earlier for earlier, later in pairwise(asked_at)]
    assert min(gaps) > 0.1


def article_source(web: LoopbackServer, count: int) -> Lines:
    body = "\n".join(f"t{n} {web.base}/article/{n}" for n in range(count))
    return lines("full", web.route("/list", Answer(body=body.encode())), full_text=True)


def test_items_are_completed_from_their_articles(web: LoopbackServer) -> None:
    source = article_source(web, 3)
    for n in range(2):
        web.route(f"/article/{n}", Answer(body=f"text {n}".encode()))
    outcome = ask(source)["full"]
    assert isinstance(outcome, Items)
    assert [item.text for item in outcome.items] == ["text 0", "text 1", ""]
    assert outcome.notes == ("1 of 3 articles not had: HTTP 404 from 127.0.0.1",)
    assert [page.payload.url for page in outcome.pages] == [source.url]
    assert [page.url for page in outcome.articles] == [f"{web.base}/article/{n}" for n in range(2)]


def test_an_article_that_was_kept_is_not_asked_for_again(web: LoopbackServer) -> None:
    source = article_source(web, 4)
    for n in range(4):
        web.route(f"/article/{n}", Answer(body=b"text"))
    kept = Payload(url=f"{web.base}/article/0", body=b"kept", fetched_at=NOW)
    outcome = ask(
        source,
        network=replace_network(articles_per_source=2),
        kept_article=lambda asking, item: (
            kept if asking is source and item.url == kept.url else None
        ),
    )["full"]
    assert isinstance(outcome, Items)
    assert [item.text for item in outcome.items] == ["kept", "text", "text", ""]
    assert "/article/0" not in web.paths()


def test_a_fault_in_a_parser_is_the_source_s_own(web: LoopbackServer) -> None:
    page = Answer(body=b"Title http://a.example/1")
    outcomes = ask(
        lines("trapped", web.route("/trap", Answer(body=b"trap"))),
        lines("fine", web.route("/fine", page)),
    )
    trapped = outcomes["trapped"]
    assert isinstance(trapped, Unparsable)
    assert trapped.reason == "the parser failed: ZeroDivisionError: a fault of the parser's"
    assert trapped.pages[0].payload.body == b"trap"
    assert isinstance(outcomes["fine"], Items)


def test_what_deliver_raises_ends_the_crawl_and_comes_out(web: LoopbackServer) -> None:
    gate = threading.Event()
    page = Answer(body=b"Title http://a.example/1")
    sources = [
        lines("hanging", web.route("/hanging", Answer(gate=gate))),
        lines("quick", web.route("/quick", page)),
        lines("queued", web.route("/queued", page)),
    ]
    delivered: list[str] = []

    def full_disk(source: PageSource, outcome: Outcome, seconds: float) -> None:
        delivered.append(source.name)
        raise OSError("no space left")

    began = time.monotonic()
    network = replace_network(delay=0.1)
    with pytest.raises(OSError, match="no space left"):
        crawl(sources, states={}, network=network, now=NOW, deliver=full_disk)
    assert delivered == ["quick"]
    assert time.monotonic() - began < QUICK.timeout / 2
    assert tasks_left() == 0
    gate.set()
    again = ask_one(web.base + "/quick", replace_network(delay=0.2))
    assert isinstance(again, Items), "and the next crawl is fine"
    assert "/queued" not in web.paths()


def tasks_left() -> int:
    async def others() -> int:
        return len(asyncio.all_tasks()) - 1

    return asyncio.run_coroutine_threadsafe(others(), reactor_loop()).result()


def test_what_kept_article_raises_comes_out(web: LoopbackServer) -> None:
    def broken(source: PageSource, item: RawItem) -> Payload | None:
        raise LookupError("not in the database")

    with pytest.raises(LookupError, match="not in the database"):
        ask(article_source(web, 1), kept_article=broken)


def test_an_interrupt_ends_the_crawl(web: LoopbackServer) -> None:
    if threading.current_thread() is not threading.main_thread():
        pytest.skip("signals reach only the main thread")
    main = threading.main_thread().ident
    assert main is not None
    gate = threading.Event()

    def interrupting(_: Asked) -> Answer:
        signal.pthread_kill(main, signal.SIGINT)
        return Answer(gate=gate)

    desk = Desk()
    source = lines("one", web.route("/page", interrupting))
    began = time.monotonic()
    # A shell lets what it starts in the background ignore interrupts, whole runs of tests too.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            crawl([source], states={}, network=QUICK, now=NOW, deliver=desk.deliver)
    finally:
        signal.signal(signal.SIGINT, before)
    gate.set()
    assert time.monotonic() - began < QUICK.timeout / 2
    assert desk.outcomes == {}


def test_where_scrapy_breaks_every_source_has_failed(
    web: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: PagesSpider) -> None:
        raise RuntimeError("not today")

    monkeypatch.setattr(PagesSpider, "start", broken)
    desk = Desk()
    sources = [lines("a", web.base + "/a"), lines("b", web.base + "/b")]
    crawl(sources, states={}, network=QUICK, now=NOW, deliver=desk.deliver)
    assert desk.names == ["a", "b"]
    assert all("not today" in failure.cause for failure in failures(desk.outcomes))
    with pytest.raises(SourceError, match="not today"):
        fetch_one(web.base, network=QUICK, now=NOW)


def test_delivery_is_on_one_thread_that_is_not_the_caller_s(web: LoopbackServer) -> None:
    desk = Desk()
    sources = [lines(str(n), f"{web.base}/{n}") for n in range(4)]
    for _ in range(2):
        desk.outcomes.clear()
        crawl(sources, states={}, network=QUICK, now=NOW, deliver=desk.deliver)
    assert len(desk.threads) == 1
    assert threading.get_ident() not in desk.threads


def test_nothing_to_ask() -> None:
    assert ask() == {}


def test_one_page(web: LoopbackServer) -> None:
    web.route("/old", Answer(status=302, headers={"Location": "/page"}))
    url = web.route("/page", Answer(body=b"<p>words", headers={"Content-Type": "text/html"}))
    payload = fetch_one(web.base + "/old", network=QUICK, now=NOW)
    assert (payload.url, payload.body, payload.content_type) == (url, b"<p>words", "text/html")


def test_one_page_that_cannot_be_had(web: LoopbackServer) -> None:
    with pytest.raises(SourceError) as failure:
        fetch_one(web.base + "/page", network=QUICK, now=NOW)
    assert failure.value.cause == "HTTP 404 from 127.0.0.1"
    assert not failure.value.retryable


def replace_network(**changes: Any) -> Network:
    return Network.model_validate(QUICK.model_dump() | changes)


def failures(outcomes: dict[str, Outcome]) -> list[Failed]:
    assert all(isinstance(outcome, Failed) for outcome in outcomes.values())
    return [outcome for outcome in outcomes.values() if isinstance(outcome, Failed)]
