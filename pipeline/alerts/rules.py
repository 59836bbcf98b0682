"""What to make of a source's answer: the alerts that hold, and those that are over. Pure.

    failing      it did not answer, or with an error
    unparsable   it answered, and nothing in the answer was recognised
    empty        it answered that there is nothing, where there always is something
    shrunk       it answered far fewer items than usual
    silent       it answers, and has had nothing new for longer than ever
    gap          what it shows no longer reaches back to what is known of it

An answer need not tell: a page that did not change is neither whole nor empty, a source that
fails may or may not have shrunk. Such alerts stay as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Final

from pipeline.alerts.silence import silence
from store.alerts import AlertKind
from store.runs import Entry, SourceReport

_ASKED_TO_WAIT: Final = 3
"""Runs in a row for which a host may ask to be asked later: it is there, and speaks to us."""
_ON_TIME: Final = timedelta(hours=36)
"""Between two good answers of a source that is asked every night."""
_LATELY: Final = 10
UNEVEN: Final = frozenset({"file", "github"})
"""Kinds whose number of items is ours to choose: only failing is told of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What an answer says about the alerts on its source; what is in neither is left open."""

    holds: Mapping[AlertKind, str] = field(default_factory=dict)
    """Each with its detail."""
    over: Mapping[AlertKind, str] = field(default_factory=dict)
    """Each with how it ended, if it was open."""


def judge(
    report: SourceReport,
    history: Sequence[Entry],
    *,
    at: datetime,
    failing_runs: int,
    zone: tzinfo,
    known: Collection[AlertKind] = (),
) -> Findings:
    """Judge one answer by what the source answered before it, the earliest first.

    `report` holds what was expected of it. `at` is when its run began, UTC. `known` are the kinds
    of alert that are open: a source that is known to be empty or shrunk is not called silent too.
    """
    if report.status == "error":
        return _failed(report, history, failing_runs)
    if report.status == "unparsable":
        cause = report.cause or "nothing in the answer was recognised"
        return Findings(holds={"unparsable": cause}, over={"failing": "it answers again"})
    holds: dict[AlertKind, str] = {}
    over: dict[AlertKind, str] = {"failing": "it answers again"}
    if report.unparsable:
        holds["unparsable"] = f"{report.unparsable} of its answers not recognised"
    else:
        over["unparsable"] = "it can be read again"
    if report.kind not in UNEVEN:
        _judge_size(report, holds, over)
        if report.new:
            over["silent"] = f"{report.new} new items"
        elif not {"empty", "shrunk"} & {*holds, *known}:
            _judge_silence(report, history, at, zone, holds)
        _judge_gap(report, history, at, holds)
    return Findings(holds=holds, over=over)


def _failed(report: SourceReport, history: Sequence[Entry], failing_runs: int) -> Findings:
    enough = 1
    if report.retryable:
        enough = max(failing_runs, _ASKED_TO_WAIT) if report.retry_at else failing_runs
    runs = 1
    for entry in reversed(history):
        if entry.status != "error":
            break
        runs += 1
    if runs < enough:
        return Findings()
    return Findings(holds={"failing": report.cause or "it did not answer"})


def _judge_size(
    report: SourceReport, holds: dict[AlertKind, str], over: dict[AlertKind, str]
) -> None:
    least = report.least or 0
    usual = f"where about {report.expected} are usual"
    match report.status:
        case "empty" if least:
            holds["empty"] = f"nothing, {usual}"
        case "items":
            over["empty"] = f"{report.received} items again"
            if report.received < least:
                holds["shrunk"] = f"{report.received} items, {usual}"
            elif least:
                # On a day that may bring any number, few items end nothing.
                over["shrunk"] = f"{report.received} items again"


def _judge_silence(
    report: SourceReport,
    history: Sequence[Entry],
    at: datetime,
    zone: tzinfo,
    holds: dict[AlertKind, str],
) -> None:
    tonight = Entry(at=at, status=report.status, received=report.received, new=report.new)
    quiet = silence([*history, tonight], zone)
    if quiet is not None:
        longest = f"never more than {quiet.longest}" if quiet.longest else "never one"
        holds["silent"] = (
            f"nothing new for {quiet.days} nights since {quiet.last}; {longest} before"
        )


def _judge_gap(
    report: SourceReport, history: Sequence[Entry], at: datetime, holds: dict[AlertKind, str]
) -> None:
    """A gap is told unless it is the nature of the source to show nothing of the night before."""
    if report.gap is None:
        return
    good = [e for e in history if e.status in ("items", "not_modified", "empty")]
    lately = [e for e in good if e.status == "items"][-_LATELY:]
    on_time = bool(good) and at - good[-1].at <= _ON_TIME
    overlapped = any(entry.received > entry.new for entry in lately)
    if (on_time and not overlapped) or sum(entry.gap for entry in lately) > len(lately) / 3:
        return
    zones = f"{report.gap.after:%Y-%m-%d %H:%M} and {report.gap.before:%Y-%m-%d %H:%M} UTC"
    holds["gap"] = f"possible gap between {zones}"
