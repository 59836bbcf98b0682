"""Issues as hands write them: every part is found, whatever form it takes, and nothing is lost."""

from __future__ import annotations

from datetime import date

import pytest

from config.settings import Newsletter
from pipeline.issue_diff import diff_issue, normal_form
from pipeline.issue_json import issue_json
from pipeline.issue_markdown import render
from pipeline.issue_reader import NO_DATE, read_issue
from pipeline.issue_reading import ItemPlace, ReadIssue
from store.models import Draft, Link

NEWSLETTER = Newsletter(
    title="嵌入式AI简报",
    tagline="关注模型压缩、部署",
    back_issues_url="https://example.org/briefing",
    issue_url="https://example.org/briefing/{date}.html",
    footer=("- Editor: https://example.org/editor",),
    licence="<a>CC BY-SA 4.0</a>",
)

EARLY = """\
---
layout: default
---

# 嵌入式AI简报 (2019-03-31)

**关注模型压缩、部署**  
<font>注：请用手机打开</font>


## 业界新闻

- [样例芯片亮相 | 端侧小报](https://example.org/news?a=1*b&c=2)  
摘要：样例芯片亮相，功耗10~20毫瓦。它有：
    1. 四核 NPU；
    2. INT4 支持，见[说明](https://example.org/docs)。   
- [SysML 2019] [A Sample Paper](https://example.org/paper.pdf) [端侧小报解读](https://example.org/a) [[slide]](https://example.org/s)  
摘要：第一段。  
第二段，代码见：https://example.org/code 。

## 开源项目

- [sample-lab/tiny: kernels](https://github.com/sample-lab/tiny)
- 没有链接的一条 | 端侧小报  


----

Editor: https://example.org/former-editor  

----

<a>CC BY-SA 2.0</a>
"""

LATE = """\
---
layout: default
---

# 嵌入式AI简报 (2021-07-01)：样例芯片流片/Tiny 2.0  

**关注模型压缩、部署**  

> 导读：本期3条。  
「论文」两篇 CVPR。

好了，先是一些热身小新闻：

- 样例公司：[流片成功](https://example.org/tape-out)；
- 端侧小报：改版。


> 注：个别链接打不开。


## 论文

> 注：按日期排。

- [CVPR2021][2104.00001] [跳跃卷积 | 端侧小报](https://example.org/skip)  
标题：Skipping Convolutions  
链接：https://example.org/abs/2104.00001  
摘要：只算变化的部分。  
- [两篇一起读 | 端侧小报](https://example.org/two)  
    - [FIRST OF TWO](https://example.org/first)  
    摘要：第一篇。  
         它的第二段。  
    - [SECOND OF TWO](https://example.org/second)  
    摘要：第二篇。

> 注：个别链接打不开。

## [往期回顾](https://example.org/briefing)

| 2 | 0 | 2 | 1 |
|:---:|:---:|:---:|:---:|
|  |  | [2021-06-16](../2021-06-16.md)  |  [2021-06-02](../2021-06-02.md) |

----

> 往期回顾：见菜单
"""


def read(text: str, name: str = "issue.md") -> ReadIssue:
    return read_issue(text, name=name, newsletter=NEWSLETTER)


def an_issue(body: str) -> str:
    return f"---\nlayout: default\n---\n\n# 嵌入式AI简报 (2020-05-06)\n\n## 论文\n\n{body}\n"


def item_of(body: str) -> ItemPlace:
    """The only item of a section with these lines."""
    (section,) = read(an_issue(body)).sections
    (item,) = section.items
    return item


# whole issues


