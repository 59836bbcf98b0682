"""Repeats: what ran before, and what stands twice in the issue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from pipeline.check.finding import Code, Finding
from pipeline.check.subject import PlacedItem, Subject
from pipeline.identity import identify
from pipeline.summary import width
from store.models import Day, IdentityKey, Kind

_A_TEXT = 20.0
"""Width from which a paragraph that stands twice is no accident of the language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedIn:
    """Where a thing ran."""

    date: Day
    section: str
    title: str


def check_repeats(
    subject: Subject, published: Mapping[IdentityKey, PublishedIn]
) -> Iterator[Finding]:
    """Look for what the reader has seen already."""
    yield from _ran_before(subject, published)
    yield from _same_link(subject)
    yield from _same_title(subject)
    yield from _same_text(subject)
    for placed in subject.items:
        yield from _further_twice(subject, placed)


def _ran_before(
    subject: Subject, published: Mapping[IdentityKey, PublishedIn]
) -> Iterator[Finding]:
    """An article says the same each time; of anything else there may be news."""
    for placed in subject.items:
        primary = placed.primary
        if primary is None:
            continue
        ran = next((published[key] for key in primary.keys if key in published), None)
        if ran is None or ran.date >= subject.read.issue.date:
            continue
        yield subject.finding(
            Code.ARTICLE_RAN_BEFORE if primary.kind is Kind.ARTICLE else Code.THING_RAN_BEFORE,
            placed.place.line,
            f"ran on {ran.date:%Y-%m-%d}, {ran.section}: {ran.title}",
        )


def _same_link(subject: Subject) -> Iterator[Finding]:
    """Two items may share an article where each says which of its papers it is about."""
    by_key: dict[IdentityKey, list[PlacedItem]] = defaultdict(list)
    for placed in subject.items:
        if placed.primary is not None:
            by_key[placed.primary.keys[0]].append(placed)
    for shared in by_key.values():
        first, *others = shared
        apart = all(_says_which(placed) for placed in shared)
        for placed in others:
            yield subject.finding(
                Code.SHARED_ARTICLE if apart else Code.SAME_LINK_TWICE,
                placed.place.line,
                f"has the same link as the item in line {first.place.line}",
            )


def _says_which(placed: PlacedItem) -> bool:
    draft = placed.place.draft
    return bool(draft.tags or draft.links) or placed.within is not None


def _same_title(subject: Subject) -> Iterator[Finding]:
    lines: dict[str, int] = {}
    for placed in subject.items:
        title = _letters(placed.place.draft.title)
        if not title:
            continue
        first = lines.setdefault(title, placed.place.line)
        if first != placed.place.line:
            yield subject.finding(
                Code.SAME_TITLE_TWICE,
                placed.place.line,
                f"has the same title as the item in line {first}",
            )


def _same_text(subject: Subject) -> Iterator[Finding]:
    """A paragraph pasted twice, into one 摘要 or into another's."""
    lines: dict[str, int] = {}
    for placed in subject.items:
        begin = placed.place.summary_line
        if begin is None:
            continue
        for number in range(begin, placed.place.last_line + 1):
            text = subject.line(number).strip().removeprefix(subject.newsletter.summary_prefix)
            if width(text) < _A_TEXT or text.startswith("http"):
                continue
            first = lines.setdefault(_letters(text), number)
            if first != number:
                yield subject.finding(
                    Code.SAME_TEXT_TWICE, number, f"says the same as line {first}"
                )


def _further_twice(subject: Subject, placed: PlacedItem) -> Iterator[Finding]:
    links = [link for link in placed.place.links if link.url and link.role != "summary"]
    told: set[int] = set()
    for (_, one), (place, other) in combinations(enumerate(links), 2):
        if place not in told and identify(one.url).keys[0] == identify(other.url).keys[0]:
            told.add(place)
            yield subject.finding(
                Code.FURTHER_LINK_TWICE,
                other.line,
                f"{other.url} leads where "
                + ("the title does" if one.role == "primary" else "another link of the item does"),
            )


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
