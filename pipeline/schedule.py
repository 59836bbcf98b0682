"""Nightly runs by the clock: APScheduler in the foreground, each run a process of its own.

For a machine without cron or systemd, and for containers. When a night is due is told by
``pipeline.timetable``. A night that was missed while the machine slept, or nobody was here to
start it, is made up for, once for all that were missed; one that is still under way is not
joined by another. The clock is looked at often: a machine that wakes up, or whose clock is set,
is not waited for by a timer that knows nothing of it.

A run that outlives a killed scheduler goes on to its end, and the run lock keeps another from
joining it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, TextIO

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobEvent,
    JobExecutionEvent,
)
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from config.settings import Settings
from pipeline import logs
from pipeline.nightly import nights_begun
from pipeline.timetable import Begun, NightTrigger, Timetable, coming, missed
from store.database import Store

_JOB = "nightly"
_LOOK = 20.0
"""Seconds after which the clock is looked at again."""
_SET_BACK = timedelta(seconds=5)
"""A clock that is this much behind where it should be was set; less is drift put right."""
_LINE = 2000
"""Characters of a run's last line that are repeated."""


class Scheduler:
    """Starts nights until it is told to stop."""

    def __init__(
        self, settings: Settings, database: Path, command: Sequence[str], *, look: float = _LOOK
    ) -> None:
        """Start `command` (its words) as a run, and look at the clock every `look` seconds."""
        self.stops: SimpleQueue[int] = SimpleQueue()
        """Signals that came; the first stops the scheduler, the second what it waits for."""
        self._settings = settings
        self._database = database
        self._command = command
        self._look = look
        self._grace = timedelta(seconds=settings.schedule.misfire_grace)
        self._busy = threading.Lock()
        """Held as long as a run is under way."""
        self._running: list[subprocess.Popen[str]] = []
        self._ending = threading.Event()

    def run(self) -> None:
        """Start a run at each due time; returns when a signal has come and no run is under way.

        Raises StoreError where the database cannot be used.
        """
        timetable = Timetable.of(self._settings)
        make_up = missed(timetable, self._begun(), now=datetime.now(UTC), grace=self._grace)
        scheduler = BackgroundScheduler(
            timezone=UTC, executors={"default": ThreadPoolExecutor(1)}, daemon=True
        )
        scheduler.add_listener(_failed, EVENT_JOB_ERROR)
        scheduler.add_listener(self._left_out, EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
        scheduler.start()
        if make_up is not None:
            logs.tell(f"the run of {self._local(make_up)} was missed, and is made up for now")
        try:
            self._plan(scheduler, timetable, at=make_up)
            self._wait(scheduler, timetable)
        finally:
            scheduler.shutdown(wait=False)
            self._end_run()
        logs.tell("stopped")

    def _plan(
        self, scheduler: BackgroundScheduler, timetable: Timetable, *, at: datetime | None = None
    ) -> None:
        """Plan the next run, `at` a time that has come already or when the timetable says."""
        since = coming(self._begun(), now=datetime.now(UTC))
        due = timetable.after(since)
        scheduler.add_job(
            self._night,
            NightTrigger(timetable, since=since),
            args=[timetable],
            id=_JOB,
            replace_existing=True,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=self._settings.schedule.misfire_grace,
            next_run_time=at or due,
        )
        self._tell_next(due)

    def _tell_next(self, due: datetime | None) -> None:
        logs.tell(f"next run at {self._local(due)}" if due else "no run will ever be due")

    def _wait(self, scheduler: BackgroundScheduler, timetable: Timetable) -> None:
        """Until a signal comes; meanwhile see to it that a clock that was set is noticed."""
        while True:
            wall, steady = datetime.now(UTC), time.monotonic()
            try:
                self.stops.get(timeout=self._look)
            except Empty:
                passed = timedelta(seconds=time.monotonic() - steady)
                if datetime.now(UTC) < wall + passed - _SET_BACK:
                    logs.warn("the clock was set back")
                    self._plan(scheduler, timetable)
                scheduler.wakeup()
            else:
                return

    def _begun(self) -> list[Begun]:
        with Store(self._database) as store:
            return nights_begun(store, datetime.now(UTC) - self._grace)

    def _night(self, timetable: Timetable) -> None:
        """Run a night, and wait for its end; called by APScheduler on a thread of its own."""
        with self._busy:
            if self._ending.is_set():
                return
            logs.tell("run begins")
            code, last = run_child(self._command, self._running)
        how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        said = f"; it said last: {last[:_LINE]}" if last else ""
        tell = logs.tell if code in (0, 1) else logs.warn
        tell(f"run ended with {how}{said}", exit_code=code, last_line=last)
        if not self._ending.is_set():
            self._tell_next(timetable.after(datetime.now(UTC)))

    def _end_run(self) -> None:
        """Ask the run under way to end, and wait for it; a second signal ends it at once."""
        self._ending.set()
        wait = self._settings.schedule.stop_wait
        until = time.monotonic() + wait
        asked = killed = False
        while not self._busy.acquire(timeout=0.05):
            for child in tuple(self._running):
                if not asked:
                    logs.tell(f"asking the run under way to end, within {wait:g} s")
                    child.terminate()
                    asked = True
                elif not killed and (time.monotonic() > until or not self.stops.empty()):
                    logs.warn("the run did not end, and is killed; the next goes on from there")
                    child.kill()
                    killed = True
        self._busy.release()

    def _left_out(self, event: JobEvent) -> None:
        if isinstance(event, JobExecutionEvent):
            logs.warn(f"the run of {self._local(event.scheduled_run_time)} is too late, left out")
        else:
            logs.warn("a run is due and left out: the one before it is still under way")

    def _local(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._settings.newsletter.zone):%Y-%m-%d %H:%M:%S %Z}"


