"""How near two headlines are in meaning, by the vectors that a model gave them. Pure.

A vector is kept in a byte for each of its numbers: that moves a cosine by a few thousandths, and
makes it the same to the last digit in whatever order it is computed.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import mul

from store.models import Profile

_MOST = 127


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanings:
    """What a model says of headlines."""

    model: str
    vectors: Mapping[str, bytes]
    """By headline, as `packed` makes them."""

    def given(self, profile: Profile) -> Profile:
        """The profile with the vector of its headline, where there is one."""
        vector = self.vectors.get(profile.title)
        if vector is None:
            return profile
        return replace(profile, vector=vector, vector_of=self.model)


NOTHING_KNOWN = Meanings(model="", vectors={})


def packed(vector: Sequence[float]) -> bytes:
    """A vector as it is kept: its direction, the largest of its numbers as 127."""
    largest = max(map(abs, vector), default=0.0)
    return array("b", [round(value / largest * _MOST) for value in vector]).tobytes()


def cosine(a: Profile, b: Profile) -> float | None:
    """Of the angle between two vectors, -1 to 1; None unless both are of one model."""
    if not a.vector or a.vector_of != b.vector_of or len(a.vector) != len(b.vector):
        return None
    x, y = array("b", a.vector), array("b", b.vector)
    return _product(x, y) / math.sqrt(_product(x, x) * _product(y, y))


def _product(x: Sequence[int], y: Sequence[int]) -> int:
    return sum(map(mul, x, y))
