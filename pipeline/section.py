"""The section that the rules propose for a story. Pure.

What the editor, or an entry of a file, asked for wins; then a paper's, a repository's or a
release's own section. What is left are articles, and several things point somewhere: the words
of their titles and of their first lines and the sites that they stand on (configuration), and
what they show to be about (``pipeline.signs``). Each is a point, or a half, for a section. What
a text *is* (详解, 发布, 开源) counts more than what it is about (剪枝, 芯片), since every section
is about that. The section of their sources breaks a tie, and decides where nothing points
anywhere. What past issues teach beyond that, ``pipeline.taste.sections`` learns.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from config.settings import IssueSectionSettings, Settings
from pipeline.matching import TermMatcher
from pipeline.once import once_each
from pipeline.signs import is_at, opening_of, signs_of
from store.models import EDITOR, Candidate, Kind, Story

_APART = " | "
"""Between two titles that are read in one pass; no term reaches across."""
_TERM = 1.0
_HINT = 0.4
"""Two of them are less than one word that says what a text is."""
_OPENING = 0.5
_MOST_OPENINGS = 2
_HOST = 1.0
_SOURCE = 0.25
"""Less than any word, but enough where words stand against each other."""


def section_of(story: Story, settings: Settings) -> str:
    """The section proposed for a story."""
    return decided(story, settings) or leading(points_of(story, settings), settings)


def decided(story: Story, settings: Settings) -> str | None:
    """The section of a story of which nothing needs to be guessed; None for mere articles."""
    members = [member.candidate for member in story.members]
    if asked := _asked(members, settings):
        return asked
    for kind in (Kind.PAPER, Kind.REPOSITORY, Kind.RELEASE):
        if any(candidate.kind is kind for candidate in members):
            return home(kind, settings.sections)
    return None


def points_of(story: Story, settings: Settings) -> dict[str, float]:
    """How much points to each section, by what the articles of a story say and where they stand."""
    sections = settings.sections
    articles = [member.candidate for member in story.members]
    points: dict[str, list[float]] = {section.name: [] for section in sections}
    for name, worth in (*_worded(articles, sections), *_placed(articles, settings)):
        points[name].append(worth)
    for kind, worth in signs_of(articles, settings.newsletter.language):
        points[home(kind, sections)].append(worth)
    return {name: math.fsum(worths) for name, worths in points.items()}


def leading(points: dict[str, float], settings: Settings) -> str:
    """The section with most points, the first printed of several; that of articles without any."""
    best = max(points, key=lambda name: points[name])
    return best if points[best] else home(Kind.ARTICLE, settings.sections)


def home(kind: Kind, sections: Sequence[IssueSectionSettings]) -> str:
    """The section where things of this kind belong; the first one where none says so."""
    return next((s.name for s in sections if kind.value in s.kinds), sections[0].name)


def source_sections(articles: Sequence[Candidate], settings: Settings) -> Counter[str | None]:
    """The sections that the sources of articles are for, and how many articles for each."""
    declared = {source.name: source.section for source in settings.sources}
    return Counter(declared.get(a.item.source, a.item.section) for a in articles)


def _worded(
    articles: Sequence[Candidate], sections: tuple[IssueSectionSettings, ...]
) -> Iterator[tuple[str, float]]:
    """Sections that words speak for, and points for them; each word once for a story."""
    words = _words_of(sections)
    titles = words.titles.matches(_APART.join(article.title for article in articles))
    for said in {(match.topic, match.term) for match in titles}:
        yield said[0], _HINT if said in words.hints else _TERM
    openings = words.openings.matches(_APART.join(map(opening_of, articles)))
    found = Counter(section for section, _ in {(match.topic, match.term) for match in openings})
    for section, count in found.items():
        yield section, _OPENING * min(count, _MOST_OPENINGS)


def _placed(articles: Sequence[Candidate], settings: Settings) -> Iterator[tuple[str, float]]:
    """Sections that the articles' sites and sources are for, and points for them."""
    sources = source_sections(articles, settings)
    for section in settings.sections:
        if any(is_at(article, section.hosts) for article in articles):
            yield section.name, _HOST
        if sources[section.name]:
            yield section.name, _SOURCE * sources[section.name] / len(articles)


def _asked(members: Sequence[Candidate], settings: Settings) -> str | None:
    """The section that an item itself asks for, beyond what its source's settings say."""
    declared = {source.name: source.section for source in settings.sources}
    askers = {EDITOR, *(source.name for source in settings.sources if source.kind == "file")}
    names = {section.name for section in settings.sections}
    asking = [
        candidate.item
        for candidate in members
        if (candidate.item.source in askers or candidate.item.source not in declared)
        and candidate.item.section in names
        and candidate.item.section != declared.get(candidate.item.source)
    ]
    asking.sort(key=lambda item: (item.source != EDITOR, item.source, item.external_id))
    return asking[0].section if asking else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """What is looked for in one place for one section."""

    name: str
    terms: tuple[str, ...]
    exclude: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    titles: TermMatcher
    openings: TermMatcher
    hints: frozenset[tuple[str, str]]


@once_each
def _words_of(sections: tuple[IssueSectionSettings, ...]) -> _Words:
    return _Words(
        titles=TermMatcher(
            _Listed(name=s.name, terms=(*s.terms, *s.hints), exclude=s.exclude) for s in sections
        ),
        openings=TermMatcher(
            _Listed(name=s.name, terms=s.opening, exclude=s.exclude) for s in sections
        ),
        hints=frozenset((s.name, hint) for s in sections for hint in s.hints),
    )
