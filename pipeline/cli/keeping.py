"""Commands that keep the program going: the schedule, cron, backups, a look at its health."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import click

from config.errors import ConfigError, InputError
from pipeline import logs
from pipeline.cli.options import Desk, common, json_option, plain, print_json
from pipeline.schedule import run_schedule
from pipeline.timetable import Timetable
from pipeline.upkeep.backup import back_up
from pipeline.upkeep.backup import restore as put_back
from pipeline.upkeep.cron import cron_line
from pipeline.upkeep.cron import install as install_line
from pipeline.upkeep.doctor import Finding, Level, examine
from pipeline.upkeep.prune import prune as let_go

_COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.FAULT: "red"}


@click.command()
@common
@json_option
@click.option(
    "--next", "shown", type=click.IntRange(1), metavar="N", help="Only show the next N due times."
)
def schedule(desk: Desk, as_json: bool, shown: int | None) -> None:
    """Run nights at the configured times, in the foreground, until stopped."""
    if shown is not None:
        _show_due(desk, shown, as_json=as_json)
    elif as_json:
        raise click.UsageError("--json goes with --next")
    else:
        run_schedule(desk.settings, desk.database, _arguments(desk))


def _show_due(desk: Desk, number: int, *, as_json: bool) -> None:
    due = list(islice(Timetable.of(desk.settings).following(desk.now), number))
    if as_json:
        print_json([desk.local(moment) for moment in due])
        return
    for moment in due:
        local = moment.astimezone(desk.settings.newsletter.zone)
        click.echo(f"{local:%Y-%m-%d %H:%M:%S %Z}  ({moment:%m-%d %H:%M} UTC)")
    if not due:
        click.echo("no run will ever be due")


def _arguments(desk: Desk) -> list[str]:
    """What makes another command find this one's configuration and database."""
    arguments = []
    if desk.config is not None:
        arguments += ["--config", str(desk.config.absolute())]
    if desk.db is not None:
        arguments += ["--db", str(desk.db.absolute())]
    if logs.is_json():
        arguments.append("--log-json")
    return arguments


@click.group()
def cron() -> None:
    """Have cron start the nights."""


@cron.command("print")
@common
def print_line(desk: Desk) -> None:
    """Print the line of the crontab."""
    click.echo(_cron_line(desk))


@cron.command()
@common
def install(desk: Desk) -> None:
    """Put the line into your crontab, or bring the one there up to date; the rest stays."""
    line = _cron_line(desk)
    changed = install_line(line, desk.database.absolute())
    click.echo(line if changed else f"there already: {line}")


def _cron_line(desk: Desk) -> str:
    script = Path(sys.executable).with_name("briefing")
    program = [str(script)] if script.is_file() else [sys.executable, "-m", "pipeline.cli"]
    return cron_line(
        desk.settings,
        [*program, "nightly", *_arguments(desk)],
        folder=Path.cwd(),
        database=desk.database.absolute(),
        now=desk.now,
    )


@click.command()
@common
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
def backup(desk: Desk, file: Path, force: bool) -> None:
    """Copy the database to FILE, even while a night is under way; the copy is read through."""
    size = back_up(desk.database, file, replace=force)
    click.echo(f"{file}: {size / 1e6:.1f} MB, read through and sound")


@click.command()
@common
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(desk: Desk, file: Path) -> None:
    """Put the backup in FILE in the place of the database, which is kept beside it."""
    done = put_back(desk.database, file, datetime.now(UTC))
    if done.found:
        click.echo(f"the database that was there: {done.found}", err=True)
    if done.aside is not None:
        click.echo(f"the database that was there is now {done.aside}")
    if done.migrations:
        click.echo(f"the backup is of an older version; {done.migrations} migrations were run")
    click.echo(f"{desk.database} is what {file} holds")


@click.command()
@common
@json_option
@click.option("--offline", is_flag=True, help="Ask no host and no service.")
def doctor(desk: Desk, as_json: bool, offline: bool) -> None:
    """Check that everything is as it should be; exits with 1 where it is not."""
    findings = []
    for finding in _findings(desk, offline=offline):
        findings.append(finding)
        if not as_json:
            _print_finding(finding)
    if as_json:
        print_json([plain(finding) for finding in findings])
    sys.exit(any(finding.level is Level.FAULT for finding in findings))


def _findings(desk: Desk, *, offline: bool) -> list[Finding]:
    try:
        settings = desk.settings
    except ConfigError as error:
        return [
            Finding(
                check="configuration", level=Level.FAULT, says=f"{f.where}: {f.what}", do=f.hint
            )
            for f in error.faults
        ]
    checks = examine(settings, desk.home, desk.database, desk.now, offline=offline)
    fine = Finding(check="configuration", level=Level.OK, says=f"{desk.folder} can be read")
    return [fine, *checks]


def _print_finding(finding: Finding) -> None:
    level = click.style(f"{finding.level:<7}", fg=_COLOURS[finding.level])
    todo = f" -> {finding.do}" if finding.do else ""
    click.echo(f"{level}  {finding.check}: {finding.says}{todo}")


@click.command()
@common
@json_option
@click.option(
    "--keep-days",
    type=click.IntRange(1),
    metavar="N",
    help="Keep the answers of the last N days (default: store.keep_payload_days).",
)
def prune(desk: Desk, as_json: bool, keep_days: int | None) -> None:
    """Let go of old raw answers of sources; what was read out of them stays."""
    days = keep_days or desk.settings.store.keep_payload_days
    if not desk.database.exists():
        raise InputError(f"there is no database {desk.database}")
    with desk.store() as store:
        pruned = let_go(store, desk.settings, desk.now, days)
    if as_json:
        print_json(plain(pruned))
        return
    click.echo(
        f"{pruned.dropped.payloads} answers from before {(desk.local(pruned.before) or '')[:10]} "
        f"let go of, {pruned.dropped.size / 1e6:.1f} MB; the file is {pruned.freed / 1e6:.1f} MB "
        f"smaller, and {pruned.unused / 1e6:.1f} MB in it are free for what comes"
    )


COMMANDS = (schedule, cron, backup, restore, doctor, prune)
