from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from pipeline.demo import CONFIG, NOW
from pipeline.demo.web import SampleWeb
from pipeline.nightly import nightly
from store.database import Store
from tests.browser.desks import Served, launch, served
from tests.pipeline.conftest import sample_settings


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the demo's night; tests work on copies."""
    path = tmp_path_factory.mktemp("night") / "night.db"
    with SampleWeb() as web, Store(path) as store:
        nightly(
            store,
            sample_settings(web),
            CONFIG,
            now=NOW,
            progress=lambda _: None,
            begin=lambda _: None,
        )
    return path


@pytest.fixture
def web() -> Iterator[SampleWeb]:
    with SampleWeb() as web:
        yield web


@pytest.fixture
def desk(night: Path, web: SampleWeb, tmp_path: Path) -> Iterator[Served]:
    """A desk of one's own; what scripts complained of while it was looked at fails the test."""
    path = tmp_path / "desk.db"
    shutil.copyfile(night, path)
    with (
        Store(path) as store,
        served(store, sample_settings(web), tmp_path / "issues") as desk,
    ):
        yield desk
        assert desk.complaints == []


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