def test_an_issue_in_the_style_of_2019():
    issue = read(EARLY).issue
    assert issue.date == date(2019, 3, 31)
    assert (issue.title, issue.tagline, issue.lead) == ("", None, "")
    assert issue.notes == ("注：请用手机打开",)
    news, projects = issue.sections
    assert (news.name, projects.name) == ("业界新闻", "开源项目")
    assert news.items == (
        Draft(
            section="业界新闻",
            title="样例芯片亮相",
            source="端侧小报",
            url="https://example.org/news?a=1*b&c=2",
            summary="样例芯片亮相，功耗10~20毫瓦。它有：\n    1. 四核 NPU；\n"
            "    2. INT4 支持，见[说明](https://example.org/docs)。",
            markup=True,
        ),
        Draft(
            section="业界新闻",
            tags=("SysML 2019",),
            title="A Sample Paper",
            url="https://example.org/paper.pdf",
            links=(
                Link(label="端侧小报解读", url="https://example.org/a", brackets=False),
                Link(label="slide", url="https://example.org/s"),
            ),
            summary="第一段。\n第二段，代码见：https://example.org/code 。",
        ),
    )
    assert [item.title for item in projects.items] == [
        "sample-lab/tiny: kernels",
        "没有链接的一条",
    ]
    assert issue.back_issues == ()
    assert issue.footer is not None
    assert issue.footer.startswith("----\n\nEditor: https://example.org/former-editor\n")


def test_an_issue_in_the_style_of_2021():
    issue = read(LATE).issue
    assert issue.title == "样例芯片流片/Tiny 2.0"
    assert issue.lead == "本期3条。\n「论文」两篇 CVPR。"
    assert issue.news_lead == "好了，先是一些热身小新闻："
    assert issue.news == (
        "样例公司：[流片成功](https://example.org/tape-out)；",
        "端侧小报：改版。",
    )
    assert issue.notes == ("注：个别链接打不开。",)
    assert issue.back_issues == (date(2021, 6, 16), date(2021, 6, 2))
    (papers,) = issue.sections
    assert (papers.intro, papers.closing) == ("> 注：按日期排。", "> 注：个别链接打不开。")
    skip, two = papers.items
    assert skip.tags == ("CVPR2021", "2104.00001")
    assert skip.details == ("标题：Skipping Convolutions\n链接：https://example.org/abs/2104.00001")
    assert skip.summary == "只算变化的部分。"
    assert two.summary == ""
    assert [(item.title, item.url, item.summary) for item in two.items] == [
        ("FIRST OF TWO", "https://example.org/first", "第一篇。\n     它的第二段。"),
        ("SECOND OF TWO", "https://example.org/second", "第二篇。"),
    ]


@pytest.mark.parametrize("text", [EARLY, LATE])
def test_they_come_back_byte_for_byte(text):
    issue = read(text).issue
    assert render(issue, NEWSLETTER) == text
    assert not read(text).unread


def test_what_the_newsletter_says_of_itself_is_not_kept():
    issue = read(EARLY).issue
    page = EARLY[: EARLY.index("----")] + (
        "## [往期回顾](https://example.org/briefing)\n\n"
        "- [2019-03-15](https://example.org/briefing/2019-03-15.html)  \n\n"
        "----\n\n- Editor: https://example.org/editor\n\n----\n\n<a>CC BY-SA 4.0</a>\n"
    )
    again = read(page).issue
    assert again.footer is None
    assert again.back_issues == (date(2019, 3, 15),)
    assert again.sections == issue.sections
    assert render(again, NEWSLETTER) == page


def test_another_template_is_no_matter():
    other = NEWSLETTER.model_copy(update={"template": "gone.j2"})
    assert read_issue(EARLY, name="", newsletter=other).issue == read(EARLY).issue


def test_places_are_told_by_line():
    read_late = read(LATE)
    assert read_late.heading_line == 5
    assert read_late.front_matter == {"layout": "default"}
    (papers,) = read_late.sections
    assert papers.line == 21
    skip, two = papers.items
    assert (skip.line, skip.summary_line, skip.last_line) == (25, 28, 28)
    assert [(link.role, link.label, link.line) for link in skip.links] == [
        ("primary", "跳跃卷积 | 端侧小报", 25),
        ("further", "", 27),
    ]
    assert (two.line, two.summary_line, two.last_line) == (29, None, 34)
    assert [(item.line, item.summary_line, item.last_line) for item in two.items] == [
        (30, 31, 32),
        (33, 34, 34),
    ]
    assert list(read_late.issue.sections[0].items) == [skip.draft, two.draft]


