"""What stands between the heading of an issue and its first section.

A tag line, remarks, the 导读, a line and a list of short news, in any order. In 2019 a remark
stood in ``<font>`` under the tag line; since there is a 导读, it is a quote as that, and begins
with ``注``.
"""

from __future__ import annotations

import re

from config.settings import Newsletter
from pipeline.issue_escape import unescape
from pipeline.issue_lines import Block, bullet_indent, is_quote, without_bullet
from pipeline.issue_markdown import is_note
from pipeline.normalise import clean_line

_TAGLINE = re.compile(r"\*\*(?P<text>[^*].*?)\*\*\s*")
_FONT = re.compile(r"\s*<font\b[^<>]*>(?P<text>.*?)</font>\s*", re.IGNORECASE)


class Preface:
    """What stands between heading and first section, read line by line."""

    def __init__(self, newsletter: Newsletter) -> None:
        self.tagline: str | None = ""
        self.lead: list[str] = []
        self.notes: list[str] = []
        self.news_lead = ""
        self.news: list[str] = []
        self.strays: list[Block] = []
        """Quotes behind the 导读 that are no remarks."""
        self._newsletter = newsletter
        word = newsletter.lead_prefix.strip().rstrip("：:").strip()
        self._lead_mark = re.compile(rf"^{re.escape(word)}\s*[：:]\s*" if word else r"(?!)")

    def read(self, block: Block) -> None:
        """Take the lines of a block."""
        at = 0
        while at < len(block.lines):
            line = block.lines[at]
            if not line.strip():
                at += 1
                continue
            stop = self._end_of_paragraph(block, at)
            paragraph = block.part(at, stop)
            if tagline := self._tagline(line):
                self._take_tagline(tagline["text"])
                stop = at + 1
            elif note := _FONT.fullmatch(line):
                self.notes.append(note["text"].strip())
                stop = at + 1
            elif is_quote(line):
                self._take_quote(paragraph)
            elif bullet_indent(line) is not None:
                self._take_news(paragraph)
            elif is_note(paragraph.text):
                self.notes.append(clean_line(paragraph.text))
            else:
                self.notes.append(paragraph.text)
            at = stop

    def notes_in_order(self) -> list[str]:
        """The remarks as they are printed: without 导读, those that are set apart come first."""
        return self.notes if self.lead else sorted(self.notes, key=is_note, reverse=True)

    def _end_of_paragraph(self, block: Block, start: int) -> int:
        quoted = is_quote(block.lines[start])
        for n in range(start + 1, len(block.lines)):
            line = block.lines[n]
            ends = not line.strip() or _FONT.fullmatch(line) or bullet_indent(line) == 0
            if ends or self._tagline(line) or (is_quote(line) and not quoted):
                return n
        return len(block.lines)

    def _tagline(self, line: str) -> re.Match[str] | None:
        return _TAGLINE.fullmatch(line) if self.tagline == "" else None

    def _take_tagline(self, markdown: str) -> None:
        text = clean_line(unescape(markdown))
        self.tagline = None if text == self._newsletter.tagline else text

    def _take_quote(self, paragraph: Block) -> None:
        lines = [clean_line(line.removeprefix(">")) for line in paragraph.lines]
        lines = [line for line in lines if line]
        if not lines:
            return
        if is_note(lines[0]):
            self.notes.append(" ".join(lines))
            return
        if self.lead:
            self.strays.append(paragraph)
        else:
            lines[0] = self._lead_mark.sub("", lines[0], count=1)
        self.lead += lines

    def _take_news(self, paragraph: Block) -> None:
        if not self.news and self.notes and not is_note(self.notes[-1]):
            self.news_lead = self.notes.pop()
        first, *more = paragraph.text.split("\n")
        self.news.append("\n".join([without_bullet(first), *more]))
