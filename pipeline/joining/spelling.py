"""What can be seen in the spelling of a headline, without knowing its words.

Names, versions, figures and acronyms, where its parts end, which part of a series it is. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_LATIN = rf"[^\W\d_{HAN}]"
TOKEN = re.compile(
    rf"[{HAN}]+|{_LATIN}(?:[+#]+|(?:[.\-_/]?(?:{_LATIN}|\d)+)*[+]*)|\d+(?:[.,]\d+)*%?"
)
IS_HAN = re.compile(rf"[{HAN}]")
CLAUSE_END = re.compile(r"[!?。,，;；:|\[\]()【】「」『』《》<>“”\"‘’~…、—]+|\.{2,}|\s[-–·]\s|\.\s")
_DECORATION = re.compile(
    r"\s*[\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]+(?:\s*\d{4}-\d{2}-\d{2})?\s*"
)
_NAME = re.compile(r"(?=[^\W_]*[A-Z])(?=\S*[a-z0-9])[A-Za-z][A-Za-z0-9]*(?:[-+.][A-Za-z0-9]+)*\+*")
_PART = re.compile(r"[(\[]\s*第?([一二三四五六七八九十]{1,3}|\d{1,3}|[上中下])[篇部集期]?\s*[)\]]")
_COUNTED = re.compile(
    r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten)"
    r"\s(?:\w+\s){0,2}(?:papers|projects|tools|repos)\b"
    r"|(?:\d+|[两二三四五六七八九十])\s?(?:篇|款|大项目|个项目)"
)
_GAP = re.compile(r"[\W_]+")
_ACRONYM = re.compile(r"(?<![A-Za-z])[A-Z]{3,6}(?![A-Za-z0-9])")
_SMALL = frozenset(["a", "an", "and", "for", "from", "in", "of", "on", "the", "to", "via", "with"])
_FIGURE = re.compile(
    r"(?<![a-z0-9.])(?P<number>\d+(?:\.\d+)?)(?:\s?(?P<unit>[a-z]{1,6})(?![a-z]))?(?![0-9])"
)
_VERSIONED = re.compile(
    # Found in mobilenetv3, YOLO-v4, Android 12 and Arm v9, but not in 2.4x, 12%, 7B or 4nm.
    r"(?<![a-z0-9])(?P<stem>[a-z]{2,}?(?:-[a-z]+?)*)"
    r"[ -]?v?(?P<version>\d{1,3}(?:\.\d{1,3})*)(?![\w%.]|[ -]?(?:x|bit|nm|b|m|k|gb|mb|ms|w|fps)\b)"
)
_LEAD = re.compile(r"[A-Za-z0-9][\w.+-]{1,30}", re.ASCII)
_PLURAL = re.compile(r"[a-z0-9.-]{2,}[^aiosu]s")
MARK = re.compile(r"^(?P<stem>.*?[^\W\d])[-_.]?(?P<version>v?\d[\d.]*)$")


def plain_of(title: str) -> str:
    """A headline in one width, its blanks folded, without pictures and the date behind them."""
    return " ".join(_DECORATION.sub(" ", unicodedata.normalize("NFKC", title)).split())


def folded(text: str) -> str:
    """Letters and digits alone, in one case and width."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def singular(word: str) -> str:
    """A Latin word without its plural s: ``transformers`` -> ``transformer``."""
    return word[:-1] if _PLURAL.fullmatch(word) else word


def figures(lower: str) -> Iterator[str]:
    """Numbers that tell something: of two digits and more, no years, or with a Latin unit."""
    for match in _FIGURE.finditer(lower):
        number = match["number"]
        if match["unit"]:
            yield f"{number} {match['unit']}"
        if len(number) > 1 and not re.fullmatch(r"(?:19|20)\d\d", number):
            yield number


def versions(lower: str) -> Iterator[tuple[str, str]]:
    """Names with the version that stands at or behind them: ``("mobilenet", "3")``."""
    for match in _VERSIONED.finditer(lower):
        yield match["stem"], match["version"].removesuffix(".0")


def acronyms(plain: str) -> frozenset[str]:
    """Words of three to six capitals, in one case."""
    return frozenset(word.casefold() for word in _ACRONYM.findall(plain))


def initials(lower: str) -> str:
    """First letters of its Latin words, small words left out."""
    return "".join(word[0] for word in re.findall(r"[a-z]+", lower) if word not in _SMALL)


def lead(plain: str) -> str:
    """What stands before the colon where it is one name: ``GhostNet``; empty without one.

    Of ``owner/name: what it is`` the name.
    """
    head, colon, _ = plain.partition(":")
    name = head.strip().rpartition("/")[2]
    return name if colon and _LEAD.fullmatch(name) else ""


def names(plain: str) -> Iterator[tuple[str, bool]]:
    """Words that begin with a capital or have one, in one case, and whether that tells a name.

    It does where a capital or a digit stands within.
    """
    for match in _NAME.finditer(plain):
        name = match[0]
        inner = any(c.isupper() or c.isdigit() for c in name[1:])
        yield name.casefold(), inner


def part_of_series(lower: str) -> str:
    """Which part of a series it is: 一, 2, 上; empty where it does not say."""
    found = _PART.search(lower)
    return found[1] if found else ""


def counts_things(lower: str) -> bool:
    """Whether it speaks of so many papers or projects, as a round-up does."""
    return bool(_COUNTED.search(lower))


def squeezed(text: str) -> str:
    """Letters and digits, with one blank where two Latin words or numbers stood apart."""
    return _GAP.sub(lambda gap: " " if _between_latin(text, gap) else "", text)


def _between_latin(text: str, gap: re.Match[str]) -> bool:
    before, after = text[gap.start() - 1 : gap.start()], text[gap.end() : gap.end() + 1]
    return before.isascii() and after.isascii() and bool(before) and bool(after)
