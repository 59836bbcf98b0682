"""Read kept answers again, with the parsers of today: what a mended parser is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.settings import Settings
from crawlers.build import build_enrichment, build_sources
from crawlers.source import PageSource, ParsedItems, Source
from pipeline.queue import period_of
from pipeline.stages import cluster_pending, normalise_pending, score_open
from store.database import Store, run_lock
from store.items import Counts, StoredPayload, load_payloads, save_items
from store.models import Payload, RawItem, SourceName
from store.runs import finish_run, start_run


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
    counts, so that an old answer never overwrites a newer one. Raises BusyError during a run.
    """
    with run_lock(store.path):
        sources = build_sources(settings, folder)
        looked_up = build_enrichment(settings, [])
        asked: dict[SourceName, Source] = {
            one.name: one for one in (*sources.pages, *sources.clients, looked_up)
        }
        run = start_run(store, "replay", now)
        kept = list(load_payloads(store, source))
        articles = {(p.source, p.payload.url): p.payload for p in kept if p.outcome == "article"}
        seen: set[tuple[SourceName, str]] = set()
        counts = Counts()
        unread: dict[str, None] = {}
        for stored in reversed([p for p in kept if p.outcome != "article"]):
            if stored.source not in asked:
                unread[f"{stored.source}: no longer configured"] = None
                continue
            items = _items(asked[stored.source], stored, articles, unread)
            fresh = [i for i in items if (i.source, i.external_id) not in seen]
            seen.update((i.source, i.external_id) for i in fresh)
            counts += save_items(store, run, stored.id, fresh, now)
        normalise_pending(store, now)
        cluster_pending(store, now)
        period = period_of(store, settings, now)
        score_open(store, settings, period_start=period.start, now=now)
        finish_run(store, run, at=now, status="ok")
    return Replayed(payloads=len(kept), counts=counts, unread=tuple(unread))


def _items(
    source: Source,
    stored: StoredPayload,
    articles: dict[tuple[SourceName, str], Payload],
    unread: dict[str, None],
) -> Sequence[RawItem]:
    parsed = source.parse(stored.payload)
    if not isinstance(parsed, ParsedItems):
        if stored.outcome == "items" or parsed.reason:
            unread[f"{stored.source}: {parsed.reason or 'nothing in it'}"] = None
        return ()
    return [
        _completed(source, item, articles.get((stored.source, item.url))) for item in parsed.items
    ]


def _completed(source: Source, item: RawItem, article: Payload | None) -> RawItem:
    complete: PageSource | None = source if hasattr(source, "with_article") else None  # type: ignore[assignment]
    if article is None or complete is None:
        return item
    return complete.with_article(item, article)
