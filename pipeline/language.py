"""The language of a headline and its teaser, read from its script.

The desk asks one question of it: can the text be printed as it is, or must it be translated?
Script answers that for Chinese, Japanese, Korean and English. Other languages in Latin letters
count as English here, since none of them is among the sources.
"""

from __future__ import annotations

import re

_ENOUGH = 2000
"""Characters read; a longer text does not change its language."""

_SCRIPTS = re.compile(
    r"(?P<kana>[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]+)"
    r"|(?P<hangul>[\uac00-\ud7a3\u1100-\u11ff]+)"
    r"|(?P<han>[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)"
    r"|(?P<latin>[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f'’-]*)"
    r"|(?P<other>[^\W\d_])"
)
_ADDRESS = re.compile(r"https?://\S+")

_HAN_SHARE = 0.4
"""Of Han characters and Latin words together; Chinese on technology is full of English names."""
_KANA_SHARE = 0.2
"""Of kana and Han characters together; a lone の in a Chinese headline is decoration."""


def language_of(text: str) -> str:
    """Say which language `text` is in: ``zh``, ``en``, ``ja``, ``ko``, or ``und``.

    ``und`` is a text without letters, or mostly in a script that is none of these.
    """
    counts = dict.fromkeys(("kana", "hangul", "han", "latin", "other"), 0)
    for match in _SCRIPTS.finditer(_ADDRESS.sub(" ", text[:_ENOUGH])):
        script = match.lastgroup or "other"
        counts[script] += 1 if script == "latin" else len(match[0])
    east_asian = counts["han"] + counts["kana"] + counts["hangul"]
    words = counts["latin"]
    if not east_asian + words or counts["other"] > east_asian + words:
        return "und"
    if east_asian < _HAN_SHARE * (east_asian + words):
        return "en"
    if counts["hangul"] > counts["han"] + counts["kana"]:
        return "ko"
    return "ja" if counts["kana"] > _KANA_SHARE * (counts["kana"] + counts["han"]) else "zh"
