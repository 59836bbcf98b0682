"""Is a link alive: what a server on 127.0.0.1 answers, and what that comes to."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response
from twisted.internet.error import DNSLookupError

from config.settings import Network
from crawlers.liveness import LinkState, check_links
from crawlers.spiders.middlewares import DownloadHandler
from tests.builders import NOW
from tests.loopback import Answer, Asked, LoopbackServer

QUICK = Network(delay=0, autothrottle=False, retries=0, timeout=10, max_bytes=50_000)

ARTICLE = """<html><head><meta property="og:title" content="把模型装进手机"></head><body>
<h1 id="activity-name">把模型装进手机</h1><a id="js_name">端侧笔记</a>
<div class="rich_media_content" id="js_content"><p>正文</p></div></body></html>"""
DELETED = "<html><body><div class='weui-msg__title'>该内容已被发布者删除</div></body></html>"
CAPTCHA = "<html><body><p>当前环境异常，完成验证后即可继续访问。</p></body></html>"


@pytest.fixture
def web() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        yield server


def look(web: LoopbackServer, *urls: str, network: Network = QUICK) -> list[LinkState]:
    mirrored = network.model_copy(update={"mirrors": web.mirrors})
    return check_links(urls, network=mirrored, now=NOW, progress=lambda _: None)


def look_one(web: LoopbackServer, url: str, network: Network = QUICK) -> LinkState:
    (state,) = look(web, url, network=network)
    return state


def methods(web: LoopbackServer) -> list[str]:
    return [asked.method for asked in web.asked]


def leading_to(url: str, status: int = 302) -> Answer:
    return Answer(status=status, headers={"Location": url})


def test_a_page_that_answers_is_alive_and_its_body_is_never_sent(web: LoopbackServer) -> None:
    url = web.route("https://blog.example.com/a", Answer(body=b"x" * 1000))
    assert look_one(web, url) == LinkState(url=url, status="alive", final_url=url)
    assert methods(web) == ["HEAD"]


@pytest.mark.parametrize("refused", [405, 403, 501, 404])
def test_get_is_tried_where_head_is_refused(web: LoopbackServer, refused: int) -> None:
    def answer(asked: Asked) -> Answer:
        return Answer(status=refused) if asked.method == "HEAD" else Answer(body=b"page")

    url = web.route("https://blog.example.com/a", answer)
    assert look_one(web, url).status == "alive"
    assert methods(web) == ["HEAD", "GET"]


def test_an_answer_too_large_to_keep_is_a_good_answer(web: LoopbackServer) -> None:
    def answer(asked: Asked) -> Answer:
        return Answer(status=405) if asked.method == "HEAD" else Answer(body=b"x" * 90_000)

    assert look_one(web, web.route("https://a.example/paper.pdf", answer)).status == "alive"


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_not_there_is_gone(web: LoopbackServer, status: int) -> None:
    url = web.route("https://blog.example.com/a", Answer(status=status))
    state = look_one(web, url)
    assert state.status == "gone"
    assert state.cause == f"HTTP {status} from blog.example.com"


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_server_in_trouble_or_wary_of_machines_tells_nothing(
    web: LoopbackServer, status: int
) -> None:
    url = web.route("https://blog.example.com/a", Answer(status=status))
    assert look_one(web, url).status == "unknown"


def test_a_server_in_trouble_is_not_asked_twice(web: LoopbackServer) -> None:
    look_one(web, web.route("https://blog.example.com/a", Answer(status=503)))
    assert methods(web) == ["HEAD"]


def test_a_lost_connection_tells_nothing(web: LoopbackServer) -> None:
    state = look_one(web, web.route("https://blog.example.com/a", Answer(reset=True)))
    assert state.status == "unknown"
    assert "blog.example.com" in state.cause


@pytest.mark.parametrize(
    ("url", "final", "status"),
    [
        ("http://blog.example.com/a", "https://blog.example.com/a", "alive"),
        ("https://example.com/a", "https://www.example.com/a/", "alive"),
        ("https://old.example.com/a", "https://new.example.com/b", "alive"),
        ("https://doi.org/10.1000/1", "https://press.example.org/1", "alive"),
        ("https://example.com/a", "https://example.org/a", "redirected"),
        ("https://tiny.github.io/a", "https://other.github.io/a", "redirected"),
        ("https://example.com/a", "https://example.com/", "redirected"),
        ("https://example.com/a", "https://example.com/index.html", "redirected"),
        ("https://example.com/a", "https://example.com/signin?next=a", "unknown"),
        ("https://example.com/a", "https://passport.example.com/x", "unknown"),
        ("https://example.com/", "https://www.example.com/", "alive"),
    ],
)
def test_where_a_redirect_leads(web: LoopbackServer, url: str, final: str, status: str) -> None:
    web.route(url, leading_to(final))
    web.route(final, Answer(body=b"page"))
    state = look_one(web, url)
    assert (state.status, state.final_url) == (status, final)
    assert bool(state.cause) == (status != "alive")


def test_a_redirect_to_nowhere_is_gone(web: LoopbackServer) -> None:
    web.route("https://example.com/a", leading_to("https://example.com/b"))
    assert look_one(web, "https://example.com/a").status == "gone"


@pytest.mark.parametrize(
    ("page", "status", "cause"),
    [
        (ARTICLE, "alive", ""),
        (DELETED, "gone", "the account deleted the article"),
        (CAPTCHA, "unknown", "prove to be human"),
        ("<html><title>?</title></html>", "unknown", "no article recognised"),
    ],
)
def test_wechat_answers_200_whatever_happened(
    web: LoopbackServer, page: str, status: str, cause: str
) -> None:
    url = web.route("https://mp.weixin.qq.com/s/AbCdEf123", Answer(body=page.encode()))
    state = look_one(web, url)
    assert state.status == status
    assert cause in state.cause
    assert methods(web) == ["GET"]


def test_robots_txt_is_not_asked(web: LoopbackServer) -> None:
    web.route("https://a.example/robots.txt", Answer(body=b"User-agent: *\nDisallow: /"))
    url = web.route("https://a.example/a", Answer())
    network = QUICK.model_copy(update={"obey_robots": True})
    assert look_one(web, url, network).status == "alive"
    assert [asked.path for asked in web.asked] == ["/https/a.example/a"]


def test_each_address_is_asked_once_and_comes_back_in_order(web: LoopbackServer) -> None:
    first = web.route("https://a.example/1", Answer())
    second = web.route("https://b.example/2", Answer(status=404))
    reported: list[LinkState] = []
    threads: set[int] = set()

    def progress(state: LinkState) -> None:
        reported.append(state)
        threads.add(threading.get_ident())

    network = QUICK.model_copy(update={"mirrors": web.mirrors})
    states = check_links([second, first, second], network=network, now=NOW, progress=progress)
    assert [state.url for state in states] == [second, first]
    assert sorted(reported, key=lambda state: state.url) == sorted(states, key=lambda s: s.url)
    assert sorted(asked.path for asked in web.asked if asked.method == "HEAD") == [
        "/https/a.example/1",
        "/https/b.example/2",
    ]
    assert threads
    assert threading.get_ident() not in threads


@pytest.mark.parametrize("url", ["", "no address", "ftp://a.example/1", "http://", "http://[::1/"])
def test_what_is_no_address_is_unknown(web: LoopbackServer, url: str) -> None:
    state = look_one(web, url)
    assert (state.status, bool(state.cause)) == ("unknown", True)
    assert web.asked == []


def test_nothing_is_asked_for_no_addresses(web: LoopbackServer) -> None:
    assert look(web) == []


def fail_lookups(monkeypatch: pytest.MonkeyPatch, *hosts: str) -> None:
    """Let the names of some hosts have no address, as a resolver says it."""
    download = DownloadHandler._download

    async def fail(self: DownloadHandler, request: Request) -> Response:
        if any(host in request.url for host in hosts):
            raise CannotResolveHostError("no such host") from DNSLookupError()
        return await download(self, request)

    monkeypatch.setattr(DownloadHandler, "_download", fail)


def test_a_name_without_an_address_is_gone(
    web: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_lookups(monkeypatch, "left.example")
    alive = web.route("https://a.example/1", Answer())
    states = look(web, "https://left.example/1", alive)
    assert [state.status for state in states] == ["gone", "alive"]
    assert states[0].cause == "there is no address for the name left.example"


def test_nothing_is_gone_where_no_name_can_be_looked_up(
    web: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_lookups(monkeypatch, "a.example", "b.example")
    states = look(web, "https://a.example/1", "https://b.example/2")
    assert [state.status for state in states] == ["unknown", "unknown"]
    assert "connection" in states[0].cause
