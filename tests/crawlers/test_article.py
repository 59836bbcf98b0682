"""Items completed from their own pages, and items made of any page."""

import logging
import socket
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.article import page_item, read_article
from crawlers.source import ParsedItems, ParsedRefusal, ParsedUnparsable
from store.models import Kind, Payload, RawItem, SourceName

NOW = datetime(2026, 3, 1, tzinfo=UTC)
URL = "https://deep.example/news/12"
ANNOUNCED = RawItem(
    source=SourceName("深度社"), external_id="guid-12", url=URL, title="手机上的大模型"
)
PARAGRAPH = (
    "<p>这一段说明一个压缩过的模型怎样在手机上运行，以及它为什么不需要把数据送到云端去。</p>"
)
PAGE = f"""<!DOCTYPE html><html lang="zh-CN"><head>
<title>手机上的大模型 - 深度社</title>
<meta property="og:title" content="手机上的大模型">
<meta property="og:description" content="一个压缩过的模型">
<meta property="og:site_name" content="深度社">
<meta name="author" content="小林">
<meta property="article:published_time" content="2026-02-27T09:30:00+08:00">
</head><body><nav><a href="https://deep.example/about">关于我们</a></nav>
<article><h1>手机上的大模型</h1>{PARAGRAPH * 5}
<p>代码在<a href="https://github.com/mei/tiny-net">仓库</a>里，评测见<a href="/news/11">前文</a>，
它比旧的模型小得多，也快得多，这里还有更多的说明。</p>{PARAGRAPH}</article>
<footer>版权所有 2019</footer></body></html>"""


def payload(html: str | bytes, url: str = URL, content_type: str | None = None) -> Payload:
    body = html.encode() if isinstance(html, str) else html
    return Payload(url=url, body=body, fetched_at=NOW, content_type=content_type)


def made(html: str | bytes, **of: str) -> RawItem:
    parsed = page_item(payload(html, **of), source=SourceName("手工"), url=URL)
    assert isinstance(parsed, ParsedItems), parsed
    (item,) = parsed.items
    return item


def test_an_item_gets_what_it_lacks_from_its_page():
    item = read_article(ANNOUNCED, payload(PAGE))
    assert "怎样在手机上运行" in item.text
    assert "代码在仓库里" in item.text
    assert "关于我们" not in item.text
    assert item == replace(
        ANNOUNCED,
        text=item.text,
        summary="一个压缩过的模型",
        published=datetime(2026, 2, 27, tzinfo=UTC),
        authors=("小林",),
        publisher="深度社",
        language="zh-CN",
        links=("https://github.com/mei/tiny-net", "https://deep.example/news/11"),
    )


def test_what_an_item_has_stays():
    known = replace(
        ANNOUNCED,
        summary="摘要",
        text="很长的正文" * 999,
        published=datetime(2026, 2, 26, 1, 30, tzinfo=UTC),
        authors=("大林",),
        publisher="别处",
        language="zh",
        links=("https://arxiv.org/abs/1812.00332", "https://github.com/mei/tiny-net"),
    )
    completed = read_article(known, payload(PAGE))
    assert completed == replace(known, links=(*known.links, "https://deep.example/news/11"))


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe\x00", b"%PDF-1.7 \x00\x01", b"{}", b"<html><title>404</title></html>"]
)
def test_an_unreadable_page_leaves_the_item_as_it_is(body):
    assert read_article(ANNOUNCED, payload(body)) == ANNOUNCED


def test_the_charset_of_the_header_counts():
    item = made(PAGE.encode("gbk"), content_type="text/html; charset=gbk")
    assert item.title == "手机上的大模型"
    assert "怎样在手机上运行" in item.text


WECHAT = """<html><head><meta property="og:url"
 content="http://mp.weixin.qq.com/s?__biz=MzA0MTIzNDU2Nw==&amp;mid=2650000001&amp;idx=1&amp;sn=0123456789abcdef0123456789abcdef#rd">
</head><body><h1 id="activity-name" class="rich_media_title">把模型装进手机</h1><a id="js_name">端侧笔记</a>
<div id="js_content"><p>正文，见 <a href="https://arxiv.org/abs/1812.00332">论文</a></p></div>
<script>var ct = "1522968980";</script></body></html>"""
SEARCHED = "https://mp.weixin.qq.com/s?src=11&timestamp=1522900000&ver=797&signature=abc"
LASTING = (
    "https://mp.weixin.qq.com/s?__biz=MzA0MTIzNDU2Nw==&mid=2650000001&idx=1"
    "&sn=0123456789abcdef0123456789abcdef"
)


