"""The life of a story, from sight to print: who saw it when, what was decided, where it ran."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from pipeline.published import keys_of_story, same_thing
from store.database import Store
from store.decisions import load_decisions
from store.issues import Ran, load_ran
from store.models import Decision, Member, Story
from store.rulings import Ruling, load_rulings

Happening: TypeAlias = Member | Decision | Ruling | Ran
"""A source brought it, an editor decided, merged or parted, an issue ran it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a story."""

    at: datetime
    """UTC."""
    what: Happening


def life(store: Store, story: Story) -> list[Event]:
    """All that happened to a story, the earliest first; merges and splits that still stand."""
    return sorted(_events(store, story), key=lambda event: event.at)


def _events(store: Store, story: Story) -> Iterator[Event]:
    for member in story.members:
        yield Event(at=member.first_seen, what=member)
    for decision in load_decisions(store, [story.id]).get(story.id, []):
        yield Event(at=decision.at, what=decision)
    for ruling in load_rulings(store, [member.id for member in story.members]):
        yield Event(at=ruling.at, what=ruling)
    ran = load_ran(store, keys_of_story(story), before=date.max)
    for one in same_thing(story, ran):
        yield Event(at=one.exported_at, what=one)
