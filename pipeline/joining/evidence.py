"""What speaks for and against two candidates being about one thing. Pure and symmetric.

Two ways lead to a tie. A *firm* one needs no weighing: one links the other and is about it, or
both are one text. Everything else is weighed: each kind of evidence that is seen has a measure
between 0 and about 4, its weight is configuration (natural logarithm of odds, as
``briefing evaluate stories --fit`` finds it), and what the sum has over the bar is the logarithm
of the odds that both are about one thing. Two articles in one language are weighed by their
wording, all else (a report in another language, a report and the paper or project that it is
on) by what survives a change of words.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from rapidfuzz import fuzz

from config.story_settings import StoryRules
from pipeline.joining.across import across, in_gist, named
from pipeline.joining.firm import FIRM, forbidding, joining
from pipeline.joining.meaning import cosine
from pipeline.joining.wording import MOST_VERBATIM, Measure, shared_words, wording
from pipeline.joining.words import Vocabulary
from store.models import Evidence, Kind, Profile, Tie

_FAR = 28
"""Days beyond which a further one is no matter."""
_HOPELESS = 1.2
"""Information of all shared words below which two headlines are not held against each other."""


def judge(
    a: Profile, b: Profile, vocabulary: Vocabulary, rules: StoryRules, least: float = 0.0
) -> Tie:
    """Weigh what is known of two candidates; the order of the two is no matter.

    With `least`, a pair whose chance stays below it at the first look is not looked at further:
    the chance is one that it cannot reach then, and the evidence is not told.
    """
    if (b.source, b.external_id) < (a.source, a.external_id):
        a, b = b, a
    x, y = vocabulary.read(a.title), vocabulary.read(b.title)
    against = tuple(forbidding(a, b, x, y))
    firm = tuple(joining(a, b, x, y, vocabulary))
    weighed: tuple[Evidence, ...] = ()
    if firm:
        chance = _chance(FIRM)
    elif least and (most := _at_most(a, b, vocabulary, rules)) < least:
        chance = most
    else:
        weighed = tuple(weigh(a, b, vocabulary, rules))
        chance = _chance(math.fsum(e.points for e in weighed) - rules.bar(by_wording(a, b)))
    return Tie(
        evidence=(*firm, *against, *weighed),
        chance=0.0 if against else chance,
        firm=bool(firm) and not against,
        never=bool(against),
    )


def _at_most(a: Profile, b: Profile, vocabulary: Vocabulary, rules: StoryRules) -> float:
    """A chance that two articles in one language do not exceed, from what is quickly found."""
    if not by_wording(a, b):
        return 1.0
    x, y = vocabulary.read(a.title), vocabulary.read(b.title)
    told = math.log1p(shared_words(x, y, vocabulary)[0])
    weights = rules.wording
    odds = math.fsum(
        (
            max(weights.words, 0) * told,
            max(weights.sentence, 0) * math.log1p(vocabulary.told_by(x.words)),
            max(weights.verbatim, 0) * MOST_VERBATIM,
            max(weights.alike, 0) * fuzz.ratio(x.text, y.text) / 100,
            max(weights.concepts, 0),
            max((weights.meaning * m.value for m in _meaning(a, b, rules)), default=0),
            min(weights.days, 0) * min(abs(a.day - b.day), _FAR) / 7,
            -weights.bar,
        )
    )
    return _chance(odds)


def by_wording(a: Profile, b: Profile) -> bool:
    """Whether two candidates are weighed by their words: two articles in one language."""
    return a.language == b.language and a.kind is Kind.ARTICLE and b.kind is Kind.ARTICLE


def weigh(a: Profile, b: Profile, vocabulary: Vocabulary, rules: StoryRules) -> Iterator[Evidence]:
    """What is weighed, the heaviest first.

    Without embeddings, nothing where the headlines share nearly nothing.
    """
    weights = rules.weights(by_wording(a, b))
    found = [
        Evidence(kind=m.kind, label=m.label, points=weights[m.kind] * m.value)
        for m in measures(a, b, vocabulary, rules)
    ]
    yield from sorted((e for e in found if e.points), key=lambda e: (-abs(e.points), e.kind))


def measures(
    a: Profile, b: Profile, vocabulary: Vocabulary, rules: StoryRules
) -> Iterator[Measure]:
    """The evidence that is weighed, as it is found."""
    meaning = list(_meaning(a, b, rules))
    found = [*meaning, *_said(a, b, vocabulary)]
    if found:
        days = abs(a.day - b.day)
        value = min(days, _FAR) / 7 if by_wording(a, b) else math.log1p(days / 7)
        yield from found
        yield Measure(kind="days", value=value, label=str(days))


def _meaning(a: Profile, b: Profile, rules: StoryRules) -> Iterator[Measure]:
    if (near := cosine(a, b)) is not None:
        yield Measure(kind="meaning", value=near - rules.meaning_zero, label=f"{near:.2f}")


def _said(a: Profile, b: Profile, vocabulary: Vocabulary) -> Iterator[Measure]:
    """What the headlines say; nothing where they share nearly nothing."""
    x, y = vocabulary.read(a.title), vocabulary.read(b.title)
    if by_wording(a, b):
        if shared_words(x, y, vocabulary)[0] < _HOPELESS and x.folded != y.folded:
            return
        yield from wording(x, y, vocabulary)
    else:
        x, y = (named(p, h, vocabulary) for p, h in ((a, x), (b, y)))
        found = list(across(x, y, vocabulary))
        if not any(measure.value for measure in found[:3]):
            return
        yield from found
        yield from in_gist(a, b, x, y, vocabulary)


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
