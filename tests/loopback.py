"""A web server on 127.0.0.1 for tests: what it answers is set by the test, what it was asked is kept.

    with LoopbackServer() as web:
        web.route("/feed.xml", Answer(body=RSS, headers={"ETag": '"1"'}))
        web.route("https://www.example.org/feed", lambda asked: Answer(status=503))
        network = Network(mirrors=web.mirrors)  # now https://www.example.org/feed leads here
        ...
        assert web.paths() == ["/feed.xml"]

A route is a path as it stands in the request line, query included, or a whole http(s) address,
which is what `LoopbackServer.mirrors` turns into a path of this server. What has no route is 404.
An answer with an ``ETag`` or ``Last-Modified`` header becomes a 304 where the request carries the
same value. Nothing here sleeps: a slow answer waits for a `threading.Event` that the test sets.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import TypeAlias

_PATIENCE = 20.0
"""Seconds after which a gate opens by itself, so that a failing test ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that arrived."""

    method: str
    path: str
    """With the query, without fragment."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to say to a request."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    """``Content-Length`` is set from the body where not given."""
    gate: threading.Event | None = None
    """Answer only once this is set."""
    raw: bytes | None = None
    """Send these bytes and nothing else (status line included), then close the connection."""
    reset: bool = False
    """Close by a reset (RST), after `raw` if there is any, instead of an orderly end."""


Route: TypeAlias = Answer | Callable[[Asked], Answer]


class LoopbackServer:
    """The server; entered as a context manager, it listens on a free port."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """Speak HTTP, or HTTPS with the certificate of `tls`."""
        self.asked: list[Asked] = []
        """Every request, in order of arrival."""
        self._routes: dict[str, Route] = {}
        self._scheme = "http" if tls is None else "https"
        self._server = _Server(self, tls)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def base(self) -> str:
        """``http://127.0.0.1:port``, without a slash at the end."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    @property
    def mirrors(self) -> dict[str, str]:
        """For `Network.mirrors`: every http and https address leads to this server."""
        return {"https://": f"{self.base}/https/", "http://": f"{self.base}/http/"}

    def route(self, address: str, answer: Route) -> str:
        """Answer requests for a path or whole address; gives the address to ask for."""
        scheme, found, rest = address.partition("://")
        self._routes[f"/{scheme}/{rest}" if found else address] = answer
        return address if found else self.base + address

    def paths(self) -> list[str]:
        """The paths asked for, in order of arrival, without ``robots.txt``."""
        return [asked.path for asked in self.asked if not asked.path.endswith("/robots.txt")]

    def answer(self, asked: Asked) -> Answer:
        """What the routes say to a request."""
        route = self._routes.get(asked.path, Answer(status=404))
        answer = route if isinstance(route, Answer) else route(asked)
        if _unchanged(asked, answer):
            return Answer(status=304, headers=answer.headers, gate=answer.gate)
        return answer

    def __enter__(self) -> LoopbackServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.hang_up()


def _unchanged(asked: Asked, answer: Answer) -> bool:
    if answer.status != HTTPStatus.OK or answer.raw is not None:
        return False
    pairs = {"if-none-match": "ETag", "if-modified-since": "Last-Modified"}
    return any(
        asked.headers.get(condition) == answer.headers[validator]
        for condition, validator in pairs.items()
        if validator in answer.headers
    )


class _Server(ThreadingHTTPServer):
    request_queue_size = 128

    def __init__(self, owner: LoopbackServer, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.owner = owner
        self._tls = tls
        self._open: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        connection, address = super().get_request()
        if self._tls is not None:
            # The handshake is left to the thread that reads the request.
            connection = self._tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: object) -> None:
        assert isinstance(request, socket.socket)
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that clients keep open, so that their threads end too."""
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):  # the client may be gone already
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        asked = Asked(
            method=self.command,
            path=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        owner = self.server.owner
        owner.asked.append(asked)
        answer = owner.answer(asked)
        if answer.gate is not None:
            answer.gate.wait(_PATIENCE)
        if answer.raw is not None or answer.reset:
            self.close_connection = True
        with contextlib.suppress(ConnectionError):  # a client that gave up is what some tests want
            # In one piece: headers and body apart would wait for each other's acknowledgement.
            self.wfile.write(_wire_form(answer, head_only=self.command == "HEAD"))
        if answer.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.do_GET()

    def do_PATCH(self) -> None:
        self.do_GET()

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            super().handle()

    def log_message(self, *_: object) -> None:
        """Say nothing: a test reads `LoopbackServer.asked`."""


def _wire_form(answer: Answer, *, head_only: bool) -> bytes:
    if answer.raw is not None or answer.reset:
        return answer.raw or b""
    names = {name.lower() for name in answer.headers}
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    if "content-length" not in names and answer.status != HTTPStatus.NOT_MODIFIED:
        lines.append(f"Content-Length: {len(answer.body)}")
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head if head_only else head + answer.body
