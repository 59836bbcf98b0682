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
from store.models import RawItem, SourceName
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
