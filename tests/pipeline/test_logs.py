"""What is said while the program works: its form, the run's number, and what is left out."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
import threading

import pytest

from config.load import load_settings
from pipeline import logs
from pipeline.cli import collecting
from pipeline.cli.tables import RunProgress, console
from pipeline.demo import CONFIG
from pipeline.demo.web import SampleWeb
from store.models import SourceName
from store.runs import SourceReport
from tests.pipeline.test_cli import run
from tests.sample_folder import sample_folder

SECRET = "ghp_0123456789abcdef"


@pytest.fixture(scope="module")
def nights(tmp_path_factory) -> dict[str, list[str]]:
    """What two nights said on standard error: for people, and for machines with all there is."""
    said = {}
    with SampleWeb() as web:
        mirrors = {f"{scheme}://": web.mirror(scheme) for scheme in ("https", "http")}
        folder = sample_folder(tmp_path_factory.mktemp("logs") / "config", mirrors, {})
        for form, options in {
            "people": [],
            "machines": ["--json", "--log-json", "--log-level", "debug"],
        }.items():
            code, _, err = run("nightly", "--config", folder, *options)
            assert code == 1, err
            said[form] = err.splitlines()
    return said


def test_lines_for_people_have_the_time_and_the_number_of_the_run(nights):
    lines = nights["people"]
    assert lines
    assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d run 1 \S", line) for line in lines)
    assert any(
        re.search(r"run 1 示例故障源: error: HTTP 503 from \S+ \(0 rec", line) for line in lines
    )


def test_lines_for_machines_are_objects_with_the_number_of_the_run(nights):
    lines = [json.loads(line) for line in nights["machines"]]
    # Before it begins and after it ends, only the lock of the run has something to say.
    assert {line["logger"] for line in lines if line["run"] is None} <= {"filelock", "asyncio"}
    assert {line["run"] for line in lines} <= {2, None}
    assert all(line.keys() >= {"time", "level", "logger", "message"} for line in lines)
    [failed] = [line for line in lines if line.get("source") == "示例故障源"]
    assert (failed["status"], failed["level"], failed["received"]) == ("error", "info", 0)
    assert "503" in failed["cause"]


def test_what_scrapy_says_has_the_number_too(nights):
    loggers = {json.loads(line)["logger"] for line in nights["machines"]}
    assert any(name.startswith("scrapy.") for name in loggers), loggers
    assert "briefing" in loggers


def test_libraries_are_silent_unless_asked(nights):
    assert not any("scrapy" in line.lower() for line in nights["people"])


def shown(capsys, *, as_json: bool = False, level: logs.Level = "info") -> str:
    settings = load_settings(CONFIG, overrides={"embeddings": {"key": SECRET}}, environment=False)
    with logs.shown():
        logs.form(as_json=as_json, level=level)
        logs.know(settings)
        logs.tell(f"plain {SECRET}", about_it=SECRET)
        try:
            raise ValueError(f"deep {SECRET}")
        except ValueError:
            logging.getLogger("crawlers.x").exception("failed with %s", SECRET)
        logs.complain(f"ended by {SECRET}")
        thread = threading.Thread(target=missing, name="worker")
        thread.start()
        thread.join()
    return str(capsys.readouterr().err)


def missing() -> None:
    raise KeyError(SECRET)


@pytest.mark.parametrize("as_json", [False, True])
def test_secrets_are_taken_out_of_every_line_tracebacks_included(capsys, as_json):
    said = shown(capsys, as_json=as_json)
    assert SECRET not in said
    for text in ("plain (secret)", "deep (secret)", "failed with (secret)", "ended by (secret)",
                 "worker failed", "KeyError: '(secret)'"):  # fmt: skip
        assert text in said, text


def test_a_level_leaves_out_what_is_below_it(capsys):
    said = shown(capsys, level="error")
    assert "plain" not in said
    assert "deep (secret)" in said


def test_nothing_stays_behind_for_who_comes_next():
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    with logs.shown():
        logs.form(as_json=True, level="debug")
    assert (list(root.handlers), root.level) == before
    assert logging.getLogger("scrapy").level == logging.CRITICAL


def test_a_mistake_of_ours_is_shown_with_where_it_was_made(monkeypatch, tmp_path):
    def mistaken(*_: object, **__: object) -> None:
        raise RuntimeError("this cannot be")

    monkeypatch.setattr(collecting, "load_items", mistaken)
    code, _, err = run("dump", "--config", CONFIG, "--db", tmp_path / "b.db")
    assert code == 3
    assert "a mistake in this program" in err
    assert "RuntimeError: this cannot be" in err


class Gone(io.StringIO):
    """Standard error whose reader went away."""

    def write(self, _: str) -> int:
        raise BrokenPipeError


def test_a_run_goes_on_when_nobody_listens_any_more(monkeypatch):
    """As after a scheduler that was killed: its run is not ended by a line of progress."""
    monkeypatch.setattr(sys, "stderr", Gone())
    with logs.shown():
        progress = RunProgress(console(err=True))
        with progress.shown():
            progress(SourceReport(source=SourceName("a"), kind="feed", status="items"))
