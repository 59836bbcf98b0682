"""What a candidate is found by: numbers that it shares with candidates that may be about one thing.

Each is a hash of something rare, so that a number leads to few: the headline as a whole, a
sentence of it, two of its rarest words together, a distinct name, two of its concepts, a sample of
its text. Which of its words are rare does not depend on what was collected: two candidates find
each other whichever came first. Pure.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import combinations

from pipeline.joining.links import own_name
from pipeline.joining.sketch import bands
from pipeline.joining.spelling import folded, singular
from pipeline.joining.words import Heading, Vocabulary
from store.evidence import Trait
from store.models import Profile

_RAREST = 6
_RARE = 1.0
"""Information below which a word is not looked for."""
_TOGETHER = 5.0
"""Information of two words, or of two concepts, that lead to few."""
_ALONE = 4.5
"""Information from which on a word is looked for alone, and a name is enough."""
_SENTENCE = 3.0
_QUOTED = 4
"""Latin words of a title by which it is quoted."""
_CONCEPTS = 4
_SHORT, _MIDDLE, _LONG = 21, 63, 400
"""Days: for what resembles, for what says the same, and for what bears one name or one text."""
_LATIN = re.compile(r"[a-z0-9][a-z0-9'’-]*(?: [a-z0-9][a-z0-9'’-]*)+")


def traits(profile: Profile, heading: Heading, vocabulary: Vocabulary) -> tuple[Trait, ...]:
    """The traits of a candidate, each once. What has one name has one reach, on either side."""
    found = {trait.value: trait for trait in _traits(profile, heading, vocabulary)}
    return tuple(found.values())


def _traits(profile: Profile, heading: Heading, vocabulary: Vocabulary) -> Iterator[Trait]:
    yield from _of_words(heading, vocabulary)
    yield from _of_names(profile, heading, vocabulary)
    told = {concept: vocabulary.told_by_concept(concept) for concept in heading.concepts}
    concepts = sorted(told, key=lambda c: (-told[c], c))[:_CONCEPTS]
    for a, b in combinations(sorted(concepts), 2):
        yield _trait(_MIDDLE, "concepts", a, b, alone=told[a] + told[b] >= _TOGETHER)
    for lab in sorted(heading.labs):
        for concept in sorted(concepts[:2]):
            yield _trait(_SHORT, "lab", lab, concept, alone=False)
    for place, low, high in bands(profile.sketch):
        yield _trait(_LONG, "text", str(place), str(low), str(high))


def _of_words(heading: Heading, vocabulary: Vocabulary) -> Iterator[Trait]:
    if heading.folded:
        yield _trait(_MIDDLE, "title", heading.folded)
    for clause in heading.clauses:
        if vocabulary.told_by_text(clause) >= _SENTENCE:
            yield _trait(_SHORT, "sentence", clause.replace(" ", ""))
        for run in _LATIN.findall(clause):
            words = vocabulary.tokens(run)
            if len(words) >= _QUOTED:
                yield _trait(_MIDDLE, "quote", *words[:_QUOTED])
    told = {word: vocabulary.information(word) for word in heading.words}
    rare = sorted((w for w in told if told[w] >= _RARE), key=lambda w: (-told[w], w))[:_RAREST]
    for a, b in combinations(sorted(rare), 2):
        yield _trait(_SHORT, "words", a, b, alone=told[a] + told[b] >= _TOGETHER)
    for word in rare:
        if told[word] >= _ALONE:
            yield _trait(_SHORT, "words", word, alone=False)


def _of_names(profile: Profile, heading: Heading, vocabulary: Vocabulary) -> Iterator[Trait]:
    names = {name for name in heading.names if vocabulary.information(name) >= _ALONE}
    names |= {word for word in heading.words if word.isascii() and vocabulary.is_unseen(word)}
    names |= {own_name(profile, heading), heading.lead} - {""}
    for name in sorted({folded(singular(name)) for name in names}):
        yield _trait(_LONG, "name", name)


def _trait(days: int, *what: str, alone: bool = True) -> Trait:
    told = "\x1f".join(what).encode("utf-8", "replace")
    digest = hashlib.blake2b(told, digest_size=8).digest()
    return Trait(value=int.from_bytes(digest, "big", signed=True), days=days, alone=alone)
