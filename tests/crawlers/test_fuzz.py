"""Every parser over documents that were right before they were torn, bent and put together anew.

Bounded and the same each time. What they have found stands as a test of its own, below.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.errors import BriefingError
from config.load import load_settings
from config.source_settings import ListSettings
from crawlers.article import read_article
from crawlers.feed_xml import MOST_ATTRIBUTES, MOST_DEEP, MOST_REFERENCES
from crawlers.feeds import parse_feed
from crawlers.listpage import parse_list
from crawlers.source import ParsedEmpty, ParsedItems, ParsedRefusal, ParsedUnparsable
from crawlers.trending import parse_trending
from crawlers.wechat import parse_wechat_article
from pipeline.demo import CONFIG
from pipeline.identity import identify, mentions
from pipeline.issue_reader import read_issue
from pipeline.normalise import normalise
from pipeline.summary import opening_sentences
from store.models import Payload, SourceName
from tests.builders import an_item
from tests.faults.feeds import FEED, rss

NAME = SourceName("torn")
SETTINGS = load_settings(CONFIG, environment=False)
OUTCOMES = (ParsedItems, ParsedEmpty, ParsedUnparsable, ParsedRefusal)
BOUNDED = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh"><title>源</title>
<link rel="alternate" href="https://www.example.org/"/>
<entry><title type="html">端侧 &amp;lt;b&gt;</title><id>tag:example.org,2026:1</id>
<link href="/1"/><updated>2026-03-01T08:00:00Z</updated><author><name>甲</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>文</p></div></content></entry>
</feed>""".encode()
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="x"><title>t</title></channel>
<item rdf:about="https://www.example.org/1"><title>A</title><link>https://www.example.org/1</link>
<dc:date>2026-03-01</dc:date></item></rdf:RDF>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "t",
        "items": [{"id": 1, "url": "https://www.example.org/1", "content_html": "<p>a</p>"}],
    }
).encode()
TRENDING = b"""<html><head><title>Trending repositories on GitHub today</title></head><body>
<article class="Box-row"><h2><a href="/owner/name">owner / name</a></h2><p>What it is</p>
<span itemprop="programmingLanguage">C++</span><a href="/owner/name/stargazers">1,234</a>
<a href="/owner/name/forks">56</a><span>78 stars today</span></article></body></html>"""
WECHAT = """<html><head><meta property="og:title" content="题"/></head><body class="rich_media">
<h1 id="activity-name">题</h1><a id="js_name">号</a><div id="js_content"><p>正文</p>
<a href="https://github.com/o/r">x</a></div><script>var ct = "1581418070";
var biz = "" || "MzI2MzEwNTY3OQ=="; var mid = "2247484727"; var idx = "1";
var sn = "0123456789abcdef0123"; var msg_title = '甲 \\x26amp; 乙'.html(false);
window.cgiDataNew = { title: JsDecode('a'), mid: '1' * 1 };</script></body></html>""".encode()
LIST = """<html><head><title>列表</title><base href="/b/"></head><body><ul>
<li><a href="/1">题一</a><time datetime="2026-03-01T08:00">3月1日</time><p>说</p></li>
<li><a href="2?x=%zz">题二</a><time>2026-02-28</time></li></ul></body></html>""".encode()
ISSUE = """---
layout: default
title: 嵌入式AI简报 (2026-03-01)
---
# 嵌入式AI简报 (2026-03-01)

**导读**：本次内容。

## 论文

- [ICLR | 题目：副题](https://arxiv.org/abs/1812.00332)
  摘要：一句。[[代码]](https://github.com/o/r)
  - [更多](https://www.example.org/1)

## 开源项目
- [owner/name](https://github.com/owner/name)

| 往期 | 日期 |
|---|---|
| a | b |
"""
FRAGMENTS = (
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"&#xD800;",
    b"&#0;",
    b"&nbsp;",
    b"\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"<width/>",
    b"<textinput>",
    b"<image>",
    b"xmlns:a='b'",
    b"xml:base='http://[::1'",
    b"https://[::1",
    b"http://a\xc2\xb2.example:99999/",
    b"9999-12-31T23:59:59-14:00",
    b"0000-00-00",
    b"1" * 5000,
    b"<script>var ct = '\\u{110000}\\ud800';</script>",
    b"<svg><title>",
    b"<table><tr><td>",
    b"](",
    b"\n- \n  - ",
    "\u202e\u2028\ufeff".encode(),
)


@st.composite
def torn(draw: st.DrawFn, *seeds: bytes) -> bytes:
    """One of the documents after some accidents: flips, cuts, repeats, splices, odd fragments."""
    document = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 6))):
        at, to = sorted(draw(st.tuples(*[st.integers(0, len(document))] * 2)))
        accident = draw(st.sampled_from(["flip", "cut", "repeat", "splice", "fragment", "end"]))
        if accident == "flip" and at < len(document):
            flipped = document[at] ^ draw(st.integers(1, 255))
            document = document[:at] + bytes([flipped]) + document[at + 1 :]
        elif accident == "cut":
            document = document[:at] + document[to:]
        elif accident == "repeat":
            document = document[:at] + document[at:to] * draw(st.integers(2, 20)) + document[to:]
        elif accident == "splice":
            other = draw(st.sampled_from(seeds))
            document = document[:at] + other[at % (len(other) + 1) :] + document[to:]
        elif accident == "fragment":
            document = document[:at] + draw(st.sampled_from(FRAGMENTS)) + document[at:]
        else:
            document = document[:at]
        document = document[:60_000]
    return document


