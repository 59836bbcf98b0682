"""The issue under check: what was read from it, its lines, and how findings about it are made.

Rules about form look at the lines themselves, since reading forgives what they are to find.
Reading gives the links of items; those of the 导读, of the short news and of remarks between and
after the sections are found here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from config.settings import IssueSectionSettings, Newsletter, Settings
from pipeline.check.finding import Code, Finding
from pipeline.identity import Identity, identify
from pipeline.issue_reading import ItemPlace, LinkPlace, ReadIssue, SectionPlace
from store.models import Kind

_RULE = re.compile(r" {0,3}(?:-{3,}|\*{3,}|_{3,})\s*")
_LOOSE = re.compile(
    # A link with its words, or an address alone. Written out so that no stretch can match in
    # two ways; a link's address may hold one pair of brackets, as those of Wikipedia do.
    r"\[(?P<label>[^\[\]]*)\]\(\s*(?P<url>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\s*(?:\)|$)"
    r"|(?P<bare>https?://[^\s<>\[\]()（）【】「」《》“”，。；、！？]+)"
)
LOOSE = "loose"
"""The role of a link that belongs to no item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedItem:
    """An item, with the section that it stands in and how it is nested."""

    place: ItemPlace
    section: SectionPlace
    within: ItemPlace | None
    """The item that it is nested in."""

    @property
    def primary(self) -> Identity | None:
        """What the link of its title names; None where it has none."""
        return identify(self.place.draft.url) if self.place.draft.url else None


@dataclass(frozen=True, eq=False, kw_only=True)
class Subject:
    """The issue under check."""

    file: str
    read: ReadIssue
    raw: str
    settings: Settings

    @property
    def newsletter(self) -> Newsletter:
        """What the issue should say of itself."""
        return self.settings.newsletter

    @cached_property
    def lines(self) -> Sequence[str]:
        """The lines of the file; the first one is the first."""
        return re.split(r"\r\n|\r|\n", self.raw)

    @cached_property
    def items(self) -> Sequence[PlacedItem]:
        """Every item in print order, each before those nested in it."""
        return [
            placed
            for section in self.read.sections
            for item in section.items
            for placed in _with_nested(item, section, None)
        ]

    @cached_property
    def body(self) -> range:
        """Numbers of the lines between front matter and footer.

        The footer begins with the table of earlier issues or a rule behind the last item.
        """
        count = len(self.lines)
        first = 1
        if self.lines[0].lstrip("\ufeff").rstrip() == "---":
            ends = (n for n in range(2, count + 1) if self.line(n).rstrip() == "---")
            first = next(ends, 0) + 1
        last_item = max((placed.place.last_line for placed in self.items), default=first)
        ends = (n for n in range(last_item, count + 1) if self._ends_body(self.line(n)))
        return range(first, next(ends, count + 1))

    def _ends_body(self, line: str) -> bool:
        back_issues = line.startswith("#") and self.newsletter.back_issues_title in line
        return back_issues or _RULE.fullmatch(line) is not None

    @cached_property
    def loose_links(self) -> Sequence[LinkPlace]:
        """The links of the body that stand in no item."""
        owned: set[int] = set()
        for placed in self.items:
            owned.update(range(placed.place.line, placed.place.last_line + 1))
        return [
            LinkPlace(
                url=match["bare"] or match["url"],
                label=match["label"] or "",
                line=number,
                role=LOOSE,
            )
            for number in self.body
            if number not in owned
            for match in _LOOSE.finditer(self.line(number))
        ]

    @cached_property
    def links(self) -> Sequence[LinkPlace]:
        """Every link of the body, in the order of the lines."""
        owned = [link for placed in self.items for link in placed.place.links]
        return sorted([*owned, *self.loose_links], key=lambda link: link.line)

    def line(self, number: int) -> str:
        """Give a line by its number; nothing beyond the end of the file."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def finding(self, code: Code, line: int, message: str) -> Finding:
        """Make a finding about a line."""
        return Finding(
            file=self.file, line=line, level=code.level, code=code.printed, message=message
        )

    def section_settings(self, name: str) -> IssueSectionSettings | None:
        """What is configured of a section."""
        return next((s for s in self.settings.sections if s.name == name), None)

    def is_about_code(self, placed: PlacedItem) -> bool:
        """Whether an item is a project of a repository, rather than an article on one."""
        kind = placed.primary.kind if placed.primary else None
        return kind in (Kind.REPOSITORY, Kind.RELEASE)

    def is_article(self, placed: PlacedItem) -> bool:
        """Whether an item is an article of some medium, which is to be named.

        A paper has its tags or stands among the papers; what is nested has its source above it.
        """
        primary = placed.primary
        if primary is None or placed.within is not None or placed.place.draft.tags:
            return False
        if primary.kind is not None:
            return primary.kind is Kind.ARTICLE
        section = self.section_settings(placed.section.name)
        return section is None or not {"paper", "repository", "release"} & set(section.kinds)


def _with_nested(
    item: ItemPlace, section: SectionPlace, within: ItemPlace | None
) -> Iterator[PlacedItem]:
    yield PlacedItem(place=item, section=section, within=within)
    for nested in item.items:
        yield from _with_nested(nested, section, item)
