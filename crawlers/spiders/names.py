"""The names that the reactor knows: those that were looked up and admitted, and no others.

Twisted looks a name up while it connects, where nothing can be said about what was found. So the
download handler looks it up, checks it (``crawlers.access``) and admits it here; the reactor then
finds these addresses and asks nobody. A name that was not admitted has no address.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from scrapy.exceptions import CannotResolveHostError, DownloadTimeoutError
from scrapy.resolver import HostResolution
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver
from twisted.internet.threads import deferToThread
from zope.interface import implementer  # type: ignore[import-untyped]

from crawlers.access import look_up


@implementer(IHostnameResolver)
class AdmittedNames:
    """The reactor's resolver. To be used on its thread."""

    def __init__(self) -> None:
        self._addresses: dict[str, tuple[str, ...]] = {}

    def admit(self, host: str, addresses: tuple[str, ...]) -> None:
        """Let the reactor connect to `addresses` for `host`, and to nothing else."""
        self._addresses[host] = addresses

    def forget(self, hosts: Iterable[str]) -> None:
        """Admit these no longer."""
        for host in hosts:
            self._addresses.pop(host, None)

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803 - an IResolutionReceiver, which mypy cannot read
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: ARG002, N803
    ) -> HostResolution:
        """Give what was admitted, at once."""
        resolution = HostResolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        for host in self._addresses.get(hostName, ()):
            kind = IPv6Address if ":" in host else IPv4Address
            if addressTypes is None or kind in addressTypes:
                resolutionReceiver.addressResolved(kind("TCP", host, portNumber))
        resolutionReceiver.resolutionComplete()
        return resolution


NAMES = AdmittedNames()
"""Those of the one reactor (``crawlers.spiders.reactor``)."""


async def look_up_in_thread(host: str, port: int, *, timeout: float) -> tuple[str, ...]:
    """Do what `look_up` does within `timeout` seconds; raises what a download handler raises."""
    looking = deferToThread(look_up, host, port).asFuture(asyncio.get_running_loop())
    try:
        return await asyncio.wait_for(looking, timeout)
    except TimeoutError as error:
        raise DownloadTimeoutError(f"looking up {host} takes too long") from error
    except OSError as error:
        raise CannotResolveHostError(str(error)) from error
