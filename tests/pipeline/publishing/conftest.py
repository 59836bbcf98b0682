from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from config.load import load_settings
from config.settings import Settings
from pipeline.demo import CONFIG
from pipeline.export import export_issue
from pipeline.period import period_of
from pipeline.publishing import Published, publish_issue
from store.database import Store
from store.issues import PrintedItem, load_issue, save_issue
from store.models import Issue, IssueSection
from tests.builders import NOW, a_draft
from tests.fake_clock import FakeClock
from tests.github_server import NAME, OWNER, TOKEN, GithubServer

DAY = date(2026, 3, 2)
FILE = "issues/2026-03-02.md"
BRANCH = "issue/2026-03-02"
README = "# 嵌入式AI\n\n- [2026-02-16](issues/2026-02-16.md)  \n".encode()
INDEXED = (
    "# 嵌入式AI\n\n- [2026-03-02](issues/2026-03-02.md)  \n- [2026-02-16](issues/2026-02-16.md)  \n"
).encode()


@dataclass
class PublishingDesk:
    """A final issue, and a repository to publish it to."""

    github: GithubServer
    store: Store
    settings: Settings
    clock: FakeClock = field(default_factory=FakeClock)

    def print_issue(
        self,
        title: str = "端侧推理框架发布新版",
        *,
        summary: str = "新版支持低比特量化，体积减半。",
        final: bool = True,
    ) -> None:
        draft = a_draft(title=title, source="量子位", summary=summary)
        section = IssueSection(name="业界新闻", items=(draft,))
        issue = Issue(date=DAY, title="", lead="本次内容1条。", sections=(section,))
        save_issue(self.store, issue, [PrintedItem()], final=final, now=NOW)

    def configure(self, **publish: str) -> None:
        changed = self.settings.publish.model_copy(update=publish)
        self.settings = self.settings.model_copy(update={"publish": changed})

    def network(self, **network: Any) -> None:
        changed = self.settings.network.model_copy(update=network)
        self.settings = self.settings.model_copy(update={"network": changed})

    def token(self, token: str | None) -> None:
        secret = None if token is None else SecretStr(token)
        self.settings = self.settings.model_copy(update={"github_token": secret})

    def publish(self) -> Published:
        period = period_of(self.store, self.settings, NOW, DAY)
        return publish_issue(self.store, self.settings, CONFIG, period, NOW, pace=self.clock.pace())

    def exported(self) -> bytes:
        """What an export of the issue writes."""
        period = period_of(self.store, self.settings, NOW, DAY)
        assert load_issue(self.store, DAY) is not None
        text = export_issue(self.store, self.settings, CONFIG, period, NOW)
        return text.markdown.encode("utf-8")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PublishingDesk]:
    with (
        GithubServer({"README.md": README, "issues/2026-02-16.md": b"old\n"}) as github,
        Store(tmp_path / "b.db") as store,
    ):
        settings = load_settings(
            CONFIG,
            overrides={
                "network": {"delay": 0, "backoff": 0, "retries": 0},
                "addresses": {"github_api": github.base},
                "publish": {
                    "repository": f"{OWNER}/{NAME}",
                    "folder": "issues",
                    "index": "README.md",
                },
            },
            environment=False,
        )
        made = PublishingDesk(github, store, settings)
        made.token(TOKEN)
        made.print_issue()
        yield made
