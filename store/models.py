"""The program's words as types. Imports nothing of ours.

One type a stage, each whole from the moment it exists: a `Payload` is the bytes that a source
answered with, a `RawItem` one thing that it said in them, a `Candidate` a raw item made
comparable, a `Story` the candidates about one thing, a `Score` its number with named parts, a
`Draft` the story as the issue would print it, a `Decision` what the editor did with it, an
`Issue` what is exported. All times are UTC-aware; a date that was not given is None.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, NewType, TypeAlias

Day: TypeAlias = date
"""A day in the editor's zone."""

SourceName = NewType("SourceName", str)
"""The unique name of a source in the configuration, as the editor reads it."""
EDITOR = SourceName("手选")
"""The source of what the editor hands in."""
GITHUB = SourceName("GitHub")
"""The source of what is looked up about repositories that others name."""
RunId = NewType("RunId", int)
RawItemId = NewType("RawItemId", int)
CandidateId = NewType("CandidateId", int)
StoryId = NewType("StoryId", int)
DecisionId = NewType("DecisionId", int)
CanonicalUrl = NewType("CanonicalUrl", str)
"""An address in the one spelling that all its variants share."""
IdentityKey = NewType("IdentityKey", str)
"""``arxiv:1812.00332``, ``github:idealo/cnn-exposed``, ``wechat:BIZ/MID/IDX``, ``url:…``."""


class Kind(StrEnum):
    """What a candidate is."""

    PAPER = "paper"
    REPOSITORY = "repository"
    RELEASE = "release"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """An answer of a source, in the bytes that it came in."""

    url: str
    """The address that answered, after redirects."""
    body: bytes
    """Decompressed (gzip, brotli), but never decoded to text."""
    fetched_at: datetime
    content_type: str | None = None
    """The Content-Type header, with its charset parameter if it had one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFacts:
    """What only papers have."""

    arxiv_id: str | None = None
    """Without version: ``1812.00332`` or ``cs/0112017``."""
    version: int | None = None
    categories: tuple[str, ...] = ()
    """The primary category first."""
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    venue: str | None = None
    """A conference or journal read from comment or journal reference, ``CVPR 2026``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryFacts:
    """What only repositories have. Counts are as of the moment of fetching."""

    full_name: str
    """``owner/name`` in the case that GitHub shows."""
    repository_id: int | None = None
    description: str | None = None
    language: str | None = None
    stars: int | None = None
    forks: int | None = None
    stars_in_period: int | None = None
    period: Literal["daily", "weekly", "monthly"] | None = None
    rank: int | None = None
    """Place on the trending page, from 1."""
    topics: tuple[str, ...] = ()
    licence: str | None = None
    """SPDX identifier."""
    archived: bool | None = None
    homepage: str | None = None
    readme: str | None = None
    """First paragraph of the readme, plain text."""
    pushed_at: datetime | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawItem:
    """One thing that a source said."""

    source: SourceName
    external_id: str
    """What the source calls it (guid, entry id, address): unique and stable within the source."""
    url: str
    """Absolute, as the source gave it; empty where it gave none."""
    title: str
    """Plain text, one line."""
    kind: Kind | None = None
    """None where the source cannot know: the address decides then."""
    summary: str = ""
    """Plain text teaser, abstract or description."""
    text: str = ""
    """Plain text of the whole, where the source gave it."""
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    """The medium or account that is printed after ``|``."""
    language: str | None = None
    """BCP 47 as declared by the source."""
    links: tuple[str, ...] = ()
    """Absolute addresses found in the item's markup, in order, without its own."""
    paper: PaperFacts | None = None
    repository: RepositoryFacts | None = None
    section: str | None = None
    """The section that the source's configuration or the editor asked for."""
    note: str | None = None
    expiring: bool = False
    """The address is known to stop working (WeChat links of a search engine)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A raw item made comparable."""

    item: RawItem
    kind: Kind
    canonical_url: CanonicalUrl
    keys: tuple[IdentityKey, ...]
    """What makes it the same thing as another; the most telling first, never empty."""
    mentions: tuple[IdentityKey, ...]
    """Papers and repositories that its text or links name, without its own keys."""
    title: str
    language: str
    """``zh``, ``en``, ``ja``, ``ko`` or ``und``, read from the text itself."""
    published: datetime | None
    content_hash: str
    """Changes when title, text or facts do, not when the source merely repeats itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A candidate in a story, with when it was first seen."""

    id: CandidateId
    candidate: Candidate
    first_seen: datetime
    days: int = 1
    """On how many days (UTC) its source said something new of it, other numbers included, in the
    thirty before the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Candidates that are about one thing. Members stand in an order independent of arrival."""

    id: StoryId
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What of a candidate is held against others, to tell whether they are about one thing."""

    id: CandidateId
    source: SourceName
    external_id: str
    kind: Kind
    language: str
    title: str
    publisher: str
    day: int
    """Ordinal of the UTC day of publication, or, without one, of the day it was first seen."""
    keys: tuple[IdentityKey, ...]
    mentions: tuple[IdentityKey, ...]
    gist: str = ""
    """The beginning of what it says: abstract, teaser, description, or text."""
    sketch: tuple[int, ...] = ()
    """A sample of its text (``pipeline.joining.sketch``); empty where that is too short."""
    vector: bytes = b""
    """What its headline means (``pipeline.joining.meaning``); empty where no model said it."""
    vector_of: str = ""
    """Provider and model that it is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that speaks for or against two candidates being about one thing."""

    kind: str
    """``identity``, ``link``, ``text``, ``title``, ``sentence``, ``words``, ``names`` …"""
    label: str
    """What the editor reads."""
    points: float
    """Natural logarithm of odds; negative speaks against."""


_EVEN = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """How two candidates hang together."""

    evidence: tuple[Evidence, ...]
    chance: float
    """That they are about one thing, from 0 to 1."""
    firm: bool = False
    """It joins alone, whatever the rest of a story resembles."""
    never: bool = False
    """It forbids to join."""

    @property
    def joins(self) -> bool:
        """Whether the two make one story, were they alone: the odds are even or better."""
        return self.chance >= _EVEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One reason in a score."""

    name: str
    """``topic``, ``source``, ``recency``, ``popularity``, ``speed``, ``reports`` …"""
    label: str
    """What the editor reads, ``量化``, ``412★ today``."""
    value: float


