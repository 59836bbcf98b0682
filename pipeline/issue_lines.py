"""The blocks of an issue's Markdown: which lines are heading, remark, section, item, furniture.

Lines are told apart by how they begin, as Markdown does it, and forgivingly: no blank is needed
behind ``##``, none in ``-[…]``. What stands in the lines of an item, ``pipeline.issue_item``
reads; what the other blocks mean to an issue, ``pipeline.issue_reader``. Line numbers are from 1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from config.settings import Newsletter
from pipeline.normalise import clean_line

_FENCE = re.compile(r"---\s*")
_FRONT_MATTER = re.compile(r"(?:[ \t#].*|[\w-]+[ \t]*:.*)?")
_HEADING = re.compile(r"(?:#\s+|#{2,6}\s*)(?P<words>[^#\s].*)")
"""Markdown wants a blank behind ``##``, hands forget it."""
_RULE = re.compile(r"(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}")
_BULLET = re.compile(r"(?P<indent>[ \t]*)(?:[-*][ \t]+(?=\S)|-(?=\[))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lines that stand together."""

    first: int
    """Number of the first one."""
    lines: tuple[str, ...]

    def part(self, start: int, stop: int | None = None) -> Block:
        """Some of the lines, counted from 0."""
        return Block(first=self.first + start, lines=self.lines[start:stop])

    @property
    def text(self) -> str:
        """The lines without white space at their ends; runs of blank ones are one."""
        kept: list[str] = []
        for line in (line.rstrip() for line in self.lines):
            if line or (kept and kept[-1]):
                kept.append(line)
        return "\n".join(kept).rstrip("\n")

    @property
    def last(self) -> int:
        """Number of the last line that is not blank; of the first where all are."""
        filled = (n for n in range(len(self.lines) - 1, -1, -1) if self.lines[n].strip())
        return self.first + next(filled, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionLines:
    """A section: its heading's words, and what stands under it."""

    name: str
    """Markdown."""
    line: int
    intro: Block
    items: tuple[Block, ...]
    """Each begins with its bullet."""
    closing: Block
    """A remark or rule after the last item, and what follows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLines:
    """An issue as blocks, which hold all its lines between them."""

    front_matter: Block
    """Without the lines around it."""
    stray: Block
    """What stands before the heading."""
    heading: str
    """Its words, Markdown; empty where there is none."""
    heading_line: int | None
    preface: Block
    sections: tuple[SectionLines, ...]
    furniture: Block
    """Back issues, editor and licence: all that stands behind the last section."""


def split_lines(text: str, newsletter: Newsletter) -> IssueLines:
    """Part the text of an issue into its blocks. Takes any text with line feeds only.

    The furniture begins at the heading of the back issues, or at the first rule behind the last
    section's heading, but never before a 摘要. Without sections it begins at the first rule.
    """
    whole = Block(first=1, lines=tuple(text.split("\n")))
    front_matter, rest = _front_matter(whole)
    heading = next((n for n, line in enumerate(rest.lines) if is_heading(line)), None)
    if heading is not None and rest.lines[heading].startswith("##"):
        heading = None
    body = rest if heading is None else rest.part(heading + 1)
    starts = [n for n, line in enumerate(body.lines) if is_heading(line)]
    end = _end_of_body(body, starts, newsletter)
    starts = [n for n in starts if n < end]
    stops = [*starts[1:], end]
    return IssueLines(
        front_matter=front_matter,
        stray=rest.part(0, heading or 0),
        heading="" if heading is None else _words(rest.lines[heading]),
        heading_line=None if heading is None else rest.first + heading,
        preface=body.part(0, starts[0] if starts else end),
        sections=tuple(
            _section(body.part(start, stop)) for start, stop in zip(starts, stops, strict=False)
        ),
        furniture=body.part(end),
    )


@lru_cache(maxsize=8)
def summary_mark(prefix: str) -> re.Pattern[str]:
    """What begins a 摘要 in a line, with blanks and either colon; `prefix` is the newsletter's."""
    word = prefix.strip().rstrip("：:").strip()
    if not word:
        return re.compile(r"(?!)")
    return re.compile(r"\s*" + r"\s*".join(map(re.escape, word)) + r"\s*[：:]\s*")


def bullet_indent(line: str) -> int | None:
    """How many blanks stand before the bullet that a line begins with; None without one."""
    found = _BULLET.match(line)
    return None if found is None or is_rule(line) else len(found["indent"])


def without_bullet(line: str) -> str:
    """A line that begins with a bullet, without it."""
    found = _BULLET.match(line)
    return line[found.end() :].rstrip() if found else line.strip()


def is_rule(line: str) -> bool:
    """Whether a line is drawn across the page."""
    return _RULE.fullmatch(line.strip()) is not None


def is_quote(line: str) -> bool:
    """Whether a line begins a block quote."""
    return line.startswith(">")


def is_heading(line: str) -> bool:
    """Whether a line is a heading."""
    found = _HEADING.match(line)
    return found is not None and clean_line(found["words"]) != ""


def _front_matter(whole: Block) -> tuple[Block, Block]:
    """The front matter and what follows it: lines of keys between two lines of dashes."""
    if _FENCE.fullmatch(whole.lines[0]):
        for n, line in enumerate(whole.lines[1:], start=1):
            if _FENCE.fullmatch(line):
                return whole.part(1, n), whole.part(n + 1)
            if not _FRONT_MATTER.fullmatch(line):
                break
    return whole.part(0, 0), whole


def _words(line: str) -> str:
    """The words of a heading, without the ``#`` that may close it."""
    found = _HEADING.match(line)
    words = found["words"].rstrip() if found else ""
    shorter = words.rstrip("#")
    return shorter.rstrip() if shorter[-1:].isspace() else words


def _end_of_body(body: Block, starts: Sequence[int], newsletter: Newsletter) -> int:
    """Where the furniture begins, counted from 0: behind every 摘要."""
    mark, title = summary_mark(newsletter.summary_prefix), newsletter.back_issues_title
    under = range(starts[0] if starts else len(body.lines), len(body.lines))
    least = max((n for n in under if mark.match(body.lines[n])), default=-1) + 1
    tables = (n for n in starts if n >= least and title in _words(body.lines[n]))
    end = next(tables, len(body.lines))
    for start, stop in zip(starts, [*starts[1:], len(body.lines)], strict=False):
        first = body.part(start + 1, stop).text.partition("\n")[0]
        if start < end and first and not is_rule(first):
            least = max(least, start + 1)
    return next((n for n in range(least, end) if is_rule(body.lines[n])), end)


def _section(block: Block) -> SectionLines:
    under = block.part(1)
    indents = [bullet_indent(line) for line in under.lines]
    level = next((indent for indent in indents if indent is not None), 0)
    starts = [n for n, indent in enumerate(indents) if indent is not None and indent <= level]
    first = starts[0] if starts else len(under.lines)
    tail = range(starts[-1] if starts else len(under.lines), len(under.lines))
    remarks = (n for n in tail if is_quote(under.lines[n]) or is_rule(under.lines[n]))
    end = next(remarks, len(under.lines))
    return SectionLines(
        name=_words(block.lines[0]),
        line=block.first,
        intro=under.part(0, first),
        items=tuple(
            under.part(start, stop) for start, stop in zip(starts, [*starts[1:], end], strict=True)
        )
        if starts
        else (),
        closing=under.part(end),
    )
