"""Feeds as they should be, and as they are."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import FeedSettings, WechatSettings
from crawlers.feeds import FeedSource, parse_feed
from crawlers.source import Parsed, ParsedEmpty, ParsedItems, ParsedUnparsable
from store.models import Kind, PaperFacts, Payload, RawItem, SourceName

NAME = SourceName("端侧速递")
SEEN = datetime(2026, 3, 2, 19, 30, tzinfo=UTC)
NAMESPACES = (
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def rss(items: str, *, channel: str = "", declaration: str = "") -> str:
    return (
        f'{declaration}<rss version="2.0"{NAMESPACES}><channel>'
        f"<title>端侧速递</title><link>https://site.example/</link>{channel}{items}</channel></rss>"
    )


def item(inner: str = "", *, title: str = "标题", link: str = "https://site.example/1") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{inner}</item>"


def atom(entries: str, attributes: str = "") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"{attributes}><title>t</title>{entries}</feed>'


def parse(
    feed: str | bytes,
    content_type: str | None = None,
    url: str = "https://feeds.example/all.xml",
    **more: Any,
) -> Parsed:
    body = feed if isinstance(feed, bytes) else feed.encode()
    payload = Payload(url=url, body=body, fetched_at=SEEN, content_type=content_type)
    return parse_feed(payload, source=NAME, **more)


def items_of(feed: str | bytes, *args: Any, **more: Any) -> tuple[RawItem, ...]:
    parsed = parse(feed, *args, **more)
    assert isinstance(parsed, ParsedItems), parsed
    return parsed.items


def only(feed: str | bytes, *args: Any, **more: Any) -> RawItem:
    (one,) = items_of(feed, *args, **more)
    return one


# What a feed says


def test_rss() -> None:
    feed = rss(
        """<item>
          <title><![CDATA[手机上的 4 比特推理]]></title>
          <link>https://site.example/4bit</link>
          <guid isPermaLink="false">post-17</guid>
          <pubDate>Wed, 17 Jun 2026 08:30:05 +0800</pubDate>
          <author>desk@example.com (李雷)</author>
          <category>量化</category>
          <enclosure url="https://site.example/17.mp3" length="1" type="audio/mpeg"/>
          <description>&lt;p&gt;一句话介绍。&lt;/p&gt;</description>
          <content:encoded><![CDATA[<p>第一段，<a href="/code">代码</a>。</p><p>第二段。</p>]]></content:encoded>
        </item>""",
        channel="<language>zh-cn</language>",
    )
    assert only(feed, publisher="端侧速递", section="文章") == RawItem(
        source=NAME,
        external_id="post-17",
        url="https://site.example/4bit",
        title="手机上的 4 比特推理",
        summary="一句话介绍。",
        text="第一段，代码。\n第二段。",
        published=datetime(2026, 6, 17, 0, 30, 5, tzinfo=UTC),
        authors=("李雷",),
        publisher="端侧速递",
        language="zh-cn",
        links=("https://site.example/code",),
        section="文章",
    )


def test_atom() -> None:
    feed = atom(
        """<entry>
          <id>tag:blog.example,2026:7</id>
          <title type="html">Pruning &amp;lt;50% of &lt;em&gt;BERT&lt;/em&gt;</title>
          <link rel="enclosure" href="https://blog.example/a.mp3"/>
          <link rel="alternate" href="https://blog.example/pruning"/>
          <published>2026-02-01T10:00:00Z</published><updated>2026-02-03T10:00:00+01:00</updated>
          <author><name>A. Author</name></author><author><name>B. Author</name></author>
          <summary>Short.</summary>
          <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
            <p>Long.</p><p>See <a href="https://github.com/a/b">the code</a>.</p></div></content>
        </entry>""",
        ' xml:lang="en-GB"',
    )
    assert only(feed) == RawItem(
        source=NAME,
        external_id="tag:blog.example,2026:7",
        url="https://blog.example/pruning",
        title="Pruning <50% of BERT",
        summary="Short.",
        text="Long.\nSee the code.",
        published=datetime(2026, 2, 1, 10, tzinfo=UTC),
        updated=datetime(2026, 2, 3, 9, tzinfo=UTC),
        authors=("A. Author", "B. Author"),
        language="en-GB",
        links=("https://github.com/a/b",),
    )


def test_rdf() -> None:
    feed = """<?xml version="1.0"?>
    <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
             xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
      <channel rdf:about="https://a.example/"><title>A</title><link>https://a.example/</link></channel>
      <item rdf:about="https://a.example/1"><title>One</title><link>https://a.example/1</link>
        <description>First.</description><dc:date>2026-01-05T12:00:00+09:00</dc:date></item>
    </rdf:RDF>"""
    found = only(feed)
    assert (found.title, found.url, found.summary) == ("One", "https://a.example/1", "First.")
    assert found.external_id == "https://a.example/1"
    assert found.published == datetime(2026, 1, 5, 3, tzinfo=UTC)


def test_rss_of_the_first_days() -> None:
    feed = """<?xml version="1.0"?>
    <!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
      "http://my.netscape.com/publish/formats/rss-0.91.dtd">
    <rss version="0.91"><channel><title>Old</title><link>http://old.example/</link>
    <item><title>News</title><link>http://old.example/1</link></item></channel></rss>"""
    assert only(feed).title == "News"


