"""What was found in a list, and what in it is a title.

Lists write of one paper in a dozen ways: the title as a link, in bold, in quotes, before its
links, with venue and year in brackets around it. Where nothing says what is a title, it is told
by its look: some words, most of them with a capital.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.identity import mentions
from pipeline.joining.spelling import folded
from pipeline.normalise import clean_line
from store.models import IdentityKey
from store.references import ReferenceItem

_LONGEST = 300
"""Characters of a title; what is longer is cut."""
_SHORTEST = 12
"""Letters and digits of a title by which a paper can be told from others."""
_SMALL = frozenset(
    ["between", "beyond", "from", "into", "over", "that", "towards", "under", "when", "with"]
)
_LEADING_TAGS = re.compile(r"(?:\s*[\[(【][^\])】\n]{0,60}[\])】](?!\()\s*[:：.,-]?)+\s*")
_EDGES = " \t|·•*_`~\"'“”‘’-–—:：,，;；"
_TAIL = re.compile(r"[\s\[({【:：,，.。;；|·–—-]+$")
_DATED = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|['’]\d\d\b")
_QUOTED = re.compile(r"[\"“]([^\"“”\n]{12,300})[\"”]")
_BREAK = re.compile(r"[.。]\s|\s[\[(（【|]|\s[-–—]\s|`")
_ADDRESS = re.compile(r"https?://|www\.|@")


class Finds:
    """What was found so far: each key once, in order, with the first title that it came with."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._titles: dict[IdentityKey, str] = {}

    def note(self, keys: Iterable[IdentityKey], title: str = "") -> bool:
        """Keep `keys`; says whether there was any."""
        found = False
        for key in keys:
            found = True
            self._titles[key] = self._titles.get(key) or title
        return found

    def note_text(self, text: str, title: str = "", links: Iterable[str] = ()) -> bool:
        """Keep the papers and repositories that a text and links name."""
        return self.note(mentions(text, links), title)

    def note_title(self, title: str) -> bool:
        """Keep a paper of which there is only the title."""
        key = title_key(title)
        return self.note([key] if key else [], clipped(title))

    def items(self) -> tuple[ReferenceItem, ...]:
        """All of it."""
        return tuple(ReferenceItem(key=key, title=title) for key, title in self._titles.items())


def title_key(title: str) -> IdentityKey | None:
    """What papers of one title share: ``title:`` with its letters and digits, in one case.

    None where the title is too short to tell one paper from another.
    """
    plain = folded(clean_line(title))
    return IdentityKey(f"title:{plain[:_LONGEST]}") if len(plain) >= _SHORTEST else None


def clipped(text: str) -> str:
    """Text as one line of at most 300 characters, cut between words."""
    line = clean_line(text)
    if len(line) <= _LONGEST:
        return line
    cut = line[: _LONGEST - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"


def bare_title(text: str) -> str:
    """A title without what lists put around it: venue in brackets, dashes, bars, quotes."""
    line = clipped(text)
    line = _LEADING_TAGS.sub("", line, count=1) if line[:1] in "[(【" else line
    return _TAIL.sub("", line.strip(_EDGES)).strip(_EDGES)


def looks_like_title(text: str, *, least: int = 4, dated: bool = False) -> bool:
    """Whether these may be the words of a paper's title: `least` of them, and most capitalised.

    Where what stands beside them is dated, as a reference is, only the first needs a capital.
    """
    words = text.split()
    if not least <= len(words) <= 40 or len(text) > _LONGEST or _ADDRESS.search(text):
        return False
    # not only at its beginning: some names begin small, as in daBNN
    named = any(character.isupper() or character.isdigit() for character in words[0])
    if not named or len(folded(text)) < _SHORTEST:
        return False
    telling = [w for w in words if len(w) > 3 and w[0].isalpha() and w.lower() not in _SMALL]
    capitals = sum(word != word.lower() for word in telling)
    return bool(telling) and (dated or capitals >= 0.6 * len(telling))


def is_dated(text: str) -> bool:
    """Whether a year stands in it, as in a reference."""
    return bool(_DATED.search(text))


def leading_title(text: str) -> str:
    """The title that a line begins with or quotes; empty where there is none."""
    dated = is_dated(text)
    for match in _QUOTED.finditer(text):
        title = bare_title(match[1])
        if looks_like_title(title, least=3, dated=dated):
            return title
    line = clipped(text)
    line = (_LEADING_TAGS.sub("", line, count=1) if line[:1] in "[(【" else line).strip(_EDGES)
    titles = (bare_title(part) for part in _BREAK.split(line))
    likely = (t for t in titles if looks_like_title(t, dated=dated) and not _are_people(t))
    return next(likely, "")


def _are_people(text: str) -> bool:
    """Whether these are names: short parts between commas."""
    parts = re.split(r",\s|\sand\s|\s&\s", text)
    return " et al" in text or (len(parts) > 1 and all(len(p.split()) <= 3 for p in parts))
