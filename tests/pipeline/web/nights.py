"""Stories for the desk's tests: items as sources say them, taken in, joined and scored."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from lxml import html

from config.settings import Settings
from pipeline.period import period_of
from pipeline.stages import normalise_pending, score_open
from pipeline.stories import cluster_pending
from store.database import Store
from store.items import save_items
from store.models import Kind, PaperFacts, RawItem, SourceName
from store.runs import start_run
from tests.builders import NOW


def said(title: str, url: str, source: str = "量子位", **changes: Any) -> RawItem:
    item = RawItem(
        source=SourceName(source),
        external_id=url,
        url=url,
        title=title,
        published=NOW - timedelta(hours=5),
        publisher=source,
    )
    return replace(item, **changes)


PAPER = said(
    "WobbleQuant: Two-Bit Weight Quantization for On-Device Models",
    "https://arxiv.org/abs/2602.90100",
    "arXiv cs.CV",
    kind=Kind.PAPER,
    paper=PaperFacts(arxiv_id="2602.90100", version=1),
    summary="Quantization to two bits. The code is at https://github.com/lab/wobblequant.",
)
CODE = said(
    "lab/wobblequant: Two-bit weights for phones",
    "https://github.com/lab/wobblequant",
    "GitHub 量化",
    kind=Kind.REPOSITORY,
)
CHIP = said("国产存算一体芯片流片成功，能效翻倍", "https://chip.example/4")
DRONE = said("无人机用上蒸馏后的导航网络", "https://drone.example/7", "机器之心")


def night(store: Store, settings: Settings, *items: RawItem) -> None:
    """What a nightly run does with these items."""
    save_items(store, start_run(store, "test", NOW), None, list(items), NOW)
    normalise_pending(store, NOW)
    cluster_pending(store, settings, NOW)
    period = period_of(store, settings, NOW)
    score_open(store, settings, since=period.start, period=period)


def parsed(markup: str) -> Any:
    """A page, or a part of one, to look for things in."""
    return html.fromstring(markup)
