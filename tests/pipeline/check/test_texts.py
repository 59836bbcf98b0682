"""Texts: title, source and 摘要 of an item."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.check.texts import plain_text
from tests.pipeline.check.issues import SETTINGS, Item, check, codes, edited, issue, reread

REPOSITORY = Item(title="ox/cart: A cart", source="", url="https://github.com/ox/cart")
ENGLISH = "A small cart that carries models to a phone and back."


def test_an_item_without_a_title() -> None:
    assert codes(check(issue(Item(title=" ")))) == ["T101"]


def test_an_article_names_its_medium() -> None:
    assert codes(check(issue(Item(source="")))) == ["T102"]
    wechat = Item(source="", url="https://mp.weixin.qq.com/s/AbCdEf123")
    assert codes(check(issue(wechat, section="论文"))) == ["T102"]


@pytest.mark.parametrize(
    ("item", "section"),
    [
        (REPOSITORY, "业界新闻"),
        (Item(source="", url="https://arxiv.org/abs/2001.04246"), "业界新闻"),
        (Item(source="", url="https://a.example/79.pdf"), "论文"),
        (Item(source="", tags=("SysML 2019",), url="https://a.example/79.pdf"), "业界新闻"),
    ],
)
def test_papers_and_projects_need_none(item: Item, section: str) -> None:
    assert check(issue(item, section=section)) == []


def test_an_item_without_a_summary() -> None:
    assert codes(check(issue(Item(summary="")))) == ["T201"]
    findings = check(issue(replace(REPOSITORY, summary="")))
    assert [(finding.code, finding.level) for finding in findings] == [("T202", "note")]


def test_a_report_on_several_papers_has_the_summaries_below_it() -> None:
    read, raw = issue(Item(summary=""), Item(title="一篇论文", url="https://b.example/2"))
    (section,) = read.sections
    outer, nested = section.items
    draft = replace(outer.draft, items=(nested.draft,))
    outer = replace(outer, draft=draft, items=(nested,), last_line=nested.last_line)
    made = reread((read, raw), sections=(replace(section, items=(outer,)),))
    assert check(made) == []


@pytest.mark.parametrize(("item", "code"), [(Item(), "T203"), (REPOSITORY, "T204")])
def test_a_summary_in_another_language(item: Item, code: str) -> None:
    assert codes(check(issue(replace(item, summary=ENGLISH)))) == [code]


@pytest.mark.parametrize(
    "summary",
    [
        f"{ENGLISH}\n它把模型搬到手机上再搬回来。",
        "本文介绍这四篇论文：\nSmall Models: A Survey：https://a.example/1\nTiny Carts and Oxen",
    ],
)
def test_a_summary_may_hold_another_language(summary: str) -> None:
    assert check(issue(Item(summary=summary))) == []


def test_an_address_alone_is_in_no_language() -> None:
    assert codes(check(issue(Item(summary="https://a.example/1")))) == ["T205"]


def test_a_label_does_not_make_a_summary_chinese() -> None:
    summary = f"{ENGLISH}\n项目地址：https://github.com/ox/cart"
    assert codes(check(issue(Item(summary=summary)))) == ["T203"]


def test_a_summary_of_odd_length() -> None:
    assert codes(check(issue(Item(summary="好用。")))) == ["T205"]
    long = Item(summary="很长" * 151)
    assert codes(check(issue(long))) == ["T206"]
    newsletter = SETTINGS.newsletter.model_copy(update={"summary_most": 400, "summary_least": 0})
    lenient = SETTINGS.model_copy(update={"newsletter": newsletter})
    assert check(issue(long), settings=lenient) == []
    assert check(issue(Item(summary="好用。")), settings=lenient) == []


@pytest.mark.parametrize(
    "item", [Item(summary="（待译）" + ENGLISH), Item(summary=ENGLISH, translate=True)]
)
def test_a_summary_that_waits_for_its_translation(item: Item) -> None:
    findings = check(issue(item))
    assert [(finding.code, finding.level) for finding in findings] == [("T207", "error")]


@pytest.mark.parametrize("again", ["摘要：", "摘要: ", "  摘要："])
def test_a_second_summary_in_one_item(again: str) -> None:
    made = issue(Item(summary="这是本条自己的摘要。\n这段本是另一条的。"))
    made = edited(made, "这段本是", f"{again}这段本是")
    (finding,) = check(made)
    assert (finding.code, finding.line) == ("T208", 15)


def test_plain_text_is_what_a_reader_sees() -> None:
    markdown = "用**`tf.add`**，见[文档](https://a.example/1)和 https://a.example/mobilenet_v1。"
    assert plain_text(markdown).split() == ["用tf.add，见文档和", "。"]
