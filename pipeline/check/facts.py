"""Facts: what a 摘要 claims stands in its source, and tags and titles fit the links.

A number or a name that stands nowhere in the source's text is a sign of a wrong 摘要, no proof:
a writer may know it from elsewhere. So it is looked for only where the stored text is long enough
to be the source and not a teaser of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import TypeAlias

from pipeline.check.finding import Code, Finding
from pipeline.check.names import Words, names_in
from pipeline.check.numbers import Values, numbers_in
from pipeline.check.subject import PlacedItem, Subject
from pipeline.check.texts import plain_text
from pipeline.identity import identify
from pipeline.language import language_of
from pipeline.papers import ARXIV_ID
from pipeline.summary import width
from store.models import IdentityKey

SourceTexts: TypeAlias = Callable[[IdentityKey], str | None]
"""Gives the stored text of a thing, None where there is none.

Of a paper with its authors, comment and venue, of a project with its description and readme: what
else is known of a thing may stand in its 摘要 too.
"""

_ENOUGH = 400.0
"""Width from which a stored text is taken for the whole and not for a teaser."""
_LONGER = 2.0
"""How many times as long as the 摘要 it has to be; a shorter one was not its only source."""
_LIKE = 0.85
"""How alike the names of two repositories are of which one is the other, written wrong."""
_TAG = re.compile(rf"(?:arxiv\s*[:：]\s*)?({ARXIV_ID})", re.IGNORECASE)
_FULL_NAME = re.compile(r"([A-Za-z0-9][\w-]*/[\w.-]+)\s*(?:[:：]|$)", re.ASCII)


def check_facts(subject: Subject, sources: SourceTexts) -> Iterator[Finding]:
    """Hold each item against its links and its source."""
    for placed in subject.items:
        yield from _tag(subject, placed)
        yield from _repository(subject, placed)
        text = _source_text(placed, sources)
        if text is not None:
            yield from _claims(subject, placed, text)


def _tag(subject: Subject, placed: PlacedItem) -> Iterator[Finding]:
    linked = {
        key
        for link in placed.place.links
        if link.role != "summary"
        for key in identify(link.url).keys
        if key.startswith("arxiv:")
    }
    for tag in placed.place.draft.tags:
        match = _TAG.fullmatch(tag.strip())
        if match and linked and identify(f"arXiv:{match[1]}").keys[0] not in linked:
            other = ", ".join(sorted(key.removeprefix("arxiv:") for key in linked))
            yield subject.finding(
                Code.TAG_OF_OTHER_PAPER, placed.place.line, f"is tagged {tag}, and links to {other}"
            )


def _repository(subject: Subject, placed: PlacedItem) -> Iterator[Finding]:
    """A title of the form owner/name goes with a link to just that, wherever it stands."""
    named = _FULL_NAME.match(placed.place.draft.title)
    linked = {
        key.removeprefix("github:"): link
        for link in reversed(placed.place.links)
        for key in identify(link.url).keys
        if key.startswith("github:")
    }
    if named is None or named[1].casefold() in linked:
        return
    meant = get_close_matches(named[1].casefold(), linked, n=1, cutoff=_LIKE)
    meant += [name for name, link in linked.items() if link.role == "primary"]
    if meant:
        yield subject.finding(
            Code.TITLE_OF_OTHER_REPOSITORY,
            linked[meant[0]].line,
            f"links to {meant[0]}, and the title says {named[1]}",
        )


def _source_text(placed: PlacedItem, sources: SourceTexts) -> str | None:
    """What the 摘要 was written from; None where that is unknown or only a teaser of it."""
    primary = placed.primary
    summary = placed.place.draft.summary
    if primary is None or not summary.strip():
        return None
    main = next(filter(None, map(sources, primary.keys)), "")
    if width(main) < max(_ENOUGH, _LONGER * width(summary)):
        return None
    texts = [main]
    for link in placed.place.links:
        if link.role != "primary" and link.url:
            texts += filter(None, map(sources, identify(link.url).keys))
    return "\n".join(texts)


def _claims(subject: Subject, placed: PlacedItem, text: str) -> Iterator[Finding]:
    place = placed.place
    draft = place.draft
    line = place.summary_line or place.line
    labels = (link.label for link in place.links)
    known = "\n".join([text, draft.title, draft.source, *draft.tags, *labels])
    summary = plain_text(draft.summary)
    values = Values.of(known)
    numbers = [number.written for number in numbers_in(summary) if not values.hold(number)]
    if numbers:
        said = f"{_list(numbers)} not in the source's text"
        yield subject.finding(Code.NUMBER_NOT_IN_SOURCE, line, said)
    if language_of(summary) == "en":
        return  # where any sentence begins with a capital letter, that makes no name
    words = Words.of(known)
    names = [name.written for name in names_in(summary) if not words.hold(name)]
    if names:
        said = f"{_list(names)} not in the source's text"
        yield subject.finding(Code.NAME_NOT_IN_SOURCE, line, said)


def _list(found: list[str]) -> str:
    return ", ".join(dict.fromkeys(found))
