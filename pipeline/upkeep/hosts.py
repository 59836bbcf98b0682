"""Do the hosts of the sources answer? Each is asked once, for the head of one source's page.

Any answer of HTTP will do, a refusal too: whether a source can be read is for the night to find
out. What is looked for here is a name that means nothing any more, a firewall, a broken
certificate, a connection that is not there at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from config.errors import SourceError
from config.settings import Network
from crawlers.crawl import run_errand
from crawlers.refusal import host_of
from crawlers.source import Source
from crawlers.spiders.pages import Ask

PATIENCE = 10.0
"""Seconds that a host has to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """Whether a host answered."""

    host: str
    sources: int
    """How many sources it serves."""
    answered: bool
    said: str
    """``HTTP 200``, or why there was no answer."""


def addresses_of(sources: Iterable[Source]) -> dict[str, tuple[str, int]]:
    """Give for each host the address of one of its sources, and how many sources it has."""
    found: dict[str, tuple[str, int]] = {}
    for source in sources:
        if source.url.startswith(("http://", "https://")):
            host = host_of(source.url)
            first, number = found.get(host, (source.url, 0))
            found[host] = (first, number + 1)
    return found


def ask_hosts(
    addresses: Mapping[str, tuple[str, int]], *, network: Network, now: datetime
) -> list[HostState]:
    """Ask every host, all at once; gives their states by name. Never fails because of one."""
    states: dict[str, HostState] = {}

    def keep(host: str, said: str, *, answered: bool) -> None:
        states[host] = HostState(
            host=host, sources=addresses[host][1], answered=answered, said=said
        )

    async def errand(ask: Ask) -> None:
        async with asyncio.TaskGroup() as group:
            for host in addresses:
                group.create_task(one(host, ask))

    async def one(host: str, ask: Ask) -> None:
        address, _ = addresses[host]
        try:
            await ask(address, method="HEAD", configured=address)
        except SourceError as error:
            keep(host, error.cause, answered=error.status is not None)
        else:
            keep(host, "answers", answered=True)

    def broken(cause: str) -> None:
        for host in addresses.keys() - states.keys():
            keep(host, cause, answered=False)

    if addresses:
        asking = network.model_copy(
            update={
                "timeout": min(network.timeout, PATIENCE),
                "retries": 0,
                # One request that a person wants now, and no crawling (RFC 9309, section 1).
                "obey_robots": False,
            }
        )
        run_errand(errand, broken, network=asking, now=now)
    return [states[host] for host in sorted(states)]
