"""The sample web's own pages: the demo's configuration finds all its sources there, and each is
understood by the parser of its kind."""

import tomllib
from collections.abc import Iterator
from datetime import UTC

import pytest
import requests

from config.load import load_settings
from config.settings import Settings
from crawlers.build import build_sources
from crawlers.source import Items, ParsedEmpty, ParsedItems
from pipeline.demo import CONFIG, NOW, SITE
from pipeline.demo.web import SampleWeb
from store.models import Payload, SourceName, SourceState


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """The demo's configuration with the sample web in place of the live one."""
    with SampleWeb() as web, pytest.MonkeyPatch.context() as patch:
        mirrors = {"https://": web.mirror("https"), "http://": web.mirror("http")}
        patch.delenv("GITHUB_TOKEN", raising=False)
        patch.delenv("BRIEFING_WECHAT_BRIDGE", raising=False)
        yield load_settings(CONFIG, overrides={"network": {"mirrors": mirrors}})


def get(settings: Settings, url: str) -> requests.Response:
    """Ask the sample web for a live address."""
    return requests.get(settings.network.mirrored(url), timeout=10, allow_redirects=False)


def payload(url: str, answer: requests.Response) -> Payload:
    """An answer as a source parses it."""
    return Payload(
        url=url,
        body=answer.content,
        fetched_at=NOW.astimezone(UTC),
        content_type=answer.headers["Content-Type"],
    )


def test_the_demo_configuration_is_valid_and_has_every_kind_of_source(settings: Settings) -> None:
    assert {source.kind for source in settings.sources} == {
        "feed", "wechat", "trending", "list", "arxiv", "github_search", "github_releases", "file",
    }  # fmt: skip
    assert settings.newsletter.zone.utcoffset(NOW.replace(tzinfo=None)) == NOW.utcoffset()
    assert [section.quota for section in settings.sections] == [5, 5, 5, 4]


def test_every_page_of_the_demo_is_answered_and_understood(settings: Settings) -> None:
    sources = build_sources(settings, CONFIG)
    statuses, parsed = {}, {}
    for page in sources.pages:
        answer = get(settings, page.url)
        statuses[page.name] = answer.status_code
        if answer.status_code == 301:
            answer = get(settings, answer.headers["Location"])
        if answer.status_code == 200:
            parsed[page.name] = page.parse(payload(page.url, answer))
    others = {name: status for name, status in statuses.items() if status != 200}
    assert others == {"示例故障源": 503, "推端周刊": 301}
    assert isinstance(parsed.pop(SourceName("安静的博客")), ParsedEmpty)
    assert {type(found) for found in parsed.values()} == {ParsedItems}
    assert len(parsed) == 13
    assert sources.waiting == ()


def test_every_service_and_file_of_the_demo_is_understood(settings: Settings) -> None:
    outcomes = {
        client.name: client.fetch(SourceState(), NOW.astimezone(UTC))
        for client in build_sources(settings, CONFIG).clients
    }
    received = {name: len(o.items) for name, o in outcomes.items() if isinstance(o, Items)}
    assert received == {
        "arXiv 模型压缩": 25,
        "GitHub 模型压缩": 8,
        "GitHub 边缘智能": 8,
        "GitHub 量化": 1,
        "关注的仓库": 3,
        "编辑收集": 4,
    }


def test_the_articles_of_full_text_feeds_are_there(settings: Settings) -> None:
    texts = {}
    for page in build_sources(settings, CONFIG).pages:
        if not page.full_text:
            continue
        parsed = page.parse(payload(page.url, get(settings, page.url)))
        assert isinstance(parsed, ParsedItems)
        for item in parsed.items:
            texts[item.title] = page.with_article(
                item, payload(item.url, get(settings, item.url))
            ).text
    assert len(texts) == 8
    assert all(len(text) > 40 for text in texts.values())
    assert "arXiv:2602.90017" in texts["CVPR 2026 | 2比特量化不用重训：OctoQuant 解读"]
    assert not [title for title, text in texts.items() if "示例读者" in text or "Cookie" in text]


def test_the_sample_is_small_and_says_where_its_files_are() -> None:
    files = [path for path in SITE.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 250_000
    manifest = tomllib.loads((SITE / "manifest.toml").read_text(encoding="utf-8"))
    assert all((SITE / page["file"]).is_file() for page in manifest["page"] if "file" in page)
