"""Pictures of the desk over the demo's night: ``python -m tests.browser.screenshots [FOLDER]``.

Without a folder, the two that README shows, into ``docs/``; with one, every page into it, light and
dark, narrow and wide, to be looked at.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from pipeline.demo import CONFIG, NOW
from pipeline.demo.web import SampleWeb
from pipeline.desk import Editor, decide
from pipeline.nightly import nightly
from pipeline.period import period_of
from pipeline.queue import Queue
from store.database import Store
from store.models import Verdict
from tests.browser.desks import MORNING, Served, launch, served
from tests.pipeline.conftest import sample_settings

DOCS = Path(__file__).parents[2] / "docs"
SHOWN = {"desk-queue": ("/queue", "light"), "desk-issue": ("/issue", "dark")}
"""Name of a picture in README -> page and theme."""
WIDE, NARROW = (1280, 860), (390, 844)
PAGES = (
    "/queue",
    "/queue?state=rejected",
    "/queue?q=量化",
    "/story/{story}",
    "/story/{story}/why",
    "/issue",
    "/add",
    "/sources",
    "/sources/plots",
    "/history",
    "/history/{story}",
    "/login",
    "/nowhere",
)
ACCEPTED = 9


def main() -> None:
    """Make them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with a_morning() as (desk, story), sync_playwright() as playwright:
        browser = launch(playwright)
        if folder is None:
            for name, (path, theme) in SHOWN.items():
                take(browser, desk, path, DOCS / f"{name}.png", theme, WIDE)
            return
        folder.mkdir(parents=True, exist_ok=True)
        for page in PAGES:
            path = page.format(story=story)
            name = "".join(c if c.isalnum() else "-" for c in path.strip("/"))
            for theme in ("light", "dark"):
                for size in (WIDE, NARROW):
                    file = folder / f"{name}-{theme}-{size[0]}.png"
                    take(browser, desk, path, file, theme, size)


@contextmanager
def a_morning() -> Iterator[tuple[Served, int]]:
    """The demo's night, some of it decided on; and the number of a story in it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        SampleWeb() as web,
        Store(Path(folder) / "desk.db") as store,
    ):
        settings = sample_settings(web)
        nightly(store, settings, CONFIG, now=NOW, progress=lambda _: None, begin=lambda _: None)
        period = period_of(store, settings, MORNING)
        queue = Queue(store=store, settings=settings, period=period)
        best = sorted(queue.entries(), key=lambda entry: -entry.score.total)
        ids = [entry.story.id for entry in best]
        editor = Editor(name="编辑", now=MORNING)
        decide(store, settings, period, ids[1 : ACCEPTED + 1], Verdict.ACCEPT, editor)
        decide(store, settings, period, ids[-4:-1], Verdict.REJECT, editor, reason="thin")
        with served(store, settings, Path(folder) / "issues") as desk:
            yield desk, ids[0]


def take(
    browser: Browser, desk: Served, path: str, file: Path, theme: str, size: tuple[int, int]
) -> None:
    """One picture of what a window of this size shows."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        locale="zh-CN",
    )
    page = context.new_page()
    page.goto(f"{desk.base}{path}")
    page.screenshot(path=file)
    context.close()


if __name__ == "__main__":
    main()
