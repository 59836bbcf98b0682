"""A 摘要 out of what the sources said: whole sentences from the beginning of the best text.

Nothing is rewritten. Every sentence stands in its source as it stands here, with runs of white
space folded to one blank; only a single sentence that is too long is cut, and shows it by "…".
What is left out is what is no news: the calls to follow an account, by-lines, captions, the
leavings of feeds, and the headline said again. Which texts a story has is known to
``pipeline.draft``; how a 摘要 is printed, to ``pipeline.issue_markdown``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from unicodedata import combining, east_asian_width

from pipeline.language import language_of

_ENOUGH = 40
"""Characters from which a 摘要 stands on its own; a shorter one yields to the next text's."""
_LEAST = 12
"""Characters below which a text in another language says more."""

_FULL_LINE = 25
"""Characters from which an English line may have been broken for want of room."""
_READ = 6_000
"""Characters of a text that are looked at: the beginning is what is wanted."""

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"

_LEFTOVERS = re.compile(
    r"""
      The\ post\ .{1,300}?\ appeared\ first\ on\ [^.\n]{1,80}\.?
    | (?:Article|Comments)\ URL:\s*\S+ | Points:\s*\d+ | \#\ Comments:\s*\d+    # hnrss.org
    | submitted\ by\ /?u/\S+ | \[(?:link|comments)\]                           # reddit
    | arXiv:\S+\ Announce\ Type:\s*\S+                                          # arXiv's RSS
    | (?:^|(?<=\s))(?:作者|编辑|责编|责任编辑|来源|编译|记者|撰文|审核|校对)\s*[:：]\s*
      [^\s，。！？:：]{1,16}(?=\s|$)
    | \S{1,12}\s*(?:报道|出品|编译)\s*[|｜丨]\s*公众号\s*\w+
    | [\[【（(]\ ?(?:…|\.\.\.)\ ?[\]】）)]$                                       # a cut teaser
    """,
    re.VERBOSE | re.MULTILINE,
)
"""Leavings that stand inside a line; the text before and after is kept apart."""

_OPENING = re.compile(
    r"^(?:【[^】]{0,12}(?:导读|导语|摘要|按)】|(?:摘要|导读|导语|简介|Abstract|Summary)\s*[:：])\s*"
)
"""How sources announce what the newsletter announces itself."""

_BY_LINE = re.compile(
    r"(?:作者|译者|编辑|责编|责任编辑|编译|编译整理|来源|稿源|记者|撰文|文|图|审核|校对|整理|出品|策划"
    r"|原标题|原文标题|原文链接|原文|By|Author|Authors|Editor|Written by)\s*[:：/|｜丨]"
)
_DATE_LINE = re.compile(
    r"""
      (?i:(?:posted|published|updated|last\ updated)(?:\ on|\ at|\ by|:)?)\ .{1,60}
    | (?i:by)\ [A-Z][\w.'’-]*(?:\ [A-Z][\w.'’-]*){0,4}
    | (?:发布|发表|更新|撰写|写)(?:于|时间)[:：]?\ ?\d.{0,30}
    | \d{4}[-/.年]\ ?\d{1,2}[-/.月]\ ?\d{1,2}日?(?:[T\ ]\d{1,2}:\d{2}(?::\d{2})?)?
    """,
    re.VERBOSE,
)
"""A line that tells no more than by whom and when."""
_CAPTION = re.compile(
    r"[△▲▼↑]|[(（]?(?:图片来源|图源|图片|图|表|Figure|Fig\.|Table|Image|Photo|Credit|Image credit"
    r"|Photo credit|Source)\s*\d*\s*[:：|｜]|Photo by\b",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"""
      点击(?:上方|下方|右上|蓝字|文末|标题|这里|关注|阅读原文|链接|卡片) | 点上方蓝字
    | (?:长按|扫描|扫码|识别[下上图])[^。]{0,14}(?:二维码|关注|加群|海报|小程序)
    | (?:关注|订阅)(?:我们|本号|[^。，]{0,10}公众号) | 公众号后台回复 | 后台回复[“"「『]
    | 设为星标|加星标|星标置顶|设为置顶|置顶公众号|一键三连|点个?[“"「]?(?:在看|赞)
    | (?:本文|文章|原文)(?:转载[自于]|转自|来源|首发|选自|授权|经授权|系(?![统列]))
    | 本文来自(?:微信|公众号) | 转载请 | 经[^。，]{1,20}授权(?:转载|发布)
    | 未经[^。，]{0,10}(?:许可|授权)[^。]{0,6}(?:转载|使用)
    | (?:阅读|查看|点击)原文|阅读全文|查看更多|展开全文|版权归|版权所有|免责声明
    | \b(?:read|view|see)\ (?:more|the\ (?:full|original|rest))\b|\bcontinue\ reading\b
    | \bclick\ here\b|\ball\ rights\ reserved\b|\bsubscribe\ to\ (?:our|the)\b|\bsign\ up\ for\b
    | ^(?:微信号|功能介绍)\ | 微信扫一扫|赞赏功能 | ^https?://\S+$
    """,
    re.VERBOSE | re.IGNORECASE,
)

