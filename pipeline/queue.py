"""The queue of the coming issue: every open story with its draft, its state, and why it is there.

Reads the store; the rules themselves are in ``pipeline.standing``, ``pipeline.published`` and
``pipeline.draft``. Stories are ranked by what the store knows of them, and drafted only when
somebody looks, so that a long window costs little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from itertools import islice

from config.errors import NotFoundError
from config.settings import Settings
from pipeline.draft import address, draft
from pipeline.period import Period
from pipeline.published import keys_of_story, news_about, same_thing
from pipeline.standing import Standing, basis, news_since, standing
from store.candidates import search
from store.database import Store
from store.decisions import load_decided, load_decisions, load_waiting
from store.issues import Ran, load_ran
from store.models import (
    Decision,
    DecisionId,
    Draft,
    IdentityKey,
    Score,
    Story,
    StoryId,
    Verdict,
)
from store.scores import load_ranking, load_scores
from store.stories import load_stories, resolve

_BATCH = 25
HEAD = 1000
"""Stories of the ranking that are read at first."""


class State(StrEnum):
    """Where a story stands in the coming issue."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    LATER = "later"
    PRINTED = "printed"
    """It ran in an earlier issue, and nothing is new about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a story stands in the coming issue. Cheap: what it prints is drafted on demand."""

    story: Story
    score: Score
    state: State
    section: str
    """Where it would print: as the editor's text says, else as proposed."""
    basis: tuple[str, ...]
    stands: Standing
    """What the editor decided, and by now; not what was spent on an issue that ran."""
    seen: DecisionId | None
    """The last decision on it, whatever became of that: what who looks at it has seen."""
    why: tuple[str, ...] = ()
    """Why it is here although it was decided or printed: what is new since."""
    ran: Ran | None = None
    """Where it ran last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Place):
    """A story in the queue, drafted."""

    draft: Draft
    """As it would print: the editor's text where there is one, else the machine's."""
    machine: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The stories of a period: what happened in it, and what the editor decided on before.

    The head of the ranking is read once, which no decision changes: a queue is looked at for as
    long as it takes to answer somebody.
    """

    store: Store
    settings: Settings
    period: Period
    _heads: dict[str | None, list[tuple[StoryId, str]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def head(self, section: str | None = None) -> list[tuple[StoryId, str]]:
        """The first `HEAD` of the ranking, of one section or of all, each with its section."""
        if section not in self._heads:
            since = self.period.start
            self._heads[section] = load_ranking(self.store, since, section=section, limit=HEAD)
        return self._heads[section]

    def sections(self, decided: Sequence[Place] | None = None) -> dict[str, Iterator[Place]]:
        """Where the stories of each section stand, the best first, in print order.

        They are placed as they are asked for. A section that the configuration does not know (any
        more) stands last, where something of it was decided or is among the best. `decided` is
        what the queue has of these, where that is known already.
        """
        found = self.decided() if decided is None else decided
        names = [section.name for section in self.settings.sections]
        others = {place.section for place in found} | {section for _, section in self.head()}
        names += sorted(others - set(names))
        return {name: self.section(name, found) for name in names}

    def section(self, name: str, decided: Sequence[Place]) -> Iterator[Place]:
        """Where the stories of one section stand, as `sections`."""
        known = {place.story.id for place in decided}
        ranked = (story for story in self._ranked(name) if story not in known)
        return self.merged([place for place in decided if place.section == name], ranked)

    def _ranked(self, section: str) -> Iterator[StoryId]:
        """The ranking of a section; what stands behind the head is read when it is asked for."""
        best = self.head(section if section in self._heads else None)
        head = [story for story, one in best if one == section]
        yield from head
        if len(best) == HEAD:
            since, passed = self.period.start, len(head)
            for story, _ in load_ranking(self.store, since, section=section, offset=passed):
                yield story

    def entries(self) -> Iterator[Entry]:
        """Every entry, section by section."""
        for places in self.sections().values():
            yield from map(self.drafted, places)

    def decided(self) -> list[Place]:
        """What the editor decided on that the coming issue is about, the best first."""
        period = self.period
        ids = {
            *load_waiting(self.store, before=period.day, settled=period.settled),
            *load_decided(self.store, period.start),
        }
        return sorted(self.places(sorted(ids)), key=rank)

    def merged(self, decided: Sequence[Place], ranked: Iterable[StoryId]) -> Iterator[Place]:
        """Both in one order, the best first; `ranked` are placed as they are asked for."""
        waiting, ranked = list(decided), iter(ranked)
        while batch := list(islice(ranked, _BATCH)):
            for place in self.places(batch):
                while waiting and rank(waiting[0]) < rank(place):
                    yield waiting.pop(0)
                yield place
        yield from waiting

    def made(self, ids: Sequence[StoryId]) -> list[Entry]:
        """The entries of these stories, in the same order; one without a score is left out."""
        return [self.drafted(place) for place in self.places(ids)]

    def places(self, ids: Sequence[StoryId]) -> list[Place]:
        """Where these stories stand, in the same order; one without a score is left out."""
        scores = load_scores(self.store, ids)
        decisions = load_decisions(self.store, ids)
        stories = [story for story in load_stories(self.store, ids) if story.id in scores]
        ran = self._ran(stories)
        return [
            self._place(story, scores[story.id], decisions.get(story.id, []), ran[story.id])
            for story in stories
        ]

    def _ran(self, stories: Sequence[Story]) -> dict[StoryId, list[Ran]]:
        """Where each of these ran before the coming issue, the latest first."""
        day, settled = self.period.day, self.period.settled
        keys = {story.id: keys_of_story(story) for story in stories}
        every = dict.fromkeys(key for some in keys.values() for key in some)
        ran = load_ran(self.store, every, before=day, settled=settled)
        places: dict[IdentityKey, list[int]] = {}
        for place, item in enumerate(ran):
            for key in item.keys:
                places.setdefault(key, []).append(place)
        found: dict[StoryId, list[Ran]] = {}
        for story in stories:
            shared = {place for key in keys[story.id] for place in places.get(key, ())}
            found[story.id] = same_thing(story, [ran[place] for place in sorted(shared)])
        return found

    def _place(
        self, story: Story, score: Score, decisions: Sequence[Decision], ran: Sequence[Ran]
    ) -> Place:
        settings, period = self.settings, self.period
        stands = standing(decisions)
        known = basis(story, settings.venues)
        state, why = _state(stands, known, period)
        if ran and (stands.decided is None or stands.decided.at <= ran[0].exported_at):
            # What was decided before it ran is spent; its text was printed then.
            why = news_about(story, ran, settings.venues)
            state, stands = (State.PROPOSED if why else State.PRINTED), standing([])
        return Place(
            story=story,
            score=score,
            state=state,
            section=stands.text.section if stands.text else score.section,
            basis=known,
            stands=stands,
            seen=decisions[-1].id if decisions else None,
            why=why,
            ran=ran[0] if ran else None,
        )

    def address(self, place: Place) -> str:
        """Where it would lead in print; empty where nothing can be opened."""
        text = place.stands.text
        return text.url if text else address(place.story, self.settings)

    def drafted(self, place: Place) -> Entry:
        """A place with what it would print."""
        machine = draft(place.story, place.score.section, self.settings)
        return Entry(
            **{field.name: getattr(place, field.name) for field in fields(Place)},
            draft=place.stands.text or machine,
            machine=machine,
        )


def living_story(store: Store, story: StoryId) -> StoryId:
    """The story that lives under this number now. Raises NotFoundError."""
    living = resolve(store, story)
    if living is None:
        raise NotFoundError(f"there is no story {story}; briefing queue lists them")
    return living


def load_entry(store: Store, settings: Settings, period: Period, story: StoryId) -> Entry:
    """One story as the queue would show it. Raises NotFoundError."""
    living = living_story(store, story)
    made = Queue(store=store, settings=settings, period=period).made([living])
    if not made:
        raise NotFoundError(f"story {story} has no score yet; run briefing nightly first")
    return made[0]


def find(store: Store, settings: Settings, period: Period, words: str, limit: int) -> list[Entry]:
    """Stories of any time that hold all of `words`, the best match first."""
    queue = Queue(store=store, settings=settings, period=period)
    return queue.made(search(store, words, limit))


def rank(place: Place) -> tuple[float, str]:
    """Sorts places the best first, equal ones in an order that does not depend on arrival."""
    return -place.score.total, place.story.members[0].candidate.keys[0]


def _state(
    stands: Standing, known: tuple[str, ...], period: Period
) -> tuple[State, tuple[str, ...]]:
    decided = stands.decided
    if decided is None:
        return State.PROPOSED, ()
    news = news_since(decided.basis, known)
    if decided.verdict is Verdict.ACCEPT:
        return State.ACCEPTED, news
    if decided.verdict is Verdict.REJECT:
        return (State.PROPOSED if news else State.REJECTED), news
    if decided.at < period.start:
        day = decided.at.astimezone(period.start.tzinfo)
        return State.PROPOSED, (f"{day:%Y-%m-%d} 留待后用", *news)
    return (State.PROPOSED if news else State.LATER), news
