"""A story -> the lines that the issue would print of it. Pure; the order of members is no matter.

One member speaks for the story: a paper before a release before a repository before an article,
a permanent link before one that expires, an article in the newsletter's language before a
foreign one, then the earliest (of releases the latest), then the address. The rest is put
together from the sources' own words: the head by ``pipeline.headline``, the links to the other
members by ``pipeline.further_links``, the 摘要 by ``pipeline.summary``. Which section a story
belongs in is decided before; the Markdown is written by ``pipeline.issue_markdown``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from config.settings import Newsletter
from pipeline.further_links import further_links, openable
from pipeline.headline import (
    article_title,
    description_of,
    release_title,
    repository_title,
    same_repository,
    tags,
)
from pipeline.summary import summarise
from store.models import Candidate, Draft, Kind, Story

_RANK = {Kind.PAPER: 0, Kind.RELEASE: 1, Kind.REPOSITORY: 2, Kind.ARTICLE: 3}


def draft(
    story: Story,
    section: str,
    *,
    newsletter: Newsletter,
    publishers: Mapping[str, str],
    venues: Sequence[str],
) -> Draft:
    """Draft a story, which has at least one member, for a section of the issue.

    `publishers` maps hosts to the names of media, `venues` are the conferences and journals
    looked for in a paper's comment: both as in the settings.
    """
    members = by_precedence(story, newsletter.language)
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
        tags=_tags(members, venues),
        title=title or primary.item.url,
        source=source,
        url=openable(primary),
        links=further_links(primary, others, newsletter=newsletter, publishers=publishers),
        summary=summary,
        translate=translate,
    )


def by_precedence(story: Story, language: str) -> list[Candidate]:
    """The candidates of a story, the one that speaks for it first.

    `language` is the newsletter's.
    """
    ours = language.partition("-")[0].lower()

    def place(candidate: Candidate) -> tuple[int, bool, bool, float, str, str, str]:
        item = candidate.item
        moment = candidate.published.timestamp() if candidate.published else math.inf
        if candidate.kind is Kind.RELEASE and candidate.published:
            moment = -moment
        foreign = candidate.kind is Kind.ARTICLE and candidate.language not in (ours, "und")
        return (
            _RANK[candidate.kind],
            item.expiring,
            foreign,
            moment,
            candidate.canonical_url,
            item.source,
            item.external_id,
        )

    return sorted((member.candidate for member in story.members), key=place)


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
