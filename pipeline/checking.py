"""Check an issue with all that is known: what ran before, what sources said, which links live."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.settings import Newsletter, Settings
from crawlers.liveness import LinkState, check_links
from pipeline.check import Finding, PublishedIn, addresses, check_issue
from pipeline.issue_reader import read_issue
from pipeline.issue_reading import ReadIssue
from pipeline.published import keys_of_draft
from store.candidates import load_source_text
from store.database import Store
from store.issues import load_ran
from store.models import IdentityKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An issue's Markdown to be checked."""

    name: str
    """As findings show it: the file, or ``DATE.md`` for an issue that is in the store."""
    text: str

    def read(self, newsletter: Newsletter) -> ReadIssue:
        """The issue that it is."""
        return read_issue(self.text, name=Path(self.name).name, newsletter=newsletter)


Asking = Callable[[list[str]], Callable[[LinkState], None]]
"""Told the addresses before they are asked; gives what is to be told each answer."""


def check_page(
    store: Store,
    settings: Settings,
    page: Page,
    now: datetime,
    asking: Asking | None,
    *,
    known: Mapping[str, LinkState] | None = None,
) -> list[Finding]:
    """Give the findings about a page, by line.

    Without `asking`, no link is asked for; of links, then, what is `known` already is told.
    """
    read = page.read(settings.newsletter)
    if asking is not None:
        urls = addresses(read, page.text, settings)
        states = check_links(urls, network=settings.network, now=now, progress=asking(urls))
        known = {state.url: state for state in states}
    return check_read(store, settings, page, read, known=known)


def check_read(
    store: Store,
    settings: Settings,
    page: Page,
    read: ReadIssue,
    *,
    known: Mapping[str, LinkState] | None,
) -> list[Finding]:
    """As `check_page`, of a page that was read already; no link is asked for."""
    return check_issue(
        read,
        page.text,
        name=page.name,
        settings=settings,
        published=_published(store, read),
        sources=lambda key: load_source_text(store, key),
        liveness=known,
    )


def _published(store: Store, read: ReadIssue) -> dict[IdentityKey, PublishedIn]:
    """Where each thing in an issue ran last before it."""
    own = {
        key: None
        for section in read.issue.sections
        for item in section.items
        for key in keys_of_draft(item)
    }
    published: dict[IdentityKey, PublishedIn] = {}
    for ran in load_ran(store, own, before=read.issue.date):
        for key in ran.keys:
            if key in own:
                published.setdefault(
                    key, PublishedIn(date=ran.date, section=ran.section, title=ran.draft.title)
                )
    return published
