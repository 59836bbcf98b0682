"""Structure: front matter, heading, 导读, sections, the form of lines, what could not be read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from itertools import pairwise
from pathlib import PurePath

from pipeline.check.finding import Code, Finding
from pipeline.check.subject import PlacedItem, Subject
from pipeline.identity import mentions
from pipeline.issue_reading import ItemPlace, SectionPlace

_COUNT = re.compile(r"本[次期][^\d，。；]{0,6}?(\d{1,3})\s*条")
"""How many items the 导读 announces: 本次内容20条, 本期16条."""
_MISSPELT = 0.6
"""Share of its characters by which a heading is taken for a known section's, written wrong."""
_OPENING = 16
"""Characters that tell the licence, whose version and wording moved over the years."""
_ADDRESS = re.compile(r"https?://|\]\(")


def check_structure(subject: Subject, *, first: bool) -> Iterator[Finding]:
    """Look at the form of the issue, from its first line to its last.

    `first` says that no earlier issue is known, which it could look back to.
    """
    yield from _front_matter(subject)
    yield from _heading(subject)
    yield from _lead(subject)
    yield from _sections(subject)
    for placed in subject.items:
        yield from _item(subject, placed)
    if not (first or subject.read.issue.back_issues):
        title = subject.newsletter.back_issues_title
        yield subject.finding(
            Code.BACK_ISSUES_MISSING, len(subject.lines), f"the issue has no {title}"
        )
    yield from _unread(subject)


def _front_matter(subject: Subject) -> Iterator[Finding]:
    wanted = subject.newsletter.layout
    found = subject.read.front_matter.get("layout")
    if found != wanted:
        said = "has no layout" if found is None else f"has the layout {found}"
        yield subject.finding(Code.FRONT_MATTER, 1, f"front matter {said}, not {wanted}")


def _unread(subject: Subject) -> Iterator[Finding]:
    """What reading could not place. Text within an item is kept with it, and so are its links."""
    heading = subject.read.heading_line or 1
    for unread in subject.read.unread:
        if unread.line == heading or unread.text.startswith("layout:"):
            continue  # other rules speak of these
        lost = _ADDRESS.search(unread.text) or mentions(unread.text)
        kept = any(p.place.line <= unread.line <= p.place.last_line for p in subject.items)
        yield subject.finding(
            Code.UNREAD_LINK if lost and not kept else Code.UNREAD_TEXT,
            unread.line,
            f"{unread.why}: {_beginning(unread.text)}",
        )
    for line in _behind_licence(subject):
        said = f"stands behind the licence, which closes the page: {_beginning(subject.line(line))}"
        yield subject.finding(Code.UNREAD_TEXT, line, said)


def _behind_licence(subject: Subject) -> Iterator[int]:
    """Lines of text after the one that begins as the newsletter's licence does."""
    opening = subject.newsletter.licence.strip()[:_OPENING]
    if not opening:
        return
    begun = False
    for number in range(subject.body.stop, len(subject.lines) + 1):
        line = subject.line(number).strip()
        if begun and line:
            yield number
        begun = begun or line.startswith(opening)