def test_json_feed() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Edge notes",
        "home_page_url": "https://edge.example/",
        "language": "en",
        "items": [
            {
                "id": 42,
                "url": "/notes/42",
                "title": "INT4 & you",
                "summary": "Two lines.",
                "content_html": "<p>All of it, <a href='/x'>here</a>.</p>",
                "date_published": "2026-02-01T10:00:00+08:00",
                "authors": [{"name": "Ann"}],
            },
            {"id": "43", "content_text": "A note < a title.\nSecond line."},
            {"id": "44", "title": {"not": "text"}},
            "not an item",
        ],
    }
    parsed = parse(json.dumps(feed), "application/feed+json")
    assert isinstance(parsed, ParsedItems)
    assert parsed.warnings == ("2 broken items left out",)
    first, second = parsed.items
    assert first == RawItem(
        source=NAME,
        external_id="42",
        url="https://edge.example/notes/42",
        title="INT4 & you",
        summary="Two lines.",
        text="All of it, here.",
        published=datetime(2026, 2, 1, 2, tzinfo=UTC),
        authors=("Ann",),
        language="en",
        links=("https://edge.example/x",),
    )
    assert (second.title, second.text) == ("A note < a title.", "A note < a title.\nSecond line.")


def test_arxiv_announcements() -> None:
    feed = """<?xml version='1.0' encoding='UTF-8'?>
    <rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">
    <channel><title>cs.LG updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.LG</link>
    <language>en-us</language>
    <item><title>Four Bits Are Enough</title><link>https://arxiv.org/abs/2603.01234</link>
      <description>arXiv:2603.01234v2 Announce Type: replace-cross
Abstract: We quantize weights
and activations.</description>
      <guid isPermaLink="false">oai:arXiv.org:2603.01234v2</guid>
      <category>cs.CV</category><category>cs.LG</category>
      <pubDate>Mon, 02 Mar 2026 00:00:00 -0500</pubDate>
      <arxiv:announce_type>replace-cross</arxiv:announce_type>
      <dc:creator>Ann Author, Bo B. Author</dc:creator></item>
    <item><title>An Old One</title><link>https://arxiv.org/abs/cs/0112017</link>
      <description>arXiv:cs/0112017v1 Announce Type: new
Abstract: Old.</description>
      <guid isPermaLink="false">oai:arXiv.org:cs/0112017v1</guid></item>
    </channel></rss>"""
    new, old = items_of(feed)
    assert new.kind is Kind.PAPER
    assert new.paper == PaperFacts(arxiv_id="2603.01234", version=2, categories=("cs.CV", "cs.LG"))
    assert new.external_id == "oai:arXiv.org:2603.01234v2"
    assert new.summary == "We quantize weights and activations."
    assert new.authors == ("Ann Author", "Bo B. Author")
    assert new.published == datetime(2026, 3, 2, 5, tzinfo=UTC)
    assert old.paper == PaperFacts(arxiv_id="cs/0112017", version=1)


