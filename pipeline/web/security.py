"""What may come in, and what a page may do: Host names, cross-site posts, headers.

The desk has no tokens in its forms: a browser itself says where a post comes from, in
Sec-Fetch-Site and Origin (https://www.w3.org/TR/fetch-metadata/), and a page of another site can
write neither. What says nothing at all is refused too.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from pipeline.web.context import desk, t

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches a server that listens on `host`."""
    address = _address(host)
    return host == "localhost" if address is None else address.is_loopback


def knows(header: str, *, listening: str, names: Iterable[str]) -> bool:
    """Whether a Host header names this desk.

    That is a loopback name, the address that it listens on, or a configured name. One that
    listens on every address is reached by any of them; still not by a name, which is what a
    hostile page would point at this machine (DNS rebinding).
    """
    try:
        name = (urlsplit(f"//{header}").hostname or "").rstrip(".")
    except ValueError:
        return False
    known = {"localhost", listening.lower(), *(one.lower() for one in names)}
    if name in known:
        return True
    address, own = _address(name), _address(listening)
    if address is None:
        return False
    return address.is_loopback or address == own or (own is not None and own.is_unspecified)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def from_here(*, site: str | None, origin: str | None, host: str) -> bool:
    """Whether a post comes from a page of this desk, by what the browser says of it.

    `site` is Sec-Fetch-Site, which browsers leave out over plain http beyond loopback; then
    Origin has to name this host.
    """
    if site is not None:
        return site in ("same-origin", "none")
    return origin is not None and origin.partition("://")[2] == host


def guard(app: Flask) -> None:
    """Refuse what must not come in, and put the headers on every answer."""

    @app.before_request
    def check_host() -> Response | None:
        settings = desk().settings.desk
        if knows(request.host, listening=desk().host, names=settings.names):
            return None
        # Bare text: whoever asks under a foreign name gets nothing of the desk to read.
        return Response(t("error.host") + "\n", 400, mimetype="text/plain")

    @app.before_request
    def check_site() -> None:
        headers = request.headers
        if request.method not in _SAFE and not from_here(
            site=headers.get("Sec-Fetch-Site"), origin=headers.get("Origin"), host=request.host
        ):
            abort(403, t("error.cross_site"))

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
