"""Reading what was written and writing what was read are inverse, whatever the text says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from config.settings import Newsletter
from pipeline.issue_diff import normal_form
from pipeline.issue_escape import escape_text, escape_url, join_headline, split_headline, unescape
from pipeline.issue_links import item_links
from pipeline.issue_markdown import is_note, render
from pipeline.issue_reader import read_issue
from pipeline.issue_spacing import carry, respace, spacing
from pipeline.normalise import clean_line
from store.models import Draft, Issue, IssueSection, Link
from tests.builders import a_draft

NEWSLETTER = Newsletter(
    title="嵌入式AI简报",
    tagline="关注模型压缩、低比特量化、移动端推理加速优化、部署",
    back_issues_url="https://example.org/briefing",
    issue_url="https://example.org/briefing/{date}.html",
    footer=("Editor: https://example.org/editor",),
    licence='<a rel="license" href="https://example.org/by-sa">CC BY-SA</a>',
)


def read(text: str) -> Issue:
    return read_issue(text, name="issue.md", newsletter=NEWSLETTER).issue


def an_issue(*items: Draft, **changes: Any) -> Issue:
    section = IssueSection(name="业界新闻", items=items)
    issue = Issue(date=date(2026, 3, 2), lead="", sections=(section,) if items else ())
    return replace(issue, **changes)


# Hostile texts: what Markdown, this page and its readers could trip over.

PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "[",
                "]",
                "(",
                ")",
                "](",
                "[[",
                "]]",
                "][",
                "[x](y)",
                "[x]",
                "![x](https://e.example)",
            ),
            *(
                "|",
                " | ",
                "｜",
                " ｜ ",
                "丨",
                " 丨 ",
                "｜中",
                "\\",
                "\\|",
                "\\[",
                "：",
                ":",
                "：a/b",
            ),
            *(
                "`",
                "``",
                "*",
                "**",
                "_",
                "__",
                "~",
                "~~",
                "<b>",
                "</font>",
                "<!--",
                "&lt;",
                "&#37;",
            ),
            *("{{", "{%", "#", "##", " #", "-", "- ", "1. ", "1) ", "12", "=", "===", "+ ", "> "),
            *(
                "摘要：",
                "导读：",
                "注：",
                "（待译）",
                "论文：",
                "（",
                "）",
                "(x)",
                "（x）",
                "【",
                "】",
                "“",
            ),
            *(
                "🙂",
                "👩‍💻",
                "é",
                "中文",
                "snake_case",
                "A&B",
                "a/b",
                "2019-03-31",
                "！",
                "。",
                "x" * 300,
            ),
        ]
    )
    | st.characters(exclude_categories=["Cs"]),
    min_size=1,
    max_size=6,
)
LINES = PIECES.map("".join).map(clean_line).filter(bool)
"""Text in the spelling that a page gives it: one line, no white space at its ends."""
ADDRESSES = (
    st.text(st.sampled_from([*"abC1/?&=#%._~-()[]*中;:@!$'+,"]), max_size=20)
    .map(lambda path: unescape(escape_url("https://example.org/" + path)))
    .filter(lambda url: unescape(escape_url(url)) == url)
)
TAGS = st.lists(LINES | st.just("1812.00332") | st.just("CVPR 2021"), max_size=3).map(tuple)
LINKS = st.lists(
    st.builds(Link, label=LINES | st.just(""), url=ADDRESSES, brackets=st.booleans()), max_size=3
).map(tuple)
DETAILS = st.lists(
    st.sampled_from(
        [
            "标题：一种方法",
            "地址：https://example.org/1",
            " 代码：[a/b](https://example.org/2)",
            "另文",
        ]
    ),
    max_size=3,
).map("\n".join)
PLAIN = st.lists(LINES, max_size=3).map("\n".join)
MARKED = st.sampled_from(
    [
        "*强调*与[链接](https://example.org/3)",
        "分三点：\n  1. 一；\n  2. 二，见https://example.org/4；\n\n后一段",
        "\n  - 第一行空着",
        "图：\n![图](https://example.org/5.png)\n    ```\n    code\n    ```",
    ]
)
SUMMARIES = st.tuples(PLAIN.filter(lambda text: not text.startswith("（待译）")), st.just(False))
SUMMARIES |= st.tuples(MARKED, st.just(True))


@st.composite
def drafts(draw: st.DrawFn, *, section: str, nested: bool = False) -> Draft:
    """An item as reading gives it: a link may only be missing where no address is in the title."""
    url = draw(ADDRESSES if nested else ADDRESSES | st.just(""))
    words = LINES.filter(lambda text: text != url and (bool(url) or "://" not in text))
    summary, markup = draw(SUMMARIES)
    items = st.just([]) if nested else st.lists(drafts(section=section, nested=True), max_size=2)
    return Draft(
        section=section,
        tags=draw(TAGS),
        title=draw(words),
        source=draw(words | st.just("")),
        url=url,
        links=draw(LINKS),
        summary=summary,
        markup=markup,
        details=draw(DETAILS),
        translate=bool(summary) and draw(st.booleans()),
        items=tuple(draw(items)),
    )


@st.composite
def sections(draw: st.DrawFn) -> IssueSection:
    name = draw(LINES.filter(lambda name: not name.startswith("#") and "往期回顾" not in name))
    return IssueSection(
        name=name,
        items=tuple(draw(st.lists(drafts(section=name), min_size=1, max_size=3))),
        intro=draw(
            st.sampled_from(["", "> 注：补全地址后为`github.com/<owner>/<name>`。", "一段话"])
        ),
        closing=draw(st.sampled_from(["", "> 注：个别链接打不开。\n> 请见谅。"])),
    )


@st.composite
def issues(draw: st.DrawFn) -> Issue:
    news = draw(st.lists(LINES.filter(lambda text: not set(text) <= set("-_* ")), max_size=2))
    remark = st.sampled_from(["文末有一篇长文。", "见[说明](https://example.org/notice)。"])
    lead = draw(
        st.lists(LINES, max_size=3).filter(lambda lines: "导读：" not in "".join(lines[:1]))
    )
    notes = draw(st.lists(LINES.map("注：{}".format) | remark, max_size=3))
    return Issue(
        date=draw(st.dates(min_value=date(1000, 1, 1))),
        lead="\n".join(lead),
        sections=tuple(draw(st.lists(sections(), max_size=2))),
        back_issues=tuple(draw(st.lists(st.dates(date(1000, 1, 1)), unique=True, max_size=3))),
        title=draw(LINES | st.just("")),
        tagline=draw(st.one_of(LINES, st.none(), st.just(""))),
        notes=tuple(notes if lead else sorted(notes, key=is_note, reverse=True)),
        news_lead=draw(st.sampled_from(["先是小新闻：", ""] if news else [""])),
        news=tuple(news),
        footer=draw(st.none() | st.sampled_from(["", "----\n\nEditor: x\n\n----\n\n<a>y</a>"])),
    )


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(issues())
def test_an_issue_is_read_as_it_was_written(issue):
    if issue.footer is not None:
        issue = replace(issue, back_issues=())
    assert read(render(issue, NEWSLETTER)) == issue


@given(issues())
@example(an_issue(a_draft(title="A | B"), a_draft(title="[v2] 新版", source="量子位")))
@example(an_issue(a_draft(title="", summary="一\n二", translate=True)))
def test_a_page_is_its_own_normal_form(issue):
    page = render(issue, NEWSLETTER)
    assert normal_form(page, name="issue.md", newsletter=NEWSLETTER) == page


@given(issues(), st.data())
def test_white_space_comes_back_as_it_stood(issue, data):
    """It may be doubled everywhere, and left out at the ends of lines."""
    house = render(issue, NEWSLETTER)
    spaces = [
        data.draw(st.sampled_from(["", "  ", "   ", "\u3000"]))
        + "\n" * (space.count("\n") + (data.draw(st.integers(0, 2)) if "\n\n" in space else 0))
        for space in spacing(house)
    ]
    page = respace(house, tuple(spaces)).rstrip("\n") + "\n"
    again = read(page)
    assert render(again, NEWSLETTER) == page
    assert replace(again, spacing=()) == replace(read(house), spacing=())


# Pages that nobody would call an issue.

SCRAPS = st.lists(
    st.sampled_from(
        [
            *(
                "---\n",
                "layout: default\n",
                "# 嵌入式AI简报 (2020-05-06)\n",
                "## 论文\n",
                "## 博文\n",
            ),
            *(
                "**标语**  \n",
                "<font>注：手机</font>\n",
                "> 导读：要点。  \n",
                "> 注：链接。\n",
                "一行字\n",
            ),
            *("- [题 | 源](https://a.example/1)  \n", "- [题](https://a.example/2\n", "- 题\n"),
            *(
                "    - [内](https://a.example/3)\n",
                "    摘要：内\n",
                "摘要：一。  \n",
                "摘要: 二\n",
                "\n",
            ),
            *(
                "  1. 三\n",
                "论文：https://a.example/4\n",
                "----\n",
                "## [往期回顾](x)\n",
                "| 2 | 0 |\n",
            ),
            *(
                "- [2020-04-04](../2020-04-04.md)\n",
                "\n\n",
                " ",
                "-",
                "[",
                "](",
                ")",
                "|",
                "\\",
                "\r\n",
            ),
            *("\u2028", "\x00", "\ufeff", "\t", "：", "*", "`", "#", ">", "https://a.example/5"),
        ]
    )
    | st.characters(),
    max_size=25,
).map("".join)


@given(SCRAPS | st.text())
def test_reading_never_fails_and_its_normal_form_is_final(text):
    once = normal_form(text, name="2020-05-06.md", newsletter=NEWSLETTER)
    assert normal_form(once, name="2020-05-06.md", newsletter=NEWSLETTER) == once


# What an issue says is what its parts say.


@given(
    LINES, LINES | st.just(""), st.sampled_from(["https://github.com/a/b", "https://e.example/x"])
)
@example("对比：a/b", "", "https://github.com/a/b")
@example("甲 | 乙", "a/b", "https://github.com/a/b")
@example("甲", "乙 ｜ 丙 丨 丁", "https://e.example/x")
def test_title_and_source_are_parted_where_they_were_joined(title, source, url):
    head, tail = split_headline(join_headline(title, source, url), url)
    assert (unescape(head), unescape(tail)) == (title, source)


@given(LINES)
def test_escapes_are_undone(text):
    assert unescape(escape_text(text)) == text


@given(drafts(section="论文"))
def test_every_address_of_an_item_is_found_where_it_stands(item):
    page = render(an_issue(item), NEWSLETTER)
    (section,) = read_issue(page, name="issue.md", newsletter=NEWSLETTER).sections
    (place,) = section.items
    lines = page.split("\n")
    for found, draft in [(place, item), *zip(place.items, item.items, strict=True)]:
        further = [link for link in found.links if link.role != "primary"]
        assert [link.url for link in further] == [link.url for link in item_links(draft)]
        plain = [link for link in further if link.url.startswith("https://example.org")]
        assert all(escape_url(link.url) in lines[link.line - 1] for link in plain)


@pytest.mark.parametrize("repeats", [1, 2, 3])
def test_white_space_is_carried_past_lines_that_only_one_side_has(repeats):
    text = "a\n\n\nb   \nc\n\n\n\nd\n"
    page = "a\n" + "x  \n" * repeats + "\nb  \nc\n\nd\n"
    spaces = carry(text, page)
    assert respace(page, spaces) == "a\n" + "x  \n" * repeats + "\nb   \nc\n\n\n\nd\n"
