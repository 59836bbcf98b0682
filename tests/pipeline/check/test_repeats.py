"""Repeats: what ran before, and what stands twice."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.check import PublishedIn
from tests.pipeline.check.issues import Item, check, codes, issue

BEFORE = PublishedIn(date=date(2020, 2, 16), section="博文", title="一篇旧文")
WECHAT = "https://mp.weixin.qq.com/s/AbCdEf123"


@pytest.mark.parametrize(
    ("url", "key", "code"),
    [
        (WECHAT, "wechat:s/AbCdEf123", "R101"),
        ("https://a.example/1?utm_source=x", "url:a.example/1", "R102"),
        ("https://arxiv.org/pdf/2001.04246v2", "arxiv:2001.04246", "R102"),
        ("https://github.com/Ox/Cart/tree/master", "github:ox/cart", "R102"),
    ],
)
def test_what_ran_before_is_named_with_its_issue(url: str, key: str, code: str) -> None:
    findings = check(issue(Item(url=url)), published={key: BEFORE})
    assert code in codes(findings)
    said = next(finding for finding in findings if finding.code == code)
    assert said.message == "ran on 2020-02-16, 博文: 一篇旧文"
    assert said.line == 13


@pytest.mark.parametrize("day", [date(2020, 3, 2), date(2020, 3, 19)])
def test_this_issue_and_later_ones_are_no_repeat(day: date) -> None:
    ran = PublishedIn(date=day, section="博文", title="同一篇")
    assert check(issue(Item(url=WECHAT)), published={"wechat:s/AbCdEf123": ran}) == []


def test_a_further_link_may_have_run_before() -> None:
    item = Item(further=(("代码", "https://github.com/ox/cart"),))
    assert check(issue(item), published={"github:ox/cart": BEFORE}) == []


def test_one_link_on_two_items() -> None:
    made = issue(
        Item(title="一颗芯片", url=WECHAT), Item(title="一块板卡", url=WECHAT + "?scene=1")
    )
    findings = check(made)
    assert codes(findings) == ["R103", "L107"] or codes(findings) == ["L107", "R103"]
    said = next(finding for finding in findings if finding.code == "R103")
    assert (said.line, said.message) == (15, "has the same link as the item in line 13")


def test_items_that_share_an_article_and_say_which_paper_they_are_about() -> None:
    first = Item(title="甲文", tags=("AAAI 2020",), url=WECHAT)
    second = Item(title="乙文", further=(("论文", "https://arxiv.org/abs/2001.04246"),), url=WECHAT)
    findings = check(issue(first, second))
    assert [(finding.code, finding.level) for finding in findings] == [("R104", "note")]


def test_one_title_on_two_items() -> None:
    made = issue(Item(title="端侧 AI 来了！"), Item(title="端侧AI来了", url="https://b.example/2"))
    assert codes(check(made)) == ["R105"]


def test_a_paragraph_pasted_twice() -> None:
    text = "这一段足够长，所以不会是碰巧写成一样的，一共二十多个字。"
    within = issue(Item(summary=f"{text}\n{text}"))
    (finding,) = check(within)
    assert (finding.code, finding.line) == ("R106", 15)
    across = issue(Item(summary=text), Item(title="另一条", url="https://b.example/", summary=text))
    assert codes(check(across)) == ["R106"]


def test_a_short_line_may_come_again() -> None:
    assert check(issue(Item(summary="开头说明一下背景和来历。\n更多见文档。\n更多见文档。"))) == []


def test_a_further_link_that_leads_where_another_does() -> None:
    code = "https://github.com/ox/cart"
    findings = check(issue(Item(further=(("代码", code), ("项目", f"{code}/tree/master")))))
    assert codes(findings) == ["R107"]
    assert findings[0].message == f"{code}/tree/master leads where another link of the item does"
    (finding,) = check(issue(Item(url=code, title="ox/cart", further=(("项目", code),))))
    assert finding.message == f"{code} leads where the title does"


def test_a_link_in_the_summary_may_repeat_the_title() -> None:
    assert check(issue(Item(in_summary=("https://a.example/1",)))) == []
