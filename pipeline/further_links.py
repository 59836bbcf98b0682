"""The further links of a draft: few, each with a label that tells its role. Pure.

They lead to the other members of the story, to the paper or code that the members name, to the
slides, the talk and the home page of the thing itself. What the primary member links to already
is not linked again, nor is a reprint of what is linked. What roles there are and what they are
called is told by ``pipeline.roles``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from config.settings import Newsletter
from pipeline.address import read_address
from pipeline.headline import full_name, publisher_of, same_repository
from pipeline.papers import arxiv
from pipeline.reprints import originals_of
from pipeline.roles import PRINT_ORDER, Role, label_of, role_of, shown_at
from pipeline.sites import recognise
from store.models import Candidate, IdentityKey, Kind, Link

_MOST = 5
_MOST_OF_A_ROLE = 2

_REPOSITORY_KEY = re.compile(r"github:([\w.-]+/[\w.-]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Further:
    role: Role
    url: str
    source: str = ""


def further_links(
    primary: Candidate,
    others: Sequence[Candidate],
    *,
    newsletter: Newsletter,
    publishers: Mapping[str, str],
) -> tuple[Link, ...]:
    """The links behind the headline, at most five, in the order of their roles.

    `others` are the other members in the order of precedence. Of links in one role the first
    ones stay; a label that is there already gets a number.
    """
    found = [
        *_members(primary, others, newsletter, publishers),
        *_named(primary, others),
        *_own(primary),
    ]
    seen = {_bare(primary.canonical_url), _bare(primary.item.url)}
    counted: Counter[Role] = Counter()
    labels: Counter[str] = Counter()
    links: list[Link] = []
    for further in sorted(found, key=lambda f: PRINT_ORDER[f.role]):
        place = _bare(further.url)
        if place in seen or counted[further.role] == _MOST_OF_A_ROLE or len(links) == _MOST:
            continue
        seen.add(place)
        counted[further.role] += 1
        label = label_of(further.role, newsletter.labels, further.source)
        labels[label] += 1
        number = str(labels[label]) if labels[label] > 1 else ""
        links.append(Link(label=label + number, url=further.url))
    return tuple(links)


def openable(candidate: Candidate) -> str:
    """The address of a candidate as it is printed.

    Canonical addresses are for comparing: those of known sites open, but a plain one has lost
    the scheme and the ``www.`` that its server may insist on. These come back from the source,
    and so do the case of a repository's name and the page of a release.
    """
    canonical = candidate.canonical_url
    if not canonical or (candidate.kind is Kind.RELEASE and candidate.item.url):
        return candidate.item.url
    repository = f"https://github.com/{full_name(candidate)}"
    if repository.casefold() == canonical.casefold():
        return repository
    if not all(key.startswith("url:") for key in candidate.keys):
        return canonical
    try:
        given, known = urlsplit(candidate.item.url), urlsplit(canonical)
    except ValueError:  # urlsplit's way to say that it is no address
        return canonical
    if given.scheme not in ("http", "https") or _site(given.netloc) != _site(known.netloc):
        return canonical
    return urlunsplit((given.scheme, given.netloc, known.path, known.query, known.fragment))


def _members(
    primary: Candidate,
    others: Sequence[Candidate],
    newsletter: Newsletter,
    publishers: Mapping[str, str],
) -> Iterator[_Further]:
    originals = originals_of([primary, *others], publishers)[1:]
    for other, original in zip(others, originals, strict=True):
        if original or (primary.kind is Kind.RELEASE and same_repository(primary, other)):
            continue
        yield _Further(
            role=role_of(other, primary, newsletter.language),
            url=openable(other),
            source=publisher_of(other, publishers),
        )


def _named(primary: Candidate, others: Sequence[Candidate]) -> Iterator[_Further]:
    """The paper and the code that are named, where no member is one.

    Only if exactly one is named, by the primary member or else by the others together: a survey
    of ten papers has no paper of its own.
    """
    kinds = {primary.kind, *(other.kind for other in others)}
    for role, scheme, of_this_kind in (
        (Role.PAPER, "arxiv:", {Kind.PAPER}),
        (Role.CODE, "github:", {Kind.REPOSITORY, Kind.RELEASE}),
    ):
        if kinds & of_this_kind:
            continue
        by_primary = {key for key in primary.mentions if key.startswith(scheme)}
        by_others = {key for o in others for key in o.mentions if key.startswith(scheme)}
        named = by_primary or by_others
        url = _url_of(min(named)) if len(named) == 1 else None
        if url:
            yield _Further(role=role, url=url)


def _url_of(key: IdentityKey) -> str | None:
    repository = _REPOSITORY_KEY.fullmatch(key)
    if repository:
        return f"https://github.com/{repository[1]}"
    paper = arxiv(key.removeprefix("arxiv:"))
    return paper.url if paper else None


def _own(primary: Candidate) -> Iterator[_Further]:
    """Slides, video and home page of the thing itself."""
    for link in primary.item.links:
        role = shown_at(link)
        if role is not None:
            yield _Further(role=role, url=link)
    homepage = (primary.item.repository and primary.item.repository.homepage) or ""
    if re.match(r"https?://", homepage):
        address = read_address(homepage)
        known = recognise(address) if address else None
        # a paper or a repository is linked by its own rule, not as a home page
        if known is None or known.kind not in (Kind.PAPER, Kind.REPOSITORY):
            yield _Further(role=Role.HOMEPAGE, url=homepage)


def _site(netloc: str) -> str:
    return netloc.lower().removeprefix("www.")


def _bare(url: str) -> str:
    """An address for telling whether two links lead to one place."""
    address = read_address(url)
    if address is None:
        return url
    known = recognise(address)
    # every page of a repository counts as the repository, but a release is news of its own
    return known.url if known and "/releases/" not in address.path else address.url
