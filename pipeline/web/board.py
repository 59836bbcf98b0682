"""The coming issue as its page shows it: what stands where, whose it is, what the check says of it.

Drawn from ``pipeline.desk.current_issue``, so that it is what the draft and the export hold. The
check speaks of lines of the Markdown; here each finding comes to what stands in its line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from config.settings import Settings
from crawlers.liveness import LinkState
from pipeline.check import Finding, Level
from pipeline.checking import Page, check_read
from pipeline.desk import current_issue
from pipeline.export import issue_text
from pipeline.issue import Assembled
from pipeline.issue_markdown import lead
from pipeline.issue_reading import ReadIssue
from pipeline.layout import LaidOutIssue, load_layout
from pipeline.period import Period
from pipeline.queue import State
from store.database import Store
from store.models import Draft, Issue, StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An item of the issue."""

    draft: Draft
    story: StoryId | None
    """None for an item of an imported issue."""
    accepted: bool
    """Taken by an editor; else the machine fills a place with it."""
    seen: int
    """Number of the last decision on it, 0 for none."""
    tried: str
    """Why the machine tries it though it is unsure; empty where it does not."""
    line: int | None
    """Where it begins in the Markdown; None where that cannot be told."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardSection:
    """A section of the issue, also one that nothing stands in yet."""

    name: str
    number: int
    """From 1; what the key ``s`` and this number put a story in."""
    quota: int | None
    """None for a section that is configured no more."""
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    """About its heading."""

    @property
    def accepted(self) -> int:
        """How many of its items an editor took."""
        return sum(row.accepted for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The coming issue."""

    issue: Issue
    machine_lead: str
    """The 导读 that the machine writes from what stands in the issue."""
    final: bool
    sections: tuple[BoardSection, ...]
    laid: LaidOutIssue
    markdown: str
    head_findings: tuple[Finding, ...]
    """About what stands before the first section: heading, 导读."""
    rest_findings: tuple[Finding, ...]
    """About what stands behind the last item, and what could not be placed."""

    @property
    def rows(self) -> Iterator[Row]:
        """Its items in print order."""
        return (row for section in self.sections for row in section.rows)

    @property
    def findings(self) -> list[Finding]:
        """All that the check says, by line."""
        found = [*self.head_findings, *self.rest_findings]
        for section in self.sections:
            found += section.findings
            for row in section.rows:
                found += row.findings
        return sorted(found, key=lambda finding: finding.line)

    @property
    def levels(self) -> dict[int, Level]:
        """Line of the Markdown -> the worst that the check says of it."""
        worst: dict[int, Level] = {}
        for finding in sorted(self.findings, key=lambda f: -list(Level).index(f.level)):
            worst[finding.line] = finding.level
        return worst

    @property
    def accepted(self) -> int:
        """How many of its items an editor took."""
        return sum(section.accepted for section in self.sections)

    @property
    def proposed(self) -> int:
        """How many nobody has accepted yet."""
        return sum(not row.accepted for row in self.rows)


def load_board(
    store: Store,
    settings: Settings,
    folder: Path,
    period: Period,
    links: Mapping[str, LinkState],
) -> Board:
    """The issue of the period as it stands; `links` is what is known of addresses."""
    assembled = current_issue(store, settings, period)
    issue = assembled.issue
    markdown = issue_text(issue, settings, folder)
    page = Page(name=f"{issue.date}.md", text=markdown)
    read = page.read(settings.newsletter)
    findings = check_read(store, settings, page, read, known=links)
    spans = _Spans(issue, read, findings)
    stories = iter(assembled.stories)
    printed = {
        section.name: tuple(
            _row(item, next(stories), assembled, spans.next_item()) for item in section.items
        )
        for section in issue.sections
    }
    quotas = {section.name: section.quota for section in settings.sections}
    names = dict.fromkeys([*(() if assembled.final else quotas), *printed])
    return Board(
        issue=issue,
        machine_lead=lead(issue.sections, settings.newsletter, settings.sections),
        final=assembled.final,
        sections=tuple(
            BoardSection(
                name=name,
                number=number,
                quota=quotas.get(name),
                rows=printed.get(name, ()),
                findings=spans.of_section(name),
            )
            for number, name in enumerate(names, 1)
        ),
        laid=load_layout(store, period),
        markdown=markdown,
        head_findings=spans.before,
        rest_findings=spans.rest(),
    )


def _row(
    draft: Draft,
    story: StoryId | None,
    assembled: Assembled,
    found: tuple[int | None, tuple[Finding, ...]],
) -> Row:
    entry = None if story is None else assembled.entries.get(story)
    line, findings = found
    return Row(
        draft=draft,
        story=story,
        accepted=entry is None or entry.state is State.ACCEPTED,
        seen=(entry.seen or 0) if entry else 0,
        tried="" if story is None else assembled.explored.get(story, ""),
        line=line,
        findings=findings,
    )


class _Spans:
    """Findings by what stands in their lines.

    The page is read back to know its lines. One that an editor's own template has written may not
    read back to what it was made of; its findings then stand together, by their lines.
    """

    def __init__(self, issue: Issue, read: ReadIssue, findings: Iterable[Finding]) -> None:
        made = [(section.name, len(section.items)) for section in issue.sections]
        fits = made == [(place.name, len(place.items)) for place in read.sections]
        self._left = list(findings)
        sections = read.sections if fits else ()
        first = sections[0].line if sections else 0
        self.before = self._take(1, first - 1)
        self._of_item = iter(
            [
                (item.line, self._take(item.line, item.last_line))
                for section in sections
                for item in section.items
            ]
        )
        self._of_section = {
            section.name: self._take(
                section.line, section.items[0].line - 1 if section.items else section.line
            )
            for section in sections
        }

    def next_item(self) -> tuple[int | None, tuple[Finding, ...]]:
        """The line and the findings of the next item in print order."""
        return next(self._of_item, (None, ()))

    def of_section(self, name: str) -> tuple[Finding, ...]:
        return self._of_section.get(name, ())

    def rest(self) -> tuple[Finding, ...]:
        return tuple(self._left)

    def _take(self, first: int, last: int) -> tuple[Finding, ...]:
        taken = tuple(one for one in self._left if first <= one.line <= last)
        self._left = [one for one in self._left if one not in taken]
        return taken
