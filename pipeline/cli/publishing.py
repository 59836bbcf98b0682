"""The command that publishes an issue."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date

import click
from rich.progress import Progress

from crawlers.liveness import LinkState
from pipeline.check import Level
from pipeline.cli.options import Desk, common, date_option, json_option, plain, print_json
from pipeline.cli.tables import console
from pipeline.desk import finish_issue
from pipeline.publishing import Published, publish_issue, require_publishing
from store.issues import load_issue

_SAID = {
    "new": "opened",
    "updated": "brought up to date",
    "unchanged": "there already, nothing to change",
    "merged": "the issue is merged already",
}


@click.command()
@common
@date_option
@json_option
@click.option("--final", is_flag=True, help="Freeze the issue first, as export --final does.")
@click.option("--offline", is_flag=True, help="Do not ask whether links are alive.")
def publish(desk: Desk, day: date | None, as_json: bool, final: bool, offline: bool) -> None:
    """Open a pull request with the final issue on GitHub; a second try completes a first."""
    require_publishing(desk.settings)
    with desk.store() as store, ExitStack() as stack:
        period = desk.period(store, day)
        stored = load_issue(store, period.day)
        if final and not (stored is not None and stored.final):
            finish_issue(store, desk.settings, period, desk.now)

        def asking(urls: list[str]) -> Callable[[LinkState], None]:
            shown = console(err=True, quiet=as_json)
            bar = stack.enter_context(Progress(console=shown, transient=True))
            task = bar.add_task("links", total=len(urls))
            return lambda _: bar.advance(task)

        published = publish_issue(
            store,
            desk.settings,
            desk.folder,
            period,
            desk.now,
            asking=None if offline else asking,
        )
    if as_json:
        print_json(plain(published))
    else:
        click.echo(_line(published))


def _line(published: Published) -> str:
    errors = sum(finding.level is Level.ERROR for finding in published.findings)
    found = f"; {len(published.findings)} findings, {errors} of them errors"
    number = f" #{published.number}" if published.number else ""
    return (
        f"{published.url}: pull request{number} from {published.branch}: "
        f"{_SAID[published.outcome]}{found if published.findings else ''}"
    )


COMMANDS = (publish,)
