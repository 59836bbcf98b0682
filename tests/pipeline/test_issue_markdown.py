"""The page is house style, and no title, label or 摘要 can break out of its place in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from config.errors import ConfigError
from config.settings import IssueSectionSettings, Newsletter
from pipeline.issue_escape import escape_text, escape_url
from pipeline.issue_markdown import lead, render
from pipeline.normalise import clean_line
from store.models import Draft, Issue, IssueSection, Link
from tests.builders import a_draft

GOLDEN = Path(__file__).parents[1] / "golden" / "issue.md"

NEWSLETTER = Newsletter(
    title="嵌入式AI简报",
    tagline="关注模型压缩、低比特量化、移动端推理加速优化、部署",
    back_issues_url="https://example.org/briefing",
    issue_url="https://example.org/briefing/{date}.html",
    footer=("Editor: https://example.org/editor", "Project: https://example.org/briefing"),
    licence='<a rel="license" href="https://creativecommons.org/licenses/by-sa/4.0/">'
    "CC BY-SA 4.0</a>",
)
SETTINGS = (
    IssueSectionSettings(name="业界新闻", short="新闻"),
    IssueSectionSettings(name="论文"),
    IssueSectionSettings(name="开源项目", short="开源"),
)
NEWS = IssueSection(
    name="业界新闻",
    items=(
        Draft(
            section="业界新闻",
            title="样例芯片发布四核NPU，功耗10~20毫瓦",
            source="端侧小报",
            url="https://mp.weixin.qq.com/s/Ab-cd_Ef",
            links=(Link(label="原文", url="https://www.example.com/npu_(v2)"),),
            summary="样例芯片今天发布四核 NPU。它的峰值算力达到 2 TOPS。\n1. 支持 INT8；\n\n"
            "- 支持 INT4，代码见[说明](https://example.org/docs)。",
        ),
    ),
)
PAPERS = IssueSection(
    name="论文",
    items=(
        Draft(
            section="论文",
            tags=("CVPR 2026", "2602.01234"),
            title="TinyMix [v2]: mixing snake_case and *stars* at 3 bits",
            url="https://arxiv.org/abs/2602.01234",
            links=(
                Link(label="论文", url="https://arxiv.org/pdf/2602.01234"),
                Link(
                    label="端侧小报解读",
                    url="https://mp.weixin.qq.com/s?__biz=MzA=&mid=1&idx=1&sn=ab",
                ),
            ),
            summary="We quantize weights to 3 bits & keep accuracy <within 1 %>.",
            translate=True,
        ),
        Draft(
            section="论文",
            tags=("2602.04321",),
            title="一种低比特量化方法",
            url="https://arxiv.org/abs/2602.04321",
        ),
    ),
)
PROJECTS = IssueSection(
    name="开源项目",
    items=(
        Draft(
            section="开源项目",
            title="sample-lab/tinymix: 3-bit kernels for ARM | RISC-V",
            url="https://github.com/sample-lab/tinymix",
            summary="Kernels for phones, with `{{ template }}` in the docs.",
            translate=True,
        ),
        Draft(
            section="开源项目",
            title="sample-lab/pocket",
            url="https://github.com/sample-lab/pocket",
        ),
    ),
)
ISSUE = Issue(
    date=date(2026, 3, 2),
    title="端侧框架开源/W3A8量化",
    lead=lead((NEWS, PAPERS, PROJECTS), NEWSLETTER, SETTINGS)
    + "\n\n本期还有[一则通知](https://example.org/notice)。",
    sections=(NEWS, PAPERS, PROJECTS),
    back_issues=(date(2026, 2, 16), date(2026, 2, 2)),
)


def page(*items: Draft, newsletter: Newsletter = NEWSLETTER) -> str:
    section = IssueSection(name="业界新闻", items=items)
    return render(Issue(date=date(2026, 3, 2), lead="", sections=(section,)), newsletter)


def test_an_issue_in_house_style():
    assert render(ISSUE, NEWSLETTER) == GOLDEN.read_text(encoding="utf-8")


def test_only_what_there_is_is_printed():
    bare = Newsletter(title="简报", tagline="")
    issue = Issue(date=date(2026, 3, 2), lead="", sections=())
    assert render(issue, bare) == "---\nlayout: default\n---\n\n# 简报 (2026-03-02)\n"


def test_back_issues_without_addresses_are_still_named():
    bare = Newsletter(title="简报", tagline="")
    issue = Issue(date=date(2026, 3, 2), lead="", sections=(), back_issues=(date(2026, 2, 16),))
    assert render(issue, bare).endswith("\n\n## 往期回顾\n\n- 2026-02-16\n")


# read by a Markdown parser

COMMONMARK = MarkdownIt("commonmark")
GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def items_of(markdown: str, parser: MarkdownIt) -> list[Token]:
    """The inline content of each list item, which is one paragraph."""
    tokens = parser.parse(markdown)
    kinds = [token.type for token in tokens]
    assert kinds.count("bullet_list_open") == 1
    assert set(kinds) <= {
        *("hr", "heading_open", "heading_close", "inline", "paragraph_open", "paragraph_close"),
        *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"),
    }
    return [tokens[n + 2] for n, kind in enumerate(kinds) if kind == "list_item_open"]


def links_of(inline: Token) -> list[tuple[str, str]]:
    """Text and address of each link."""
    found: list[tuple[str, str]] = []
    inside = False
    for token in inline.children or ():
        if token.type == "link_open":
            inside = True
            found.append(("", str(token.attrs["href"])))
        elif token.type == "link_close":
            inside = False
        elif inside:
            assert token.type == "text"
            found[-1] = (found[-1][0] + token.content, found[-1][1])
    return found


def lines_of(inline: Token) -> list[str]:
    """The lines as a reader sees them; a hard break parts two."""
    lines = [""]
    for token in inline.children or ():
        assert token.type in ("text", "hardbreak", "link_open", "link_close")
        if token.type == "hardbreak":
            lines.append("")
        lines[-1] += token.content
    return lines


NASTY = st.text(
    alphabet=st.sampled_from([*"[]()|`*_~#<>&;!\\{}%:=+-.\"'/1aZ中（【｜ \n\t\r\u200d👩💻é"])
    | st.characters(),
    max_size=30,
)
NASTY_PIECES = st.lists(
    st.sampled_from(
        [
            *("](https://evil.example)", "[x](javascript:alert(1))", "![x](https://e.example/i)"),
            *("<script>", "<!--", "-->", "<https://e.example>", "</li>", "&lt;", "&#96;", "&copy"),
            *("``", "**", "__", "~~", "\n\n", "\n# ", "\n- ", "\n1. ", "\n---\n", "\n    "),
            *("\n```\n", "\n| a |\n|---|\n", "\n[x]: https://e.example", "\n> ", "\n===", "\\"),
            *(
                "\u202e",
                "\x00",
                "\u2028",
                "\ud800",
                "{{ x }}",
                "{% raw %}",
                "{: .x}",
                " | ",
                "[^1]",
            ),
        ]
    )
    | NASTY,
    max_size=8,
).map("".join)


@given(NASTY_PIECES, NASTY_PIECES, NASTY_PIECES, NASTY_PIECES, NASTY_PIECES)
@example("a\\", "b\\", "t\\", "l\\", "s\\")
@example("[[[a]]]", "]", "[", "][", "a\n[x]: https://e.example")
@example("A | B", "", "", "", "-|-\n:--\n--|--\n|--|")
@example("x" * 5000, "🙂", "（）", "＿", "*\n" * 100)
def test_hostile_text_stays_in_its_place(title, source, tag, label, summary):
    item = a_draft(
        title=title,
        source=source,
        tags=(tag,) if clean_line(tag) else (),
        links=(Link(label=label, url="https://example.org/further"),),
        summary=summary.replace("](http", "] (http"),
    )
    markdown = page(item, a_draft(title="最后一条"))
    markdown.encode()
    assert "{{" not in markdown
    assert "{%" not in markdown
    headline = " | ".join(filter(None, (clean_line(title) or item.url, clean_line(source))))
    for parser in (COMMONMARK, GITHUB):
        first, last = items_of(markdown.partition("---\n\n#")[2], parser)
        assert links_of(first) == [
            (headline, "https://www.example.com/1"),
            (
                f"[{clean_line(label)}]" if clean_line(label) else "[]",
                "https://example.org/further",
            ),
        ]
        assert lines_of(last) == ["最后一条"]
        shown = [clean_line(line) for line in item.summary.splitlines() if clean_line(line)]
        assert lines_of(first)[1:] == ["摘要：" * (not n) + line for n, line in enumerate(shown)]


@given(st.lists(NASTY_PIECES, max_size=5))
def test_one_list_item_for_each_draft(titles):
    markdown = page(*(a_draft(title=title, summary=title) for title in [*titles, "x"]))
    assert len(items_of(markdown.partition("---\n\n#")[2], COMMONMARK)) == len(titles) + 1


ADDRESSES = st.text(st.sampled_from([*"abC1/?&=#%()[]<>\"'`{}|\\^ _*~;:@中\n"]), max_size=30)


@given(ADDRESSES)
@example("a_(b)")
@example("a)b(")
@example("x?a=1&copy;=2&lt=3")
def test_an_address_leads_where_it_led(path):
    url = "https://example.org/" + path
    (item,) = items_of(page(a_draft(url=url)).partition("---\n\n#")[2], COMMONMARK)
    (link,) = links_of(item)
    assert unquote(link[1]) == unquote(clean_line(url))


# escapes


@pytest.mark.parametrize(
    "text",
    [
        "6个JavaScript框架 | 机器之心",
        "TinyMix [1812.00332] 与 [v2]",
        "snake_case 与 a__b",
        "int8 * int8 = int32",
        "a < b > c & d",
        "C# 与 F#",
        "#1 框架、+1、-1",
        "100% {x} $\\alpha$ \\ 路径 C:\\temp",
        "https://example.org/~user/a_b.html",
        "真的！（是的）【好】",
    ],
)
def test_what_cannot_harm_is_not_escaped(text):
    assert escape_text(text) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a [b", r"a \[b"),
        ("a] b", r"a\] b"),
        ("[a](b)", r"\[a\](b)"),
        ("[[a]]", r"\[[a]\]"),
        ("![a]", r"\![a]"),
        ("`a`", r"\`a\`"),
        ("*a* **b**", r"\*a\* \*\*b\*\*"),
        ("_a_ __init__", r"\_a\_ \_\_init\_\_"),
        ("10~20，30~40", r"10\~20，30\~40"),
        ("<b>a</b> <!-- c", r"\<b>a\</b> \<!-- c"),
        ("&lt; &#35; AT&T", "&amp;lt; &amp;#35; AT&T"),
        ("a\\", "a\\\\"),
        (r"\*a", r"\\\*a"),
        ("{{ a }} {% b %} {: c}", r"{\{ a }} {&#37; b %} {\: c}"),
        ("a ##", r"a \##"),
        (" a\n\tb\u3000c ", "a b c"),
        ("a\u202eb\x00\u200bc", "abc"),
    ],
)
def test_what_could_harm_is_escaped(text, escaped):
    assert escape_text(text) == escaped


@pytest.mark.parametrize(
    ("url", "escaped"),
    [
        ("https://example.org/a_(b)?c=[d]&e*", "https://example.org/a_(b)?c=[d]&e*"),
        ("https://example.org/a)b", "https://example.org/a%29b"),
        ("https://example.org/a((b))", "https://example.org/a%28%28b%29%29"),
        ("https://example.org/a b", "https://example.org/a%20b"),
        ('https://example.org/<"\\|`{^}>', "https://example.org/%3C%22%5C%7C%60%7B%5E%7D%3E"),
        ("https://example.org/?a&lt;b", "https://example.org/?a&amp;lt;b"),
        ("https://example.org/论文", "https://example.org/论文"),
        ("../2026-02-16.html", "../2026-02-16.html"),
        ("javascript:alert(1)", ""),
        (" java\x00script:alert(1)", ""),
        ("data:text/html,x", ""),
        ("", ""),
    ],
)
def test_addresses_are_escaped(url, escaped):
    assert escape_url(url) == escaped


def test_a_title_without_source_keeps_its_bars_to_itself():
    assert "[A | B | 端侧小报](" in page(a_draft(title="A | B", source="端侧小报"))
    assert r"[A \| B](" in page(a_draft(title="A | B"))
    assert "[A|B](" in page(a_draft(title="A|B"))
    assert r"[A | B\|C](" in page(a_draft(title="A", source="B|C"))


def test_a_title_of_nothing_gives_way_to_the_address():
    assert "- [https://www.example.com/1](https://www.example.com/1)  \n" in page(
        a_draft(title=" ")
    )


def test_a_link_in_a_summary_stays_one_unless_it_is_an_image_or_no_web_address():
    text = "见[a_b *c*](https://example.org/x_y)，![i](https://example.org/i)，[j](javascript:x)"
    (item,) = items_of(page(a_draft(summary=text)).partition("---\n\n#")[2], COMMONMARK)
    assert links_of(item)[1:] == [("a_b *c*", "https://example.org/x_y")]


# the 导读


def test_the_lead_counts_and_names_a_few_of_each_section():
    names = ("首个", "第二", "第三", "第四")
    news = IssueSection(name="业界新闻", items=tuple(a_draft(title=name) for name in names))
    blog = IssueSection(name="博文", items=(a_draft(title="一篇"),))
    assert lead((news, blog), NEWSLETTER, SETTINGS) == (
        "本次内容5条。「新闻」首个、第二、第三；「博文」一篇。"
    )


@pytest.mark.parametrize(
    ("title", "shortened"),
    [
        ("sample-lab/tinymix: kernels", "sample-lab/tinymix"),
        ("sample-lab/tinymix v1.2: kernels", "sample-lab/tinymix"),
        ("TCP/IP 协议", "TCP/IP 协议"),
        ("短标题：不必再短", "短标题：不必再短"),
        ("样例公司开源框架：三月底可以下载，支持手机与各种开发板", "样例公司开源框架"),
        ("A very long title of a paper that never comes to a colon or an end", None),
        ("带*号的标题_", r"带\*号的标题\_"),
    ],
)
def test_the_lead_shortens_titles(title, shortened):
    section = IssueSection(name="论文", items=(a_draft(title=title),))
    expected = shortened or "A very long title of a paper that…"
    assert lead((section,), NEWSLETTER, SETTINGS) == f"本次内容1条。「论文」{expected}。"


def test_without_items_there_is_nothing_to_lead_to():
    assert lead((IssueSection(name="论文", items=()),), NEWSLETTER, SETTINGS) == ""


# templates


def with_template(name: str) -> Newsletter:
    return NEWSLETTER.model_copy(update={"template": name})


@pytest.mark.parametrize("place", [".", "templates"])
def test_a_template_of_ones_own_comes_first(tmp_path, place):
    (tmp_path / place).mkdir(exist_ok=True)
    text = "{{ issue.date }}{% for s in issue.sections %} {{ s.name }}{% endfor %}\n\n\n"
    (tmp_path / place / "issue.md.j2").write_text(text, encoding="utf-8")
    assert render(ISSUE, NEWSLETTER, tmp_path) == "2026-03-02 业界新闻 论文 开源项目\n"


def test_without_one_the_shipped_template_is_used(tmp_path):
    assert render(ISSUE, NEWSLETTER, tmp_path) == render(ISSUE, NEWSLETTER)


@pytest.mark.parametrize(
    ("template", "where", "what"),
    [
        ("a\n{% for %}", "own.j2: line 2", "Expected an expression"),
        ("{{ issue.colour }}", "own.j2", "colour"),
        ("{{ issue.date + 1 }}", "own.j2", "unsupported operand"),
        ("{{ ''.__class__.__mro__ }}", "own.j2", "__class__"),
        ("{% include 'gone.j2' %}", "own.j2", "gone.j2"),
    ],
)
def test_a_template_that_cannot_be_used_says_why(tmp_path, template, where, what):
    (tmp_path / "own.j2").write_text(template, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        render(ISSUE, with_template("own.j2"), tmp_path)
    (fault,) = caught.value.faults
    assert fault.where == where
    assert what in fault.what


@pytest.mark.parametrize("name", ["missing.j2", "../../pyproject.toml"])
def test_a_template_that_is_not_there_says_so(tmp_path, name):
    with pytest.raises(ConfigError, match=name):
        render(ISSUE, with_template(name), tmp_path)


def test_a_template_in_another_encoding_says_so(tmp_path):
    (tmp_path / "own.j2").write_bytes("简报".encode("gb18030"))
    with pytest.raises(ConfigError, match=r"own\.j2"):
        render(ISSUE, with_template("own.j2"), tmp_path)
