"""PyGithub over our own session: what it sends, what it follows, and what it never does."""

import logging
import time

import pytest

from config.errors import SourceError
from config.settings import Addresses, Network
from crawlers.github_publish import GithubRepository, NewFile
from tests.fake_clock import FakeClock
from tests.git_objects import Entry
from tests.github_server import NAME, OWNER, TOKEN, GithubServer, refused
from tests.loopback import Answer

FULL_NAME = f"{OWNER}/{NAME}"


@pytest.fixture
def github():
    with GithubServer({"README.md": b"hello\n", "docs/a.md": b"a\n"}) as server:
        yield server


def repository(github: GithubServer, name: str = FULL_NAME, **network: object) -> GithubRepository:
    return GithubRepository(
        name,
        network=Network.model_validate(
            {"user_agent": "desk/1", "delay": 0, "backoff": 0, **network}
        ),
        addresses=Addresses(github_api=github.base),
        token=TOKEN,
        pace=FakeClock().pace(),
    )


def test_a_files_name_is_gits_own():
    # git hash-object of these bytes
    assert NewFile(content=b"hello\n").sha == "ce013625030ba8dba906f756967f9e9ca394464a"


def test_files_are_read_at_a_commit(github):
    with repository(github) as found:
        main = found.branch("main")
        assert main is not None
        entry = found.file(main.head, "docs/a.md")
        assert entry is not None
        assert found.read(entry) == b"a\n"
        assert entry.sha == NewFile(content=b"a\n").sha
        for missing in ("docs/b.md", "doc/a.md", "README.md/a.md"):
            assert found.file(main.head, missing) is None


@pytest.mark.parametrize(
    "entry", [Entry("040000", "tree", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"), None]
)
def test_what_is_no_file_is_not_taken_for_one(github, entry):
    link = Entry("120000", "blob", NewFile(content=b"README.md").sha)
    github.git.blob(b"README.md")
    github.git.tree({})
    github.push("main", {"INDEX.md": entry or link}, message="link")
    with repository(github) as found:
        main = found.branch("main")
        assert main is not None
        with pytest.raises(SourceError, match=r"INDEX\.md is no plain file in desk/briefing"):
            found.file(main.head, "INDEX.md")


def test_a_request_has_what_github_asks_for(github):
    with repository(github) as found:
        found.branch("issue/1")
    asked = github.asked[-1]
    assert asked.path == f"/repos/{FULL_NAME}/branches/issue/1"
    assert asked.headers["authorization"] == f"token {TOKEN}"
    assert asked.headers["user-agent"] == "desk/1"
    assert asked.headers["x-github-api-version"] == "2022-11-28"
    assert asked.headers["accept"] == "*/*" or "json" in asked.headers["accept"]


def test_a_renamed_repository_is_written_to_under_its_new_name(github):
    moved = Answer(status=301, body=b"{}", headers={"Location": f"{github.base}/repos/{FULL_NAME}"})
    github.intercept = lambda asked: moved if asked.path == "/repos/old/name" else None
    with repository(github, "old/name") as found:
        assert found.name == FULL_NAME
        found.branch("main")
    assert github.asked[-1].path == f"/repos/{FULL_NAME}/branches/main"


def test_a_renamed_branch_comes_under_its_new_name(github):
    moved = Answer(
        status=301,
        body=b"{}",
        headers={"Location": f"{github.base}/repos/{FULL_NAME}/branches/main"},
    )
    github.intercept = lambda asked: moved if asked.path.endswith("/branches/master") else None
    with repository(github) as found:
        master = found.branch("master")
    assert master is not None
    assert master.name == "main"


def test_a_write_is_never_redirected(github):
    with repository(github) as found:
        main = found.branch("main")
        assert main is not None
        away = Answer(status=301, body=b"{}", headers={"Location": f"{github.base}/elsewhere"})
        github.intercept = lambda _: away
        with pytest.raises(SourceError, match="HTTP 301 without"):
            found.create_branch("new", main.head)
    assert github.asked[-1].method == "POST"


def test_pygithub_neither_waits_nor_asks_again(github, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("slept"))
    with repository(github, retries=0) as found:
        for answer in (Answer(status=202, body=b"{}"), refused(403, "API rate limit exceeded")):
            github.intercept = lambda _, answer=answer: answer
            asked = len(github.asked)
            with pytest.raises(SourceError):
                found.branch("main")
            assert len(github.asked) == asked + 1


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"commit": 4}', b'{"commit": {"sha": 1}}'])
def test_an_answer_of_another_shape_is_one_clear_error(github, body):
    with repository(github) as found:
        github.intercept = lambda _: Answer(body=body)
        with pytest.raises(SourceError, match=r"127\.0\.0\.1"):
            found.branch("main")


def test_rate_limit_headers_that_are_no_numbers_do_no_harm(github):
    headers = {"X-RateLimit-Remaining": "inf", "X-RateLimit-Limit": "x", "X-RateLimit-Reset": "?"}
    with repository(github) as found:
        github.fail_at(0, Answer(status=404, body=b"{}", headers=headers))
        assert found.branch("none") is None


def test_a_long_way_ahead_is_asked_for_once(github):
    github.refs["far"] = github.refs["main"]
    for number in range(150):
        github.push("far", {"x": b"%d" % number}, message="far")
    with repository(github) as found:
        main, far = found.branch("main"), found.branch("far")
        assert main is not None
        assert far is not None
        asked = len(github.asked)
        ahead = found.ahead(main, far)
    assert ahead is not None
    assert (ahead.count, len(ahead.commits), ahead.behind) == (150, 100, 0)
    assert len(github.asked) == asked + 1


def test_the_token_is_in_no_log_and_in_no_repr(github, caplog):
    with caplog.at_level(logging.DEBUG), repository(github) as found:
        found.branch("main")
        assert TOKEN not in repr(found)
    assert caplog.records
    assert TOKEN not in caplog.text
