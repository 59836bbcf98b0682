"""The words of a headline, and how much each of them tells.

A word tells the more the rarer it is: its *information* is the negative decimal logarithm of its
frequency in everyday text (wordfreq's lists), from which a constant for the words that fill every
sentence is taken. Words that fill every headline of this trade, and names that a hundred works
share, count a part of that. Frequencies do not depend on what was collected, so that what two
headlines have in common is the same on every night and in every order.

Chinese is cut into the words of the same list so that the product of their frequencies is the
largest. Pure; lexicon and words are configuration.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import wordfreq

from config.story_settings import Lexicon
from pipeline.matching import TermMatcher

_FILLER = 2.5
"""Information of a word that stands in every third sentence, 以上 and less."""
_UNSEEN = 1e-8
"""Frequency of a word that the list does not have."""
_UNSEEN_CHARACTER = 10**-7.5
_COMMON = 0.35
"""Share of its information that a common word of the trade keeps."""
_LONE_CHARACTER = 0.6
_LETTER = 0.3
_DIGIT = 1.0
_NUMBER = 1.6
_LONGEST_WORD = 6

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_LATIN = rf"[^\W\d_{_HAN}]"
_TOKEN = re.compile(
    rf"[{_HAN}]+|{_LATIN}(?:[+#]+|(?:[.\-_/]?(?:{_LATIN}|\d)+)*[+]*)|\d+(?:[.,]\d+)*%?"
)
_IS_HAN = re.compile(rf"[{_HAN}]")
_CLAUSE_END = re.compile(
    r"[!?。,，;；:|\[\]()【】「」『』《》<>“”\"‘’~…、—]+|\.{2,}|\s[-–·]\s|\.\s"
)
_DECORATION = re.compile(
    r"\s*[\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]+(?:\s*\d{4}-\d{2}-\d{2})?\s*"
)
_NAME = re.compile(r"(?=[^\W_]*[A-Z])(?=\S*[a-z0-9])[A-Za-z][A-Za-z0-9]*(?:[-+.][A-Za-z0-9]+)*\+*")
_GAP = re.compile(r"[\W_]+")
_ACRONYM = re.compile(r"(?<![A-Za-z])[A-Z]{3,6}(?![A-Za-z0-9])")
_SMALL = frozenset(["a", "an", "and", "for", "from", "in", "of", "on", "the", "to", "via", "with"])
_VERSIONED = re.compile(
    # Found in mobilenetv3, YOLO-v4, Android 12 and Arm v9, but not in 2.4x, 12%, 7B or 4nm.
    r"(?<![a-z0-9])(?P<stem>[a-z]{2,}?(?:-[a-z]+?)*)"
    r"[ -]?v?(?P<version>\d{1,3}(?:\.\d{1,3})*)(?![\w%.]|[ -]?(?:x|bit|nm|b|m|k|gb|mb|ms|w|fps)\b)"
)
_PLURAL = re.compile(r"[a-z0-9.-]{2,}[^aiosu]s")
_MARK = re.compile(r"^(?P<stem>.*?[^\W\d])[-_.]?(?P<version>v?\d[\d.]*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A headline taken apart."""

    plain: str
    """In one width, without decoration."""
    folded: str
    """Letters and digits alone, in one case and width."""
    text: str
    """In one case, without stock phrases and punctuation; blanks only between Latin words."""
    clauses: tuple[str, ...]
    """The parts of `text` that stood between punctuation, of two characters or more."""
    words: frozenset[str]
    numbers: frozenset[str]
    names: frozenset[str]
    """What is written like a name (capitals within, digits behind letters), in one case."""
    versions: frozenset[tuple[str, str]]
    """Names with the version that stands at or behind them: ``("mobilenet", "3")``."""
    coined: str
    """The name that a paper or a project gives itself, before the colon; empty without one."""
    initials: str
    """First letters of its Latin words, small words left out."""
    acronyms: frozenset[str]
    """Words of three to six capitals, in one case."""
    concepts: frozenset[str]
    """Groups of the lexicon's terms that it speaks of, by their first word."""
    labs: frozenset[str]
    column: bool
    """It is one of a series, or a round-up."""
    tutorial: bool
    """It explains or asks rather than reports."""


