"""The section that the rules propose for a story. Pure.

What the editor, or an entry of a file, asked for wins; then a paper's, a repository's or a
release's own section. What is left are articles, and several things point somewhere: the words
of their titles (configuration), what they are about, how they are headed, and how their texts
open. Each is a point, or more, for a section; the section of their sources breaks a tie, and
decides where nothing points anywhere. What past issues teach beyond that,
``pipeline.taste.sections`` learns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from config.settings import IssueSectionSettings, Settings
from pipeline.language import language_of
from pipeline.matching import TermMatcher
from store.models import EDITOR, Candidate, Kind, Story

_APART = " | "
"""Between two titles that are read in one pass; no term reaches across."""
_FEW = 5
"""Papers or repositories that an article on them names at most; a survey names more."""
_WORDS = 4
"""Latin words from which a headline is a sentence; "GEMM caching" may be Chinese to a Chinese."""
_REPOSITORY_TITLE = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+\s*[:：]")
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]+")
_OPENING = 300
"""Characters of a text that are looked at for how it speaks."""
_ON_A_STUDY = re.compile(
    "研究者|研究人员|作者提出|该方法|(?:该|这篇)论文|论文中|实验(?:结果|表明|证明)"
    r"|\b(?:the authors|this paper|the paper|researchers) (?:propose|present|show|introduce)",
    re.IGNORECASE,
)
"""Someone else's paper is told."""
_OWN_VOICE = re.compile(r"本文|笔者|\bin this (?:post|article|tutorial)\b", re.IGNORECASE)
"""An article that speaks of itself is no piece of news."""
_ABOUT = 1
_PAPER_TITLE = 2
"""A foreign headline over a text of ours is the title of a paper as a rule."""
_CODE_TITLE = 3
"""``owner/name: …`` is nothing but a repository."""


def section_of(story: Story, settings: Settings) -> str:
    """The section proposed for a story."""
    return decided(story, settings) or leading(story, settings, points_of(story, settings))


def decided(story: Story, settings: Settings) -> str | None:
    """The section of a story of which nothing needs to be guessed; None for mere articles."""
    members = [member.candidate for member in story.members]
    if asked := _asked(members, settings):
        return asked
    for kind in (Kind.PAPER, Kind.REPOSITORY, Kind.RELEASE):
        if any(candidate.kind is kind for candidate in members):
            return home(kind, settings.sections)
    return None


def points_of(story: Story, settings: Settings) -> dict[str, int]:
    """How much points to each section, by what the articles of a story say."""
    sections = settings.sections
    members = [member.candidate for member in story.members]
    matches = _matcher(sections).matches(_APART.join(member.title for member in members))
    points = Counter(section for section, _ in {(match.topic, match.term) for match in matches})
    for kind, worth in signs_of(story, settings):
        points[home(kind, sections)] += worth
    return {section.name: points[section.name] for section in sections}


def leading(story: Story, settings: Settings, points: Mapping[str, int]) -> str:
    """The section with most points; its sources' section breaks a tie, then the printed order."""
    declared = {source.name: source.section for source in settings.sources}
    items = [member.candidate.item for member in story.members]
    sources = Counter(declared.get(item.source, item.section) for item in items)
    best = max(settings.sections, key=lambda s: (points.get(s.name, 0), sources[s.name]))
    if points.get(best.name, 0) or sources[best.name]:
        return best.name
    return home(Kind.ARTICLE, settings.sections)


def home(kind: Kind, sections: Sequence[IssueSectionSettings]) -> str:
    """The section where things of this kind belong; the first one where none says so."""
    return next((s.name for s in sections if kind.value in s.kinds), sections[0].name)


def signs_of(story: Story, settings: Settings) -> Iterator[tuple[Kind, int]]:
    """What the articles of a story are about, beside their words: kinds, and points for them."""
    articles = [member.candidate for member in story.members]
    language = settings.newsletter.language.partition("-")[0].lower()
    keys = {key for article in articles for key in article.mentions}
    code = {key for key in keys if key.startswith("github:")}
    papers = {key for key in keys - code if not key.startswith("gist:")}
    if 0 < len(papers) <= _FEW:
        yield Kind.PAPER, _ABOUT
    if 0 < len(code) <= _FEW:
        yield Kind.REPOSITORY, _ABOUT
    openings = [(article.item.summary or article.item.text)[:_OPENING] for article in articles]
    if any(_ON_A_STUDY.search(opening) for opening in openings):
        yield Kind.PAPER, _ABOUT
    if any(_OWN_VOICE.search(opening) for opening in openings):
        yield Kind.ARTICLE, _ABOUT
    if any(_is_foreign_title(article, language) for article in articles):
        yield Kind.PAPER, _PAPER_TITLE
    if any(_REPOSITORY_TITLE.match(article.title) for article in articles):
        yield Kind.REPOSITORY, _CODE_TITLE


def _is_foreign_title(article: Candidate, language: str) -> bool:
    """Whether a text in the newsletter's language stands under an English sentence."""
    return (
        article.language == language != "en"
        and language_of(article.title) == "en"
        and len(_LATIN_WORD.findall(article.title)) >= _WORDS
        and not _REPOSITORY_TITLE.match(article.title)
    )


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


@lru_cache(maxsize=2)
def _matcher(sections: tuple[IssueSectionSettings, ...]) -> TermMatcher:
    return TermMatcher(sections)
