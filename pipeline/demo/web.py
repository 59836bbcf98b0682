"""A server on the loopback address that answers for a folder of hosts.

``with SampleWeb() as web:`` serves the sample web, ``SampleWeb(folder)`` any folder laid out the
same way. A request for ``/https/HOST/PATH?QUERY`` is answered as the live ``https://HOST`` would
answer ``/PATH?QUERY``, so that the setting

    network.mirrors = {"https://": web.mirror("https"), "http://": web.mirror("http")}

makes a run read this folder and nothing else. Which file answers is said in ``folder``; arXiv and
GitHub are answered by ``arxiv_service`` and ``github_service`` where the folder holds what they
answer from. Added here is what every host does: compression, conditional requests, and failing on
request. A redirect names the live address, as the live host would: whoever follows it asks the
mirror again.
"""

from __future__ import annotations

import gzip
import re
import socket
import struct
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256, shake_128
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self, TypeAlias

from pipeline.demo import SITE, arxiv_service, github_service
from pipeline.demo.folder import Answer, Request, SiteFolder

FaultKind: TypeAlias = Literal["429", "503", "hang", "garbage", "reset"]
"""How an address fails: 429 with Retry-After, 503, no answer until the server is closed, bytes
that mean nothing, or a connection that is reset before the answer."""

_SERVICES: Final[Mapping[str, Callable[[Path, Request], Answer | None]]] = {
    arxiv_service.HOST: arxiv_service.answer_arxiv,
    github_service.HOST: github_service.answer_github,
}
_NOT_FOUND: Final = Answer(
    status=HTTPStatus.NOT_FOUND,
    body=b"404 Not Found\n",
    content_type="text/plain; charset=utf-8",
    validators=False,
)
_TARGET: Final = re.compile(
    r"/(?P<scheme>https?)/(?P<rest>[\w-]+(?:\.[\w-]+)*(?::\d+)?(?:[/?].*)?)"
)
_WORTH_COMPRESSING: Final = 256
"""Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request, as the server saw it."""

    url: str
    """The live address that was meant, or the target as it stands if it means none."""
    status: int | None
    """What was answered; None where the fault was to answer nothing."""


class SampleWeb:
    """A web on 127.0.0.1, while it is used as a context.

    `faults` may be changed while it runs. Its keys are live addresses; one without a query fails
    for every query.
    """

    def __init__(
        self,
        root: Path = SITE,
        *,
        faults: Mapping[str, FaultKind] | None = None,
        retry_after: int = 120,
    ) -> None:
        """Prepare to serve `root`; `retry_after` (seconds) is what a 429 asks for.

        Raises ConfigError where the manifest of `root` cannot be used.
        """
        self.faults: dict[str, FaultKind] = dict(faults or {})
        self.retry_after = retry_after
        self.visits: list[Visit] = []
        self.closing = threading.Event()
        self._folder = SiteFolder(root)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.closing.clear()
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
        self._server = self._thread = None

    def mirror(self, scheme: Literal["http", "https"]) -> str:
        """Where addresses of `scheme` are answered; takes the place of ``scheme://``."""
        if self._server is None:
            raise RuntimeError("the sample web is not being served: use it in a with statement")
        return f"http://127.0.0.1:{self._server.server_port}/{scheme}/"

    def fault(self, url: str) -> FaultKind | None:
        """How a live address is to fail, if it is."""
        return self.faults.get(url) or self.faults.get(url.partition("?")[0])

    def answer(self, request: Request) -> Answer:
        """What the live host would say: manifest, then service, then file, then 404."""
        service = _SERVICES.get(request.host)
        return (
            self._folder.from_manifest(request)
            or (service and service(self._folder.root / request.host, request))
            or self._folder.from_file(request)
            or _NOT_FOUND
        )


class _Server(ThreadingHTTPServer):
    # A hanging request must not keep the server from closing.
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, web: SampleWeb) -> None:
        self.web = web
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(
        self,
        request: socket.socket | tuple[bytes, socket.socket],
        client_address: object,
    ) -> None:
        # A client may hang up whenever it likes; anything else is a fault of this program.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._respond()

    def do_HEAD(self) -> None:
        self._respond()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: `SampleWeb.visits` holds what was asked."""

    def _respond(self) -> None:
        web = self.server.web
        url = live_url(self.path)
        if url is None:
            self._send(self.path, _NOT_FOUND)
            return
        fault = web.fault(url)
        if fault in {"hang", "reset"}:
            web.visits.append(Visit(url=url, status=None))
            self._break_off(wait=fault == "hang")
            return
        asked = Request(url=url, accept=self.headers.get("Accept", ""))
        answer = web.answer(asked) if fault is None else _failing(fault, url, web.retry_after)
        self._send(url, answer)

    def _break_off(self, *, wait: bool) -> None:
        if wait:
            self.server.web.closing.wait()
        self.close_connection = True
        # Lingering for 0 seconds makes the close a reset. The reader holds the socket open too.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.connection.close()

    def _send(self, url: str, answer: Answer) -> None:
        status, body = answer.status, answer.body
        headers = {"Content-Type": answer.content_type, **answer.headers}
        if answer.validators:
            # Weak, since the same page may be sent compressed or not.
            etag = f'W/"{sha256(body).hexdigest()[:20]}"'
            headers["ETag"] = etag
            if answer.modified is not None:
                headers["Last-Modified"] = format_datetime(answer.modified, usegmt=True)
            if is_unchanged(dict(self.headers.items()), etag, answer.modified):
                status, body = HTTPStatus.NOT_MODIFIED, b""
        if len(body) >= _WORTH_COMPRESSING and accepts_gzip(
            self.headers.get("Accept-Encoding", "")
        ):
            body = gzip.compress(body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        # Before the answer leaves, so that whoever has received it finds the visit.
        self.server.web.visits.append(Visit(url=url, status=int(status)))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Vary", "Accept-Encoding")
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def live_url(path: str) -> str | None:
    """The live address that a request target means; None where it means none.

    >>> live_url("/https/a.example/feed?page=2")
    'https://a.example/feed?page=2'
    """
    match = _TARGET.fullmatch(path)
    return f"{match['scheme']}://{match['rest']}" if match else None


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header allows gzip (RFC 9110, section 12.5.3)."""
    for entry in header.lower().split(","):
        coding, _, weight = entry.replace(" ", "").partition(";q=")
        if coding in {"gzip", "*"}:
            return weight.strip("0.") != "" if weight else True
    return False


def is_unchanged(headers: Mapping[str, str], etag: str, modified: datetime | None) -> bool:
    """Whether a conditional request is to be answered with 304 (RFC 9110, section 13.2.2).

    `headers` are those of the request, `etag` and `modified` (UTC) those of the answer.
    If-None-Match, compared weakly, decides alone where it is given.
    """
    given = {name.lower(): value for name, value in headers.items()}
    if (tags := given.get("if-none-match")) is not None:
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return "*" in known or etag.removeprefix("W/") in known
    since = given.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return modified.replace(microsecond=0) <= moment


def _failing(fault: FaultKind, url: str, retry_after: int) -> Answer:
    if fault == "garbage":
        # Not random, so that a failing test fails again; a NUL suits neither text nor XML.
        return Answer(body=b"\0" + shake_128(url.encode()).digest(2047), validators=False)
    status = HTTPStatus(int(fault))
    headers = {"Retry-After": str(retry_after)} if status == HTTPStatus.TOO_MANY_REQUESTS else {}
    return Answer(
        status=status,
        body=f"{status.value} {status.phrase}\n".encode(),
        content_type="text/plain; charset=utf-8",
        headers=headers,
        validators=False,
    )