# Charsets

CHINESE = rss(item(title="量化感知训练，一文读懂"))


@pytest.mark.parametrize("charset", ["gbk", "gb2312", "gb18030", "big5", "utf-8", "utf-16"])
@pytest.mark.parametrize("said_by", ["declaration", "header"])
def test_charsets_that_are_said(charset: str, said_by: str) -> None:
    title = "量化感知訓練" if charset == "big5" else "量化感知训练，一文读懂"
    declaration = f'<?xml version="1.0" encoding="{charset}"?>' if said_by == "declaration" else ""
    feed = rss(item(title=title), declaration=declaration).replace("速递", "")
    header = f"text/xml; charset={charset}" if said_by == "header" else None
    assert only(feed.encode(charset, "xmlcharrefreplace"), header).title == title


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (CHINESE.encode("gb18030"), None),
        (CHINESE.encode("gb18030"), "text/xml"),
        (CHINESE.encode("gb18030"), "text/xml; charset=utf-8"),
        (CHINESE.encode("gb18030"), "text/xml; charset=ISO-8859-1"),
        (b'<?xml version="1.0" encoding="UTF-8"?>' + CHINESE.encode("gb18030"), None),
        (CHINESE.encode(), "text/xml; charset=ISO-8859-1"),
        (CHINESE.encode(), "text/xml; charset=gb2312"),
        (b'<?xml version="1.0" encoding="gbk"?>' + CHINESE.encode(), None),
        (b'<?xml version="1.0" encoding="unicode_escape"?>' + CHINESE.encode(), None),
        (CHINESE.encode(), "text/xml; charset=nonsense"),
        (b"\xef\xbb\xbf" + CHINESE.encode(), "text/xml; charset=gbk"),
        (CHINESE.encode("utf-16-le"), None),
        (CHINESE.encode("utf-16-be"), None),
    ],
)
def test_charsets_that_are_not_said_or_wrongly(body: bytes, header: str | None) -> None:
    assert only(body, header).title == "量化感知训练，一文读懂"


@pytest.mark.parametrize(
    ("title", "charset", "header"),
    [
        ("Café à la façon de señor Ångström", "latin-1", None),
        ("Café à la façon de señor Ångström", "latin-1", "text/xml; charset=ISO-8859-1"),
        ("Café à la façon de señor Ångström", "utf-8", None),
        ("Привет, мир", "utf-8", None),
        ("Привет, мир", "koi8-r", "text/xml; charset=koi8-r"),
        ("日本語のテスト", "shift_jis", "text/xml; charset=Shift_JIS"),
        ("联通", "gbk", "text/xml; charset=gbk"),
    ],
)
def test_other_charsets(title: str, charset: str, header: str | None) -> None:
    feed = rss(item(title=title)).replace("端侧速递", "t")
    assert only(feed.encode(charset), header).title == title


def test_one_broken_character_does_not_change_the_charset() -> None:
    for charset in ("utf-8", "gb18030"):
        broken = CHINESE.encode(charset).replace(b"</title>", b"\xff</title>")
        assert only(broken).title == "量化感知训练，一文读懂\ufffd"


# XML as it is


