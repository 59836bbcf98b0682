"""What two headlines of different languages have in common: what survives translation.

Names, numbers, labs, and the concepts of the lexicon, whichever language they are said in. One
side may bring its gist (an abstract, a description), in which further names and concepts of the
other's headline are found.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from pipeline.joining.wording import Measure, other_versions
from pipeline.joining.words import Heading, Vocabulary, folded, singular

_DISTINCT = 3.0
"""Information from which on a name is borne by few things."""


def across(a: Heading, b: Heading, vocabulary: Vocabulary) -> Iterator[Measure]:
    """What is found in both headlines, and what is against them; symmetric."""
    names = _shared_names(a, b)
    yield Measure(
        kind="names", value=math.log1p(vocabulary.told_by(names)), label="、".join(sorted(names))
    )
    coined = sorted({h.coined for h, o in ((a, b), (b, a)) if h.coined and _names(h.coined, o)})
    if coined:
        yield Measure(kind="coined", value=1.0, label="、".join(coined))
    both = a.concepts & b.concepts
    told = sum(vocabulary.told_by_concept(concept) for concept in both)
    label = "、".join(sorted(both, key=lambda c: (-vocabulary.told_by_concept(c), c)))
    yield Measure(kind="concepts", value=math.log1p(told), label=label)
    least = min(
        sum(vocabulary.told_by_concept(concept) for concept in heading.concepts)
        for heading in (a, b)
    )
    yield Measure(kind="covered", value=told / (least + 2.0), label=label)
    if labs := a.labs & b.labs:
        yield Measure(kind="labs", value=1.0, label="、".join(sorted(labs)))
    numbers = {n for n in a.numbers & b.numbers if len(n) > 1 and not n.startswith(("19", "20"))}
    if numbers:
        yield Measure(kind="figures", value=min(len(numbers), 2), label="、".join(sorted(numbers)))
    initials = sorted(
        acronym
        for one, other in ((a, b), (b, a))
        for acronym in one.acronyms
        if acronym in other.initials and acronym not in other.words
    )
    if initials:
        yield Measure(kind="acronym", value=1.0, label="、".join(initials).upper())
    yield from _against(a, b, vocabulary, bool(names or coined))


def _against(a: Heading, b: Heading, vocabulary: Vocabulary, named: bool) -> Iterator[Measure]:
    if a.column != b.column:
        yield Measure(kind="roundup", value=1.0, label="")
    own = [sorted(_distinct(heading, vocabulary)) for heading in (a, b)]
    if own[0] and own[1] and not named:
        label = " / ".join(sorted((own[0][0], own[1][0])))
        yield Measure(kind="other_names", value=1.0, label=label)
    if label := other_versions(a, b):
        yield Measure(kind="versions", value=1.0, label=label)


def _distinct(heading: Heading, vocabulary: Vocabulary) -> set[str]:
    found = {name for name in heading.names if vocabulary.information(name) > _DISTINCT}
    return found | ({heading.coined} if heading.coined else set())


def _shared_names(a: Heading, b: Heading) -> set[str]:
    """Latin words of both that are written like a name in one of them."""
    latin = {singular(w) for w in a.words & b.words if w.isascii() and w[0].isalpha()}
    named = {singular(name) for name in a.names | b.names}
    return {word for word in latin if word in named or (len(word) > 2 and not word.isalpha())}


def _names(coined: str, other: Heading) -> bool:
    """Whether the other headline says this name, in the plural or written together too."""
    spelled = {singular(coined), folded(coined)}
    said = {singular(name) for name in (*other.names, *other.words)}
    return bool(spelled & (said | {folded(name) for name in said}))
