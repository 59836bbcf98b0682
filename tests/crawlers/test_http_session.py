"""The session that client libraries ask through, against a server on 127.0.0.1."""

import gzip
import socket
import threading

import pytest

from config.errors import SourceError
from config.settings import Network
from crawlers.http_session import HttpSession
from tests.fake_clock import START, FakeClock
from tests.loopback import Answer, Asked, LoopbackServer


@pytest.fixture
def web():
    with LoopbackServer() as server:
        yield server


def session(clock: FakeClock, interval: float = 0.0, **network: object) -> HttpSession:
    settings = Network.model_validate(
        {"user_agent": "desk/1", "backoff": 2.0, "private_hosts": ["127.0.0.1"], **network}
    )
    return HttpSession(settings, pace=clock.pace(), interval=interval)


def in_turn(*answers: Answer):
    """Give each of `answers` once, the last one for ever."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def test_it_asks_under_our_name_whatever_the_library_wants(web):
    address = web.route("/a", Answer(body=b"hello"))
    with session(FakeClock()) as asking:
        answer = asking.get(address, headers={"user-agent": "library/4", "X-Own": "1"})
    assert answer.content == b"hello"
    assert web.asked[0].headers["user-agent"] == "desk/1"
    assert web.asked[0].headers["x-own"] == "1"


def test_it_waits_between_requests(web):
    clock = FakeClock()
    address = web.route("/a", Answer())
    with session(clock, interval=3.0) as asking:
        asking.get(address)
        asking.get(address)
    assert clock.slept == [3.0]


def test_a_mirror_is_asked_and_the_answer_bears_the_address_that_was_meant(web):
    web.route("https://www.example.org/a", Answer(body=b"mirrored"))
    with session(FakeClock(), mirrors=web.mirrors) as asking:
        answer = asking.get("https://www.example.org/a")
    assert (answer.content, answer.url) == (b"mirrored", "https://www.example.org/a")


def test_redirects_are_followed_at_the_mirror_too_even_relative_ones(web):
    web.route("https://a.example.org/1", Answer(status=301, headers={"Location": "/2"}))
    web.route(
        "https://a.example.org/2",
        Answer(status=302, headers={"Location": "https://b.example.org/3"}),
    )
    web.route("https://b.example.org/3", Answer(body=b"there"))
    with session(FakeClock(), mirrors=web.mirrors) as asking:
        answer = asking.get("https://a.example.org/1")
        assert asking.answers == [answer]
    assert (answer.content, answer.url) == (b"there", "https://b.example.org/3")


def test_a_redirect_to_another_host_does_not_get_the_token(web):
    web.route(
        "https://a.example.org/1",
        Answer(status=302, headers={"Location": "https://b.example.org/2"}),
    )
    web.route("https://b.example.org/2", Answer())
    with session(FakeClock(), mirrors=web.mirrors) as asking:
        asking.get("https://a.example.org/1", headers={"Authorization": "token canary"})
    assert [asked.headers.get("authorization") for asked in web.asked] == ["token canary", None]


def test_netrc_does_not_replace_the_token(web, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with session(FakeClock()) as asking:
        asking.get(web.route("/a", Answer()), headers={"Authorization": "token own"})
    assert web.asked[0].headers["authorization"] == "token own"


def test_proxies_of_the_environment_are_chosen_by_the_address_really_asked(web, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    web.route("https://www.example.org/a", Answer(body=b"direct"))
    with session(FakeClock(), mirrors=web.mirrors) as asking:
        assert asking.get("https://www.example.org/a").content == b"direct"


def test_redirects_in_a_circle_end(web):
    address = web.route("/a", Answer(status=302, headers={"Location": "/a"}))
    with (
        session(FakeClock(), max_redirects=2) as asking,
        pytest.raises(SourceError, match="more than 2 redirects from 127") as caught,
    ):
        asking.get(address)
    assert not caught.value.retryable


def test_a_refusal_is_asked_again_after_the_time_it_names(web):
    clock = FakeClock()
    address = web.route(
        "/a", in_turn(Answer(status=503, headers={"Retry-After": "20"}), Answer(body=b"now"))
    )
    with session(clock) as asking:
        assert asking.get(address).content == b"now"
        assert [answer.status_code for answer in asking.answers] == [200]
    assert clock.slept == [20.0]


def test_retries_without_a_time_back_off_twice_as_long_each(web):
    clock = FakeClock()
    address = web.route("/a", Answer(status=502))
    with (
        session(clock, retries=2) as asking,
        pytest.raises(SourceError, match=r"HTTP 502 from 127\.0\.0\.1") as caught,
    ):
        asking.get(address)
    assert caught.value.retryable
    assert caught.value.retry_at is None
    assert len(web.asked) == 3
    assert 2.0 <= clock.slept[0] <= 2.5
    assert 4.0 <= clock.slept[1] <= 5.0


def test_a_time_longer_than_a_run_waits_ends_it_at_once_and_is_told(web):
    clock = FakeClock()
    address = web.route("/a", Answer(status=429, headers={"Retry-After": "3600"}))
    with session(clock, max_wait=60) as asking, pytest.raises(SourceError) as caught:
        asking.get(address)
    assert caught.value.retryable
    assert caught.value.retry_at is not None
    assert (caught.value.retry_at - START).total_seconds() == 3600
    assert (clock.slept, len(web.asked)) == ([], 1)


def test_a_time_without_end_is_not_waited_for_more_often_than_the_retries(web):
    clock = FakeClock()
    address = web.route("/a", Answer(status=429, headers={"Retry-After": "60"}))
    with session(clock, retries=1, max_wait=60) as asking, pytest.raises(SourceError):
        asking.get(address)
    assert clock.slept == [60.0]


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_what_a_final_error_means_is_left_to_the_caller(web, status):
    address = web.route("/a", Answer(status=status, body=b"why"))
    with session(FakeClock()) as asking:
        answer = asking.get(address)
    assert (answer.status_code, answer.content, len(web.asked)) == (status, b"why", 1)


def test_an_answer_over_the_limit_is_an_error_before_it_is_read(web):
    address = web.route("/a", Answer(body=b"x" * 1001))
    with (
        session(FakeClock(), max_bytes=1000) as asking,
        pytest.raises(SourceError, match="larger than 1,000 bytes") as caught,
    ):
        asking.get(address)
    assert not caught.value.retryable


def test_the_limit_counts_what_a_compressed_answer_unpacks_to(web):
    packed = gzip.compress(b"\0" * 10_000_000)
    assert len(packed) < 20_000
    address = web.route("/a", Answer(body=packed, headers={"Content-Encoding": "gzip"}))
    with (
        session(FakeClock(), max_bytes=20_000) as asking,
        pytest.raises(SourceError, match="larger than"),
    ):
        asking.get(address)


def test_a_compressed_answer_is_unpacked_and_no_further_decoded(web):
    text = "模型压缩".encode("gb18030") * 100
    address = web.route(
        "/a", Answer(body=gzip.compress(text), headers={"Content-Encoding": "gzip"})
    )
    with session(FakeClock()) as asking:
        assert asking.get(address).content == text


def test_a_silent_server_is_given_up_after_the_timeout(web):
    gate = threading.Event()
    address = web.route("/a", Answer(gate=gate))
    try:
        with (
            session(FakeClock(), timeout=0.05, retries=0) as asking,
            pytest.raises(
                SourceError, match=r"no answer from 127\.0\.0\.1 within 0\.05 s"
            ) as caught,
        ):
            asking.get(address)
    finally:
        gate.set()
    assert caught.value.retryable


def test_the_timeout_is_for_the_whole_answer_not_for_each_piece(web):
    clock = FakeClock()
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    def answer(asked: Asked) -> Answer:
        clock.elapsed += 31  # as if the pieces had dripped in, none of them late by itself
        return Answer(raw=head + b"1\r\na\r\n" * 3 + b"0\r\n\r\n")

    address = web.route("/a", answer)
    with (
        session(clock, timeout=30, retries=0) as asking,
        pytest.raises(SourceError, match="within 30 s"),
    ):
        asking.get(address)


@pytest.mark.parametrize(
    "broken",
    [
        Answer(reset=True),
        Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"),
        Answer(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
        Answer(raw=b"nothing like HTTP\r\n\r\n"),
        Answer(body=b"no gzip", headers={"Content-Encoding": "gzip"}),
    ],
    ids=["reset", "short", "short chunk", "no http", "no gzip"],
)
def test_an_answer_that_breaks_off_is_asked_for_again(web, broken):
    address = web.route("/a", in_turn(broken, Answer(body=b"whole")))
    with session(FakeClock()) as asking:
        assert asking.get(address).content == b"whole"
        assert len(asking.answers) == 1
    assert len(web.asked) == 2


def test_a_refused_connection_is_told_in_the_words_of_the_system():
    address = f"http://127.0.0.1:{closed_port()}/"
    with (
        session(FakeClock(), retries=0) as asking,
        pytest.raises(SourceError, match="Connection refused") as caught,
    ):
        asking.get(address)
    assert caught.value.retryable


def test_an_error_about_a_header_does_not_quote_it(web):
    address = web.route("/a", Answer())
    with session(FakeClock()) as asking, pytest.raises(SourceError) as caught:
        asking.get(address, headers={"Authorization": "token canary\n"})
    assert "canary" not in f"{caught.value!r}{caught.value.__cause__!r}"
    assert not caught.value.retryable