@pytest.mark.parametrize(
    "before",
    [
        "\n\n  ",
        "\ufeff\r\n",
        "<!-- <rss> to come -->",
        "\0",
        "Warning: no cache\n<?xml version='1.0'?>",
    ],
)
@pytest.mark.parametrize(
    "after", ["", "\n\n", "\0\0", "<script>count()</script>", "garbage & more"]
)
def test_what_stands_around_a_feed(before: str, after: str) -> None:
    assert only(before + rss(item()) + after).title == "标题"


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("one &nbsp;&mdash;&hellip; two", "one —… two"),
        ("AT&T & friends", "AT&T & friends"),
        ("control \x0b\x1f\0 characters", "control characters"),
        ("bad &#0;&#11;&#xFFFF;&#99999999; numbers", "bad numbers"),
        ("half &#xD83D; emoji &#55357;&#56832;", "half emoji 😀"),
        ("Q&amp;amp;amp;A", "Q&A"),
        ("&lt;b&gt;bold&lt;/b&gt; <![CDATA[& <i>more</i>]]>", "bold & more"),
        ("one<br>two", "one two"),
    ],
)
def test_titles_as_they_are_written(title: str, read: str) -> None:
    assert only(rss(item(title=title))).title == read


def test_markup_that_was_not_escaped() -> None:
    broken = item("<description><p>First<br>line<p>second</description>")
    parsed = parse(rss(broken + item(title="次", link="https://site.example/2")))
    assert isinstance(parsed, ParsedItems)
    assert [found.title for found in parsed.items] == ["标题", "次"]
    assert parsed.items[0].summary == "First\nline\nsecond"
    assert parsed.warnings[0].startswith("the feed is no well-formed XML (mismatched tag: line 1")


def test_a_namespace_that_was_forgotten() -> None:
    feed = rss(item("<content:encoded>&lt;p&gt;All.&lt;/p&gt;</content:encoded>"))
    assert only(feed.replace(NAMESPACES, "")).text == "All."


def test_links_in_cdata_keep_their_query() -> None:
    feed = rss(item("&nbsp;", link="<![CDATA[ https://site.example/?a=1&b=2 ]]>"))
    assert only(feed).url == "https://site.example/?a=1&b=2"


def test_a_feed_that_was_cut_off_gives_its_whole_items() -> None:
    whole = rss(item() + item("<guid>2</guid>", title="次", link="https://site.example/2"))
    for end in (len(whole) - 3, len(whole) - 20, whole.index("<guid>2") + 3):
        parsed = parse(whole[:end])
        assert isinstance(parsed, ParsedItems)
        assert parsed.items[0].title == "标题"
        assert parsed.items[-1].url in {"https://site.example/1", "https://site.example/2"}
        assert parsed.warnings == ("the feed is cut off; read up to its last whole item",)


def test_entities_are_neither_expanded_nor_fetched() -> None:
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    feed = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{bomb}'
        '<!ENTITY file SYSTEM "file:///etc/passwd"><!ENTITY web SYSTEM "http://127.0.0.1:9/x">]>'
        + rss(item(title="&l11; &file; &web; end"))
    )
    assert only(feed).title == "&l11; &file; &web; end"


# Dates


