"""Links: how an address and its Markdown are written, and what became of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.liveness import LinkState
from pipeline.check.links import fault_of, opens
from pipeline.issue_reading import LinkPlace
from tests.pipeline.check.issues import Item, check, codes, edited, issue, reread

SEARCHED = "https://mp.weixin.qq.com/s?src=11&timestamp=1559182663&ver=1&signature=a*b-c"


@pytest.mark.parametrize(
    "url",
    [
        "https://arxiv.org/abs/1812.00332",
        "http://127.0.0.1:8080/a",
        "https://zh.wikipedia.org/wiki/卷积神经网络",
        "https://en.wikipedia.org/wiki/Kernel_(image_processing)",
        "https://web.archive.org/web/2019/https://a.example/1",
        "https://link.zhihu.com/?target=https://a.example/1",
        "https://mp.weixin.qq.com/s?__biz=MzA5==&mid=26&idx=2&sn=f4b1#rd",
        "https://a.example/?q=[1]",
    ],
)
def test_a_good_address_has_no_fault(url: str) -> None:
    assert fault_of(url) is None
    assert opens(url)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("", "does not begin with http:// or https://"),
        ("a.example/1", "does not begin with http:// or https://"),
        ("../2020-03-02.md", "does not begin with http:// or https://"),
        ("https://a.example/1 2", "holds a blank"),
        ("https://a.example/1。", "holds 。"),
        ("https://a.example/1）见文末", "holds ）"),
        ("https：//a.example/1", "does not begin with http:// or https://"),
        ("https://a.example/1https://a.example/1", "is two addresses in one"),
        ("https://a.example/(1", "has a single ("),
        ("https://a.example/1)", "has a single )"),
        ("https://a.example/1]", "has a single ]"),
        ("https://a.example/1,", "ends with ,"),
        ("https://", "names no host"),
        ("https://github/ox/cart", "names no host"),
    ],
)
def test_what_is_wrong_with_an_address(url: str, fault: str) -> None:
    assert fault_of(url) == fault
    assert not opens(url)


@given(st.text())
def test_any_text_can_be_asked_for_its_fault(url: str) -> None:
    fault_of(url)
    fault_of("https://a.example/" + url)


def test_a_malformed_link_is_an_error_wherever_it_stands() -> None:
    item = Item(
        url="https://a.example/1）",
        further=(("代码", "htps://b.example"),),
        in_summary=("https://c.example/,",),
    )
    assert codes(check(issue(item, lead="见[新闻](https://d.example/。)"))) == ["L101"] * 4


def test_a_link_without_an_address() -> None:
    made = issue(Item(further=(("代码", ""),)))
    (finding,) = check(made)
    assert (finding.code, finding.level) == ("L102", "error")


@pytest.mark.parametrize(
    "written",
    [
        "[词] (https://a.example/2)",
        "[词]（https://a.example/2）",
        "【词】(https://a.example/2)",
        "[词](https://a.example/2)(https://a.example/2)",
        "[词](https://a.example/2",
        "[词](https://a.example/2）",
    ],
)
def test_broken_markup_of_a_link_is_an_error(written: str) -> None:
    made = edited(issue(Item(summary="见原文。")), "见原文。  ", f"见{written}")
    assert "L103" in codes(check(made))


@pytest.mark.parametrize("written", ["`[词] (https://a.example/2)`", "[词](https://a.example/2)"])
def test_good_markup_and_code_are_no_fault(written: str) -> None:
    made = edited(issue(Item(summary="更多的说明见原文。")), "见原文。", f"见{written}。")
    assert codes(check(made)) == []


def test_a_bracket_that_closes_on_the_next_line() -> None:
    made = issue(Item(summary="更多的说明见原文。\n完"))
    made = edited(made, "见原文。  \n完", "见[词](https://a.example/2\n)完")
    assert codes(check(made)) == ["L106"]


def test_links_that_expire() -> None:
    sogou = "https://weixin.sogou.com/link?url=dn9a_-gY295K0Rci_xozVXfdMkSQTLW6&type=2"
    findings = check(issue(Item(url=SEARCHED, further=(("解读", sogou),))))
    assert codes(findings) == ["L104", "L104"]
    assert [finding.line for finding in findings] == [13, 14]


@pytest.mark.parametrize(
    ("url", "carried"),
    [
        ("https://www.jianshu.com/p/68879?from=timeline&isappinstalled=0", "from, isappinstalled"),
        ("https://mp.weixin.qq.com/s/EXuFXbPBIb?scene=25#wechat_redirect", "scene"),
        ("https://a.example/1?utm_source=x&id=3", "utm_source"),
    ],
)
def test_tracking_parameters(url: str, carried: str) -> None:
    (finding,) = check(issue(Item(url=url)))
    assert finding.code == "L107"
    assert f"carries {carried}, " in finding.message


@pytest.mark.parametrize("behind", ["；有了", "）和", "的代码"])
def test_a_bare_address_with_text_right_behind_it(behind: str) -> None:
    item = Item(summary="作者说，代码在此。", in_summary=("https://github.com/ox/cart",))
    made = edited(issue(item), "代码在此。", f"代码在 https://github.com/ox/cart{behind}。")
    assert codes(check(made)) == ["L105"]


@pytest.mark.parametrize("behind", ["  ", " 。", ""])
def test_a_bare_address_that_ends_where_it_should(behind: str) -> None:
    item = Item(summary="作者说，代码在此。", in_summary=("https://github.com/ox/cart",))
    made = edited(issue(item), "代码在此。  ", f"代码在 https://github.com/ox/cart{behind}")
    assert codes(check(made)) == []


@pytest.mark.parametrize(
    ("status", "cause", "code"),
    [
        ("alive", "", None),
        ("gone", "HTTP 404 from a.example", "L201"),
        ("redirected", "leads to another site", "L202"),
        ("unknown", "no answer from a.example within 30 s", "L203"),
    ],
)
def test_what_became_of_a_link(status: str, cause: str, code: str | None) -> None:
    url = "https://a.example/1"
    state = LinkState(url=url, status=status, final_url="https://b.example/", cause=cause)  # type: ignore[arg-type]
    findings = check(issue(Item(url=url)), liveness={url: state})
    assert codes(findings) == ([code] if code else [])
    assert all(cause in finding.message for finding in findings)


def test_nothing_is_said_of_links_that_were_not_asked() -> None:
    assert check(issue(Item()), liveness={}) == []


def test_the_parameters_of_a_picture_are_its_own() -> None:
    picture = "https://img.example/1/640?wx_fmt=png&wx_lazy=1"
    read, raw = edited(issue(Item()), "速度更快。", f"速度更快。![图]({picture})")
    (section,) = read.sections
    (item,) = section.items
    link = LinkPlace(url=picture, label="图", line=14, role="summary")
    item = replace(item, links=(*item.links, link))
    assert check(reread((read, raw), sections=(replace(section, items=(item,)),))) == []
