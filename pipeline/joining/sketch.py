"""A small sample of a text, from which can be told how much of it another one shares.

One-permutation MinHash (P. Li, A. Owen and C.-H. Zhang, 2012): every run of four neighbouring
tokens is hashed; the hashes are dealt into bins, and each bin keeps its smallest. The share of
equal bins estimates the Jaccard resemblance of two texts. Pure; the hash is the same on every
machine.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

_BINS = 32
_RUN = 4
_FEWEST = 12
_MOST = 3000
_LONG, _SHORT = 24, 16
"""Bins that are filled: fifty runs fill some 25 of 32, twenty-two some 16."""
_HALF, _NEARLY = 0.5, 0.9
_MIX = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
_EMPTY = -1


def sketch(tokens: Sequence[str]) -> tuple[int, ...]:
    """Sample the first 3000 tokens; fewer than twelve give an empty sketch."""
    if len(tokens) < _FEWEST:
        return ()
    least = [_EMPTY] * _BINS
    for start in range(min(len(tokens), _MOST) - _RUN + 1):
        told = "\x1f".join(tokens[start : start + _RUN]).encode("utf-8", "replace")
        mixed = (zlib.crc32(told) + 1) * _MIX & _MASK
        place, value = mixed >> 59, mixed & 0x7FFFFFFFFFFF
        if least[place] == _EMPTY or value < least[place]:
            least[place] = value
    return tuple(least)


def resemblance(one: Sequence[int], other: Sequence[int]) -> float | None:
    """The share of text that two sketches have in common, 0 to 1; None where one is empty."""
    if not one or not other:
        return None
    used = [(a, b) for a, b in zip(one, other, strict=True) if a != _EMPTY or b != _EMPTY]
    return sum(a == b for a, b in used) / len(used)


def same_text(one: Sequence[int], other: Sequence[int]) -> float | None:
    """The share of what two texts have in common where that makes them one, else None.

    Half of it, of texts of some fifty tokens and more; of shorter ones nearly all, and some
    twenty-five tokens, below which a text may be a stock phrase.
    """
    share = resemblance(one, other)
    if share is None:
        return None
    filled = min(sum(value != _EMPTY for value in sampled) for sampled in (one, other))
    enough = _HALF if filled >= _LONG else _NEARLY if filled >= _SHORT else None
    return share if enough is not None and share >= enough else None


def bands(sampled: Sequence[int]) -> tuple[tuple[int, int, int], ...]:
    """Two neighbouring bins each, with their place.

    Texts that share half of what they say share one of these in 99 of 100 cases.
    """
    return tuple(
        (place, sampled[place], sampled[place + 1])
        for place in range(0, len(sampled) - 1, 2)
        if sampled[place] != _EMPTY and sampled[place + 1] != _EMPTY
    )
