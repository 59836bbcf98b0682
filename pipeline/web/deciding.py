"""A decision as a form asks for it: read, carried out, told, and what to ask on a conflict.

A form names its stories as ``12:105``: the story, and the last decision on it that the editor had
before his eyes (0 for none). Several may stand in one field, apart by blanks. ``do`` says what is
to be done with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from flask import request

from config.errors import InputError, NotFoundError
from pipeline.desk import check_section, decide, decided_since
from pipeline.queue import Entry, load_entry
from pipeline.web.answers import Notice, Undo
from pipeline.web.context import coming, desk, editor, reason_said, t
from pipeline.web.reading import clip, number_of
from pipeline.web.rows import Conflict, said_of
from store.models import StoryId, Verdict

MOVE: Final = "move"
"""Into another section: a text of the editor's, so that it is undone like one."""
_ASKED: Final = {one.value: one for one in Verdict if one is not Verdict.EDIT}
_TITLE: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a form asks to decide."""

    do: str
    """A verdict, or `MOVE`."""
    stories: Mapping[StoryId, int]
    """Story -> the last decision on it that the editor had seen."""
    reason: str | None = None
    section: str = ""
    """Where to, for `MOVE`."""
    times: int = 1
    """How many decisions on each an undo takes back: a save that accepts too is two."""

    @classmethod
    def read(cls) -> Self:
        """From the form that was posted. Raises InputError."""
        do = request.form.get("do", "")
        if do not in (*_ASKED, MOVE):
            raise InputError(t("queue.no_such_action"))
        return cls(
            do=do,
            stories=marked(request.form.getlist("story")),
            reason=(request.form.get("reason") or None) if do == Verdict.REJECT else None,
            section=request.form.get("section", ""),
            times=2 if request.form.get("times") == "2" else 1,
        )

    def fields(self, seen: Mapping[StoryId, int]) -> dict[str, str]:
        """The form that asks for the same again, knowing of the decisions up to now."""
        return {
            "do": self.do,
            "story": " ".join(f"{story}:{number}" for story, number in seen.items()),
            "reason": self.reason or "",
            "section": self.section,
            "times": str(self.times),
        }


def marked(values: Sequence[str]) -> dict[StoryId, int]:
    """Stories and what was seen of them, as forms name them. Raises InputError."""
    found = {}
    for one in " ".join(values).split():
        story, _, seen = one.partition(":")
        found[story_id(story)] = number_of(seen)
    if not found:
        raise InputError(t("queue.none_marked"))
    return found


def story_id(text: str) -> StoryId:
    """The number of a story. Raises NotFoundError for what cannot be one."""
    number = number_of(text)
    if not number:
        raise NotFoundError(t("queue.no_story", story=clip(text, 20)))
    return StoryId(number)


def carry_out(asked: Asked) -> list[Entry]:
    """Decide, on all of the stories or none. Raises InputError, ConflictError and NotFoundError."""
    if asked.do == MOVE:
        return _move(asked)
    with desk().store.writing():
        entries = _decide(asked, asked.stories)
        for _ in range(asked.times - 1 if asked.do == Verdict.UNDO else 0):
            entries = _decide(asked, {one.story.id: one.seen or 0 for one in entries})
    return entries


def _decide(asked: Asked, seen: Mapping[StoryId, int]) -> list[Entry]:
    return decide(
        desk().store,
        desk().settings,
        coming(),
        list(seen),
        _ASKED[asked.do],
        editor(),
        reason=asked.reason,
        seen=seen,
    )


def _move(asked: Asked) -> list[Entry]:
    store, settings, period = desk().store, desk().settings, coming()
    check_section(settings, asked.section)
    entries = []
    with store.writing():
        for story in asked.stories:
            text = replace(load_entry(store, settings, period, story).draft, section=asked.section)
            entries += decide(
                store,
                settings,
                period,
                [story],
                Verdict.EDIT,
                editor(),
                text=text,
                seen=asked.stories,
            )
    return entries


def told(asked: Asked, entries: Sequence[Entry], undo: str) -> Notice:
    """What was done, and how to take it back; `undo` is the path to post that to."""
    verb = t(f"queue.done_{asked.do}", section=asked.section)
    if asked.reason:
        verb = t("queue.because", said=verb, why=reason_said(asked.reason))
    if len(entries) == 1:
        text = t("queue.done_one", verb=verb, title=clip(entries[0].draft.title, _TITLE))
    else:
        text = t("queue.done_many", verb=verb, count=len(entries))
    if asked.do == Verdict.UNDO:
        return Notice(text=text)
    back = {"do": Verdict.UNDO.value, "story": " ".join(map(mark, entries))}
    return Notice(text=text, undo=Undo(action=undo, fields=back))


def mark(entry: Entry) -> str:
    """A story as forms name it."""
    return f"{entry.story.id}:{entry.seen or 0}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflicts:
    """Stories that others decided on meanwhile; nothing was done to any that was asked about."""

    told: Sequence[tuple[Entry, Conflict]]
    """Those that they decided on, as they stand now, each with what is to be asked about it."""
    all: Conflict
    """What is to be asked about everything at once."""


def conflicts(asked: Asked, action: str) -> Conflicts:
    """Tell of a ConflictError: who did what meanwhile, and how to do it all the same."""
    store, settings = desk().store, desk().settings
    words = t(f"queue.do_{asked.do}")
    now: dict[StoryId, int] = {}
    told: list[tuple[Entry, Conflict]] = []
    for story, seen in asked.stories.items():
        entry = load_entry(store, settings, coming(), story)
        number = entry.story.id
        now[number] = entry.seen or 0
        if now[number] != seen:
            since = tuple(map(said_of, decided_since(store, number, seen)))
            fields = asked.fields({number: now[number]})
            told.append((entry, Conflict(since=since, action=action, fields=fields, words=words)))
    everything = Conflict(since=(), action=action, fields=asked.fields(now), words=words)
    return Conflicts(told=told, all=everything)