# the heading


@pytest.mark.parametrize(
    "heading",
    ["# 嵌入式AI简报 (2020-05-06)", "# 嵌入式AI简报（2020.5.6）", "# 嵌入式AI简报 2020年5月6日"],
)
@pytest.mark.parametrize("suffix", ["", "：样例/Tiny"])
def test_dates_are_read_as_people_write_them(heading, suffix):
    issue = read(f"{heading}{suffix}\n").issue
    assert issue.date == date(2020, 5, 6)
    assert issue.title == suffix.lstrip("：")


@pytest.mark.parametrize(
    ("text", "name", "day", "why"),
    [
        ("# 嵌入式AI简报\n", "2020-05-06.md", date(2020, 5, 6), "the heading tells no date"),
        ("# 嵌入式AI简报 (2020-13-45)\n", "2020-05-06.md", date(2020, 5, 6), "tells no date"),
        ("## 论文\n", "2020-05-06.md", date(2020, 5, 6), "there is no heading"),
        ("# 嵌入式AI简报\n", "x.md", NO_DATE, "neither heading nor file name tells the date"),
        ("# 别的简报 (2020-05-06)\n", "x.md", date(2020, 5, 6), "names another newsletter"),
    ],
)
def test_a_heading_that_does_not_say_what_it_should(text, name, day, why):
    found = read(text, name)
    assert found.issue.date == day
    assert any(why in unread.why for unread in found.unread)


def test_front_matter_of_other_kinds_is_kept():
    text = EARLY.replace("layout: default\n", "layout: default\npermalink: /1\n")
    found = read(text)
    assert found.front_matter == {"layout": "default", "permalink": "/1"}
    assert [(unread.line, unread.text) for unread in found.unread] == [(3, "permalink: /1")]
    assert render(found.issue, NEWSLETTER) == text


# titles


@pytest.mark.parametrize(
    ("line", "tags", "title", "source"),
    [
        ("- [题 | 源](https://e.example/x)", (), "题", "源"),
        ("- [题 |源](https://e.example/x)", (), "题", "源"),
        ("- [题！| 源](https://e.example/x)", (), "题！", "源"),
        ("- [题｜源](https://e.example/x)", (), "题", "源"),
        ("- [题 丨 源](https://e.example/x)", (), "题", "源"),
        ("- [重磅丨题 | 源](https://e.example/x)", (), "重磅丨题", "源"),
        ("- [A | B | 源](https://e.example/x)", (), "A | B", "源"),
        (r"- [A \| B](https://e.example/x)", (), "A | B", ""),
        ("- [A|B](https://e.example/x)", (), "A|B", ""),
        ("- [题](https://e.example/x) | 源", (), "题", "源"),
        ("- [题 |  某  源](https://e.example/x)", (), "题", "某 源"),
        ("- [1812.00332] [题](https://e.example/x)", ("1812.00332",), "题", ""),
        ("- [CVPR2021][2104.1] [题](https://e.example/x)", ("CVPR2021", "2104.1"), "题", ""),
        ("- [A 1] [B] [题](https://e.example/x)", ("A 1", "B"), "题", ""),
        ("- [AAAI 2020][题 | 源](https://e.example/x)", ("AAAI 2020",), "题", "源"),
        ("- [[CVPR2021] 题](https://e.example/x)", ("CVPR2021",), "题", ""),
        ("- [[CVPR2021][1.2] 题](https://e.example/x)", ("CVPR2021", "1.2"), "题", ""),
        (r"- [\[v2\] 题](https://e.example/x)", (), "[v2] 题", ""),
        ("- [Tiny [v2]: 3 bits](https://e.example/x)", (), "Tiny [v2]: 3 bits", ""),
        ("- [[题]](https://e.example/x)", (), "题", ""),
        ("- [**题**](https://e.example/x)", (), "题", ""),
        ("- **[题](https://e.example/x)**", (), "题", ""),
        ("- [10\\~20 &amp; 30](https://e.example/x)", (), "10~20 & 30", ""),
        ("- 论文：[题](https://e.example/x)", (), "论文：题", ""),
        ("-[题](https://e.example/x)", (), "题", ""),
        ("* [题](https://e.example/x)", (), "题", ""),
        ("- [题] (https://e.example/x)", (), "题", ""),
        ("- [题]（https://e.example/x）", (), "题", ""),
        ("- [题](https://e.example/x", (), "题", ""),
        ("- [题](<https://e.example/x> '提示')", (), "题", ""),
        ("- 题](https://e.example/x)", (), "题", ""),
        ("- 【题】(https://e.example/x)", (), "【题】", ""),
        ("- 题：https://e.example/x", (), "题", ""),
        ("- https://e.example/x", (), "", ""),
    ],
)
def test_titles_in_all_their_forms(line, tags, title, source):
    draft = item_of(line).draft
    assert (draft.tags, draft.title, draft.source) == (tags, title, source)
    assert draft.url == "https://e.example/x"
    again = item_of(render_item(draft)).draft
    assert again == draft


