"""The queue: candidates of the coming issue, looked through, decided on, merged, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from config.errors import ConflictError, InputError
from pipeline.desk import tried_now
from pipeline.gathering import merge_stories, undo_last
from pipeline.queue import Entry, Place, Queue, State, load_entry
from pipeline.view import Tally, View, look, next_to, tally
from pipeline.web.answers import Notice, Undo, came_from, done, failed
from pipeline.web.context import coming, desk, editor, is_quick, reasons, t
from pipeline.web.deciding import Asked, carry_out, conflicts, marked, story_id, told
from pipeline.web.reading import clip
from pipeline.web.rows import Row, row_markup, row_of
from pipeline.web.views import DAYS, LANGUAGES, query_of, view_of, view_of_query
from store.models import EDITOR, Kind, StoryId
from store.typed import drop_view, load_views, save_view

page = Blueprint("queue", __name__)

_NAME: Final = 40
"""Characters of the name of a saved view."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A section to look at."""

    name: str | None
    """None for all of them."""
    path: str
    current: bool
    has: Tally
    quota: int
    """How many places it has."""


def queue() -> Queue:
    """The queue of the coming issue."""
    return Queue(store=desk().store, settings=desk().settings, period=coming())


@page.get("/queue")
def show() -> str:
    """A page of the queue."""
    settings = desk().settings
    view = view_of(request.args)
    after = request.args.get("after")
    waiting = queue()
    decided = waiting.decided()
    shown = look(
        waiting,
        view,
        decided=decided,
        count=settings.desk.page_size,
        after=story_id(after) if after else None,
    )
    return render_template(
        "queue.html",
        rows=_rows(waiting, decided, shown.entries),
        more=shown.more,
        after=after,
        view=view,
        query=query_of(view),
        path=queue_path(view),
        tabs=_tabs(view, waiting, decided),
        sections=[(section.name, section.name) for section in settings.sections],
        reasons=reasons(),
        saved=load_views(desk().store),
        sources=[(name, name) for name in sorted({*(s.name for s in settings.sources), EDITOR})],
        languages=[(code, t(f"queue.language_{code}")) for code in LANGUAGES],
        kinds=[(kind.value, t(f"queue.kind_{kind}")) for kind in Kind],
        states=[(s.value, t(f"queue.state_{s}")) for s in State if s is not State.PROPOSED],
        ages=DAYS,
    )


def _rows(waiting: Queue, decided: Sequence[Place], entries: Sequence[Entry]) -> list[Row]:
    """The rows of these stories."""
    sections = {entry.section for entry in entries if entry.state is State.PROPOSED}
    tried = tried_now(waiting, decided, sections) if sections else {}
    return [row_of(entry, tried.get(entry.story.id, "")) for entry in entries]


def queue_path(view: View) -> str:
    """The address of a view."""
    query = query_of(view)
    return "/queue" + (f"?{query}" if query else "")


def _tabs(view: View, waiting: Queue, decided: Sequence[Place]) -> list[Tab]:
    quotas = {section.name: section.quota for section in desk().settings.sections}
    found = tally(waiting, decided)
    whole = Tally(
        open=sum(has.open for has in found.values()),
        accepted=sum(has.accepted for has in found.values()),
    )
    return [
        Tab(
            name=name,
            path=queue_path(replace(view, section=name)),
            current=view.section == name,
            has=has,
            quota=sum(quotas.values()) if name is None else quotas.get(name, 0),
        )
        for name, has in [(None, whole), *found.items()]
    ]


def _query() -> str:
    """The query of the view that a form was posted from."""
    return query_of(view_of_query(urlsplit(came_from("/queue")).query))


@page.post("/queue/decide")
def decide() -> Response:
    """Accept, reject, leave for later, move to a section, or undo: what is marked, or one row."""
    asked = Asked.read()
    try:
        entries = carry_out(asked)
    except ConflictError as error:
        return _ask(asked, str(error))
    return done(
        told(asked, entries, "/queue/decide"),
        parts=lambda: _parts(entries),
        to=came_from("/queue"),
    )


def _parts(entries: Sequence[Entry]) -> dict[str, str | None]:
    """The rows of these stories, and the tabs with their counts."""
    query = _query()
    view, waiting = view_of_query(query), queue()
    decided = waiting.decided()
    rows: dict[str, str | None] = {
        f"story-{row.entry.story.id}": row_markup(row, query, section=view.section)
        for row in _rows(waiting, decided, entries)
    }
    tabs = _tabs(view, waiting, decided)
    return {**rows, "tabs": render_template("_queue_tabs.html", tabs=tabs)}


def _ask(asked: Asked, error: str) -> Response:
    """Others decided meanwhile: tell what, and ask."""
    found = conflicts(asked, "/queue/decide")
    query = _query()
    if is_quick():
        parts = {
            f"story-{entry.story.id}": row_markup(row_of(entry), query, conflict=conflict)
            for entry, conflict in found.told
        }
        text = t("queue.conflict_notice", count=len(found.told))
        return failed(Notice(text=text, tone="bad"), 409, parts)
    page = render_template(
        "queue_conflict.html",
        told=[(row_of(entry), conflict) for entry, conflict in found.told],
        all=found.all,
        count=len(asked.stories),
        back=came_from("/queue"),
        error=error,
    )
    return make_response(page, 409)


@page.post("/queue/merge")
def merge() -> Response:
    """Put what is marked together, with the story that is named `into` or else the first."""
    into = request.form.get("into")
    values = [into] if into else []
    stories = list(marked([*values, *request.form.getlist("story")]))
    if len(stories) < 2:
        raise InputError(t("queue.merge_two"))
    made = merge_stories(desk().store, desk().settings, stories, editor())
    entry = load_entry(desk().store, desk().settings, coming(), made)
    text = t("queue.merged", count=len(stories), title=clip(entry.draft.title, 60))
    undo = Undo(action="/queue/part", fields={"story": f"{made}:{entry.seen or 0}"})
    return done(
        Notice(text=text, undo=undo),
        parts=lambda: {f"story-{one}": None for one in stories if one != made} | _parts([entry]),
        to=came_from("/queue"),
    )


@page.post("/queue/part")
def part() -> Response:
    """Undo the last merge or split of a story; the list is made again."""
    (story, *_) = marked(request.form.getlist("story"))
    undo_last(desk().store, desk().settings, story, editor())
    return done(Notice(text=t("queue.parted")), to=came_from("/queue"), stay=False)


@page.post("/queue/views")
def keep_view() -> Response:
    """Keep the view that the form was posted from under a name."""
    name = clip(request.form.get("name", ""), _NAME)
    if not name:
        raise InputError(t("queue.view_needs_name"))
    save_view(desk().store, name, query_of(view_of_query(request.form.get("query", ""))))
    return done(Notice(text=t("queue.view_kept", name=name)), to=came_from("/queue"), stay=False)


@page.post("/queue/views/drop")
def forget_view() -> Response:
    """Forget a saved view."""
    name = request.form.get("name", "")
    drop_view(desk().store, name)
    text = t("queue.view_dropped", name=clip(name, _NAME))
    return done(Notice(text=text), to=came_from("/queue"), stay=False)


def neighbour(story: StoryId, query: str, *, before: bool) -> StoryId | None:
    """The story next to one in a view."""
    return next_to(queue(), view_of_query(query), story, before=before)
