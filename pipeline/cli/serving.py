"""Commands of the desk in the browser: serving it, and who may log in to it."""

from __future__ import annotations

import sys
import webbrowser

import click

from config.errors import InputError, NotFoundError
from pipeline.cli.options import Desk, common, json_option, plain, print_json
from store.editors import load_editors, remove_editor, save_editor


@click.command()
@common
@click.option("--host", help="Address to listen on (default: as configured, 127.0.0.1).")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port; 0 for any (default: as configured, 8765)."
)
@click.option("--open", "show", is_flag=True, help="Open it in your browser.")
def serve(desk: Desk, host: str | None, port: int | None, show: bool) -> None:
    """Open the editor's desk for the browser; Ctrl-C closes it.

    Beyond this machine it asks for a login: briefing editor add NAME.
    """
    # Not at the head: no other command pays for a web framework.
    from pipeline.web.context import WebDesk
    from pipeline.web.serving import asks_login, serve

    settings = desk.settings
    host = settings.desk.host if host is None else host
    login = asks_login(settings, host)

    def ready(address: str) -> None:
        asks = "asks for a login; " if login else ""
        click.echo(f"the desk is at {address} ({asks}Ctrl-C closes it)")
        sys.stdout.flush()
        if show:
            webbrowser.open(address)

    with desk.store() as store:
        serve(
            WebDesk(
                store=store,
                settings=settings,
                folder=desk.folder,
                issues=desk.issues,
                clock=desk.clock,
                login=login,
                person=desk.editor.name,
                host=host,
            ),
            settings.desk.port if port is None else port,
            ready=ready,
        )
    click.echo("the desk is closed")


@click.group()
def editor() -> None:
    """Say who may log in to the desk, where it listens beyond this machine."""


@editor.command()
@common
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(desk: Desk, name: str, password_stdin: bool) -> None:
    """Let NAME log in, or give it a new password (which ends its logins)."""
    from pipeline.web.passwords import LEAST, hashed

    name = name.strip()
    if not name or not name.isprintable():
        raise InputError("the name is empty or holds characters that cannot be printed")
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else _asked()
    if len(password) < LEAST:
        raise InputError(f"the password is too short: at least {LEAST} characters")
    with desk.store() as store:
        new = save_editor(store, name, hashed(password), desk.now)
    click.echo(f"{name} may log in" if new else f"{name} has a new password")


def _asked() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt="And once more"))


@editor.command("list")
@common
@json_option
def list_(desk: Desk, as_json: bool) -> None:
    """Show who may log in."""
    with desk.store() as store:
        known = load_editors(store)
    if as_json:
        print_json([plain(one) for one in known])
        return
    for one in known:
        click.echo(f"{one.name}  since {(desk.local(one.added_at) or '')[:10]}")
    if not known:
        click.echo("nobody may log in; briefing editor add NAME")


@editor.command()
@common
@click.argument("name")
def remove(desk: Desk, name: str) -> None:
    """Let NAME log in no more, and end its logins; its decisions stay."""
    with desk.store() as store:
        if not remove_editor(store, name):
            raise NotFoundError(f"there is no editor {name!r}; briefing editor list shows them")
    click.echo(f"{name} may log in no more")


COMMANDS = (serve, editor)
