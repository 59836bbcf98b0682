"""Publishing when GitHub fails or refuses: never a half-published issue, and a second try."""

from datetime import timedelta

import pytest

from config.errors import PublishError
from tests.fake_clock import START
from tests.github_server import refused
from tests.loopback import Answer
from tests.pipeline.publishing.conftest import BRANCH, FILE, INDEXED, README, PublishingDesk

REQUESTS = 12
"""How many a first publication makes; `test_the_number_of_requests` keeps it true."""
LOST = Answer(reset=True)
CUT = Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n{")
MINUTE = 60.0


def is_whole(desk: PublishingDesk, main: str) -> bool:
    """Whether all or nothing is to be seen on GitHub, and main is untouched."""
    github = desk.github
    assert github.refs["main"] == main
    assert github.files("main")["README.md"] == README
    branches = set(github.refs) - {"main"}
    assert branches <= {BRANCH}
    for branch in branches:
        files = github.files(branch)
        assert files[FILE] == desk.exported()
        assert files["README.md"] == INDEXED
        assert len(github.ahead(branch)) == 1
    assert all(pull.head in branches for pull in github.pulls)
    assert len(github.pulls) <= 1
    return len(branches) == len(github.pulls) == 1


def test_the_number_of_requests(desk):
    desk.publish()
    assert len(desk.github.asked) == REQUESTS


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    "fault",
    [LOST, CUT, refused(500, "Server Error"), Answer(status=502, body=b"<html>Unicorn!</html>")],
    ids=["lost", "cut", "500", "502"],
)
@pytest.mark.parametrize("number", range(REQUESTS))
def test_any_request_may_fail(desk, number, fault, after):
    main = desk.github.refs["main"]
    desk.github.fail_at(number, fault, after=after)
    with pytest.raises(PublishError, match="publish again") as caught:
        desk.publish()
    assert "\n" not in str(caught.value)
    is_whole(desk, main)
    published = desk.publish()
    assert published.number == 1
    assert is_whole(desk, main)


@pytest.mark.parametrize("number", range(REQUESTS))
def test_a_lost_answer_is_mended_by_asking_again(desk, number):
    main = desk.github.refs["main"]
    desk.network(retries=1)
    desk.github.fail_at(number, LOST, after=True)
    published = desk.publish()
    assert (published.outcome, published.number) == ("new", 1)
    assert is_whole(desk, main)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_an_update_may_fail_at_any_request(desk, after):
    desk.publish()
    main, first = desk.github.refs["main"], desk.github.refs[BRANCH]
    desk.print_issue("端侧推理框架发布新版，支持四比特")
    failed = 0
    while True:
        desk.github.fail_at(failed, LOST, after=after)
        try:
            desk.publish()
            break
        except PublishError:
            failed += 1
        assert desk.github.refs["main"] == main
        head = desk.github.files(BRANCH)[FILE]
        assert (head == desk.exported()) is (desk.github.refs[BRANCH] != first)
        assert len(desk.github.pulls) == 1
    assert failed >= REQUESTS
    assert desk.github.files(BRANCH)[FILE] == desk.exported()
    assert desk.github.ahead(BRANCH) == [first, desk.github.refs[BRANCH]]


def test_how_far_it_came_is_said(desk):
    desk.github.fail_at(REQUESTS - 1, LOST)
    with pytest.raises(PublishError) as caught:
        desk.publish()
    assert str(caught.value) == (
        f"the branch {BRANCH} holds the whole issue of 2026-03-02, but no pull request is known "
        "yet: no answer from 127.0.0.1: Connection reset by peer; publish again, which goes on "
        "from there"
    )


def test_a_lasting_failure_is_asked_so_often_and_no_more(desk):
    desk.network(retries=2)
    desk.github.intercept = lambda _: refused(503, "Service Unavailable")
    with pytest.raises(PublishError, match=r"HTTP 503 from 127\.0\.0\.1; publish again, which"):
        desk.publish()
    assert len(desk.github.asked) == 3


def test_a_rejected_token_is_told_and_not_quoted(desk):
    desk.token("github_pat_wrong")
    desk.network(retries=2)
    with pytest.raises(PublishError) as caught:
        desk.publish()
    assert str(caught.value) == (
        "nothing is published: GitHub does not accept the token in GITHUB_TOKEN: put a valid one "
        "there; publish again once that is mended"
    )
    assert len(desk.github.asked) == 1


