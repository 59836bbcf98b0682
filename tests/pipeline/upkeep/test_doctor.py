"""What the doctor finds, and that looking changes nothing."""

from __future__ import annotations

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from config.load import load_settings
from config.settings import Settings
from pipeline.cli import briefing
from pipeline.demo import CONFIG, NOW
from pipeline.upkeep.doctor import Finding, Level, examine
from store.copying import looked_at
from store.database import Store, run_lock
from store.runs import finish_run, start_run
from tests.loopback import Answer, LoopbackServer
from tests.store.test_migrations import database_of

CANARY = "ghp_canarycanarycanary"


def settings(**tables: dict[str, object]) -> Settings:
    return load_settings(CONFIG, overrides=tables, environment=False)


def found(path: Path, given: Settings | None = None, now=NOW, **options) -> dict[str, Finding]:
    """The findings by check, the worst of each."""
    worst = [Level.OK, Level.WARNING, Level.FAULT]
    findings: dict[str, Finding] = {}
    options.setdefault("offline", True)
    for finding in examine(given or settings(), CONFIG, path, now, **options):
        known = findings.get(finding.check)
        if known is None or worst.index(finding.level) > worst.index(known.level):
            findings[finding.check] = finding
    return findings


@pytest.fixture
def path(tmp_path) -> Path:
    """A database after a night on time."""
    path: Path = tmp_path / "b.db"
    with Store(path) as store:
        finish_run(store, start_run(store, "nightly", NOW), at=NOW, status="ok")
    return path


def test_all_is_well(path):
    findings = found(path)
    faults = {name for name, one in findings.items() if one.level is not Level.OK}
    assert faults == {"token"}
    assert findings["database"].says.startswith(f"{path} is sound, ")
    assert findings["schema"].says.endswith("up to date")
    assert findings["nights"].says == (
        "the last began at 2026-03-02 03:30; the next is due at 2026-03-03 03:30"
    )