class Vocabulary:
    """Reads headlines with the words of a lexicon; build it once."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._chinese = wordfreq.get_frequency_dict("zh", wordlist="large")
        self._english = wordfreq.get_frequency_dict("en", wordlist="large")
        self._known = {said for word in lexicon.known for said in _as_said(word)}
        self._common = {said for word in lexicon.common for said in _as_said(word)} | self._known
        self._stock = _any_of(lexicon.stock)
        self._columns = _any_of(lexicon.columns)
        self._tutorials = _any_of(lexicon.tutorials)
        self._concepts = TermMatcher(_Group(name=g[0], terms=g) for g in lexicon.terms)
        self._labs = TermMatcher(_Group(name=g[0], terms=g) for g in lexicon.labs)
        self._spelled = {g[0]: g for g in (*lexicon.terms, *lexicon.labs)}
        self.information = lru_cache(200_000)(self._information)
        self.cut = lru_cache(50_000)(self._cut)
        self.read = lru_cache(50_000)(self._read)

    def _information(self, word: str) -> float:
        """How much a word of `Heading.words` tells; from 0 to about 5.5."""
        first = word[0]
        if first.isdigit():
            return _DIGIT if len(word) < 2 else _NUMBER
        if _IS_HAN.match(first):
            frequency = self._chinese.get(word, _UNSEEN_CHARACTER)
        elif len(word) == 1:
            return _LETTER
        else:
            frequency = max(self._english.get(word, 0), self._chinese.get(word, 0), _UNSEEN)
        told = max(0.0, -math.log10(frequency) - _FILLER)
        if len(word) == 1:
            told *= _LONE_CHARACTER
        return told * _COMMON if self._is_common(word) else told

    def _is_common(self, word: str) -> bool:
        if word in self._common:
            return True
        mark = _MARK.match(word)
        return bool(mark and mark["stem"] in self._known)

    def told_by(self, words: Iterable[str]) -> float:
        """The information of all of these words together."""
        return sum(self.information(word) for word in words)

    def told_by_text(self, text: str) -> float:
        """The information of all words of a piece of `Heading.text`."""
        return self.told_by(self.words_of(text))

    @cache  # noqa: B019 - a vocabulary lives as long as the process
    def told_by_concept(self, concept: str) -> float:
        """What it tells that two headlines speak of a group's concept, at most 4."""
        english = [word for word in self._spelled[concept] if word.isascii()]
        return max((min(self.told_by_text(word), 4.0) for word in english[:1]), default=2.0)

    def _cut(self, run: str) -> tuple[str, ...]:
        """A run of Chinese characters as words: the most probable way to part it."""
        size = len(run)
        best = [0.0] + [-math.inf] * size
        before = [0] * (size + 1)
        for start in range(size):
            for end in range(start + 1, min(size, start + _LONGEST_WORD) + 1):
                frequency = self._chinese.get(run[start:end])
                if frequency is None:
                    if end > start + 1:
                        continue
                    frequency = _UNSEEN_CHARACTER
                likely = best[start] + math.log10(frequency)
                if likely > best[end]:
                    best[end], before[end] = likely, start
        words = []
        end = size
        while end:
            words.append(run[before[end] : end])
            end = before[end]
        return tuple(reversed(words))

    def _read(self, title: str) -> Heading:
        """Take a headline apart."""
        plain = " ".join(_DECORATION.sub(" ", unicodedata.normalize("NFKC", title)).split())
        lower = plain.casefold()
        bare = self._stock.sub("|", lower) if self._stock else lower
        if not folded(bare):
            bare = lower
        parts = [_squeezed(part) for part in _CLAUSE_END.split(bare)]
        words = frozenset(self.words_of(bare))
        return Heading(
            plain=plain,
            folded=folded(lower),
            text=_squeezed(bare),
            clauses=tuple(part for part in parts if len(part) > 1),
            words=words,
            numbers=frozenset(word for word in words if word[0].isdigit()),
            names=self._names(plain),
            versions=frozenset(_versions(lower)),
            coined=self._coined(plain),
            initials="".join(
                word[0] for word in re.findall(r"[a-z]+", lower) if word not in _SMALL
            ),
            acronyms=frozenset(word.casefold() for word in _ACRONYM.findall(plain)),
            concepts=frozenset(m.topic for m in self._concepts.matches(plain)),
            labs=frozenset(m.topic for m in self._labs.matches(plain)),
            column=bool(self._columns and self._columns.search(lower)),
            tutorial=bool(self._tutorials and self._tutorials.search(lower)),
        )

    def words_of(self, text: str) -> Iterator[str]:
        """The words of a text in one case, in order."""
        for match in _TOKEN.finditer(text):
            if _IS_HAN.match(match[0]):
                yield from self.cut(match[0])
            else:
                yield from self._parts(match[0])

    def tokens(self, text: str) -> list[str]:
        """Latin words, numbers and single Chinese characters of a text, in order and one case."""
        found: list[str] = []
        for match in _TOKEN.finditer(unicodedata.normalize("NFKC", text).casefold()):
            found += match[0] if _IS_HAN.match(match[0]) else self._parts(match[0])
        return found

    def concepts(self, text: str) -> frozenset[str]:
        """Concepts and labs that a text speaks of."""
        return frozenset(
            match.topic
            for matcher in (self._concepts, self._labs)
            for match in matcher.matches(text)
        )

    def _parts(self, word: str) -> tuple[str, ...]:
        """A Latin word; a known one and its version: ``windows11`` -> ``windows``, ``11``."""
        if word in self._known and singular(word) not in self._known:
            return (word,)  # "windows" is no plural
        mark = _MARK.match(word)
        if mark and mark["version"][0] != "v" and mark["stem"] in self._known:
            return mark["stem"], mark["version"]
        return (singular(word),)

    def _names(self, plain: str) -> frozenset[str]:
        found = set()
        for match in _NAME.finditer(plain):
            name = match[0]
            inner = any(c.isupper() for c in name[1:]) or any(c.isdigit() for c in name)
            if inner or not self._english.get(name.casefold()):
                found.add(name.casefold())
        return frozenset(found)

    def _coined(self, plain: str) -> str:
        head, colon, _ = plain.partition(":")
        name = head.strip().rpartition("/")[2]
        if not colon or not re.fullmatch(r"[A-Za-z0-9][\w.+-]{1,30}", name):
            return ""
        return "" if folded(name) in self._known else name.casefold()


