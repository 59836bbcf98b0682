"""The text of a story: saved, kept as it is typed, previewed, and asked about on a conflict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from config.errors import ConflictError, InputError
from pipeline.desk import decide
from pipeline.editing import FIELDS, draft_of, form_of
from pipeline.queue import Entry
from pipeline.web.answers import Notice, Parts, Undo, done, failed
from pipeline.web.context import coming, desk, editor, is_quick, t
from pipeline.web.deciding import story_id
from pipeline.web.reading import clip, number_of
from pipeline.web.story_page import (
    Editing,
    asked_query,
    context_of,
    done_since,
    editing_of,
    entry_of,
    line_feeds,
    page_of,
    path_of,
    place_of,
    text_of,
)
from store.models import Draft, StoryId, Verdict
from store.typed import Typed, drop_typed, save_typed

page = Blueprint("story_text", __name__)

_TITLE: Final = 60


@page.post("/story/<story>/save")
def save(story: str) -> Response:
    """Keep the text, and with ``do=accept`` take the story into the issue too."""
    entry, form, seen = entry_of(story_id(story)), _form(), _seen()
    accept = request.form.get("do") == Verdict.ACCEPT
    try:
        text = draft_of(form, entry.draft, desk().settings)
        entries = _record(entry, text if text != entry.draft else None, seen, accept=accept)
    except ConflictError:
        return _ask(entry, form, seen)
    except InputError as error:
        return _refuse(entry, form, seen, str(error))
    drop_typed(desk().store, place_of(entry), editor().name)
    after = entries[-1] if entries else entry
    notice = _saved(after, len(entries), accept=accept)
    to = _queue_path(after.story.id) if accept else path_of(after.story.id)
    return done(notice, to=to, stay=False)


def _record(entry: Entry, text: Draft | None, seen: int, *, accept: bool) -> list[Entry]:
    """The decisions of one save, all or none; how it stands after each."""
    steps = [Verdict.EDIT] if text is not None else []
    steps += [Verdict.ACCEPT] if accept else []
    made: list[Entry] = []
    with desk().store.writing():
        for verdict in steps:
            known = made[-1].seen or 0 if made else seen
            made += decide(
                desk().store,
                desk().settings,
                coming(),
                [entry.story.id],
                verdict,
                editor(),
                text=text if verdict is Verdict.EDIT else None,
                seen={entry.story.id: known},
            )
    return made


def _saved(entry: Entry, steps: int, *, accept: bool) -> Notice:
    if not steps:
        return Notice(text=t("story.nothing_new"))
    fields = {"do": "undo", "story": f"{entry.story.id}:{entry.seen or 0}", "times": str(steps)}
    title = clip(entry.draft.title, _TITLE)
    if accept:  # which goes back to the queue
        undo = Undo(action="/queue/decide", fields=fields)
        return Notice(text=t("story.saved_accepted", title=title), undo=undo)
    here = Undo(action=f"/story/{entry.story.id}/decide", fields={**fields, "view": asked_query()})
    return Notice(text=t("story.saved", title=title), undo=here)


def _ask(entry: Entry, form: Mapping[str, str], seen: int) -> Response:
    """Somebody saved meanwhile: both texts side by side, mine still in the fields."""
    entry = entry_of(entry.story.id)
    _keep(entry, form, seen)
    editing = Editing(
        form={**form_of(entry.draft), **form},
        seen=entry.seen or 0,
        beside=form_of(entry.draft),
        theirs=True,
        since=done_since(entry, seen),
    )
    return _again(entry, editing, t("story.conflict_notice"), 409)


def _refuse(entry: Entry, form: Mapping[str, str], seen: int, error: str) -> Response:
    """The text cannot print: say at which field, and keep what was typed."""
    _keep(entry, form, seen)
    name, _, problem = error.partition(": ")
    editing = Editing(
        form={**form_of(entry.draft), **form},
        seen=seen,
        beside=form_of(entry.machine),
        since=done_since(entry, seen),
        field=name,
        problem=problem,
    )
    return _again(entry, editing, error, 400)


def _again(entry: Entry, editing: Editing, said: str, status: int) -> Response:
    """The form once more, with something to be said about it."""
    if not is_quick():
        return page_of(entry, editing, status)
    markup = render_template("_story_edit.html", **context_of(entry, editing))
    return failed(said, status, {"story-edit": markup})


def _keep(entry: Entry, form: Mapping[str, str], seen: int) -> None:
    who = editor()
    typed = Typed(place=place_of(entry), by=who.name, at=who.now, seen=seen, form=form)
    save_typed(desk().store, typed)


@page.post("/story/<story>/typed")
def keep_typed(story: str) -> Response:
    """Keep what is typed; a form that says what stands already is forgotten."""
    entry, form, seen = entry_of(story_id(story)), _form(), _seen()
    meanwhile = done_since(entry, seen)
    as_it_is = {**form_of(entry.draft), **form} == form_of(entry.draft)
    if as_it_is:
        drop_typed(desk().store, place_of(entry), editor().name)
    else:
        _keep(entry, form, seen)

    def parts() -> Parts:
        context = text_of(entry, replace(editing_of(entry), since=meanwhile))
        return {
            "typed": render_template("_story_typed.html", **context),
            "preview": render_template("_story_preview.html", **context),
        }

    return done(parts=parts, to=path_of(entry.story.id))


@page.post("/story/<story>/typed/drop")
def drop(story: str) -> Response:
    """Forget what was typed and not saved."""
    entry = entry_of(story_id(story))
    drop_typed(desk().store, place_of(entry), editor().name)
    return done(Notice(text=t("story.dropped")), to=path_of(entry.story.id), stay=False)


@page.post("/story/<story>/preview")
def look_at(story: str) -> Response:
    """The page with the form as it was posted; with ``take``, one field as it stands beside."""
    entry, form, seen = entry_of(story_id(story)), _form(), _seen()
    taken = request.form.get("take", "")
    beside = form_of(entry.draft if request.form.get("theirs") else entry.machine)
    if taken in FIELDS:
        form[taken] = beside[taken]
    _keep(entry, form, seen)
    return page_of(entry, editing_of(entry))


def _form() -> dict[str, str]:
    """What was filled in; a box that is not ticked sends its hidden, empty twin alone."""
    return {
        name: line_feeds(request.form.getlist(name)[-1]) for name in FIELDS if name in request.form
    }


def _seen() -> int:
    return number_of(request.form.get("seen", ""))


def _queue_path(story: StoryId) -> str:
    query = asked_query()
    return "/queue" + (f"?{query}" if query else "") + f"#story-{story}"