@pytest.mark.parametrize(
    ("written", "language", "read"),
    [
        ("Wed, 17 Jun 2026 08:30:05 +0800", "", datetime(2026, 6, 17, 0, 30, 5, tzinfo=UTC)),
        ("Wed, 17 Jun 2026 08:30:05 GMT", "", datetime(2026, 6, 17, 8, 30, 5, tzinfo=UTC)),
        ("2026-06-17T08:30:05+08:00", "", datetime(2026, 6, 17, 0, 30, 5, tzinfo=UTC)),
        ("2026-06-17 08:30:05", "", datetime(2026, 6, 17, 8, 30, 5, tzinfo=UTC)),
        ("Wed, 17 Jun 2026 08:30:05", "zh-CN", datetime(2026, 6, 17, 8, 30, 5, tzinfo=UTC)),
        ("Wed, 17 Jun 2026 08:30:05 CST", "zh-CN", datetime(2026, 6, 17, 0, 30, 5, tzinfo=UTC)),
        ("Wed Jun 17 08:30:05 CST 2026", "zh", datetime(2026, 6, 17, 0, 30, 5, tzinfo=UTC)),
        ("Wed, 17 Jun 2026 08:30:05 CST", "en", datetime(2026, 6, 17, 14, 30, 5, tzinfo=UTC)),
        ("2026-06-17", "", datetime(2026, 6, 17, tzinfo=UTC)),
        ("last Tuesday", "", None),
        ("Wed, 45 Jun 2026 08:30:05 GMT", "", None),
        ("0000-00-00T00:00:00Z", "", None),
        ("1970-01-01T00:00:00Z", "", None),
        ("9999-12-31T23:59:59-12:00", "", None),
        ("", "", None),
    ],
)
def test_dates(written: str, language: str, read: datetime | None) -> None:
    feed = rss(item(f"<pubDate>{written}</pubDate>"), channel=f"<language>{language}</language>")
    assert only(feed).published == read


def test_no_date() -> None:
    found = only(rss(item()))
    assert (found.published, found.updated) == (None, None)


def test_the_configuration_knows_the_language_better() -> None:
    feed = rss(
        item("<pubDate>Wed, 17 Jun 2026 08:30:05 CST</pubDate>"),
        channel="<language>en-us</language>",
    )
    found = only(feed, language="zh")
    assert found.language == "zh"
    assert found.published == datetime(2026, 6, 17, 0, 30, 5, tzinfo=UTC)


def test_an_entry_that_was_only_updated_counts_as_published_then() -> None:
    entry = "<entry><id>1</id><title>t</title><updated>2026-02-03T10:00:00Z</updated></entry>"
    found = only(atom(entry))
    assert found.published == found.updated == datetime(2026, 2, 3, 10, tzinfo=UTC)


# Links and ids


def test_relative_links() -> None:
    link = (
        '<item><title>t</title><link>{}</link><description>&lt;a href="x"&gt;</description></item>'
    )
    in_rss = only(rss(link.format("/news/1")))
    assert in_rss.url == "https://site.example/news/1"
    assert in_rss.links == ("https://site.example/news/x",)

    no_site = rss(link.format("1")).replace("https://site.example/", "")
    assert only(no_site).url == "https://feeds.example/1"

    entry = '<entry><id>1</id><title>t</title><link href="1"/></entry>'
    assert (
        only(atom('<link href="https://site.example/"/>' + entry)).url == "https://feeds.example/1"
    )
    based = atom(entry, ' xml:base="https://base.example/dir/"')
    assert only(based).url == "https://base.example/dir/1"


@pytest.mark.parametrize(
    ("guid", "url"),
    [
        ("<guid>https://site.example/7</guid>", "https://site.example/7"),
        ('<guid isPermaLink="true">https://site.example/7</guid>', "https://site.example/7"),
        ('<guid isPermaLink="false">https://site.example/7</guid>', ""),
        ("<guid>post-7</guid>", ""),
        ("", ""),
    ],
)
def test_items_without_a_link(guid: str, url: str) -> None:
    found = only(rss(f"<item><title>t</title>{guid}</item>"))
    assert found.url == url
    assert found.external_id


@pytest.mark.parametrize("link", ["javascript:void(0)", "mailto:a@b.example", "http://[x", " "])
def test_links_that_lead_nowhere(link: str) -> None:
    assert only(rss(item("<guid isPermaLink='false'>7</guid>", link=link))).url == ""


def test_one_guid_for_different_items() -> None:
    same = "<guid isPermaLink='false'>always</guid>"
    one, two = (item(same, title=str(n), link=f"https://site.example/{n}") for n in (1, 2))
    assert [found.external_id for found in items_of(rss(one + two))] == [
        "always https://site.example/1",
        "always https://site.example/2",
    ]
    three = item(same, title="3", link="https://site.example/3")
    before = {found.external_id for found in items_of(rss(one + two))}
    after = {found.external_id for found in items_of(rss(three + one + two))}
    assert before < after, "a new item leaves the others' ids as they were"


