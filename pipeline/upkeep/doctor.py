"""Is everything as it should be? One line a check, and what to do where it is not.

A *fault* will make a night fail or lose something; a *warning* is for a person to know. Nothing
is changed by looking: the database is not brought up to date, and the sources are not asked for
anything but a sign of life (``pipeline.upkeep.hosts``).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from config.errors import BusyError, SourceError, StoreError
from config.settings import Settings
from crawlers.build import Sources, build_sources
from crawlers.github_client import GithubClient
from crawlers.jsonl import FileSource
from pipeline.timetable import Timetable
from pipeline.upkeep.hosts import addresses_of, ask_hosts
from pipeline.upkeep.prune import prunable
from store.copying import Schema, damage, looked_at, schema_of
from store.database import Store, run_lock
from store.runs import ENDED, load_begun

_ROOM = 500_000_000
"""Bytes of free disk below which a person should know, beside a copy of the database."""
_NO_ROOM = 50_000_000
"""Bytes below which a night may not end well."""
_LONG_RUN = timedelta(hours=6)
_CLOCK = timedelta(minutes=5)
"""How far a clock is set at a time, with no need to speak of it."""


class Level(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found."""

    check: str
    """``database``, ``disk``, ``host www.example.org`` …"""
    level: Level
    says: str
    do: str = ""
    """What to do about it."""


def examine(
    settings: Settings, home: Path, database: Path, now: datetime, *, offline: bool = False
) -> Iterator[Finding]:
    """Go through all checks; what follows a check is not in vain where it found a fault.

    `home` is where relative paths of file sources start. `offline` asks nobody.
    """
    found, current = _database(database)
    yield from found
    yield _disk(database)
    yield from _lock(database)
    if current:
        with Store(database) as store:
            yield from _nights(store, settings, now)
            yield from _old_answers(store, settings, now)
    yield _zone(settings, now)
    sources = build_sources(settings, home)
    yield from _files(sources)
    yield from _tokens(settings, sources, offline=offline)
    if not offline:
        yield from _hosts(settings, sources, now)


def _ok(check: str, says: str) -> Finding:
    return Finding(check=check, level=Level.OK, says=says)


def _warning(check: str, says: str, do: str = "") -> Finding:
    return Finding(check=check, level=Level.WARNING, says=says, do=do)


def _fault(check: str, says: str, do: str) -> Finding:
    return Finding(check=check, level=Level.FAULT, says=says, do=do)


def _database(path: Path) -> tuple[list[Finding], bool]:
    """What there is to say of the file, and whether it is one that this version can read."""
    restore = "restore it from a backup: briefing restore FILE"
    if not path.exists():
        if path.with_name(f"{path.name}-wal").exists():
            says = f"{path} is gone, but {path.name}-wal, which belongs to it, is there"
            return [_fault("database", says, restore)], False
        return [_warning("database", f"there is no {path} yet", "briefing nightly makes it")], False
    if path.stat().st_size == 0:
        return [_fault("database", f"{path} is empty: all in it is gone", restore)], False
    shut = [place for place in (path, path.parent) if not os.access(place, os.W_OK)]
    if shut:
        says = f"{shut[0]} cannot be written to"
        return [_fault("database", says, "give this user the right to")], False
    try:
        with looked_at(path) as connection:
            schema, wrong = schema_of(connection), damage(connection)
    except StoreError as error:
        return [_fault("database", str(error), restore)], False
    if wrong:
        says = f"{path} is damaged: {'; '.join(wrong)}"
        return [_fault("database", says, restore)], False
    sound = _ok("database", f"{path} is sound, {path.stat().st_size / 1e6:.1f} MB")
    current = bool(schema.applied) and not schema.pending and not schema.unknown
    return [sound, _schema(path, schema)], current


def _schema(path: Path, schema: Schema) -> Finding:
    if schema.unknown:
        return _fault(
            "schema",
            f"{path} was made by a newer version of this program (it has {schema.unknown[-1]})",
            "install that version",
        )
    if not schema.applied:
        return _fault("schema", f"{path} is no database of this program", "name another: --db")
    if schema.pending:
        number = len(schema.pending)
        return _ok("schema", f"{number} behind; the next command brings it up to date")
    return _ok("schema", f"{schema.applied[-1]}, up to date")


def _disk(database: Path) -> Finding:
    folder = next(place for place in database.absolute().parents if place.exists())
    free = shutil.disk_usage(folder).free
    size = database.stat().st_size if database.exists() else 0
    says = f"{free / 1e6:,.0f} MB free in {folder}"
    if free < _NO_ROOM:
        return _fault("disk", says, "make room: briefing prune, or a larger disk")
    if free < _ROOM + size:
        return _warning("disk", says, "there is little room for the next weeks, or for a backup")
    return _ok("disk", says)


