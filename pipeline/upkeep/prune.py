"""Letting go of old answers of sources, so that the file does not grow for ever.

What sources answered is kept, to be read again once a parser is mended. What was read out of it
(raw items, candidates, stories), decisions and issues are not touched by this.

Each night lets go of what is past the configured days; the room that it leaves in the file is
filled by the answers of the nights to come. ``briefing prune`` gives it back to the disk, for which
the whole file is written anew, and nobody else can write meanwhile.

What belongs to the issue that is being made always stays, however few days are asked for:
nothing that an editor has yet to decide on can lose its answers.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from config.settings import Settings
from pipeline.period import period_of
from store.database import Store, run_lock
from store.retention import Weight, compact, drop_old, unused_bytes, weigh_old

_WORTH = 0.05
"""Share of the file that must be unused before all of it is written anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What came of it."""

    before: datetime
    """Answers from before then were let go of."""
    dropped: Weight
    freed: int
    """Bytes that the disk got back."""
    unused: int
    """Bytes in the file that are free for what comes next."""


def cutoff(store: Store, settings: Settings, now: datetime, days: int) -> datetime:
    """Give the time from which on answers stay."""
    return min(now - timedelta(days=days), period_of(store, settings, now).start)


def prunable(store: Store, settings: Settings, now: datetime) -> Weight:
    """Say what a prune with the configured days would let go of."""
    return weigh_old(store, cutoff(store, settings, now, settings.store.keep_payload_days))


def let_go(store: Store, settings: Settings, now: datetime) -> Weight:
    """Let go of answers older than the configured days, and say how many those were.

    Only for who holds the run lock. Raises StoreError.
    """
    return drop_old(store, cutoff(store, settings, now, settings.store.keep_payload_days))


def prune(store: Store, settings: Settings, now: datetime, days: int) -> Pruned:
    """Let go of answers older than so many days, and give their room back to the disk.

    The room is kept for what comes next where the disk is too full to give it back. Raises
    BusyError during a run.
    """
    with run_lock(store.path):
        before = cutoff(store, settings, now, days)
        size = _size(store.path)
        dropped = drop_old(store, before)
        room = shutil.disk_usage(store.path.parent).free
        if unused_bytes(store) > size * _WORTH and room > 2 * size:
            compact(store)
    return Pruned(
        before=before,
        dropped=dropped,
        freed=max(0, size - _size(store.path)),
        unused=unused_bytes(store),
    )


def _size(path: Path) -> int:
    sides = (path, path.with_name(f"{path.name}-wal"))
    return sum(side.stat().st_size for side in sides if side.exists())
