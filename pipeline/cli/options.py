"""What all commands share: ``--config``, ``--db``, ``--now``, ``--json``, and what they open."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, wraps
from pathlib import Path
from typing import Any, TypeVar, get_args

import click
from pydantic import TypeAdapter

from config.load import SHIPPED, load_settings
from config.settings import Settings
from pipeline import logs
from pipeline.desk import Editor
from pipeline.period import Period, period_of
from store.database import Store

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class Desk:
    """What a command was told, opened when it is first needed."""

    config: Path | None
    db: Path | None
    moment: str | None

    @cached_property
    def folder(self) -> Path:
        """The configuration folder: as given, else the working folder if it is one."""
        if self.config is not None:
            return self.config
        here = Path.cwd()
        return here if (here / "sources.toml").is_file() else SHIPPED

    @cached_property
    def settings(self) -> Settings:
        """The configuration. Raises ConfigError."""
        settings = load_settings(self.folder)
        logs.know(settings)
        return settings

    @cached_property
    def home(self) -> Path:
        """Where relative paths of the configuration start."""
        return Path.cwd() if self.folder == SHIPPED else self.folder

    @cached_property
    def now(self) -> datetime:
        """The one clock reading of this command, UTC."""
        if self.moment is None:
            return datetime.now(UTC).replace(microsecond=0)
        try:
            moment = datetime.fromisoformat(self.moment)
        except ValueError as error:
            raise click.BadParameter(
                f"{self.moment!r} is no time such as 2026-03-02T03:30", param_hint="--now"
            ) from error
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.settings.newsletter.zone)
        return moment.astimezone(UTC)

    def clock(self) -> datetime:
        """The time, UTC; with ``--now`` that of a clock that was set to it when it was first read.

        For what goes on for a while; a command that does one thing has `now`.
        """
        start, begun = self._begun
        if self.moment is None:
            return datetime.now(UTC).replace(microsecond=0)
        return start + timedelta(seconds=int(time.monotonic() - begun))

    @cached_property
    def _begun(self) -> tuple[datetime, float]:
        return self.now, time.monotonic()

    @property
    def database(self) -> Path:
        """The database file."""
        return self.db or self.home / self.settings.store.database

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The database, open. Raises StoreError."""
        with Store(self.database) as store:
            yield store

    @property
    def issues(self) -> Path:
        """The folder that issues are exported to."""
        return self.home / self.settings.store.issues

    def period(self, store: Store, day: date | None = None) -> Period:
        """The period of the issue of `day`, today by default."""
        return period_of(store, self.settings, self.now, day)

    def local(self, moment: datetime | None) -> str | None:
        """A time in the editor's zone, ISO 8601; a missing one stays missing."""
        zone = self.settings.newsletter.zone
        return None if moment is None else moment.astimezone(zone).isoformat()

    @property
    def editor(self) -> Editor:
        """Who decides: ``BRIEFING_EDITOR``, else the login name."""
        name = os.environ.get("BRIEFING_EDITOR") or os.environ.get("USER") or "editor"
        return Editor(name=name, now=self.now)


def common(command: F) -> F:
    """Add the options that every command takes; the command gets a `Desk` as first argument."""

    @click.option(
        "--config",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        envvar="BRIEFING_CONFIG",
        help="Configuration folder (default: this folder if it has a sources.toml, else the "
        "one that ships).",
    )
    @click.option(
        "--db",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="BRIEFING_DB",
        help="Database file (default: as configured).",
    )
    @click.option(
        "--now", "moment", metavar="TIME", help="Take this time for now (2026-03-02T03:30)."
    )
    @click.option(
        "--log-json",
        is_flag=True,
        envvar="BRIEFING_LOG_JSON",
        help="What is said on standard error is a JSON object a line.",
    )
    @click.option(
        "--log-level",
        type=click.Choice(get_args(logs.Level)),
        envvar="BRIEFING_LOG_LEVEL",
        default="info",
        help="From which level on things are said there (default: info).",
    )
    @wraps(command)
    def wrapped(
        *args: Any,
        config: Path | None,
        db: Path | None,
        moment: str | None,
        log_json: bool,
        log_level: logs.Level,
        **options: Any,
    ) -> Any:
        logs.form(as_json=log_json, level=log_level)
        return command(Desk(config=config, db=db, moment=moment), *args, **options)

    return wrapped  # type: ignore[return-value]


def json_option(command: F) -> F:
    """Add ``--json``; the command gets it as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def date_option(command: F) -> F:
    """Add ``--date``; the command gets it as `day`, a date or None."""

    def parse(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise click.BadParameter(f"{value!r} is no date such as 2026-03-02") from error

    return click.option(
        "--date", "day", metavar="DATE", callback=parse, help="Date of the issue (default: today)."
    )(command)


@contextmanager
def stopped_by_sigterm() -> Iterator[None]:
    """Let SIGTERM stop the block as Ctrl-C does: in order, and what was stored stays."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def plain(value: Any) -> Any:
    """A model as JSON-ready values."""
    return TypeAdapter(type(value)).dump_python(value, mode="json")


def print_json(value: Any) -> None:
    """Print JSON-ready values for a person and a program alike."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_json_line(value: Any) -> None:
    """Print JSON-ready values on one line."""
    click.echo(json.dumps(value, ensure_ascii=False))
