"""A night: collect, then every stage up to the draft issue. The main job.

One run at a time; one reading of the clock, handed down. What an earlier run left half-way is
taken up by the stages, which ask the store for what waits.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from config.errors import StoreError
from config.settings import Settings
from crawlers.allowance import Allowance
from crawlers.build import Sources, build_enrichment, build_sources
from pipeline import logs
from pipeline.alerts.telling import tell
from pipeline.alerts.watch import Changes, watch
from pipeline.collect import Collector, Progress
from pipeline.period import Period, period_of
from pipeline.stages import learn_taste, normalise_pending, score_open
from pipeline.stories import cluster_pending
from pipeline.timetable import Begun, Timetable, missed
from pipeline.upkeep.prune import let_go
from store.candidates import load_keys_to_enrich, save_lookups
from store.database import Store, run_lock
from store.models import GITHUB, RunId
from store.retention import Weight
from store.runs import (
    ENDED,
    Run,
    SourceReport,
    close_interrupted,
    finish_run,
    load_begun,
    load_run,
    marked_if_cut_short,
    start_run,
)

logger = logging.getLogger(__name__)

_FIRST = timedelta(minutes=55)
"""So long after its time the very first night is still begun: whoever asks, asks every hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What came of a run."""

    run: Run
    period: Period
    scored: int
    """Stories that were new or different, or that are scored by another method now."""
    taste: Mapping[str, str]
    """Section -> whether what was learned of the editor's taste is used, and why."""
    waiting: tuple[str, ...]
    """Sources that are configured but cannot be asked yet, each with what is missing."""
    alerts: Changes
    untold: tuple[str, ...]
    """Why alerts could not be sent, a line a channel."""
    dropped: Weight
    """Old answers of sources that were let go of."""
    undropped: str
    """Why not all of them could be; empty where they were."""

    @property
    def failed(self) -> list[SourceReport]:
        """Sources that need a person's eye."""
        return [report for report in self.run.sources if report.failed]


def nightly(
    store: Store,
    settings: Settings,
    folder: Path,
    *,
    now: datetime,
    progress: Progress,
    begin: Callable[[Sources], None],
    only: Collection[str] = (),
) -> Night:
    """Run a night over all sources, or over those named in `only`.

    `folder` is where relative paths of file sources start. `begin` is told what will be asked.
    Raises BusyError when another run is under way, and StoreError when the store fails.
    """
    with run_lock(store.path):
        allowance = Allowance(settings.network)
        sources = build_sources(settings, folder, only=only, allowance=allowance)
        started = time.monotonic()
        close_interrupted(store)
        run = start_run(store, "nightly", now)
        with logs.of_run(run), marked_if_cut_short(store, run):
            period = period_of(store, settings, now)
            begin(sources)
            collector = Collector(
                store=store,
                settings=settings,
                run=run,
                now=now,
                progress=progress,
                allowance=allowance,
            )
            normalise_pending(store, now)  # what a run that was cut short had stored
            collector.collect(sources.pages, sources.clients)
            normalise_pending(store, now)
            cluster_pending(store, settings, now)
            if not only:
                _enrich(collector, period)
            alerts = watch(store, settings, run, now)
            scored = score_open(store, settings, since=period.start, period=period)
            learned = learn_taste(store, settings, period)
            finished = _finish(store, run, now + timedelta(seconds=time.monotonic() - started))
            untold = _tell(store, settings, run, now)
            dropped, undropped = _let_go(store, settings, now)
            return Night(
                run=finished,
                period=period,
                scored=scored,
                taste={section: one.verdict for section, one in learned.items()},
                waiting=sources.waiting,
                alerts=alerts,
                untold=untold,
                dropped=dropped,
                undropped=undropped,
            )


def nights_begun(store: Store, since: datetime) -> list[Begun]:
    """The nights begun since then, and the last before that came to its end."""
    return [
        Begun(at=at, ended=status in ENDED) for at, status in load_begun(store, "nightly", since)
    ]


def is_due(store: Store, settings: Settings, now: datetime) -> bool:
    """Whether a night should be begun now, for who is asked every hour at most."""
    grace = timedelta(seconds=settings.schedule.misfire_grace)
    nights = nights_begun(store, now - grace)
    due = missed(Timetable.of(settings), nights, now=now, grace=grace, first=_FIRST)
    return due is not None


def _tell(store: Store, settings: Settings, run: RunId, now: datetime) -> tuple[str, ...]:
    failed = tell(store, settings, run, now)
    for line in failed:
        logs.warn(line)
    return failed


def _let_go(store: Store, settings: Settings, now: datetime) -> tuple[Weight, str]:
    """Old answers that were let go of, and why not all were: no reason for the night to fail."""
    try:
        return let_go(store, settings, now), ""
    except StoreError as error:
        cause = str(error)
    except Exception as error:
        logger.exception("letting go of old answers")
        cause = f"{type(error).__name__}: {error}"
    line = f"old answers are kept until the next night: {cause}"
    logs.warn(line)
    return Weight(), line


def _enrich(collector: Collector, period: Period) -> None:
    limits = collector.settings.limits
    checked = collector.now - timedelta(days=limits.github_enrich_days)
    names = load_keys_to_enrich(collector.store, period.start, checked)[: limits.github_enrich]
    if names:
        collector.collect([], [build_enrichment(collector.settings, names, collector.allowance)])
        if not load_run(collector.store, collector.run).failed_source(GITHUB):
            save_lookups(collector.store, names, collector.now)
        normalise_pending(collector.store, collector.now)
        cluster_pending(collector.store, collector.settings, collector.now)


def _finish(store: Store, run: RunId, at: datetime) -> Run:
    failed = any(report.failed for report in load_run(store, run).sources)
    finish_run(store, run, at=at, status="partial" if failed else "ok")
    return load_run(store, run)