def render_item(draft: Draft) -> str:
    page = normal_form(an_issue("- x"), name="", newsletter=NEWSLETTER)
    issue = read(page).issue
    (section,) = issue.sections
    changed = type(section)(name=section.name, items=(draft,))
    return (
        render(type(issue)(date=issue.date, lead="", sections=(changed,)), NEWSLETTER)
        .split("## 论文\n\n")[1]
        .split("\n\n----")[0]
    )


@pytest.mark.parametrize(
    ("title", "source"),
    [("甲：owner/repo", "owner/repo"), ("甲: owner/repo", "owner/repo"), ("对比：CPU/GPU", "")],
)
def test_a_repository_named_after_the_title_is_its_source(title, source):
    draft = item_of(f"- [{title}](https://github.com/owner/repo)").draft
    assert draft.source == source
    assert "甲：owner/repo](" in render_item(draft) or not source


@pytest.mark.parametrize(
    "line", ["- 题 | 源", "- [题 | 源]()", "- [题 | 源]", "- [题 | 源](javascript:x)"]
)
def test_an_item_may_have_no_link(line):
    draft = item_of(line).draft
    assert (draft.title, draft.source, draft.url) == ("题", "源", "")
    assert render_item(draft).startswith("- 题 | 源  ")


def test_an_empty_link_is_told_of():
    (link,) = item_of("- [题 | 源]()").links
    assert (link.role, link.url, link.label) == ("primary", "", "题 | 源")
    assert item_of("- 题 | 源").links == ()


# further links


@pytest.mark.parametrize(
    ("behind", "links"),
    [
        ("[[解读]](https://e.example/a)", [("解读", True)]),
        ("[解读](https://e.example/a)", [("解读", False)]),
        ("[[解读](https://e.example/a)]", [("解读", True)]),
        ("[[甲]](https://e.example/a)[[乙]](https://e.example/b)", [("甲", True), ("乙", True)]),
        ("[甲](https://e.example/a) / [乙](https://e.example/b)", [("甲", False), ("乙", False)]),
    ],
)
def test_links_behind_the_title(behind, links):
    draft = item_of(f"- [题](https://e.example/x) {behind}").draft
    assert [(link.label, link.brackets) for link in draft.links] == links
    assert draft.details == ""


def test_what_stands_behind_the_links_is_kept_and_told_of():
    line = "- [题](https://e.example/x)(https://e.example/x) - 又一句"
    found = read(an_issue(line))
    (unread,) = found.unread
    assert (unread.line, unread.text) == (9, "(https://e.example/x) - 又一句")
    (item,) = found.sections[0].items
    assert item.draft.details == "(https://e.example/x) - 又一句"
    assert [link.role for link in item.links] == ["primary", "further"]


# 摘要


