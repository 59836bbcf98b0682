"""The layout of a coming issue as it stands: what was set, and what was taken back since.

The date of a coming issue is today's, and tomorrow it is tomorrow's. So a layout belongs to the
period, not to the date that the issue had when it was made. Laying out is the business of
``pipeline.arranging``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pipeline.period import Period
from pipeline.queue import Place, Queue, State
from store.database import Store
from store.layouts import LaidOut, Layout, load_layouts
from store.models import StoryId

P = TypeVar("P", bound=Place)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidOutIssue:
    """The layout of an issue as it stands."""

    layout: Layout
    seen: int
    """Number of the last layout, whatever became of it; 0 before the first."""
    undoable: bool


def load_layout(store: Store, period: Period, *, upto: int | None = None) -> LaidOutIssue:
    """What the editor set of the issue of the period; with `upto`, as of the layout so numbered."""
    made = [one for one in _made(store, period) if upto is None or one.id <= upto]
    stack = _standing(made)
    return LaidOutIssue(
        layout=stack[-1].layout if stack else Layout(),
        seen=made[-1].id if made else 0,
        undoable=bool(stack),
    )


def laid_out_since(store: Store, period: Period, seen: int) -> list[LaidOut]:
    """The layouts of the period's issue after the one with that number, in order."""
    return [one for one in _made(store, period) if one.id > seen]


def in_order(entries: Iterable[P], layout: Layout) -> list[P]:
    """The entries that the layout places in its order, then the others as they stand."""
    place = {story: number for number, story in enumerate(layout.places)}
    return sorted(entries, key=lambda entry: place.get(entry.story.id, len(place)))


def accepted_in_order(queue: Queue) -> dict[str, list[StoryId]]:
    """What the editor accepted, by section, as the coming issue prints it."""
    layout = load_layout(queue.store, queue.period).layout
    taken = [place for place in queue.decided() if place.state is State.ACCEPTED]
    names = [section.name for section in queue.settings.sections]
    names += sorted({place.section for place in taken} - set(names))
    return {
        name: [p.story.id for p in in_order((p for p in taken if p.section == name), layout)]
        for name in names
    }


def _made(store: Store, period: Period) -> list[LaidOut]:
    return load_layouts(store, period.start.date(), period.day)


def _standing(made: Sequence[LaidOut]) -> list[LaidOut]:
    stack: list[LaidOut] = []
    for one in made:
        if not one.undo:
            stack.append(one)
        elif stack:
            stack.pop()
    return stack
