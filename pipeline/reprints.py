"""Which articles of a story merely say again what another one says. Pure.

A reprint has the title of its original, but for the medium's name at the end, or nearly its
text. Whether two articles are of one story at all is decided by ``pipeline.joining``;
here they are, and all that is asked is whether a reader gains by a link to both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from pipeline.headline import article_title
from pipeline.joining.sketch import same_text, sketch
from pipeline.joining.spelling import folded
from pipeline.roles import shown_at
from store.models import Candidate, Kind

_MOST_TOKENS = 1000
"""Looked at of a text: enough to know it again, and an excerpt is a reprint too."""
_TOKEN = re.compile(r"[a-z0-9]+|[^\W_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What of an article another one may repeat."""

    article: Candidate
    title: str
    """Letters and digits alone; empty where there is none."""
    text: tuple[int, ...]
    """A sketch."""


def originals_of(
    members: Sequence[Candidate], publishers: Mapping[str, str]
) -> list[Candidate | None]:
    """For each member the one that it reprints, None for what stands for itself.

    `members` stand in the order of precedence: of articles that say the same the first is the
    original. An original is no reprint, so that a chain of ever other texts does not hide its
    end. `publishers` as for `pipeline.headline.publisher_of`.
    """
    found: list[Candidate | None] = []
    kept: list[_Said] = []
    few = sum(member.kind is Kind.ARTICLE for member in members) < 2
    for member in members:
        # a talk is not its report, though both are called the same
        if few or member.kind is not Kind.ARTICLE or shown_at(member.canonical_url):
            found.append(None)
            continue
        said = _said(member, publishers)
        original = next((other.article for other in kept if _same(other, said)), None)
        if original is None:
            kept.append(said)
        found.append(original)
    return found


def length(candidate: Candidate) -> int:
    """How much of its text is known, in characters."""
    return len(_text(candidate))


def _said(article: Candidate, publishers: Mapping[str, str]) -> _Said:
    plain = unicodedata.normalize("NFKC", _text(article)).casefold()
    return _Said(
        article=article,
        title=folded(article_title(article, publishers)[0]),
        text=sketch([token[0] for token in islice(_TOKEN.finditer(plain), _MOST_TOKENS)]),
    )


def _same(one: _Said, other: _Said) -> bool:
    if one.title == other.title and one.title:
        languages = {one.article.language, other.article.language} - {"und"}
        if len(languages) < 2:
            return True
    return same_text(one.text, other.text) is not None


def _text(candidate: Candidate) -> str:
    return max(candidate.item.text, candidate.item.summary, key=len)