def test_the_same_item_twice() -> None:
    again = item("<guid>https://site.example/1</guid>", title="first")
    later = again.replace("first", "second")
    found = items_of(rss(again + again + later))
    assert [one.title for one in found] == ["first", "first"]
    assert found[0] == found[1]


def test_one_link_for_different_items() -> None:
    one, two = item(title="one"), item(title="two")
    found = items_of(rss(one + two + one))
    assert [found.title for found in found] == ["one", "two", "one"]
    assert len({found.external_id for found in found}) == 2


# Titles and texts


def test_an_item_without_a_title_is_called_by_its_beginning() -> None:
    words = "量化" * 50
    short = "<item><description>&lt;p&gt;一句话。&lt;/p&gt;&lt;p&gt;更多。&lt;/p&gt;</description></item>"
    long = f"<item><title> </title><description>{words}</description></item>"
    first, second = items_of(rss(short + long))
    assert first.title == "一句话。"
    assert second.title == "量化" * 30 + "…"
    assert second.summary == words


def test_items_without_a_title_and_a_text_are_left_out() -> None:
    parsed = parse(rss(item() + "<item><link>https://site.example/2</link></item>" * 2))
    assert isinstance(parsed, ParsedItems)
    assert len(parsed.items) == 1
    assert parsed.warnings == ("2 items without a title and a text left out",)


def test_a_text_that_repeats_the_title_says_nothing() -> None:
    feed = rss(
        item("<description>一句话</description><content:encoded><![CDATA[标题]]></content:encoded>")
    )
    found = only(feed)
    assert (found.summary, found.text) == ("一句话", "")


def test_content_alone_is_no_summary() -> None:
    found = only(rss(item("<content:encoded>All of it.</content:encoded>")))
    assert (found.summary, found.text) == ("", "All of it.")


@pytest.mark.parametrize("content_first", [True, False])
def test_summary_and_content_in_any_order(content_first: bool) -> None:
    parts = ["<content:encoded>All.</content:encoded>", "<description>Short.</description>"]
    found = only(rss(item("".join(parts if content_first else reversed(parts)))))
    assert (found.summary, found.text) == ("Short.", "All.")


# What is no feed


@pytest.mark.parametrize(
    "feed",
    [
        rss(""),
        '<rss version="2.0"/>',
        atom(""),
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
        '{"version": "https://jsonfeed.org/version/1", "title": "t", "items": []}',
    ],
)
def test_a_feed_without_items(feed: str) -> None:
    assert parse(feed) == ParsedEmpty(reason="the feed has no items")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("", "the answer is empty"),
        (" \n\0", "the answer is empty"),
        ("Service unavailable", "the answer is neither XML nor JSON"),
        ('{"error": 1}', "the answer is JSON, but no JSON Feed"),
        ("{" * 5000, "the answer is JSON, but no JSON Feed"),
        (
            '{"version": "https://jsonfeed.org/version/1", "items": [1]}',
            "1 broken items left out",
        ),
        ("<urlset><url/></urlset>", "the answer is no feed; its root element is <urlset>"),
        ("<html><title>Not found</title>", "the answer is a page titled 'Not found', no feed"),
        (
            '<!DOCTYPE html><html><link rel="alternate" type="application/rss+xml" href="/rss">',
            "the answer is a page, no feed; it names https://feeds.example/rss as its feed",
        ),
        (
            rss("<item><link>https://site.example/</link></item>"),
            "none of 1 items has a title or a text",
        ),
    ],
)
def test_what_is_no_feed(answer: str, reason: str) -> None:
    assert parse(answer) == ParsedUnparsable(reason=reason)


def test_a_feed_cut_off_before_its_first_item_is_not_an_empty_one() -> None:
    assert isinstance(parse(rss("")[:-20]), ParsedUnparsable)