@pytest.mark.parametrize("mark", ["摘要：", "摘要:", " 摘要 ： ", "摘 要：", "摘要：　"])
def test_a_summary_is_known_by_its_mark(mark):
    item = item_of(f"- [题](https://e.example/x)\n地址：https://e.example/y\n{mark}说明。\n再说。")
    assert item.draft.summary == "说明。\n再说。"
    assert item.draft.details == "地址：https://e.example/y"
    assert item.summary_line == 11


@pytest.mark.parametrize(
    ("lines", "summary", "markup"),
    [
        ("摘要：一。  \n二。", "一。\n二。", False),
        (r"摘要：功耗10\~20毫瓦。", "功耗10~20毫瓦。", False),
        ("摘要：功耗10~20毫瓦。", "功耗10~20毫瓦。", True),
        ("摘要：见[说明](https://e.example/y)。", "见[说明](https://e.example/y)。", False),
        ("摘要：**要点**。", "**要点**。", True),
        ("摘要：\n  1. 一；\n  2. 二。", "\n  1. 一；\n  2. 二。", True),
        ("摘要：一：\n1. 二", "一：\n1. 二", True),
        ("摘要：一：\n1\\. 二", "一：\n1. 二", False),
        ("摘要：一。\n\n\n二。", "一。\n\n二。", True),
        ("摘要：一。\n摘要：二。", "一。\n摘要：二。", False),
        ("摘要：", "", False),
    ],
)
def test_a_summary_is_plain_text_where_that_says_the_same(lines, summary, markup):
    draft = item_of(f"- [题](https://e.example/x)\n{lines}").draft
    assert (draft.summary, draft.markup) == (summary, markup)


def test_a_summary_waiting_for_translation():
    draft = item_of("- [题](https://e.example/x)\n摘要：（待译）We quantize.").draft
    assert (draft.summary, draft.translate) == ("We quantize.", True)


def test_a_summary_in_the_line_of_the_title():
    draft = item_of("- [题](https://e.example/x) 摘要：说明。").draft
    assert (draft.summary, draft.details) == ("说明。", "")


def test_text_without_mark_is_kept_beside_the_summary():
    item = item_of("- [题](https://e.example/x)\n回放：https://e.example/v\n一段话。")
    assert item.draft.summary == ""
    assert item.draft.details == "回放：https://e.example/v\n一段话。"
    assert item.summary_line is None


def test_a_paragraph_behind_the_items_stays_with_the_last_and_is_told_of():
    body = "- [题](https://e.example/x)\n摘要：说明。\n\n\n另见[文](https://e.example/y)。"
    found = read(an_issue(body))
    (item,) = found.sections[0].items
    assert item.draft.summary == "说明。\n\n另见[文](https://e.example/y)。"
    assert item.last_line == 13
    assert [(unread.line, unread.text) for unread in found.unread] == [
        (13, "另见[文](https://e.example/y)。")
    ]


def test_lists_in_a_summary_are_no_items_unless_they_begin_with_links():
    item = item_of(
        "- [题](https://e.example/x)\n摘要：有：\n  - 甲：https://e.example/a\n  - 乙\n"
        "    - [丙](https://e.example/c)"
    )
    assert item.draft.summary == "有：\n  - 甲：https://e.example/a\n  - 乙"
    assert [nested.title for nested in item.draft.items] == ["丙"]


# sections and what is around them


def test_sections_keep_their_order_and_may_be_empty():
    found = read(an_issue("- [题](https://e.example/x)\n\n##应用 ##\n\n### 博文\n\n正文"))
    assert [(section.name, len(section.items)) for section in found.sections] == [
        ("论文", 1),
        ("应用", 0),
        ("博文", 0),
    ]
    assert [section.name for section in found.issue.sections] == ["论文", "应用", "博文"]
    assert found.issue.sections[2].intro == "正文"
    (unread,) = found.unread
    assert (unread.line, unread.text) == (15, "正文")


