"""Which addresses a run may connect to: public ones, and those that the configuration names.

A link in a feed, a redirect, or an address that an editor pasted may lead anywhere, and from here
also to what only this machine can reach: its own services, the local network, the metadata of a
cloud. So every name is looked up once, all that it was found to be is checked, and what was
checked is what is connected to: a name that means something else a moment later gains nothing.

Allowed beyond public addresses is what ``network.private_hosts`` lists, and, for a request of a
source's own, the host and port that the configuration gives for it or for its mirror. A link that
a source's answer holds is not of its own.

Connecting is left to ``crawlers.http_session`` and ``crawlers.spiders.middlewares``. Where the
environment names a proxy, names are looked up there, so it is the proxy that has to keep private
addresses apart; those that are written as numbers are refused here all the same.
"""

from __future__ import annotations

import socket
from collections.abc import Set as AbstractSet
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from config.errors import SourceError
from config.private_hosts import read_private_host
from config.settings import Network

Origin: TypeAlias = tuple[str, int]
"""Host in lower case, without brackets, and port."""

_PORTS = {"http": 80, "https": 443}
_NAT64 = IPv6Network("64:ff9b::/96")
"""Addresses that lead to the IPv4 address in their last four bytes (RFC 6052)."""
_OURS = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",  # RFC 6890; part of it is global, Oracle's metadata is not
        "168.63.129.16/32",  # Azure's services for the machine itself
    )
)
"""What `ipaddress` takes for global, wholly or in some releases, and only machines here reach."""


class Access:
    """What a configuration allows."""

    def __init__(self, network: Network) -> None:
        self._rules = tuple(map(read_private_host, network.private_hosts))
        self._mirrors = frozenset(filter(None, map(origin, network.mirrors.values())))

    def named(self, meant: str, asked: str, configured: str | None) -> AbstractSet[Origin]:
        """Give where a request may go whatever is there.

        `meant` is the address asked for and `asked` the one with the mirror in its place;
        `configured` is the address that the configuration gives for what the request is part of,
        None for a stranger's link.
        """
        if asked != meant:
            return self._mirrors
        at = origin(configured) if configured else None
        return frozenset() if at is None else {at}

    def check(self, host: str, port: int, addresses: tuple[str, ...]) -> None:
        """Raise `SourceError` unless each of `addresses`, which `host` is at, is allowed."""
        for address in addresses:
            if is_public(address):
                continue
            real = embedded(address)
            if any(rule.covers(host, port, real) for rule in self._rules):
                continue
            where = f"[{host}]" if ":" in host else host
            where += "" if port in _PORTS.values() else f":{port}"
            leads = "is" if host == address else f"leads to {address}, which is"
            raise SourceError(
                f"{where} {leads} no public address; network.private_hosts can allow it"
            )

    def check_as_written(self, host: str, port: int) -> None:
        """Raise `SourceError` where `host` says by itself that it may not be connected to.

        It is an address, however spelled, or this machine's name. Nothing is looked up.
        """
        try:
            addresses = _look_up(host, port, socket.AI_NUMERICHOST)
        except (OSError, UnicodeError):
            local = f".{host}".lower().rstrip(".").endswith(".localhost")
            addresses = ("127.0.0.1",) if local else ()
        self.check(host, port, addresses)


def look_up(host: str, port: int) -> tuple[str, ...]:
    """Look a name up: every address of it, best first.

    Blocks. Raises OSError where there is none, UnicodeError for what is no name.
    """
    return _look_up(host, port, 0)


def origin(url: str) -> Origin | None:
    """Host and port of an address; None where it has none."""
    try:
        parts = parse_url(url)
    except LocationParseError:
        return None
    port = parts.port or _PORTS.get(parts.scheme or "")
    return (parts.host.strip("[]").lower(), port) if parts.host and port else None


@lru_cache(maxsize=4096)
def is_public(address: str) -> bool:
    """Whether an address is one that the whole internet means the same machine by."""
    real = embedded(address)
    return (
        real.is_global
        and not (real.is_multicast or real.is_reserved or real.is_loopback)
        and not (isinstance(real, IPv6Address) and real.is_site_local)
        and not any(real in network for network in _OURS)
    )


def embedded(address: str) -> IPv4Address | IPv6Address:
    """Read an address; the IPv4 address in it where it is a way of writing or reaching one."""
    real = ip_address(address)
    if isinstance(real, IPv4Address):
        return real
    if real in _NAT64:
        return IPv4Address(real.packed[-4:])
    return real.ipv4_mapped or real.sixtofour or real


def _look_up(host: str, port: int, flags: int) -> tuple[str, ...]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))
