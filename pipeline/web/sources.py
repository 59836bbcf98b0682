"""The sources: how each of them fares, and plots over time of what came and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Blueprint, render_template
from markupsafe import Markup
from werkzeug.wrappers import Response

from pipeline.trends import bands, fates, nights, shares
from pipeline.web.answers import done
from pipeline.web.charts import Beat, Column, columns, share, spark
from pipeline.web.context import desk, editor, now, t
from pipeline.web.reading import local
from store.alerts import AlertId, acknowledge, load_open
from store.models import EDITOR, GITHUB
from store.runs import Answer, SourceHealth, load_answers, load_health

page = Blueprint("sources", __name__)

_RUNS: Final = 30
"""Answers in a spark."""
_NIGHTS: Final = 60
_DECIDED_DAYS: Final = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A source as the table shows it."""

    name: str
    kind: str
    health: SourceHealth | None
    """None for one that was never asked."""
    failing_since: datetime | None
    """The first of the failed runs that it is in now."""
    configured: bool
    spark: Markup

    @property
    def rank(self) -> tuple[bool, bool, str]:
        """Those that need an eye first, then those never asked, then by name."""
        failed = self.health is not None and self.health.last.failed
        return not failed, self.health is not None, self.name


@page.get("/sources")
def show() -> str:
    """Every source, the failing ones first, below the alerts that are open."""
    store = desk().store
    answers = load_answers(store, _RUNS)
    kinds = {source.name: source.kind for source in desk().settings.sources if source.enabled}
    health = {one.source: one for one in load_health(store) if one.source != EDITOR}
    rows = [
        _row(name, kinds.get(name), health.get(name), answers.get(name, []))  # type: ignore[call-overload]
        for name in {*kinds, *health}
    ]
    return render_template(
        "sources.html",
        rows=sorted(rows, key=lambda row: row.rank),
        runs=_RUNS,
        alerts=sorted(load_open(store), key=lambda alert: alert.acked_at is not None),
    )


@page.post("/sources/alerts/<int:alert>")
def know(alert: int) -> Response:
    """Note that the editor knows of an alert."""
    acknowledge(desk().store, AlertId(min(alert, 2**63 - 1)), editor().name, now())
    return done(to="/sources")


def _row(
    name: str, kind: str | None, health: SourceHealth | None, answers: Sequence[Answer]
) -> _Row:
    return _Row(
        name=name,
        kind=kind or (health.last.kind if health else ""),
        health=health,
        failing_since=_failing_since(answers),
        configured=kind is not None or name == GITHUB,
        spark=spark(
            [_beat(answer) for answer in answers],
            label=t("sources.spark", source=name),
            slots=_RUNS,
        ),
    )


def _failing_since(answers: Sequence[Answer]) -> datetime | None:
    since = None
    for answer in answers:
        if not answer.report.failed:
            since = None
        elif since is None:
            since = answer.at
    return since


def _beat(answer: Answer) -> Beat:
    report = answer.report
    told = t(
        "sources.beat",
        at=local(answer.at),
        outcome=t(f"sources.{report.status}"),
        received=report.received,
        new=report.new,
    )
    return Beat(value=report.received, failed=report.failed, told=told)


@page.get("/sources/plots")
def plots() -> str:
    """Candidates a night, the accepted share by source, score against decision."""
    store, zone = desk().store, desk().settings.newsletter.zone
    found = nights(store, now=now(), zone=zone, days=_NIGHTS)
    decided = fates(store, now=now(), days=_DECIDED_DAYS)
    by_score = bands(store, decided)
    return render_template(
        "plots.html",
        days=_DECIDED_DAYS,
        nights=found,
        nights_chart=columns(
            [
                Column(
                    label=f"{night.day:%m-%d}",
                    told=t("plots.night", day=f"{night.day:%Y-%m-%d}", count=night.found),
                    parts=[("found", night.found)],
                )
                for night in found
            ],
            label=t("plots.nights"),
        ),
        shares=shares(store, decided),
        share=share,
        bands=by_score,
        bands_chart=columns(
            [
                Column(
                    label=str(band.low),
                    told=t(
                        "plots.band",
                        low=band.low,
                        high=band.low + 1,
                        accepted=band.accepted,
                        rejected=band.rejected,
                    ),
                    parts=[("taken", band.accepted), ("left", band.rejected)],
                )
                for band in by_score
            ],
            label=t("plots.bands"),
        ),
    )
