"""A feed's bytes as text.

Feeds name their charset in the XML declaration, in the Content-Type, in both (differently), in
neither, or wrongly. Browsers believe the Content-Type first, which for feeds is what a server
says of everything; and ``feedparser``'s own guesses know no GB18030. Pages of HTML are read the
browsers' way, in ``crawlers.page``.
"""

from __future__ import annotations

import codecs
import re

from w3lib.encoding import http_content_type_encoding, read_bom, resolve_encoding

from store.models import Payload

_UTF16_SIGNS = ((b"\0<\0", "utf-16-be"), (b"<\0", "utf-16-le"))
"""How a document begins that is UTF-16 without saying so (XML 1.0, appendix F)."""
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_CHARSETS = re.compile(
    r"utf-?8|gb18030|big5(hkscs)?|euc[_-]\w+|cp\d+|shift[_-]\w+|iso\d{4}[_-][\w-]+|koi8[_-]\w|mac-\w+",
    re.IGNORECASE,
)
"""Codecs that a feed may name. Python has more, for programs: ``idna``, ``unicode-escape``."""
_DOUBLE_BYTE = re.compile(r"gb18030|big5(hkscs)?|euc[_-]\w+|cp9\d\d|shift[_-]\w+", re.IGNORECASE)
_THREE_BYTES_OF_UTF8 = re.compile("[\u0800-\U0010ffff]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_UNREADABLE = "\ufffd"


def feed_text(payload: Payload) -> str:
    """Give a feed's bytes as text; what no charset can read becomes U+FFFD.

    A byte-order mark decides. Else it is the first of these that reads the bytes without a fault
    (a character cut off at the end is none), and failing that the one with the fewest faults:
    UTF-8; what the XML declaration says; what the Content-Type says; GB18030 and Big5 if the
    bytes beyond ASCII mostly stand in pairs, as in Chinese, and Windows-1252 if not, as in words
    with accents.
    """
    body = payload.body
    charset, mark = read_bom(body)
    if charset is not None and mark is not None:
        return body[len(mark) :].decode(charset, "replace")
    if body.isascii() and b"\0" not in body:
        return body.decode("ascii")
    for sign, charset in _UTF16_SIGNS:
        if body.startswith(sign):
            return body.decode(charset, "replace")
    text = _read_whole(body, "utf-8")
    if text is not None and _THREE_BYTES_OF_UTF8.search(text):
        return text
    declared = _declared(payload)
    # Two bytes of GBK can by chance be two bytes of UTF-8; three in a row hardly ever are.
    by_chance = any(map(_DOUBLE_BYTE.fullmatch, declared))
    first = (*declared, "utf-8") if by_chance else ("utf-8", *declared)
    charsets = dict.fromkeys((*first, *_undeclared(body)))
    for charset in charsets:
        text = _read_whole(body, charset)
        if text is not None:
            return text
    return min((body.decode(charset, "replace") for charset in charsets), key=_faults)


def _declared(payload: Payload) -> list[str]:
    """Give the charsets that the feed and its server name, as Python calls them.

    Windows-1252 reads nearly everything, so it is believed only of bytes that look like it.
    """
    written = _DECLARED.search(payload.body[:1024])
    named = [
        resolve_encoding(written[1].decode("ascii")) if written else None,
        http_content_type_encoding(payload.content_type),
    ]
    unlikely = "cp1252" if _in_pairs(payload.body) else None
    return [
        charset
        for charset in named
        if charset is not None and charset != unlikely and _CHARSETS.fullmatch(charset)
    ]


def _undeclared(body: bytes) -> tuple[str, ...]:
    return ("gb18030", "big5hkscs") if _in_pairs(body) else ("cp1252",)


def _in_pairs(body: bytes) -> bool:
    """Whether the bytes beyond ASCII mostly have another of their kind beside them."""
    runs = [len(run) for run in _BEYOND_ASCII.findall(body)]
    return 2 * runs.count(1) < sum(runs)


def _read_whole(body: bytes, charset: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(charset)().decode(body)
    except UnicodeDecodeError:
        return None


def _faults(text: str) -> int:
    return text.count(_UNREADABLE)
