from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.load import load_settings
from config.settings import Settings
from pipeline.demo import CONFIG, NOW
from pipeline.demo.web import SampleWeb
from pipeline.nightly import Night, nightly
from store.database import Store


@dataclass
class SampleNight:
    """The sample web, a database, and nights over them."""

    web: SampleWeb
    store: Store
    settings: Settings

    def run(self, now=NOW, only=()) -> Night:
        return nightly(
            self.store,
            self.settings,
            CONFIG,
            now=now,
            progress=lambda _: None,
            begin=lambda _: None,
            only=only,
        )


def sample_settings(web: SampleWeb) -> Settings:
    """The demo's configuration, pointed at `web`."""
    mirrors = {f"{scheme}://": web.mirror(scheme) for scheme in ("https", "http")}
    return load_settings(CONFIG, overrides={"network": {"mirrors": mirrors}}, environment=False)


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[SampleNight]:
    with SampleWeb() as web, Store(tmp_path / "b.db") as store:
        yield SampleNight(web, store, sample_settings(web))
