"""Listening: waitress on one address, until Ctrl-C or SIGTERM.

Beyond this machine the desk asks who one is: when it listens on more than loopback, and when the
configuration names further hosts, since then a proxy before it lets others in.
"""

from __future__ import annotations

import errno
import os
import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import Final, TypeAlias

from waitress.server import BaseWSGIServer, MultiSocketServer, create_server

from config.errors import InputError
from config.settings import Settings
from pipeline.web.app import create_app
from pipeline.web.context import WebDesk
from pipeline.web.security import is_loopback
from store.database import Store
from store.editors import load_editors

Server: TypeAlias = MultiSocketServer | BaseWSGIServer

_THREADS: Final = 8
_LARGEST: Final = 4_000_000
"""Bytes of a body that are read at all; what is too long for a form is told on a page."""


def asks_login(settings: Settings, host: str) -> bool:
    """Whether a desk that listens on `host` can be reached by others than who started it."""
    return not is_loopback(host) or bool(settings.desk.names)


def require_editor(store: Store) -> None:
    """Raise InputError where nobody could log in."""
    if not load_editors(store):
        raise InputError(
            "others can reach this address, so the desk asks for a login, and nobody has one; "
            "run: briefing editor add NAME"
        )


def listen(desk: WebDesk, port: int) -> tuple[Server, str]:
    """A server that listens, to be run and closed, and the address of the desk.

    `port` 0 takes any free one. Raises InputError where the address cannot be listened on, or
    where nobody could log in, and StoreError.
    """
    if desk.login:
        require_editor(desk.store)
    app = create_app(desk)
    listening = _listen(desk.host, port)
    server = create_server(
        app,
        sockets=[listening],
        threads=_THREADS,
        ident=None,  # tells nobody what serves it
        max_request_body_size=_LARGEST,
    )
    return server, _address(desk.host, listening.getsockname()[1])


def serve(desk: WebDesk, port: int, *, ready: Callable[[str], None]) -> None:
    """Serve the desk until it is stopped; `ready` is told its address once it listens.

    Raises as `listen` does.
    """
    server, address = listen(desk, port)
    # Ctrl-C too: what a shell starts in the background begins with it ignored.
    before = {one: signal.signal(one, _stop) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        ready(address)
        server.run()  # ends by itself on Ctrl-C
    finally:
        server.close()
        for one, handler in before.items():
            signal.signal(one, handler)


def _stop(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except socket.gaierror as error:
        raise InputError(f"{host!r} is no address of this machine") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            why = f"port {port} of {host} is taken; stop what listens there, or give another --port"
        else:
            why = f"cannot listen on port {port} of {host}: {os.strerror(error.errno or 0)}"
        raise InputError(why) from error


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104
    return f"http://{f'[{shown}]' if ':' in shown and shown[0] != '[' else shown}:{port}/"
