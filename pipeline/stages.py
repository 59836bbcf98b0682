"""The stages after collecting, each over what the one before left in the store.

Every stage asks the store for what waits for it, decides through a pure module, and stores the
outcome in its own transactions: one that was killed goes on where it stopped, and one that has
nothing to do costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from config.settings import Settings
from pipeline.matching import TermMatcher
from pipeline.method import method_of
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
from store.models import Story, StoryId
from store.scores import (
    ScoredStory,
    load_laid,
    load_unlaid,
    save_score_period,
    save_scores,
    update_scores,
)
from store.stories import load_open, load_stories
from store.taste import StoredTaste, StoryDocument, load_taste, save_documents

_BATCH = 500
_DAWN = datetime(1970, 1, 2, tzinfo=UTC)
"""To this clock every story is of today."""


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
    """Score the stories that are new or different since then; returns how many those were.

    All of them are scored again once they would be by another method (``pipeline.method``). Every
    score is read as of `period` from now on: it is kept as if its story were of today.
    """
    learned = load_taste(store)
    method = method_of(settings, learned)
    save_score_period(store, period.start, period.now)
    ids = load_open(store, since, unless_scored_by=method)
    if not ids:
        return 0
    scorer = _Scorer(settings, learned)
    done = 0
    for start in range(0, len(ids), _BATCH):
        # One transaction, so that nothing new comes into a story before its score is kept.
        with store.writing():
            scored = [
                scorer.scored(one) for one in load_stories(store, ids[start : start + _BATCH])
            ]
            save_scores(store, [one for one, _ in scored], method=method)
            save_documents(store, [document for _, document in scored])
        done += len(scored)
    return done


class _Scorer:
    """Scores stories as if they were of today."""

    def __init__(self, settings: Settings, learned: Mapping[str, StoredTaste]) -> None:
        self._settings = settings
        self._matcher = TermMatcher(settings.topics)
        self._weights = {source.name: source.weight for source in settings.sources}
        self._learned = learned
        self._taste, self._sections = models(learned), section_model(learned)

    def scored(self, story: Story) -> tuple[ScoredStory, StoryDocument]:
        """The score of a story, and the document to learn from."""
        section = propose(story, self._settings, self._sections)
        rules = score(
            story,
            settings=self._settings,
            matcher=self._matcher,
            period_start=_DAWN - timedelta(days=1),
            now=_DAWN,
            source_weights=self._weights,
            section=section,
        )
        tokens = document(story, rules.parts, self._settings)
        taste = self._taste.get(section)
        return (
            ScoredStory(
                story=story,
                score=with_taste(rules, tokens, taste),
                latest=newest(story),
                taste=self._learned[section].version if taste is not None else 0,
            ),
            StoryDocument(story=story.id, section=section, rules=rules.lasting, tokens=tokens),
        )


def newest(story: Story) -> datetime:
    """The date that a story is as new as: its latest, or when it was first seen last."""
    dates = [m.candidate.published for m in story.members if m.candidate.published is not None]
    return max(dates or (member.first_seen for member in story.members))


def learn_taste(store: Store, settings: Settings, period: Period) -> dict[str, StoredTaste]:
    """Learn from what was picked since, and lay what is new on the scores of open stories.

    Returns what stands now, by section.
    """
    learned = learn_all(store, settings, load_taste(store), period)
    taste = models(learned)
    for section in sorted(learned):
        model = taste.get(section)
        version = learned[section].version if model is not None else 0
        # By version, so that a run that was killed in between is caught up with by the next.
        ids = load_unlaid(store, section, version, period.start)
        for start in range(0, len(ids), _BATCH):
            _lay(store, ids[start : start + _BATCH], model, version)
    return learned


def _lay(store: Store, ids: Sequence[StoryId], model: TasteModel | None, version: int) -> None:
    with store.writing():
        laid = {
            story: with_taste(one.score, one.tokens, model)
            for story, one in load_laid(store, ids).items()
        }
        update_scores(store, laid, version)


def take_in(store: Store, settings: Settings, period: Period) -> None:
    """Carry what was filed by hand through every stage; only stories that it touches are scored."""
    normalise_pending(store, period.now)
    cluster_pending(store, settings, period.now)
    score_open(store, settings, since=period.now, period=period)
