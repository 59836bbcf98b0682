"""Commands about alerts: those that are open, that one knows of one, and whether they arrive."""

from __future__ import annotations

import sys

import click

from config.errors import InputError
from pipeline.alerts.telling import try_channels
from pipeline.cli.options import Desk, common, json_option, plain, print_json
from pipeline.cli.tables import console, print_rows
from store.alerts import Alert, AlertId, acknowledge, load_alerts, load_open

_LAST = 200


class _Alerts(click.Group):
    """A group whose first command may be left out: ``briefing alerts`` lists them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not set(args) & {*self.commands, "-h", "--help"}:
            args.insert(0, "list")
        return super().parse_args(ctx, args)


@click.group(cls=_Alerts)
def alerts() -> None:
    """See what is wrong with sources (briefing alerts), and say that you know."""


@alerts.command("list")
@common
@json_option
@click.option("--all", "past", is_flag=True, help=f"The last {_LAST}, also those that are over.")
def show(desk: Desk, as_json: bool, past: bool) -> None:
    """Show the alerts that are open."""
    with desk.store() as store:
        found = load_alerts(store, _LAST) if past else load_open(store)
    if as_json:
        print_json([plain(alert) for alert in found])
    elif not found:
        click.echo("no alerts" if past else "no alert is open")
    else:
        columns = ("id", "source", "alert", "since", "state", "what")
        print_rows(console(), columns, [_row(desk, alert) for alert in found])


def _row(desk: Desk, alert: Alert) -> tuple[str, ...]:
    zone = desk.settings.newsletter.zone
    if alert.closed_at is not None:
        state = f"over {alert.closed_at.astimezone(zone):%m-%d}"
    else:
        state = f"known to {alert.acked_by}" if alert.acked_at else "open"
    ended = f"; {alert.recovery}" if alert.recovery else ""
    return (
        str(alert.id),
        alert.source,
        alert.kind,
        f"{alert.opened_at.astimezone(zone):%Y-%m-%d}",
        state,
        alert.detail + ended,
    )


@alerts.command()
@common
@click.argument("ids", nargs=-1, required=True, type=click.IntRange(1, 2**63 - 1), metavar="ID...")
def ack(desk: Desk, ids: tuple[int, ...]) -> None:
    """Say that you know of these alerts: nobody is reminded of them any more."""
    with desk.store() as store, store.writing():
        known = [acknowledge(store, AlertId(n), desk.editor.name, desk.now) for n in ids]
    for alert in known:
        click.echo(f"{alert.id}: {alert.source}: {alert.kind}, known to {alert.acked_by}")


@alerts.command("test")
@common
def send_test(desk: Desk) -> None:
    """Send a test message to the webhook and the mail addresses that are configured."""
    sent = try_channels(desk.settings, desk.now)
    if not sent:
        raise InputError("no webhook and no mail server is configured; see alerts.toml")
    for channel, failure in sent.items():
        click.echo(f"{channel}: {failure or 'sent'}", err=failure is not None)
    sys.exit(1 if any(sent.values()) else 0)


COMMANDS = (alerts,)