def _beginning(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"


def _heading(subject: Subject) -> Iterator[Finding]:
    line = subject.read.heading_line
    if line is None:
        yield subject.finding(Code.HEADING_MISSING, 1, "there is no heading with title and date")
        return
    title = subject.newsletter.title
    heading = subject.line(line)
    match = re.fullmatch(
        rf"# {re.escape(title)} \((\d{{4}}-\d\d-\d\d)\)(?:：\S.*)?", heading.rstrip()
    )
    if match is None:
        yield subject.finding(Code.HEADING_FORM, line, f"is not of the form # {title} (YYYY-MM-DD)")
    in_heading = _day(match[1]) if match else subject.read.issue.date
    in_name = _day(PurePath(subject.file).stem)
    if in_name is not None and in_heading != in_name:
        said = f"is dated {in_heading}, and the file {in_name}"
        yield subject.finding(Code.HEADING_DATE, line, said)
    following = (subject.line(n) for n in range(line + 1, len(subject.lines) + 1))
    tagline = next((text.strip() for text in following if text.strip()), "")
    if tagline != f"**{subject.newsletter.tagline}**":
        yield subject.finding(
            Code.TAGLINE, line, f"is not followed by **{subject.newsletter.tagline}**"
        )


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _lead(subject: Subject) -> Iterator[Finding]:
    prefix = subject.newsletter.lead_prefix.rstrip("：:")
    lead = subject.read.issue.lead
    if not lead.strip():
        line = subject.read.heading_line or 1
        yield subject.finding(Code.LEAD_MISSING, line, f"the issue has no {prefix}")
        return
    announced = _COUNT.search(lead)
    top = sum(len(section.items) for section in subject.read.sections)
    if announced and int(announced[1]) not in (top, len(subject.items)):
        begin = (n for n in subject.body if announced[0] in subject.line(n))
        line = next(begin, subject.read.heading_line or 1)
        yield subject.finding(
            Code.LEAD_COUNT, line, f"the {prefix} announces {announced[1]} items of {top}"
        )


def _sections(subject: Subject) -> Iterator[Finding]:
    order = {section.name: place for place, section in enumerate(subject.settings.sections)}
    sections = subject.read.sections
    counted = Counter(section.name for section in sections)
    for section in sections:
        if section.name not in order:
            yield _unknown_section(subject, section)
        if not section.items:
            yield subject.finding(Code.SECTION_EMPTY, section.line, f"{section.name} has no items")
        if counted[section.name] > 1 and section is not _first(subject, section.name):
            yield subject.finding(
                Code.SECTION_TWICE, section.line, f"{section.name} stands there twice"
            )
    known = [section for section in sections if section.name in order]
    for before, after in pairwise(known):
        if order[before.name] > order[after.name]:
            yield subject.finding(
                Code.SECTION_ORDER, after.line, f"{after.name} stands after {before.name}"
            )


def _unknown_section(subject: Subject, section: SectionPlace) -> Finding:
    names = [known.name for known in subject.settings.sections]
    for meant in get_close_matches(section.name, names, n=1, cutoff=_MISSPELT):
        return subject.finding(
            Code.SECTION_MISSPELT, section.line, f"{section.name} is no section; {meant} is one"
        )
    return subject.finding(
        Code.SECTION_UNKNOWN, section.line, f"{section.name} is none of the usual sections"
    )


def _first(subject: Subject, name: str) -> object:
    return next(section for section in subject.read.sections if section.name == name)


def _item(subject: Subject, placed: PlacedItem) -> Iterator[Finding]:
    place = placed.place
    if not place.draft.url and not _linked_nested(place):
        if any(link.url for link in place.links):
            code, said = Code.TITLE_WITHOUT_LINK, "the title has no link; those below it do"
        else:
            code, said = Code.ITEM_WITHOUT_LINK, "the item has no link"
        if placed.within is None:
            yield subject.finding(code, place.line, said)
    if place.summary_line is None:
        return
    yield from _line_breaks(subject, place, place.summary_line)
    prefix = subject.newsletter.summary_prefix
    if not subject.line(place.summary_line).strip().startswith(prefix):
        yield subject.finding(
            Code.SUMMARY_PREFIX, place.summary_line, f"does not begin with {prefix}"
        )


def _linked_nested(place: ItemPlace) -> bool:
    return any(link.url for item in place.items for link in item.links)


def _line_breaks(subject: Subject, place: ItemPlace, begin: int) -> Iterator[Finding]:
    """Without two blanks at its end, a line and the next are printed as one."""
    for number in range(place.line, begin):
        line, after = subject.line(number), subject.line(number + 1)
        if line.strip() and after.strip() and not re.search(r"(?: {2}|\\)$", line):
            yield subject.finding(
                Code.LINE_NOT_BROKEN,
                number,
                "does not end with two blanks, so that the next line joins it",
            )
