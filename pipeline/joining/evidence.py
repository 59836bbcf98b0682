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
import re
from collections.abc import Iterator
from itertools import product

from rapidfuzz import fuzz

from config.story_settings import StoryRules
from pipeline.joining.across import across
from pipeline.joining.links import is_paper, is_repository, link, same_subject
from pipeline.joining.sketch import resemblance, same_text
from pipeline.joining.wording import Measure, shared_words, wording
from pipeline.joining.words import Heading, Vocabulary
from store.models import Evidence, Kind, Profile, Tie

_LATIN_RUN = re.compile(r"[A-Za-z][A-Za-z0-9'’,-]*(?: [A-Za-z0-9][A-Za-z0-9'’,-]*){3,}")
_FIRM = 8.0
"""Points of what joins without weighing."""
_OTHER_TEXT = 0.03
"""Share below which two texts have nothing to do with each other."""
_NEARLY = 0.85
"""How alike the headlines of one piece in two columns are."""
_TELLING = 1.0
"""Information of a headline that is no mere 年度总结."""
_FAR = 28
"""Days beyond which a further one is no matter."""
_HOPELESS = 1.2
"""Information of all shared words below which two headlines are not held against each other."""


def judge(a: Profile, b: Profile, vocabulary: Vocabulary, rules: StoryRules) -> Tie:
    """Weigh what is known of two candidates; the order of the two is no matter."""
    if (b.source, b.external_id) < (a.source, a.external_id):
        a, b = b, a
    x, y = vocabulary.read(a.title), vocabulary.read(b.title)
    against = tuple(_never(a, b, x, y))
    firm = tuple(_firm(a, b, x, y, vocabulary))
    weighed = () if firm else tuple(weigh(a, b, vocabulary, rules))
    if firm:
        chance = _chance(_FIRM)
    else:
        chance = _chance(sum(e.points for e in weighed) - rules.bar(by_wording(a, b)))
    return Tie(
        evidence=(*firm, *against, *weighed),
        chance=0.0 if against else chance,
        firm=bool(firm) and not against,
        never=bool(against),
    )


def by_wording(a: Profile, b: Profile) -> bool:
    """Whether two candidates are weighed by their words: two articles in one language."""
    return a.language == b.language and a.kind is Kind.ARTICLE and b.kind is Kind.ARTICLE


def weigh(a: Profile, b: Profile, vocabulary: Vocabulary, rules: StoryRules) -> Iterator[Evidence]:
    """What is weighed, the heaviest first; nothing where the headlines share nearly nothing."""
    weights = rules.weights(by_wording(a, b))
    found = [
        Evidence(kind=m.kind, label=m.label, points=weights[m.kind] * m.value)
        for m in measures(a, b, vocabulary)
    ]
    yield from sorted((e for e in found if e.points), key=lambda e: (-abs(e.points), e.kind))


def measures(a: Profile, b: Profile, vocabulary: Vocabulary) -> Iterator[Measure]:
    """The evidence that is weighed, as it is found."""
    x, y = vocabulary.read(a.title), vocabulary.read(b.title)
    if by_wording(a, b):
        if shared_words(x, y, vocabulary)[0] < _HOPELESS and x.folded != y.folded:
            return
        yield from wording(x, y, vocabulary)
    else:
        found = list(across(x, y, vocabulary))
        if not any(measure.value for measure in found[:3]):
            return
        yield from found
    days = abs(a.day - b.day)
    yield Measure(kind="days", value=min(days, _FAR) / 7, label=str(days))


def _firm(
    a: Profile, b: Profile, x: Heading, y: Heading, vocabulary: Vocabulary
) -> Iterator[Evidence]:
    if shared := sorted(set(a.keys) & set(b.keys)):
        yield Evidence(kind="identity", label=shared[0], points=_FIRM)
    if key := link(a, b, x, y):
        yield Evidence(kind="link", label=key, points=_FIRM)
    elif key := same_subject(a, b, x, y):
        yield Evidence(kind="subject", label=key, points=_FIRM)
    if quote := _quoted(x, y, vocabulary):
        yield Evidence(kind="quoted", label=quote, points=_FIRM)
    if by_wording(a, b) or a.kind is b.kind:
        share = same_text(a.sketch, b.sketch)
        if share is not None:
            yield Evidence(kind="text", label=f"{share:.0%}", points=_FIRM)
        elif x.folded == y.folded and _is_one_title(a, b, x, vocabulary):
            yield Evidence(kind="title", label=a.title, points=_FIRM)


def _quoted(x: Heading, y: Heading, vocabulary: Vocabulary) -> str:
    """The title of a work in Latin letters that a Chinese headline shares with the other one.

    Four words in a row, in the same order; empty without such a title.
    """
    if x.text.isascii() and y.text.isascii():
        return ""
    one, other = (
        [" ".join(vocabulary.tokens(run[0])) for run in _LATIN_RUN.finditer(heading.plain)]
        for heading in (x, y)
    )
    found = ""
    for a, b in product(one, other):
        short, long = sorted((a, b), key=lambda run: (len(run), run))
        if short.count(" ") > 2 and f" {short} " in f" {long} ":
            found = max(found, short, key=lambda run: (len(run), run))
    return found


def _is_one_title(a: Profile, b: Profile, heading: Heading, vocabulary: Vocabulary) -> bool:
    told = vocabulary.told_by(heading.words)
    share = resemblance(a.sketch, b.sketch)
    other_text = share is not None and share < _OTHER_TEXT
    return bool(heading.folded) and told >= _TELLING and not (other_text and told < 3 * _TELLING)


def _never(a: Profile, b: Profile, x: Heading, y: Heading) -> Iterator[Evidence]:
    """What forbids to join, whatever speaks for it."""
    if set(a.keys) & set(b.keys):
        return
    papers = [{k for k in one.keys if k.startswith("arxiv:")} for one in (a, b)]
    if is_paper(a) and is_paper(b) and papers[0] and papers[1]:
        yield Evidence(kind="two_papers", label=f"{a.keys[0]} / {b.keys[0]}", points=-_FIRM)
    if is_repository(a) and is_repository(b):
        yield Evidence(kind="two_repositories", label=f"{a.keys[0]} / {b.keys[0]}", points=-_FIRM)
    if x.column and y.column and not _one_piece(x, y):
        yield Evidence(kind="column", label="", points=-_FIRM)


def _one_piece(x: Heading, y: Heading) -> bool:
    if (x.numbers - y.numbers) and (y.numbers - x.numbers):
        return False
    return fuzz.ratio(x.folded, y.folded) >= 100 * _NEARLY


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
