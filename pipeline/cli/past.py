"""Commands about issues as such: taking in past ones, showing, comparing, checking."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import click
from rich.progress import Progress

from config.errors import InputError
from crawlers.liveness import LinkState
from pipeline.check import Level
from pipeline.checking import Page, check_page
from pipeline.cli.options import Desk, common, json_option, plain, print_json
from pipeline.cli.tables import console, print_rows
from pipeline.export import issue_text
from pipeline.issue_diff import diff_issue
from pipeline.issue_json import issue_json
from pipeline.past import find_issue, import_issues, list_issues, read_file


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise InputError(f"{value!r} is no date such as 2020-03-02") from error


@click.command("import")
@common
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
def import_(desk: Desk, paths: tuple[Path, ...]) -> None:
    """Take in past issues: Markdown files, or folders of them.

    What they ran is not proposed again. Text that could not be read is listed by file and line.
    """
    issues = items = 0
    with desk.store() as store:
        for imported in import_issues(store, desk.settings, paths):
            for unread in imported.unread:
                line = unread.text.splitlines()[0][:80] if unread.text else ""
                click.echo(f"{imported.path}:{unread.line}: {unread.why}: {line}", err=True)
            if imported.day is None:
                click.echo(f"{imported.path}: no date in heading or name; left out", err=True)
                continue
            issues += 1
            items += imported.items
            word = "new" if imported.new else "known"
            click.echo(f"{imported.path}: {imported.day}, {imported.items} items, {word}")
    click.echo(f"{issues} issues, {items} items")
    sys.exit(0 if issues else 1)


@click.group()
def issue() -> None:
    """List, show and compare issues."""


@issue.command("list")
@common
@json_option
def issue_list(desk: Desk, as_json: bool) -> None:
    """List every known issue, the latest first."""
    with desk.store() as store:
        rows = [
            {
                "date": stored.issue.date.isoformat(),
                "title": stored.issue.title,
                "final": stored.final,
                "sections": {s.name: len(s.items) for s in stored.issue.sections},
            }
            for stored in list_issues(store)
        ]
    if as_json:
        print_json(rows)
        return
    print_rows(
        console(),
        ("date", "items", "sections", "title"),
        [
            (
                str(row["date"]) + ("" if row["final"] else " (open)"),
                str(sum(row["sections"].values())),  # type: ignore[attr-defined]
                " ".join(f"{n} {c}" for n, c in row["sections"].items()),  # type: ignore[attr-defined]
                str(row["title"]),
            )
            for row in rows
        ],
    )


@issue.command("show")
@common
@json_option
@click.argument("day", metavar="DATE")
def issue_show(desk: Desk, as_json: bool, day: str) -> None:
    """Show an issue: its Markdown, or its parts as JSON."""
    with desk.store() as store:
        found = find_issue(store, _day(day))
    if as_json:
        print_json(issue_json(found))
    else:
        click.echo(issue_text(found, desk.settings, desk.folder), nl=False)


@issue.command("diff")
@common
@click.argument("day", metavar="DATE")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--slips", is_flag=True, help="Also how the file differs from its normal form.")
def issue_diff(desk: Desk, day: str, file: Path, slips: bool) -> None:
    """Compare the issue of DATE with a file, both in the house style; exit 1 if they differ."""
    with desk.store() as store:
        stored = find_issue(store, _day(day))
    _, text = read_file(file, desk.settings)
    found = diff_issue(
        stored, text, name=file.name, newsletter=desk.settings.newsletter, folder=desk.folder
    )
    click.echo(found.lines, nl=False)
    if slips and found.slips:
        click.echo(found.slips, nl=False)
    sys.exit(1 if found.lines else 0)


@click.command()
@common
@json_option
@click.argument("what", metavar="FILE-or-DATE")
@click.option("--offline", is_flag=True, help="Do not ask whether links are alive.")
def check(desk: Desk, as_json: bool, what: str, offline: bool) -> None:
    """Check an issue before publishing it; docs/checks.md explains every code."""
    with desk.store() as store, ExitStack() as stack:
        if Path(what).is_file():
            _, text = read_file(Path(what), desk.settings)
            page = Page(name=what, text=text)
        else:
            found = find_issue(store, _day(what))
            text = issue_text(found, desk.settings, desk.folder)
            page = Page(name=f"{found.date}.md", text=text)

        def asking(urls: list[str]) -> Callable[[LinkState], None]:
            shown = console(err=True, quiet=as_json)
            bar = stack.enter_context(Progress(console=shown, transient=True))
            task = bar.add_task("links", total=len(urls))
            return lambda _: bar.advance(task)

        findings = check_page(store, desk.settings, page, desk.now, None if offline else asking)
    if as_json:
        print_json([plain(finding) for finding in findings])
    else:
        for finding in findings:
            click.echo(str(finding))
    sys.exit(1 if any(finding.level is Level.ERROR for finding in findings) else 0)


COMMANDS = (import_, issue, check)
