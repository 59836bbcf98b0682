"""What of a Markdown text is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.markdown_text import excerpt, first_paragraph, prose

PROSE = "A tiny runtime for four-bit networks."


@pytest.mark.parametrize(
    "before",
    [
        "",
        "# Four bits\n\n",
        "Four bits\n=========\n\n",
        "[![build](https://b.example.org/x.svg)](https://b.example.org) ![stars](s.svg)\n\n",
        '<p align="center"><img src="logo.png"> The best <b>runtime of them all</b></p>\n\n',
        "<!-- A note to those who edit this file -->\n\n",
        "[English documentation](README.md) | [中文文档说明](README_zh.md)\n\n",
        "English | [简体中文](README_zh.md)\n\n",
        "> [!NOTE]\n> This project has moved to another organisation.\n\n",
        "* a list of things that are said first\n* and some more of them\n\n",
        "| a table | with a few cells |\n|---|---|\n| that are | not the point |\n\n",
        "```sh\npip install four-bits and then wait a while\n```\n\n",
        "---\ntitle: front matter of a page generator\n---\n\n",
        ".. image:: https://b.example.org/a/long/address/of/a/badge.svg\n   :target: x\n\n",
        "|build-status-badge| |documentation-badge| |licence-badge|\n\n",
    ],
)
def test_the_first_paragraph_of_prose_is_found_behind_what_readmes_begin_with(before):
    assert first_paragraph(f"{before}{PROSE}\n\nMore of it, at some length.\n") == PROSE


def test_it_is_plain_text_on_one_line():
    markdown = (
        "**Four bits** is a `C++` runtime,\nwritten *by hand* for [small boards](https://b.example.org)"
        " ![logo](l.svg)<br>&amp; phones."
    )
    assert (
        first_paragraph(markdown)
        == "Four bits is a C++ runtime, written by hand for small boards & phones."
    )


def test_prose_is_a_line_for_each_paragraph_and_list_item():
    notes = "## New\n\nFaster **int8**.\n\n* `NEON` kernels\n* fixes #12\n\n```sh\nmake\n```\n"
    assert prose(notes, limit=100) == "Faster int8.\nNEON kernels\nfixes #12"
    assert prose("![logo](l.svg)\n\n# Title\n", limit=100) == ""


def test_ten_chinese_characters_are_prose():
    assert (
        first_paragraph("# 四比特\n\n面向嵌入式设备的推理框架。\n") == "面向嵌入式设备的推理框架。"
    )


@pytest.mark.parametrize("markdown", ["", "# Title\n", "![a](b)\n", "Short.\n", "<div>\n\n</div>"])
def test_a_readme_without_prose_has_no_first_paragraph(markdown):
    assert first_paragraph(markdown) is None


def test_a_long_paragraph_is_cut_between_words():
    text = first_paragraph("several words in a row " * 100, limit=50)
    assert text == "several words in a row several words in a row…"


@given(st.text())
def test_no_markdown_raises_and_a_paragraph_is_one_line(markdown):
    found = first_paragraph(markdown, limit=30)
    assert found is None or (len(found) <= 30 and len(found.splitlines()) == 1)


def test_an_excerpt_keeps_markdown_and_drops_comments_and_blanks():
    text = "<!-- generated -->\r\n## New\r\n\r\n\r\n\r\n* int8   \r\n* int4\r\n\r\n"
    assert excerpt(text, limit=100) == "## New\n\n* int8\n* int4"


def test_an_excerpt_without_spaces_is_cut_where_it_must_be():
    assert excerpt("量" * 50, limit=10) == "量" * 9 + "…"


@given(st.text(), st.integers(1, 40))
def test_an_excerpt_is_never_longer_than_its_limit(text, limit):
    assert len(excerpt(text, limit=limit)) <= limit
