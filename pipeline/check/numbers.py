"""Numbers of a text, by value, so that 3.3亿 and 330 million are one.

`numbers_in` reads what a 摘要 claims; `Values` is what a source's text holds, read generously:
digits within names count, and so do numerals in Chinese and English words. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Self
from unicodedata import normalize

_CHINESE_UNITS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_ENGLISH_UNITS = {
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000,
}
_LETTER_UNITS = {
    "k": 1_000,
    "m": 1_000_000,
    "b": 1_000_000_000,
    "g": 1_000_000_000,
    "t": 1_000_000_000_000,
}
_PERCENT = Decimal("0.01")

_NUMBER = re.compile(
    r"""
    (?P<digits>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)
    (?P<unit>
        \s?[百千]?(?:万亿|[万亿]) | \s?[百千](?!度)
      | (?:[\s-]?(?:hundred|thousand|million|billion|trillion))+(?![a-z])
      | \s?(?:%|(?:percent|per\ cent)(?![a-z]))
      | [KMBGTk](?![A-Za-z0-9])
    )?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WITHIN_NAME = re.compile(r"[A-Za-z_.]$|[A-Za-z][-–]$|[0-9]\.$")
_VERSION = re.compile(r"(?<![0-9.])[0-9]+(?:\.[0-9]+){2,}|(?<![A-Za-z])[vV][0-9]+(?:\.[0-9]+)*")
_ENUMERATOR = re.compile(r"(?:^|(?<=[\s，。、:;]))\(?[0-9]{1,2}[).、](?![0-9])", re.MULTILINE)
"""The number of a point in a list, at its beginning."""
_POINTS = re.compile(r"\s?(?:个|种|点|篇|项|步|类|条|部分|方面|大(?!小))")
"""What a writer counts himself. A small number before it need not stand in the source."""
_MOST_POINTS = 10
_HEDGE_BEFORE = re.compile(r"(?:约|近|超|超过|大约|将近|接近|逾|至少|不到|不足|大概)\s?$")
_HEDGE_AFTER = re.compile(r"\s?(?:多|余|左右|以上|以下|以内|\+|来)")
_HEDGED = Decimal("0.1")
"""Share by which a number called "about" may differ."""

_CHINESE_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CHINESE = re.compile(r"[零〇一二两三四五六七八九十百千万亿]{1,24}")
_WORDS = {
    word: Decimal(number)
    for number, words in {
        "0.5": "half 半 一半",
        "1": "one first once single january jan",
        "2": "two second twice double doubled doubles doubling twofold dual pair february feb 双",
        "3": "three third thrice triple tripled triples threefold march mar",
        "4": "four fourth quadruple quad fourfold april apr",
        "5": "five fifth fivefold may",
        "6": "six sixth june jun",
        "7": "seven seventh july jul",
        "8": "eight eighth august aug octa",
        "9": "nine ninth september sep sept",
        "10": "ten tenth tenfold october oct",
        "11": "eleven eleventh november nov",
        "12": "twelve twelfth dozen december dec",
        "15": "fifteen",
        "16": "sixteen",
        "20": "twenty",
        "30": "thirty",
        "40": "forty",
        "50": "fifty half 一半",
        "60": "sixty",
        "70": "seventy",
        "80": "eighty",
        "90": "ninety",
        "100": "hundred",
        "1000": "thousand",
        "1000000": "million",
    }.items()
    for word in words.split()
}
_WORD = re.compile(r"[a-z]+|一半|半|双")


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number that a text claims."""

    written: str
    values: frozenset[Decimal]
    """What it may mean: 5G is a name and 5 billion."""
    hedged: bool
    """It stands as "about", "more than" or the like."""


def numbers_in(text: str) -> Iterator[Number]:
    """Read the numbers that `text` claims, without those in names, versions and list points."""
    text = _ENUMERATOR.sub(" ", _VERSION.sub(" ", plain(text)))
    for match in _NUMBER.finditer(text):
        if _WITHIN_NAME.search(text, max(0, match.start() - 2), match.start()):
            continue
        values = frozenset(_values(match["digits"], match["unit"] or ""))
        if _POINTS.match(text, match.end()) and max(values) <= _MOST_POINTS:
            continue
        yield Number(
            written=match[0].strip(),
            values=values,
            hedged=bool(
                _HEDGE_BEFORE.search(text, max(0, match.start() - 3), match.start())
                or _HEDGE_AFTER.match(text, match.end())
            ),
        )


class Values:
    """The values that stand in a text."""

    def __init__(self, values: Iterable[Decimal]) -> None:
        self._values = frozenset(values)

    @classmethod
    def of(cls, text: str) -> Self:
        """Read every value that `text` may be said to hold."""
        return cls(_held(plain(text)))

    def hold(self, number: Number) -> bool:
        """Whether the number stands there, or nearly where it is hedged."""
        if self._values & number.values:
            return True
        return number.hedged and any(
            abs(value - held) <= abs(value) * _HEDGED
            for value in number.values
            for held in self._values
        )


def plain(text: str) -> str:
    """Full-width digits, letters and signs as plain ones; a full-width comma stays one."""
    return "，".join(normalize("NFKC", part) for part in text.split("，"))


def _values(digits: str, unit: str) -> Iterator[Decimal]:
    """What digits with what follows them may mean, the plain number where a letter is unsure."""
    number = Decimal(digits.replace(",", ""))
    unit = unit.strip().casefold()
    if not unit:
        yield number
    elif unit[0] in _CHINESE_UNITS:
        for character in unit:
            number *= _CHINESE_UNITS[character]
        yield number
    elif unit in _LETTER_UNITS:
        yield number
        yield number * _LETTER_UNITS[unit]
    elif unit[0] in "%p":
        yield number
        yield number * _PERCENT
    else:
        for word in re.findall("[a-z]+", unit):
            number *= _ENGLISH_UNITS[word]
        yield number


def _held(text: str) -> Iterator[Decimal]:
    for match in _NUMBER.finditer(text):
        yield from _values(match["digits"], match["unit"] or "")
    for match in _CHINESE.finditer(text):
        yield _chinese(match[0])
    for match in _WORD.finditer(text.casefold()):
        if match[0] in _WORDS:
            yield _WORDS[match[0]]


def _chinese(numeral: str) -> Decimal:
    """Read 三百二十, 两千万, 二〇一九."""
    if not set(numeral) & _CHINESE_UNITS.keys():
        return Decimal("".join(str(_CHINESE_DIGITS[c]) for c in numeral))
    whole = part = digit = 0
    for character in numeral:
        if character in _CHINESE_DIGITS:
            digit = _CHINESE_DIGITS[character]
            continue
        unit = _CHINESE_UNITS[character]
        if unit >= _CHINESE_UNITS["万"]:
            whole = (whole + part + digit or 1) * unit
            part = 0
        else:
            part += (digit or 1) * unit
        digit = 0
    return Decimal(whole + part + digit)
