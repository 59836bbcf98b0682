"""The white space of an issue's page, apart from its words.

Two blanks at the end of a line break it, one blank line parts two blocks, and a hand leaves both
out, or doubles them, where nothing depends on it. What stands there is kept beside the fields of
an issue: one string for each line that is not blank, from its last word to the first one of the
next. So the words are compared, searched and printed without it, and a page that was read comes
back as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

Spacing = tuple[str, ...]

_MOST_COMPARED = 4_000_000
"""Pairs of lines beyond which pages of unequal length are not laid side by side."""


def spacing(text: str) -> Spacing:
    """The white space after each line that is not blank; the last one ends with one line feed."""
    return tuple(space for _, space in _split(text))


def respace(page: str, spaces: Spacing) -> str:
    """The page with other white space; unchanged where it is for a page of other length."""
    words = [line for line, _ in _split(page)]
    if len(words) != len(spaces):
        return page
    return "".join(line + space for line, space in zip(words, spaces, strict=True))


def carry(text: str, page: str) -> Spacing:
    """The white space of `text` for the lines of `page`, which says the same in the house style.

    Whether a blank line parts two lines is only carried where both stand so in the text: a line
    that stood elsewhere, or otherwise, could run into its new neighbour, or be parted from it.
    Empty where nothing is to be changed.
    """
    old, new = _split(text), _split(page)
    words, new_words = [line for line, _ in old], [line for line, _ in new]
    own = [space for _, space in new]
    spaces = list(own)
    pairs = list(_pairs(words, new_words))
    stand = {*pairs, (len(old), len(new))}
    for before, after in pairs:
        space, house = old[before][1], own[after]
        neighbours = (before + 1, after + 1) in stand
        unchanged = words[before : before + 2] == new_words[after : after + 2]
        if not neighbours or (_parts(house) != _parts(space) and not unchanged):
            space = space.partition("\n")[0] + house[house.index("\n") :]
        spaces[after] = space
    return () if spaces == own else tuple(spaces)


def _parts(space: str) -> bool:
    """Whether there is a blank line."""
    return space.count("\n") > 1


def _split(text: str) -> list[tuple[str, str]]:
    """Each line that is not blank, with the white space behind it."""
    lines = text.split("\n")
    filled = [n for n, line in enumerate(lines) if line.strip()]
    split: list[tuple[str, str]] = []
    for here, following in pairwise([*filled, len(lines)]):
        line = lines[here].rstrip()
        blank = lines[here + 1 : following] if following < len(lines) else []
        space = "\n".join([lines[here][len(line) :], *blank])
        split.append((line, space + "\n"))
    return split


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterable[tuple[int, int]]:
    """Places of lines that stand for each other: the same, or between two that do."""
    if old == new:
        return ((n, n) for n in range(len(old)))
    if len(old) * len(new) > _MOST_COMPARED:
        return ()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return (
        pair
        for _, start, end, new_start, new_end in matcher.get_opcodes()
        if end - start == new_end - new_start
        for pair in zip(range(start, end), range(new_start, new_end), strict=True)
    )
