"""The line of the crontab that starts the nights.

Cron reckons in the machine's zone, and the schedule is in the editor's. Where the two agree the
whole year, the line has the schedule's own fields. Where they do not, no fields are right in both
summer and winter, so cron starts ``briefing nightly --if-due`` every hour, at the minute that the
schedule has in the machine's zone, and the program knows whether that is the hour. (``CRON_TZ``
would say it in a word, but Debian's cron does not know it, and where it is known it holds for all
lines below it.)

Only the line that ends in our mark is ever changed. The format is that of ``crontab(5)``.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from config.errors import InputError, MachineError
from config.settings import Settings
from pipeline.timetable import Timetable

_A_YEAR = 366
_FIELDS = 5
_MARK = "# briefing nightly"


def cron_line(
    settings: Settings, program: Sequence[str], *, folder: Path, database: Path, now: datetime
) -> str:
    """Give the line that runs `program` (its words) in `folder` when a night is due.

    `database` says in the mark whose nights these are, and its folder is where the log goes.
    Raises InputError for a schedule with seconds, which cron does not have.
    """
    fields = settings.schedule.nightly.split()
    if len(fields) != _FIELDS:
        raise InputError(
            f"schedule.nightly is {settings.schedule.nightly!r}, and cron knows no seconds; "
            "use briefing schedule"
        )
    words = [*program]
    if not (_same_zone(settings, now) and _same_days(fields)):
        fields = [_minutes(settings, now), "*", "*", "*", "*"]
        words.append("--if-due")
    log = database.with_name("nightly.log")
    command = f"cd {shlex.quote(str(folder))} && {shlex.join(words)}"
    line = f"{command} >> {shlex.quote(str(log))} 2>&1 {_mark(database)}"
    # To cron a plain % ends the command.
    return f"{' '.join(fields)} {line.replace('%', chr(92) + '%')}"


def _mark(database: Path) -> str:
    return f"{_MARK} of {database}"


def _same_zone(settings: Settings, now: datetime) -> bool:
    days = (now + timedelta(days=day) for day in range(_A_YEAR))
    return all(
        day.astimezone().utcoffset() == day.astimezone(settings.newsletter.zone).utcoffset()
        for day in days
    )


def _same_days(fields: Sequence[str]) -> bool:
    """Whether cron means the same: of two restricted fields for the day, either is enough to it."""
    return fields[2] == "*" or fields[4] == "*"


def _minutes(settings: Settings, now: datetime) -> str:
    """The minutes at which a night may be due in the machine's zone, over a year."""
    found: set[int] = set()
    until = now + timedelta(days=_A_YEAR)
    for due in Timetable.of(settings).following(now):
        if due > until or len(found) == 60:
            break
        found.add(due.astimezone().minute)
    return ",".join(map(str, sorted(found)))


def install(line: str, database: Path) -> bool:
    """Put the line into this user's crontab, in place of ours that is there; says if it changed.

    Raises MachineError where there is no cron, or it does not take the line.
    """
    before = _read()
    mark = _mark(database).replace("%", "\\%")
    lines = before.splitlines()
    ours = [number for number, other in enumerate(lines) if other.endswith(f" {mark}")]
    after = [other for number, other in enumerate(lines) if number not in ours[1:]]
    if ours:
        after[ours[0]] = line
    else:
        after.append(line)
    if after == lines:
        return False
    _run(["crontab", "-"], "".join(f"{one}\n" for one in after))
    return True


def _read() -> str:
    listed = _ask(["crontab", "-l"], None)
    if listed.returncode and "no crontab for" in listed.stderr:
        return ""
    return _good(listed)


def _run(command: list[str], given: str) -> str:
    return _good(_ask(command, given))


def _good(done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise MachineError(f"crontab: {said[-1]}; nothing was changed")
    return done.stdout


def _ask(command: list[str], given: str | None) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - looked for where the user's own commands are
            command,
            input=given,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "LC_ALL": "C"},
            check=False,
        )
    except FileNotFoundError:
        raise MachineError(
            "there is no crontab program on this machine; install cron, or use systemd or "
            "briefing schedule (docs/operations.md)"
        ) from None
    except OSError as error:
        raise MachineError(f"crontab cannot be run: {error.strerror or error}") from error
