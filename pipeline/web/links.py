"""Which links of the issue were asked for from the desk, and what came of it.

Kept for as long as the desk is open. Asking takes minutes, and nothing waits for it but who asked.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.errors import InputError
from config.settings import Network
from crawlers.liveness import LinkState, check_links


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far asking is."""

    done: int = 0
    count: int = 0
    """0 while nobody asks."""


class AskedLinks:
    """What is known of links. Safe to use from several threads."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._known: Mapping[str, LinkState] = {}
        self._at: datetime | None = None
        self._progress = Progress()

    @property
    def known(self) -> Mapping[str, LinkState]:
        """What the last asking found, by address."""
        return self._known

    @property
    def at(self) -> datetime | None:
        """When that was; None before the first."""
        return self._at

    @property
    def progress(self) -> Progress:
        """How far the one is that is under way."""
        return self._progress

    def ask(self, urls: Sequence[str], *, network: Network, now: datetime) -> None:
        """Ask for each address. Raises InputError while another does."""
        if not self._asking.acquire(blocking=False):
            raise InputError("the links are being asked for already; wait for that to end")
        try:
            self._progress = Progress(count=len(urls))
            states = check_links(urls, network=network, now=now, progress=self._told)
            self._known, self._at = {state.url: state for state in states}, now
        finally:
            self._progress = Progress()
            self._asking.release()

    def _told(self, _: LinkState) -> None:
        before = self._progress
        self._progress = Progress(done=before.done + 1, count=before.count)
