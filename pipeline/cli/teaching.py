"""Commands about what the score learns from, one by one."""

from __future__ import annotations

import click

from pipeline.cli.options import Desk, common, json_option, print_json
from pipeline.cli.tables import console, print_rows
from pipeline.taste.examples import Told, forget_example, restore_example, told_examples


@click.group()
def example() -> None:
    """See what the score learns from, and take out what it should not."""


@example.command("list")
@common
@json_option
@click.option("--section", help="Only of this section.")
def list_(desk: Desk, as_json: bool, section: str | None) -> None:
    """List every example: what issues ran, what was decided, what lists name.

    Each with the name that it is removed by, its weight (below zero: rejected) and where it is
    from. Stories that nobody spoke of are passed over in silence, and not listed.
    """
    with desk.store() as store:
        settled = desk.period(store).settled
        told = [
            one
            for one in told_examples(store, desk.settings, settled)
            if section is None or one.section == section
        ]
    if as_json:
        print_json([_as_json(one) for one in told])
    elif not told:
        click.echo("no examples yet; briefing import, accept and reference add make them")
    else:
        print_rows(
            console(),
            ("weight", "origin", "date", "section", "name", "title"),
            [
                (
                    "removed" if one.removed else f"{one.weight:g}",
                    one.origin,
                    one.when.isoformat(),
                    one.section,
                    one.key,
                    one.title,
                )
                for one in told
            ],
        )


def _as_json(one: Told) -> dict[str, object]:
    return {
        "key": one.key,
        "title": one.title,
        "section": one.section or None,
        "weight": one.weight,
        "origin": one.origin,
        "date": one.when.isoformat(),
        "removed": one.removed,
    }


@example.command()
@common
@click.argument("name")
def remove(desk: Desk, name: str) -> None:
    """Learn nothing more from an example, wherever it is from."""
    with desk.store() as store:
        settled = desk.period(store).settled
        told = forget_example(store, desk.settings, name, settled=settled, now=desk.now)
    click.echo(f"removed {told.key}  {told.title}".rstrip())


@example.command()
@common
@click.argument("name")
def restore(desk: Desk, name: str) -> None:
    """Learn from a removed example again."""
    with desk.store() as store:
        restore_example(store, name)
    click.echo(f"restored {name}")


COMMANDS = (example,)
