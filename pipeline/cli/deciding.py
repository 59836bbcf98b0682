"""Commands of the editor: the queue, decisions, the draft and its export."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path

import click
from pydantic import TypeAdapter, ValidationError

from config.errors import InputError
from pipeline.cli.options import Desk, common, date_option, json_option, plain, print_json
from pipeline.cli.tables import console, print_queue
from pipeline.desk import current_issue, decide, finish_issue, reopen_issue
from pipeline.export import export_issue, issue_text
from pipeline.queue import Entry, Queue, State, find, load_entry
from store.models import Draft, Link, StoryId, Verdict

STORY_ID = click.IntRange(1, 2**63 - 1)
"""What SQLite can hold."""


def entry_json(entry: Entry, explored: str | None = None) -> dict[str, object]:
    """A story of the queue as ``--json`` prints it, with why it is tried, where it is."""
    return {
        "id": entry.story.id,
        "state": entry.state,
        "section": entry.draft.section,
        "score": entry.score.total,
        "parts": [plain(part) for part in entry.score.parts],
        "why": list(entry.why),
        "explored": explored,
        "ran": {"date": entry.ran.date.isoformat(), "section": entry.ran.section}
        if entry.ran
        else None,
        "draft": plain(entry.draft),
        "members": [
            {
                "kind": member.candidate.kind,
                "source": member.candidate.item.source,
                "title": member.candidate.title,
                "url": member.candidate.canonical_url,
                "keys": list(member.candidate.keys),
                "mentions": list(member.candidate.mentions),
                "published": plain_time(member.candidate.published),
                "first_seen": plain_time(member.first_seen),
            }
            for member in entry.story.members
        ],
    }


def plain_time(moment: object) -> str | None:
    """ISO 8601, or None."""
    return None if moment is None else moment.isoformat()  # type: ignore[attr-defined]


@click.command()
@common
@date_option
@json_option
@click.option("--section", help="Only this section.")
@click.option("--state", type=click.Choice([s.value for s in State]), help="Only this state.")
@click.option("--limit", type=click.IntRange(1), default=15, show_default=True, help="A section.")
def queue(
    desk: Desk,
    day: date | None,
    as_json: bool,
    section: str | None,
    state: str | None,
    limit: int,
) -> None:
    """Show the candidates of the coming issue, best first."""
    with desk.store() as store:
        waiting = Queue(store=store, settings=desk.settings, period=desk.period(store, day))
        kept = [
            waiting.drafted(place)
            for name, places in waiting.sections().items()
            if section in (None, name)
            for place in islice((p for p in places if state in (None, p.state)), limit)
        ]
        open_ones = any(entry.state is State.PROPOSED for entry in kept)
        tried = current_issue(store, desk.settings, waiting.period).explored if open_ones else {}
    if as_json:
        print_json([entry_json(entry, tried.get(entry.story.id)) for entry in kept])
    else:
        print_queue(console(), kept, tried)


@click.command()
@common
@json_option
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
def search(desk: Desk, as_json: bool, words: tuple[str, ...], limit: int) -> None:
    """Find stories of any time by words in their titles and texts."""
    with desk.store() as store:
        entries = find(store, desk.settings, desk.period(store), " ".join(words), limit)
    if as_json:
        print_json([entry_json(entry) for entry in entries])
    else:
        print_queue(console(), sorted(entries, key=lambda e: e.draft.section))


def _verdict_command(verdict: Verdict, text: str) -> click.Command:
    @click.command(verdict.value, help=text)
    @common
    @date_option
    @click.argument("ids", nargs=-1, required=True, type=STORY_ID, metavar="ID...")
    @click.option("--note", help="Why; kept with the decision.")
    def command(
        desk: Desk,
        day: date | None,
        ids: tuple[int, ...],
        note: str | None,
        reason: str | None = None,
    ) -> None:
        with desk.store() as store:
            period = desk.period(store, day)
            entries = decide(
                store,
                desk.settings,
                period,
                [StoryId(n) for n in ids],
                verdict,
                desk.editor,
                note=note,
                reason=reason,
            )
        for entry in entries:
            click.echo(f"{entry.story.id}: {entry.state} · {entry.draft.title}")

    return command


accept = _verdict_command(Verdict.ACCEPT, "Print these stories in the coming issue.")
reject = click.option("--reason", metavar="CODE", help="Why, by a code of desk.reasons.")(
    _verdict_command(Verdict.REJECT, "Do not print these stories.")
)
later = _verdict_command(Verdict.LATER, "Propose these stories again for the next issue.")
undo = _verdict_command(Verdict.UNDO, "Take back the last decision on each of these stories.")


@click.command()
@common
@date_option
@click.argument("story", type=STORY_ID, metavar="ID")
@click.option("--title", help="Headline.")
@click.option("--source", help="Medium or account after the bar.")
@click.option("--section", help="Section to print in.")
@click.option("--url", help="Primary link.")
@click.option("--summary", help="摘要; - reads standard input.")
@click.option("--tag", "tags", multiple=True, help="Tag before the title; give all of them.")
@click.option("--link", "links", multiple=True, help="LABEL=URL; give all of them.")
@click.option("--note", help="Why; kept with the decision.")
def edit(
    desk: Desk, day: date | None, story: int, note: str | None, **changes: str | tuple[str, ...]
) -> None:
    """Change how a story prints; without options, in your text editor."""
    with desk.store() as store:
        period = desk.period(store, day)
        entry = load_entry(store, desk.settings, period, StoryId(story))
        text = _changed(entry.draft, changes) if any(changes.values()) else in_editor(entry.draft)
        if text == entry.draft:
            click.echo(f"{entry.story.id}: nothing changed")
            return
        decide(
            store,
            desk.settings,
            period,
            [entry.story.id],
            Verdict.EDIT,
            desk.editor,
            note=note,
            text=text,
        )
    click.echo(f"{entry.story.id}: edited · {text.title}")


def _changed(draft: Draft, changes: dict[str, str | tuple[str, ...]]) -> Draft:
    given = {key: value for key, value in changes.items() if value}
    if given.get("summary") == "-":
        given["summary"] = sys.stdin.read().strip()
    links = given.pop("links", ())
    if links:
        pairs = [str(link).partition("=") for link in links]
        for label, bar, url in pairs:
            if not (label and bar and url):
                raise InputError(f"--link {label}{bar}{url}: write it as LABEL=URL")
        draft = replace(draft, links=tuple(Link(label=p[0], url=p[2]) for p in pairs))
    if "summary" in given:
        draft = replace(draft, translate=False)
    return replace(draft, **given)  # type: ignore[arg-type]


def in_editor(draft: Draft) -> Draft:
    """The draft as the person leaves it in the text editor.

    Raises InputError for what is no draft any more; it is kept in a file.
    """
    adapter = TypeAdapter(Draft)
    before = json.dumps(adapter.dump_python(draft, mode="json"), ensure_ascii=False, indent=2)
    after = click.edit(before + "\n", extension=".json")
    if after is None:
        return draft
    try:
        return adapter.validate_json(after)
    except ValidationError as error:
        kept = Path(f"briefing-edit-{draft.section}.json").resolve()
        kept.write_text(after, encoding="utf-8")
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "text"
        raise InputError(
            f"the edited text cannot be used: {where}: {first['msg']}; it is kept in {kept}"
        ) from error


@click.command()
@common
@date_option
@json_option
def draft(desk: Desk, day: date | None, as_json: bool) -> None:
    """Print the issue as it stands: what is accepted, filled up with the best of the rest."""
    with desk.store() as store:
        assembled = current_issue(store, desk.settings, desk.period(store, day))
    if as_json:
        print_json(
            {
                **plain(assembled.issue),
                "final": assembled.final,
                "stories": assembled.stories,
                "proposed": assembled.proposed,
                "explored": {str(story): why for story, why in assembled.explored.items()},
            }
        )
    else:
        click.echo(issue_text(assembled.issue, desk.settings, desk.folder), nl=False)


@click.command()
@common
@date_option
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--final", is_flag=True, help="Print only what is accepted, and freeze the issue.")
@click.option("--reopen", is_flag=True, help="Let a final issue follow the queue again.")
@click.option(
    "--normal", is_flag=True, help="Only write the normal form, to compare; not an export."
)
def export(
    desk: Desk,
    day: date | None,
    output: Path | None,
    final: bool,
    reopen: bool,
    normal: bool,
) -> None:
    """Write the issue as Markdown; what it holds is not proposed again in later ones."""
    if final and reopen:
        raise click.UsageError("--final and --reopen exclude each other")
    with desk.store() as store:
        period = desk.period(store, day)
        if reopen:
            reopen_issue(store, period, desk.now)
        if final:
            finish_issue(store, desk.settings, period, desk.now)
        text = export_issue(
            store, desk.settings, desk.folder, period, desk.now, remember=not normal
        )
    if output is not None and str(output) == "-":
        click.echo(text.markdown, nl=False)
        return
    path = text.write(output or desk.issues / f"{period.day}.md")
    unseen = f"; {text.proposed} of them not looked at yet" if text.proposed else ""
    click.echo(f"{path}: {text.items} items{unseen}")


COMMANDS = (queue, search, accept, reject, later, undo, edit, draft, export)
