"""A file of candidates -> the store, through the same stages as a source's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.errors import InputError
from config.settings import Settings
from crawlers.jsonl import parse_jsonl
from crawlers.source import ParsedItems
from pipeline.period import period_of
from pipeline.stages import take_in
from store.database import Store
from store.items import Counts, save_items
from store.models import Payload, SourceName
from store.runs import finish_run, start_run


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a file gave."""

    counts: Counts
    warnings: tuple[str, ...]
    """Lines that were left out, each with its number and what is wrong."""


def load_file(
    store: Store, settings: Settings, path: Path, source: SourceName, now: datetime
) -> Loaded:
    """Take in a file in the format of docs/candidates.md.

    A line that names no source of its own is from `source`.

    Raises InputError when the file cannot be read or holds no candidate.
    """
    try:
        payload = Payload(url=path.resolve().as_uri(), body=path.read_bytes(), fetched_at=now)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    parsed = parse_jsonl(payload, source=source, keep_source=True)
    if not isinstance(parsed, ParsedItems):
        raise InputError(f"{path}: {parsed.reason}")
    run = start_run(store, "load", now)
    counts = save_items(store, run, None, parsed.items, now)
    finish_run(store, run, at=now, status="ok")
    take_in(store, settings, period_of(store, settings, now))
    return Loaded(counts=counts, warnings=parsed.warnings)