def test_a_feed_of_endless_tags_is_given_up() -> None:
    assert parse("<rss>" + "<br>" * 500_000) == ParsedUnparsable(
        reason="the answer has more than 100,000 tags"
    )
    marked_up = "<![CDATA[" + "<b>x</b>" * 60_000 + "]]>"
    # of a text with so many, the beginning is read
    assert len(only(rss(item(f"<description>{marked_up}</description>"))).summary) == 25_000


PIECES = [
    *("<item>", "</item>", "<title>", "</title>", "<link>", "<guid>", "<description>", "<entry>"),
    *("<width/>", "<textinput>", "<image>", "<media:content>", "<source>", "<x:y>", "</rss>"),
    *("<![CDATA[", "]]>", "<!--", "-->", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<?", "&b;", "&#xD800;"),
    *("<pubDate>9999-12-31T23:00:00-09:00</pubDate>", "xml:base='http://[x'", "\0", "量化", "{"),
]


@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=25).map("".join),
    st.sampled_from(["<rss>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<rdf:RDF>", ""]),
    st.sampled_from(["utf-8", "gb18030", "utf-16"]),
)
def test_nothing_makes_it_raise(inner: str, root: str, charset: str) -> None:
    parsed = parse((root + inner).encode(charset, "replace"))
    if isinstance(parsed, ParsedItems):
        ids = [found.external_id for found in parsed.items]
        assert len(set(ids)) == len(ids)
        assert all(found.title and "\n" not in found.title for found in parsed.items)


@given(st.binary(max_size=200), st.none() | st.text(max_size=30))
def test_no_bytes_make_it_raise(body: bytes, content_type: str | None) -> None:
    assert parse(body, content_type) is not None


# The source


def test_a_source_from_its_configuration() -> None:
    feed = FeedSource.configured(
        FeedSettings(kind="feed", name="速递", url="https://a.example/rss", section="文章")
    )
    assert (feed.name, feed.kind, feed.url, feed.full_text) == (
        "速递",
        "feed",
        "https://a.example/rss",
        False,
    )
    payload = Payload(url=feed.url, body=rss(item()).encode(), fetched_at=SEEN)
    parsed = feed.parse(payload)
    assert isinstance(parsed, ParsedItems)
    assert (parsed.items[0].publisher, parsed.items[0].section) == ("速递", "文章")


def test_a_wechat_account_behind_a_bridge() -> None:
    settings = WechatSettings(kind="wechat", name="端侧", biz="Mz==", full_text=True)
    feed = FeedSource.configured(settings, "https://bridge.example/Mz")
    assert (feed.kind, feed.url, feed.publisher, feed.full_text) == (
        "wechat",
        "https://bridge.example/Mz",
        "端侧",
        True,
    )


def test_an_item_is_completed_from_its_article() -> None:
    feed = FeedSource(name=NAME, url="https://site.example/rss")
    article = "<html><body><article><h1>标题</h1>" + "<p>正文里的一句话说了很多。</p>" * 20
    found = only(rss(item()))
    page = Payload(url=found.url, body=article.encode(), fetched_at=SEEN)
    assert "正文里的一句话说了很多。" in feed.with_article(found, page).text


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026年3月1日 08:00", datetime(2026, 3, 1, 0, 0, tzinfo=UTC)),
        ("2026/03/01 08:00:30", datetime(2026, 3, 1, 0, 0, 30, tzinfo=UTC)),
        ("2026.03.01", datetime(2026, 2, 28, 16, 0, tzinfo=UTC)),
        ("2026-02-30", None),
    ],
)
def test_a_date_in_the_order_of_china_is_read_or_left_out(written, moment) -> None:
    feed = rss(item(f"<pubDate>{written}</pubDate>")).replace(
        "<channel>", "<channel><language>zh-cn</language>"
    )
    assert only(feed).published == moment
