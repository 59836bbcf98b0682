"""Reads a list of plain ids, one a line: ``1812.00332``, ``owner/name``, an address.

Blank lines, list marks and what follows a ``#`` are passed over; words behind an id are its title.
"""

from __future__ import annotations

import re

from pipeline.identity import identify
from pipeline.papers import FLAGS, arxiv_id
from pipeline.references.found import Finds, clipped
from store.models import IdentityKey, Kind
from store.references import ReferenceItem

_MARK = re.compile(r"\s*(?:[-*+•]\s+|\d{1,4}[.)]\s+)?")
_REMARK = re.compile(r"(?:^|\s)#.*")
_GAP = re.compile(r"[\s,;|，；]+")
_OWNED = re.compile(r"(?=[\w./-]*[a-z])[a-z0-9][a-z0-9-]{0,38}/[\w.-]{1,100}", FLAGS)
_SPACED = re.compile(r"\b(arxiv|doi)\s*[:：]\s+", FLAGS)
_QUOTES = "\"'<>()[]`"


def is_id_list(text: str) -> bool:
    """Whether at least half of the lines that say something begin with an id."""
    lines = [words for line in text.splitlines() if (words := _words(line))]
    return bool(lines) and 2 * sum(bool(_keys(words[0])) for words in lines) >= len(lines)


def read_ids(text: str) -> tuple[ReferenceItem, ...]:
    """Give the papers and repositories whose ids stand in `text`, each once. Never raises."""
    finds = Finds()
    for line in text.splitlines():
        words = _words(line)
        count = next((n for n, word in enumerate(words) if not _keys(word)), len(words))
        title = clipped(" ".join(words[count:])) if count else ""
        for word in words[:count]:
            finds.note(_keys(word), title)
        finds.note_text(line, title)
    return finds.items()


def _words(line: str) -> list[str]:
    plain = _REMARK.sub("", line[_MARK.match(line).end() :])  # type: ignore[union-attr]
    return [w for word in _GAP.split(_SPACED.sub(r"\1:", plain)) if (w := word.strip(_QUOTES))]


def _keys(word: str) -> tuple[IdentityKey, ...]:
    """The key of what is written as an id, and of nothing else."""
    if arxiv_id(word):
        word = f"arXiv:{word}"
    elif _OWNED.fullmatch(word):
        word = f"https://github.com/{word}"
    identity = identify(word)
    known = identity.kind in (Kind.PAPER, Kind.REPOSITORY)
    return identity.keys if known or identity.keys[0].startswith("gist:") else ()
