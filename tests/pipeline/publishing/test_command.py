"""``briefing publish``, as a person types it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipeline.demo import CONFIG, NOW
from tests.github_server import NAME, OWNER, TOKEN
from tests.pipeline.publishing.conftest import BRANCH, FILE, PublishingDesk
from tests.pipeline.test_cli import run

PUBLISH = f"""[publish]
repository = "{OWNER}/{NAME}"
folder = "issues"
index = "README.md"
"""


@pytest.fixture
def briefing(desk: PublishingDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run a command over the desk's database and repository."""
    folder = tmp_path / "config"
    shutil.copytree(CONFIG, folder)
    newsletter = folder / "newsletter.toml"
    text = newsletter.read_text("utf-8")
    address = f'[addresses]\ngithub_api = "{desk.github.base}"'
    assert "[addresses]" in text
    mirrors = f'\n[network.mirrors]\n"https://" = "{desk.github.base}/https/"\n'
    newsletter.write_text(text.replace("[addresses]", address) + mirrors, "utf-8")
    (folder / "publish.toml").write_text(PUBLISH, "utf-8")
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)

    def command(*arguments: object, db: Path = tmp_path / "b.db") -> tuple[int, str, str]:
        return run(*arguments, "--config", folder, "--db", db, "--now", NOW.isoformat())

    return command


def test_it_says_where_the_pull_request_is(desk, briefing):
    code, out, err = briefing("publish", "--offline")
    assert (code, err) == (0, "")
    assert (
        out == f"https://github.com/desk/briefing/pull/1: pull request #1 from {BRANCH}: opened\n"
    )
    assert desk.github.files(BRANCH)[FILE] == desk.exported()
    _, out, _ = briefing("publish", "--offline")
    assert out.endswith("there already, nothing to change\n")


def test_what_it_says_to_a_program(desk, briefing):
    desk.print_issue(summary="")
    code, out, _ = briefing("publish", "--offline", "--json")
    said = json.loads(out)
    assert code == 0
    assert (said["outcome"], said["number"], said["branch"]) == ("new", 1, BRANCH)
    assert said["findings"][0]["code"].startswith("T2")


def test_links_are_asked_for_unless_told_not_to(desk, briefing):
    code, _, err = briefing("publish")
    assert code == 0, err
    asked = [asked for asked in desk.github.asked if asked.path == "/https/www.example.com/1"]
    assert asked
    assert not any("authorization" in one.headers for one in asked)
    [pull] = desk.github.pulls
    assert "was not looked at" not in pull.body


def test_a_failure_is_one_line(desk, briefing, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "github_pat_wrong")
    code, out, err = briefing("publish", "--offline")
    assert (code, out) == (1, "")
    assert err.startswith("briefing: nothing is published: GitHub does not accept the token")
    assert err.count("\n") == 1
    assert "github_pat_wrong" not in err


def test_nothing_is_frozen_where_nothing_can_be_published(desk, briefing, monkeypatch):
    desk.print_issue(final=False)
    monkeypatch.delenv("GITHUB_TOKEN")
    code, _, err = briefing("publish", "--final")
    assert code == 3
    assert "GITHUB_TOKEN: no token to publish with" in err
    code, _, err = briefing("publish", "--offline")
    assert code == 3


def test_an_open_issue_is_refused_and_can_be_made_final_on_the_way(desk, briefing, tmp_path):
    assert run("demo", tmp_path / "demo")[0] == 0
    db = tmp_path / "demo" / "briefing.db"
    [first, *_] = json.loads(briefing("queue", "--json", db=db)[1])
    assert briefing("accept", first["id"], db=db)[0] == 0
    code, _, err = briefing("publish", "--offline", db=db)
    assert (code, "is not final" in err) == (2, True)
    assert briefing("publish", "--offline", "--final", db=db)[0] == 0
    assert first["draft"]["url"] in desk.github.files(BRANCH)[FILE].decode()
    code, out, _ = briefing("publish", "--offline", "--final", db=db)
    assert (code, "nothing to change" in out) == (0, True)