def _lock(database: Path) -> Iterator[Finding]:
    if not database.parent.exists():
        return
    try:
        with run_lock(database):
            yield _ok("lock", "no run is under way")
    except BusyError:
        yield _ok("lock", "a run is under way")
    except StoreError as error:
        yield _fault("lock", str(error), "give this user the right to write there")


def _nights(store: Store, settings: Settings, now: datetime) -> Iterator[Finding]:
    """When the last night was, and whether it was when it should have been."""
    zone, timetable = settings.newsletter.zone, Timetable.of(settings)
    begun = load_begun(store, "nightly", now - timedelta(days=30))
    ended = [at for at, status in begun if status in ENDED]
    due = timetable.after(now)
    coming = f"the next is due at {due.astimezone(zone):%Y-%m-%d %H:%M}" if due else "none is due"
    if not ended:
        yield _warning("nights", f"none has come to its end yet; {coming}", "briefing nightly")
        return
    last = ended[-1]
    says = f"the last began at {last.astimezone(zone):%Y-%m-%d %H:%M}; {coming}"
    left_out = timetable.after(last)
    late = None if left_out is None else timetable.after(left_out)
    if last > now + _CLOCK:
        yield _fault("clock", f"it is {now:%Y-%m-%d %H:%M} UTC here, and {says}", "set the clock")
    elif late is not None and late < now:
        yield _warning("nights", says, "see whether it is started: docs/operations.md")
    else:
        yield _ok("nights", says)
    at, status = begun[-1]
    if status == "interrupted":
        yield _warning("nights", "the last one was cut short; the next goes on from there")
    elif status == "running" and at < now - _LONG_RUN:
        yield _warning(
            "nights",
            f"one began at {at.astimezone(zone):%Y-%m-%d %H:%M} and has not ended",
            "if none is under way, it was cut short, and the next goes on from there",
        )


def _old_answers(store: Store, settings: Settings, now: datetime) -> Iterator[Finding]:
    old, days = prunable(store, settings, now), settings.store.keep_payload_days
    if old.size > _NO_ROOM:
        says = f"{old.size / 1e6:,.0f} MB of answers are older than {days} days"
        yield _warning("old answers", says, "briefing prune")


def _zone(settings: Settings, now: datetime) -> Finding:
    here, there = now.astimezone(), now.astimezone(settings.newsletter.zone)
    says = f"{settings.newsletter.timezone}, where it is {there:%Y-%m-%d %H:%M}"
    if here.utcoffset() != there.utcoffset():
        says += f"; this machine's clock shows {here:%H:%M}"
    return _ok("zone", says)


def _files(sources: Sources) -> Iterator[Finding]:
    for source in sources.clients:
        if isinstance(source, FileSource) and not source.path.is_file():
            says = f"{source.name} is to be read from {source.path.absolute()}, which is not there"
            yield _warning("file", says, "put it there, or set enabled = false")


def _tokens(settings: Settings, sources: Sources, *, offline: bool) -> Iterator[Finding]:
    for missing in sources.waiting:
        yield _warning("bridge", missing)
    if settings.embeddings.provider == "openai" and settings.embeddings.key is None:
        yield _warning("embeddings", "no key is set", "set BRIEFING_EMBEDDINGS_KEY if one is asked")
    if settings.github_token is None:
        needs = "briefing publish needs it, and " if settings.publish.repository else ""
        says = f"GITHUB_TOKEN is not set; {needs}GitHub answers 60 requests an hour without"
        yield _warning("token", says, "set it in the environment, or in .env")
    elif offline:
        yield _ok("token", "GITHUB_TOKEN is set")
    else:
        yield _github(settings)


def _github(settings: Settings) -> Finding:
    assert settings.github_token is not None
    network = settings.network.model_copy(update={"retries": 0})
    try:
        with GithubClient(
            network=network,
            addresses=settings.addresses,
            token=settings.github_token.get_secret_value(),
        ) as github:
            github.get("/rate_limit")  # costs no request of the hour's
    except SourceError as error:
        return _fault("token", error.cause, "make a new token, or see whether GitHub is reached")
    return _ok("token", "GitHub accepts GITHUB_TOKEN")


def _hosts(settings: Settings, sources: Sources, now: datetime) -> Iterator[Finding]:
    asked = addresses_of([*sources.pages, *sources.clients])
    states = ask_hosts(asked, network=settings.network, now=now)
    for state in states:
        check = f"host {state.host}"
        if state.answered:
            yield _ok(check, state.said)
        else:
            number = f"{state.sources} source{'s' if state.sources > 1 else ''}"
            yield _fault(check, f"{state.said} ({number})", "see whether it moved, or is blocked")
