"""A store with a few stories in two sections, for what lays out an issue."""

from __future__ import annotations

from datetime import timedelta

from config.load import SHIPPED, load_settings
from config.settings import Settings
from pipeline.desk import Editor
from pipeline.period import Period, period_of
from pipeline.queue import Queue
from pipeline.stages import take_in
from store.database import Store
from store.items import save_items
from store.models import RawItem, SourceName, StoryId
from store.runs import start_run
from tests.builders import NOW

SETTINGS = load_settings(SHIPPED, environment=False)
PAPERS, NEWS = "论文", "业界新闻"
ONE, OTHER = Editor(name="甲", now=NOW), Editor(name="乙", now=NOW)
_SUBJECTS = ("birds", "rivers", "stamps", "poems", "music", "tides", "caves", "kites")


def fill(store: Store, settings: Settings = SETTINGS) -> None:
    """Eight papers, and one article of industry news."""
    papers = [
        RawItem(
            source=SourceName("arXiv"),
            external_id=f"2602.0000{n}",
            url=f"https://arxiv.org/abs/2602.0000{n}",
            title=f"Quantization of neural networks for {subject}",
            published=NOW - timedelta(hours=n + 1),
        )
        for n, subject in enumerate(_SUBJECTS)
    ]
    article = RawItem(
        source=SourceName("量子位"),
        external_id="https://www.example.com/npu",
        url="https://www.example.com/npu",
        title="某公司发布端侧 NPU 芯片，量产在即",
        summary="新芯片支持低比特量化，面向移动端推理。",
        published=NOW - timedelta(hours=3),
        publisher="量子位",
    )
    run = start_run(store, "test", NOW)
    save_items(store, run, None, [*papers, article], NOW)
    take_in(store, settings, period_of(store, settings, NOW))


def period(store: Store) -> Period:
    """The period of the coming issue."""
    return period_of(store, SETTINGS, NOW)


def stories(store: Store, section: str) -> list[StoryId]:
    """The stories of a section, the best first."""
    queue = Queue(store=store, settings=SETTINGS, period=period(store))
    return [entry.story.id for entry in queue.sections()[section]]
