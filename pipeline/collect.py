"""Ask every source, and keep what each says as it says it.

Pages go through one Scrapy crawl, API clients through a few threads beside it; whichever is
ready is stored at once, in one transaction a source: payloads, raw items, the source's new
state and its line in the run's table. So a run killed at any moment has lost nothing that it
had stored, and the next one asks only for the rest.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime

from config.settings import Settings
from crawlers.crawl import crawl
from crawlers.source import (
    ClientSource,
    Empty,
    Failed,
    Fetched,
    Items,
    Outcome,
    PageSource,
    ParsedEmpty,
    ParsedItems,
    ParsedRefusal,
    Source,
    Unparsable,
)
from store.database import Store
from store.items import Counts, PayloadOutcome, load_article, save_items, save_payload
from store.models import RawItem, RunId, SourceName, SourceState
from store.runs import SourceReport, load_states, save_report, save_retry_at, save_state

logger = logging.getLogger(__name__)

_CLIENT_THREADS = 4

Progress = Callable[[SourceReport], None]
"""Told each source's line as it is stored, from any thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """What asking needs: where to store, for which run, and whom to tell."""

    store: Store
    settings: Settings
    run: RunId
    now: datetime
    progress: Progress

    def collect(self, pages: Sequence[PageSource], clients: Sequence[ClientSource]) -> None:
        """Ask all sources; returns when each has been stored.

        Raises StoreError when what was said cannot be kept: then there is no point in asking on.
        """
        states = self._states([*pages, *clients])
        with ThreadPoolExecutor(_CLIENT_THREADS, thread_name_prefix="client") as pool:
            asked = [pool.submit(self._ask, client, states) for client in clients]
            try:
                crawl(
                    pages,
                    states=states,
                    network=self.settings.network,
                    now=self.now,
                    deliver=self.keep,
                    kept_article=lambda source, item: load_article(
                        self.store, source.name, item.url
                    ),
                )
                _first_error(asked)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _states(self, sources: Sequence[Source]) -> dict[SourceName, SourceState]:
        """What is remembered of each source, but for those that now ask for something else."""
        known = load_states(self.store)
        return {
            source.name: known[source.name]
            for source in sources
            if source.name in known and known[source.name].asked == source.url
        }

    def _ask(self, client: ClientSource, states: Mapping[SourceName, SourceState]) -> None:
        started = time.monotonic()
        state = states.get(client.name, SourceState())
        if state.retry_at is not None and state.retry_at > self.now:
            outcome: Outcome = Failed(
                cause=f"asked to wait until {state.retry_at:%Y-%m-%d %H:%M} UTC",
                retryable=True,
                retry_at=state.retry_at,
            )
        else:
            outcome = _fetched(client, state, self.now)
        self.keep(client, outcome, time.monotonic() - started)

    def keep(self, source: Source, outcome: Outcome, seconds: float) -> None:
        """Store one source's outcome, whole, and tell of it."""
        with self.store.writing():
            counts = Counts()
            for page in () if outcome.status == "not_modified" else outcome.pages:
                counts += self._keep_page(source, page)
            if isinstance(outcome, Items):
                for article in outcome.articles:
                    save_payload(self.store, source.name, "article", "article", article)
            report = _report(source, outcome, counts, seconds)
            if isinstance(outcome, Failed):
                save_retry_at(self.store, source.name, source.url, outcome.retry_at)
            elif not isinstance(outcome, Unparsable):
                state = replace(outcome.state, asked=source.url, retry_at=None)
                save_state(self.store, source.name, state)
            save_report(self.store, self.run, report)
        self.progress(report)

    def _keep_page(self, source: Source, page: Fetched) -> Counts:
        kept: PayloadOutcome = "unparsable"
        items: Sequence[RawItem] = ()
        if isinstance(page.parsed, ParsedItems):
            kept, items = "items", page.parsed.items
        elif isinstance(page.parsed, ParsedEmpty):
            kept = "empty"
        elif isinstance(page.parsed, ParsedRefusal):
            kept = "refused"
        payload = save_payload(self.store, source.name, source.kind, kept, page.payload)
        return save_items(self.store, self.run, payload, items, self.now)


def _fetched(client: ClientSource, state: SourceState, now: datetime) -> Outcome:
    try:
        return client.fetch(state, now)
    except Exception as error:
        # A fault of ours or of a client library, and no reason to end the night.
        logger.exception("asking %s", client.name)
        return Failed(cause=f"asking failed: {type(error).__name__}: {error}", retryable=True)


def _first_error(asked: Sequence[Future[None]]) -> None:
    done, _ = wait(asked, return_when=FIRST_EXCEPTION)
    for future in done:
        future.result()


def _report(source: Source, outcome: Outcome, counts: Counts, seconds: float) -> SourceReport:
    report = SourceReport(
        source=source.name,
        kind=source.kind,
        status=outcome.status,
        received=counts.received,
        new=counts.new,
        changed=counts.changed,
        seconds=round(seconds, 3),
        notes=(*outcome.notes, *_warnings(outcome)),
    )
    if isinstance(outcome, Failed):
        return replace(
            report,
            cause=outcome.cause,
            retryable=outcome.retryable,
            retry_at=outcome.retry_at,
        )
    if isinstance(outcome, Unparsable | Empty):
        return replace(report, cause=outcome.reason or None)
    return report


def _warnings(outcome: Outcome) -> tuple[str, ...]:
    if not isinstance(outcome, Items):
        return ()
    return tuple(
        warning
        for page in outcome.pages
        if isinstance(page.parsed, ParsedItems)
        for warning in page.parsed.warnings
    )
