"""A walk through the queue with one story before one's eyes: what the terminal's desk does.

Knows no screen and no keyboard. Every act is recorded at once, by ``pipeline.desk`` and
``pipeline.gathering``, and can be taken back; marks gather the stories that the next act is about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from config.errors import InputError
from config.settings import Settings
from pipeline.desk import Editor, decide
from pipeline.gathering import merge_stories, undo_last
from pipeline.period import Period, period_of
from pipeline.queue import Entry, Queue, load_entry
from pipeline.view import View, look
from store.database import Store
from store.models import Draft, StoryId, Verdict

_STRETCH = 20
"""Stories read from the queue at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act:
    """What was done last, to be taken back."""

    stories: tuple[StoryId, ...]
    merged: int = 0
    """How many merges it was; 0 for a decision."""


@dataclass(slots=True, kw_only=True)
class Review:
    """Where the editor is in the queue. Starts before the best story of the view."""

    store: Store
    settings: Settings
    name: str
    """Who decides."""
    clock: Callable[[], datetime]
    """The time, UTC-aware; read for every act."""
    view: View
    entries: list[Entry] = field(default_factory=list)
    """What was read of the queue so far, in order."""
    at: int = 0
    marked: set[StoryId] = field(default_factory=set)
    more: bool = True
    """Whether the queue goes on behind what was read."""
    _acts: list[_Act] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.show(self.view)

    @property
    def entry(self) -> Entry | None:
        """The story before one's eyes; None where the view is empty."""
        return self.entries[self.at] if self.entries else None

    def show(self, view: View) -> None:
        """Begin anew with another view."""
        self.view, self.entries, self.at, self.more = view, [], 0, True
        self.marked.clear()
        self._read()

    def step(self, by: int) -> bool:
        """Go so many stories on, or back; False where there are none."""
        if by > 0 and self.at + by >= len(self.entries):
            self._read()
        there = min(max(self.at + by, 0), max(len(self.entries) - 1, 0))
        moved = there != self.at
        self.at = there
        return moved

    def mark(self) -> None:
        """Mark the story, or take its mark away."""
        if self.entry is not None:
            self.marked ^= {self.entry.story.id}

    def decide(
        self,
        verdict: Verdict,
        *,
        reason: str | None = None,
        text: Draft | None = None,
        anyway: bool = False,
    ) -> list[Entry]:
        """Decide on the marked stories, or on this one; returns how they stand.

        A text is of this story alone. Raises ConflictError where somebody else decided since
        they were read, unless it is to be done `anyway`.
        """
        entry = self._present()
        wanted = self.marked if self.marked and text is None else {entry.story.id}
        about = [one for one in self.entries if one.story.id in wanted]
        seen = {one.story.id: one.seen or 0 for one in about}
        now = decide(
            self.store,
            self.settings,
            self._period(),
            list(seen),
            verdict,
            self._editor(),
            reason=reason,
            text=text,
            seen=None if anyway else seen,
        )
        self._acts.append(_Act(stories=tuple(seen)))
        self._stand(now)
        self.marked.clear()
        return now

    def merge(self) -> Entry:
        """Make one story of this one and the marked ones. Raises InputError without any mark."""
        entry = self._present()
        others = [one.story.id for one in self.entries if one.story.id in self.marked]
        others = [story for story in others if story != entry.story.id]
        if not others:
            raise InputError("mark the stories that belong to this one first (x)")
        # One by one, so that each can be undone; the others would be undone with the first.
        story = entry.story.id
        for other in others:
            story = merge_stories(self.store, self.settings, [story, other], self._editor())
        self._acts.append(_Act(stories=(story,), merged=len(others)))
        self.marked.clear()
        self._read_again(story)
        return self._present()

    def undo(self) -> list[Entry]:
        """Take the last act of this walk back, and go to its story. Raises InputError for none."""
        if not self._acts:
            raise InputError("nothing was done here yet that could be undone")
        act = self._acts[-1]
        if act.merged:
            for _ in range(act.merged):
                undo_last(self.store, self.settings, act.stories[0], self._editor())
            self._acts.pop()
            self._read_again(act.stories[0])
            return [self._present()]
        now = decide(
            self.store,
            self.settings,
            self._period(),
            act.stories,
            Verdict.UNDO,
            self._editor(),
        )
        self._acts.pop()
        self._stand(now)
        places = [n for n, one in enumerate(self.entries) if one.story.id == now[0].story.id]
        self.at = places[0] if places else self.at
        return now

    def refresh(self) -> None:
        """Read the story again, with what others did to it."""
        entry = self._present()
        self._stand([load_entry(self.store, self.settings, self._period(), entry.story.id)])

    def _present(self) -> Entry:
        if self.entry is None:
            raise InputError("there is no story here")
        return self.entry

    def _stand(self, now: list[Entry]) -> None:
        fresh = {entry.story.id: entry for entry in now}
        self.entries = [fresh.get(one.story.id, one) for one in self.entries]

    def _read(self) -> None:
        """Read on behind what was read; stories that moved up meanwhile are not shown twice."""
        if not self.more:
            return
        # Behind the last one, not after so many: what was decided on leaves the view.
        last = self.entries[-1].story.id if self.entries else None
        page = look(self._queue(), self.view, count=_STRETCH, after=last)
        known = {entry.story.id for entry in self.entries}
        self.entries += [entry for entry in page.entries if entry.story.id not in known]
        self.more = page.more

    def _read_again(self, story: StoryId) -> None:
        """After stories were made anew: as many as before, and this one before one's eyes."""
        count = max(len(self.entries), _STRETCH)
        page = look(self._queue(), self.view, start=0, count=count)
        self.entries, self.more = list(page.entries), page.more
        places = [n for n, one in enumerate(self.entries) if one.story.id == story]
        self.at = places[0] if places else min(self.at, max(len(self.entries) - 1, 0))

    def _queue(self) -> Queue:
        return Queue(store=self.store, settings=self.settings, period=self._period())

    def _period(self) -> Period:
        return period_of(self.store, self.settings, self.clock())

    def _editor(self) -> Editor:
        return Editor(name=self.name, now=self.clock())
