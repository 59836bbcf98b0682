"""Asking GitHub's REST API through PyGithub, served on 127.0.0.1."""

import logging
from datetime import timedelta

import pytest

from config.errors import SourceError
from config.settings import Addresses, Network
from crawlers.github_client import RAW, GithubClient
from tests.crawlers.github_records import encoded
from tests.fake_clock import START, FakeClock
from tests.loopback import Answer, LoopbackServer

CANARY = "ghp_canary0123456789"
API = "https://api.github.com"


@pytest.fixture
def web():
    with LoopbackServer() as server:
        yield server


def client(
    web: LoopbackServer, clock: FakeClock, token: str | None = None, **network: object
) -> GithubClient:
    return GithubClient(
        network=Network.model_validate(
            {"user_agent": "desk/1", "mirrors": web.mirrors, "delay": 0, **network}
        ),
        addresses=Addresses(),
        token=token,
        pace=clock.pace(),
    )


def said(message: str, status: int, **headers: str) -> Answer:
    return Answer(
        body=encoded({"message": message}),
        status=status,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def test_the_answer_comes_as_it_was_sent(web):
    body = b'{"name":"\xe5\x9b\x9b", "spaces" : 1}\n'
    web.route(f"{API}/repos/a/b", Answer(body=body))
    with client(web, FakeClock()) as github:
        answer = github.get("/repos/a/b")
    assert answer is not None
    assert (answer.content, answer.url) == (body, f"{API}/repos/a/b")


def test_a_request_has_what_github_asks_for(web):
    web.route(f"{API}/repos/a/b/readme?page=2", Answer())
    with client(web, FakeClock(), token=CANARY) as github:
        github.get("/repos/a/b/readme", {"page": "2"}, accept=RAW)
    headers = web.asked[0].headers
    assert headers["accept"] == "application/vnd.github.raw+json"
    assert headers["authorization"] == f"token {CANARY}"
    assert headers["user-agent"] == "desk/1"
    assert headers["x-github-api-version"] == "2022-11-28"


def test_without_a_token_nothing_is_claimed(web):
    web.route(f"{API}/repos/a/b", Answer())
    with client(web, FakeClock()) as github:
        github.get("/repos/a/b")
    assert "authorization" not in web.asked[0].headers


def test_an_address_with_a_path_and_port_is_a_base_too(web):
    address = web.route("/api/v3/repos/a/b", Answer(body=b"enterprise"))
    with GithubClient(
        network=Network(),
        addresses=Addresses(github_api=address.removesuffix("/repos/a/b")),
        token=None,
        pace=FakeClock().pace(),
    ) as github:
        answer = github.get("/repos/a/b")
    assert answer is not None
    assert answer.content == b"enterprise"


def test_a_renamed_repository_is_followed_with_the_token(web):
    web.route(
        f"{API}/repos/old/name",
        said("Moved Permanently", 301, Location=f"{API}/repositories/4242"),
    )
    web.route(f"{API}/repositories/4242", Answer(body=b"here"))
    with client(web, FakeClock(), token=CANARY) as github:
        answer = github.get("/repos/old/name")
    assert answer is not None
    assert (answer.content, answer.url) == (b"here", f"{API}/repositories/4242")
    assert web.asked[1].headers["authorization"] == f"token {CANARY}"


@pytest.mark.parametrize("status", [404, 410, 451])
def test_what_is_gone_is_none(web, status):
    web.route(f"{API}/repos/a/b", said("Not Found", status))
    with client(web, FakeClock()) as github:
        assert github.get("/repos/a/b") is None


def test_what_github_has_blocked_is_gone_too(web):
    web.route(f"{API}/repos/a/b", said("Repository access blocked", 403))
    with client(web, FakeClock()) as github:
        assert github.get("/repos/a/b") is None


def test_bad_credentials_name_the_variable_and_not_the_token(web):
    web.route(f"{API}/repos/a/b", said(f"Bad credentials: {CANARY}", 401))
    with client(web, FakeClock(), token=CANARY) as github, pytest.raises(SourceError) as caught:
        github.get("/repos/a/b")
    assert str(caught.value) == "GitHub does not accept the token in GITHUB_TOKEN"
    assert not caught.value.retryable


def test_a_server_that_wants_a_token_says_so(web):
    web.route(f"{API}/repos/a/b", said("Requires authentication", 401))
    with (
        client(web, FakeClock()) as github,
        pytest.raises(SourceError, match=r"api\.github\.com wants a token: set GITHUB_TOKEN"),
    ):
        github.get("/repos/a/b")


def test_any_other_error_is_told_in_githubs_words_without_the_token(web):
    web.route(f"{API}/repos/a/b", said(f"No {CANARY} here", 422))
    with client(web, FakeClock(), token=CANARY) as github, pytest.raises(SourceError) as caught:
        github.get("/repos/a/b")
    assert str(caught.value) == "HTTP 422 from api.github.com: No (token) here"
    assert not caught.value.retryable


def test_a_limit_that_ends_soon_is_waited_for(web):
    clock = FakeClock()
    reset = str(int((START + timedelta(seconds=40)).timestamp()))
    limited = said(
        "API rate limit exceeded", 403, X_RateLimit_Remaining="0", X_RateLimit_Reset=reset
    )
    answers = [limited, Answer(body=b"at last")]
    web.route(f"{API}/repos/a/b", lambda _: answers.pop(0))
    with client(web, clock) as github:
        answer = github.get("/repos/a/b")
    assert answer is not None
    assert answer.content == b"at last"
    assert clock.slept == [41.0]


def test_a_limit_that_ends_late_is_an_error_that_says_when(web):
    reset = START + timedelta(minutes=50)
    limited = said(
        "API rate limit exceeded",
        403,
        X_RateLimit_Remaining="0",
        X_RateLimit_Reset=str(int(reset.timestamp())),
    )
    web.route(f"{API}/repos/a/b", limited)
    with (
        client(web, FakeClock()) as github,
        pytest.raises(SourceError, match="rate limit is used up") as caught,
    ):
        github.get("/repos/a/b")
    assert caught.value.retryable
    assert caught.value.retry_at == reset + timedelta(seconds=1)


@pytest.mark.parametrize("status", [202, 204, 304])
def test_an_answer_without_content_is_an_error(web, status):
    web.route(f"{API}/repos/a/b", Answer(status=status))
    with client(web, FakeClock()) as github, pytest.raises(SourceError, match=f"HTTP {status}"):
        github.get("/repos/a/b")
    assert len(web.asked) == 1


def test_rate_limit_headers_that_are_no_numbers_do_no_harm(web):
    headers = {
        "X-RateLimit-Limit": "many", "X-RateLimit-Remaining": "inf", "X-RateLimit-Reset": "soon",
    }  # fmt: skip
    web.route(f"{API}/repos/a/b", Answer(body=b"fine", headers=headers))
    with client(web, FakeClock()) as github:
        assert github.get("/repos/a/b") is not None


@pytest.mark.parametrize("token", [f"{CANARY}\n", f"{CANARY} {CANARY}", f"{CANARY}量", ""])
def test_a_token_that_is_none_is_refused_without_quoting_it(web, token):
    with pytest.raises(SourceError, match="GITHUB_TOKEN") as caught:
        client(web, FakeClock(), token=token)
    assert CANARY not in str(caught.value)


def test_the_token_is_in_no_log_and_in_no_repr(web, caplog):
    web.route(f"{API}/repos/a/b", Answer())
    with caplog.at_level(logging.DEBUG), client(web, FakeClock(), token=CANARY) as github:
        github.get("/repos/a/b")
        assert CANARY not in repr(github)
    assert caplog.records
    assert CANARY not in caplog.text
