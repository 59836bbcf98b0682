"""Commands that bring candidates in: a night, a demonstration, an address, a file, a replay."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import IO

import click

from config.errors import InputError, StoreError
from config.load import SHIPPED, load_settings
from config.settings import Settings
from crawlers.jsonl import dump_items
from pipeline.cli.options import (
    Desk,
    common,
    json_option,
    plain,
    print_json,
    stopped_by_sigterm,
)
from pipeline.cli.tables import RunProgress, console, print_night
from pipeline.demo import CONFIG as DEMO_CONFIG
from pipeline.demo import NOW as DEMO_NOW
from pipeline.demo.web import SampleWeb
from pipeline.export import export_draft
from pipeline.hand import HandIn
from pipeline.hand import add as hand_in
from pipeline.load import load_file
from pipeline.nightly import Night, is_due
from pipeline.nightly import nightly as run_night
from pipeline.replay import replay as replay_payloads
from store.database import Store
from store.items import load_items
from store.models import SourceName


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def init(folder: Path) -> None:
    """Make a configuration in FOLDER, a copy of this newsletter's own, to change as you like."""
    taken = sorted(path.name for path in folder.glob("*.toml")) if folder.exists() else []
    if taken:
        raise InputError(f"{folder} has a configuration already: {', '.join(taken)}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(SHIPPED.glob("*.toml")):
            shutil.copyfile(path, folder / path.name)
    except OSError as error:
        raise StoreError(f"cannot write to {folder}: {error.strerror or error}") from error
    click.echo(f"{folder}: change the TOML files, then: briefing nightly --config {folder}")


@click.command()
@common
@json_option
@click.option("--source", "only", multiple=True, metavar="NAME", help="Ask only this source.")
@click.option("--if-due", is_flag=True, help="Do nothing unless the schedule says that it is time.")
def nightly(desk: Desk, as_json: bool, only: tuple[str, ...], if_due: bool) -> None:
    """Ask every source, fold and score what they say, and keep the draft issue ready."""
    with desk.store() as store, stopped_by_sigterm():
        if if_due and not is_due(store, desk.settings, desk.now):
            return
        night = _night(store, desk.settings, desk.home, desk.now, quiet=as_json, only=only)
        draft = export_draft(
            store, desk.settings, desk.folder, night.period, desk.issues / "draft.md"
        )
    if as_json:
        print_json(
            {
                **plain(night.run),
                "failed": [report.source for report in night.failed],
                "stories": night.scored,
                "waiting": list(night.waiting),
                "alerts": plain(night.alerts),
                "untold": list(night.untold),
                "dropped": plain(night.dropped),
                "undropped": night.undropped,
                "draft": str(draft),
                "database": str(desk.database),
            }
        )
    else:
        print_night(console(), night)
        click.echo(f"draft issue: {draft}; database: {desk.database}")
    sys.exit(1 if night.failed or night.alerts.raised else 0)


def _night(
    store: Store,
    settings: Settings,
    home: Path,
    now: datetime,
    *,
    quiet: bool = False,
    only: tuple[str, ...] = (),
) -> Night:
    progress = RunProgress(console(err=True, quiet=quiet))
    with progress.shown():
        return run_night(
            store, settings, home, now=now, progress=progress, begin=progress.begin, only=only
        )


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="demo")
def demo(folder: Path) -> None:
    """Run a night over the sample web that the program carries, and print the draft issue."""
    with SampleWeb() as web:
        mirrors = {f"{scheme}://": web.mirror(scheme) for scheme in ("https", "http")}
        settings = load_settings(
            DEMO_CONFIG,
            overrides={"network": {"mirrors": mirrors}},
            environment=False,
        )
        database = folder / settings.store.database
        with Store(database) as store:
            night = _night(store, settings, DEMO_CONFIG, DEMO_NOW)
            path = folder / settings.store.issues / f"{night.period.day}.md"
            export_draft(store, settings, DEMO_CONFIG, night.period, path)
    print_night(console(err=True), night)
    click.echo(path.read_text(encoding="utf-8"))
    click.echo(f"database: {database}; issue: {path}")


@click.command()
@common
@json_option
@click.argument("url")
@click.option("--section", help="Section to print it in.")
@click.option("--note", help="A note to yourself.")
@click.option("--title", help="Headline; also files a page that cannot be fetched.")
def add(
    desk: Desk,
    as_json: bool,
    url: str,
    section: str | None,
    note: str | None,
    title: str | None,
) -> None:
    """File an address by hand: a paper, a repository, a WeChat article, any page."""
    given = HandIn(url=url, section=section, note=note, title=title)
    with desk.store() as store:
        entry = hand_in(store, desk.settings, given, desk.now)
    if as_json:
        print_json({"id": entry.story.id, "draft": plain(entry.draft), "state": entry.state})
    else:
        click.echo(f"{entry.story.id}: {entry.draft.section} · {entry.draft.title}")


@click.command()
@common
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--source", default="文件", show_default=True, help="Source of the lines that name none."
)
def load(desk: Desk, files: tuple[Path, ...], source: str) -> None:
    """Take candidates in from JSON Lines files (docs/candidates.md)."""
    failed = False
    with desk.store() as store:
        for path in files:
            loaded = load_file(store, desk.settings, path, SourceName(source), desk.now)
            click.echo(f"{path}: {loaded.counts.received} read, {loaded.counts.new} new")
            for warning in loaded.warnings:
                failed = True
                click.echo(f"{path}: {warning}", err=True)
    sys.exit(1 if failed else 0)


@click.command()
@common
@click.option("-o", "--output", type=click.File("w", encoding="utf-8"), default="-")
def dump(desk: Desk, output: IO[str]) -> None:
    """Write every candidate as JSON Lines (docs/candidates.md)."""
    with desk.store() as store:
        for line in dump_items(load_items(store)):
            click.echo(line, file=output)


@click.command()
@common
@click.option("--source", help="Only the answers of this source.")
def replay(desk: Desk, source: str | None) -> None:
    """Read the kept answers again with today's parsers, after a source's markup was mended."""
    with desk.store() as store:
        result = replay_payloads(
            store, desk.settings, desk.home, desk.now, SourceName(source) if source else None
        )
    click.echo(
        f"{result.payloads} answers read, {result.counts.received} items: "
        f"{result.counts.new} new, {result.counts.changed} changed"
    )
    for line in result.unread:
        click.echo(f"not read: {line}", err=True)
    sys.exit(1 if result.unread else 0)


COMMANDS = (init, nightly, demo, add, load, dump, replay)
