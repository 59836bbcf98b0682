"""What two headlines of different languages have in common: what survives translation.

Names, numbers, labs, and the concepts of the lexicon, whichever language they are said in. One
side may bring its gist (an abstract, a description), in which further names and concepts of the
other's headline are found.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from pipeline.joining.links import is_repository
from pipeline.joining.spelling import folded, singular
from pipeline.joining.wording import Measure, other_versions
from pipeline.joining.words import Heading, Vocabulary
from store.models import Kind, Profile

_DISTINCT = 3.0
"""Information from which on a name is borne by few things."""


def across(a: Heading, b: Heading, vocabulary: Vocabulary) -> Iterator[Measure]:
    """What is found in both headlines, and what is against them; symmetric."""
    names = _shared_names(a, b)
    yield Measure(
        kind="names", value=math.log1p(vocabulary.told_by(names)), label="、".join(sorted(names))
    )
    coined = sorted({h.coined for h, o in ((a, b), (b, a)) if h.coined and _names(h.coined, o)})
    if not coined and a.lead and a.lead == b.lead:
        coined = [a.lead]
    if coined:
        yield Measure(kind="coined", value=1.0, label="、".join(coined))
    both = (a.concepts | a.general) & (b.concepts | b.general)
    both -= frozenset().union(*(vocabulary.parts(concept) for concept in both))
    told = vocabulary.told_by_concepts(both)
    label = "、".join(sorted(both, key=lambda c: (-vocabulary.told_by_concept(c), c)))
    yield Measure(kind="concepts", value=math.log1p(told), label=label)
    least, most = sorted(vocabulary.told_by_concepts(heading.concepts) for heading in (a, b))
    yield Measure(kind="covered", value=told / (least + 2.0), label=label)
    yield Measure(kind="mutual", value=told / (most + 2.0), label=label)
    if labs := a.labs & b.labs:
        yield Measure(kind="labs", value=1.0, label="、".join(sorted(labs)))
    if figures := a.figures & b.figures:
        yield Measure(kind="figures", value=min(len(figures), 2), label="、".join(sorted(figures)))
    initials = sorted(
        acronym
        for one, other in ((a, b), (b, a))
        for acronym in one.acronyms
        if acronym in other.initials
        and acronym not in other.words
        and not vocabulary.is_listed(acronym)
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


def in_gist(
    a: Profile, b: Profile, x: Heading, y: Heading, vocabulary: Vocabulary
) -> Iterator[Measure]:
    """What the headline of a report says that stands in the abstract or description alone."""
    for report, other, heading, others in ((a, b, x, y), (b, a, y, x)):
        if report.kind is Kind.ARTICLE and other.kind is not Kind.ARTICLE and other.gist:
            gist = vocabulary.read(other.gist)
            names = heading.names & gist.words - others.words - others.names
            figures = heading.figures & gist.figures - others.figures
            concepts = heading.concepts & (gist.concepts | gist.general)
            concepts -= others.concepts | others.general
            told = vocabulary.told_by_concepts(concepts)
            for kind, value, said in (
                ("gist_figures", min(len(figures), 2), figures),
                ("gist_names", math.log1p(vocabulary.told_by(names)), names),
                ("gist_concepts", math.log1p(told), concepts),
            ):
                yield Measure(kind=kind, value=value, label="、".join(sorted(said)))


def named(profile: Profile, heading: Heading, vocabulary: Vocabulary) -> Heading:
    """A repository's heading calls it what its address does."""
    if heading.coined or not is_repository(profile):
        return heading
    key = next((k for k in profile.keys if k.startswith("github:")), "")
    name = key.rpartition("/")[2]
    return heading if vocabulary.is_known(name) else heading.called(name)
