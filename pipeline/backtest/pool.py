"""What a backtest walks through: past papers, trending repositories and issues, read from files.

Papers are JSON Lines, plain or gzip: ``{"id", "title", "abstract", "categories", "date",
"expert", "picked_in"}``; repositories ``{"date", "lang", "rank", "repo", "desc"}``, a line for
each day and list; issues a folder of Markdown files.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict

from config.errors import InputError
from config.settings import Settings
from pipeline.issue_reader import NO_DATE
from pipeline.matching import TermMatcher
from pipeline.normalise import normalise
from pipeline.past import read_file
from pipeline.published import keys_of_draft
from pipeline.score import score
from pipeline.taste.features import document
from store.models import (
    CandidateId,
    Day,
    Draft,
    Kind,
    Member,
    PaperFacts,
    RawItem,
    RepositoryFacts,
    Score,
    SourceName,
    Story,
    StoryId,
)

M = TypeVar("M", bound=BaseModel)

_LANGUAGES = {"cpp": "C++", "csharp": "C#", "objc": "Objective-C"}
"""Names of languages that files cannot or do not bear as they are written."""


def _or_empty(value: object) -> object:
    return "" if value is None else value


Text = Annotated[str, BeforeValidator(_or_empty)]


class Paper(BaseModel):
    """A paper of the pool."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    abstract: Text = ""
    categories: tuple[str, ...] = ()
    date: Day
    expert: int = 0
    """On how many hand-kept lists of the field it stands."""
    picked_in: tuple[Day, ...] = ()
    """Dates of the issues that ran it."""


class Trending(BaseModel):
    """A repository on a trending page of one day."""

    model_config = ConfigDict(frozen=True)

    date: Day
    repo: str
    lang: Text = ""
    desc: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastIssue:
    """An issue that ran."""

    day: date
    items: tuple[tuple[str, Draft], ...]
    """Each with the section that it stands in."""
    repositories: frozenset[str]
    """``owner/name`` in lower case of all that it links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A candidate as it is ranked."""

    id: str
    title: str
    day: date
    rules: Score
    tokens: str
    """Its document, as ``pipeline.taste.features`` makes it."""

    @property
    def points(self) -> float:
        """The rules' score."""
        return self.rules.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What an issue looks back on: from the day of the issue before to its own."""

    start: date
    end: date


def read_papers(path: Path) -> list[Paper]:
    """Read papers, the earliest first. Raises InputError that names file and line."""
    return sorted(_read(path, Paper), key=lambda paper: (paper.date, paper.id))


def read_trending(path: Path) -> list[Trending]:
    """Read trending repositories, the earliest first. Raises InputError."""
    return sorted(_read(path, Trending), key=lambda row: (row.date, row.repo))


def read_issues(folder: Path, settings: Settings) -> list[PastIssue]:
    """Read the issues in a folder, the earliest first. Raises InputError where there is none."""
    paths = sorted(folder.glob("*.md"))
    if not paths:
        raise InputError(f"{folder} holds no issues (*.md)")
    found = []
    for path in paths:
        issue = read_file(path, settings)[0].issue
        if issue.date == NO_DATE:  # no issue, as for ``briefing import``
            continue
        items = tuple((s.name, item) for s in issue.sections for item in s.items)
        keys = {key for _, item in items for key in keys_of_draft(item)}
        named = frozenset(k.removeprefix("github:") for k in keys if k.startswith("github:"))
        found.append(PastIssue(day=issue.date, items=items, repositories=named))
    if not found:
        raise InputError(f"no file in {folder} tells the date of an issue")
    return sorted(found, key=lambda issue: issue.day)


def _read(path: Path, model: type[M]) -> Iterator[M]:
    try:
        body = path.read_bytes()
        text = (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode("utf-8")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    for number, line in enumerate(text.split("\n"), 1):  # titles may hold other ends of lines
        if line.strip():
            try:
                yield model.model_validate(json.loads(line))
            except (ValueError, RecursionError) as error:
                what = str(error).splitlines()[0]
                raise InputError(f"{path}:{number}: {what}") from error


class Ranker:
    """Scores candidates of the pool with the rules, and writes their documents."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._matcher = TermMatcher(settings.topics)
        pages = (source.name for source in settings.sources if source.kind == "trending")
        self._page = SourceName(next(pages, "GitHub"))

    def paper(self, paper: Paper) -> Ranked:
        """A paper as arXiv would bring it."""
        item = RawItem(
            source=SourceName("arXiv"),
            external_id=paper.id,
            url=f"https://arxiv.org/abs/{paper.id}",
            title=paper.title,
            kind=Kind.PAPER,
            summary=paper.abstract,
            paper=PaperFacts(arxiv_id=paper.id, categories=paper.categories),
        )
        return self._ranked(item, paper.id, paper.date)

    def repository(self, rows: Sequence[Trending], *, first_seen: date, stretch: Stretch) -> Ranked:
        """A repository as the trending pages of an issue's stretch would bring it.

        `first_seen` is the day that it first stood on such a page, then or before.
        """
        repo = rows[0].repo
        language = min(row.lang for row in rows)
        facts = RepositoryFacts(
            full_name=repo,
            description=max((row.desc for row in rows), key=lambda d: (len(d), d)),
            language=_LANGUAGES.get(language.casefold(), language) or None,
        )
        item = RawItem(
            source=self._page,
            external_id=repo,
            url=f"https://github.com/{repo}",
            title=repo,
            kind=Kind.REPOSITORY,
            repository=facts,
        )
        days = len({row.date for row in rows})
        return self._ranked(item, repo.lower(), first_seen, stretch, days)

    def _ranked(
        self,
        item: RawItem,
        id: str,  # noqa: A002
        day: date,
        stretch: Stretch | None = None,
        days: int = 1,
    ) -> Ranked:
        """By the rules at the end of `stretch`; without one, with no word of how new it is."""
        moment = _midnight(day)
        member = Member(id=CandidateId(1), candidate=normalise(item), first_seen=moment, days=days)
        story = Story(id=StoryId(1), members=(member,))
        rules = score(
            story,
            settings=self._settings,
            matcher=self._matcher,
            period_start=_midnight(stretch.start) if stretch else moment,
            now=_midnight(stretch.end) if stretch else moment,
            source_weights={},
        )
        tokens = document(story, rules.parts, self._settings)
        return Ranked(id=id, title=item.title, day=day, rules=rules, tokens=tokens)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
