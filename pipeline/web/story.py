"""One story: looked at, decided on, parted, and the way to the next.

Its text is the business of ``pipeline.web.story_text``; why it stands where it does is told by
``pipeline.web.why``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from config.errors import ConflictError, InputError
from pipeline.gathering import split_story, undo_last
from pipeline.queue import Entry
from pipeline.web.answers import Notice, Undo, done, failed
from pipeline.web.context import desk, editor, is_quick, t
from pipeline.web.deciding import Asked, carry_out, conflicts, story_id, told
from pipeline.web.queue import neighbour
from pipeline.web.rows import row_of
from pipeline.web.story_page import (
    asked_query,
    editing_of,
    entry_of,
    head_of,
    page_of,
    path_of,
    place_of,
)
from store.models import CandidateId, Verdict
from store.typed import load_typed, save_typed

page = Blueprint("story", __name__)


@page.get("/story/<story>")
def show(story: str) -> Response:
    """The page of a story."""
    entry = entry_of(story_id(story))
    if str(entry.story.id) != story:
        return redirect(path_of(entry.story.id), 308)
    return page_of(entry, editing_of(entry))


@page.post("/story/<story>/decide")
def decide_on(story: str) -> Response:
    """Accept, reject, leave for later, or take back the last decision (or the last few)."""
    asked = Asked.read()
    if list(asked.stories) != [story_id(story)]:
        raise InputError(t("queue.no_such_action"))
    try:
        (entry,) = carry_out(asked)
    except ConflictError as error:
        return _ask_to_decide(asked, str(error))
    _follow(entry, asked)
    action = f"/story/{entry.story.id}/decide"
    notice = told(asked, [entry], action)
    if notice.undo is not None:
        fields = {**notice.undo.fields, "view": asked_query()}
        notice = replace(notice, undo=replace(notice.undo, fields=fields))
    return done(
        notice,
        parts=lambda: _after(entry),
        to=path_of(entry.story.id),
        stay=asked.do in (Verdict.ACCEPT, Verdict.REJECT, Verdict.LATER),
    )


def _follow(entry: Entry, asked: Asked) -> None:
    """What is typed has seen the editor's own decision: it must not be asked about later."""
    typed = load_typed(desk().store, place_of(entry), editor().name)
    if typed is not None and typed.seen in asked.stories.values():
        save_typed(desk().store, replace(typed, seen=entry.seen or 0))


def _after(entry: Entry) -> dict[str, str | None]:
    context = head_of(entry)
    return {
        "story-head": render_template("_story_head.html", **context),
        "story-seen": render_template("_story_seen.html", seen=entry.seen or 0),
        "story-history": render_template("_story_history.html", **context),
    }


def _ask_to_decide(asked: Asked, error: str) -> Response:
    found = conflicts(asked, request.path)
    [(entry, conflict)] = found.told
    if is_quick():
        parts = {"story-head": render_template("_story_head.html", **head_of(entry, conflict))}
        return failed(t("queue.conflict_notice", count=1), 409, parts)
    page = render_template(
        "queue_conflict.html",
        told=[(row_of(entry), conflict)],
        all=conflict,
        count=1,
        back=path_of(entry.story.id),
        error=error,
    )
    return make_response(page, 409)


@page.post("/story/<story>/split")
def split(story: str) -> Response:
    """Part the marked members from the others."""
    number = story_id(story)
    taken = _candidates(request.form.getlist("candidate"))
    if not taken:
        raise InputError(t("story.mark_members"))
    made = split_story(desk().store, desk().settings, number, taken, editor())
    rest = number if number in made else made[0]
    undo = Undo(action=f"/story/{rest}/unsplit", fields={"view": asked_query()})
    notice = Notice(text=t("story.split_done", count=len(made)), undo=undo)
    return done(notice, to=path_of(rest), stay=False)


def _candidates(values: Sequence[str]) -> list[CandidateId]:
    return [CandidateId(story_id(value)) for value in values]


@page.post("/story/<story>/unsplit")
def unsplit(story: str) -> Response:
    """Take back the last merge or split of this story."""
    _, made = undo_last(desk().store, desk().settings, story_id(story), editor())
    number = story_id(story)
    return done(
        Notice(text=t("queue.parted")),
        to=path_of(number if number in made else made[0]),
        stay=False,
    )


@page.get("/story/<story>/next")
def forward(story: str) -> Response:
    """To the story behind this one in the view of the queue."""
    return _step(story, before=False)


@page.get("/story/<story>/previous")
def back(story: str) -> Response:
    """To the story before this one in the view of the queue."""
    return _step(story, before=True)


def _step(story: str, *, before: bool) -> Response:
    found = neighbour(story_id(story), asked_query(), before=before)
    if found is not None:
        return done(to=path_of(found))
    end = Notice(text=t("story.first" if before else "story.last"))
    return done(end, to=path_of(story_id(story)))
