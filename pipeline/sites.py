"""What the addresses of known sites name, papers apart.

GitHub with its raw, download and API hosts, gists, WeChat articles, Zhihu, YouTube and Bilibili.
A page of such a site that is not one thing of these (a topic, an owner, a channel) gets nothing
and remains a plain address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from pipeline.address import Address, Known
from pipeline.papers import FLAGS, Reader
from pipeline.papers import READERS as PAPER_READERS
from store.models import Kind

_REPOSITORY = r"([a-z0-9][a-z0-9-]{0,38})/([\w.-]{1,100})"
_WHOLE_PATH = re.compile(rf"/{_REPOSITORY}(?:[/@:].*)?", FLAGS)
_GITHUB_PATHS = {
    "github.com": _WHOLE_PATH,
    "github.dev": _WHOLE_PATH,
    "raw.githubusercontent.com": _WHOLE_PATH,
    "raw.github.com": _WHOLE_PATH,
    "codeload.github.com": _WHOLE_PATH,
    "api.github.com": re.compile(rf"/repos/{_REPOSITORY}(?:/.*)?", FLAGS),
    "cdn.jsdelivr.net": re.compile(rf"/gh/{_REPOSITORY}(?:[/@].*)?", FLAGS),
    "colab.research.google.com": re.compile(rf"/github/{_REPOSITORY}(?:/.*)?", FLAGS),
    "nbviewer.org": re.compile(rf"/github/{_REPOSITORY}(?:/.*)?", FLAGS),
    "nbviewer.jupyter.org": re.compile(rf"/github/{_REPOSITORY}(?:/.*)?", FLAGS),
    # mirrors for readers in China
    "hub.fastgit.org": _WHOLE_PATH,
    "github.com.cnpmjs.org": _WHOLE_PATH,
    "kkgithub.com": _WHOLE_PATH,
}
# first segments that are pages of GitHub itself, so that nobody can own them
_NO_OWNER = re.compile(
    r"""
    about | account | advisories | apps | articles | blog | business | careers | changelog |
    codespaces | collections | community | contact | copilot | customer-stories | dashboard |
    discussions | downloads | edu | education | enterprise | enterprises | events | explore |
    features | gist | git-guides | github-copilot | home | issues | join | jobs | login |
    logout | marketplace | mcp | mobile | models | new | newsroom | nonprofit | notifications
    | open-source | orgs | organizations | partners | personal | premium-support | pricing |
    pulls | raw | readme | repos | resources | search | security | sessions | settings |
    showcases | signup | site | solutions | sponsors | stars | suggestions | support | team |
    teams | topics | trending | users | watching | why-github
    """,
    re.VERBOSE,
)
_GIST_PATH = re.compile(r"/(?:[a-z0-9-]+/)?([0-9a-f]{20,40}|[0-9]+)(?:[./].*)?", FLAGS)

_WECHAT_SHORT_PATH = re.compile(r"/s/([\w-]{6,})", re.ASCII)
_DIGITS = re.compile(r"[0-9]+")

_ZHIHU_PATHS = (
    # /tardis and oia. are what Zhihu shows to search engines and to its own app
    ("p", re.compile(r"/(?:p|articles|tardis/\w+/art)/(\d+)(?:/.*)?", re.ASCII)),
    (
        "answer",
        re.compile(r"/(?:question/\d+/|tardis/\w+/)?(?:answers?|ans)/(\d+)(?:/.*)?", re.ASCII),
    ),
    ("question", re.compile(r"/(?:questions?|tardis/\w+/ques)/(\d+)(?:/.*)?", re.ASCII)),
)
_ZHIHU_PAGES = {
    "p": "https://zhuanlan.zhihu.com/p/",
    "answer": "https://www.zhihu.com/answer/",
    "question": "https://www.zhihu.com/question/",
}

_YOUTUBE_ID = re.compile(r"[\w-]{11}", re.ASCII)
_YOUTUBE_PATH = re.compile(r"/(?:embed|shorts|live|v)/([\w-]{11})", re.ASCII)
_BILIBILI_PATH = re.compile(r"/(?:video/|s/video/)?(bv[0-9a-z]{10}|av[0-9]+)(?:/.*)?", FLAGS)


def _read_github(address: Address) -> Known | None:
    match = _GITHUB_PATHS[address.host].fullmatch(address.path)
    if not match:
        return None
    owner, name = match[1].lower(), match[2].lower().removesuffix(".git")
    if _NO_OWNER.fullmatch(owner) or not name.strip("."):
        return None
    return Known(
        key=f"github:{owner}/{name}",
        url=f"https://github.com/{owner}/{name}",
        kind=Kind.REPOSITORY,
    )


def _read_gist(address: Address) -> Known | None:
    match = _GIST_PATH.fullmatch(address.path)
    if not match:
        return None
    name = match[1].lower()
    return Known(key=f"gist:{name}", url=f"https://gist.github.com/{name}")


def _read_wechat(address: Address) -> Known | None:
    """Read the three forms of a WeChat article's address.

    The long form names the article by account (``__biz``), broadcast (``mid``) and place in it
    (``idx``). ``sn`` only proves that the link was handed out: it is no part of the key, but the
    page opens only with it. The short form names the same articles in its own way, and nothing
    but the page itself tells which is which. Links from a search engine carry a signature that
    names the article until the link expires.
    """
    short = _WECHAT_SHORT_PATH.fullmatch(address.path)
    if short:
        return Known(
            key=f"wechat:s/{short[1]}",
            url=f"https://mp.weixin.qq.com/s/{short[1]}",
            kind=Kind.ARTICLE,
        )
    if address.path not in ("/s", "/mp/appmsg/show"):
        return None
    biz = address.value("__biz").replace(" ", "+").rstrip("=")
    broadcast = address.value("mid") or address.value("appmsgid")
    place = address.value("idx") or address.value("itemidx")
    if biz and _DIGITS.fullmatch(broadcast) and _DIGITS.fullmatch(place):
        return _wechat_article(address, biz + "=" * (-len(biz) % 4), broadcast, place)
    signature = address.value("signature").replace(" ", "+")
    if signature:
        return _wechat_search_result(address, signature)
    return None


def _wechat_article(address: Address, biz: str, broadcast: str, place: str) -> Known | None:
    if not re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", biz):
        return None
    proof = address.value("sn") or address.value("sign")
    url = f"https://mp.weixin.qq.com/s?__biz={biz.replace('+', '%2B')}&mid={broadcast}&idx={place}"
    if re.fullmatch(r"[0-9A-Za-z]+", proof):
        url += f"&sn={proof}"
    return Known(key=f"wechat:{biz}/{broadcast}/{place}", url=url, kind=Kind.ARTICLE)


def _wechat_search_result(address: Address, signature: str) -> Known | None:
    if not re.fullmatch(r"[\w*+/=.~-]+", signature, re.ASCII):
        return None
    signature = signature.replace("+", "%2B")
    opening = "&".join(
        f"{name}={address.value(name)}"
        for name in ("src", "timestamp", "ver")
        if _DIGITS.fullmatch(address.value(name))
    )
    url = f"mp.weixin.qq.com/s?signature={signature}"
    return Known(
        key=f"url:{url}",
        url=f"https://{url}" + (f"&{opening}" if opening else ""),
        kind=Kind.ARTICLE,
        expiring=True,
    )


def _read_sogou(address: Address) -> Known | None:
    """Sogou's own redirect to a WeChat article, good for some hours."""
    if address.path != "/link" or not address.value("url"):
        return None
    return Known(key=f"url:{address.url.removeprefix('https://')}", url=address.url, expiring=True)


