"""What joins two candidates by itself, and what forbids to join them. Pure and symmetric.

One links the other and is about it, both are one text or have one headline, or a Chinese headline
quotes the title of a work: no weighing is needed. Two papers, two repositories and two
instalments of a series never join.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from rapidfuzz import fuzz

from pipeline.joining.links import is_paper, is_repository, link, same_subject
from pipeline.joining.sketch import resemblance, same_text
from pipeline.joining.words import Heading, Vocabulary
from store.models import Evidence, Profile

FIRM = 8.0
"""Points of what joins without weighing."""
_LATIN_RUN = re.compile(r"[A-Za-z][A-Za-z0-9'’,-]*(?: [A-Za-z0-9][A-Za-z0-9'’,-]*){3,}")
_OTHER_TEXT = 0.03
"""Share below which two texts have nothing to do with each other."""
_NEARLY = 0.85
"""How alike the headlines of one piece in two columns are."""
_LEAST, _SLIGHT, _TELLING = 1.0, 4.0, 10.0
"""Information of a headline: below the first it says nothing, below the second it must have been
repeated within days to be one piece, below the third the texts can tell that it is none."""
_REPRINTED = 2
"""Days within which a reprint follows."""


def joining(
    a: Profile, b: Profile, x: Heading, y: Heading, vocabulary: Vocabulary
) -> Iterator[Evidence]:
    """What joins two candidates whatever else is to be said of them."""
    if shared := sorted(set(a.keys) & set(b.keys)):
        yield Evidence(kind="identity", label=shared[0], points=FIRM)
    if key := link(a, b, x, y):
        yield Evidence(kind="link", label=key, points=FIRM)
    elif key := same_subject(a, b, x, y):
        yield Evidence(kind="subject", label=key, points=FIRM)
    if quote := _quoted(x, y, vocabulary):
        yield Evidence(kind="quoted", label=quote, points=FIRM)
    if a.kind is b.kind:
        share = same_text(a.sketch, b.sketch)
        if share is not None:
            yield Evidence(kind="text", label=f"{share:.0%}", points=FIRM)
        elif x.folded == y.folded and _is_one_title(a, b, x, vocabulary):
            yield Evidence(kind="title", label=a.title, points=FIRM)


def _quoted(x: Heading, y: Heading, vocabulary: Vocabulary) -> str:
    """The title of a work in Latin letters that a Chinese headline shares with the other one.

    Four words in a row, in the same order; empty without such a title.
    """
    if x.text.isascii() and y.text.isascii():
        return ""
    runs = [_LATIN_RUN.findall(heading.plain) for heading in (x, y)]
    if not all(runs):
        return ""
    one, other = ([" ".join(vocabulary.tokens(run)) for run in some] for some in runs)
    found = ""
    for a, b in product(one, other):
        short, long = sorted((a, b), key=lambda run: (len(run), run))
        if short.count(" ") > 2 and f" {short} " in f" {long} ":
            found = max(found, short, key=lambda run: (len(run), run))
    return found


def _is_one_title(a: Profile, b: Profile, heading: Heading, vocabulary: Vocabulary) -> bool:
    """Whether the same headline tells that both are one piece."""
    told = 0.0 if heading.stock else vocabulary.told_by(heading.words)
    if heading.column and told < _TELLING:
        return False  # 年度总结, Release notes
    if told < _SLIGHT:
        return told >= _LEAST and abs(a.day - b.day) <= _REPRINTED
    share = resemblance(a.sketch, b.sketch)
    return told >= _TELLING or share is None or share >= _OTHER_TEXT


def forbidding(a: Profile, b: Profile, x: Heading, y: Heading) -> Iterator[Evidence]:
    """What forbids to join two candidates, whatever speaks for it."""
    if set(a.keys) & set(b.keys):
        return
    papers = [{k for k in one.keys if k.startswith("arxiv:")} for one in (a, b)]
    if is_paper(a) and is_paper(b) and papers[0] and papers[1]:
        yield Evidence(kind="two_papers", label=f"{a.keys[0]} / {b.keys[0]}", points=-FIRM)
    if is_repository(a) and is_repository(b):
        yield Evidence(kind="two_repositories", label=f"{a.keys[0]} / {b.keys[0]}", points=-FIRM)
    if x.part and y.part and x.part != y.part:
        yield Evidence(kind="parts", label=f"{x.part} / {y.part}", points=-FIRM)
    if x.column and y.column and not _one_piece(x, y):
        yield Evidence(kind="column", label="", points=-FIRM)


def _one_piece(x: Heading, y: Heading) -> bool:
    if (x.numbers - y.numbers) and (y.numbers - x.numbers):
        return False
    return fuzz.ratio(x.folded, y.folded) >= 100 * _NEARLY
