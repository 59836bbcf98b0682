"""The coming issue: what stands where. ``preface`` has its title and 导读, ``output`` its exits.

What is shown comes from ``board``; orders go to ``pipeline.arranging``, verdicts to
``pipeline.desk``. Who acts on what another has changed since is shown that, and asked (``since``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Blueprint, current_app, make_response, render_template, request
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from config.errors import BriefingError, ConfigError, ConflictError
from pipeline.arranging import move, undo_layout
from pipeline.desk import decide
from pipeline.layout import accepted_in_order
from pipeline.publishing import require_publishing
from pipeline.queue import Queue, State, load_entry
from pipeline.web.answers import Notice, Undo, came_from, done, failed
from pipeline.web.board import Board, load_board
from pipeline.web.context import coming, desk, editor, is_quick, t
from pipeline.web.links import AskedLinks
from pipeline.web.preview import rendered
from pipeline.web.reading import clip, number_of
from pipeline.web.since import Again, ask, decisions_since, layouts_since
from store.issues import load_issue_dates
from store.models import StoryId, Verdict
from store.typed import Typed, load_typed

page = Blueprint("issue", __name__)

_GATEWAY: Final = 502
_TITLE: Final = 60
"""Characters of a title in a notice."""


@page.record_once
def _furnish(state: BlueprintSetupState) -> None:
    state.app.extensions["asked links"] = AskedLinks()
    state.app.add_template_filter(rendered)


def asked_links() -> AskedLinks:
    """What this desk knows of links."""
    links = current_app.extensions["asked links"]
    assert isinstance(links, AskedLinks)
    return links


@page.get("/issue")
def show() -> str:
    """The issue as it will print."""
    return render_template("issue.html", **_shown(titles="titles" in request.args))


def board_now() -> Board:
    """The coming issue as it stands."""
    here = desk()
    known = asked_links().known
    return load_board(here.store, here.settings, here.folder, coming(), known)


def _shown(*, titles: bool, problem: str = "") -> dict[str, Any]:
    """What the templates of the page show; `titles`: nothing but those, of items."""
    board = board_now()
    typed = None if board.final else _typed(board)
    return {
        "board": board,
        "titles": titles,
        "typed": typed,
        "words": typed.form if typed else {"title": board.issue.title, "lead": board.issue.lead},
        "seen": typed.seen if typed else board.laid.seen,
        "links_at": asked_links().at,
        "problem": problem,
        "repository": desk().settings.publish.repository,
        "unpublishable": _unpublishable(),
    }


def _typed(board: Board) -> Typed | None:
    """What this editor typed and did not save, where that differs from what stands."""
    typed = load_typed(desk().store, typed_place(), editor().name)
    stands = {"title": board.issue.title, "lead": board.issue.lead}
    return None if typed is None or {**stands, **typed.form} == stands else typed


def typed_place() -> str:
    """Under what is kept what an editor types about the coming issue.

    By the issue before it: after midnight its own date is another one.
    """
    period = coming()
    dates = load_issue_dates(desk().store, before=period.day, settled=period.settled)
    return f"issue:after {dates[0]}" if dates else "issue:first"


def _unpublishable() -> str:
    """What is missing to publish, in one line; empty where nothing is."""
    try:
        require_publishing(desk().settings)
    except ConfigError as error:
        return "; ".join(str(fault) for fault in error.faults)
    return ""


def answered(notice: Notice | None, story: StoryId | None = None) -> Response:
    """Answer with all of the page that an action may have changed.

    A plain form leads back to the `story` that it was about.
    """
    back = came_from("/issue")

    def parts() -> dict[str, str | None]:
        shown = _shown(titles="titles" in back)
        names = ["head", "board", "side", "markdown"]
        if not shown["typed"]:  # what somebody types stays under his hands
            names.append("words")
        return {f"issue-{name}": render_template(f"issue_{name}.html", **shown) for name in names}

    return done(notice, parts=parts, to=f"{back}#story-{story}" if story else back)


def refused(error: BriefingError) -> Response:
    """Answer that the issue was not published, with the whole of why on its page."""
    shown = _shown(titles=False, problem=str(error))
    if is_quick():
        side = render_template("issue_side.html", **shown)
        return failed(str(error), _GATEWAY, {"issue-side": side})
    return make_response(render_template("issue.html", **shown), _GATEWAY)


def field_number(name: str) -> int:
    """A number of the form; 0 where it is absent or none."""
    return number_of(request.form.get(name, ""))


def field_text(name: str) -> str:
    """A text of the form, its lines ended as ours are."""
    return request.form.get(name, "").replace("\r\n", "\n").strip()


def _story() -> StoryId:
    return StoryId(field_number("story"))


@page.post("/issue/accept")
def accept() -> Response:
    """Take a proposal."""
    return _decided(Verdict.ACCEPT, "accepted")


@page.post("/issue/remove")
def remove() -> Response:
    """Leave a story for a later issue."""
    return _decided(Verdict.LATER, "removed")


def _decided(verdict: Verdict, words: str) -> Response:
    here, story, seen = desk(), _story(), field_number("decided")
    try:
        [entry] = decide(
            here.store, here.settings, coming(), [story], verdict, editor(), seen={story: seen}
        )
    except ConflictError:
        since, last = decisions_since(story, seen)
        again = {"story": str(story), "decided": str(last)}
        return ask(since, Again(action=request.path, fields=again, words=t(f"issue.{words}_again")))
    undo = _undo(decided=entry.seen or 0, story=story, steps=1)
    text = t(f"issue.{words}", title=clip(entry.draft.title, _TITLE))
    return answered(Notice(text=text, undo=undo), story)


def _undo(*, layout: int = 0, decided: int = 0, story: StoryId | None = None, steps: int) -> Undo:
    fields = {"layout": str(layout)} if layout else {}
    if steps:
        fields |= {"story": str(story), "decided": str(decided), "steps": str(steps)}
    return Undo(action="/issue/undo", fields=fields)


@page.post("/issue/move")
def move_story() -> Response:
    """Put a story elsewhere: ``way`` up or down, or in a ``section``, ``before`` another there.

    A proposal that is put somewhere is accepted by that.
    """
    here, period, story = desk(), coming(), _story()
    seen, decided = field_number("seen"), field_number("decided")
    entry = load_entry(here.store, here.settings, period, story)
    taken = accepted_in_order(Queue(store=here.store, settings=here.settings, period=period))
    section = request.form.get("section") or entry.section
    place = _place(taken.get(section, []), story)
    order = None if place is None else _order(taken, story, section, place)
    if place is None or order is None or order == taken:
        return answered(None, story)
    accepting = entry.state is not State.ACCEPTED
    try:
        with here.store.writing():
            if accepting:
                verdict, by = Verdict.ACCEPT, editor()
                decide(
                    here.store, here.settings, period, [story], verdict, by, seen={story: decided}
                )
            number = move(
                here.store,
                here.settings,
                period,
                story,
                editor(),
                section=section,
                order=[one for stories in order.values() for one in stories],
                seen=seen,
            )
            after = load_entry(here.store, here.settings, period, story)
    except ConflictError:
        laid, last = layouts_since(seen)
        others, newest = decisions_since(story, decided)
        again = {**request.form, "seen": str(last), "decided": str(newest)}
        words = t("issue.move_again")
        return ask(laid or others, Again(action=request.path, fields=again, words=words))
    steps = accepting + (section != entry.section)
    undo = _undo(layout=number, decided=after.seen or 0, story=story, steps=steps)
    title = clip(entry.draft.title, _TITLE)
    text = t("issue.moved", title=title, section=section, place=place + 1)
    return answered(Notice(text=text, undo=undo), story)


def _place(stands: Sequence[StoryId], story: StoryId) -> int | None:
    """The place, from 0, that the form asks for among those that stand in the section.

    None where there is no further to go.
    """
    way = {"up": -1, "down": 1}.get(request.form.get("way", ""))
    if way is not None:
        place = stands.index(story) + way if story in stands else -1
        return place if 0 <= place < len(stands) else None
    others = [one for one in stands if one != story]
    before = field_number("before")
    return others.index(StoryId(before)) if before in others else len(others)


def _order(
    taken: Mapping[str, Sequence[StoryId]], story: StoryId, section: str, place: int
) -> dict[str, list[StoryId]]:
    """The accepted stories by section, with a story as number `place` of one."""
    order = {name: [one for one in stories if one != story] for name, stories in taken.items()}
    order.setdefault(section, []).insert(place, story)
    return order


@page.post("/issue/undo")
def undo() -> Response:
    """Take back what a notice was about: a layout, decisions on a story, or both."""
    here, period, story = desk(), coming(), _story()
    layout, steps, decided = field_number("layout"), field_number("steps"), field_number("decided")
    try:
        with here.store.writing():
            if layout:
                undo_layout(here.store, period, editor(), seen=layout)
            for step in range(min(steps, 2)):
                seen = {story: decided} if step == 0 else None
                verdict, by = Verdict.UNDO, editor()
                decide(here.store, here.settings, period, [story], verdict, by, seen=seen)
    except ConflictError:
        laid, last = layouts_since(layout) if layout else ([], 0)
        others, newest = decisions_since(story, decided) if steps else ([], 0)
        again = {**request.form, "layout": str(last), "decided": str(newest)}
        words = t("issue.undo_again")
        return ask(laid + others, Again(action=request.path, fields=again, words=words))
    return answered(Notice(text=t("issue.undone")), story or None)