def _failed(event: JobExecutionEvent) -> None:
    logs.warn(f"run could not be started: {event.exception}")


def run_schedule(settings: Settings, database: Path, arguments: Sequence[str]) -> None:
    """Start ``briefing nightly`` with `arguments` at the configured times, until SIGTERM or SIGINT.

    Raises StoreError where the database cannot be used.
    """
    command = [sys.executable, "-m", "pipeline.cli", "nightly", *arguments]
    scheduler = Scheduler(settings, database, command)
    with _signals(scheduler.stops.put):
        scheduler.run()


@contextmanager
def _signals(told: Callable[[int], None]) -> Iterator[None]:
    # A SimpleQueue may be put into from a handler that interrupts the very wait for it.
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda got, _: told(got)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_child(
    command: Sequence[str], running: list[subprocess.Popen[str]] | None = None
) -> tuple[int, str]:
    """Run a command; gives its exit code and the last line that it said.

    What it says goes on to where ours goes; of one that failed the last line is that of standard
    error. `running` holds the process while it runs. Raises OSError.
    """
    running = [] if running is None else running
    with subprocess.Popen(  # noqa: S603 - our own program
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PYTHONUTF8": "1"},
        # Ctrl-C is ours to pass on.
        start_new_session=True,
    ) as child:
        running.append(child)
        assert child.stdout is not None
        assert child.stderr is not None
        said, cause = (
            _Relay(child.stdout, lambda: sys.stdout),
            _Relay(child.stderr, lambda: sys.stderr),
        )
        code = child.wait()
        said.join()
        cause.join()
        running.remove(child)
    return code, (said.last or cause.last) if code in (0, 1) else (cause.last or said.last)


class _Relay(threading.Thread):
    """Passes lines on, and remembers the last."""

    def __init__(self, lines: IO[str], out: Callable[[], TextIO]) -> None:
        super().__init__(daemon=True)
        self.last = ""
        self._lines, self._out = lines, out
        self.start()

    def run(self) -> None:
        """Pass on until the other side closes; called by `start`."""
        for line in self._lines:
            self.last = line.strip() or self.last
            with suppress(OSError, ValueError):  # who listened is gone, and the run goes on
                self._out().write(line)
                self._out().flush()
