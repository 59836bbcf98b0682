"""The entries of ``network.private_hosts``: which private addresses may be connected to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Annotated, TypeAlias

from pydantic import AfterValidator

_ENTRY = re.compile(
    r"(?P<host>[\w-]+(?:\.[\w-]+)*|\[(?P<ipv6>[0-9a-f:.]+)\])(?::(?P<port>\d{1,5}))?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateHostRule:
    """What one entry allows."""

    host: str = ""
    """A name, as it stands in an address, in lower case."""
    network: IPv4Network | IPv6Network | None = None
    """In place of a name: addresses, by whatever name they are reached."""
    port: int | None = None
    """None for every port."""

    def covers(self, host: str, port: int, address: IPv4Address | IPv6Address) -> bool:
        """Whether `port` at `address`, which `host` was found to be at, is allowed."""
        if self.port not in (None, port):
            return False
        return host.lower() == self.host if self.network is None else address in self.network


def read_private_host(entry: str) -> PrivateHostRule:
    """Read ``nas.local``, ``localhost:8000``, ``10.0.0.5``, ``[::1]:80`` or ``10.0.0.0/8``.

    Raises ValueError for anything else.
    """
    network = _network(entry)
    if network is not None:
        return PrivateHostRule(network=network)
    match = _ENTRY.fullmatch(entry)
    if match is None or int(match["port"] or 1) not in range(1, 2**16):
        raise ValueError("is no host to allow: write localhost:8000, nas.local or 10.0.0.0/8")
    port = int(match["port"]) if match["port"] else None
    network = _network(match["ipv6"] or match["host"])
    if network is not None:
        return PrivateHostRule(network=network, port=port)
    return PrivateHostRule(host=match["host"].lower(), port=port)


def _network(entry: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(entry)
    except ValueError:
        return None


def _readable(value: str) -> str:
    read_private_host(value)
    return value


PrivateHost: TypeAlias = Annotated[str, AfterValidator(_readable)]
