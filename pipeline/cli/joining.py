"""Commands about stories: what is in one and why, and the editor's merges and splits."""

from __future__ import annotations

import click

from pipeline.cli.options import Desk, common, json_option, plain, print_json
from pipeline.cli.tables import console, print_rows
from pipeline.explaining import Account, Comparison, account_of, comparison_of, in_words
from pipeline.gathering import merge_stories, split_story, undo_last
from store.models import CandidateId, StoryId, Tie

_ID = click.IntRange(1, 2**63 - 1)


class _Stories(click.Group):
    """A group whose commands may be left out: ``briefing story 12`` shows story 12."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if any(arg.isdecimal() for arg in args) and not set(args) & self.commands.keys():
            args.insert(0, "show")
        return super().parse_args(ctx, args)


def _candidates(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> tuple[CandidateId, ...]:
    found = []
    for value in values:
        number = value.removeprefix("c")
        if not number.isdecimal() or not 0 < int(number) < 2**63:
            raise click.BadParameter(
                f"{value!r} is no candidate such as c12; briefing story ID lists them"
            )
        found.append(CandidateId(int(number)))
    return tuple(found)


@click.group(cls=_Stories)
def story() -> None:
    """Look into a story (briefing story 12), merge stories, split one."""


@story.command()
@common
@json_option
@click.argument("id", type=_ID)
def show(desk: Desk, id: int, as_json: bool) -> None:  # noqa: A002 - what the editor types
    """Show the members of a story and what ties them."""
    with desk.store() as store:
        account = account_of(store, desk.settings, StoryId(id))
    if as_json:
        print_json(
            {
                "id": account.story.id,
                "members": [
                    {
                        "id": f"c{told.member.id}",
                        "role": told.role,
                        "label": told.label,
                        "reprints": told.reprints and f"c{told.reprints}",
                        "kind": told.member.candidate.kind,
                        "source": told.member.candidate.item.source,
                        "title": told.member.candidate.title,
                        "url": told.member.candidate.canonical_url,
                        "keys": list(told.member.candidate.keys),
                        "mentions": list(told.member.candidate.mentions),
                    }
                    for told in account.members
                ],
                "ties": [comparison_json(tie) for tie in account.ties],
                "rulings": [plain(ruling) for ruling in account.rulings],
            }
        )
        return
    _print_account(desk, account)


def _print_account(desk: Desk, account: Account) -> None:
    click.echo(f"story {account.story.id}")
    print_rows(
        console(),
        ("id", "role", "source", "published", "title"),
        [
            (
                f"c{told.member.id}",
                told.label + (f" (c{told.reprints} reprinted)" if told.reprints else ""),
                told.member.candidate.item.source,
                (desk.local(told.member.candidate.published) or "")[:10],
                told.member.candidate.title,
            )
            for told in account.members
        ],
    )
    for tie in _telling(account):
        _print_comparison(tie)
    for ruling in account.rulings:
        sides = [", ".join(f"c{one}" for one in side) for side in (ruling.one, ruling.other)]
        what = "put together with" if ruling.verdict == "merge" else "parted from"
        click.echo(f"{desk.local(ruling.at)} {ruling.by}: {sides[0]} {what} {sides[1]}")


def _telling(account: Account) -> list[Comparison]:
    """The strongest ties by which every member hangs on another, each once."""
    held: dict[CandidateId, CandidateId] = {t.member.id: t.member.id for t in account.members}

    def root(one: CandidateId) -> CandidateId:
        while held[one] != one:
            one = held[one]
        return one

    found = []
    for tie in account.ties:
        one, other = root(tie.one.id), root(tie.other.id)
        if one != other or tie.tie.never:
            held[other] = one
            found.append(tie)
    return found


@click.command()
@common
@json_option
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
def why(desk: Desk, a: str, b: str, as_json: bool) -> None:
    """Tell what speaks for and against joining two stories (7) or candidates (c12)."""
    with desk.store() as store:
        compared = comparison_of(store, desk.settings, a, b)
    if as_json:
        print_json(comparison_json(compared))
    else:
        click.echo(f"c{compared.one.id}  {compared.one.title}")
        click.echo(f"c{compared.other.id}  {compared.other.title}")
        _print_comparison(compared)


def comparison_json(compared: Comparison) -> dict[str, object]:
    """Two candidates and what ties them, as ``--json`` prints it."""
    tie = compared.tie
    return {
        "a": f"c{compared.one.id}",
        "b": f"c{compared.other.id}",
        "joins": compared.joins,
        "chance": tie.chance,
        "bar": compared.bar,
        "firm": tie.firm,
        "never": tie.never,
        "evidence": [plain(evidence) for evidence in tie.evidence],
    }


def _print_comparison(compared: Comparison) -> None:
    click.echo(f"c{compared.one.id} + c{compared.other.id}: {verdict(compared.tie, compared.bar)}")
    rows = [(f"{e.points:+.1f}", in_words(e)) for e in compared.tie.evidence]
    print_rows(console(), ("points", "evidence"), rows)


def verdict(tie: Tie, bar: float) -> str:
    """What comes of a tie, in a line."""
    if tie.never:
        return "kept apart, whatever speaks for it"
    if tie.firm:
        return "one story"
    points = sum(evidence.points for evidence in tie.evidence)
    said = "one story" if tie.joins else "two stories"
    return f"{said}: {points:+.1f} points where {bar:.1f} are needed, chance {tie.chance:.0%}"


@story.command()
@common
@click.argument("ids", type=_ID, nargs=-1, required=True, metavar="ID ID...")
def merge(desk: Desk, ids: tuple[int, ...]) -> None:
    """Put stories together; no later run parts them."""
    with desk.store() as store:
        merged = merge_stories(store, desk.settings, [StoryId(one) for one in ids], desk.editor)
    click.echo(f"one story now: {merged}; briefing story undo {merged} takes it back")


@story.command()
@common
@click.argument("id", type=_ID)
@click.argument("members", callback=_candidates, nargs=-1, required=True, metavar="CANDIDATE...")
def split(desk: Desk, id: int, members: tuple[CandidateId, ...]) -> None:  # noqa: A002
    """Take candidates (c12) out of a story; no later run joins them to it again."""
    with desk.store() as store:
        stories = split_story(store, desk.settings, StoryId(id), members, desk.editor)
    listed = ", ".join(str(one) for one in stories)
    click.echo(f"stories now: {listed}; briefing story undo {stories[-1]} takes it back")


@story.command()
@common
@click.argument("id", type=_ID)
def undo(desk: Desk, id: int) -> None:  # noqa: A002
    """Take back the last merge or split that a story had a part in."""
    with desk.store() as store:
        ruling, stories = undo_last(store, desk.settings, StoryId(id), desk.editor)
    listed = ", ".join(str(one) for one in stories)
    click.echo(f"took back the {ruling.verdict} of {desk.local(ruling.at)}; stories now: {listed}")


COMMANDS = (story, why)
