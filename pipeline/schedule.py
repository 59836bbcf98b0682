"""Nightly runs by the clock: APScheduler in the foreground, each run a process of its own.

For a machine without cron or systemd, and for containers. A run that was missed while the
machine slept is made up for once; a run that is still under way is not joined by another.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from types import FrameType

from apscheduler.events import EVENT_JOB_ERROR, EVENT_SCHEDULER_STARTED, JobExecutionEvent
from apscheduler.schedulers.blocking import BlockingScheduler

from config.settings import Settings, cron_trigger


def run_schedule(settings: Settings, arguments: Sequence[str], tell: Callable[[str], None]) -> None:
    """Start ``briefing nightly`` with `arguments` at the configured times, until SIGTERM.

    `tell` is given one line for each thing a person wants to know.
    """
    trigger = cron_trigger(settings.schedule.nightly, settings.newsletter.zone)
    scheduler = BlockingScheduler(timezone=settings.newsletter.zone)
    running: list[subprocess.Popen[bytes]] = []

    def night() -> None:
        command = [sys.executable, "-m", "pipeline.cli", "nightly", *arguments]
        with subprocess.Popen(command) as child:  # noqa: S603 - our own program
            running.append(child)
            code = child.wait()
            running.remove(child)
        tell(f"run ended with exit code {code}; next at {next_time()}")

    def next_time() -> str:
        job = scheduler.get_job("nightly")
        due = job.next_run_time if job else None
        return f"{due:%Y-%m-%d %H:%M %Z}" if due else "never"

    def failed(event: JobExecutionEvent) -> None:
        tell(f"run could not be started: {event.exception}")

    def stop(_: int, __: FrameType | None) -> None:
        for child in running:
            child.terminate()
        scheduler.shutdown(wait=False)

    scheduler.add_job(
        night,
        trigger,
        id="nightly",
        coalesce=True,
        max_instances=1,
        misfire_grace_time=settings.schedule.misfire_grace,
    )
    scheduler.add_listener(failed, EVENT_JOB_ERROR)
    scheduler.add_listener(lambda _: tell(f"next run at {next_time()}"), EVENT_SCHEDULER_STARTED)
    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        scheduler.start()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    tell("stopped")
