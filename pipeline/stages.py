"""The stages after collecting, each over what the one before left in the store.

Every stage asks the store for what waits for it, decides through a pure module, and stores the
outcome in its own transactions: one that was killed goes on where it stopped, and one that has
nothing to do costs next to nothing.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime

from config.settings import Settings
from pipeline.matching import TermMatcher
from pipeline.normalise import normalise
from pipeline.period import Period
from pipeline.score import score
from pipeline.stories import cluster_pending
from pipeline.taste.applying import with_taste
from pipeline.taste.features import document
from pipeline.taste.learning import learn_all, models, section_model
from pipeline.taste.model import TasteModel
from pipeline.taste.sections import propose
from store.candidates import NormalisedItem, save_candidates
from store.database import Store
from store.items import load_pending
from store.models import Score
from store.stories import (
    ScoredStory,
    load_open,
    load_scores,
    load_stories,
    save_scores,
    update_scores,
)
from store.taste import StoredTaste, StoryDocument, load_documents, load_taste, save_documents

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
    learned = load_taste(store)
    taste, sections = models(learned), section_model(learned)
    ids = load_open(store, since)
    for start in range(0, len(ids), _BATCH):
        scored, documents = [], []
        for story in load_stories(store, ids[start : start + _BATCH]):
            rules = score(
                story,
                settings=settings,
                matcher=matcher,
                period_start=period.start,
                now=period.now,
                source_weights=weights,
            )
            rules = replace(rules, section=propose(story, settings, sections))
            tokens = document(story, rules.parts, settings)
            whole = with_taste(rules, tokens, taste.get(rules.section))
            scored.append(ScoredStory(story=story, score=whole))
            documents.append(
                StoryDocument(
                    story=story.id, section=rules.section, rules=_lasting(rules), tokens=tokens
                )
            )
        save_scores(store, scored)
        save_documents(store, documents)
    return len(ids)


def _lasting(rules: Score) -> float:
    """The rules' score without how new it was, which says nothing of taste."""
    return round(math.fsum(part.value for part in rules.parts if part.name != "recency"), 3)


def learn_taste(store: Store, settings: Settings, now: datetime) -> dict[str, StoredTaste]:
    """Learn from what was picked since, and lay what is new on the scores that are kept.

    Returns what stands now, by section.
    """
    known = load_taste(store)
    learned = learn_all(store, settings, known, now)
    before, after = models(known), models(learned)
    for section in sorted(before.keys() | after.keys()):
        if before.get(section) != after.get(section):
            _relay(store, section, after.get(section))
    return learned


def _relay(store: Store, section: str, model: TasteModel | None) -> None:
    documents = {one.story: one.tokens for one in load_documents(store, section)}
    scores = load_scores(store, documents)
    update_scores(
        store,
        {story: with_taste(score, documents[story], model) for story, score in scores.items()},
    )


def take_in(store: Store, settings: Settings, period: Period) -> None:
    """Carry what was filed by hand through every stage; only stories that it touches are scored."""
    normalise_pending(store, period.now)
    cluster_pending(store, settings, period.now)
    score_open(store, settings, since=period.now, period=period)