def _read_zhihu(address: Address) -> Known | None:
    for word, path in _ZHIHU_PATHS:
        match = path.fullmatch(address.path)
        if match:
            return Known(
                key=f"zhihu:{word}/{match[1]}",
                url=_ZHIHU_PAGES[word] + match[1],
                kind=Kind.ARTICLE,
            )
    return None


def _read_youtube(address: Address) -> Known | None:
    if address.host == "youtu.be":
        video = address.path[1:]
    elif address.path == "/watch":
        video = address.value("v")
    else:
        match = _YOUTUBE_PATH.fullmatch(address.path)
        video = match[1] if match else ""
    if not _YOUTUBE_ID.fullmatch(video):
        return None
    return Known(key=f"youtube:{video}", url=f"https://www.youtube.com/watch?v={video}")


def _read_bilibili(address: Address) -> Known | None:
    match = _BILIBILI_PATH.fullmatch(address.path)
    if not match:
        return None
    number = match[1]  # its letters count, those of its prefix do not
    video = ("BV" if number[0] in "bB" else "av") + number[2:]
    return Known(key=f"bilibili:{video}", url=f"https://www.bilibili.com/video/{video}")


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        **PAPER_READERS,
        **dict.fromkeys(_GITHUB_PATHS, _read_github),
        "gist.github.com": _read_gist,
        "gist.githubusercontent.com": _read_gist,
        "mp.weixin.qq.com": _read_wechat,
        "weixin.sogou.com": _read_sogou,
        "zhihu.com": _read_zhihu,
        "zhuanlan.zhihu.com": _read_zhihu,
        "oia.zhihu.com": _read_zhihu,
        **dict.fromkeys(("youtube.com", "youtube-nocookie.com", "youtu.be"), _read_youtube),
        **dict.fromkeys(("bilibili.com", "b23.tv"), _read_bilibili),
    }
)
"""Host -> what reads its addresses."""


def recognise(address: Address) -> Known | None:
    """Say what `address` names, where its site is known and the page is one thing."""
    if address.port is not None:
        return None
    reader = READERS.get(address.host)
    return reader(address) if reader else None