def test_a_rule_between_sections_does_not_end_the_issue():
    found = read(
        an_issue("- [题](https://e.example/x)\n\n---\n\n## 博文\n\n- [文](https://e.example/y)")
    )
    assert [len(section.items) for section in found.sections] == [1, 1]
    assert found.issue.footer == ""
    assert found.issue.sections[0].closing == "---"


def test_an_early_table_of_back_issues_does_not_end_the_issue():
    table = "- [2020-01-01](x)\n\n## 论文\n\n- [题](https://e.example/x)\n摘要：一。"
    found = read(an_issue(table).replace("## 论文", "## 往期回顾", 1))
    assert [section.name for section in found.sections] == ["往期回顾", "论文"]


@pytest.mark.parametrize(
    ("preface", "lead", "notes"),
    [
        ("> 导读：一。\n> 二。", "一。\n二。", ()),
        ("> 导读:一。\n二。", "一。\n二。", ()),
        ("> 一。\n\n> 二。", "一。\n二。", ()),
        ("> 注：一。", "", ("注：一。",)),
        ("<FONT color=red>注：一。</font>", "", ("注：一。",)),
        ("注：一。\n二。", "", ("注：一。 二。",)),
        ("> 导读：一。\n\n文末有一篇。", "一。", ("文末有一篇。",)),
    ],
)
def test_what_stands_before_the_sections(preface, lead, notes):
    issue = read(an_issue("- x").replace("## 论文", f"{preface}\n\n## 论文")).issue
    assert (issue.lead, issue.notes, issue.tagline) == (lead, notes, "")


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_and_byte_order_marks_are_no_matter(ends):
    assert read("\ufeff" + LATE.replace("\n", ends)) == read(LATE)


# as JSON, and compared


def test_an_issue_as_json():
    values = issue_json(read(LATE).issue)
    assert {key: values[key] for key in ("date", "title", "notes")} == {
        "date": "2021-07-01",
        "title": "样例芯片流片/Tiny 2.0",
        "notes": ["注：个别链接打不开。"],
    }
    (section,) = values["sections"]
    skip, two = section["items"]
    assert skip == {
        "tags": ["CVPR2021", "2104.00001"],
        "title": "跳跃卷积",
        "source": "端侧小报",
        "url": "https://example.org/skip",
        "links": [{"label": "链接", "url": "https://example.org/abs/2104.00001"}],
        "summary": "只算变化的部分。",
        "items": [],
        "details": "标题：Skipping Convolutions\n链接：https://example.org/abs/2104.00001",
    }
    assert [item["title"] for item in two["items"]] == ["FIRST OF TWO", "SECOND OF TWO"]
    assert set(two) == {"tags", "title", "source", "url", "links", "summary", "items"}


def test_a_diff_tells_what_was_changed_and_what_is_no_house_style():
    issue = read(EARLY).issue
    changed = EARLY.replace("摘要：第一段", "摘要:首段").replace("亮相 | 端", "亮相|  端")
    found = diff_issue(issue, changed, name="early.md", newsletter=NEWSLETTER)
    assert found.lines == (
        "--- 2019-03-31\n+++ early.md\n@@ -17 +17 @@\n-摘要：第一段。  \n+摘要：首段。  \n"
    )
    slips = [line for line in found.slips.splitlines() if line.startswith("-")]
    assert "-- [样例芯片亮相|  端侧小报](https://example.org/news?a=1*b&c=2)  " in slips
    assert "-摘要:首段。  " in slips
    same = diff_issue(issue, EARLY, name="early.md", newsletter=NEWSLETTER)
    assert same.lines == ""


def test_the_normal_form_has_the_white_space_of_the_house():
    page = normal_form(EARLY, name="early.md", newsletter=NEWSLETTER)
    assert page.split() == EARLY.split()
    assert "\n\n\n" not in page
    (first,) = [line for line in page.split("\n") if line.startswith("    2. INT4")]
    assert first.endswith("。  ")
    assert normal_form(page, name="early.md", newsletter=NEWSLETTER) == page