def folded(text: str) -> str:
    """Letters and digits alone, in one case and width."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def singular(word: str) -> str:
    """A Latin word without its plural s: ``transformers`` -> ``transformer``."""
    return word[:-1] if _PLURAL.fullmatch(word) else word


def _as_said(word: str) -> tuple[str, str]:
    """A word of the lexicon as it stands among `Heading.words`, with its signs and without."""
    plain = unicodedata.normalize("NFKC", word).casefold()
    return singular(plain), folded(word)


def _versions(lower: str) -> Iterator[tuple[str, str]]:
    for match in _VERSIONED.finditer(lower):
        yield match["stem"], match["version"].removesuffix(".0")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """A group of the lexicon, as the matcher takes it."""

    name: str
    terms: tuple[str, ...]
    exclude: tuple[str, ...] = ()


def _any_of(words: Sequence[str]) -> re.Pattern[str] | None:
    """Any of these words, the longest first; Latin ones only whole."""
    if not words:
        return None
    plain = sorted({unicodedata.normalize("NFKC", w).casefold() for w in words}, key=len)
    parts = [
        rf"(?<![a-z0-9]){re.escape(w)}(?![a-z0-9])" if w.isascii() else re.escape(w)
        for w in reversed(plain)
    ]
    return re.compile("|".join(parts))


def _squeezed(text: str) -> str:
    """Letters and digits, with one blank where two Latin words or numbers stood apart."""
    return _GAP.sub(lambda gap: " " if _between_latin(text, gap) else "", text)


def _between_latin(text: str, gap: re.Match[str]) -> bool:
    before, after = text[gap.start() - 1 : gap.start()], text[gap.end() : gap.end() + 1]
    return before.isascii() and after.isascii() and bool(before) and bool(after)
