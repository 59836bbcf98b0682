"""What an article shows to be about, whatever its subject: a paper, a project, a lesson. Pure.

Media on technology tell of a paper or a project in a few fixed ways: they link to it, name it on a
line of its own (``论文标题：…``, ``项目地址：…``), or print a paper's English title over a text in
Chinese. An article that asks a question or is the second of a series tells no news. What these
signs are worth against words of the title is said here; where they lead, in ``pipeline.section``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.joining.spelling import part_of_series, plain_of
from pipeline.language import language_of
from store.models import Candidate, Kind

_BEGINNING = 200
"""Characters of a text that tell how it speaks."""
_FEW = 5
"""Papers or repositories that an article on them names at most; a survey names more."""
_LINES = 20_000
"""Characters of a text that are looked through for lines that name something."""

_LINKED = 1.0
"""An article may link to a paper that it is not about."""
_LABELLED = 2.0
"""It does not say "the paper" of such a one."""
_NAMED = 3.0
"""Whoever gives the title of a paper tells of it, and ``owner/name: …`` is a repository."""
_LESSON = 1.0

_COLON = re.compile(r"[:：]")
_BEFORE = 24
_AFTER = 100
"""Characters before and behind a colon that are looked at: more than any label, and a title."""
_LATIN_WORDS = re.compile(r"(?:[A-Za-z][A-Za-z0-9'’-]*[\s:：]+){2}[A-Za-z]")
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Label:
    """``论文标题：…`` in a text: what is named by such a label before such a value."""

    kind: Kind
    worth: float
    label: re.Pattern[str]
    value: re.Pattern[str]


_LABELS = (
    _Label(
        Kind.PAPER,
        _NAMED,
        re.compile(
            r"(?<!\w)(?:论文|文章)?(?:标题|题目|名称|论文)$|^paper(?: title)?$", re.IGNORECASE
        ),
        _LATIN_WORDS,
    ),
    _Label(
        Kind.PAPER,
        _LABELLED,
        re.compile(
            r"(?<!\w)原?论文(?:地址|链接|网址|原文|下载)?$|^paper(?: link)?$", re.IGNORECASE
        ),
        _ADDRESS,
    ),
    _Label(
        Kind.REPOSITORY,
        _LINKED,
        re.compile(
            r"(?:项目|代码|开源|源码|仓库|github|gitee)(?:地址|链接|主页|网址)?$", re.IGNORECASE
        ),
        _ADDRESS,
    ),
)
_REPOSITORY_TITLE = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+\s*[:：]")
_SENTENCE = re.compile(r"[A-Za-z][A-Za-z0-9'’-]*(?:[^\w\n]{1,3}[A-Za-z0-9][A-Za-z0-9'’-]*){3}")
"""Four Latin words in a row; "GEMM caching" may be Chinese to a Chinese."""
_QUESTION = re.compile(r"[?？]")


def opening_of(article: Candidate) -> str:
    """How its text begins: the teaser, else the text itself."""
    return (article.item.summary or article.item.text)[:_BEGINNING]


def is_at(article: Candidate, hosts: Collection[str]) -> bool:
    """Whether it stands on one of these sites; ``zhihu.com`` is ``zhuanlan.zhihu.com`` too."""
    try:
        host = urlsplit(article.canonical_url).hostname or ""
    except ValueError:  # urlsplit's way to say that it is no address
        return False
    return any(f".{host}".endswith(f".{name}") for name in hosts)


def signs_of(articles: Sequence[Candidate], language: str) -> Iterator[tuple[Kind, float]]:
    """Kinds of things that articles of one story show to be about, and points for each.

    Of several signs for one thing the clearest counts. `language` is the newsletter's.
    """
    texts = [f"{article.item.summary}\n{article.item.text}"[:_LINES] for article in articles]
    mentions = {key for article in articles for key in article.mentions}
    code = {key for key in mentions if key.startswith("github:")}
    papers = {key for key in mentions - code if not key.startswith("gist:")}
    clearest = {Kind.PAPER: 0.0, Kind.REPOSITORY: 0.0}
    for kind, worth in _named(texts):
        clearest[kind] = max(clearest[kind], worth)
    for kind, keys in ((Kind.PAPER, papers), (Kind.REPOSITORY, code)):
        if 0 < len(keys) <= _FEW:
            clearest[kind] = max(clearest[kind], _LINKED)
    if any(article.item.paper is not None for article in articles) or any(
        _is_foreign_title(article, language.partition("-")[0]) for article in articles
    ):
        clearest[Kind.PAPER] = _NAMED
    if any(_REPOSITORY_TITLE.match(article.title) for article in articles):
        clearest[Kind.REPOSITORY] = _NAMED
    yield from ((kind, worth) for kind, worth in clearest.items() if worth)
    if any(_QUESTION.search(article.title) for article in articles):
        yield Kind.ARTICLE, _LESSON
    if any(part_of_series(plain_of(article.title)) for article in articles):
        yield Kind.ARTICLE, _LESSON


def _named(texts: Iterable[str]) -> Iterator[tuple[Kind, float]]:
    """What labels in texts name. A colon is quick to find; few of them stand behind a label."""
    for text in texts:
        for colon in _COLON.finditer(text):
            before = text[max(colon.start() - _BEFORE, 0) : colon.start()].rpartition("\n")[2]
            value = text[colon.end() : colon.end() + _AFTER].lstrip("*[ \t\n\u3000\xa0")
            for one in _LABELS:
                if one.label.search(before.rstrip()) and one.value.match(value):
                    yield one.kind, one.worth


def _is_foreign_title(article: Candidate, language: str) -> bool:
    """Whether a text in the newsletter's language stands under an English sentence."""
    return (
        article.language == language.lower() != "en"
        and language_of(article.title) == "en"
        and _SENTENCE.search(article.title) is not None
        and not _REPOSITORY_TITLE.match(article.title)
    )
