"""The Markdown of an issue -> the issue; the way back of ``pipeline.issue_markdown``.

Reading takes any text and drops nothing: what stands at no place where an issue has something is
kept as Markdown next to what it follows, and listed. The blocks of the page are told apart by
``pipeline.issue_lines``, an item is read by ``pipeline.issue_item``. What the house style is, and
how it moved over the years, is told in ``docs/house-style.md``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from config.settings import Newsletter
from pipeline.issue_escape import escape_start, unescape
from pipeline.issue_item import read_item
from pipeline.issue_lines import (
    Block,
    IssueLines,
    SectionLines,
    is_quote,
    is_rule,
    split_lines,
    summary_mark,
)
from pipeline.issue_links import inline_links
from pipeline.issue_markdown import render_shipped
from pipeline.issue_preface import Preface
from pipeline.issue_reading import ItemPlace, ReadIssue, SectionPlace, Unread
from pipeline.issue_spacing import carry
from pipeline.normalise import clean_line
from store.models import Issue, IssueSection

NO_DATE = date.min
"""The date of an issue that tells none; it is listed as unread."""

_DAY = re.compile(r"(?<!\d)(\d{4})\s?[-./_年]\s?(\d{1,2})\s?[-./_月]\s?(\d{1,2})(?!\d)")
_BEHIND_DAY = re.compile(r"日?[\s)）]*(?:[：:]\s*)?")
_KEY = re.compile(r"(?P<key>[\w-]+)\s*:\s*(?P<value>.*?)\s*")


def read_issue(text: str, *, name: str, newsletter: Newsletter) -> ReadIssue:
    """Read an issue; `name` is that of its file, which tells the date where the text does not.

    Never raises. An issue without date in heading and name gets `NO_DATE`.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = split_lines(text, newsletter)
    unread: list[Unread] = []
    front_matter, further = _read_front_matter(lines.front_matter, newsletter, unread)
    day, suffix = _read_heading(lines, name, newsletter, unread)
    preface = Preface(newsletter)
    preface.read(_harmless(lines.stray))
    preface.read(lines.preface)
    for block in (lines.stray, *preface.strays):
        _list_unread(block, "stands before the sections, and is no 导读, remark or news", unread)
    sections = tuple(_read_section(section, newsletter, unread) for section in lines.sections)
    issue = Issue(
        date=day,
        title=suffix,
        lead="\n".join(preface.lead),
        sections=tuple(
            IssueSection(
                name=place.name,
                items=tuple(item.draft for item in place.items),
                intro=section.intro.text,
                closing=section.closing.text,
            )
            for place, section in zip(sections, lines.sections, strict=True)
        ),
        back_issues=_days(lines.furniture.text),
        tagline=preface.tagline,
        notes=tuple(preface.notes_in_order()),
        news_lead=preface.news_lead,
        news=tuple(preface.news),
        front_matter=further,
    )
    return ReadIssue(
        issue=_as_it_stood(issue, lines.furniture, text, newsletter),
        sections=sections,
        front_matter=front_matter,
        heading_line=lines.heading_line,
        unread=tuple(sorted(unread, key=lambda found: found.line)),
    )


def _read_front_matter(
    block: Block, newsletter: Newsletter, unread: list[Unread]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The keys with their values, and the lines that no other issue has."""
    found: dict[str, str] = {}
    further: list[str] = []
    for number, line in enumerate(block.lines, block.first):
        entry = _KEY.fullmatch(line)
        if entry:
            found[entry["key"]] = entry["value"]
        known = entry and entry["key"] == "layout"
        if line.strip() and not known:
            further.append(line.rstrip())
        if line.strip() and not (known and found["layout"] == newsletter.layout):
            unread.append(
                Unread(line=number, text=line.strip(), why="front matter that no issue has")
            )
    return found, tuple(further)


def _read_heading(
    lines: IssueLines, name: str, newsletter: Newsletter, unread: list[Unread]
) -> tuple[date, str]:
    """The date, and what the heading says behind it."""
    dated = _DAY.search(lines.heading)
    day = _day(dated[0]) if dated else None
    line = lines.heading_line or 1
    if dated and day:
        title = lines.heading[: dated.start()].rstrip(" (（")
        suffix = _BEHIND_DAY.sub("", lines.heading[dated.end() :], count=1)
    else:
        title, _, suffix = lines.heading.partition("：")
    if lines.heading_line is None:
        unread.append(Unread(line=line, text="", why="there is no heading"))
    elif clean_line(unescape(title)) != newsletter.title:
        unread.append(
            Unread(line=line, text=title.strip(), why="the heading names another newsletter")
        )
    if day is None:
        day = next(iter(_days(name)), NO_DATE)
        why = "neither heading nor file name tells the date" if day == NO_DATE else None
        if why or lines.heading_line is not None:
            unread.append(
                Unread(line=line, text=lines.heading, why=why or "the heading tells no date")
            )
    return day, clean_line(unescape(suffix))


def _day(text: str) -> date | None:
    found = _DAY.search(text)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def _days(text: str) -> tuple[date, ...]:
    """The dates that a text names, each once: a table has them as words and in addresses."""
    days = (_day(found[0]) for found in _DAY.finditer(text))
    return tuple(dict.fromkeys(day for day in days if day))


def _read_section(
    section: SectionLines, newsletter: Newsletter, unread: list[Unread]
) -> SectionPlace:
    name = clean_line(unescape(section.name))
    if next(inline_links(section.name), None):
        unread.append(
            Unread(line=section.line, text=section.name, why="a section's heading has a link")
        )
    if not is_quote(section.intro.text):
        _list_unread(section.intro, "stands before the section's first item", unread)
    items: list[ItemPlace] = []
    for block in section.items:
        items.append(read_item(block, section=name, newsletter=newsletter, unread=unread))
        _list_loose(block, newsletter, unread)
    return SectionPlace(name=name, line=section.line, items=tuple(items))


def _harmless(block: Block) -> Block:
    """A block that can stand elsewhere: without rules, which would end an issue."""
    lines = (escape_start(line.lstrip()) if is_rule(line) else line for line in block.lines)
    return replace(block, lines=tuple(lines))


def _list_unread(block: Block, why: str, unread: list[Unread]) -> None:
    if block.text:
        first = next(n for n, line in enumerate(block.lines) if line.strip())
        unread.append(Unread(line=block.first + first, text=block.text, why=why))


def _list_loose(block: Block, newsletter: Newsletter, unread: list[Unread]) -> None:
    """List the paragraphs that Markdown takes out of an item: behind a blank line, unindented."""
    mark = summary_mark(newsletter.summary_prefix)
    for n in range(2, len(block.lines)):
        line = block.lines[n]
        if line[:1].strip() and not block.lines[n - 1].strip() and not mark.match(line):
            stop = next((m for m in range(n, len(block.lines)) if not block.lines[m].strip()), None)
            why = "stands behind an item, not in it; kept with its 摘要"
            _list_unread(block.part(n, stop), why, unread)


def _as_it_stood(issue: Issue, furniture: Block, text: str, newsletter: Newsletter) -> Issue:
    """The issue with its furniture and white space, where they are not the house style's."""
    empty = Issue(date=issue.date, lead="", sections=(), back_issues=issue.back_issues)
    page = render_shipped(empty, newsletter)
    own = split_lines(page, newsletter).furniture
    if _words(own) != _words(furniture):
        issue = replace(issue, footer=furniture.text)
    return replace(issue, spacing=carry(text, render_shipped(issue, newsletter)))


def _words(block: Block) -> list[str]:
    return [line.rstrip() for line in block.lines if line.strip()]
