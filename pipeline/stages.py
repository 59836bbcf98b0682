"""The stages after collecting, each over what the one before left in the store.

Every stage asks the store for what waits for it, decides through a pure module, and stores the
outcome in its own transactions: one that was killed goes on where it stopped, and one that has
nothing to do costs next to nothing.
"""

from __future__ import annotations

from datetime import datetime

from config.settings import Settings
from pipeline.matching import TermMatcher
from pipeline.normalise import normalise
from pipeline.period import Period
from pipeline.score import score
from pipeline.stories import cluster_pending
from store.candidates import NormalisedItem, save_candidates
from store.database import Store
from store.items import load_pending
from store.stories import ScoredStory, load_open, load_stories, save_scores

_BATCH = 500


def normalise_pending(store: Store, now: datetime) -> int:
    """Make candidates of the raw items that wait; returns how many."""
    done = 0
    while True:
        # One transaction, so that two processes cannot take up the same items.
        with store.writing():
            batch = load_pending(store, _BATCH)
            if not batch:
                return done
            entries = [
                NormalisedItem(
                    raw_item=pending.id,
                    candidate=normalise(pending.item),
                    first_seen=pending.first_seen,
                )
                for pending in batch
            ]
            save_candidates(store, entries, now)
        done += len(batch)


def score_open(store: Store, settings: Settings, *, since: datetime, period: Period) -> int:
    """Score the stories in which something happened since then; returns how many."""
    matcher = TermMatcher(settings.topics)
    weights = {source.name: source.weight for source in settings.sources}
    ids = load_open(store, since)
    for start in range(0, len(ids), _BATCH):
        scored = [
            ScoredStory(
                story=story,
                score=score(
                    story,
                    settings=settings,
                    matcher=matcher,
                    period_start=period.start,
                    now=period.now,
                    source_weights=weights,
                ),
            )
            for story in load_stories(store, ids[start : start + _BATCH])
        ]
        save_scores(store, scored)
    return len(ids)


def take_in(store: Store, settings: Settings, period: Period) -> None:
    """Carry what was filed by hand through every stage; only stories that it touches are scored."""
    normalise_pending(store, period.now)
    cluster_pending(store, settings, period.now)
    score_open(store, settings, since=period.now, period=period)
