"""Title and 导读 of the coming issue: the machine's until they are edited, kept as one types."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from config.errors import ConflictError
from pipeline.arranging import lay_out
from pipeline.layout import load_layout
from pipeline.normalise import clean_line
from pipeline.web.answers import Notice, Undo
from pipeline.web.context import coming, desk, editor, now, t
from pipeline.web.issue import answered, field_number, field_text, typed_place
from pipeline.web.since import Again, ask, layouts_since
from store.layouts import Layout
from store.typed import Typed, drop_typed, save_typed

page = Blueprint("preface", __name__)


@page.post("/issue/words")
def save() -> Response:
    """Keep title and 导读 as they were edited; one that was left alone stays whose it is."""
    before = _seen()
    title, lead = clean_line(field_text("title")), field_text("lead")
    layout = replace(
        before,
        title=before.title if title == clean_line(field_text("title_was")) else title,
        lead=before.lead if lead == field_text("lead_was") else lead,
    )
    return _laid_out(layout, t("issue.words_saved"), t("issue.words_again"), mine=lead)


@page.post("/issue/words/machine")
def take_machine() -> Response:
    """Let the machine write the 导读 again."""
    layout = replace(_seen(), lead=None)
    return _laid_out(layout, t("issue.machine_taken"), t("issue.machine_again"))


def _seen() -> Layout:
    return load_layout(desk().store, coming(), upto=field_number("seen")).layout


def _laid_out(layout: Layout, words: str, words_again: str, *, mine: str | None = None) -> Response:
    seen = field_number("seen")
    try:
        number = lay_out(desk().store, coming(), layout, editor(), seen=seen)
    except ConflictError:
        since, last = layouts_since(seen)
        again = Again(
            action=request.path, fields={**request.form, "seen": str(last)}, words=words_again
        )
        theirs = load_layout(desk().store, coming()).layout.lead
        return ask(since, again, theirs=None if mine is None else theirs, mine=mine)
    drop_typed(desk().store, typed_place(), editor().name)
    undo = Undo(action="/issue/undo", fields={"layout": str(number)})
    return answered(Notice(text=words, undo=undo))


@page.post("/issue/typed")
def keep_typed() -> Response:
    """Keep what is being typed, without saving it."""
    typed = Typed(
        place=typed_place(),
        by=editor().name,
        at=now(),
        seen=field_number("seen"),
        form={"title": field_text("title"), "lead": field_text("lead")},
    )
    save_typed(desk().store, typed)
    return jsonify({"parts": {}})


@page.post("/issue/typed/drop")
def forget_typed() -> Response:
    """Forget what was typed and not saved."""
    drop_typed(desk().store, typed_place(), editor().name)
    return answered(Notice(text=t("issue.typed_dropped")))
