"""Finding listed terms in a text: the topics of the newsletter, the words that speak for a section.

A term is found as a whole word. What counts as one:

* Latin letters and digits end where they stop: "nas" is not in "nasal", but "部署MNN框架" has MNN.
* Upper and lower case are alike, except that a term listed in capitals alone is found in capitals
  alone: "NAS" is not the "nas" in the cupboard. Full-width letters are letters.
* Between two words a blank, a hyphen, an underscore or nothing are alike: "low-bit" is found in
  "low bit" and "lowbit". (Listed as "lowbit", it is one word and nothing else.) So are a dot, a
  slash and an apostrophe with no blank beside them, but a comma or the end of a sentence is not.
* A plural s and a number may follow a word: "MobileNet" is found in "MobileNets", "MobileNetV3"
  and "MobileNet 2". Every other inflection is listed.
* Chinese needs no word borders. Each place counts once, for the longest term that starts there
  first, and an excluded phrase takes back the terms of its own topic inside it: 量化 is not found
  in 量化交易.

The terms form one trie over words and Chinese characters, so the time for a text does not depend
on how many terms there are, and grows linearly with the text. Which terms there are is
configuration; what a find is worth is the business of ``pipeline.score``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from string import digits
from typing import Protocol

_WORDS = 20_000
"""Words of which a matcher remembers whether anything begins with them."""
_CJK = r"\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
_WORD = rf"[^\W_{_CJK}]+"
_TOKEN = rf"[{_CJK}]|{_WORD}"
_EACH_TOKEN = re.compile(_TOKEN)
_NEXT_TOKEN = re.compile(
    rf"(?P<gap>\s{{1,3}}|\s?[-_\u2010-\u2015]\s?|[./'\u2019])?(?P<token>{_TOKEN})"
)
_IS_CJK = re.compile(rf"[{_CJK}]")

# One character for one character, so that a place in the folded text is the same place in the text.
_FOLDED = {
    code: folded
    for code in range(0x10000)
    if len(folded := unicodedata.normalize("NFKC", chr(code))) == 1 and folded != chr(code)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A term found in a text."""

    topic: str
    """The name that the term is listed under: a topic, or a section."""
    term: str
    """As it is listed, not as the text spells it."""
    start: int
    """Index of its first character in the text."""


@dataclass(frozen=True, slots=True)
class _Listed:
    topic: str
    term: str
    capitals: bool


@dataclass(slots=True)
class _Node:
    after: dict[str, _Node] = field(default_factory=dict)
    listed: list[_Listed] = field(default_factory=list)
    excluded: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _End:
    """A place where something listed ends."""

    end: int
    node: _Node
    capitals: bool


class Worded(Protocol):
    """Something that words speak for: a topic, or a section of the issue."""

    @property
    def name(self) -> str:
        """What a find is reported under."""

    @property
    def terms(self) -> tuple[str, ...]:
        """What is looked for."""

    @property
    def exclude(self) -> tuple[str, ...]:
        """Phrases that take back a term inside them."""


class TermMatcher:
    """Finds the terms of `topics`; built once, then asked for any number of texts."""

    def __init__(self, topics: Iterable[Worded]) -> None:
        self._root = _Node()
        for topic in topics:
            for term in topic.terms:
                listed = _Listed(topic.name, term, term.isascii() and term.isupper())
                for node in self._nodes(term):
                    node.listed.append(listed)
            for phrase in topic.exclude:
                for node in self._nodes(phrase):
                    node.excluded.add(topic.name)
        firsts = "".join(first for first in self._root.after if _IS_CJK.match(first))
        self._starts = re.compile(rf"[{firsts}]|{_WORD}" if firsts else _WORD)
        # Most words of a text begin nothing, and the most frequent ones come again and again.
        self._begins = lru_cache(_WORDS)(lambda word: _step(self._root, word) is not None)

    def matches(self, text: str) -> tuple[Match, ...]:
        """Every find in `text`, in the order of the text; terms of one place in listed order."""
        folded = text if text.isascii() else text.translate(_FOLDED)
        found: list[Match] = []
        muted: dict[str, int] = {}
        free = 0
        for token in self._starts.finditer(folded):
            start = token.start()
            if start < free or not self._begins(token[0]):
                continue
            ends = tuple(self._ends(folded, token))
            for place in ends:
                for topic in place.node.excluded:
                    muted[topic] = max(muted.get(topic, 0), place.end)
            for place in reversed(ends):
                here = [
                    Match(topic=listed.topic, term=listed.term, start=start)
                    for listed in place.node.listed
                    if (place.capitals or not listed.capitals)
                    and muted.get(listed.topic, 0) < place.end
                ]
                if here:
                    found += here
                    free = place.end
                    break
        return tuple(found)

    def _nodes(self, phrase: str) -> Iterator[_Node]:
        """The node where each spelling of `phrase` ends, made where it is missing."""
        words = tuple(word.lower() for word in _EACH_TOKEN.findall(phrase.translate(_FOLDED)))
        for spelling in _spellings(words):
            node = self._root
            for word in spelling:
                node = node.after.setdefault(word, _Node())
            yield node

    def _ends(self, text: str, token: re.Match[str]) -> Iterator[_End]:
        """Where something listed that starts at `token` ends, the shortest first."""
        word, end = token[0], token.end()
        node = self._root
        capitals = True
        while (step := _step(node, word)) is not None:
            node, base = step
            capitals = capitals and base == base.upper()
            if node.listed or node.excluded:
                yield _End(end, node, capitals)
            following = _NEXT_TOKEN.match(text, end)
            if following is None:
                return
            if following["gap"] and _IS_CJK.match(word) and _IS_CJK.match(following["token"]):
                return
            word, end = following["token"], following.end()


def _spellings(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """`words` with every choice of neighbouring Latin words written together."""
    if len(words) < 2:
        if words:
            yield words
        return
    first, second = words[0], words[1]
    for rest in _spellings(words[1:]):
        yield (first, *rest)
    if not _IS_CJK.match(first) and not _IS_CJK.match(second):
        yield from _spellings((first + second, *words[2:]))


def _step(node: _Node, word: str) -> tuple[_Node, str] | None:
    """Where `word` leads from `node`, and the word without the plural or version left aside."""
    for base in _bases(word):
        if (there := node.after.get(base.lower())) is not None:
            return there, base
    return None


def _bases(word: str) -> Iterator[str]:
    """`word`, then what is left of it without a plural s or a version number."""
    yield word
    if len(word) < 3:
        return
    last = word[-1]
    if last in "sS":
        yield word[:-1]
        if word[-2] in "eE":
            yield word[:-2]
    elif last in digits:
        name = word.rstrip(digits)
        yield name
        if name.endswith(("v", "V")):
            yield name[:-1]
