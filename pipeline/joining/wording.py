"""How alike two headlines of one language are worded: kinds of evidence, each with its measure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from pipeline.joining.words import Heading, Vocabulary

_SENTENCE = 0.6
"""How much of two clauses must be the same for them to be one sentence."""
_VERBATIM = 7
"""Characters of a clause that two headlines hardly share by chance."""
MOST_VERBATIM = 1.5
"""What a clause counts at most that two headlines have word for word."""
_REPRINT = 0.85
"""How alike the headlines of one tutorial are."""
_SLOT = 0.5
"""From how much on two clauses are one pattern, in which what differs tells them apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A kind of evidence as it is found, before it is weighed."""

    kind: str
    value: float
    label: str


def shared_words(a: Heading, b: Heading, vocabulary: Vocabulary) -> tuple[float, list[str]]:
    """The information of the words that both have, and these, the most telling first.

    A Chinese word counts when the other headline has its characters in a row, however they are
    cut there.
    """
    in_a = [w for w in a.words if w in b.words or (_is_chinese_word(w) and w in b.text)]
    in_b = [w for w in b.words if w in a.words or (_is_chinese_word(w) and w in a.text)]
    told = (vocabulary.told_by(in_a) + vocabulary.told_by(in_b)) / 2
    words = sorted({*in_a, *in_b}, key=lambda w: (-vocabulary.information(w), w))
    return told, words


def wording(a: Heading, b: Heading, vocabulary: Vocabulary) -> Iterator[Measure]:
    """What two headlines have in common, and what tells them apart; symmetric."""
    told, words = shared_words(a, b, vocabulary)
    yield Measure(kind="words", value=math.log1p(told), label="、".join(words[:6]))
    alike = fuzz.ratio(a.text, b.text) / 100
    yield Measure(kind="alike", value=alike, label=f"{alike:.0%}")
    yield from _clauses(a, b, vocabulary)
    verbatim = max((c for c in a.clauses if c in b.clauses), key=lambda c: (len(c), c), default="")
    if len(verbatim) >= _VERBATIM:
        value = min(len(verbatim) / 10, MOST_VERBATIM)
        yield Measure(kind="verbatim", value=value, label=verbatim)
    both = a.concepts & b.concepts
    covered = len(both) / (min(len(a.concepts), len(b.concepts)) + 1)
    yield Measure(kind="concepts", value=covered, label="、".join(sorted(both)))
    if a.tutorial or b.tutorial:
        yield Measure(kind="explains", value=1 - alike, label="")
    if a.tutorial and b.tutorial and alike < _REPRINT:
        yield Measure(kind="tutorials", value=1.0, label="")
    if a.column != b.column:
        yield Measure(kind="roundup", value=1.0, label="")
    if label := other_versions(a, b):
        yield Measure(kind="versions", value=1.0, label=label)
    own = [{n for n in h.names if vocabulary.information(n) > 3} for h in (a, b)]
    if own[0] and own[1] and not own[0] & own[1]:
        label = " / ".join(sorted((min(own[0]), min(own[1]))))
        yield Measure(kind="other_names", value=1.0, label=label)


def _is_chinese_word(word: str) -> bool:
    return len(word) > 1 and not word.isascii()


def other_versions(a: Heading, b: Heading) -> str:
    """A name that both say, each with versions that the other has not; empty without one."""
    for stem in sorted({stem for stem, _ in a.versions} & {stem for stem, _ in b.versions}):
        one, other = ({v for name, v in h.versions if name == stem} for h in (a, b))
        if not one & other:
            return f"{stem} {' / '.join(sorted((min(one), min(other))))}"
    return ""


def _in_order(a: Sequence[str], b: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    # SequenceMatcher is not symmetric: it always gets the smaller one first.
    return (a, b) if tuple(a) <= tuple(b) else (b, a)


def _matcher(a: Sequence[str], b: Sequence[str]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, a, b, autojunk=False)


def _clauses(a: Heading, b: Heading, vocabulary: Vocabulary) -> Iterator[Measure]:
    """The sentence that both say, and what differs in a sentence of one pattern."""
    sentence = differs = (0.0, "")
    numbers = ""
    for x, y in product(a.clauses, b.clauses):
        # What stands in blocks of both is at most their longest common subsequence.
        if 2 * LCSseq.similarity(x, y) < _SLOT * (len(x) + len(y)):
            continue
        matcher = _matcher(*_in_order(x, y))
        same = sum(block.size for block in matcher.get_matching_blocks() if block.size > 1)
        share = 2 * same / (len(x) + len(y))
        if share >= _SENTENCE:
            told = min(vocabulary.told_by_text(x), vocabulary.told_by_text(y)) * share
            sentence = max(sentence, (told, min(x, y)))
        if share >= _SLOT:
            for one, other in _replaced(x, y, vocabulary):
                told = min(vocabulary.told_by_text(one), vocabulary.told_by_text(other))
                differs = max(differs, (told, f"{one} / {other}"))
                figures = [_figures(part, vocabulary) for part in (one, other)]
                if figures[0] and figures[1] and not figures[0] & figures[1]:
                    numbers = max(numbers, f"{one} / {other}")
    yield Measure(kind="sentence", value=math.log1p(sentence[0]), label=sentence[1])
    if differs[0]:
        yield Measure(kind="differs", value=math.log1p(differs[0]), label=differs[1])
    if numbers:
        yield Measure(kind="numbers", value=1.0, label=numbers)


def _replaced(x: str, y: str, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    """The places where one clause has other words than the other, and not for one concept."""
    a, b = _in_order(vocabulary.tokens(x), vocabulary.tokens(y))
    for operation, i1, i2, j1, j2 in _matcher(a, b).get_opcodes():
        if operation == "replace":
            one, other = sorted((_joined(a[i1:i2]), _joined(b[j1:j2])))
            if not vocabulary.concepts(one) & vocabulary.concepts(other):
                yield one, other


def _figures(text: str, vocabulary: Vocabulary) -> set[str]:
    return {token for token in vocabulary.tokens(text) if token[0].isdigit()}


def _joined(parts: Sequence[str]) -> str:
    text = ""
    for part in parts:
        text += (" " if text and text[-1].isascii() and part.isascii() else "") + part
    return text
