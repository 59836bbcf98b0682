"""The rules' score with what taste adds to it. Pure."""

from __future__ import annotations

import math
from dataclasses import replace
from heapq import nsmallest

from pipeline.taste.features import shown
from pipeline.taste.model import TasteModel, heaviest, worth
from store.models import Part, Score

TASTE = "taste"
"""The name of the part that is learned."""
_TOLD = 3
"""Reasons named in a label."""


def with_taste(rules: Score, document: str, model: TasteModel | None) -> Score:
    """The score with its learned part; that of the rules where nothing was learned."""
    bare = tuple(part for part in rules.parts if part.name != TASTE)
    learned = [] if model is None else [_part(document, model)]
    parts = (*bare, *(part for part in learned if part.value))
    return replace(rules, parts=parts, total=round(math.fsum(p.value for p in parts), 3))


def _part(document: str, model: TasteModel) -> Part:
    found = model.found(document)
    value = worth(found)
    same = (reason for reason in found if reason[1] * value > 0)
    told = [
        f"{'' if points > 0 else '不'}{shown(token)}"
        for token, points in nsmallest(_TOLD, same, key=heaviest)
    ]
    return Part(name=TASTE, label=f"口味（{'、'.join(told)}）", value=value)
