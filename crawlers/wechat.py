"""Articles of WeChat accounts, pages of mp.weixin.qq.com.

Half of what the newsletter prints comes from there, and a link to such an article comes in
three forms, of which only the first says what it leads to:

* ``/s?__biz=…&mid=…&idx=…&sn=…``: account, message, place in the message, and a signature;
* ``/s/TOKEN``: short, and lasting too;
* ``/s?src=…&timestamp=…&signature=…``: as search engines hand out, dead within hours.

The page itself knows the first form, so an item gets that where the page tells it. WeChat
answers with status 200 whatever happened, so a page that says that an article was deleted is
told apart here from one that says that this visitor must prove to be human: the first is empty,
the second unparsable. Reading the scripts is left to ``crawlers.wechat_script``, and finding the
articles of an account to the feed of a bridge (``crawlers.feeds``).
"""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote
from zoneinfo import ZoneInfo

from parsel import Selector

from crawlers.markup import html_to_text, links_in
from crawlers.page import absolute, first_words, one_line, open_page, page_title
from crawlers.source import Parsed, ParsedItems, ParsedRefusal, ParsedUnparsable
from crawlers.wechat_script import script_value
from store.models import Kind, Payload, RawItem, SourceName

HOST = "mp.weixin.qq.com"
_BASE = f"https://{HOST}/"
_LONGEST_HEADLINE = 80
_HANDED_IN = SourceName(HOST)
_ZONE = ZoneInfo("Asia/Shanghai")
"""The zone of every date that WeChat writes in words."""

_MESSAGE = {
    "__biz": (("biz", "bizuin", "appuin"), r"[A-Za-z0-9+/=]{6,64}"),
    "mid": (("mid", "appmsgid"), r"\d{5,20}"),
    "idx": (("idx", "itemidx"), r"\d{1,2}"),
    "sn": (("sn",), r"[0-9a-fA-F]{16,64}"),
}
"""What an article's address names: its names in scripts, and what each looks like."""

_GONE = (
    (r"已被发布者删除", "the account deleted the article"),
    (r"违规无法查看|违反.{0,30}规定|停止访问该网页", "WeChat took the article down"),
    (r"被投诉|相关投诉|审核涉嫌侵权", "the article was taken down after a complaint"),
    (r"公众号已迁移|[帐账]号已迁移", "the account moved to another"),
    (
        r"[帐账]号.{0,8}注销|[帐账]号已被(?:屏蔽|封|冻结)|公众号已.{0,4}注销",
        "the account is closed",
    ),
    (r"链接已过期", "the link has expired"),
    (r"参数错误|链接不存在|页面不存在|内容不存在", "the link leads nowhere"),
    (r"暂时无法查看|发送失败无法查看|内容正在审核", "the article is not shown for now"),
)
_BLOCKED = (
    (
        r"环境异常|完成验证后即可继续访问|去验证|输入验证码",
        "WeChat asks this visitor to prove to be human",
    ),
    (r"(?:访问|操作)过于频繁", "WeChat says that it was asked too often"),
    (r"请在微信客户端打开", "WeChat shows the page only within its own program"),
    (r"系统(?:出错|错误|繁忙)", "WeChat reports an error of its own"),
)
_CAPTCHA = "/mp/wappoc_appmsgcaptcha"


def is_wechat_page(payload: Payload) -> bool:
    """Whether the answer came from WeChat's article host or, from a mirror, looks like that."""
    if re.match(rf"https?://{re.escape(HOST)}(?:[:/?]|$)", payload.url):
        return True
    return b"js_content" in payload.body and b"rich_media" in payload.body


def wechat_feed_url(bridge: str, biz: str, account: str) -> str:
    """Fill the address of a bridge's feed: ``{biz}`` and ``{account}``, percent-encoded."""
    return bridge.replace("{biz}", quote(biz, safe="")).replace(
        "{account}", quote(account, safe="")
    )


def parse_wechat_article(payload: Payload, *, source: SourceName = _HANDED_IN) -> Parsed:
    """Read an article's page into one item.

    The item's address is the lasting one where the page tells it, else the one that answered,
    marked as expiring where it is. Its id is ``BIZ/MID/IDX`` where the page tells these, even
    without the signature that a lasting address needs. A page that says that there is no such
    article any more, or that shows it only to proven humans, is a refusal; anything else is
    unparsable. What the page says stands in the reason.
    """
    page = open_page(payload)
    scripts = "\n".join(page.xpath("//script[not(@src)]/text()").getall())
    content = _content(page, scripts)
    text = html_to_text(content)
    # A message of pictures or words alone may have no headline: its first words stand for it.
    title = _title(page, scripts) or text.partition("\n")[0][:_LONGEST_HEADLINE]
    account = _account(page, scripts)
    if not title or not (content or account):
        return _no_article(page, payload)
    lasting = _permanent(page, scripts)
    url = lasting or payload.url
    author = _author(page, scripts, account)
    message = _message(scripts)
    return ParsedItems(
        items=(
            RawItem(
                source=source,
                external_id="/".join(message[key] for key in ("__biz", "mid", "idx"))
                if {"__biz", "mid", "idx"} <= message.keys()
                else url,
                url=url,
                title=title,
                kind=Kind.ARTICLE,
                summary=_described(page, scripts),
                text=text,
                published=_published(page, scripts),
                authors=(author,) if author else (),
                publisher=account or None,
                links=_links(content, scripts, url),
                expiring=lasting is None and is_expiring(payload.url),
            ),
        )
    )


