"""The scheduler with runs that are small programs: started, left out, made up for, stopped."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apscheduler.executors.base
import apscheduler.schedulers.base
import pytest

import pipeline.schedule
from config.load import load_settings
from config.settings import Settings
from pipeline.demo import CONFIG
from pipeline.schedule import Scheduler, run_child
from store.database import Store
from store.runs import finish_run, start_run

_PATIENCE = 30.0
"""Seconds after which a test gives up waiting for what must come."""


def settings(nightly: str, **schedule: object) -> Settings:
    overrides = {"schedule": {"nightly": nightly, **schedule}}
    return load_settings(CONFIG, overrides=overrides, environment=False)


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


class Running:
    """A scheduler on a thread, whose run is a Python program that is told a folder."""

    def __init__(self, given: Settings, folder: Path, program: str, look: float = 5) -> None:
        command = [sys.executable, "-c", program, str(folder)]
        self.scheduler = Scheduler(given, folder / "b.db", command, look=look)
        self.thread = threading.Thread(target=self.scheduler.run)
        self.thread.start()

    def stop(self) -> None:
        self.scheduler.stops.put(signal.SIGTERM)
        self.thread.join(_PATIENCE)
        assert not self.thread.is_alive()


@pytest.fixture
def told(caplog, monkeypatch) -> list[str]:
    """What was said so far; grows."""
    lines: list[str] = []
    monkeypatch.setattr(caplog.handler, "emit", lambda record: lines.append(record.getMessage()))
    caplog.set_level(logging.INFO, logger="briefing")
    return lines


@pytest.fixture
def start(tmp_path) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def start(given: Settings, program: str, **options: float) -> Running:
        started.append(Running(given, tmp_path, program, **options))
        return started[-1]

    yield start
    for one in started:
        if one.thread.is_alive():
            one.stop()


COUNTS = """
import pathlib, sys
path = pathlib.Path(sys.argv[1], "runs")
path.open("a").write("run\\n")
print("first line")
print("draft issue: x")
"""


def runs(folder: Path) -> int:
    path = folder / "runs"
    return len(path.read_text().splitlines()) if path.exists() else 0


def test_a_run_is_a_process_whose_end_is_told(start, told, tmp_path, capfd):
    running = start(settings("* * * * * *"), COUNTS)
    until(lambda: runs(tmp_path) >= 2)
    running.stop()
    assert "run ended with exit code 0; it said last: draft issue: x" in told
    assert told[0].startswith("next run at ")
    assert told[-1] == "stopped"
    assert "first line\ndraft issue: x\n" in capfd.readouterr().out


def test_a_run_that_fails_is_told_with_its_cause(start, told):
    running = start(
        settings("* * * * * *"),
        "import sys; print('table'); print('briefing: it broke', file=sys.stderr); sys.exit(3)",
    )
    until(lambda: "run ended with exit code 3; it said last: briefing: it broke" in told)
    running.stop()


WAITS = """
import pathlib, sys, time
folder = pathlib.Path(sys.argv[1])
(folder / "begun").open("a").write("x")
while not (folder / "go").exists(): time.sleep(0.01)
"""


def test_a_run_under_way_is_not_joined_by_another(start, told, tmp_path):
    running = start(settings("* * * * * *"), WAITS)
    until(lambda: "a run is due and left out: the one before it is still under way" in told)
    assert (tmp_path / "begun").read_text() == "x"
    (tmp_path / "go").touch()
    until(lambda: len((tmp_path / "begun").read_text()) > 1)
    running.stop()


def test_to_stop_is_to_ask_the_run_and_wait_for_it(start, told, tmp_path):
    program = """
import pathlib, signal, sys, time
def end(*_):
    pathlib.Path(sys.argv[1], "ended").touch()
    sys.exit(130)
signal.signal(signal.SIGTERM, end)
pathlib.Path(sys.argv[1], "begun").touch()
while True: time.sleep(0.01)
"""
    running = start(settings("* * * * * *"), program)
    until((tmp_path / "begun").exists)
    running.stop()
    assert (tmp_path / "ended").exists()
    assert told[-3:] == [
        "asking the run under way to end, within 60 s",
        "run ended with exit code 130",
        "stopped",
    ]


STUBBORN = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1], "begun").touch()
while True: time.sleep(0.01)
"""


@pytest.mark.parametrize(("wait", "signals"), [(0.1, 0), (600, 1)])
def test_a_run_that_does_not_end_is_killed_in_the_end_or_on_a_second_signal(
    start, told, tmp_path, wait, signals
):
    running = start(settings("* * * * * *", stop_wait=wait), STUBBORN)
    until((tmp_path / "begun").exists)
    for _ in range(signals):
        running.scheduler.stops.put(signal.SIGTERM)
    running.stop()
    assert "run ended with SIGKILL" in told


