"""A morning in numbers: ``python -m tests.bench.editor [PICKS]``.

A scripted editor at the desk in a browser, over a night of 300 generated candidates: 20 picks, by
keys alone, every fifth with another headline and a longer 摘要, three rejections with a reason, one
story moved in the issue, then final and exported. Prints keystrokes and seconds; the script reads
nothing, so the seconds are those that the desk takes.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from config.load import SHIPPED, load_settings
from pipeline.period import period_of
from pipeline.stages import take_in
from store.database import Store
from store.items import save_items
from store.runs import start_run
from tests.bench.stream import FIRST, Stream
from tests.browser.desks import Served, launch, served

CANDIDATES = 300
EDITED = 5
"""Every so many picks one is edited."""
WORDS = "编辑加的一句话，说明这一条为什么值得看。"
TITLE = "编辑改写的标题"


class Keyboard:
    """Counts what is pressed; a character that is typed is one keystroke, as with a keyboard."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.pressed = 0
        self.typed = 0

    def press(self, *keys: str) -> None:
        """One key after the other."""
        for key in keys:
            self._page.keyboard.press(key)
            self.pressed += 1

    def type(self, text: str) -> None:
        """Words of the editor's own."""
        self._page.keyboard.type(text)
        self.typed += len(text)


def main() -> None:
    """Fill, pick, print."""
    picks = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    settings = load_settings(SHIPPED, environment=False)
    reports = next(Stream(settings.lexicon).nights())[:CANDIDATES]
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "b.db") as store:
        run = start_run(store, "bench", FIRST)
        save_items(store, run, None, [report.item for report in reports], FIRST)
        take_in(store, settings, period_of(store, settings, FIRST))
        with (
            served(store, settings, Path(folder) / "issues", now=FIRST) as desk,
            sync_playwright() as playwright,
        ):
            browser = launch(playwright)
            page = browser.new_page()
            keyboard = Keyboard(page)
            started = time.perf_counter()
            edited = work(desk, page, keyboard, picks)
            seconds = time.perf_counter() - started
            browser.close()
        [exported] = (Path(folder) / "issues").glob("*.md")
        items = sum(line.startswith("- [") for line in exported.read_text("utf-8").splitlines())
    print(
        f"{picks} picks of {CANDIDATES} candidates, {edited} of them edited; {items} items printed"
    )
    print(f"{keyboard.pressed} keys and {keyboard.typed} characters of the editor's own words")
    print(f"{seconds:.1f} s, {seconds / picks:.2f} s a pick")


def work(desk: Served, page: Page, keyboard: Keyboard, picks: int) -> int:
    """The round; how many were edited."""
    desk.open(page, "/queue")
    edited = 0
    for number in range(1, picks + 1):
        story = current(page)
        if number % EDITED == 0:
            edited += 1
            keyboard.press("e")
            desk.arrive(page, f"/story/{story}")
            keyboard.press("e", "Control+A")
            keyboard.type(TITLE)
            keyboard.press("Tab", "Control+End")
            keyboard.type(WORDS)
            keyboard.press("Control+Enter")
            desk.arrive(page, f"/queue#story-{story}")
        else:
            keyboard.press("a")
            settled(page, story)
        if number % 7 == 0:
            other = current(page)
            keyboard.press("r", "3")
            settled(page, other)
        if page.locator("[data-row]:not([data-state=proposed])").count() >= 19:
            page.reload()
            keyboard.pressed += 1
    keyboard.press("g", "i")
    desk.arrive(page, "/issue")
    keyboard.press("j", "J")
    page.wait_for_load_state("networkidle")
    keyboard.press("F")
    expect(page.locator("#issue-head .chip.good")).to_be_visible()
    keyboard.press("E")
    expect(page.locator("#notice")).to_contain_text(".md")
    return edited


def current(page: Page) -> str:
    """The number of the row under the eye."""
    row = page.locator("[data-row][data-current]")
    return (row.get_attribute("id") or "").removeprefix("story-")


def settled(page: Page, story: str) -> None:
    """Wait for the desk's answer."""
    expect(page.locator(f"#story-{story}[data-pending]")).to_have_count(0)


if __name__ == "__main__":
    main()
