"""An end to an answer's head: Twisted reads status lines and headers for as long as they come.

Scrapy measures a body as it arrives. What stands before it, Twisted keeps in memory without a
limit, so a server could fill all there is within the time that a request has.
"""

from __future__ import annotations

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from twisted.internet.interfaces import IAddress
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS, HTTP11ClientProtocol, ParseError

MOST_HEAD = 256_000
"""Bytes, interim answers (100 Continue) included; browsers take as much."""


class BoundedHead(_LenientHTTP11ClientProtocol):
    """Scrapy's connection; an answer whose head is larger than `MOST_HEAD` is given up."""

    _head = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Take what arrived, and count it while there is no body yet."""
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        parser = self._parser
        within = parser is not None and parser.state in (STATUS, HEADER)
        self._head = self._head + len(data) if within else 0
        if self._head > MOST_HEAD:
            self._head = 0
            self._giveUp(Failure(ParseError("the head of the answer does not end", b"")))  # type: ignore[no-untyped-call]


class BoundedHeads(_LenientHTTP11ClientFactory):
    """Makes such connections; what a pool of connections is made with."""

    def buildProtocol(self, addr: IAddress | None) -> HTTP11ClientProtocol:  # noqa: ARG002, N802
        """Make a connection's end."""
        return BoundedHead(self._quiescentCallback)  # type: ignore[no-untyped-call]
