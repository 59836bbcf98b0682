"""The check as a whole: what is said, where, in which order, and that nothing is said of the good."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipeline.check import Code, Finding, Level, addresses
from pipeline.issue_reader import read_issue
from tests.pipeline.check.issues import SETTINGS, Item, check, codes, edited, issue

FRAGMENTS = (
    *(
        "\n",
        "\n\n",
        "  ",
        "    ",
        "- ",
        "  1. ",
        "> ",
        "# ",
        "## ",
        "---\n",
        "----\n",
        "| ",
        "摘要：",
        "摘要:",
    ),
    *(
        "论文：",
        "# 小报 (2020-03-02)\n",
        "## 论文\n",
        "layout: default\n",
        "> 导读：本次内容3条。\n",
    ),
    *("[", "]", "(", ")", "（", "）", "[[论文]]", "[1812.00332]", "`", "**", "!", "|", "｜", "\\"),
    *("https://a.example/1", "https://arxiv.org/abs/2001.04246", "https://github.com/ox/cart"),
    *(
        "ox/cart: A cart",
        "端侧推理",
        "TinyForge",
        "3.3亿",
        "50%",
        "💎",
        "<b>",
        "\r\n",
        "\ufeff",
        "\x00",
    ),
)
DOCS = Path(__file__).parents[3] / "docs" / "checks.md"


def test_nothing_is_said_of_a_good_issue() -> None:
    made = issue(
        sections=[
            (
                "业界新闻",
                [Item(), Item(title="又一篇", url="https://mp.weixin.qq.com/s/AbCdEf123")],
            ),
            (
                "论文",
                [
                    Item(
                        tags=("2001.04246",),
                        title="TinyForge: Small Models",
                        source="",
                        url="https://arxiv.org/abs/2001.04246v1",
                        further=(("代码", "https://github.com/forge/tiny"),),
                    )
                ],
            ),
            (
                "开源项目",
                [Item(title="ox/cart: A cart", source="", url="https://github.com/ox/cart")],
            ),
        ],
        lead="本次内容4条。",
    )
    assert check(made) == []


def test_a_finding_is_one_line() -> None:
    finding = Finding(
        file="2020-03-02.md", line=7, level=Level.ERROR, code="L104", message="opens no more"
    )
    assert str(finding) == "2020-03-02.md:7: error: L104 opens no more"


def test_findings_stand_in_the_order_of_the_lines() -> None:
    made = issue(Item(url="", summary=""), Item(title="", url="https://"), lead="", heading="# 报")
    lines = [finding.line for finding in check(made)]
    assert len(lines) > 4
    assert lines == sorted(lines)


def test_a_finding_names_the_file_as_it_was_given() -> None:
    (finding,) = check(issue(Item(summary="")), name="issues/2020-03-02.md")
    assert finding.file == "issues/2020-03-02.md"


def test_the_addresses_to_ask_are_those_that_can_be_asked_once_each() -> None:
    first = Item(further=(("代码", "https://github.com/ox/cart"), ("又", "https://a.example/1")))
    made = issue(first, Item(url="no address"), lead="见[新闻](https://d.example/2)。")
    read, raw = made
    assert addresses(read, raw, SETTINGS) == [
        "https://d.example/2",
        "https://a.example/1",
        "https://github.com/ox/cart",
    ]


def test_links_of_footer_and_back_issues_are_left_out() -> None:
    assert codes(check(edited(issue(Item()), "https://c.example", "https://c.example/）"))) == []


def test_a_rule_between_sections_does_not_end_the_issue() -> None:
    broken = Item(title="又", url="https://b.example/2)(https://b.example/2")
    read, raw = issue(sections=[("业界新闻", [Item()]), ("博文", [broken])])
    assert "L103" in codes(check((read, raw.replace("\n\n## 博文", "\n----\n## 博文"))))


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join))
def test_any_text_can_be_read_and_checked(text: str) -> None:
    read = read_issue(text, name="2020-03-02.md", newsletter=SETTINGS.newsletter)
    findings = check((read, text), liveness={}, sources=lambda _: text)
    last = text.count("\n") + 1
    assert all(1 <= finding.line <= last for finding in findings)


def test_every_code_is_documented_with_its_level() -> None:
    documented = dict(
        re.findall(r"^\| `([A-Z]\d{3})` \| (\w+) \|", DOCS.read_text("utf-8"), re.MULTILINE)
    )
    assert documented == {code.printed: code.level.value for code in Code}


def test_no_two_rules_share_a_code() -> None:
    assert len({code.printed for code in Code}) == len(Code)
