"""Laying out a coming issue: order of its stories, title, 导读. One place for every face.

The machine lays out an issue by score and writes a 导读 to start from; what the editor sets stays.
A layout is appended whole, so that undo is a further layout and nobody's is lost. Two editors may
work on different parts of an issue; who changes the same part as another since he looked is told.
What stands is told by ``pipeline.layout``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Final

from config.errors import ConflictError, InputError
from config.settings import Settings
from pipeline.desk import Editor, decide
from pipeline.layout import laid_out_since, load_layout
from pipeline.period import Period
from pipeline.queue import load_entry
from store.database import Store
from store.issues import load_issue
from store.layouts import Layout, append_layout
from store.models import StoryId, Verdict

_CALLED: Final = {"title": "title", "lead": "导读", "places": "order"}


def lay_out(store: Store, period: Period, layout: Layout, editor: Editor, *, seen: int) -> int:
    """Keep a layout of the issue of the period; returns its number.

    `seen` is the number of the last layout that the editor had before his eyes, 0 for none, and
    `layout` that one with what he changed. What others changed since stays. Raises ConflictError
    where that is the same part, and InputError where the issue is final.
    """
    with store.writing():
        _require_open(store, period)
        merged = _merged(store, period, layout, seen)
        return append_layout(store, period.day, merged, by=editor.name, at=editor.now)


def undo_layout(store: Store, period: Period, editor: Editor, *, seen: int) -> int:
    """Take the last layout back, which is the one that was `seen`; returns the undo's number.

    Raises ConflictError where somebody laid the issue out since, and InputError where there is
    nothing to undo or the issue is final.
    """
    with store.writing():
        _require_open(store, period)
        standing = load_layout(store, period)
        if standing.seen > seen:
            raise _conflict(store, period, seen, "layout")
        if standing.seen < seen or not standing.undoable:
            raise InputError(f"the issue of {period.day} has no layout to undo")
        return append_layout(store, period.day, Layout(), by=editor.name, at=editor.now, undo=True)


def move(
    store: Store,
    settings: Settings,
    period: Period,
    story: StoryId,
    editor: Editor,
    *,
    section: str,
    order: Sequence[StoryId],
    seen: int,
) -> int:
    """Put a story in a section, and the stories of the issue in this order, as one act.

    Returns the layout's number. Raises as `lay_out`, and as ``pipeline.desk.decide`` for another
    section.
    """
    with store.writing():
        before = load_layout(store, period, upto=seen).layout
        number = lay_out(store, period, replace(before, places=tuple(order)), editor, seen=seen)
        entry = load_entry(store, settings, period, story)
        if entry.draft.section != section:
            text = replace(entry.draft, section=section)
            decide(store, settings, period, [story], Verdict.EDIT, editor, text=text)
        return number


def _require_open(store: Store, period: Period) -> None:
    stored = load_issue(store, period.day)
    if stored is not None and stored.final:
        raise InputError(f"the issue of {period.day} is final; reopen it to change it")


def _merged(store: Store, period: Period, layout: Layout, seen: int) -> Layout:
    """What the editor changed, on top of what others did since he looked."""
    before = load_layout(store, period, upto=seen).layout
    since = load_layout(store, period).layout
    changed: dict[str, object] = {}
    for field in fields(Layout):
        old, mine, theirs = (getattr(one, field.name) for one in (before, layout, since))
        if mine in (old, theirs):
            continue
        if theirs != old:
            raise _conflict(store, period, seen, _CALLED[field.name])
        changed[field.name] = mine
    return replace(since, **changed)  # type: ignore[arg-type] # each is of its field's type


def _conflict(store: Store, period: Period, seen: int, what: str) -> ConflictError:
    last = laid_out_since(store, period, seen)[-1]
    return ConflictError(
        f"{last.by} changed the {what} of the issue of {period.day} at"
        f" {last.at:%Y-%m-%d %H:%M} UTC, since it was looked at"
    )
