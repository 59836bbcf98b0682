"""Texts: the title, the source and the 摘要 of each item."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.check.finding import Code, Finding
from pipeline.check.subject import PlacedItem, Subject
from pipeline.language import language_of
from pipeline.summary import width

_MARKUP = re.compile(
    r"!?\[(?P<words>[^\[\]]*)\]\([^()]*\)|(?P<address>https?://[^\s（），。；、]+)|[*`]+"
)

_A_LINE = 10.0
"""Width from which a line says something rather than label a link."""


def check_texts(subject: Subject) -> Iterator[Finding]:
    """Look at what each item says."""
    for placed in subject.items:
        draft, line = placed.place.draft, placed.place.line
        if not draft.title.strip():
            yield subject.finding(Code.TITLE_MISSING, line, "the item has no title")
        elif not draft.source.strip() and subject.is_article(placed):
            yield subject.finding(
                Code.SOURCE_MISSING, line, "names no medium or account after the title"
            )
        if draft.summary.strip():
            yield from _summary(subject, placed)
        elif not draft.items and placed.within is None:
            yield subject.finding(
                Code.REPOSITORY_WITHOUT_SUMMARY
                if subject.is_about_code(placed)
                else Code.SUMMARY_MISSING,
                line,
                f"has no {_word(subject)}",
            )


def _summary(subject: Subject, placed: PlacedItem) -> Iterator[Finding]:
    newsletter = subject.newsletter
    text = placed.place.draft.summary
    begin = placed.place.summary_line or placed.place.line
    word = _word(subject)
    if placed.place.draft.translate or newsletter.translate_mark in text:
        yield subject.finding(
            Code.SUMMARY_UNTRANSLATED, begin, f"{word} still marked {newsletter.translate_mark}"
        )
    elif _is_foreign(plain_text(text), newsletter.language):
        yield subject.finding(
            Code.REPOSITORY_SUMMARY_FOREIGN
            if subject.is_about_code(placed)
            else Code.SUMMARY_FOREIGN,
            begin,
            f"{word} is not in the newsletter's language",
        )
    length = width(plain_text(text))
    if length < newsletter.summary_least:
        said = f"{word} of {length:.0f} characters says little"
        yield subject.finding(Code.SUMMARY_SHORT, begin, said)
    elif length > newsletter.summary_most:
        said = f"{word} of {length:.0f} characters, more than {newsletter.summary_most}"
        yield subject.finding(Code.SUMMARY_LONG, begin, said)
    yield from _second(subject, placed, begin)


def _is_foreign(text: str, language: str) -> bool:
    """Whether no line is in the newsletter's language; a list of English titles proves nothing."""
    spoken = {language_of(line) for line in text.splitlines() if width(line) >= _A_LINE}
    return bool(spoken - {"und"}) and language not in spoken


def _second(subject: Subject, placed: PlacedItem, begin: int) -> Iterator[Finding]:
    """A second 摘要 in one item was pasted there, or belongs to another."""
    nested = {
        number for item in placed.place.items for number in range(item.line, item.last_line + 1)
    }
    again = re.compile(rf"\s*{re.escape(_word(subject))}\s*[：:]")
    for number in range(begin + 1, placed.place.last_line + 1):
        if number not in nested and again.match(subject.line(number)):
            yield subject.finding(
                Code.SUMMARY_TWICE, number, f"a second {_word(subject)}, after line {begin}"
            )


def _word(subject: Subject) -> str:
    """What the newsletter calls a summary: its prefix without the colon."""
    return subject.newsletter.summary_prefix.strip().rstrip("：:").strip()


def plain_text(markdown: str) -> str:
    """A 摘要 without link targets, addresses and emphasis."""
    return _MARKUP.sub(lambda match: match["words"] or (" " if match["address"] else ""), markdown)
