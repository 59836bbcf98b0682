"""Commands about reference lists: hand-kept lists of the field that the score learns from."""

from __future__ import annotations

import click

from pipeline.cli.options import Desk, common, json_option, print_json
from pipeline.cli.tables import console, print_rows
from pipeline.references.adding import Added, add_reference, find_reference, forget_reference
from store.references import Reference, load_references

_SHOWN = 20
"""Items listed of what is new or gone; the rest is counted."""


@click.group()
def reference() -> None:
    """Keep lists of the field whose papers and repositories the score learns from."""


@reference.command()
@common
@click.argument("given", metavar="FILE|URL")
@click.option("--name", help="What to call the list (default: after the file or repository).")
@click.option(
    "--weight",
    type=float,
    default=0.5,
    show_default=True,
    help="What one of its items weighs beside a pick of yours: above 0, up to 1.",
)
def add(desk: Desk, given: str, name: str | None, weight: float) -> None:
    """Read a list and keep what it names; one of the same name is replaced.

    An "awesome" list in Markdown, plain ids (one a line), BibTeX, or a web page, from a file, an
    address, or a repository on GitHub (its readme).
    """
    with desk.store() as store:
        added = add_reference(store, desk.settings, given, name=name, weight=weight, now=desk.now)
    click.echo(f"{_counted(added.reference)}; read as {added.form}")
    if added.before is not None:
        _print_changes(desk, added)


def _counted(kept: Reference) -> str:
    papers = f"{kept.papers} paper{'' if kept.papers == 1 else 's'}"
    code = f"{kept.repositories} {'repository' if kept.repositories == 1 else 'repositories'}"
    return f"{kept.name}: {papers}, {code}, weight {kept.weight:g}"


def _print_changes(desk: Desk, added: Added) -> None:
    before = added.before
    assert before is not None, "there is nothing to compare with"
    click.echo(
        f"replaces the list of {(desk.local(before.added_at) or '')[:10]} from {before.origin}: "
        f"{len(added.new)} new, {len(added.gone)} gone"
    )
    for sign, items in (("+", added.new), ("-", added.gone)):
        for item in items[:_SHOWN]:
            click.echo(f"{sign} {item.key}  {item.title}".rstrip())
        if len(items) > _SHOWN:
            click.echo(f"{sign} and {len(items) - _SHOWN} more")


@reference.command("list")
@common
@json_option
def list_(desk: Desk, as_json: bool) -> None:
    """List the reference lists: from where, when, how much."""
    with desk.store() as store:
        kept = load_references(store)
    if as_json:
        print_json([_head_json(desk, one) for one in kept])
    elif not kept:
        click.echo("no reference lists; briefing reference add FILE|URL adds one")
    else:
        print_rows(
            console(),
            ("name", "papers", "repositories", "weight", "added", "origin"),
            [
                (
                    one.name,
                    str(one.papers),
                    str(one.repositories),
                    f"{one.weight:g}",
                    (desk.local(one.added_at) or "")[:10],
                    one.origin,
                )
                for one in kept
            ],
        )


@reference.command()
@common
@json_option
@click.argument("name")
def show(desk: Desk, as_json: bool, name: str) -> None:
    """Show what a list names."""
    with desk.store() as store:
        kept = find_reference(store, name)
    if as_json:
        items = [{"key": item.key, "title": item.title} for item in kept.items]
        print_json({**_head_json(desk, kept), "items": items})
        return
    click.echo(f"{_counted(kept)}, from {kept.origin}")
    print_rows(console(), ("key", "title"), [(item.key, item.title) for item in kept.items])


@reference.command()
@common
@click.argument("name")
def remove(desk: Desk, name: str) -> None:
    """Forget a list, and with it what the score learned from it."""
    with desk.store() as store:
        forget_reference(store, name)
    click.echo(f"removed {name}")


def _head_json(desk: Desk, kept: Reference) -> dict[str, object]:
    return {
        "name": kept.name,
        "origin": kept.origin,
        "added": desk.local(kept.added_at),
        "papers": kept.papers,
        "repositories": kept.repositories,
        "weight": kept.weight,
    }


COMMANDS = (reference,)
