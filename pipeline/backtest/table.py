"""A backtest, or two compared, as tables on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.backtest.compare import Change, Comparison, against
from pipeline.backtest.numbers import ENGLISH, OURS, numbers, ordered, rankings
from pipeline.backtest.result import Baseline, Grown, Ranking, Result

_BESIDE = "svm"
"""The baseline that is shown step by step beside ours."""
_TOLD = {
    "better": "[green]better[/]",
    "worse": "[red]worse[/]",
    "noise": "within noise",
    "same": "same",
    "unjudged": "not judged",
}

_MARKS = {"better": "↑", "worse": "↓"}


def print_result(console: Console, result: Result, *, steps: bool = True) -> None:
    """The numbers with the baselines beside them; with `steps`, each month and issue too."""
    run = result.ours
    console.print(
        f"{run.start} to {run.end}: {run.papers:,} papers, {run.repos:,} repositories, "
        f"{run.issues} issues; settings {escape(run.settings)}",
        highlight=False,
    )
    for note in run.notes:
        console.print(escape(note), highlight=False, soft_wrap=True)
    console.print()
    console.print(_summary(result))
    if not steps:
        return
    theirs = rankings(result.baselines[_BESIDE]) if _BESIDE in result.baselines else {}
    for track, ranking in rankings(result).items():
        console.print()
        console.print(_steps(track, ranking, theirs.get(track)))
    if result.sections.by_issue:
        console.print()
        console.print(_sections(result))
    print_growth(console, result)


def print_growth(console: Console, result: Result) -> None:
    """Recall by the issues known before the walk, beside the rules; nothing where not asked for."""
    if not result.growth:
        return
    rules = rankings(result.baselines["rules"])
    for track, ranking in rules.items():
        table = _table(f"{ENGLISH[track]}, n = {ranking.n}", *(f"@{k}" for k in ranking.recall))
        table.add_row("rules", *(f"{recall:.3f}" for recall in ranking.recall.values()))
        for grown in result.growth:
            ours = rankings(grown)[track]
            marks = {k: _MARKS.get(said, " ") for k, said in against(ranking, ours).items()}
            cells = (f"{recall:.3f}{marks[k]}" for k, recall in ours.recall.items())
            table.add_row(f"{_issues(grown)} known", *cells)
        console.print()
        console.print(table)
    console.print("↑ ↓: beyond noise against the rules", highlight=False)
    for grown in result.growth:
        for what, picked, said in (
            ("papers", grown.picked_papers, grown.verdict_papers),
            ("repositories", grown.picked_repos, grown.verdict_repos),
        ):
            told = f"{_issues(grown)}: {picked} picked {what}; {escape(said)}"
            console.print(told, highlight=False, soft_wrap=True)


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Ours, the baselines' numbers that changed, and the verdict."""
    before, after = comparison.before, comparison.after
    console.print(
        f"before: settings {escape(before.settings)}, after: settings {escape(after.settings)}",
        highlight=False,
    )
    shown = [c for c in comparison.changes if c.who == OURS or c.verdict != "same"]
    table = _table("", "of", "n", "before", "after", "difference", "steps", "chance", "")
    for change in shown:
        table.add_row(*_compared(change))
    console.print(table)
    for remark in comparison.remarks:
        console.print(escape(remark), highlight=False, soft_wrap=True)
    console.print(comparison.verdict, highlight=False, soft_wrap=True, markup=False)


def _issues(grown: Grown) -> str:
    return f"{grown.issues} issue{'' if grown.issues == 1 else 's'}"


def _compared(change: Change) -> tuple[str, ...]:
    moved = f"{change.up}↑ {change.down}↓" if change.up or change.down else ""
    chance = "" if change.chance is None else f"{change.chance:.3f}"
    return (
        change.name,
        escape(change.who),
        str(change.n),
        f"{change.before:.3f}",
        f"{change.after:.3f}",
        f"{change.difference:+.3f}",
        moved,
        chance,
        _TOLD[change.verdict],
    )


def _summary(result: Result) -> Table:
    baselines = ordered(result.baselines)
    theirs = {name: _by_key(baseline) for name, baseline in baselines.items()}
    table = _table("", "n", OURS, *(c for name in theirs for c in (escape(name), "ours by")))
    track = ""
    for number in numbers(result):
        if track and number.track != track:
            table.add_section()
        track = number.track
        cells = [
            f"{ENGLISH[track]} {number.measure}",
            str(number.n),
            f"[bold]{number.value:.3f}[/]",
        ]
        for values in theirs.values():
            other = values.get(number.key)
            cells += ["", ""] if other is None else [f"{other:.3f}", f"{number.value - other:+.3f}"]
        table.add_row(*cells)
    return table


def _by_key(baseline: Baseline) -> Mapping[str, float]:
    return {number.key: number.value for number in numbers(baseline)}


def _steps(track: str, ranking: Ranking, beside: Ranking | None) -> Table:
    looked = list(ranking.recall)
    theirs = {step.name: step.recall for step in beside.steps} if beside else {}
    table = _table(
        ENGLISH[track],
        "n",
        *(f"@{k}" for k in looked),
        *(f"{_BESIDE} @{k}" for k in looked if theirs),
    )
    for step in ranking.steps:
        other = theirs.get(step.name, {})
        cells = [_cell(step.recall, k, step.n) for k in looked]
        cells += [_cell(other, k, step.n) for k in looked if theirs]
        table.add_row(escape(step.name), str(step.n), *cells)
    return table


def _cell(recall: Mapping[int, float], k: int, n: int) -> str:
    return f"{recall[k]:.2f}" if n and k in recall else "–"


def _sections(result: Result) -> Table:
    table = _table(ENGLISH["sections"], "n", "accuracy")
    for issue in result.sections.by_issue:
        table.add_row(escape(issue.name), str(issue.n), f"{issue.accuracy:.2f}" if issue.n else "–")
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    words: Sequence[str] = ("", "of")
    for place, column in enumerate(columns):
        numeric = place > 0 and column not in words
        table.add_column(column, justify="right" if numeric else "left", no_wrap=numeric)
    return table
