r"""Values that a page of mp.weixin.qq.com sets in its scripts.

The page's address, account and time stand in scripts rather than in elements, in forms that have
piled up since 2013::

    var ct = "1581418070";
    var biz = "" || "MzI2MzEwNTY3OQ==";
    var msg_title = '甲 \x26amp; 乙'.html(false);
    var nickname = htmlDecode("某某");
    d.nick_name = xml ? getXmlValue('nick_name.DATA') : '某某';
    window.cgiDataNew = { title: JsDecode('…'), mid: '2247484727' * 1, … };

No script is run: the literals of the expression behind a name are read, and the first that says
something is the value, which is what each of these expressions comes to. What the values mean is
left to ``crawlers.wechat``.
"""

from __future__ import annotations

import itertools
import re

_STRING = r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\""
_TOKEN = re.compile(
    rf"\s*(?:(?P<string>{_STRING})"
    r"|(?P<number>\d+)"
    r"|getXmlValue\s*\([^)\n]*\)"
    r"|[A-Za-z_$][\w.$]*"
    r"|\|\||[()?:])"
)
_LONGEST_EXPRESSION = 16
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_NAMED_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_OBJECT = re.compile(r"\b(?:cgiDataNew|text_page_info)\b")


def script_value(scripts: str, *names: str) -> str:
    """Give the first value that is set for one of `names`, in their order; empty if none is.

    A name counts where it is assigned as a variable, as a property of ``window`` or ``d``, or as
    a key in the objects that newer pages carry. The value comes unescaped as JavaScript, not as
    HTML.
    """
    carried = _OBJECT.search(scripts)
    for name in names:
        places = [re.finditer(rf"(?:\bvar\s+|\bwindow\.|\bd\.){name}\s*=(?!=)", scripts)]
        if carried is not None:
            key = re.compile(rf"[{{,\s]{name}\s*:")
            places.append(key.finditer(scripts, carried.end()))
        for place in itertools.chain.from_iterable(places):
            if value := _first_literal(scripts, place.end()):
                return value
    return ""


def _first_literal(scripts: str, start: int) -> str:
    """Give the first literal that says something in the expression at `start`."""
    position = start
    for _ in range(_LONGEST_EXPRESSION):
        token = _TOKEN.match(scripts, position)
        if token is None:
            break
        literal = token["number"] or unescape(token["string"][1:-1] if token["string"] else "")
        if literal.strip():
            return literal
        position = token.end()
    return ""


def unescape(literal: str) -> str:
    r"""Undo the escapes of a JavaScript string, ``\x26`` and ``\u4e2d`` among them.

    Halves of surrogate pairs are put together; one that stands alone becomes U+FFFD.
    """
    plain = _ESCAPE.sub(_unescaped, literal)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unescaped(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else _NAMED_ESCAPES.get(escape[3], escape[3])
