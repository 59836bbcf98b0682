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
from copy import copy
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import wordfreq

from config.story_settings import Lexicon
from pipeline.joining import spelling
from pipeline.joining.spelling import (
    CLAUSE_END,
    HAN,
    IS_HAN,
    MARK,
    TOKEN,
    folded,
    plain_of,
    singular,
    squeezed,
)
from pipeline.matching import Match, TermMatcher

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
_TERM = re.compile(rf"[{HAN}]|[a-z0-9]+")
_KEPT = 10_000
"""Headlines, and pieces of text, whose reading is remembered: more than a batch looks at, and few
enough that a night of many sources needs no more memory than one of few."""


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
        self._parts_of = _parts_of_terms(lexicon.terms)
        self._labs = TermMatcher(_Group(name=g[0], terms=g) for g in lexicon.labs)
        self._spelled = {g[0]: g for g in (*lexicon.terms, *lexicon.labs)}
        self.information = lru_cache(5 * _KEPT)(self._information)
        self.told_by_concept = cache(self._told_by_concept)
        self.cut = lru_cache(_KEPT)(self._cut)
        self._headings = lru_cache(_KEPT)(lambda title: Heading(title, self))
        self.told_by_text = lru_cache(_KEPT)(self._told_by_text)

    def _information(self, word: str) -> float:
        """How much a word of `Heading.words` tells; from 0 to about 5.5."""
        first = word[0]
        if first.isdigit():
            return _DIGIT if len(word) < 2 else _NUMBER
        if IS_HAN.match(first):
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
        mark = MARK.match(word)
        return bool(mark and mark["stem"] in self._known)

    def told_by(self, words: Iterable[str]) -> float:
        """The information of all of these words together."""
        # fsum: the same to the last digit in whatever order a set is walked.
        return math.fsum(self.information(word) for word in words)

    def _told_by_text(self, text: str) -> float:
        """The information of all words of a piece of `Heading.text`."""
        return self.told_by(self.words_of(text))

    def _told_by_concept(self, concept: str) -> float:
        """What it tells that two headlines speak of a group's concept, at most 4."""
        english = [word for word in self._spelled[concept] if word.isascii()]
        return max((min(self.told_by_text(word), 4.0) for word in english[:1]), default=2.0)

    def told_by_concepts(self, concepts: Iterable[str]) -> float:
        """The information of all of these concepts together."""
        return math.fsum(self.told_by_concept(concept) for concept in concepts)

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

    def read(self, title: str) -> Heading:
        """Take a headline apart; what of it is asked for is found then, and kept."""
        return self._headings(title)

    def without_stock(self, lower: str) -> str:
        """A headline with a bar in the place of each stock phrase."""
        return self._stock.sub("|", lower) if self._stock else lower

    def is_column(self, lower: str) -> bool:
        """Whether a headline has a word that marks a column or a round-up."""
        return bool(self._columns and self._columns.search(lower))

    def is_tutorial(self, lower: str) -> bool:
        """Whether a headline has a word that marks an explanation or a question."""
        return bool(self._tutorials and self._tutorials.search(lower))

    def terms(self, text: str) -> list[Match]:
        """The lexicon's terms in a text."""
        return list(self._concepts.matches(text))

    def general(self, matches: Iterable[Match]) -> frozenset[str]:
        """Concepts whose terms are part of these longer ones."""
        found: set[str] = set()
        for match in matches:
            found |= self._parts_of.get(match.term, frozenset())
        return frozenset(found)

    def parts(self, concept: str) -> frozenset[str]:
        """Concepts that are part of this one."""
        return frozenset().union(*(self._parts_of.get(t, ()) for t in self._spelled[concept]))

    def words_of(self, text: str) -> Iterator[str]:
        """The words of a text in one case, in order."""
        for match in TOKEN.finditer(text):
            if IS_HAN.match(match[0]):
                yield from self.cut(match[0])
            else:
                yield from self._parts(match[0])

    def tokens(self, text: str) -> list[str]:
        """Latin words, numbers and single Chinese characters of a text, in order and one case."""
        found: list[str] = []
        for match in TOKEN.finditer(unicodedata.normalize("NFKC", text).casefold()):
            found += match[0] if IS_HAN.match(match[0]) else self._parts(match[0])
        return found

    def concepts(self, text: str) -> frozenset[str]:
        """Concepts and labs that a text speaks of."""
        return frozenset(
            match.topic
            for matcher in (self._concepts, self._labs)
            for match in matcher.matches(text)
        )

    def labs(self, text: str) -> frozenset[str]:
        """Institutions and people that a text names."""
        return frozenset(match.topic for match in self._labs.matches(text))

    def _parts(self, word: str) -> tuple[str, ...]:
        """A Latin word; a known one and its version: ``windows11`` -> ``windows``, ``11``."""
        if word in self._known and singular(word) not in self._known:
            return (word,)  # "windows" is no plural
        mark = MARK.match(word)
        if mark and mark["version"][0] != "v" and mark["stem"] in self._known:
            return mark["stem"], mark["version"]
        return (singular(word),)

    def names(self, plain: str) -> frozenset[str]:
        """What is written like a name (capitals within, digits behind letters), in one case."""
        return frozenset(
            name for name, told in spelling.names(plain) if told or not self._english.get(name)
        )

    def is_known(self, name: str) -> bool:
        """Whether very many works share this name."""
        return folded(name) in self._known

    def is_unseen(self, word: str) -> bool:
        """Whether it is a Latin word that everyday English does not have: a name, most likely."""
        return len(word) > 3 and word[0].isalpha() and not self._english.get(word)

    def is_listed(self, word: str) -> bool:
        """Whether a term of the lexicon is spelled so."""
        return bool(self.concepts(word.upper()))


