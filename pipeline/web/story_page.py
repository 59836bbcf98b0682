"""What the page of one story shows, and the form of its text as it stands there.

What is typed is kept as it is typed (``store.typed``), under the number of the last decision that
the editor had seen when he began: so a save after somebody else's asks, and loses neither text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from config.errors import BriefingError
from pipeline.desk import decided_since
from pipeline.editing import draft_of, form_of
from pipeline.queue import Entry, load_entry
from pipeline.web.context import coming, desk, editor, reasons
from pipeline.web.history_of import moments_of
from pipeline.web.preview import Preview, preview_of
from pipeline.web.rows import Conflict, row_of, said_of
from pipeline.web.views import query_of, view_of_query
from store.models import StoryId
from store.typed import load_typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """The form of a story as it stands on the page."""

    form: Mapping[str, str]
    seen: int
    """The last decision that whoever fills it in has seen."""
    beside: Mapping[str, str]
    """The text to hold against it."""
    theirs: bool = False
    """Whether `beside` is what another editor saved meanwhile; the machine's text otherwise."""
    since: tuple[str, ...] = ()
    """What others did meanwhile, in words."""
    typed_at: datetime | None = None
    """When it was typed, where it is not saved."""
    field: str = ""
    """The field that cannot be used."""
    problem: str = ""

    def differs(self, name: str) -> bool:
        """Whether a field is other than what stands beside it."""
        return line_feeds(self.form[name]) != line_feeds(self.beside[name])


def entry_of(story: StoryId) -> Entry:
    """The story as the queue has it. Raises NotFoundError."""
    return load_entry(desk().store, desk().settings, coming(), story)


def path_of(story: StoryId, ending: str = "") -> str:
    """The address of a story, or of something at it, that keeps the view one came from."""
    query = asked_query()
    return f"/story/{story}{ending}" + (f"?{urlencode({'view': query})}" if query else "")


def asked_query() -> str:
    """The view of the queue that one came from."""
    return query_of(view_of_query(request.values.get("view", "")))


def place_of(entry: Entry) -> str:
    """What is typed there is kept under this."""
    return f"story:{entry.story.id}"


def editing_of(entry: Entry) -> Editing:
    """The form as the page opens with it: what was typed and not saved, else the text as it is."""
    typed = load_typed(desk().store, place_of(entry), editor().name)
    form, machine = form_of(entry.draft), form_of(entry.machine)
    if typed is None:
        return Editing(form=form, seen=entry.seen or 0, beside=machine)
    return Editing(
        form={**form, **typed.form},
        seen=typed.seen,
        beside=machine,
        since=done_since(entry, typed.seen),
        typed_at=typed.at,
    )


def done_since(entry: Entry, seen: int) -> tuple[str, ...]:
    """What was decided on a story after the decision of that number, in words."""
    if (entry.seen or 0) == seen:
        return ()
    return tuple(map(said_of, decided_since(desk().store, entry.story.id, seen)))


def page_of(entry: Entry, editing: Editing, status: int = 200) -> Response:
    """The page of a story."""
    return make_response(render_template("story.html", **context_of(entry, editing)), status)


def context_of(entry: Entry, editing: Editing, conflict: Conflict | None = None) -> dict[str, Any]:
    """What the templates of a story are drawn from, all of them."""
    return {
        **text_of(entry, editing),
        **head_of(entry, conflict),
        "sections": [section.name for section in desk().settings.sections],
    }


def text_of(entry: Entry, editing: Editing) -> dict[str, Any]:
    """What is drawn of a story as it is typed: the form's state, and how it prints."""
    preview, broken = _preview(entry, editing.form)
    return {
        "entry": entry,
        "editing": editing,
        "preview": preview,
        "broken": broken,
    }


def head_of(entry: Entry, conflict: Conflict | None = None) -> dict[str, Any]:
    """What its head and its history are drawn from; nothing of its text."""
    return {
        "row": row_of(entry),
        "entry": entry,
        "moments": moments_of(entry),
        "query": asked_query(),
        "path": path_of,
        "reasons": reasons(),
        "conflict": conflict,
    }


def _preview(entry: Entry, form: Mapping[str, str]) -> tuple[Preview | None, str]:
    """How it prints, or why it cannot."""
    try:
        draft = draft_of(form, entry.draft, desk().settings)
        return preview_of(draft, desk().settings, desk().folder, coming().day), ""
    except BriefingError as error:
        return None, str(error)


def line_feeds(text: str) -> str:
    """With line feeds alone, which a browser posts as two characters."""
    return text.replace("\r\n", "\n")
