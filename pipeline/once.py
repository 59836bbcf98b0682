"""What is made of a part of the settings, such as a trie of its words, made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

_Part = TypeVar("_Part")
_Made = TypeVar("_Made")
_MOST = 16


def once_each(make: Callable[[_Part], _Made]) -> Callable[[_Part], _Made]:
    """Remember what `make` made of a part of the settings; of equal ones it makes the same.

    A part is known again by itself first: to hash a lexicon takes longer than to ask it something.
    """
    by_content = lru_cache(maxsize=_MOST)(make)
    known: dict[int, tuple[_Part, _Made]] = {}

    @wraps(make)
    def made_of(part: _Part) -> _Made:
        found = known.get(id(part))
        if found is None or found[0] is not part:
            found = part, by_content(part)
            if len(known) >= _MOST:
                known.clear()
            known[id(part)] = found  # it lives as long as this, so nothing else gets its id
        return found[1]

    return made_of