RECENCY = "recency"
"""The name of the part for how new a story is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A number for a story; `total` is the sum of its parts."""

    total: float
    parts: tuple[Part, ...]
    section: str
    """The section proposed for the story."""

    @property
    def lasting(self) -> float:
        """The total without how new the story is, which says nothing of taste."""
        return round(math.fsum(part.value for part in self.parts if part.name != RECENCY), 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A further link of an item, ``[[label]](url)``."""

    label: str
    url: str
    brackets: bool = True
    """Whether the label stands in brackets of its own; ``[label](url)`` where it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A story as the issue would print it."""

    section: str
    tags: tuple[str, ...] = ()
    """What stands in brackets before the title: ``1812.00332``, ``CVPR 2026``."""
    title: str
    source: str = ""
    """The medium or account after ``|``."""
    url: str
    links: tuple[Link, ...] = ()
    summary: str = ""
    """The 摘要: what a source said, never invented; paragraphs by line feeds."""
    markup: bool = False
    """The 摘要 is Markdown and stands as it is: lists, emphasis, images; plain text otherwise."""
    details: str = ""
    """Markdown lines between title and 摘要 ("论文：…", "地址：…"); all that there is under a title
    where no 摘要 is marked as one."""
    translate: bool = False
    """The 摘要 is not in the newsletter's language."""
    items: tuple[Draft, ...] = ()
    """Nested items: what one report is about (several papers of one article)."""


class Verdict(StrEnum):
    """What the editor did to a draft."""

    ACCEPT = "accept"
    REJECT = "reject"
    LATER = "later"
    EDIT = "edit"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the editor did to a draft; appended, never rewritten."""

    id: DecisionId
    story: StoryId
    verdict: Verdict
    by: str
    at: datetime
    note: str | None
    reason: str | None = None
    """Code of why it was rejected, one of ``[[desk.reasons]]``."""
    basis: tuple[str, ...]
    """What was known of the story when it was decided: versions, releases, code."""
    machine: Draft
    """The text that the machine proposed then."""
    editor: Draft | None
    """The text that the editor left, where it was edited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSection:
    """A section of an issue with its items in print order."""

    name: str
    items: tuple[Draft, ...]
    intro: str = ""
    """Markdown between the heading and the first item, a remark as a rule."""
    closing: str = ""
    """Markdown after the last item, likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A dated set of drafts in sections."""

    date: Day
    lead: str
    """The 导读."""
    sections: tuple[IssueSection, ...]
    back_issues: tuple[Day, ...] = ()
    """Earlier issues, the latest first."""
    title: str = ""
    """A suffix to the heading, after a full-width colon."""
    tagline: str | None = None
    """The bold line under the heading; None stands for the newsletter's own."""
    notes: tuple[str, ...] = ()
    """Remarks to the reader before the first section ("注：…"), without their markup."""
    news_lead: str = ""
    """The line that opens the short news block ("好了，先是一些热身小新闻：")."""
    news: tuple[str, ...] = ()
    """The short news block before the first section: Markdown of one entry each."""
    front_matter: tuple[str, ...] = ()
    """Further lines of the front matter, beside the layout."""
    footer: str | None = None
    """Markdown behind the last section as it stands, back issues included; None stands for what
    the newsletter says of itself."""
    spacing: tuple[str, ...] = ()
    """The white space after each line of the page that it was read from, blank lines included;
    empty stands for that of the house style."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is remembered of a source between runs."""

    asked: str | None = None
    """The address or query that this is remembered of; another one starts afresh."""
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None
    """The address that a permanent redirect named."""
    watermark: datetime | None = None
    """Everything up to here has been received."""
    retry_at: datetime | None = None
    """Not to be asked before (a Retry-After that was longer than a run waits)."""
    body_sha256: str | None = None
    """Of the last answer, so that an unchanged page counts as not modified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A time in which a source may have said something that it no longer says."""

    after: datetime
    """The last that is known of it."""
    before: datetime
    """The first of what it says now."""
