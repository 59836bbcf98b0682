"""Check an issue before it is published: what a reader would stumble over.

`check_issue` takes an issue as read from Markdown, its text, and what is known from elsewhere
(what ran before, the stored texts of the sources, which links are alive), and gives findings,
one line each. It is pure; whether a link is alive is asked by ``crawlers.liveness``, of the
addresses that `addresses` gives.

    links      well-formed, permanent, without trackers, alive
    repeats    ran before, stands twice
    texts      title, source and 摘要: there, in the newsletter's language, of sane length
    facts      numbers and names of a 摘要 stand in the source's text; tags and titles fit the links
    structure  front matter, heading, 导读, sections, line form, text that nobody could read
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING

from config.settings import Settings
from pipeline.check.facts import SourceTexts, check_facts
from pipeline.check.finding import Code, Finding, Level
from pipeline.check.links import check_links, opens
from pipeline.check.repeats import PublishedIn, check_repeats
from pipeline.check.structure import check_structure
from pipeline.check.subject import Subject
from pipeline.check.texts import check_texts
from pipeline.issue_reading import ReadIssue
from store.models import IdentityKey

if TYPE_CHECKING:
    from crawlers.liveness import LinkState

__all__ = [
    "Code",
    "Finding",
    "Level",
    "PublishedIn",
    "SourceTexts",
    "addresses",
    "check_issue",
]


def check_issue(
    read: ReadIssue,
    raw: str,
    *,
    name: str,
    settings: Settings,
    published: Mapping[IdentityKey, PublishedIn],
    sources: SourceTexts,
    liveness: Mapping[str, LinkState] | None,
) -> list[Finding]:
    """Give the findings about an issue, in the order of its lines.

    `read` is what was read from `raw`; `name` is the file as it is to be shown, ``2020-03-02.md``
    with or without its folder. `published` says where a thing ran last before this issue; entries
    that are not before its date are left aside. `sources` gives the stored text of an item by an
    identity key, None where there is none. `liveness` holds what is known of addresses as they
    are written; None leaves that out.
    """
    subject = Subject(file=name, read=read, raw=raw, settings=settings)
    first = not any(ran.date < read.issue.date for ran in published.values())
    found = chain(
        check_structure(subject, first=first),
        check_links(subject, liveness),
        check_repeats(subject, published),
        check_texts(subject),
        check_facts(subject, sources),
    )
    return sorted(dict.fromkeys(found), key=lambda finding: finding.line)


def addresses(read: ReadIssue, raw: str, settings: Settings) -> list[str]:
    """Give every address of an issue that can be asked for, once each, in print order."""
    subject = Subject(file="", read=read, raw=raw, settings=settings)
    return list(dict.fromkeys(link.url for link in subject.links if opens(link.url)))
