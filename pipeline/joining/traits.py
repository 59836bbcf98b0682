"""What a candidate is found by: numbers that it shares with candidates that may be about one thing.

Each is a hash of something rare, so that a number leads to few: the headline as a whole, a
sentence of it, two of its rarest words together, a distinct name, two of its concepts, a sample of
its text. Which of its words are rare does not depend on what was collected: two candidates find
each other whichever came first. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import combinations

from pipeline.joining.links import own_name
from pipeline.joining.sketch import bands
from pipeline.joining.words import Heading, Vocabulary, folded, singular
from store.evidence import Trait
from store.models import Profile

_RAREST = 6
_RARE = 1.0
"""Information below which a word is not looked for."""
_ALONE = 4.5
"""Information from which on a word alone is enough."""
_SENTENCE = 3.0
_CONCEPTS = 4
_SHORT, _LONG = 21, 400
"""Days: for what resembles, and for what bears one name or one text."""


def traits(profile: Profile, heading: Heading, vocabulary: Vocabulary) -> tuple[Trait, ...]:
    """The traits of a candidate, each once."""
    found = dict.fromkeys(_traits(profile, heading, vocabulary))
    return tuple(Trait(value=_number(what), days=days) for what, days in found)


def _traits(
    profile: Profile, heading: Heading, vocabulary: Vocabulary
) -> Iterator[tuple[tuple[str, ...], int]]:
    yield from _of_words(heading, vocabulary)
    yield from _of_names(profile, heading, vocabulary)
    concepts = sorted(heading.concepts, key=lambda c: (-vocabulary.told_by_concept(c), c))
    for pair in combinations(sorted(concepts[:_CONCEPTS]), 2):
        yield ("concepts", *pair), _SHORT * 3
    for lab in sorted(heading.labs):
        for concept in sorted(concepts[:2]):
            yield ("lab", lab, concept), _SHORT
    for place, low, high in bands(profile.sketch):
        yield ("text", str(place), str(low), str(high)), _LONG


def _of_words(heading: Heading, vocabulary: Vocabulary) -> Iterator[tuple[tuple[str, ...], int]]:
    if heading.folded:
        yield ("title", heading.folded), _SHORT * 3
    for clause in heading.clauses:
        if vocabulary.told_by_text(clause) >= _SENTENCE:
            yield ("sentence", clause.replace(" ", "")), _SHORT
    told = {word: vocabulary.information(word) for word in heading.words}
    rare = sorted((w for w in told if told[w] >= _RARE), key=lambda w: (-told[w], w))[:_RAREST]
    for pair in combinations(sorted(rare), 2):
        yield ("words", *pair), _SHORT
    for word in rare:
        if told[word] >= _ALONE:
            yield ("words", word), _SHORT


def _of_names(
    profile: Profile, heading: Heading, vocabulary: Vocabulary
) -> Iterator[tuple[tuple[str, ...], int]]:
    names = {singular(name) for name in heading.names if vocabulary.information(name) >= _ALONE}
    if name := own_name(profile, heading):
        names.add(singular(name))
    for name in sorted(names):
        yield ("name", folded(name)), _LONG


def _number(what: tuple[str, ...]) -> int:
    digest = hashlib.blake2b("\x1f".join(what).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