def test_a_token_that_echoes_is_blotted_out(desk):
    secret = desk.settings.github_token.get_secret_value()
    desk.github.intercept = lambda _: refused(422, f"strange {secret} there")
    with pytest.raises(PublishError, match=r"strange \(token\) there") as caught:
        desk.publish()
    assert secret not in str(caught.value)
    assert secret not in repr(caught.value.__cause__)


@pytest.mark.parametrize("token", ["github_pat \n", "github_pat_量"])
def test_a_token_that_is_none_is_not_quoted(desk, token):
    desk.token(token)
    with pytest.raises(PublishError, match="GITHUB_TOKEN holds characters") as caught:
        desk.publish()
    assert "github_pat" not in str(caught.value)


@pytest.mark.parametrize(
    ("number", "needs", "state"),
    [
        (6, "contents=write", "the issue of 2026-03-02 is not published"),
        (10, "contents=write", "the issue of 2026-03-02 is not published"),
        (11, "pull_requests=write", f"the branch {BRANCH} holds the whole issue"),
    ],
)
def test_a_missing_permission_is_named(desk, number, needs, state):
    main = desk.github.refs["main"]
    words = "Resource not accessible by personal access token"
    desk.github.fail_at(number, refused(403, words, X_Accepted_GitHub_Permissions=needs))
    with pytest.raises(PublishError) as caught:
        desk.publish()
    assert str(caught.value).startswith(state)
    assert f"may not do this ({words}); it needs {needs.replace('=', ': ')}" in str(caught.value)
    is_whole(desk, main)
    desk.publish()
    assert is_whole(desk, main)


def test_a_reader_of_the_repository_is_told_before_anything_is_written(desk):
    desk.github.permissions = {"admin": False, "push": False, "pull": True}
    with pytest.raises(PublishError, match="cannot write to desk/briefing"):
        desk.publish()
    desk.github.permissions, desk.github.archived = None, True
    with pytest.raises(PublishError, match="it is archived"):
        desk.publish()
    assert len(desk.github.asked) == 2


def test_a_repository_that_the_token_cannot_see(desk):
    desk.configure(repository="desk/elsewhere")
    with pytest.raises(PublishError, match="no repository desk/elsewhere to the token"):
        desk.publish()


@pytest.mark.parametrize("number", range(REQUESTS))
def test_a_primary_rate_limit_says_until_when(desk, number):
    main = desk.github.refs["main"]
    reset = str(int(START.timestamp()) + 1500)
    limit = refused(
        403,
        "API rate limit exceeded for user ID 1.",
        X_RateLimit_Remaining="0",
        X_RateLimit_Reset=reset,
    )
    desk.network(retries=2)
    desk.github.fail_at(number, limit)
    with pytest.raises(PublishError) as caught:
        desk.publish()
    # START is 10:00 in Shanghai; GitHub gives the allowance back within that second.
    assert str(caught.value).endswith(
        "GitHub's rate limit is used up; publish again after 2026-03-01 10:25:01"
    )
    assert caught.value.retry_at == START + timedelta(seconds=1501)
    assert desk.clock.slept == []
    is_whole(desk, main)
    desk.publish()
    assert is_whole(desk, main)


def test_a_secondary_rate_limit_says_until_when(desk):
    words = "You have exceeded a secondary rate limit and have been temporarily blocked."
    desk.network(retries=2)
    desk.github.fail_at(10, refused(403, words, Retry_After="600"))
    with pytest.raises(PublishError) as caught:
        desk.publish()
    assert str(caught.value) == (
        "the issue of 2026-03-02 is not published: GitHub's secondary rate limit is reached; "
        "publish again after 2026-03-01 10:10:00"
    )
    assert desk.publish().outcome == "new"


def test_a_short_rate_limit_is_waited_for(desk):
    words = "You have exceeded a secondary rate limit. Please wait a few minutes."
    desk.network(retries=1, max_wait=MINUTE)
    desk.github.fail_at(6, refused(429, words, Retry_After="5"))
    desk.github.fail_at(11, refused(403, words))
    assert desk.publish().outcome == "new"
    assert desk.clock.slept == [5.0, MINUTE]
