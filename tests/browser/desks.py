"""A desk that is served over a copy of the demo's night, and the browser that looks at it."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from config.settings import Settings
from pipeline.demo import CONFIG, NOW
from pipeline.web.app import create_app
from pipeline.web.context import WebDesk
from store.database import Store

NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MORNING = NOW + timedelta(hours=4)
"""Half past seven in Shanghai, after the night."""


def launch(playwright: Playwright) -> Browser:
    """Chromium of this machine. Raises RuntimeError where there is none."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        raise RuntimeError("no Chromium here; make browser installs it (apt-get install chromium)")
    return playwright.chromium.launch(executable_path=path, args=list(_FLAGS))


@dataclass(slots=True)
class Served:
    """A desk that listens."""

    base: str
    store: Store
    settings: Settings
    issues: Path
    now: datetime = MORNING
    """Its clock; a test sets it."""
    complaints: list[str] = field(default_factory=list)
    """What browsers that looked at it complained of: scripts that failed, refused by policy."""
    heard: list[Page] = field(default_factory=list)

    def open(self, page: Page, path: str = "/") -> None:
        """Go to a page of it, and keep what the browser complains of."""
        if page not in self.heard:
            self.heard.append(page)
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            page.on("console", lambda message: self.complaints.extend(_complaint(message)))
        page.goto(f"{self.base}{path}")  # returns when the scripts have run

    def arrive(self, page: Page, path: str) -> None:
        """Wait until a key or a click has led to a page of it, and its scripts listen.

        `path` is the pattern of the path, with its query and fragment.
        """
        expect(page).to_have_url(re.compile(f"^{re.escape(self.base)}{path}$"))
        expect(page.locator("html")).to_have_attribute("data-ready", "")


def _complaint(message: ConsoleMessage) -> Iterator[str]:
    # An answer of 4xx is told to the console too; what it means is the page's business.
    if message.type == "error" and "Failed to load resource" not in message.text:
        yield message.text


@contextmanager
def served(
    store: Store, settings: Settings, issues: Path, *, now: datetime = MORNING, **changes: Any
) -> Iterator[Served]:
    """Serve a desk over an open database for the length of the block."""
    desk = Served(base="", store=store, settings=settings, issues=issues, now=now)
    clock: Callable[[], datetime] = lambda: desk.now  # noqa: E731
    app = create_app(
        WebDesk(
            store=store,
            settings=settings,
            folder=CONFIG,
            issues=issues,
            clock=clock,
            **{"person": "编辑", **changes},
        )
    )
    # Not waitress, which cannot be closed from another thread.
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    desk.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield desk
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing of requests."""
