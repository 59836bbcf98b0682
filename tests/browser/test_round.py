"""A morning at the desk: from the night's queue to an exported file, by keys alone and without script."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from pipeline.issue_reader import read_issue
from pipeline.period import period_of
from pipeline.queue import Queue, State
from store.decisions import load_latest_decisions
from store.models import Verdict

CURRENT = "[data-row][data-current]"


def states(desk) -> dict[int, State]:
    period = period_of(desk.store, desk.settings, desk.now)
    queue = Queue(store=desk.store, settings=desk.settings, period=period)
    return {place.story.id: place.state for place in queue.decided()}


def current(page: Page) -> int:
    """The story of the row that keys are about."""
    return int((page.locator(CURRENT).get_attribute("id") or "").removeprefix("story-"))


def decided(page: Page, story: int, state: str) -> None:
    """Wait until the desk has answered, not only until the row promises it."""
    row = page.locator(f"#story-{story}")
    expect(row).to_have_attribute("data-state", state)
    expect(row).not_to_have_attribute("data-pending", "")


def test_the_whole_round_by_keys_alone(desk, page):
    desk.open(page, "/queue")
    accepted = []
    for _ in range(4):
        accepted.append(current(page))
        page.keyboard.press("a")
        decided(page, accepted[-1], "accepted")
    rejected = current(page)
    page.keyboard.press("r")
    page.keyboard.press("2")
    decided(page, rejected, "rejected")
    put_off = current(page)
    page.keyboard.press("l")
    decided(page, put_off, "later")
    page.keyboard.press("u")
    decided(page, put_off, "proposed")
    assert current(page) == put_off
    # a batch
    for _ in range(2):
        accepted.append(current(page))
        page.keyboard.press("x")
        page.keyboard.press("j")
    page.keyboard.press("a")
    for story in accepted[-2:]:
        decided(page, story, "accepted")
    # an edit
    edited = current(page)
    page.keyboard.press("e")
    desk.arrive(page, f"/story/{edited}")
    page.keyboard.press("e")
    expect(page.locator("#field-title")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("编辑自己写的标题")
    page.keyboard.press("Control+Enter")
    desk.arrive(page, f"/queue#story-{edited}")
    accepted.append(edited)
    # the issue
    page.keyboard.press("g")
    page.keyboard.press("i")
    desk.arrive(page, "/issue")
    expect(page.locator(f"#story-{edited} .headline")).to_contain_text("编辑自己写的标题")
    page.keyboard.press("t")
    expect(page.locator("#field-lead")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("这一期由键盘编成。")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#notice")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("F")
    expect(page.locator("#issue-head .chip.good")).to_be_visible()
    page.keyboard.press("E")
    expect(page.locator("#notice")).to_contain_text("2026-03-02.md")
    text = (desk.issues / "2026-03-02.md").read_text(encoding="utf-8")
    read = read_issue(text, name="2026-03-02.md", newsletter=desk.settings.newsletter)
    titles = [item.title for section in read.issue.sections for item in section.items]
    assert len(titles) == len(accepted)
    assert "编辑自己写的标题" in titles
    assert "这一期由键盘编成。" in read.issue.lead
    assert {s for s, state in states(desk).items() if state is State.ACCEPTED} == set(accepted)


def test_the_round_without_script(desk, chromium: Browser):
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    desk.open(page, "/queue")
    first = page.locator("[data-row]").nth(0)
    story = int((first.get_attribute("id") or "").removeprefix("story-"))
    first.get_by_role("button", name="采用").click()
    expect(page.locator(".notice")).to_contain_text("采用")
    assert states(desk) == {story: State.ACCEPTED}
    page.locator(".notice").get_by_role("button", name="撤销").click()
    assert states(desk).get(story) is not State.ACCEPTED
    # a batch by boxes
    for place in (0, 1, 2):
        page.locator(".row-mark input").nth(place).check()
    page.locator("#batch").get_by_role("button", name="采用").click()
    assert list(states(desk).values()).count(State.ACCEPTED) == 3
    # an edit
    page.goto(f"{desk.base}/story/{story}")
    page.locator("#field-title").fill("没有脚本也能改")
    page.locator("#story-edit .saves button[value=save]").click()
    [last] = load_latest_decisions(desk.store, 1)
    assert (last.verdict, last.editor and last.editor.title) == (Verdict.EDIT, "没有脚本也能改")
    # the issue
    page.goto(f"{desk.base}/issue")
    expect(page.locator(f"#story-{story} .headline")).to_contain_text("没有脚本也能改")
    page.get_by_role("button", name="定稿").click()
    page.get_by_role("button", name="导出").click()
    assert "没有脚本也能改" in (desk.issues / "2026-03-02.md").read_text(encoding="utf-8")
    context.close()


def test_a_filter_and_a_search_by_keys(desk, page):
    desk.open(page, "/queue")
    page.keyboard.press("/")
    page.keyboard.type("量化")
    page.keyboard.press("Enter")
    desk.arrive(page, r"/queue\?q=%E9%87%8F%E5%8C%96")
    assert page.locator("[data-row]").count() > 0
    page.goto(f"{desk.base}/queue?kind=paper&language=en")
    assert page.locator("[data-row]").count() > 0


def test_the_help_lists_the_keys_and_the_keyboard_leaves_it(desk, page):
    desk.open(page, "/queue")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).not_to_be_visible()
