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
from dataclasses import dataclass, field, replace
from datetime import datetime

from config.secrets import Hider
from config.settings import Settings
from crawlers.allowance import Allowance
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
    ParsedUnparsable,
    Source,
    Unparsable,
)
from pipeline.alerts.expectation import expectation
from pipeline.alerts.rules import UNEVEN
from pipeline.renamed import under_known_ids
from pipeline.unsecret import item_without_secrets, without_secrets
from store.alerts import unusual_since
from store.database import Store
from store.items import (
    Counts,
    PayloadOutcome,
    load_article,
    load_known,
    mark_articles,
    save_items,
    save_payload,
)
from store.models import RawItem, RunId, SourceName, SourceState
from store.runs import (
    SourceReport,
    load_ledger,
    load_states,
    save_report,
    save_retry_at,
    save_state,
)

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
    allowance: Allowance | None = None
    """What the run may still ask; None where it is asked for nothing else."""
    hide: Hider = field(init=False)
    """Takes our secrets out of what is kept."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "hide", Hider.of(self.settings))

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
                        self.store, source.name, self.hide(item.url)
                    ),
                    knows_any=self._knows_any,
                    allowance=self.allowance,
                )
                _first_error(asked)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _knows_any(self, source: Source, items: Sequence[RawItem]) -> bool:
        said = [item_without_secrets(item, self.hide) for item in items]
        ids = {item.external_id for item in under_known_ids(self.store, source.name, said)}
        return bool(load_known(self.store, source.name, ids))

    def _states(self, sources: Sequence[Source]) -> dict[SourceName, SourceState]:
        """What is remembered of each source, but for those that now ask for something else."""
        known = load_states(self.store)
        return {
            source.name: known[source.name]
            for source in sources
            if source.name in known and known[source.name].asked == self.hide(source.url)
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
        outcome, asked = without_secrets(outcome, self.hide), self.hide(source.url)
        with self.store.writing():
            counts = Counts()
            for page in () if outcome.status == "not_modified" else outcome.pages:
                counts += self._keep_page(source, page)
            if isinstance(outcome, Items):
                for article in outcome.articles:
                    save_payload(self.store, source.name, "article", "article", article)
                mark_articles(self.store, source.name, outcome.items, self.now)
            report = self._expecting(_report(source, outcome, counts, seconds))
            if isinstance(outcome, Failed):
                save_retry_at(self.store, source.name, asked, outcome.retry_at)
            elif not isinstance(outcome, Unparsable):
                state = replace(outcome.state, asked=asked, retry_at=None)
                save_state(self.store, source.name, state)
            save_report(self.store, self.run, report)
        self.progress(report)

    def _expecting(self, report: SourceReport) -> SourceReport:
        """The line with what was to be expected, by the source's own history."""
        if report.kind in UNEVEN:
            return report
        history = load_ledger(self.store, report.source, self.run, self.settings.alerts.history)
        since = unusual_since(self.store, report.source)
        usual = [entry for entry in history if since is None or entry.at < since]
        found = expectation(usual, self.now, self.settings.newsletter.zone)
        if found is None:
            return report
        return replace(report, expected=found.usual, least=found.least)

    def _keep_page(self, source: Source, page: Fetched) -> Counts:
        kept: PayloadOutcome = "unparsable"
        items: Sequence[RawItem] = ()
        if isinstance(page.parsed, ParsedItems):
            kept, items = "items", under_known_ids(self.store, source.name, page.parsed.items)
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
        empty=_answers(outcome, ParsedEmpty),
        unparsable=_answers(outcome, ParsedUnparsable),
        gap=outcome.gap if isinstance(outcome, Items) else None,
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


def _answers(outcome: Outcome, kind: type[ParsedEmpty | ParsedUnparsable]) -> int:
    if outcome.status == "not_modified":
        return 0
    return sum(isinstance(page.parsed, kind) for page in outcome.pages)


def _warnings(outcome: Outcome) -> tuple[str, ...]:
    if not isinstance(outcome, Items):
        return ()
    return tuple(
        warning
        for page in outcome.pages
        if isinstance(page.parsed, ParsedItems)
        for warning in page.parsed.warnings
    )
