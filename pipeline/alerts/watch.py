"""A run's answers against the alerts that are open: some open, some are over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.settings import Settings
from pipeline.alerts.rules import judge
from store.alerts import Alert, close_alert, load_closed, load_open, open_alert
from store.database import Store
from store.models import GITHUB, RunId, SourceName
from store.runs import SourceReport, load_ledger, load_run


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a run did to the alerts."""

    raised: tuple[Alert, ...] = ()
    """Opened by this run."""
    over: tuple[Alert, ...] = ()
    """Closed by this run."""
    still: tuple[Alert, ...] = ()
    """Open from earlier runs."""


def watch(store: Store, settings: Settings, run: RunId, now: datetime) -> Changes:
    """Judge every answer of a run, and bring the alerts up to date.

    `now` is when the run began. To be called once all of its sources were asked.
    """
    asked = {source.name for source in settings.sources if source.enabled} | {GITHUB}
    remind = timedelta(days=settings.alerts.remind_days)
    with store.writing():
        before = load_open(store)
        opened: dict[SourceName, list[Alert]] = defaultdict(list)
        for alert in before:
            end = _end_of(alert, asked, remind, now)
            if end is None:
                opened[alert.source].append(alert)
            else:
                close_alert(store, alert.id, end, now)
        for report in load_run(store, run).sources:
            _judge(store, settings, run, report, opened[report.source], now)
        after = load_open(store)
    ids = {alert.id for alert in before}
    return Changes(
        raised=tuple(alert for alert in after if alert.id not in ids),
        over=tuple(alert for alert in load_closed(store, now) if alert.id in ids),
        still=tuple(alert for alert in after if alert.id in ids),
    )


def _judge(
    store: Store,
    settings: Settings,
    run: RunId,
    report: SourceReport,
    opened: list[Alert],
    now: datetime,
) -> None:
    rules = settings.alerts
    findings = judge(
        report,
        load_ledger(store, report.source, run, rules.history),
        at=now,
        failing_runs=rules.failing_runs,
        zone=settings.newsletter.zone,
        known={alert.kind for alert in opened},
    )
    for kind, detail in findings.holds.items():
        open_alert(store, report.source, kind, detail, run=run, now=now)
    for alert in opened:
        if alert.kind not in findings.holds and (end := findings.over.get(alert.kind)):
            close_alert(store, alert.id, end, now)


def _end_of(alert: Alert, asked: Collection[str], remind: timedelta, now: datetime) -> str | None:
    """How an alert ends that no later answer can end; None where one can."""
    if alert.source not in asked:
        return "it is asked no more"
    if alert.kind == "gap" and (alert.acked_at or now - alert.seen_at >= remind):
        return ""
    return None