def test_a_wechat_page_gives_the_lasting_address_and_the_account():
    found = RawItem(
        source=SourceName("搜索"),
        external_id="42",
        url=SEARCHED,
        title="把模型装进手机！",
        publisher="搜索",
        expiring=True,
    )
    assert read_article(found, payload(WECHAT, SEARCHED)) == replace(
        found,
        url=LASTING,
        expiring=False,
        kind=Kind.ARTICLE,
        publisher="端侧笔记",
        text="正文，见 论文",
        published=datetime(2018, 4, 5, 22, 56, 20, tzinfo=UTC),
        links=("https://arxiv.org/abs/1812.00332",),
    )


def test_an_address_that_lasts_is_not_replaced():
    short = "https://mp.weixin.qq.com/s/Ab_c-123"
    found = RawItem(source=SourceName("读者"), external_id="1", url=short, title="x")
    assert read_article(found, payload(WECHAT, short)).url == short


def test_a_deleted_wechat_article_leaves_the_item_as_it_is():
    deleted = payload("<h2>该内容已被发布者删除</h2>", SEARCHED)
    assert read_article(ANNOUNCED, deleted) == ANNOUNCED
    assert isinstance(page_item(deleted, source=SourceName("手工"), url=SEARCHED), ParsedRefusal)


def test_a_page_handed_in_becomes_an_item():
    item = made(PAGE)
    assert (item.source, item.external_id, item.url) == ("手工", URL, URL)
    assert (item.title, item.summary, item.publisher) == (
        "手机上的大模型",
        "一个压缩过的模型",
        "深度社",
    )
    assert item.kind is None


def test_a_wechat_article_handed_in_gets_its_lasting_address():
    assert made(WECHAT, url=SEARCHED).url == LASTING


def test_the_title_element_is_enough():
    item = made("<html><head><title> Tiny \n Net &amp; friends</title></head><body></body></html>")
    assert (item.title, item.text, item.publisher) == ("Tiny Net & friends", "", None)


def test_a_page_without_a_title_is_unparsable():
    parsed = page_item(payload("<p>x</p>"), source=SourceName("手工"), url=URL)
    assert parsed == ParsedUnparsable(reason="the page has no title")


def test_a_year_on_the_page_is_no_date_of_the_article():
    html = f"<html><head><title>x</title></head><body>{PARAGRAPH * 3}<p>版权所有 2019</p>"
    assert "2019" in made(html).text
    assert made(html).published is None


def test_a_huge_page_is_read_in_part():
    huge = f"<html><head><title>{'长' * 9999}</title></head><body><article>{PARAGRAPH * 60_000}"
    item = made(huge)
    assert len(item.title) == 300
    assert 0 < len(item.text) < len(huge) / 2


@settings(max_examples=50, deadline=None)
@given(
    st.binary()
    | st.lists(
        st.sampled_from(
            ["<article>", "<p>", PARAGRAPH, "</p>", "<table><tr><td>", "<ul><li>", "<title>", "\0",
             '<a href="http://[">', "<meta charset=hex>", "<time datetime='2026-99-99'>", "&#55296;",
             "<!--", "<body>", "<div id=js_content class=rich_media>"]
        )
    ).map(lambda parts: "".join(parts).encode())
)  # fmt: skip
def test_no_bytes_make_it_raise(body):
    read_article(ANNOUNCED, payload(body))
    page_item(payload(body), source=SourceName("手工"), url=URL)


def test_a_page_that_breaks_trafilatura_still_tells_its_title(monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise AssertionError("no parent")

    monkeypatch.setattr("crawlers.article.trafilatura.bare_extraction", broken)
    assert read_article(ANNOUNCED, payload(PAGE)) == ANNOUNCED
    assert made(PAGE).title == "手机上的大模型"
    assert f"trafilatura failed on {URL}: AssertionError('no parent')" in caplog.text


def test_nothing_is_logged_and_nothing_is_fetched(caplog, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with caplog.at_level(logging.DEBUG):
        read_article(ANNOUNCED, payload(PAGE))
        read_article(ANNOUNCED, payload(b""))
    assert caplog.text == ""
