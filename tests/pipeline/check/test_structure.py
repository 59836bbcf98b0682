"""Structure: the form of an issue from its first line to its last."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.check import PublishedIn
from pipeline.issue_reading import Unread
from tests.pipeline.check.issues import SETTINGS, Item, check, codes, edited, issue, reread


@pytest.mark.parametrize("fields", [{}, {"layout": "post"}, {"title": "小报"}])
def test_front_matter_without_the_layout(fields: dict[str, str]) -> None:
    (finding,) = check(issue(Item(), front_matter=fields))
    assert (finding.code, finding.line, finding.level) == ("S101", 1, "error")


def test_there_is_no_heading() -> None:
    assert codes(check(reread(issue(Item()), heading_line=None))) == ["S102"]


@pytest.mark.parametrize(
    "heading",
    ["# 小报（2020-03-02）", "# 大报 (2020-03-02)", "# 小报(2020-03-02)", "## 小报 (2020-03-02)"],
)
def test_a_heading_of_another_form(heading: str) -> None:
    assert codes(check(issue(Item(), heading=heading))) == ["S103"]


@pytest.mark.parametrize("heading", ["# 小报 (2020-03-02)  ", "# 小报 (2020-03-02)：流片/更新"])
def test_a_heading_may_say_what_is_in_the_issue(heading: str) -> None:
    assert check(issue(Item(), heading=heading)) == []


def test_the_date_of_the_file_is_that_of_the_heading() -> None:
    made = issue(Item(), heading="# 小报 (2020-03-03)")
    assert codes(check(made)) == ["S104"]
    assert check(made, name="issues/2020-03-03.md") == []
    assert check(made, name="draft.md") == []


def test_another_tagline() -> None:
    assert codes(check(edited(issue(Item()), "**关注端侧**", "**关注云端**"))) == ["S105"]


def test_there_is_no_lead() -> None:
    (finding,) = check(issue(Item(), lead=""))
    assert (finding.code, finding.level) == ("S106", "note")


@pytest.mark.parametrize("lead", ["本次内容{}条。", "本期{}条，其中3条是论文。", "本次{} 条"])
def test_the_lead_announces_as_many_items_as_there_are(lead: str) -> None:
    assert check(issue(Item(), lead=lead.format(1))) == []
    (finding,) = check(issue(Item(), lead=lead.format(20)))
    assert (finding.code, finding.line) == ("S107", 9)
    assert finding.message == "the 导读 announces 20 items of 1"


def test_an_issue_looks_back_where_there_is_something_to_look_back_to() -> None:
    read, raw = issue(Item())
    made = reread((read, raw), issue=replace(read.issue, back_issues=()))
    assert check(made) == []
    earlier = PublishedIn(date=date(2020, 2, 16), section="博文", title="旧文")
    assert codes(check(made, published={"url:old.example": earlier})) == ["S108"]


def test_sections_stand_in_the_configured_order() -> None:
    made = issue(
        sections=[("博文", [Item()]), ("论文", [Item(title="又", url="https://b.example")])]
    )
    (finding,) = check(made)
    assert (finding.code, finding.message) == ("S203", "论文 stands after 博文")


@pytest.mark.parametrize(("name", "code"), [("应用", "S201"), ("业届新闻", "S202")])
def test_a_section_of_another_name(name: str, code: str) -> None:
    assert codes(check(issue(Item(), section=name))) == [code]


def test_a_section_without_items() -> None:
    assert codes(check(issue(sections=[("业界新闻", [Item()]), ("论文", [])]))) == ["S204"]


def test_a_section_that_comes_twice() -> None:
    other = Item(title="又一条", url="https://b.example/2")
    (finding,) = check(issue(sections=[("博文", [Item()]), ("博文", [other])]))
    assert (finding.code, finding.line) == ("S205", 16)


def test_an_item_without_any_link() -> None:
    (finding,) = check(issue(Item(url="")))
    assert (finding.code, finding.level) == ("S301", "error")


def test_an_item_whose_links_stand_below_its_title() -> None:
    item = Item(url="", further=(("视频回放", "https://v.example/1"),))
    assert codes(check(issue(item))) == ["S302"]


def test_a_line_that_the_next_one_joins() -> None:
    item = Item(further=(("代码", "https://b.example/2"),))
    made = edited(issue(item), "https://b.example/2  ", "https://b.example/2")
    (finding,) = check(made)
    assert (finding.code, finding.line) == ("S303", 14)
    assert check(edited(issue(item), "https://b.example/2  ", "https://b.example/2\\")) == []


def test_a_summary_with_another_colon() -> None:
    assert codes(check(edited(issue(Item()), "摘要：", "摘要:"))) == ["S304"]


def test_what_could_not_be_read() -> None:
    unread = (
        Unread(line=20, text="151.101.56.133", why="belongs to no part"),
        Unread(line=21, text="见 https://d.example/9 一文", why="belongs to no part"),
        Unread(line=22, text="字" * 100, why="belongs to no part"),
    )
    findings = check(issue(Item(), unread=unread))
    assert codes(findings) == ["S402", "S401", "S402"]
    assert findings[0].message == "belongs to no part: 151.101.56.133"
    assert findings[2].message.endswith("字…")


def test_what_reading_kept_with_an_item_is_not_lost() -> None:
    unread = Unread(line=14, text="(https://d.example/9)", why="stands behind the title's link")
    assert codes(check(issue(Item(), unread=(unread,)))) == ["S402"]


def test_what_other_rules_speak_of_is_said_once() -> None:
    unread = (
        Unread(line=2, text="layout: post", why="front matter that no issue has"),
        Unread(line=5, text="大报", why="the heading names another newsletter"),
    )
    made = issue(
        Item(), heading="# 大报 (2020-03-02)", front_matter={"layout": "post"}, unread=unread
    )
    assert codes(check(made)) == ["S101", "S103"]


def test_text_behind_the_licence() -> None:
    newsletter = SETTINGS.newsletter.model_copy(update={"licence": '<a rel="license" href="#4">'})
    settings = SETTINGS.model_copy(update={"newsletter": newsletter})
    licensed = "https://c.example\n\n" + '<a rel="license" href="#2">许可</a>\n'
    made = edited(issue(Item()), "https://c.example\n", licensed)
    assert check(made, settings=settings) == []
    (finding,) = check(edited(made, "许可</a>\n", "许可</a>\n\n151.101.56.133"), settings=settings)
    assert (finding.code, finding.line) == ("S402", 24)
    assert finding.message.endswith(": 151.101.56.133")
