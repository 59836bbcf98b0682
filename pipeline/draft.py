"""A story -> the lines that the issue would print of it. Pure; the order of members is no matter.

One member speaks for the story, by rules that are configuration; as shipped, a paper before a
release before a repository before an article, a permanent link before one that expires, an
article in the newsletter's language before a foreign one and that of a known medium before one
that may only reprint it, then the earliest (of releases the latest), then the longest. The rest
is put together from the sources' own words: the head by ``pipeline.headline``, the links to the
other members by ``pipeline.further_links``, the 摘要 by ``pipeline.summary``. Which section a
story belongs in is decided before; the Markdown is written by ``pipeline.issue_markdown``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from config.settings import Settings
from config.story_settings import PrimaryRule
from pipeline.further_links import further_links, openable
from pipeline.headline import (
    article_title,
    description_of,
    publisher_of,
    release_title,
    repository_title,
    same_repository,
    tags,
)
from pipeline.joining.spelling import folded
from pipeline.reprints import length
from pipeline.roles import is_foreign
from pipeline.summary import summarise
from store.models import Candidate, Draft, Kind, Member, Story


def draft(story: Story, section: str, settings: Settings) -> Draft:
    """Draft a story, which has at least one member, for a section of the issue."""
    newsletter, publishers = settings.newsletter, settings.publishers
    members = [member.candidate for member in by_precedence(story, settings)]
    primary, others = members[0], members[1:]
    title, source = _headline(members, publishers)
    summary, translate = summarise(
        _texts(members),
        title="\n".join([title, *(member.title for member in members)]),
        language=newsletter.language,
        max_chars=newsletter.summary_chars,
    )
    return Draft(
        section=section,
        tags=_tags(members, settings.venues),
        title=title or primary.item.url,
        source=source,
        url=openable(primary),
        links=further_links(primary, others, newsletter=newsletter, publishers=publishers),
        summary=summary,
        translate=translate,
    )


def address(story: Story, settings: Settings) -> str:
    """Where the draft of a story would lead; empty where nothing can be opened."""
    return openable(by_precedence(story, settings)[0].candidate)


def by_precedence(story: Story, settings: Settings) -> list[Member]:
    """The members of a story by the rules in ``settings.stories``, the one that speaks first.

    What the rules leave open goes by address, so that the order is total.
    """
    if len(story.members) == 1:
        return [*story.members]
    rules = settings.stories
    known = _known_media((*(s.label for s in settings.sources), *settings.publishers.values()))
    releases = [m.candidate for m in story.members if m.candidate.kind is Kind.RELEASE]
    first_release = min(map(_moment, releases), default=math.inf)

    def place(member: Member) -> tuple[list[tuple[float, ...]], str, str, str]:
        candidate = member.candidate
        item = candidate.item
        article = candidate.kind is Kind.ARTICLE
        when: tuple[float, ...] = (_moment(candidate),)
        if candidate.kind is Kind.RELEASE:
            # all releases stand where the first one does, and among them the latest leads
            when = (first_release, -_moment(candidate) if candidate.published else math.inf)
        said: dict[PrimaryRule, tuple[float, ...]] = {
            "kind": (rules.kinds.index(candidate.kind.value),),
            "permanent": (item.expiring,),
            "language": (article and is_foreign(candidate, settings.newsletter.language),),
            "known": (
                article and folded(publisher_of(candidate, settings.publishers)) not in known,
            ),
            "earliest": when,
            "longest": (-length(candidate),),
        }
        return (
            [said[rule] for rule in rules.primary],
            candidate.canonical_url,
            item.source,
            item.external_id,
        )

    return sorted(story.members, key=place)


def _moment(candidate: Candidate) -> float:
    """When it was published, in seconds; what has no date comes last."""
    return candidate.published.timestamp() if candidate.published else math.inf


@lru_cache(maxsize=4)
def _known_media(names: tuple[str, ...]) -> frozenset[str]:
    """Names of media and accounts in one spelling."""
    return frozenset(folded(name) for name in names) - {""}


def _headline(members: Sequence[Candidate], publishers: Mapping[str, str]) -> tuple[str, str]:
    primary = members[0]
    if primary.kind is Kind.PAPER:
        return primary.title, ""
    if primary.kind is Kind.ARTICLE:
        return article_title(primary, publishers)
    # the trending page, the search and the API each tell a part of a repository
    description = description_of(m for m in members if same_repository(primary, m))
    if primary.kind is Kind.RELEASE:
        return release_title(primary, description), ""
    return repository_title(primary, description), ""


def _tags(members: Sequence[Candidate], venues: Sequence[str]) -> tuple[str, ...]:
    if members[0].kind is not Kind.PAPER:
        return ()
    return tags((member for member in members if member.kind is Kind.PAPER), venues)


def _texts(members: Sequence[Candidate]) -> Iterator[str]:
    """What the members say, the most telling first: abstract, readme, teaser, then the whole."""
    for member in members:
        item = member.item
        readme = (item.repository and item.repository.readme) or ""
        yield from filter(None, (readme, item.summary, item.text))