_END = re.compile(
    rf"[。！？]+[”’」』）】》\"')]*"
    rf"|[!?]+[\"')”’」』）】]*(?=\s|$|[{_HAN}])"
    rf"|(?<!\.)\.(?!\.)[\"')”’]*(?=\s|$)"
    rf"|(?<=[{_HAN}])\.(?=[{_HAN}])"
)
_NO_END = re.compile(
    r"(?:^|[\s(（“\"'])(?:e\.g|i\.e|vs|cf|viz|approx|resp|al|Fig|Figs|Eq|Eqs|Sec|Tab|Ref|No|Nos|Vol"
    r"|Dr|Mr|Mrs|Ms|Prof|St|Jr|Sr|Inc|Ltd|Corp|Co|Dept|Univ|(?:[A-Za-z]\.)*[A-Za-z])\.$"
    r"|^\W{0,2}\d{1,3}\.$"
)
"""A full stop after an abbreviation, an initial or the number of a list item."""
_CHINESE_END = re.compile(r"[。！？][”’」』）】》]*$")
_JOINS = "\u200d\ufe0e\ufe0f"
"""Zero-width joiner and variation selectors: part of the character before."""
_NO_LETTERS = re.compile(r"[\W_]+")
_STRAY_TAIL = re.compile(r"[\s,，、;；:：(（\[「『“—–-]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    text: str
    whole: bool
    """It comes to an end; a heading or the torn end of a teaser does not."""


def width(text: str) -> float:
    """Length as the eye has it, in Chinese characters: a Latin letter counts half."""
    if text.isascii():
        return len(text) / 2
    return sum(map(_width_of, text))


@cache
def _width_of(character: str) -> float:
    return 1.0 if east_asian_width(character) in "WF" else 0.5


def clip(text: str, max_chars: float) -> str:
    """The text, or as much of its beginning as fits, whole words and "…", in `max_chars`.

    `max_chars` is counted as `width` counts.
    """
    if width(text) <= max_chars:
        return text
    room = max_chars - 1
    end = 0
    for end, character in enumerate(text):  # noqa: B007 (the position is wanted behind the loop)
        room -= _width_of(character)
        if room < 0:
            break
    while end and (combining(text[end]) or text[end] in _JOINS or text[end - 1] == "\u200d"):
        end -= 1
    kept = text[:end]
    if re.match(r"[A-Za-z0-9]", text[end:]):
        kept = re.sub(r"(?<=.)(?<![A-Za-z0-9_'-])[A-Za-z0-9_'-]+$", "", kept)
    return (_STRAY_TAIL.sub("", kept) or text[:end]) + "…"


def summarise(
    texts: Iterable[str], *, title: str, language: str, max_chars: int
) -> tuple[str, bool]:
    """The 摘要 of a story, and whether it is in another language than the newsletter's.

    `texts` are plain, with line feeds between paragraphs, and stand in the order of preference;
    `language` is the newsletter's, and a text in it goes before all others. The first text that
    says enough is taken, else the longest. `title` is what need not be said again, several by
    line feeds; `max_chars` is counted as `width` counts. Empty where no source said anything.
    """
    spoken = language.partition("-")[0].lower()
    own: list[str] = []
    foreign: list[str] = []
    for text in texts:
        found = _joined(opening_sentences(text, title=title, max_chars=max_chars))
        if found:
            (own if language_of(found) in (spoken, "und") else foreign).append(found)
    ours, theirs = _best(own), _best(foreign)
    if theirs and width(ours) < _LEAST:
        return theirs, True
    return ours, False


def opening_sentences(text: str, *, title: str = "", max_chars: float) -> tuple[str, ...]:
    """The sentences a text begins with, as many as fit, each as it stands there.

    If not even the first one fits, it is cut and ends with "…".
    """
    lines = _lines(text, title)
    found = [s for line in lines for s in _sentences(line) if not _empty(s.text, title)]
    if any(s.whole for s in found):
        found = [s for s in found if s.whole]
    chosen: list[str] = []
    for sentence in found:
        if width(_joined([*chosen, sentence.text])) > max_chars:
            break
        chosen.append(sentence.text)
    if found and not chosen:
        return (clip(found[0].text, max_chars),)
    return tuple(chosen)


def _lines(text: str, title: str) -> list[str]:
    """Paragraphs with white space folded, without headline, by-lines, captions and leavings.

    A line break inside an English sentence is one of the layout, not of the text.
    """
    folded = "\n".join(" ".join(line.split()) for line in text[:_READ].splitlines())
    lines: list[str] = []
    torn = False
    for line in _LEFTOVERS.sub("\n\n", folded).splitlines():
        line = line.strip()
        if line and (_is_furniture(line) or _says_again(line, title)):
            line = ""
        if torn and _goes_on(lines[-1][-2 * _FULL_LINE :], line):
            lines[-1] = f"{lines[-1]} {line}"
        elif line:
            lines.append(_OPENING.sub("", line, count=1))
        torn = bool(line)
    return [line for line in lines if not _is_furniture(line)]


def _goes_on(before: str, after: str) -> bool:
    """Whether a line goes on in the next; the end of `before` is enough, as long as a full one."""
    if not re.search(r"[A-Za-z0-9,)(-]$", before):
        return False
    full = width(before) >= _FULL_LINE and re.match(r"[A-Za-z0-9(]", after)
    return after[:1].islower() or bool(full)


def _is_furniture(line: str) -> bool:
    by_line = _BY_LINE.match(line) or _DATE_LINE.fullmatch(line)
    return bool(_CAPTION.match(line) or (by_line and width(line) <= 40))


def _sentences(line: str) -> list[_Sentence]:
    sentences: list[_Sentence] = []
    start = 0
    for end in _END.finditer(line):
        if end[0][0] == "." and _goes_past(line, start, end):
            continue
        sentences.append(_Sentence(text=line[start : end.end()].strip(), whole=True))
        start = end.end()
    if rest := line[start:].strip():
        sentences.append(_Sentence(text=rest, whole=False))
    return sentences


def _goes_past(line: str, start: int, end: re.Match[str]) -> bool:
    """Whether a full stop is not the end of the sentence that begins at `start`."""
    behind = line[max(start, end.start() - 15) : end.start() + 1]
    ahead = line[end.end() : end.end() + 2].lstrip()
    return (ahead.isascii() and ahead[:1].islower()) or _NO_END.search(behind) is not None


def _empty(sentence: str, title: str) -> bool:
    """Whether a sentence calls to something, says the headline again, or says nothing."""
    said = _letters(sentence)
    if not said or _CALL.search(sentence) or _is_furniture(sentence):
        return True
    return _says_again(sentence, title)


def _says_again(text: str, title: str) -> bool:
    """Whether a text is a line of the headline or part of it, with little around it."""
    said = _letters(text)
    for known in map(_letters, title.splitlines()):
        if said in known or (known and known in said and len(said) < 1.3 * len(known)):
            return True
    return False


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text.casefold())


def _joined(sentences: Sequence[str]) -> str:
    """Chinese sentences stand side by side, all others apart."""
    joined = ""
    for sentence in sentences:
        tight = not joined or _CHINESE_END.search(joined)
        joined += sentence if tight else f" {sentence}"
    return joined


def _best(found: Sequence[str]) -> str:
    for text in found:
        if width(text) >= _ENOUGH:
            return text
    return max(found, key=width, default="")
