"""Latin names of a text: of models, chips, companies, people.

A name is a word with a capital letter. `names_in` reads what a 摘要 says, `Words` is what a
source's text holds. Both compare without case, and whatever joins the parts of a name counts
the same: MobileNetV2, MobileNet-v2 and MobileNet V2 are one. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from pipeline.check.numbers import plain

_WORD = re.compile(r"[A-Za-z0-9\u00c0-\u024f]+")
_JOIN = re.compile(r"[\s\-‐‑–_./&+·™®]{1,3}|['’]")
"""What may stand between two parts of a name."""
_MOST_PARTS = 4
_ACRONYM = re.compile(r"[A-Z]{3,6}s?")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")

_TRADE = """
ai agi ml dl nn ann cnn rnn dnn gnn lstm gan bnn nlp nlu cv ocr asr tts nas automl sota
cpu gpu npu tpu dsp fpga asic soc mcu isp ip iot aiot ram rom dram sram ssd cache os app api
sdk ide gui ui pc web http url demo ceo cto cfo ppt pdf vr ar mr xr arm risc simd gemm
fps flops flop macs mac tops top map miou iou acc bleu fp int bf bit op ops ir jit
qps rpc kb mb gb tb ghz mhz khz hz nm mm cm ms us mw kw github gitee arxiv wifi
"""
VOCABULARY = frozenset(_TRADE.split())
"""Words of the trade that a Chinese text may have in Chinese; they name nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A word with a capital letter, and the runs of words that it is a part of."""

    written: str
    spellings: frozenset[str]
    """Itself and what it forms with its neighbours, as `Words` holds them."""


def names_in(text: str) -> Iterator[Name]:
    """Read the names that `text` says, each once, in order."""
    seen: set[str] = set()
    for run in _runs(_ADDRESS.sub(" ", plain(text))):
        for place, word in enumerate(run):
            folded = word.casefold()
            if folded in seen or not _is_name(word):
                continue
            seen.add(folded)
            yield Name(written=word, spellings=frozenset(_spellings(run, place)))


class Words:
    """The words of a text, alone and joined to their neighbours."""

    def __init__(self, words: Iterable[str], initials: str) -> None:
        self._words = frozenset(words)
        self._initials = initials

    @classmethod
    def of(cls, text: str) -> Self:
        """Read the words of `text`."""
        runs = list(_runs(plain(text)))
        initials = "".join(word[0].casefold() for run in runs for word in run)
        return cls((joined for run in runs for joined in _joined(run)), initials)

    def hold(self, name: Name) -> bool:
        """Whether the name stands there, or what its letters abbreviate."""
        if any(_stem(spelling) in self._words for spelling in name.spellings):
            return True
        abbreviates = _ACRONYM.fullmatch(name.written) is not None
        return abbreviates and name.written.rstrip("s").casefold() in self._initials


def _is_name(word: str) -> bool:
    return (
        len(word) > 1
        and not word[0].isdigit()
        and word != word.lower()
        and not {word.casefold(), _stem(word.casefold())} & VOCABULARY
    )


def _runs(text: str) -> Iterator[list[str]]:
    """The words that stand together, with nothing but a joint between them."""
    run: list[str] = []
    end = 0
    for match in _WORD.finditer(text):
        if run and not _JOIN.fullmatch(text, end, match.start()):
            yield run
            run = []
        run.append(match[0])
        end = match.end()
    if run:
        yield run


def _spellings(run: Sequence[str], place: int) -> Iterator[str]:
    for first in range(max(0, place - _MOST_PARTS + 1), place + 1):
        for end in range(place + 1, min(len(run), first + _MOST_PARTS) + 1):
            yield "".join(run[first:end]).casefold()


def _joined(run: Sequence[str]) -> Iterator[str]:
    for first in range(len(run)):
        for end in range(first + 1, min(len(run), first + _MOST_PARTS) + 1):
            yield _stem("".join(run[first:end]).casefold())


def _stem(word: str) -> str:
    """A word without the s of its plural."""
    return word[:-1] if len(word) > 3 and word.endswith("s") else word
