"""A mail server on 127.0.0.1 for tests: takes what it is given, or refuses it.

With a certificate it offers STARTTLS, or shakes hands before the first word. Who then speaks
without is not let in.
"""

from __future__ import annotations

import base64
import contextlib
import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from types import TracebackType

PASSWORD = "korrekt-pferd-7"


@dataclass
class SmtpServer:
    """What it has taken, and what it refuses."""

    refuse: dict[str, str] = field(default_factory=dict)
    """Command -> the answer to it: ``{"DATA": "451 later"}``; ``RCPT a@b`` for one address."""
    tls: ssl.SSLContext | None = None
    at_once: bool = False
    """TLS from the first byte on, instead of STARTTLS."""
    mails: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    """Who logged in with the right password."""

    def __enter__(self) -> SmtpServer:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
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

    @property
    def port(self) -> int:
        return self._server.server_address[1]


class _Server(socketserver.ThreadingTCPServer):
    owner: SmtpServer
    server_address: tuple[str, int]


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        owner = self.server.owner
        with contextlib.suppress(ssl.SSLError, ConnectionError):  # a client that does not trust us
            if owner.tls is not None and owner.at_once:
                self._secure(owner.tls)
            self._say("220 here")
            self._converse(owner)

    def _secure(self, tls: ssl.SSLContext) -> None:
        self.connection = tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def _converse(self, owner: SmtpServer) -> None:
        clear = owner.tls is not None and not owner.at_once
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].upper()
            address = line[line.find("<") + 1 : line.rfind(">")]
            refusal = owner.refuse.get(f"{verb} {address}") or owner.refuse.get(verb)
            if verb == "QUIT":
                self._say("221 bye")
                return
            if refusal:
                self._say(refusal)
            elif verb == "EHLO":
                self._say(f"250-here\r\n250 {'STARTTLS' if clear else 'AUTH PLAIN'}")
            elif verb == "STARTTLS" and owner.tls is not None:
                self._say("220 go on")
                self._secure(owner.tls)
                clear = False
            elif clear:
                self._say("530 STARTTLS first")
            elif verb == "AUTH":
                _, user, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")
                right = password == PASSWORD
                owner.users += [user] if right else []
                self._say("235 welcome" if right else f"535 not with {password}")
            elif verb == "DATA":
                self._say("354 go on")
                owner.mails.append(self._data())
                self._say("250 taken")
            else:
                owner.recipients += [address] if verb == "RCPT" else []
                self._say("250 ok")

    def _data(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return b"".join(lines)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
