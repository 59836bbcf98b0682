"""Markup as plain text, and the links in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.markup import html_to_text, links_in, title_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("没有标记的一句话。", "没有标记的一句话。"),
        ("two\n\n lines  of\ttext ", "two\nlines of text"),
        ("a < b && c > d", "a < b && c > d"),
        ("Q&amp;A &lt;p&gt; &#x4E2D;&nbsp;&hellip;", "Q&A <p> 中 …"),
        (
            "<p>第一段，\n换行不算。</p><p>第<b>二</b>段<br>再起一行</p>",
            "第一段， 换行不算。\n第二段\n再起一行",
        ),
        ("<h2>Title</h2>text<ul><li>one<li>two</ul>after", "Title\ntext\none\ntwo\nafter"),
        ("<table><tr><td>1<td>2<tr><td>3</table>", "1 2\n3"),
        ("<script>alert(1)</script><style>p{}</style>shown<!-- not -->", "shown"),
        ("<img src='x' alt='no words'>", ""),
        ("<p>never closed <b>bold", "never closed bold"),
        ("<?xml version='1.0' encoding='gbk'?><p>中文</p>", "中文"),
        ("<p>con\0trol\x08</p>", "control"),
        ("<p>一个😀</p>", "一个😀"),
        ("<div>" * 600 + "deep" + "</div>" * 600, "deep"),
        ("<p>", ""),
        ("<!-- only a comment -->", ""),
    ],
)
def test_html_to_text(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("低比特量化综述", "低比特量化综述"),
        ("  over\n two lines ", "over two lines"),
        ("<em>Big</em> news<br>today", "Big news today"),
        ("Q&amp;amp;A", "Q&A"),
        ("&lt;b&gt;bold&lt;/b&gt; claim", "bold claim"),
        ("It&#39;s here", "It's here"),
        ("AT&T and a<b", "AT&T and a<b"),
        ("Vec<T> is fast", "Vec<T> is fast"),
        ("How the &lt;video&gt; tag works", "How the <video> tag works"),
        ("<script>alert(1)</script>Hello", "Hello"),
        ("&nbsp;", ""),
    ],
)
def test_title_text(html: str, title: str) -> None:
    assert title_text(html) == title


def test_links_in_order_and_once() -> None:
    html = """
        <a href="/a">relative</a> <a href=" https://b.example/?x=1&amp;y=2 ">query</a>
        <a href="//c.example/c">no scheme</a> <a href="/a#part">part</a> <A HREF='/a'>again</A>
        <map><area href="d"></map> <a name="x">no link</a> <a href="">empty</a>
        <a href="#here">here</a> <a href="mailto:a@b.example">mail</a>
        <a href="javascript:x()">script</a> <a href="http://[broken/">broken</a>
    """
    assert links_in(html, "https://base.example/dir/page") == (
        "https://base.example/a",
        "https://b.example/?x=1&y=2",
        "https://c.example/c",
        "https://base.example/a#part",
        "https://base.example/dir/d",
    )


def test_a_text_of_endless_tags_is_read_from_its_beginning() -> None:
    html = "<b>first</b> <a href='/1'>one</a>" + "<i>x</i>" * 50_000 + "<a href='/2'>last</a>"
    assert links_in(html, "https://a.example/") == ("https://a.example/1",)
    assert html_to_text(html).startswith("first onex")
    assert "last" not in html_to_text(html)


def test_text_has_no_links() -> None:
    assert links_in("see https://a.example, or href", "https://base.example/") == ()


MARKUP = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<br/>", "<a href='", "'>", "&amp;", "&#0;", "<![CDATA[", "]]>"]
    )
    | st.text(max_size=8),
    max_size=20,
).map("".join)


@given(MARKUP)
def test_text_is_paragraphs_and_nothing_else(html: str) -> None:
    text = html_to_text(html)
    assert text == "\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip())
    assert "\0" not in text


@given(MARKUP)
def test_a_title_is_one_line(html: str) -> None:
    title = title_text(html)
    assert title == " ".join(title.split())


@given(st.text(alphabet=st.characters(exclude_characters="<&", exclude_categories=["Cs", "Cc"])))
def test_plain_text_keeps_its_words(text: str) -> None:
    assert html_to_text(text).split() == text.replace("\ufeff", "").split()


@given(MARKUP, st.text(max_size=20))
def test_links_are_addresses(html: str, base: str) -> None:
    links = links_in(html, base)
    assert all(link.startswith(("http://", "https://")) for link in links)
    assert len(set(links)) == len(links)


def test_a_form_feed_is_white_space():
    assert html_to_text("<p>a\x0cb&#12;c</p><td>d\x0c") == "a b c\nd"
