"""Commands that look and change nothing: sources, runs, saved pages, addresses."""

from __future__ import annotations

import gzip
import sys
import zlib
from pathlib import Path
from typing import Any

import click

from config.errors import InputError
from crawlers.build import PARSERS, parse_with
from crawlers.source import ParsedEmpty, ParsedItems, ParsedRefusal, ParsedUnparsable
from pipeline import identity
from pipeline.cli.options import Desk, common, json_option, plain, print_json, print_json_line
from pipeline.cli.tables import console, print_rows
from store.models import Payload
from store.runs import load_health, load_runs

_OUTCOMES: dict[type, str] = {
    ParsedEmpty: "empty",
    ParsedUnparsable: "unparsable",
    ParsedRefusal: "error",
}


@click.command()
@common
@json_option
def sources(desk: Desk, as_json: bool) -> None:
    """Show every configured source and how it fares."""
    with desk.store() as store:
        health = {entry.source: entry for entry in load_health(store)}
    rows = []
    for source in desk.settings.sources:
        entry = health.get(source.name)  # type: ignore[call-overload]
        rows.append(
            {
                "source": source.name,
                "kind": source.kind,
                "enabled": source.enabled,
                "status": entry.last.status if entry else None,
                "cause": entry.last.cause if entry else None,
                "last": desk.local(entry.last_at) if entry else None,
                "last_good": desk.local(entry.last_good_at) if entry else None,
                "failing_runs": entry.failing_runs if entry else 0,
                "received": entry.received if entry else 0,
            }
        )
    if as_json:
        print_json(rows)
        return
    columns = ("source", "kind", "status", "received", "last good", "failing runs", "cause")
    print_rows(
        console(),
        columns,
        [
            (
                str(row["source"]),
                str(row["kind"]) if row["enabled"] else f"{row['kind']} (off)",
                str(row["status"] or "never asked"),
                str(row["received"]),
                str(row["last_good"] or ""),
                str(row["failing_runs"] or ""),
                str(row["cause"] or ""),
            )
            for row in rows
        ],
    )


@click.command()
@common
@json_option
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True)
def runs(desk: Desk, as_json: bool, limit: int) -> None:
    """Show the last runs, and with --json what each source answered in them."""
    with desk.store() as store:
        loaded = load_runs(store, limit)
    if as_json:
        print_json([plain(run) for run in loaded])
        return
    print_rows(
        console(),
        ("id", "command", "started", "status", "sources", "failed", "received", "new"),
        [
            (
                str(run.id),
                run.command,
                f"{run.started_at.astimezone(desk.settings.newsletter.zone):%Y-%m-%d %H:%M}",
                run.status,
                str(len(run.sources)),
                str(sum(report.failed for report in run.sources)),
                str(sum(report.received for report in run.sources)),
                str(sum(report.new for report in run.sources)),
            )
            for run in loaded
        ],
    )


@click.command()
@common
@json_option
@click.argument("kind", type=click.Choice(sorted(PARSERS)))
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--url", default="", help="The address that the pages were saved from.")
@click.option("--source", "name", default="", help="Read as this configured source does.")
def parse(
    desk: Desk, kind: str, files: tuple[Path, ...], url: str, name: str, as_json: bool
) -> None:
    """Show what the parser of a kind of source makes of saved pages (plain or .gz)."""
    for path in files:
        try:
            payload = Payload(url=url, body=read_page(path), fetched_at=desk.now)
        except (OSError, EOFError, zlib.error) as error:
            result: dict[str, Any] = {"file": str(path), "outcome": "error", "items": []}
            result["reason"] = str(error)
        else:
            parsed = parse_with(kind, payload, desk.settings, name)
            result = {"file": str(path), "outcome": "empty", "items": []}
            if isinstance(parsed, ParsedItems):
                result["outcome"] = "items"
                result["items"] = [plain(item) for item in parsed.items]
                result["warnings"] = list(parsed.warnings)
            else:
                result["outcome"] = _OUTCOMES[type(parsed)]
                result["reason"] = parsed.reason
        if as_json:
            print_json_line(result)
        else:
            _print_parsed(result)


def _print_parsed(result: dict[str, Any]) -> None:
    items = result["items"]
    why = f": {result['reason']}" if result.get("reason") else f" {len(items)}"
    click.echo(f"{result['file']}: {result['outcome']}{why}")
    for item in items:
        click.echo(f"  {item['title']}\n    {item['url']}")
    for warning in result.get("warnings", ()):
        click.echo(f"  warning: {warning}")


def read_page(path: Path) -> bytes:
    """A saved page's bytes, unpacked where the file is gzip. Raises OSError, EOFError."""
    body = path.read_bytes()
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


@click.command()
@common
@json_option
@click.argument("urls", nargs=-1, metavar="URL...")
def identify(_: Desk, as_json: bool, urls: tuple[str, ...]) -> None:
    """Show what an address is: its identity key and its canonical form (- reads lines)."""
    given = [line.rstrip("\n") for line in sys.stdin] if urls == ("-",) else urls
    if not given:
        raise InputError("give one or more addresses, or - to read them from standard input")
    for url in given:
        found = identity.identify(url)
        if as_json:
            print_json_line({"url": url, "key": found.keys[0], "canonical": found.canonical})
        else:
            click.echo(f"{found.keys[0]}  {found.canonical}")


COMMANDS = (sources, runs, parse, identify)