class Heading:
    """A headline taken apart. Each of its sides is found when it is first asked for."""

    def __init__(self, title: str, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.plain = plain_of(title)
        """In one width, without decoration."""
        self.lower = self.plain.casefold()
        bare = vocabulary.without_stock(self.lower)
        self.stock = not folded(bare)
        """It is nothing but stock phrases."""
        self._bare = self.lower if self.stock else bare

    def called(self, name: str) -> Heading:
        """The same, with the name that a project is known by."""
        named = copy(self)
        named.__dict__["coined"] = name
        return named

    @cached_property
    def folded(self) -> str:
        """Letters and digits alone, in one case and width."""
        return folded(self.lower)

    @cached_property
    def text(self) -> str:
        """In one case, without stock phrases and punctuation; blanks only between Latin words."""
        return squeezed(self._bare)

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        """The parts of `text` that stood between punctuation, of two characters or more."""
        parts = (squeezed(part) for part in CLAUSE_END.split(self._bare))
        return tuple(part for part in parts if len(part) > 1)

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words, numbers among them."""
        return frozenset(self._vocabulary.words_of(self._bare))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Those of its words that begin with a digit."""
        return frozenset(word for word in self.words if word[0].isdigit())

    @cached_property
    def figures(self) -> frozenset[str]:
        """Numbers that tell something: of two digits and more, no years, or with a Latin unit."""
        return frozenset(spelling.figures(self.lower))

    @cached_property
    def names(self) -> frozenset[str]:
        """What is written like a name, in one case."""
        return self._vocabulary.names(self.plain)

    @cached_property
    def versions(self) -> frozenset[tuple[str, str]]:
        """Names with the version that stands at or behind them: ``("mobilenet", "3")``."""
        return frozenset(spelling.versions(self.lower))

    @cached_property
    def coined(self) -> str:
        """The name that a paper or a project gives itself, before the colon; empty without one."""
        lead = spelling.lead(self.plain)
        return "" if self._vocabulary.is_known(lead) else lead.casefold()

    @cached_property
    def lead(self) -> str:
        """What stands before the colon where it is one name, a known one too, letters alone."""
        return folded(singular(spelling.lead(self.plain).casefold()))

    @cached_property
    def part(self) -> str:
        """Which part of a series it is: 一, 2, 上; empty where it does not say."""
        return spelling.part_of_series(self.lower)

    @cached_property
    def initials(self) -> str:
        """First letters of its Latin words, small words left out."""
        return spelling.initials(self.lower)

    @cached_property
    def acronyms(self) -> frozenset[str]:
        """Words of three to six capitals, in one case."""
        return spelling.acronyms(self.plain)

    @cached_property
    def _terms(self) -> list[Match]:
        return self._vocabulary.terms(self.plain)

    @cached_property
    def concepts(self) -> frozenset[str]:
        """Groups of the lexicon's terms that it speaks of, by their first word."""
        return frozenset(match.topic for match in self._terms)

    @cached_property
    def general(self) -> frozenset[str]:
        """Groups whose terms are part of a longer one that it has: pruning in filter pruning."""
        return self._vocabulary.general(self._terms)

    @cached_property
    def labs(self) -> frozenset[str]:
        """Institutions and people that it names."""
        return self._vocabulary.labs(self.plain)

    @cached_property
    def column(self) -> bool:
        """It is one of a series, or a round-up."""
        return self._vocabulary.is_column(self.lower) or spelling.counts_things(self.lower)

    @cached_property
    def tutorial(self) -> bool:
        """It explains or asks rather than reports."""
        return self._vocabulary.is_tutorial(self.lower)


def _as_said(word: str) -> tuple[str, str]:
    """A word of the lexicon as it stands among `Heading.words`, with its signs and without."""
    plain = unicodedata.normalize("NFKC", word).casefold()
    return singular(plain), folded(word)


def _parts_of_terms(groups: Sequence[tuple[str, ...]]) -> dict[str, frozenset[str]]:
    """Each term with the concepts whose terms are part of it."""
    listed = {tuple(_TERM.findall(term)): group[0] for group in groups for term in group}
    parts = {}
    for group in groups:
        for term in group:
            tokens = tuple(_TERM.findall(term))
            size = len(tokens)
            within = {
                listed.get(tokens[start:end], "")
                for start in range(size)
                for end in range(start + 1, size + 1)
                if end - start < size
            }
            parts[term] = frozenset(within - {group[0], ""})
    return parts


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
    # Parted by first character: most places of a headline are passed after one look.
    rests: dict[str, list[str]] = {}
    for word in reversed(plain):
        first, rest = re.escape(word[0]), re.escape(word[1:])
        whole = rf"(?<![a-z0-9]{first}){rest}(?![a-z0-9])" if word.isascii() else rest
        rests.setdefault(first, []).append(whole)
    parts = [f"{first}(?:{'|'.join(some)})" for first, some in rests.items()]
    return re.compile(f"(?=[{''.join(rests)}])(?:{'|'.join(parts)})")