def payload(body: bytes, url: str = "https://www.example.org/feed", **more: Any) -> Payload:
    return Payload(url=url, body=body, fetched_at=datetime(2026, 3, 2, tzinfo=UTC), **more)


def listed(page: Payload) -> object:
    how = ListSettings(
        name="list",
        kind="list",
        url="https://www.example.org/",
        item="li",
        date="time",
        date_format="%m月%d日",
    )
    return parse_list(page, how, ZoneInfo("Asia/Shanghai"))


PARSERS: dict[str, tuple[Callable[[Payload], object], tuple[bytes, ...]]] = {
    "feed": (lambda page: parse_feed(page, source=NAME), (FEED, ATOM, RDF, JSON)),
    "trending": (lambda page: parse_trending(page, source=NAME, period="daily"), (TRENDING,)),
    "wechat": (lambda page: parse_wechat_article(page, source=NAME), (WECHAT,)),
    "list": (listed, (LIST, TRENDING)),
}


@pytest.mark.parametrize("kind", PARSERS)
def test_a_parser_takes_any_bytes_for_one_of_its_outcomes(kind: str) -> None:
    parse, seeds = PARSERS[kind]
    assert isinstance(parse(payload(seeds[0])), ParsedItems)
    types = st.sampled_from([None, "text/html; charset=utf-8", "text/xml; charset=hex", "\udcff"])

    @BOUNDED
    @given(torn(*seeds), types)
    def takes(body: bytes, content_type: str | None) -> None:
        parsed = parse(payload(body, content_type=content_type))
        assert isinstance(parsed, OUTCOMES)
        for item in parsed.items if isinstance(parsed, ParsedItems) else ():
            normalise(item)

    takes()


@BOUNDED
@given(torn(WECHAT, LIST))
def test_an_article_never_takes_from_its_item(body: bytes) -> None:
    item = an_item(text="早先的话")
    read = read_article(item, payload(body, item.url))
    assert (read.title, read.external_id) == (item.title, item.external_id)
    assert len(read.text) >= len(item.text)


@BOUNDED
@given(torn(ISSUE.encode()))
def test_a_past_issue_is_read_or_refused_in_words(body: bytes) -> None:
    text = body.decode("utf-8", "replace")
    with contextlib.suppress(BriefingError):
        read_issue(text, name="2026-03-01.md", newsletter=SETTINGS.newsletter)


ADDRESSES = (
    b"https://arxiv.org/abs/1812.00332v2",
    b"https://doi.org/10.1145/3297858.3304072",
    b"https://github.com/owner/name/tree/main?x=1#readme",
    b"git@github.com:owner/name.git",
    b"https://mp.weixin.qq.com/s?__biz=MzI2MzEwNTY3OQ==&mid=2247484727&idx=1&sn=0123456789abcdef",
    b"https://www.google.com/url?q=https%3A%2F%2Fwww.example.org%2F%3Fa%3Db&sa=D",
    b"https://web.archive.org/web/2020/http://example.org/a/../b",
    b"https://user:word@xn--fiqs8s.example:8080/%E4%B8%AD/?utm_source=x&b=2&a=1",
)


@BOUNDED
@given(torn(*ADDRESSES))
def test_an_address_has_an_identity_that_stays(body: bytes) -> None:
    address = body.decode("utf-8", "surrogateescape")
    identity = identify(address)
    assert identity.keys
    assert identify(identity.canonical).canonical == identity.canonical
    identity.canonical.encode("utf-8")
    mentions(address, [address])


@pytest.mark.parametrize(
    "head",
    [
        "<category " + " ".join(f'a{n}=">"' for n in range(MOST_ATTRIBUTES + 1)) + "/>",
        "<a " + " ".join(f'xmlns:p{n}="x"' for n in range(MOST_ATTRIBUTES + 1)) + "/>",
        "".join(f"<p{n}:a/>" for n in range(MOST_ATTRIBUTES + 1)),
    ],
    ids=["attributes", "namespaces", "prefixes that nobody declared"],
)
def test_an_element_with_too_many_attributes_is_left_unread(head: str) -> None:
    """feedparser looks through all attributes of an element for each of them."""
    parsed = parse_feed(payload(rss(head=head)), source=NAME)
    assert parsed == ParsedUnparsable(
        reason="the answer has more than 1,000 attributes in one element"
    )


@pytest.mark.parametrize(
    ("head", "what"),
    [
        ("<a>" * MOST_DEEP + "</a>" * MOST_DEEP, "1,000 elements within each other"),
        ("<description>" + "& " * (MOST_REFERENCES + 1) + "</description>", "300,000 references"),
    ],
)
def test_a_feed_that_is_too_much_to_read_is_left_unread(head: str, what: str) -> None:
    """feedparser took 6 and 16 seconds for such feeds of 400 kB and 2 MB."""
    parsed = parse_feed(payload(rss(head=head)), source=NAME)
    assert parsed == ParsedUnparsable(reason=f"the answer has more than {what}")


def test_a_long_title_is_cut_where_items_are_compared_and_kept_where_they_are_stored() -> None:
    item = an_item(title="端侧 " * 300_000)
    candidate = normalise(item)
    assert len(candidate.title) <= 1000
    assert candidate.title.endswith("端侧…")
    assert candidate.item.title == item.title


def test_lines_of_a_letter_each_are_one_sentence() -> None:
    """Each was held against all before it, which took minutes for a text of 6,000 characters."""
    [found] = opening_sentences("a\n" * 3000, max_chars=20)
    assert found.startswith("a a a")
