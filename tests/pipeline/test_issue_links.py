"""Links in prose: their addresses end where a reader ends them, their labels are what he reads."""

from __future__ import annotations

import pytest

from pipeline.issue_links import inline_links, item_links, text_links
from store.models import Link
from tests.builders import a_draft


def links(text: str) -> list[tuple[str, str]]:
    return [(link.label, link.url) for link in text_links(text)]


@pytest.mark.parametrize(
    ("text", "label", "url"),
    [
        ("论文：https://e.example/1", "论文", "https://e.example/1"),
        ("代码: https://e.example/1", "代码", "https://e.example/1"),
        ("已录用。地址：https://e.example/1 。", "地址", "https://e.example/1"),
        ("  - 开源代码：https://e.example/1；", "开源代码", "https://e.example/1"),
        ("  1. 压缩: 稳健与高效：https://e.example/1", "稳健与高效", "https://e.example/1"),
        ("见知乎：怎么样，https://e.example/1", "", "https://e.example/1"),
        ("https://e.example/1后面是中文", "", "https://e.example/1"),
        ("（https://e.example/1）", "", "https://e.example/1"),
        ("(https://e.example/1)", "", "https://e.example/1"),
        ("(见 https://e.example/a_(b))", "", "https://e.example/a_(b)"),
        ("https://e.example/1).", "", "https://e.example/1"),
        ("<https://e.example/1>", "", "https://e.example/1"),
        ("https://e.example/?a=1&amp;b=2, 等", "", "https://e.example/?a=1&b=2"),
        (r"https://e.example/\_a\_", "", "https://e.example/_a_"),
        ("[解读](https://e.example/1)", "解读", "https://e.example/1"),
        ("![图](https://e.example/1.png)", "图", "https://e.example/1.png"),
        ("[**解读**](https://e.example/1)", "**解读**", "https://e.example/1"),
        ("[a [b] c](https://e.example/1)", "a [b] c", "https://e.example/1"),
        (r"[a \] c](https://e.example/1)", "a ] c", "https://e.example/1"),
        ("[解读](https://e.example/a_(b))", "解读", "https://e.example/a_(b)"),
        ("[解读](https://e.example/1 '提示')", "解读", "https://e.example/1"),
        ("[解读] (https://e.example/1)", "解读", "https://e.example/1"),
        ("[解读]（https://e.example/1）", "解读", "https://e.example/1"),
        ("[解读](https://e.example/1", "解读", "https://e.example/1"),
        ("[解读](https://e.example/1\n)和", "解读", "https://e.example/1"),
        ("[往期](../2020-01-01.md)", "往期", "../2020-01-01.md"),
        ("[https://e.example](https://e.example)", "https://e.example", "https://e.example"),
    ],
)
def test_a_link_and_what_it_is_called(text, label, url):
    assert links(text) == [(label, url)]


@pytest.mark.parametrize(
    "text", ["F[1](2)", r"\[a](https)", "x[1]", "[a](b)", "http:/x", "![图]()", "`a`", ""]
)
def test_what_leads_nowhere_is_no_link(text):
    assert links(text) == []


def test_links_keep_their_order_and_never_overlap():
    text = "甲https://e.example/1，[乙](https://e.example/2)：https://e.example/3"
    found = list(text_links(text))
    assert [text[link.start : link.end] for link in found] == [
        "https://e.example/1",
        "[乙](https://e.example/2)",
        "https://e.example/3",
    ]
    (outer,) = inline_links("[[甲](https://e.example/1)](https://e.example/2)")
    assert outer.url == "https://e.example/2"


def test_every_link_of_an_item_but_its_first():
    item = a_draft(
        title="基于 https://e.example/0 的工具",
        links=(Link(label="原文", url="https://e.example/1"),),
        details="标题：[A Paper](https://e.example/2)\n作者：某人\n地址：https://e.example/3",
        summary="见[说明](https://e.example/4)，\n代码：https://e.example/3",
        items=(a_draft(url="https://e.example/9"),),
    )
    assert [(link.label, link.url[-1]) for link in item_links(item)] == [
        ("", "0"),
        ("原文", "1"),
        ("标题", "2"),
        ("地址", "3"),
        ("说明", "4"),
        ("代码", "3"),
    ]


@pytest.mark.parametrize(
    "scrap", ["[", "[[a]", "](", "[](", "[a](b", "(", "https://e.example/(", "[a](https://b ", ":"]
)
def test_long_broken_lines_hold_no_more_links_than_scraps(scrap):
    assert len(list(text_links(scrap * 20_000))) <= 20_000
