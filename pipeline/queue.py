"""The queue of the coming issue: every open story with its draft, its state, and why it is there.

Reads the store; the rules themselves are in ``pipeline.standing`` and ``pipeline.draft``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from config.errors import NotFoundError
from config.settings import Settings
from pipeline.draft import draft
from pipeline.standing import Standing, basis, news_since, standing
from store.database import Store
from store.decisions import load_decisions, load_waiting
from store.issues import Printed, load_issue_dates, load_printed
from store.models import Draft, Score, Story, StoryId, Verdict
from store.stories import load_open, load_scores, load_stories, resolve, search


class State(StrEnum):
    """Where a story stands in the coming issue."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    LATER = "later"
    PRINTED = "printed"
    """It ran in an earlier issue, and nothing is new about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What an issue covers."""

    day: date
    """The issue's date in the editor's zone."""
    start: datetime
    """UTC; the end of the day of the issue before, or so many days back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A story in the queue."""

    story: Story
    score: Score
    state: State
    draft: Draft
    """As it would print: the editor's text where there is one, else the machine's."""
    machine: Draft
    basis: tuple[str, ...]
    why: tuple[str, ...] = ()
    """Why it is here although it was decided or printed: what is new since."""
    printed: Printed | None = None


def period_of(store: Store, settings: Settings, now: datetime, day: date | None = None) -> Period:
    """The period of the issue of `day` (today in the editor's zone by default).

    It begins after the day of the last exported issue, unless that is more than two periods ago.
    """
    zone = settings.newsletter.zone
    day = day or now.astimezone(zone).date()
    length = timedelta(days=settings.newsletter.period_days)
    dates = load_issue_dates(store, before=day)
    first = day - length
    if dates and dates[0] >= day - 2 * length:
        first = dates[0] + timedelta(days=1)
    return Period(day=day, start=datetime.combine(first, time(), zone))


def load_queue(store: Store, settings: Settings, period: Period) -> list[Entry]:
    """Every story that something happened to in the period or that the editor decided on.

    Section by section in print order, the best first; equal scores in an order that does not
    depend on when a story arrived.
    """
    ids = sorted({*load_open(store, period.start), *load_waiting(store, before=period.day)})
    entries = _entries(store, settings, period, load_stories(store, ids))
    order = {section.name: n for n, section in enumerate(settings.sections)}
    return sorted(
        entries,
        key=lambda e: (
            order.get(e.draft.section, len(order)),
            -e.score.total,
            e.story.members[0].candidate.keys,
        ),
    )


def load_entry(store: Store, settings: Settings, period: Period, story: StoryId) -> Entry:
    """One story as the queue would show it. Raises NotFoundError."""
    living = resolve(store, story)
    stories = load_stories(store, [living]) if living is not None else []
    if not stories:
        raise NotFoundError(f"there is no story {story}; briefing queue lists them")
    entries = _entries(store, settings, period, stories)
    if not entries:
        raise NotFoundError(f"story {story} has no score yet; run briefing nightly first")
    return entries[0]


def find(store: Store, settings: Settings, period: Period, words: str, limit: int) -> list[Entry]:
    """Stories of any time that hold all of `words`, the best match first."""
    ids = search(store, words, limit)
    return _entries(store, settings, period, load_stories(store, ids))


def _entries(
    store: Store, settings: Settings, period: Period, stories: Sequence[Story]
) -> list[Entry]:
    ids = [story.id for story in stories]
    scores = load_scores(store, ids)
    decisions = load_decisions(store, ids)
    printed = load_printed(store, before=period.day)
    return [
        _entry(
            story,
            scores[story.id],
            standing(decisions.get(story.id, [])),
            printed.get(story.id),
            settings,
            period,
        )
        for story in stories
        if story.id in scores
    ]


def _entry(
    story: Story,
    score: Score,
    stands: Standing,
    printed: Printed | None,
    settings: Settings,
    period: Period,
) -> Entry:
    machine = draft(
        story,
        score.section,
        newsletter=settings.newsletter,
        publishers=settings.publishers,
        venues=settings.venues,
    )
    known = basis(story, settings.venues)
    state, why = _state(stands, printed, known, period)
    return Entry(
        story=story,
        score=score,
        state=state,
        draft=stands.text or machine,
        machine=machine,
        basis=known,
        why=why,
        printed=printed,
    )


def _state(
    stands: Standing, printed: Printed | None, known: tuple[str, ...], period: Period
) -> tuple[State, tuple[str, ...]]:
    decided = stands.decided
    if printed is not None and (decided is None or decided.at < period.start):
        news = news_since(printed.basis, known)
        return (State.PROPOSED if news else State.PRINTED), news
    if decided is None:
        return State.PROPOSED, ()
    news = news_since(decided.basis, known)
    if decided.verdict is Verdict.ACCEPT:
        return State.ACCEPTED, news
    if decided.verdict is Verdict.REJECT:
        return (State.PROPOSED if news else State.REJECTED), news
    if decided.at < period.start:
        return State.PROPOSED, (f"{decided.at:%Y-%m-%d} 留待后用", *news)
    return (State.PROPOSED if news else State.LATER), news