def is_expiring(url: str) -> bool:
    """Whether `url` is a link as search engines hand out, which is dead within hours."""
    return re.search(r"[?&]timestamp=\d", url) is not None and "&signature=" in url


def _title(page: Selector, scripts: str) -> str:
    shown = first_words(page, "//*[@id='activity-name']", "//meta[@property='og:title']/@content")
    return shown or _plain(script_value(scripts, "msg_title", "title"))


def _account(page: Selector, scripts: str) -> str:
    shown = first_words(
        page,
        "//*[@id='js_name']/text()",
        "//*[contains(@class, 'profile_nickname')]",
        "//*[@id='post-user']",
    )
    return shown or _plain(script_value(scripts, "nickname", "nick_name"))


def _author(page: Selector, scripts: str, account: str) -> str:
    shown = first_words(
        page,
        "//*[@id='js_author_name']",
        "//meta[@property='og:article:author' or @name='author']/@content",
        "//em[contains(@class, 'rich_media_meta_text') and not(@id)]",
    )
    author = shown or _plain(script_value(scripts, "author"))
    return "" if author == account else author


def _content(page: Selector, scripts: str) -> str:
    """Give the article's markup; a message of pictures or words alone has it in a script."""
    for found in page.xpath("//*[@id='js_content']"):
        if one_line(found) or found.xpath(".//img | .//iframe"):
            return str(found.get())
    return script_value(scripts, "content_noencode", "content")


def _links(content: str, scripts: str, own: str) -> tuple[str, ...]:
    """Give the links in the text and, last, the one behind "read the original"."""
    original = html.unescape(script_value(scripts, "msg_source_url", "source_url"))
    found = (*links_in(content, _BASE), absolute(_BASE, original) if original else None)
    return tuple(link for link in dict.fromkeys(found) if link not in (None, own))


def _described(page: Selector, scripts: str) -> str:
    shown = first_words(
        page, "//meta[@property='og:description']/@content", "//meta[@name='description']/@content"
    )
    return shown or _plain(script_value(scripts, "msg_desc", "desc"))


def _published(page: Selector, scripts: str) -> datetime | None:
    """Read the time of publication: Unix seconds in a script, or words in China's zone."""
    names = ("ct", "ori_create_time", "oriCreateTime", "create_time", "createTime", "publish_time")
    shown = first_words(page, "//*[@id='publish_time']", "//*[@id='post-date']")
    written = [script_value(scripts, name) for name in names]
    return next(filter(None, map(_moment, [*written, shown])), None)


def _moment(written: str) -> datetime | None:
    """Read ``1581418070``, ``2020-02-11``, ``2020年2月11日 18:47``; None for ``前天``."""
    if re.fullmatch(r"[1-9]\d{9}", written, re.ASCII):
        return datetime.fromtimestamp(int(written), UTC)
    parts = re.fullmatch(
        r"(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})日?(?:\s+(\d{1,2}):(\d{2})(?::\d{2})?)?",
        written.strip(),
        re.ASCII,
    )
    if parts is None:
        return None
    year, month, day, hour, minute = (int(part or 0) for part in parts.groups())
    try:
        return datetime(year, month, day, hour, minute, tzinfo=_ZONE).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _permanent(page: Selector, scripts: str) -> str | None:
    """Give the article's lasting address, the one that names its message if possible."""
    named = [html.unescape(script_value(scripts, "msg_link", "link"))]
    named += page.xpath(
        "//meta[@property='og:url']/@content | //link[@rel='canonical']/@href"
    ).getall()
    queries = [parse_qsl(address.partition("?")[2].partition("#")[0]) for address in named]
    for message in (*(_well_formed(dict(query)) for query in queries), _message(scripts)):
        if message.keys() == _MESSAGE.keys():
            return f"https://{HOST}/s?" + "&".join(f"{key}={message[key]}" for key in _MESSAGE)
    short = re.search(rf"https?://{re.escape(HOST)}(/s/[\w-]+)", "\n".join(named), re.ASCII)
    return f"https://{HOST}{short[1]}" if short else None


def _message(scripts: str) -> dict[str, str]:
    """Give what the scripts tell of the message, by the names in its address's query."""
    return _well_formed(
        {key: script_value(scripts, *names) for key, (names, _) in _MESSAGE.items()}
    )


def _well_formed(query: dict[str, str]) -> dict[str, str]:
    return {
        key: query[key]
        for key, (_, form) in _MESSAGE.items()
        if re.fullmatch(form, query.get(key, ""), re.ASCII)
    }


def _no_article(page: Selector, payload: Payload) -> Parsed:
    if not payload.body.strip():
        return ParsedUnparsable(reason="the answer has no content")
    if _CAPTCHA in payload.url:
        return ParsedRefusal(reason=f"{_BLOCKED[0][1]} ({_CAPTCHA})", retryable=True)
    said = one_line(page)
    for pattern, reason in _BLOCKED:
        if match := re.search(pattern, said):
            return ParsedRefusal(reason=f"{reason} ({match[0]})", retryable=True)
    for pattern, reason in _GONE:
        if match := re.search(pattern, said):
            return ParsedRefusal(reason=f"{reason} ({match[0]})", retryable=False)
    title = page_title(page)[:80]
    return ParsedUnparsable(
        reason="no article recognised in a page "
        + (f"titled {title!r}" if title else "without a title")
    )


def _plain(escaped: str) -> str:
    return " ".join(html.unescape(escaped).split())
