"""What an article shows to be about, whatever its subject: a paper, a project, a lesson. Pure.

Media on technology tell of a paper or a project in a few fixed ways: they link to it, name it on a
line of its own (``论文标题：…``, ``项目地址：…``), or print a paper's English title over a text in
Chinese. An article that asks a question or is the second of a series tells no news. What these
signs are worth against words of the title is said here; where they lead, in ``pipeline.section``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
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

_COLON = r"\s{0,3}[:：]\s{0,3}[*\[]{0,3}"
_PAPER_TITLE = re.compile(
    rf"(?<!\w)(?:论文|文章)?(?:标题|题目|名称|论文){_COLON}(?=(?:[A-Za-z][A-Za-z0-9'’-]*[\s:：]+){{2}}[A-Za-z])"
    rf"|^paper(?: title)?{_COLON}[A-Za-z]",
    re.MULTILINE | re.IGNORECASE,
)
_PAPER_LINK = re.compile(
    rf"(?<!\w)(?:原?论文|原文)(?:地址|链接|网址|原文|下载)?{_COLON}https?://"
    rf"|^paper(?: link)?{_COLON}https?://",
    re.MULTILINE | re.IGNORECASE,
)
_CODE_LINK = re.compile(
    rf"(?:项目|代码|开源|源码|仓库|github|gitee)(?:地址|链接|主页|网址)?{_COLON}https?://",
    re.IGNORECASE,
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
    keys = {key for article in articles for key in article.mentions}
    code = {key for key in keys if key.startswith("github:")}
    papers = {key for key in keys - code if not key.startswith("gist:")}
    if (
        any(article.item.paper is not None for article in articles)
        or any(map(_PAPER_TITLE.search, texts))
        or any(_is_foreign_title(article, language.partition("-")[0]) for article in articles)
    ):
        yield Kind.PAPER, _NAMED
    elif any(map(_PAPER_LINK.search, texts)):
        yield Kind.PAPER, _LABELLED
    elif 0 < len(papers) <= _FEW:
        yield Kind.PAPER, _LINKED
    if any(_REPOSITORY_TITLE.match(article.title) for article in articles):
        yield Kind.REPOSITORY, _NAMED
    elif 0 < len(code) <= _FEW or any(map(_CODE_LINK.search, texts)):
        yield Kind.REPOSITORY, _LINKED
    if any(_QUESTION.search(article.title) for article in articles):
        yield Kind.ARTICLE, _LESSON
    if any(part_of_series(plain_of(article.title)) for article in articles):
        yield Kind.ARTICLE, _LESSON


def _is_foreign_title(article: Candidate, language: str) -> bool:
    """Whether a text in the newsletter's language stands under an English sentence."""
    return (
        article.language == language.lower() != "en"
        and language_of(article.title) == "en"
        and _SENTENCE.search(article.title) is not None
        and not _REPOSITORY_TITLE.match(article.title)
    )
