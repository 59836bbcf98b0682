"""The commands that keep the program going, as a person types them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.demo import CONFIG, NOW
from pipeline.nightly import is_due
from store.database import Store
from store.runs import finish_run, load_runs, start_run
from tests.loopback import Answer, LoopbackServer
from tests.pipeline.test_cli import ROOT, run
from tests.sample_folder import sample_folder


@pytest.fixture
def db(tmp_path) -> Path:
    """A database after a night on time."""
    path: Path = tmp_path / "b.db"
    with Store(path) as store:
        finish_run(store, start_run(store, "nightly", NOW), at=NOW, status="ok")
    return path


def command(*arguments: object) -> str:
    code, out, err = run(*arguments, "--config", CONFIG, "--now", NOW.isoformat())
    assert code == 0, err
    return out


def test_what_is_due_next_is_shown():
    assert command("schedule", "--next", 2).splitlines() == [
        "2026-03-03 03:30:00 CST  (03-02 19:30 UTC)",
        "2026-03-04 03:30:00 CST  (03-03 19:30 UTC)",
    ]
    assert json.loads(command("schedule", "--next", 1, "--json")) == ["2026-03-03T03:30:00+08:00"]


def test_a_backup_and_the_way_back(db, tmp_path):
    copy = tmp_path / "c.db"
    assert "read through and sound" in command("backup", copy, "--db", db)
    code, _, err = run("backup", copy, "--config", CONFIG, "--db", db)
    assert (code, "--force replaces it" in err) == (2, True)
    command("backup", copy, "--force", "--db", db)
    db.write_bytes(b"")
    code, _, err = run("queue", "--config", CONFIG, "--db", db)
    assert (code, "briefing restore" in err) == (3, True)
    assert "is now" in command("restore", copy, "--db", db)
    assert "nightly" in command("runs", "--db", db)


def test_a_prune_says_what_it_did(db, tmp_path):
    said = command("prune", "--db", db)
    assert said.startswith("0 answers from before 2025-12-02 let go of, 0.0 MB; ")
    assert json.loads(command("prune", "--keep-days", 10, "--json", "--db", db))["dropped"] == {
        "payloads": 0,
        "size": 0,
    }
    code, _, err = run("prune", "--config", CONFIG, "--db", tmp_path / "none.db")
    assert (code, "there is no database" in err) == (2, True)
    assert not (tmp_path / "none.db").exists()


def test_the_line_for_cron_finds_this_program_and_this_database(db):
    line = command("cron", "print", "--db", db).strip()
    assert f"briefing nightly --config {CONFIG} --db {db}" in line
    assert line.endswith(f"# briefing nightly of {db}")


@pytest.mark.parametrize(
    ("after", "due"), [(0, False), (23, False), (24, True), (29, True), (31, False)]
)
def test_a_night_is_due_once_a_day(db, sample, after, due):
    with Store(db) as store:
        assert is_due(store, sample.settings, NOW + timedelta(hours=after)) is due


def test_a_night_that_is_not_due_is_not_begun_and_says_nothing(db):
    assert run("nightly", "--if-due", "--config", CONFIG, "--db", db, "--now", NOW.isoformat()) == (
        0,
        "",
        "",
    )
    with Store(db) as store:
        assert len(load_runs(store, 9)) == 1


def test_a_night_that_is_asked_to_end_ends_in_order(tmp_path):
    """It is asked while a source keeps it waiting."""
    with LoopbackServer() as web:
        gate = threading.Event()
        asked = threading.Event()

        def wait(_: object) -> Answer:
            asked.set()
            return Answer(gate=gate)

        web.answer = wait  # type: ignore[method-assign, assignment]
        folder = sample_folder(tmp_path / "config", web.mirrors, {})
        with subprocess.Popen(
            [sys.executable, "-m", "pipeline.cli", "nightly", "--config", str(folder)],
            cwd=ROOT, env=os.environ, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as night:  # fmt: skip
            assert asked.wait(60)
            night.send_signal(signal.SIGTERM)
            gate.set()
            _, err = night.communicate()
    assert night.returncode == 130
    assert err.splitlines()[-1] == "briefing: stopped; what was stored stays"
    with Store(folder / "briefing.db") as store:
        assert [run.status for run in load_runs(store, 9)] == ["interrupted"]
        assert store.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
