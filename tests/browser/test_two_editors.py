"""Two at one desk, a night during review, a reload and a lost desk in the middle of an edit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.demo import CONFIG, NOW
from pipeline.nightly import nightly
from pipeline.queue import State
from pipeline.web.passwords import hashed
from store.decisions import load_decisions
from store.editors import save_editor
from store.models import StoryId, Verdict
from tests.browser.desks import served
from tests.browser.test_round import current, decided, states

PASSWORD = "a long enough one"


@pytest.fixture
def shared(desk):
    """The same desk, where one has to say who one is."""
    for name in ("甲", "乙"):
        save_editor(desk.store, name, hashed(PASSWORD), NOW)
    with served(desk.store, desk.settings, desk.issues, login=True) as shared:
        yield shared
        assert shared.complaints == []


def at_the_desk(chromium: Browser, desk, name: str) -> Page:
    page = chromium.new_context(locale="zh-CN").new_page()
    desk.open(page, "/queue")
    desk.arrive(page, r"/login\?.*")
    page.locator("#field-name").fill(name)
    page.locator("#field-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    desk.arrive(page, "/queue")
    return page


def test_the_second_editor_sees_the_first_ones_decision_and_is_asked(shared, chromium):
    one, other = (at_the_desk(chromium, shared, name) for name in ("甲", "乙"))
    story = current(one)
    one.keyboard.press("r")
    one.keyboard.press("3")
    decided(one, story, "rejected")
    assert current(other) == story
    other.keyboard.press("a")
    row = other.locator(f"#story-{story}")
    expect(row.locator(".row-conflict")).to_contain_text("甲")
    assert states(shared)[story] is State.REJECTED
    row.locator(".row-conflict button").click()
    decided(other, story, "accepted")
    made = load_decisions(shared.store, [StoryId(story)])[StoryId(story)]
    assert [(d.by, d.verdict) for d in made] == [("甲", Verdict.REJECT), ("乙", Verdict.ACCEPT)]


def test_both_texts_are_shown_and_neither_is_lost(shared, chromium):
    one, other = (at_the_desk(chromium, shared, name) for name in ("甲", "乙"))
    story = current(one)
    for page in (one, other):
        page.goto(f"{shared.base}/story/{story}")
    one.locator("#field-title").fill("甲的标题")
    one.keyboard.press("Control+S")
    expect(one.locator("#notice")).to_be_visible()
    other.locator("#field-title").fill("乙的标题")
    other.keyboard.press("Control+S")
    expect(other.locator("#story-edit .row-conflict")).to_contain_text("甲")
    expect(other.locator("#field-title")).to_have_value("乙的标题")
    expect(other.locator('[data-beside="title"]')).to_contain_text("甲的标题")
    made = load_decisions(shared.store, [StoryId(story)])[StoryId(story)]
    assert [d.editor.title for d in made if d.editor] == ["甲的标题"]


def test_what_is_typed_survives_a_reload_and_a_crash_of_the_page(desk, context):
    page = context.new_page()
    desk.open(page, "/queue")
    story = current(page)
    page.goto(f"{desk.base}/story/{story}")
    page.locator("#field-title").fill("写到一半的标")
    page.reload()
    expect(page.locator("#field-title")).to_have_value("写到一半的标")
    page.locator("#field-summary").fill("写到一半的摘要")
    page.close()
    again = context.new_page()
    desk.open(again, f"/story/{story}")
    expect(again.locator("#field-title")).to_have_value("写到一半的标")
    expect(again.locator("#field-summary")).to_have_value("写到一半的摘要")
    assert load_decisions(desk.store, [StoryId(story)]) == {}


def test_what_is_typed_while_the_desk_is_gone_is_there_when_it_is_back(desk, context):
    page = context.new_page()
    desk.open(page, "/queue")
    story = current(page)
    page.goto(f"{desk.base}/story/{story}")
    context.set_offline(True)
    page.locator("#field-title").fill("断线时写的")
    page.keyboard.press("Control+S")
    expect(page.locator("#notice")).to_contain_text("没有送到")
    context.set_offline(False)
    page.reload()
    expect(page.locator("#field-title")).to_have_value("断线时写的")


def test_a_night_during_review_changes_nothing_that_was_decided(desk, page):
    desk.open(page, "/queue")
    accepted, rejected = current(page), None
    page.keyboard.press("a")
    decided(page, accepted, "accepted")
    rejected = current(page)
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    decided(page, rejected, "rejected")
    before = states(desk)
    nightly(
        desk.store,
        desk.settings,
        CONFIG,
        now=NOW + timedelta(days=1),
        progress=lambda _: None,
        begin=lambda _: None,
    )
    desk.now = NOW + timedelta(days=1, hours=4)
    assert states(desk) == before
    third = current(page)
    page.keyboard.press("a")
    decided(page, third, "accepted")
    page.reload()
    assert states(desk) == {**before, third: State.ACCEPTED}
