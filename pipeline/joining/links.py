"""A report and the paper or code that it links. Pure.

A link joins only what it is about. A report that names one paper and no other is about it, and so
is one whose headline bears the paper's own name; a list of ten papers is about none. Code and
paper belong together when they link each other, or when one links only the other and both bear
one name: a reimplementation links the paper too. A link to a repository alone says little (half
of all tutorials link one), so that the report's headline must name it.
"""

from __future__ import annotations

from pipeline.joining.spelling import folded
from pipeline.joining.words import Heading
from store.models import IdentityKey, Kind, Profile

_PAPERS = ("arxiv:", "doi:", "openreview:", "cvf:", "acl:", "neurips:", "mlsys:", "pmlr:")
_CODE = ("github:", "gist:")
_MOST = 6
"""A text that names more papers and repositories than this is a round-up."""


def is_paper(profile: Profile) -> bool:
    """Whether it is a paper with a key of its own."""
    return profile.kind is Kind.PAPER and _has(profile.keys, _PAPERS)


def is_repository(profile: Profile) -> bool:
    """Whether it is a repository, or a release of one."""
    return profile.kind in (Kind.REPOSITORY, Kind.RELEASE)


def link(a: Profile, b: Profile, reading_a: Heading, reading_b: Heading) -> str | None:
    """The key by which one of the two links the other and is about it; None without such a link.

    Symmetric: where each links the other, it is the key of the one with the smaller keys.
    """
    sides = [(b, a, reading_b, reading_a), (a, b, reading_a, reading_b)]
    for one, other, heading, others in sorted(sides, key=lambda side: side[1].keys):
        key = next((k for k in one.mentions if k in other.keys), None)
        if key is None:
            continue
        if is_paper(one) or is_repository(one):
            if is_paper(one) == is_paper(other) or other.kind is Kind.ARTICLE:
                continue
            back = any(k in one.keys for k in other.mentions)
            if back or (_only(key, one.mentions) and _one_name(heading, others, one, other)):
                return key
        elif heading.column:
            continue
        elif _says(heading, own_name(other, others)):
            if len(one.mentions) <= _MOST:
                return key
        elif is_paper(other) and _only(key, one.mentions):
            return key
    return None


def same_subject(a: Profile, b: Profile, reading_a: Heading, reading_b: Heading) -> str | None:
    """The paper that two articles are about, each naming it and no other; None without one."""
    if a.kind is not Kind.ARTICLE or b.kind is not Kind.ARTICLE:
        return None
    if reading_a.column or reading_b.column:
        return None
    papers = [{k for k in one.mentions if k.startswith(_PAPERS)} for one in (a, b)]
    return min(papers[0]) if len(papers[0]) == 1 and papers[0] == papers[1] else None


def own_name(profile: Profile, heading: Heading) -> str:
    """What a paper or a repository calls itself: ``ghostnet``; empty where it has no name."""
    if is_repository(profile):
        key = next((k for k in profile.keys if k.startswith("github:")), "")
        return folded(key.rpartition("/")[2])
    return folded(heading.coined)


def _only(key: IdentityKey, mentions: tuple[IdentityKey, ...]) -> bool:
    """Whether no other key of the same sort is mentioned."""
    sort = _PAPERS if key.startswith(_PAPERS) else _CODE
    return len(mentions) <= _MOST and [k for k in mentions if k.startswith(sort)] == [key]


def _says(heading: Heading, name: str) -> bool:
    if len(name) < 3:
        return False
    return name in {folded(word) for word in (*heading.names, *heading.words)}


def _one_name(heading: Heading, others: Heading, one: Profile, other: Profile) -> bool:
    mine, theirs = own_name(one, heading), own_name(other, others)
    if len(mine) < 3 or len(theirs) < 3:
        return False
    return mine in theirs or theirs in mine


def _has(keys: tuple[IdentityKey, ...], schemes: tuple[str, ...]) -> bool:
    return any(key.startswith(schemes) for key in keys)
