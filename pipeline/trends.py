"""How the desk fares over time: candidates a night, what becomes of them by source and by score.

Reads the store and counts; how it is drawn is the business of a face.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from pipeline.standing import standing
from store.candidates import count_by_hour
from store.database import Store
from store.decisions import load_decided_between, load_decisions
from store.models import SourceName, StoryId, Verdict
from store.scores import load_scores
from store.stories import load_stories


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What a night brought."""

    day: date
    """In the editor's zone."""
    found: int
    """Candidates that were new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What became of the stories that a source had a part in."""

    source: SourceName
    accepted: int
    decided: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """What became of the stories whose score lies in `low` … `low + 1`."""

    low: int
    accepted: int
    rejected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """A story that was decided on, and how."""

    story: StoryId
    accepted: bool


def nights(store: Store, *, now: datetime, zone: tzinfo, days: int) -> list[Night]:
    """The last so many days in that zone, from the first that brought anything up to today."""
    today = now.astimezone(zone).date()
    first = today - timedelta(days=days - 1)
    since = datetime(first.year, first.month, first.day, tzinfo=zone)
    found: Counter[date] = Counter()
    for hour, count in count_by_hour(store, since).items():
        found[hour.astimezone(zone).date()] += count
    first = min(found, default=today)
    return [
        Night(day=day, found=found[day])
        for day in (first + timedelta(days=n) for n in range((today - first).days + 1))
    ]


def shares(store: Store, fates: Sequence[Fate]) -> list[Share]:
    """The sources of stories that were decided on, the busiest first."""
    accepted = {fate.story for fate in fates if fate.accepted}
    decided: Counter[SourceName] = Counter()
    taken: Counter[SourceName] = Counter()
    for story in load_stories(store, [fate.story for fate in fates]):
        names = {member.candidate.item.source for member in story.members}
        decided.update(names)
        taken.update(names if story.id in accepted else ())
    return [
        Share(source=name, accepted=taken[name], decided=count)
        for name, count in sorted(decided.items(), key=lambda one: (-one[1], one[0]))
    ]


def bands(store: Store, fates: Sequence[Fate]) -> list[Band]:
    """What was accepted and rejected, by score now, the lowest first."""
    scores = load_scores(store, [fate.story for fate in fates])
    counts = Counter(
        (int(scores[fate.story].total // 1), fate.accepted)
        for fate in fates
        if fate.story in scores
    )
    lows = [low for low, _ in counts]
    return [
        Band(low=low, accepted=counts[low, True], rejected=counts[low, False])
        for low in (range(min(lows), max(lows) + 1) if lows else ())
    ]


def fates(store: Store, *, now: datetime, days: int) -> list[Fate]:
    """What was accepted or rejected in the last so many days."""
    stories = load_decided_between(store, now - timedelta(days=days), now + timedelta(seconds=1))
    verdicts = {
        story: standing(made).verdict for story, made in load_decisions(store, stories).items()
    }
    return [
        Fate(story=story, accepted=verdict is Verdict.ACCEPT)
        for story, verdict in verdicts.items()
        if verdict in (Verdict.ACCEPT, Verdict.REJECT)
    ]
