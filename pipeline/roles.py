"""What each member of a story is to the one that speaks for it. Pure.

A paper is the paper whatever else there is; an article in another language is what a report of
ours is after, or else a report itself; an article in the newsletter's language explains a paper,
and reports on anything else. The words for roles are configuration. Who speaks for a story is
decided by ``pipeline.draft``, which members are linked by ``pipeline.further_links``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from config.settings import LinkLabels
from pipeline.address import read_address
from pipeline.sites import recognise
from store.models import Candidate, Kind

_SLIDES = re.compile(
    r"https?://(?:www\.)?(?:speakerdeck\.com/[^/]+/|slideshare\.net/[^/]+/|docs\.google\.com/presentation/)"
    r"|https?://[^?#]+\.(?:pptx?|key)(?:[?#]|$)",
    re.IGNORECASE,
)


class Role(StrEnum):
    """What a link is to its story, in print order; called as in `LinkLabels`."""

    PAPER = "paper"
    CODE = "code"
    RELEASE = "release"
    ORIGINAL = "original"
    REPORT = "report"
    READING = "reading"
    COVERAGE = "coverage"
    SLIDES = "slides"
    VIDEO = "video"
    HOMEPAGE = "homepage"


PRINT_ORDER = {role: place for place, role in enumerate(Role)}

_KIND_ROLES = {
    Kind.PAPER: Role.PAPER,
    Kind.REPOSITORY: Role.CODE,
    Kind.RELEASE: Role.RELEASE,
}


def roles_of(members: Sequence[Candidate], language: str) -> list[Role]:
    """The role of each member of a story, the first of which speaks for it and has one too.

    `language` is the newsletter's.
    """
    return [role_of(member, members[0], language) for member in members]


def role_of(member: Candidate, primary: Candidate, language: str) -> Role:
    """The role of one member of a story that `primary`, the same or another, speaks for."""
    if member.kind in _KIND_ROLES:
        return _KIND_ROLES[member.kind]
    shown = shown_at(member.canonical_url)
    if shown is not None:
        return shown
    if is_foreign(member, language):
        ours = primary.kind is Kind.ARTICLE and not is_foreign(primary, language)
        return Role.ORIGINAL if ours else Role.REPORT
    return Role.READING if primary.kind is Kind.PAPER else Role.COVERAGE


def label_of(role: Role, labels: LinkLabels, source: str = "") -> str:
    """The words for a role; `source` is how the medium or account is called."""
    word: str = getattr(labels, role)
    return word.replace("{source}", source)


def is_foreign(candidate: Candidate, language: str) -> bool:
    """Whether it is known to be in another language than the newsletter's."""
    return candidate.language not in (language.partition("-")[0].lower(), "und")


def shown_at(url: str) -> Role | None:
    """Slides or a video, where an address is known to show them."""
    if _SLIDES.match(url):
        return Role.SLIDES
    address = read_address(url)
    known = recognise(address) if address else None
    return Role.VIDEO if known and known.key.startswith(("youtube:", "bilibili:")) else None
