"""Explore: places of the draft for stories that taste is unsure of, so that it can move. Pure.

What is learned adds up over tokens, so what it does not know of a story adds up as well: the
variance of its points is the sum of the squares of the tokens that the model never saw, and next
to nothing for the others (the width of the bound in L. Li et al., A Contextual-Bandit Approach to
Personalized News Article Recommendation, WWW 2010, with independent tokens). Of the stories that
just missed the draft, those are tried that have the most of it, less what they resemble of those
that are in. A decision on one tells taste what it could not have known. Without a model there is
nothing to be unsure of.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from pipeline.taste.features import features, shown
from pipeline.taste.model import TasteModel
from pipeline.variety import resemblance

_LEAST = 0.1
"""Variance below which taste knows a story well enough; that of a headline all new is 1."""
_TOLD = 3
"""Words named in a reason."""


def unseen(document: str, model: TasteModel) -> dict[str, float]:
    """Token -> value of what the model does not know of a document."""
    return {t: value for t, value in features(document).items() if t not in model.points}


def explored(
    documents: Sequence[str], count: int, model: TasteModel, beside: Sequence[str]
) -> list[int]:
    """Which of some stories are tried, at most `count`, in the order that they are taken.

    `documents` are theirs, the best first; `beside` are documents of what is in already.
    """
    variances = [_variance(unseen(document, model)) for document in documents]
    left = [n for n, variance in enumerate(variances) if variance >= _LEAST]
    inside = list(beside)
    taken: list[int] = []
    while left and len(taken) < count:
        alike = resemblance([documents[n] for n in left], inside)
        worth = [variances[n] * (1 - near) for n, near in zip(left, alike, strict=True)]
        best = max(range(len(left)), key=lambda place: (round(worth[place], 6), -place))
        taken.append(left.pop(best))
        inside.append(documents[taken[-1]])
    return taken


def _variance(tokens: Mapping[str, float]) -> float:
    return math.fsum(value * value for value in tokens.values())


def reason(document: str, model: TasteModel) -> str:
    """Why a story is tried, in a phrase: what the model never saw, words of its headline first."""
    tokens = sorted(unseen(document, model), key=lambda t: (not t.startswith("t:"), " " in t))
    return f"探索：口味没见过{'、'.join(shown(token) for token in tokens[:_TOLD])}"