def ran(folder: Path, at: datetime, *, ended: bool = True) -> None:
    with Store(folder / "b.db") as store:
        run = start_run(store, "nightly", at)
        if ended:
            finish_run(store, run, at=at, status="ok")


def test_a_night_that_nobody_was_there_to_start_is_made_up_for_once(start, told, tmp_path):
    ran(tmp_path, datetime.now(UTC) - timedelta(days=3))
    running = start(settings("0 * * * *", misfire_grace=86400), COUNTS)
    until(lambda: any(line.startswith("run ended") for line in told))
    running.stop()
    assert runs(tmp_path) == 1
    assert [line for line in told if "was missed, and is made up for now" in line]


def test_nothing_is_made_up_for_after_a_night_that_ran(start, told, tmp_path):
    ran(tmp_path, datetime.now(UTC))
    start(settings("0 0 1 1 *", misfire_grace=86400), COUNTS)
    until(lambda: any(line.startswith("next run at") for line in told))
    assert runs(tmp_path) == 0


class Clock:
    """What both APScheduler and we take for the time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
        self.at = at
        clock = self

        class Now(datetime):
            @classmethod
            def now(cls, tz=None):
                return clock.at.astimezone(tz)

        for module in (apscheduler.schedulers.base, apscheduler.executors.base, pipeline.schedule):
            monkeypatch.setattr(module, "datetime", Now)


def test_a_clock_set_back_and_forth_gives_each_night_once(start, told, tmp_path, monkeypatch):
    """03:30 in Shanghai is 19:30 UTC. The scheduler looks at the clock all the time here."""
    clock = Clock(monkeypatch, datetime(2026, 3, 1, 19, 29, 50, tzinfo=UTC))
    running = start(settings("30 3 * * *"), COUNTS, look=0.02)
    until(lambda: told)
    assert told[0] == "next run at 2026-03-02 03:30:00 CST"
    clock.at = datetime(2026, 3, 1, 19, 30, 1, tzinfo=UTC)
    until(lambda: len([line for line in told if line.startswith("run ended")]) == 1)
    ran(tmp_path, clock.at)  # as a night itself notes
    clock.at = datetime(2026, 3, 1, 18, 29, tzinfo=UTC)
    until(lambda: "the clock was set back" in told)
    until(lambda: told[-1] == "next run at 2026-03-03 03:30:00 CST")
    for minute in range(25, 35):  # through its time again
        clock.at = datetime(2026, 3, 1, 19, minute, tzinfo=UTC)
        time.sleep(0.05)  # for as many looks as it likes
    clock.at = datetime(2026, 3, 2, 19, 30, 5, tzinfo=UTC)
    until(lambda: len([line for line in told if line.startswith("run ended")]) == 2)
    running.stop()
    assert runs(tmp_path) == 2


def test_a_machine_that_slept_too_long_says_what_it_left_out(start, told, tmp_path, monkeypatch):
    clock = Clock(monkeypatch, datetime(2026, 3, 1, 19, 0, tzinfo=UTC))
    running = start(settings("30 3 * * *"), COUNTS, look=0.02)
    until(lambda: told)
    clock.at = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
    until(lambda: "the run of 2026-03-02 03:30:00 CST is too late, left out" in told)
    running.stop()
    assert runs(tmp_path) == 0


def test_a_command_that_is_not_there_is_told_and_the_scheduler_goes_on(tmp_path, told):
    scheduler = Scheduler(settings("* * * * * *"), tmp_path / "b.db", [str(tmp_path / "none")])
    thread = threading.Thread(target=scheduler.run)
    thread.start()
    until(lambda: len([line for line in told if line.startswith("run could not be started")]) > 1)
    scheduler.stops.put(signal.SIGTERM)
    thread.join(_PATIENCE)
    assert told[-1] == "stopped"


def test_the_last_line_of_a_child_is_passed_on_however_long_and_broken():
    program = "import sys; sys.stdout.buffer.write(b'\\xff' * 200_000 + b'\\nend')"
    assert run_child([sys.executable, "-c", program]) == (0, "end")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_stops_on_a_signal(tmp_path, number):
    command = [sys.executable, "-m", "pipeline.cli", "schedule", "--config", str(CONFIG)]
    command += ["--db", str(tmp_path / "b.db")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as child:
        assert child.stderr is not None
        said = [child.stderr.readline()]
        child.send_signal(number)
        said += child.stderr.readlines()
    assert child.returncode == 0
    assert "next run at" in said[0]
    assert said[-1].endswith("stopped\n")
