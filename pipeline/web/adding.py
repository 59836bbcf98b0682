"""Adding a link by hand: pasted, or brought by the bookmarklet. GET only fills the form in.

The page behind the link is fetched while nothing of the store is held, so that a slow one keeps
nobody waiting but who asked for it.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from config.errors import BriefingError, ConflictError, InputError, SourceError
from pipeline.desk import decide, decided_since
from pipeline.hand import HandIn, add
from pipeline.normalise import clean_line
from pipeline.queue import Entry, load_entry
from pipeline.web.answers import Notice, Undo, done, failed
from pipeline.web.context import coming, desk, editor, is_quick, now, t
from pipeline.web.failures import status_of
from pipeline.web.issue import field_number, field_text
from pipeline.web.reading import clip, href, number_of, plain
from store.models import StoryId, Verdict

page = Blueprint("add", __name__)

_FIELDS: Final = ("url", "title", "found", "section", "note")
"""``found`` is the title that the bookmarklet brought, to tell whether it was changed."""
_HINT: Final = "; give a --title to file it anyway"
"""What the command line is told, which has no form to type into."""


@page.get("/add")
def show() -> str:
    """The form, filled in with what the bookmarklet brought, and what an adding came to."""
    given = {name: plain(request.args.get(name, "")).strip() for name in ("url", "title")}
    story = number_of(request.args.get("story", ""))
    entry = _entry(StoryId(story)) if story else None
    return render_template("add.html", **_shown({**given, "found": given["title"]}, entry=entry))


def _entry(story: StoryId) -> Entry:
    return load_entry(desk().store, desk().settings, coming(), story)


def _shown(
    form: dict[str, str], *, entry: Entry | None = None, problem: str = ""
) -> dict[str, object]:
    return {
        "form": dict.fromkeys(_FIELDS, "") | form,
        "entry": entry,
        "problem": problem,
        "sections": [(section.name, section.name) for section in desk().settings.sections],
        "bookmarklet": _bookmarklet(request.host_url),
    }


def _bookmarklet(address: str) -> str:
    """A link that opens the form with the page that one is looking at."""
    script = (
        f"(()=>{{const e=encodeURIComponent;open('{address}add?url='+e(location.href)"
        "+'&title='+e(document.title),'briefing','width=620,height=760')})()"
    )
    return "javascript:" + quote(script, safe="(){}=>;,.+'/:?&")


@page.post("/add")
def file() -> Response:
    """Fetch the page and file it; what was typed stays where that fails."""
    form = {name: field_text(name) for name in _FIELDS}
    try:
        entry = _filed(form)
    except BriefingError as error:
        return _failed(form, error)
    notice = Notice(text=t("add.added", title=clip(entry.draft.title, 60)))

    def parts() -> dict[str, str | None]:
        shown = _shown({}, entry=entry)
        return {
            part: render_template(f"{part.replace('-', '_')}.html", **shown)
            for part in ("add-form", "add-result")
        }

    return done(notice, parts=parts, to=f"/add?story={entry.story.id}")


def _filed(form: dict[str, str]) -> Entry:
    """File the link. A title that the bookmarklet brought is for pages that cannot be had."""
    here, url, title = desk(), form["url"], clean_line(form["title"])
    if href(url) is None:
        raise InputError(t("add.no_url"))
    section, note = form["section"] or None, form["note"] or None
    own = HandIn(url=url, section=section, note=note, title=title or None)
    if not title or title != clean_line(form["found"]):
        return add(here.store, here.settings, own, now())
    try:
        bare = HandIn(url=url, section=section, note=note)
        return add(here.store, here.settings, bare, now())
    except SourceError:
        return add(here.store, here.settings, own, now())


def _failed(form: dict[str, str], error: BriefingError) -> Response:
    words = str(error)
    if isinstance(error, SourceError):
        words = t("add.failed", cause=words.removesuffix(_HINT).rstrip("."))
    shown = _shown(form, problem=words)
    if is_quick():
        part = render_template("add_form.html", **shown)
        return failed(words, status_of(error), {"add-form": part})
    return make_response(render_template("add.html", **shown), status_of(error))


@page.post("/add/accept")
def accept() -> Response:
    """Take the story that a link became."""
    here, story, seen = desk(), StoryId(field_number("story")), field_number("decided")
    undoing = request.form.get("do") == "undo"
    verdict = Verdict.UNDO if undoing else Verdict.ACCEPT
    try:
        [entry] = decide(
            here.store, here.settings, coming(), [story], verdict, editor(), seen={story: seen}
        )
    except ConflictError:
        since = decided_since(here.store, story, seen)
        who = "、".join(dict.fromkeys(decision.by for decision in since))
        notice = Notice(text=t("add.changed", who=who), tone="bad")
        if is_quick():
            return failed(notice, 409, {"add-result": _result(_entry(story))})
        return done(notice, to=f"/add?story={story}")
    if undoing:
        notice = Notice(text=t("issue.undone"))
    else:
        fields = {"story": str(story), "decided": str(entry.seen), "do": "undo"}
        text = t("add.accepted", title=clip(entry.draft.title, 60))
        notice = Notice(text=text, undo=Undo(action="/add/accept", fields=fields))
    return done(notice, parts=lambda: {"add-result": _result(entry)}, to=f"/add?story={story}")


def _result(entry: Entry) -> str:
    return render_template("add_result.html", **_shown({}, entry=entry))
