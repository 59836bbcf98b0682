"""What the program says while it works: lines for people, or JSON lines for machines.

Everything goes through `logging`, what libraries have to say too. Here it gets its form, the
number of the run under way, and goes to standard error; secrets are taken out on the way. What a
command was asked for goes to standard output, and is none of this.

A line in JSON has ``time`` (UTC), ``level``, ``logger``, ``run`` (the number in the run table, or
null), ``message``, and what else is known: ``source``, ``status``, ``exception`` …
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from typing import Any, Literal, TypeAlias

from config.secrets import Hider
from config.settings import Settings

Level: TypeAlias = Literal["debug", "info", "warning", "error"]

_OURS = ("briefing", "config", "store", "crawlers", "pipeline")
_REPEATED = ("scrapy", "twisted", "apscheduler")
"""Heard on ``debug`` only: what goes wrong in them comes out as a source's outcome, or is said by
``pipeline.schedule``."""

_logger = logging.getLogger("briefing")


class Log(logging.Handler):
    """Writes to standard error, wherever that leads at the moment."""

    def __init__(self) -> None:
        super().__init__()
        self.as_json = False
        self.run: int | None = None
        self.hide = Hider()
        self.zone: tzinfo | None = None
        """The zone of the lines for people; the machine's while None."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; called by `logging`."""
        try:
            line = self._json(record) if self.as_json else self._plain(record)
            sys.stderr.write(line + "\n")
            sys.stderr.flush()
        except BrokenPipeError:
            pass  # who listened is gone, and the work goes on
        except (OSError, ValueError, TypeError, KeyError):
            self.handleError(record)

    def _plain(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).astimezone(self.zone)
        run = "" if self.run is None else f" run {self.run}"
        level = "" if record.levelno < logging.WARNING else f" {record.levelname.lower()}:"
        said = "\n".join([record.getMessage(), *self._trace(record)])
        return self.hide(f"{at:%Y-%m-%d %H:%M:%S}{run}{level} {said}")

    def _json(self, record: logging.LogRecord) -> str:
        about: Mapping[str, object] = getattr(record, "about", {})
        trace = self._trace(record)
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "run": self.run,
            "message": record.getMessage(),
            **about,
            **({"exception": "\n".join(trace)} if trace else {}),
        }
        hidden = {name: self.hide(v) if isinstance(v, str) else v for name, v in line.items()}
        return json.dumps(hidden, ensure_ascii=False, default=str)

    def _trace(self, record: logging.LogRecord) -> list[str]:
        if not record.exc_info or record.exc_info[0] is None:
            return []
        return [logging.Formatter().formatException(record.exc_info)]


_log = Log()
"""That of the command that is running."""


@contextmanager
def shown() -> Iterator[None]:
    """Let what is logged be seen, and nothing uncaught pass by unhidden, within the block."""
    global _log
    levels = {name: logging.getLogger(name).level for name in (*_OURS, "")}
    hook = threading.excepthook
    _log = Log()
    logging.getLogger().addHandler(_log)
    form(as_json=False, level="info")
    threading.excepthook = _uncaught
    try:
        yield
    finally:
        threading.excepthook = hook
        logging.getLogger().removeHandler(_log)
        form(as_json=False, level="info")
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def form(*, as_json: bool, level: Level) -> None:
    """Choose the form of the lines, and from which level on they are shown."""
    debug = level == "debug"
    _log.as_json = as_json
    for name in (*_OURS, *([""] if debug else [])):
        logging.getLogger(name).setLevel(level.upper())
    for name in _REPEATED:
        logging.getLogger(name).setLevel(logging.DEBUG if debug else logging.CRITICAL)


def know(settings: Settings) -> None:
    """Take out the secrets of a configuration from now on, and tell the time in its zone."""
    _log.hide = Hider.of(settings)
    _log.zone = settings.newsletter.zone


def is_json() -> bool:
    """Whether lines are for machines: then nothing else goes to standard error."""
    return _log.as_json


@contextmanager
def of_run(number: int) -> Iterator[None]:
    """Put a run's number on every line of the block, from whatever thread it comes."""
    before, _log.run = _log.run, number
    try:
        yield
    finally:
        _log.run = before


def tell(line: str, **about: Any) -> None:
    """Say what happened; `about` are further fields of the JSON line."""
    _logger.info("%s", line, extra={"about": about})


def warn(line: str, **about: Any) -> None:
    """Say what a person should look at."""
    _logger.warning("%s", line, extra={"about": about})


def complain(error: str) -> None:
    """Say why a command ends, in one line without a time unless lines are JSON."""
    if _log.as_json:
        _logger.error("%s", error)
    else:
        sys.stderr.write(_log.hide(f"briefing: {error}") + "\n")


def _uncaught(given: threading.ExceptHookArgs) -> None:
    if given.exc_value is not None and not isinstance(given.exc_value, SystemExit):
        name = given.thread.name if given.thread else "a thread"
        _logger.error("%s failed", name, exc_info=given.exc_value)
