"""Releases of watched repositories at GitHub.

Asking is done by ``crawlers.github_client``, reading by ``crawlers.github_answer``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from config.errors import SourceError
from config.settings import Addresses, GithubReleasesSettings, Network
from crawlers.allowance import Allowance
from crawlers.github_answer import PUBLISHER, parse_github_search
from crawlers.github_client import GithubClient
from crawlers.outcome import answered, failed, payload_of
from crawlers.pace import GITHUB_PACE, Pace
from crawlers.source import Fetched, Outcome, Parsed, ParsedEmpty, ParsedItems
from store.models import Payload, SourceName, SourceState

_PER_PAGE: Final = 30
"""Releases asked for of each repository, the latest first; asked each night, that is ample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GithubReleasesSource:
    """The releases of some repositories; a ``ClientSource``."""

    settings: GithubReleasesSettings
    network: Network
    addresses: Addresses
    token: str | None = field(default=None, repr=False)
    pace: Pace = GITHUB_PACE
    allowance: Allowance | None = None

    @property
    def name(self) -> SourceName:
        """The name in the configuration."""
        return SourceName(self.settings.name)

    @property
    def kind(self) -> str:
        """``github_releases``."""
        return self.settings.kind

    @property
    def url(self) -> str:
        """``https://api.github.com/repos/{a/one,b/two}/releases``: one address a repository."""
        names = ",".join(self.settings.repositories)
        return f"{self.addresses.github_api}/repos/{{{names}}}/releases"

    def parse(self, payload: Payload) -> Parsed:
        """Read the releases of one repository that were recent when they were fetched."""
        parsed = parse_github_search(
            payload,
            source=self.name,
            section=self.settings.section,
            publisher=self.settings.publisher or PUBLISHER,
            prereleases=self.settings.prereleases,
        )
        if not isinstance(parsed, ParsedItems):
            return parsed
        since = payload.fetched_at - timedelta(days=self.settings.within_days)
        recent = tuple(i for i in parsed.items if i.published is None or i.published >= since)
        if not recent:
            return ParsedEmpty(reason=f"no release within {self.settings.within_days} days")
        return replace(parsed, items=recent)

    def fetch(self, state: SourceState, now: datetime) -> Outcome:
        """Ask for each repository's releases; one that is gone is noted and costs no other."""
        pages: list[Fetched] = []
        notes: list[str] = []
        try:
            with GithubClient(
                network=self.network,
                addresses=self.addresses,
                token=self.token,
                pace=self.pace,
                allowance=self.allowance,
            ) as client:
                for full_name in self.settings.repositories:
                    answer = client.get(
                        f"/repos/{full_name}/releases", {"per_page": str(_PER_PAGE)}
                    )
                    if answer is None:
                        notes.append(f"{full_name} does not exist or is gone")
                        continue
                    payload = payload_of(answer, now=now)
                    pages.append(Fetched(payload=payload, parsed=self.parse(payload)))
        except SourceError as error:
            return failed(error, pages=pages, notes=notes)
        return self._outcome(pages, state, notes)

    def _outcome(
        self, pages: Sequence[Fetched], state: SourceState, notes: Sequence[str]
    ) -> Outcome:
        if not pages:
            return failed(SourceError("none of the repositories exists"), notes=notes)
        return answered(pages, state=state, notes=notes)
