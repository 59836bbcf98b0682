"""Read kept answers again, with the parsers of today: what a mended parser is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.errors import NotFoundError
from config.settings import Settings
from crawlers.build import build_enrichment, build_sources
from crawlers.source import CompletesItems, ParsedEmpty, ParsedItems, Source
from pipeline import logs
from pipeline.period import period_of
from pipeline.renamed import under_known_ids
from pipeline.stages import normalise_pending, take_in
from store.database import Store, run_lock
from store.items import Counts, StoredPayload, load_article, load_payloads, save_items
from store.models import RawItem, SourceName
from store.runs import finish_run, marked_if_cut_short, start_run


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What reading again gave."""

    payloads: int
    counts: Counts
    unread: tuple[str, ...]
    """What could not be read, a line each: sources no longer configured, pages still unknown."""


def replay(
    store: Store,
    settings: Settings,
    folder: Path,
    now: datetime,
    source: SourceName | None = None,
) -> Replayed:
    """Parse the kept answers of one source, or of all, and take in what is new or different.

    Answers are read from the latest to the earliest, and of each item only the latest word
    counts, so that an old answer never overwrites a newer one. Raises BusyError during a run, and
    NotFoundError for a source that is not configured.
    """
    with run_lock(store.path):
        asked = _sources(settings, folder)
        if source is not None and source not in asked:
            raise NotFoundError(f"no source is called {source!r}; briefing sources lists them")
        run = start_run(store, "replay", now)
        with logs.of_run(run), marked_if_cut_short(store, run):
            seen: set[tuple[SourceName, str]] = set()
            counts, payloads = Counts(), 0
            unread: dict[str, None] = {}
            for stored in load_payloads(store, source):
                payloads += 1
                if stored.source not in asked:
                    unread[f"{stored.source}: no longer configured"] = None
                    continue
                items = under_known_ids(
                    store, stored.source, _items(store, asked[stored.source], stored, unread)
                )
                fresh = [i for i in items if (i.source, i.external_id) not in seen]
                seen.update((i.source, i.external_id) for i in fresh)
                counts += save_items(store, run, stored.id, fresh, now)
                normalise_pending(store, now)  # known by their addresses to the next answer
            take_in(store, settings, period_of(store, settings, now))
            finish_run(store, run, at=now, status="ok")
    return Replayed(payloads=payloads, counts=counts, unread=tuple(unread))


def _sources(settings: Settings, folder: Path) -> dict[SourceName, Source]:
    sources = build_sources(settings, folder)
    looked_up = build_enrichment(settings, [])
    return {one.name: one for one in (*sources.pages, *sources.clients, looked_up)}


def _items(
    store: Store, source: Source, stored: StoredPayload, unread: dict[str, None]
) -> Sequence[RawItem]:
    parsed = source.parse(stored.payload)
    if isinstance(parsed, ParsedItems):
        return [_completed(store, source, item) for item in parsed.items]
    if not isinstance(parsed, ParsedEmpty):
        unread[f"{stored.source}: {parsed.reason}"] = None
    return ()


def _completed(store: Store, source: Source, item: RawItem) -> RawItem:
    if not isinstance(source, CompletesItems):
        return item
    article = load_article(store, source.name, item.url)
    return item if article is None else source.with_article(item, article)
