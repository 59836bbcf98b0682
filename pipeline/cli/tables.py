"""Tables and the live progress of a run, on a terminal or as plain lines."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape, render
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from crawlers.build import Sources
from pipeline import logs
from pipeline.nightly import Night
from pipeline.queue import Entry, State
from store.models import StoryId
from store.runs import SourceReport

_LOG_WIDTH = 120
_NAMES = 8
_WORDS = {
    "items": "ok",
    "not_modified": "not modified",
    "empty": "empty",
    "unparsable": "[red]unparsable[/]",
    "error": "[red]error[/]",
}

_STATES = {
    State.PROPOSED: "",
    State.ACCEPTED: "[green]✓[/]",
    State.REJECTED: "[red]✗[/]",
    State.LATER: "…",
    State.PRINTED: "■",
}


def console(*, err: bool = False, quiet: bool = False) -> Console:
    """Standard output or error; as wide as the terminal, or wide enough for a log."""
    made = Console(stderr=err, quiet=quiet)
    return made if made.is_terminal else Console(stderr=err, quiet=quiet, width=_LOG_WIDTH)


class RunProgress:
    """Shows a run: sources done, items, errors. Lines of the log where there is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._bar: Progress | None = None
        self._received = self._new = self._failed = 0

    @contextmanager
    def shown(self) -> Iterator[RunProgress]:
        """Keep the display up for the length of the block."""
        if not self._console.is_terminal or logs.is_json():
            yield self
            return
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[counts]}"),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
        )
        with bar:
            self._bar = bar
            yield self
        self._bar = None

    def begin(self, sources: Sources) -> None:
        """Say what will be asked."""
        total = len(sources.pages) + len(sources.clients)
        if self._bar is not None:
            self._bar.add_task("sources", total=total, counts="")
        else:
            self._say(f"asking {total} sources", sources=total)

    def __call__(self, report: SourceReport) -> None:
        """Count one source's answer."""
        with self._lock:
            self._received += report.received
            self._new += report.new
            self._failed += report.failed
            if self._bar is None:
                self._say(
                    _line(report),
                    source=report.source,
                    status=report.status,
                    received=report.received,
                    new=report.new,
                    cause=report.cause,
                    seconds=report.seconds,
                )
                return
            task = self._bar.task_ids[0]
            known = self._bar.tasks[0]
            self._bar.update(
                task,
                advance=1,
                total=max(known.total or 0, known.completed + 1),
                counts=f"{self._received} items, {self._new} new, {self._failed} errors",
            )

    def _say(self, line: str, **about: object) -> None:
        if logs.is_json() or not self._console.quiet:
            logs.tell(line, **about)


def _line(report: SourceReport) -> str:
    cause = f": {report.cause}" if report.cause else ""
    return (
        f"{report.source}: {render(_WORDS[report.status]).plain}{cause} "
        f"({report.received} received, {report.new} new, {report.seconds:.1f} s)"
    )


def print_night(console: Console, night: Night) -> None:
    """The run's table, failing sources last so that they stand where the eye ends."""
    table = _table("source", "outcome", "received", "usual", "new", "changed", "time")
    for report in sorted(night.run.sources, key=lambda r: (r.failed, r.kind, r.source)):
        details = [report.cause or "", *report.notes]
        if report.retry_at:
            details.append(f"again after {report.retry_at:%m-%d %H:%M} UTC")
        table.add_row(
            escape(report.source),
            "\n".join([_WORDS[report.status], *(escape(d) for d in details if d)]),
            str(report.received),
            "" if report.expected is None else str(report.expected),
            str(report.new),
            str(report.changed),
            f"{report.seconds:.1f} s",
        )
    console.print(table)
    reports = night.run.sources
    console.print(
        f"{len(reports)} sources, {sum(r.received for r in reports)} items received, "
        f"{sum(r.new for r in reports)} new, {len(night.failed)} failed; "
        f"{night.scored} stories scored"
    )
    _print_alerts(console, night)
    for section, verdict in night.taste.items():
        console.print(f"{escape(section)}：{escape(verdict)}", soft_wrap=True)
    for missing in night.waiting:
        console.print(f"not asked: {escape(missing)}", soft_wrap=True)
    if night.dropped.payloads:
        size = night.dropped.size / 1e6
        console.print(f"{night.dropped.payloads} old answers let go of, {size:.1f} MB")
    if night.undropped:
        console.print(f"[red]{escape(night.undropped)}[/]", soft_wrap=True)


def _print_alerts(console: Console, night: Night) -> None:
    failing = [alert.source for alert in night.alerts.raised if alert.kind == "failing"]
    if failing:
        # Each with its cause stands in the table above.
        more = f" and {len(failing) - _NAMES} more" if len(failing) > _NAMES else ""
        line = f"alert: {len(failing)} began to fail: {', '.join(failing[:_NAMES])}{more}"
        console.print(f"[red]{escape(line)}[/]", soft_wrap=True)
    for alert in night.alerts.raised:
        if alert.kind != "failing":
            line = f"alert: {alert.source}: {alert.kind}: {alert.detail}"
            console.print(f"[red]{escape(line)}[/]", soft_wrap=True)
    for alert in night.alerts.over:
        if alert.recovery:
            line = f"over: {alert.source}: {alert.kind}: {alert.recovery}"
            console.print(f"[green]{escape(line)}[/]", soft_wrap=True)
    if night.alerts.still:
        number = len(night.alerts.still)
        console.print(f"{number} alerts still open from before: briefing alerts", soft_wrap=True)
    for line in night.untold:
        console.print(f"[red]{escape(line)}[/]", soft_wrap=True)


def print_queue(
    console: Console, entries: Sequence[Entry], explored: Mapping[StoryId, str] | None = None
) -> None:
    """The queue, section by section; `explored` are the stories that are tried, with why."""
    section = ""
    table = _table()
    for entry in entries:
        if entry.draft.section != section:
            if section:
                console.print(table)
            section = entry.draft.section
            table = _table("", "id", "score", section, "why")
        table.add_row(
            _STATES[entry.state],
            str(entry.story.id),
            f"{entry.score.total:.1f}",
            escape(headline(entry)),
            escape(reasons(entry, (explored or {}).get(entry.story.id))),
        )
    if section:
        console.print(table)
    else:
        console.print("the queue is empty")


def headline(entry: Entry) -> str:
    """Tags, title and medium, as they print."""
    tags = "".join(f"[{tag}] " for tag in entry.draft.tags)
    source = f" | {entry.draft.source}" if entry.draft.source else ""
    return f"{tags}{entry.draft.title}{source}"


def reasons(entry: Entry, explored: str | None = None) -> str:
    """The parts of the score in words, why a decided story is back, and why one is tried."""
    parts = " · ".join(f"{part.label} {part.value:+.1f}" for part in entry.score.parts)
    ran = f"曾刊于 {entry.ran.date} {entry.ran.section}" if entry.ran else ""
    news = f"新变化：{'、'.join(entry.why)}" if entry.why else ""
    return " | ".join(text for text in (explored, news, ran, parts) if text)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        numeric = column in ("received", "usual", "new", "changed", "time", "score", "id")
        table.add_column(
            column, justify="right" if numeric else "left", no_wrap=numeric, overflow="fold"
        )
    return table


def print_rows(console: Console, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A plain table of texts."""
    table = _table(*columns)
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)
