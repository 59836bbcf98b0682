"""What the web may write into a title or a text neither runs at the desk nor breaks page or Markdown."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from pipeline.desk import Editor, decide
from pipeline.issue_reader import read_issue
from pipeline.period import period_of
from pipeline.stages import take_in
from store.candidates import load_story_of
from store.items import save_items
from store.models import RawItem, SourceName, Verdict
from store.runs import start_run
from tests.browser.desks import MORNING

HOSTILE = {
    "script": "<script>window.pwned = 1</script>模型",
    "handler": "<img src=x onerror='window.pwned = 2'>模型",
    "svg": "<svg onload=window.pwned=3>模型</svg>",
    "quote": "\"'><b onmouseover=window.pwned=4 autofocus onfocus=window.pwned=5>模型",
    "template": "{{ 7 * 7 }} {% raw %} ${pwned} 模型",
    "bidi": "abc\u202egnp.exe 模型 \u2066\u2067",
    "markdown": "](javascript:window.pwned=6) [模型](https://a.example) ``` # > - | * _ ~~x~~",
    "html": "</li></ol></main><h1>模型</h1><style>*{display:none}</style><!--",
    "long": "模型" + "长" * 10_000,
    "unbroken": "模型" + "W" * 10_000,
    "controls": "模型\x00\x07\x1b[31m\x7f\u0085标题",
    "lines": "模型\n\n# 标题\n- 项\n\r\n> 引",
}
BODY = (
    "<script>window.pwned = 7</script>\n[点我](javascript:window.pwned=8)\n"
    "<iframe src='javascript:window.pwned=9'></iframe>\n```\n# 不是标题\n- 不是列表\n"
    "![图](https://tracker.example/pixel.gif)<details open ontoggle=window.pwned=10>"
)
SAID = (
    "手机上的语音识别",
    "芯片厂商财报",
    "剪枝综述",
    "联邦学习平台开源",
    "蒸馏检测器",
    "浏览器里跑模型",
    "树莓派教程",
    "稀疏训练比赛",
    "编译器新后端",
    "车载视觉标准",
    "内存压缩技巧",
    "神经网络搜索争论",
)
"""What each is about, so that no two make one story."""
SOURCE = SourceName("编辑收集")


@pytest.fixture
def hostile(desk):
    """The desk with one story for each, accepted."""
    run = start_run(desk.store, "test", MORNING)
    items = [
        RawItem(
            source=SOURCE,
            external_id=name,
            url=f"https://hostile.example/{name}",
            title=f"{SAID[place]}{title}",
            summary=f"{SAID[place]}\n{BODY}",
            publisher=f"<i>{name}</i>\u202e",
            links=("javascript:window.pwned=11", f"https://github.com/hostile/{name}"),
            published=MORNING,
        )
        for place, (name, title) in enumerate(HOSTILE.items())
    ]
    save_items(desk.store, run, None, items, MORNING)
    period = period_of(desk.store, desk.settings, MORNING)
    take_in(desk.store, desk.settings, period)
    stories = [load_story_of(desk.store, SOURCE, name) for name in HOSTILE]
    editor = Editor(name="<u>甲</u>", now=MORNING)
    decide(desk.store, desk.settings, period, stories, Verdict.ACCEPT, editor, note="<b>x</b>")
    return stories


def look_through(desk, page, path):
    dialogs = []

    def refuse(dialog):
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    desk.open(page, path)
    expect(page.locator("main")).to_be_visible()
    assert page.evaluate("window.pwned") is None
    assert dialogs == []
    assert page.locator("header.top").is_visible()
    assert page.evaluate("document.querySelectorAll('main').length") == 1
    hrefs = page.eval_on_selector_all(
        "a[href]:not(.bookmarklet a)", "all => all.map(a => a.protocol)"
    )
    assert set(hrefs) <= {"http:", "https:"}
    foreign = page.eval_on_selector_all("a[target]", "all => all.map(a => a.rel)")
    assert all(rel == "noopener noreferrer" for rel in foreign)
    handlers = "all => all.some(e => [...e.attributes].some(a => a.name.startsWith('on')))"
    assert not page.eval_on_selector_all("*", handlers)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{path} is {wide} px too wide"


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_runs_it_or_is_broken_by_it(desk, hostile, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    paths = ["/queue?state=all", "/queue?q=模型&state=all", "/issue", "/history", "/sources"]
    paths += [f"/story/{story}" for story in hostile[::3]]
    paths += [f"/history/{hostile[0]}", "/add?url=javascript:alert(1)&title=<script>x</script>"]
    for path in paths:
        look_through(desk, page, path)


def test_the_preview_renders_it_harmless(desk, hostile, page):
    look_through(desk, page, f"/story/{hostile[6]}")
    page.locator("#field-summary").fill(BODY)
    page.wait_for_timeout(1500)
    assert page.evaluate("window.pwned") is None
    assert page.locator("#story-edit iframe, #story-edit script").count() == 0


def test_the_markdown_reads_back_item_by_item(desk, hostile, page):
    desk.open(page, "/issue")
    page.get_by_role("button", name="定稿").click()
    expect(page.locator("#issue-head .chip.good")).to_be_visible()
    page.get_by_role("button", name="导出").click()
    expect(page.locator("#notice")).to_contain_text("2026-03-02.md")
    text = (desk.issues / "2026-03-02.md").read_text(encoding="utf-8")
    read = read_issue(text, name="2026-03-02.md", newsletter=desk.settings.newsletter)
    items = [item for section in read.issue.sections for item in section.items]
    assert len(items) == len(set(hostile))
    assert all(item.url.startswith(("https://", "http://")) for item in items)
    assert "javascript:" not in "".join(link.url for item in items for link in item.links)
    assert "\u202e" not in text
    assert "\x1b" not in text