@pytest.mark.parametrize(
    ("broken", "level", "says"),
    [
        ("none", Level.WARNING, "there is no"),
        ("empty", Level.FAULT, "all in it is gone"),
        ("noise", Level.FAULT, "file is not a database"),
        ("cut", Level.FAULT, "malformed"),
        ("only the log", Level.FAULT, "b.db-wal, which belongs to it, is there"),
    ],
)
def test_a_database_in_trouble(path, broken, level, says):
    whole = path.read_bytes()
    path.unlink()
    match broken:
        case "empty":
            path.touch()
        case "noise":
            path.write_bytes(os.urandom(9000))
        case "cut":
            path.write_bytes(whole[: len(whole) // 2])
        case "only the log":
            path.with_name("b.db-wal").touch()
    finding = found(path)["database"]
    assert (finding.level, says in finding.says) == (level, True), finding
    assert finding.do
    assert path.exists() == (broken not in ("none", "only the log"))


def test_a_broken_reference_is_a_fault(path):
    with looked_at(path) as connection:
        connection.execute("INSERT INTO story_key (key, story_id) VALUES ('a', 99)")
        connection.commit()
    assert "a row of story that is not there" in found(path)["database"].says


def test_an_older_schema_is_not_brought_up_to_date_by_looking(tmp_path):
    path = tmp_path / "b.db"
    database_of(path, "m005_references")
    finding = found(path)["schema"]
    assert (finding.level, "behind" in finding.says) == (Level.OK, True)
    with looked_at(path) as connection:
        assert connection.execute("SELECT max(name) FROM _sqlite_migrations").fetchone() == (
            "m005_references",
        )


def test_a_newer_schema_is_a_fault(path):
    with looked_at(path) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('briefing', 'm999_future', '2030-01-01')"
        )
        connection.commit()
    assert found(path)["schema"].level is Level.FAULT


@pytest.mark.parametrize(
    ("free", "level"), [(10**6, Level.FAULT), (10**8, Level.WARNING), (10**10, Level.OK)]
)
def test_room_on_the_disk(path, monkeypatch, free, level):
    usage = shutil.disk_usage(path.parent)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert found(path)["disk"].level is level


def test_a_run_under_way_is_no_fault(path):
    assert found(path)["lock"].says == "no run is under way"
    with run_lock(path):
        assert found(path)["lock"].says == "a run is under way"


def test_nights_that_did_not_come(path):
    assert found(path, now=NOW + timedelta(hours=30))["nights"].level is Level.OK
    finding = found(path, now=NOW + timedelta(hours=50))["nights"]
    assert (finding.level, finding.do) == (
        Level.WARNING,
        "see whether it is started: docs/operations.md",
    )


def test_a_night_that_was_cut_short(path):
    with Store(path) as store:
        run = start_run(store, "nightly", NOW + timedelta(hours=1))
        finish_run(store, run, at=NOW, status="interrupted")
    assert "was cut short" in found(path, now=NOW + timedelta(hours=2))["nights"].says


def test_a_clock_that_was_set_back(path):
    finding = found(path, now=NOW - timedelta(hours=3))["clock"]
    assert (finding.level, finding.do) == (Level.FAULT, "set the clock")


def test_old_answers_worth_letting_go_of(path):
    with Store(path) as store, store.writing() as db:
        for days in (400, 300):
            db.execute(
                "INSERT INTO payload (source, kind, url, fetched_at, outcome, sha256, size, body)"
                " VALUES ('a', 'feed', '', ?, 'items', ?, 0, zeroblob(60000000))",
                [(NOW - timedelta(days=days)).isoformat(), str(days)],
            )
    finding = found(path)["old answers"]
    assert (finding.do, finding.says) == (
        "briefing prune",
        "60 MB of answers are older than 90 days",
    )


def test_each_host_is_asked_once_and_any_answer_will_do(path):
    with LoopbackServer() as web:
        for address in ("https://a.example/feed", "https://a.example/other"):
            web.route(address, Answer(body=b"<rss/>"))
        web.route("https://b.example/feed", Answer(status=503))
        sources = [
            {"kind": "feed", "name": name, "url": url}
            for name, url in {
                "a": "https://a.example/feed",
                "b": "https://a.example/other",
                "c": "https://b.example/feed",
                "d": "https://gone.example/feed",
            }.items()
        ]
        mirrors = web.mirrors | {"https://gone.example/": "http://127.0.0.1:9/"}
        given = Settings.model_validate(
            {**settings().model_dump(), "sources": sources, "network": {"mirrors": mirrors}}
        )
        findings = found(path, given, offline=False)
        assert sorted(web.paths()) == ["/https/a.example/feed", "/https/b.example/feed"]
        assert {asked.method for asked in web.asked} == {"HEAD"}
    hosts = {name: one.level for name, one in findings.items() if name.startswith("host ")}
    assert hosts == {
        "host a.example": Level.OK,
        "host b.example": Level.OK,
        "host gone.example": Level.FAULT,
    }
    assert findings["host gone.example"].says.endswith("(1 source)")


@pytest.mark.parametrize(
    ("status", "level", "says"),
    [
        (200, Level.OK, "GitHub accepts GITHUB_TOKEN"),
        (401, Level.FAULT, "does not accept the token"),
    ],
)
def test_the_token_is_tried_and_never_shown(path, status, level, says):
    with LoopbackServer() as web:
        body = json.dumps({"message": f"Bad credentials {CANARY}"}).encode()
        web.route("https://api.github.com/rate_limit", Answer(status=status, body=body))
        given = settings(network={"mirrors": web.mirrors, "delay": 0.0, "timeout": 5.0})
        given = given.model_copy(update={"sources": given.sources[:1]})
        given = Settings.model_validate({**given.model_dump(), "github_token": CANARY})
        finding = found(path, given, offline=False)["token"]
        [asked] = [one for one in web.asked if one.path.endswith("rate_limit")]
    assert asked.headers["authorization"].endswith(CANARY)
    assert (finding.level, says in finding.says) == (level, True)
    assert CANARY not in str(finding)


def test_the_command_exits_with_one_where_there_is_a_fault(tmp_path):
    from click.testing import CliRunner

    arguments = ["doctor", "--offline", "--json", "--config", str(CONFIG), "--now", NOW.isoformat()]
    good = CliRunner().invoke(briefing, [*arguments, "--db", str(tmp_path / "b.db")])
    (tmp_path / "c.db").touch()
    bad = CliRunner().invoke(briefing, [*arguments, "--db", str(tmp_path / "c.db")])
    assert (good.exit_code, bad.exit_code) == (0, 1)
    levels = {one["check"]: one["level"] for one in json.loads(bad.output)}
    assert levels["database"] == "fault"
    (tmp_path / "newsletter.toml").write_text("[newsletter]\nzone = 1\n")
    worse = CliRunner().invoke(briefing, ["doctor", "--offline", "--config", str(tmp_path)])
    assert worse.exit_code == 1
    assert "fault    configuration: newsletter.toml: newsletter.zone" in worse.output
