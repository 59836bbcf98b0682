"""The server: raw sockets on 127.0.0.1, a thread a connection, one fault for all that is asked.

    with HostileWeb(lambda talk: talk.answer(b"...")) as web:
        network = Network(mirrors={"https://hostile.example/": web.base + "/"})

A fault is a function of a `Talk`: it reads the request where it wants one, and sends what it
likes. ``robots.txt`` is answered with 404 by whoever reads a request. Nothing sleeps but what
drips; a hang lasts until the client hangs up or the server is left.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import TypeAlias

_HEAD_END = b"\r\n\r\n"


class _AnsweredError(Exception):
    """The request was for ``robots.txt``, and has its answer."""


@dataclass(slots=True)
class Talk:
    """One connection."""

    connection: socket.socket
    over: threading.Event
    """Set when the server is left."""
    paths: list[str]
    """Every path asked for, of all connections."""
    path: str = ""
    """As in the request line, once it is read."""
    headers: dict[str, str] = field(default_factory=dict)
    """Of the request, names in lower case."""

    def request(self) -> str:
        """Read the request; gives its path."""
        read = b""
        while _HEAD_END not in read:
            piece = self.connection.recv(65536)
            if not piece:
                raise ConnectionAbortedError
            read += piece
        first, *lines = read.partition(_HEAD_END)[0].decode("latin-1").split("\r\n")
        self.path = first.split(" ")[1]
        pairs = (line.partition(":") for line in lines)
        self.headers = {name.lower(): value.strip() for name, _, value in pairs}
        if self.path.endswith("/robots.txt"):
            self.answer(b"", status="404 Not Found")
            raise _AnsweredError
        self.paths.append(self.path)
        return self.path

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.connection.sendall(piece)

    def answer(
        self,
        body: bytes,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        *,
        status: str = "200 OK",
    ) -> None:
        """Send a whole answer, as it should be unless `headers` say otherwise."""
        given = list(headers.items() if isinstance(headers, Mapping) else headers)
        names = {name.lower() for name, _ in given}
        usual = (
            ("Content-Type", "application/rss+xml; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
        )
        given += [pair for pair in usual if pair[0].lower() not in names]
        head = f"HTTP/1.1 {status}\r\n" + "".join(f"{n}: {v}\r\n" for n, v in given if v)
        self.send(head.encode("utf-8", "surrogateescape") + b"\r\n" + body)

    def forever(self, piece: bytes, *, pause: float = 0.0) -> None:
        """Send `piece` until nobody listens."""
        while not self.over.wait(pause):
            self.send(piece)

    def hang(self) -> None:
        """Say nothing until the client hangs up."""
        while not self.over.is_set() and self.connection.recv(65536):
            pass

    def reset(self) -> None:
        """End the connection by a reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


Serve: TypeAlias = Callable[[Talk], None]


class HostileWeb:
    """The server; entered as a context manager, it listens on a free port."""

    def __init__(
        self,
        serve: Serve,
        tls: ssl.SSLContext | None = None,
        *,
        secure: bool = False,
        deaf: bool = False,
    ) -> None:
        """Serve a fault.

        Where it is `secure`, it is an https address that leads here; with `tls` hands are shaken
        before the fault begins. One that is `deaf` never takes a connection: whoever connects
        gets no answer to that.
        """
        self.paths: list[str] = []
        """What was asked for, without ``robots.txt``."""
        self._serve = serve
        self._tls = tls
        self._scheme = "https" if secure else "http"
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=0 if deaf else 128)
        self._threads = [] if deaf else [threading.Thread(target=self._accept)]
        self._open: set[socket.socket] = set()
        if deaf:
            self._fill_queue()

    @property
    def base(self) -> str:
        """``http://127.0.0.1:port``, without a slash at the end."""
        return f"{self._scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> HostileWeb:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            if not self._threads:
                connection.close()
        for thread in self._threads:
            thread.join()

    def _fill_queue(self) -> None:
        """Connect until the system takes no more, and leaves who connects without an answer."""
        for _ in range(8):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(self._listener.getsockname())
            self._open.add(waiting)

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.add(connection)
            thread = threading.Thread(target=self._talk, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _talk(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, _AnsweredError):
            if self._tls is not None:
                self._open.discard(connection)
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.add(connection)
            self._serve(Talk(connection, self._over, self.paths))
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
                connection.settimeout(1)
                while connection.recv(65536):  # what is unread would make the end a reset
                    pass
        self._open.discard(connection)
        connection.close()
