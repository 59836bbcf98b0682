"""Where requests may go: loopback stands for whatever is private, and for the public web where a
test allows it by a setting."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from config.errors import SourceError
from config.settings import Network
from crawlers.access import Access, is_public, origin
from crawlers.crawl import crawl, fetch_one
from crawlers.http_session import HttpSession
from crawlers.liveness import check_links
from crawlers.source import Failed, Items, Outcome
from store.models import SourceName, SourceState
from tests.crawlers.test_crawl import Desk, Lines
from tests.fake_clock import FakeClock
from tests.loopback import Answer, LoopbackServer

NOW = datetime(2026, 3, 2, 19, 30, tzinfo=UTC)
ITEM = Answer(body=b"Title http://a.example/1")


@pytest.fixture
def web() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        yield server


@pytest.fixture
def inside() -> Iterator[LoopbackServer]:
    """What nobody outside may reach."""
    with LoopbackServer() as server:
        server.route("/secret", Answer(body=b"secret"))
        yield server


class Names:
    """Answers for names: each time they are looked up the next of theirs, the last for ever."""

    def __init__(self) -> None:
        self.addresses: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []
        self._real = socket.getaddrinfo

    def getaddrinfo(self, host: str, port: int, *more: Any, **named: Any) -> list[Any]:
        if host not in self.addresses or named.get("flags"):
            return self._real(host, port, *more, **named)
        self.asked.append(host)
        left = self.addresses[host]
        found = left.pop(0) if len(left) > 1 else left[0]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [info for ip in found for info in self._real(ip, port, type=socket.SOCK_STREAM)]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    made = Names()
    monkeypatch.setattr(socket, "getaddrinfo", made.getaddrinfo)
    return made


def port_of(server: LoopbackServer) -> int:
    found = origin(server.base)
    assert found is not None
    return found[1]


def quick(**network: Any) -> Network:
    defaults = {"delay": 0, "autothrottle": False, "backoff": 0.01, "timeout": 10}
    return Network.model_validate(defaults | network)


def visit(
    *sources: Lines, states: dict[SourceName, SourceState] | None = None, **network: Any
) -> dict[str, Outcome]:
    desk = Desk()
    crawl(sources, states=states or {}, network=quick(**network), now=NOW, deliver=desk.deliver)
    return desk.outcomes


def lines(url: str, name: str = "one", *, full_text: bool = False) -> Lines:
    return Lines(name=SourceName(name), url=url, full_text=full_text)


def linking(web: LoopbackServer, *links: str) -> Lines:
    """A source on `web` whose items have these links, and want their pages."""
    body = "\n".join(f"t{number} {link}" for number, link in enumerate(links))
    return lines(web.route("/list", Answer(body=body.encode())), full_text=True)


def session(configured: str | None = None, **network: Any) -> HttpSession:
    settings = quick(retries=0, **network)
    return HttpSession(settings, pace=FakeClock().pace(), interval=0, configured=configured)


# ── Which addresses are public ───────────────────────────────────────────────────

PRIVATE = [
    *("0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.9.9.9"),
    *("168.63.129.16", "169.254.169.254", "172.16.0.1", "192.0.0.192", "192.0.2.1"),
    *("192.168.1.1", "198.18.0.1", "203.0.113.5", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1"),
    *("::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b:1::808:808", "100::1"),
    *("2001:0:1::1", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "fc00::1"),
    *("fd00:ec2::254", "fe80::1", "fe80::1%1", "fec0::1", "ff02::1", "ff0e::1"),
]
PUBLIC = [
    *("1.1.1.1", "8.8.8.8", "100.63.255.255", "172.32.0.1", "192.169.0.1", "223.5.5.5"),
    *("::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::", "2400:3200::1"),
    *("2606:4700::1111",),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(address)


def test_the_refusal_names_address_and_setting() -> None:
    access = Access(Network())
    for host, port, address, said in [
        ("10.0.0.5", 80, "10.0.0.5", "10.0.0.5 is no"),
        ("10.0.0.5", 81, "10.0.0.5", "10.0.0.5:81 is no"),
        ("::1", 81, "::1", "[::1]:81 is no"),
        ("a.example", 443, "10.0.0.5", "a.example leads to 10.0.0.5, which is no"),
        ("2130706433", 81, "127.0.0.1", "2130706433:81 leads to 127.0.0.1, which is no"),
    ]:
        with pytest.raises(SourceError) as refused:
            access.check(host, port, (address,))
        cause = f"{said} public address; network.private_hosts can allow it"
        assert refused.value.cause == cause
        assert not refused.value.retryable


def test_one_private_address_among_several_is_enough() -> None:
    access = Access(Network())
    access.check("a.example", 443, ("8.8.8.8", "2606:4700::1111"))
    with pytest.raises(SourceError, match=r"leads to 10\.0\.0\.5"):
        access.check("a.example", 443, ("8.8.8.8", "10.0.0.5"))


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "localhost", "x.LOCALHOST."])
def test_what_is_written_as_private_is_seen_without_a_look_up(host: str) -> None:
    with pytest.raises(SourceError, match="no public address"):
        Access(Network()).check_as_written(host, 80)
    Access(Network()).check_as_written("localhost.example", 80)


# ── Links, in a crawl ────────────────────────────────────────────────────────────

SPELLINGS = ["127.0.0.1", "localhost", "LOCALHOST", "127.1", "127.000.000.001", "2130706433"]
SPELLINGS += ["0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0.0.0.0", "0"]
SPELLINGS += ["[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::1]", "[::]", "user@127.0.0.1"]
SPELLINGS += ["127。0。0。1", "①②⑦.0.0.1"]


@pytest.mark.parametrize("host", SPELLINGS)
def test_a_link_to_this_machine_is_not_followed(
    web: LoopbackServer, inside: LoopbackServer, host: str
) -> None:
    outcome = visit(linking(web, f"http://{host}:{port_of(inside)}/secret"))["one"]
    assert isinstance(outcome, Items)
    assert [item.text for item in outcome.items] == [""]
    assert outcome.notes[0].startswith("1 of 1 articles not had: ")
    assert inside.asked == []


def test_a_refused_link_says_why(web: LoopbackServer, inside: LoopbackServer) -> None:
    outcome = visit(linking(web, f"{inside.base}/secret"))["one"]
    assert isinstance(outcome, Items)
    [note] = outcome.notes
    assert note == (
        f"1 of 1 articles not had: 127.0.0.1:{port_of(inside)} is no public address; "
        "network.private_hosts can allow it"
    )


def test_a_link_is_not_the_source_s_own_even_at_its_host_and_port(web: LoopbackServer) -> None:
    web.route("/admin", Answer(body=b"secret"))
    outcome = visit(linking(web, f"{web.base}/admin"))["one"]
    assert isinstance(outcome, Items), "the configured address itself may be private"
    assert outcome.items[0].text == ""
    assert web.paths() == ["/list"]


def test_a_name_that_leads_to_a_private_address(
    web: LoopbackServer, inside: LoopbackServer, names: Names
) -> None:
    names.addresses["pretty.example"] = [["127.0.0.1"]]
    outcome = visit(linking(web, f"http://pretty.example:{port_of(inside)}/secret"))["one"]
    assert isinstance(outcome, Items)
    assert "pretty.example" in outcome.notes[0]
    assert "leads to 127.0.0.1, which is no public address" in outcome.notes[0]
    assert inside.asked == []


@pytest.mark.parametrize("entry", ["127.0.0.1:{}", "127.0.0.1", "127.0.0.0/8"])
def test_a_setting_allows_it(web: LoopbackServer, inside: LoopbackServer, entry: str) -> None:
    source = linking(web, f"{inside.base}/secret")
    outcome = visit(source, private_hosts=[entry.format(port_of(inside))])["one"]
    assert isinstance(outcome, Items)
    assert outcome.items[0].text == "secret"


def test_a_setting_allows_what_it_says(web: LoopbackServer, inside: LoopbackServer) -> None:
    url = inside.route("/secret", Answer(body=b"secret"))
    others = [f"127.0.0.1:{port_of(web)}", f"localhost:{port_of(inside)}", "127.0.0.2"]
    outcome = visit(linking(web, url), private_hosts=others)["one"]
    assert isinstance(outcome, Items)
    assert outcome.items[0].text == ""
    assert inside.asked == []


def test_a_name_is_looked_up_once_and_what_was_checked_is_connected_to(
    web: LoopbackServer, names: Names
) -> None:
    # 127.0.0.1 stands for a public address, and nobody listens at the other one.
    names.addresses["turning.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    at = f"http://turning.example:{port_of(web)}"
    web.route("/a", Answer(body=b"a", headers={"Connection": "close"}))
    web.route("/b", Answer(body=b"b", headers={"Connection": "close"}))
    source = linking(web, f"{at}/a", f"{at}/b")
    outcome = visit(source, private_hosts=["127.0.0.1"], per_host=1)["one"]
    assert isinstance(outcome, Items)
    assert [item.text for item in outcome.items] == ["a", "b"]
    assert names.asked == ["turning.example"]


def test_the_next_crawl_looks_a_name_up_anew(
    web: LoopbackServer, inside: LoopbackServer, names: Names
) -> None:
    names.addresses["turning.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    url = f"http://turning.example:{port_of(inside)}/secret"
    network = quick(private_hosts=["127.0.0.1"])
    assert fetch_one(url, network=network, now=NOW).body == b"secret"
    with pytest.raises(SourceError, match=r"turning\.example:\d+ leads to 127\.0\.0\.2"):
        fetch_one(url, network=network, now=NOW)


def test_an_international_name(web: LoopbackServer, names: Names) -> None:
    ours = ["xn--fiqs8s.example", "xn--fa-hia.example", "xn--e28h.example", "a_b.example"]
    names.addresses = {name: [["127.0.0.1"]] for name in ours}
    web.route("/page", Answer(body=b"page"))
    spelled = ["中国.example", *ours]
    source = linking(web, *(f"http://{name}:{port_of(web)}/page" for name in spelled))
    outcome = visit(source, private_hosts=["127.0.0.1"])["one"]
    assert isinstance(outcome, Items)
    assert [item.text for item in outcome.items] == ["page"] * len(spelled)


def test_the_second_address_is_tried(web: LoopbackServer, names: Names) -> None:
    names.addresses["two.example"] = [["127.0.0.2", "127.0.0.1"]]
    web.route("/page", Answer(body=b"page"))
    url = f"http://two.example:{port_of(web)}/page"
    network = quick(private_hosts=["127.0.0.0/8"])
    assert fetch_one(url, network=network, now=NOW).body == b"page"
    with session(private_hosts=["127.0.0.0/8"]) as asking:
        assert asking.get(url).content == b"page"


# ── Redirects ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("hops", [1, 2, 3])
def test_a_redirect_leads_to_no_private_address(
    web: LoopbackServer, inside: LoopbackServer, hops: int
) -> None:
    for hop in range(1, hops):
        web.route(f"/{hop}", Answer(status=301, headers={"Location": f"/{hop + 1}"}))
    last = Answer(status=302, headers={"Location": f"{inside.base}/secret"})
    web.route(f"/{hops}", last)
    for outcome in (
        visit(lines(f"{web.base}/1"))["one"],
        visit(lines(f"{web.base}/1"), private_hosts=[f"127.0.0.1:{port_of(web)}"])["one"],
    ):
        assert isinstance(outcome, Failed)
        assert outcome.cause.startswith(f"127.0.0.1:{port_of(inside)} is no public address")
        assert not outcome.retryable
    assert inside.asked == []
    with (
        session(web.base) as asking,
        pytest.raises(SourceError, match=f"127.0.0.1:{port_of(inside)} is no public address"),
    ):
        asking.get(f"{web.base}/1")
    assert inside.asked == []


def test_a_source_may_redirect_within_its_host_and_port_only(web: LoopbackServer) -> None:
    web.route("/feed", ITEM)
    near = web.route("/near", Answer(status=302, headers={"Location": "/feed"}))
    there = f"http://localhost:{port_of(web)}/feed"
    far = web.route("/far", Answer(status=302, headers={"Location": there}))
    outcomes = visit(lines(near, "near"), lines(far, "far"))
    assert isinstance(outcomes["near"], Items)
    assert isinstance(outcomes["far"], Failed)
    with session(web.base) as asking:
        assert asking.get(near).content == ITEM.body
        with pytest.raises(SourceError, match=r"localhost:\d+ leads to "):
            asking.get(far)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://a/x"])
def test_a_redirect_leads_to_the_web_only(web: LoopbackServer, target: str) -> None:
    url = web.route("/page", Answer(status=302, headers={"Location": target}))
    outcome = visit(lines(url))["one"]
    assert isinstance(outcome, Failed)
    assert outcome.cause == "127.0.0.1 redirects to what is no http or https address"
    with session(web.base) as asking, pytest.raises(SourceError, match=r"127.* cannot be asked"):
        asking.get(url)


def test_where_a_source_moved_to_is_not_its_own(
    web: LoopbackServer, inside: LoopbackServer
) -> None:
    source = lines(web.route("/feed", ITEM))
    state = SourceState(moved_to=f"{inside.base}/secret")
    outcome = visit(source, states={source.name: state})["one"]
    assert isinstance(outcome, Items)
    assert outcome.state.moved_to is None
    assert inside.asked == []


# ── robots.txt, mirrors, proxies ─────────────────────────────────────────────────


def test_robots_txt_is_asked_for_where_the_source_is_and_nowhere_private_else(
    web: LoopbackServer, inside: LoopbackServer
) -> None:
    web.route("/robots.txt", Answer(body=b"User-agent: *\nDisallow: /feed\n"))
    outcomes = visit(
        lines(web.route("/feed", ITEM), "forbidden"), linking(web, f"{inside.base}/secret")
    )
    assert outcomes["forbidden"] == Failed(
        cause="robots.txt of 127.0.0.1 forbids this address", retryable=False
    )
    assert isinstance(outcomes["one"], Items)
    assert inside.asked == []


def test_a_mirror_may_be_private_and_answers_for_what_it_stands_for_only(
    web: LoopbackServer, inside: LoopbackServer
) -> None:
    body = f"a https://live.example/article\nb {web.base}/admin\nc {inside.base}/secret"
    web.route("https://live.example/feed", Answer(body=body.encode()))
    web.route("https://live.example/article", Answer(body=b"text"))
    mirrors = {"https://": web.mirrors["https://"]}
    source = lines("https://live.example/feed", full_text=True)
    outcome = visit(source, mirrors=mirrors)["one"]
    assert isinstance(outcome, Items)
    assert [item.text for item in outcome.items] == ["text", "", ""]
    assert "/admin" not in web.paths()
    with session("https://live.example", mirrors=mirrors) as asking:
        assert asking.get("https://live.example/article").content == b"text"
        with pytest.raises(SourceError, match="no public address"):
            asking.get(f"{web.base}/admin")
    assert inside.asked == []


def test_a_link_cannot_bend_a_mirror_to_another_host(inside: LoopbackServer) -> None:
    network = quick(mirrors={"https://live.example": "http://127.0.0.1"})
    url = f"https://live.example:{port_of(inside)}/secret"
    assert network.mirrored(url) == f"{inside.base}/secret"
    with pytest.raises(SourceError, match=f"127.0.0.1:{port_of(inside)} is no public address"):
        fetch_one(url, network=network, now=NOW)
    with session(mirrors=network.mirrors) as asking, pytest.raises(SourceError, match="no public"):
        asking.get(url)
    assert inside.asked == []


def test_behind_a_proxy_names_are_its_business_and_numbers_ours(
    web: LoopbackServer, inside: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", web.base)
    network = quick(obey_robots=False)
    with pytest.raises(SourceError, match="HTTP 404"):
        fetch_one("http://known-to-the-proxy.example/a", network=network, now=NOW)
    with session() as asking:
        asking.get("http://known-to-the-proxy.example/b")
        with pytest.raises(SourceError, match="no public address"):
            asking.get("http://169.254.169.254/latest")
    for host in ("169.254.169.254", "2130706433", "localhost"):
        with pytest.raises(SourceError, match="no public address"):
            fetch_one(f"http://{host}/latest", network=network, now=NOW)
    assert web.paths() == [f"http://known-to-the-proxy.example/{page}" for page in "ab"]


# ── What an editor gives, and client libraries ───────────────────────────────────


def test_an_editor_s_link(inside: LoopbackServer) -> None:
    url = f"{inside.base}/secret"
    with pytest.raises(SourceError, match=r"is no public address; network\.private_hosts"):
        fetch_one(url, network=quick(), now=NOW)
    assert inside.asked == []
    allowed = quick(private_hosts=[f"127.0.0.1:{port_of(inside)}"])
    assert fetch_one(url, network=allowed, now=NOW).body == b"secret"


def test_a_link_of_an_issue(inside: LoopbackServer) -> None:
    url = f"{inside.base}/secret"
    [state] = check_links([url], network=quick(), now=NOW, progress=lambda _: None)
    assert state.status == "unknown"
    assert "is no public address" in state.cause
    assert inside.asked == []


def test_a_client_asks_its_own_service_wherever_it_is(web: LoopbackServer) -> None:
    url = web.route("/api", Answer(body=b"answer"))
    with session(f"{web.base}/api/v3") as asking:
        assert asking.get(url).content == b"answer"
    with session() as asking, pytest.raises(SourceError, match="no public address"):
        asking.get(url)


def test_a_client_looks_a_name_up_once_for_a_connection(web: LoopbackServer, names: Names) -> None:
    names.addresses["turning.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    web.route("/page", Answer(body=b"page", headers={"Connection": "close"}))
    url = f"http://turning.example:{port_of(web)}/page"
    with session(private_hosts=["127.0.0.1"]) as asking:
        assert asking.get(url).content == b"page"
        assert names.asked == ["turning.example"]
        with pytest.raises(SourceError, match=r"turning\.example:\d+ leads to 127\.0\.0\.2"):
            asking.get(url)


def test_a_client_names_the_host_it_means(web: LoopbackServer, names: Names) -> None:
    names.addresses["named.example."] = [["127.0.0.1"]]
    url = f"http://named.example.:{port_of(web)}/page"
    with session(private_hosts=["127.0.0.1"]) as asking:
        asking.get(url)
    assert web.asked[0].headers["host"] == f"named.example:{port_of(web)}"


def test_a_name_without_an_address(names: Names) -> None:
    names.addresses["nowhere.example"] = [[]]
    cause = "there is no address for the name nowhere.example"
    with pytest.raises(SourceError, match=cause):
        fetch_one("http://nowhere.example/", network=quick(retries=0), now=NOW)
    with session() as asking, pytest.raises(SourceError, match="no answer from nowhere"):
        asking.get("http://nowhere.example/")
