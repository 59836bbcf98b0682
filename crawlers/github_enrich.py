"""What GitHub knows of repositories that other sources named.

A trending page or an article names a repository; its number (which stays when it is renamed), its
stars, topics, licence and what its readme says first are looked up here, and come as items of a
source of their own. Which repositories are worth it is decided in the pipeline.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from config.errors import SourceError
from config.settings import Addresses, Network
from crawlers.allowance import Allowance
from crawlers.github_answer import parse_github_search
from crawlers.github_client import RAW, GithubClient
from crawlers.markdown_text import first_paragraph
from crawlers.outcome import answered, failed, payload_of
from crawlers.pace import GITHUB_PACE, Pace
from crawlers.source import Fetched, Items, Outcome, Parsed, ParsedItems
from store.models import GITHUB, Payload, RawItem, SourceName, SourceState

_FULL_NAME: Final = re.compile(r"[\w.-]+/(?!\.{1,2}$)[\w.-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichmentSource:
    """The repositories of some names; a ``ClientSource``."""

    full_names: Sequence[str]
    """``owner/name`` each, the most wanted first."""
    network: Network
    addresses: Addresses
    token: str | None = field(default=None, repr=False)
    pace: Pace = GITHUB_PACE
    allowance: Allowance | None = None
    name: SourceName = GITHUB
    kind: str = "github"

    @property
    def url(self) -> str:
        """``https://api.github.com/repos``, whichever are asked for: limits hold for all."""
        return f"{self.addresses.github_api}/repos"

    def parse(self, payload: Payload) -> Parsed:
        """Read GitHub's answer for one repository, without its readme."""
        return parse_github_search(payload, source=self.name)

    def with_article(self, item: RawItem, article: Payload) -> RawItem:
        """Complete a repository from its readme. Pure."""
        assert item.repository is not None, "parse gives repositories only"
        text = article.body.decode("utf-8", "replace")
        return replace(item, repository=replace(item.repository, readme=first_paragraph(text)))

    def fetch(self, state: SourceState, now: datetime) -> Outcome:
        """Look the repositories up, one after the other, each with its readme.

        That takes two requests each, of the 60 an hour that GitHub grants without a token (5,000
        with one). A renamed repository is found under its new name; one that is gone is noted.
        Where GitHub stops answering, the rest is left: noted, and the outcome says when to go on.
        """
        names = list(dict.fromkeys(self.full_names))
        pages: list[Fetched] = []
        readmes: list[Payload] = []
        notes: list[str] = []
        asked = 0
        try:
            with GithubClient(
                network=self.network,
                addresses=self.addresses,
                token=self.token,
                pace=self.pace,
                allowance=self.allowance,
            ) as client:
                for name in names:
                    pages += self._look_up(client, name, now, readmes, notes)
                    asked += 1
        except SourceError as error:
            notes.append(f"{len(names) - asked} repositories left: {', '.join(names[asked:])}")
            return failed(error, pages=pages, notes=notes)
        outcome = answered(pages, state=state, notes=notes)
        return replace(outcome, articles=tuple(readmes)) if isinstance(outcome, Items) else outcome

    def _look_up(
        self,
        client: GithubClient,
        full_name: str,
        now: datetime,
        readmes: list[Payload],
        notes: list[str],
    ) -> list[Fetched]:
        """Look up one repository; nothing where it is gone. Raises `SourceError`."""
        answer = client.get(f"/repos/{full_name}") if _FULL_NAME.fullmatch(full_name) else None
        if answer is None:
            notes.append(f"{full_name} does not exist or is gone")
            return []
        payload = payload_of(answer, now=now)
        parsed = self.parse(payload)
        if not isinstance(parsed, ParsedItems):
            return [Fetched(payload=payload, parsed=parsed)]
        item = parsed.items[0]
        readme = self._readme(client, item, now, notes)
        if readme is not None:
            item = self.with_article(item, readme)
            readmes.append(readme)
        return [Fetched(payload=payload, parsed=replace(parsed, items=(item,)))]

    def _readme(
        self, client: GithubClient, item: RawItem, now: datetime, notes: list[str]
    ) -> Payload | None:
        """The readme, under the address of its repository; None where there is none to have."""
        try:
            answer = client.get(f"/repos/{item.title}/readme", accept=RAW)
        except SourceError as error:
            # A readme over the size limit is no reason to stop; a rate limit is.
            if error.retryable:
                raise
            notes.append(f"{item.title}: no readme: {error.cause}")
            return None
        return None if answer is None else replace(payload_of(answer, now=now), url=item.url)
