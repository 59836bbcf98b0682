"""What the editor hands in: an address, recognised, fetched, and filed like anything else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from config.errors import InputError, SourceError
from config.settings import Settings
from crawlers.article import page_item
from crawlers.build import build_enrichment, build_paper_lookup
from crawlers.crawl import fetch_one
from crawlers.source import Failed, Fetched, Items, Outcome, Parsed, ParsedItems
from pipeline.address import read_address
from pipeline.collect import Collector
from pipeline.desk import check_section
from pipeline.identity import Identity, identify
from pipeline.period import period_of
from pipeline.queue import Entry, load_entry
from pipeline.stages import take_in
from store.candidates import load_story_of
from store.database import Store
from store.items import save_items
from store.models import EDITOR, Payload, RawItem, SourceState
from store.runs import finish_run, start_run


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIn:
    """What the editor says about an address."""

    url: str
    section: str | None = None
    note: str | None = None
    title: str | None = None
    """Used in place of the page's; with it, a page that cannot be fetched is filed all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hand:
    """The editor's hand as a source, for the table of runs."""

    url: str
    name = EDITOR
    kind = "hand"

    def parse(self, payload: Payload) -> Parsed:
        """Read any page."""
        return page_item(payload, source=EDITOR, url=self.url)


def add(store: Store, settings: Settings, given: HandIn, now: datetime) -> Entry:
    """Fetch an address, file it and give the story that it became part of.

    Raises InputError for what is no web address or an unknown section, and SourceError when it
    cannot be fetched and no title was given.
    """
    identity = identify(given.url)
    if read_address(identity.canonical) is None:
        raise InputError(f"{given.url!r} is no web address")
    if given.section is not None:
        check_section(settings, given.section)
    page = _fetch(settings, identity, given, now)
    item = _completed(page, given, identity)
    run = start_run(store, "add", now)
    collector = Collector(store=store, settings=settings, run=run, now=now, progress=lambda _: None)
    if page is None:
        save_items(store, run, None, [item], now)
    else:
        filed = Fetched(payload=page.payload, parsed=ParsedItems(items=(item,)))
        collector.keep(_Hand(url=given.url), Items(pages=(filed,), state=SourceState()), 0.0)
    finish_run(store, run, at=now, status="ok")
    period = period_of(store, settings, now)
    take_in(store, settings, period)
    return load_entry(store, settings, period, load_story_of(store, EDITOR, item.external_id))


def _fetch(settings: Settings, identity: Identity, given: HandIn, now: datetime) -> Fetched | None:
    """Fetch what stands behind the address; None where it cannot be had but has a title."""
    kind, _, name = identity.keys[0].partition(":")
    try:
        if kind == "arxiv":
            return _only_page(build_paper_lookup(settings, name).fetch(SourceState(), now))
        if kind == "github":
            return _only_page(build_enrichment(settings, [name]).fetch(SourceState(), now))
        payload = fetch_one(given.url, network=settings.network, now=now)
        return Fetched(payload=payload, parsed=page_item(payload, source=EDITOR, url=given.url))
    except SourceError:
        if given.title:
            return None
        raise


def _only_page(outcome: Outcome) -> Fetched:
    match outcome:
        case Items(pages=(page, *_)):
            return page
        case Failed(cause=cause, retryable=retryable, retry_at=retry_at):
            raise SourceError(cause, retryable=retryable, retry_at=retry_at)
        case _:
            raise SourceError("there is nothing at this address")


def _completed(page: Fetched | None, given: HandIn, identity: Identity) -> RawItem:
    """Make the item to file: the page's, with what the editor says about it."""
    item = RawItem(
        source=EDITOR,
        external_id=identity.keys[0],
        url=identity.canonical,
        title=given.title or "",
        expiring=identity.expiring,
    )
    if page is not None and isinstance(page.parsed, ParsedItems):
        item = replace(page.parsed.items[0], source=EDITOR, external_id=identity.keys[0])
    elif not given.title:
        raise SourceError(_why_not(page))
    return replace(item, title=given.title or item.title, section=given.section, note=given.note)


def _why_not(page: Fetched | None) -> str:
    reason = "" if page is None or isinstance(page.parsed, ParsedItems) else page.parsed.reason
    return f"{reason or 'nothing was recognised on the page'}; give a --title to file it anyway"
