"""axe-core over every page, in both themes; focus that can be seen; nothing that shifts."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from pipeline.desk import Editor, decide
from pipeline.period import period_of
from pipeline.queue import Queue
from store.models import Verdict
from tests.browser.desks import MORNING

PAGES = (
    "/queue",
    "/queue?state=all",
    "/queue?q=量化",
    "/queue?q=没有这样的词",
    "/story/{story}",
    "/story/{story}/why",
    "/issue",
    "/issue?titles=1",
    "/add",
    "/sources",
    "/sources/plots",
    "/history",
    "/history/{story}",
    "/login",
    "/nowhere",
)


@pytest.fixture
def story(desk):
    """One of three stories that were decided on."""
    period = period_of(desk.store, desk.settings, MORNING)
    queue = Queue(store=desk.store, settings=desk.settings, period=period)
    chosen = [entry.story.id for entry in queue.entries()][:3]
    editor = Editor(name="甲", now=MORNING)
    decide(desk.store, desk.settings, period, chosen[:2], Verdict.ACCEPT, editor)
    decide(desk.store, desk.settings, period, chosen[2:], Verdict.REJECT, editor, reason="thin")
    return chosen[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_has_nothing_to_say(desk, story, chromium, scheme):
    page = chromium.new_context(color_scheme=scheme, locale="zh-CN").new_page()
    said = []
    for path in PAGES:
        desk.open(page, path.format(story=story))
        for violation in Axe().run(page).response["violations"]:
            nodes = [node["html"][:160] for node in violation["nodes"]]
            said.append((path, violation["id"], nodes[:3]))
    assert said == []


def test_dialogs_pass_too(desk, story, page):
    desk.open(page, "/queue")
    for key in ("?", "r", "s"):
        page.keyboard.press(key)
        expect(page.locator("dialog[open]")).to_be_visible()
        assert Axe().run(page).response["violations"] == []
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)


@pytest.mark.parametrize("path", ["/queue", "/issue", "/add", "/sources", "/history"])
def test_focus_is_always_seen(desk, page, path):
    desk.open(page, path)
    for _ in range(25):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            """() => {
                const focused = document.activeElement;
                if (!focused || focused === document.body) return true;
                const style = getComputedStyle(focused);
                return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
            }"""
        )
        assert shown, page.evaluate("document.activeElement.outerHTML").split("\n")[0]


def test_nothing_shifts_when_something_is_decided(desk, page):
    desk.open(page, "/queue")
    page.evaluate(
        """() => {
            window.shifts = [];
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) window.shifts.push(entry.value);
            }).observe({ type: 'layout-shift', buffered: true });
        }"""
    )
    for key in ("a", "j", "l", "u"):
        page.keyboard.press(key)
        page.wait_for_timeout(300)
    assert sum(page.evaluate("window.shifts")) < 0.01
