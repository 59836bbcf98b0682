"""The history: every decision with who and when, and the life of a story from sight to print."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from flask import Blueprint, render_template, request

from pipeline.life import life
from pipeline.queue import load_entry
from pipeline.web.context import coming, desk, t
from pipeline.web.deciding import story_id
from pipeline.web.history_of import Moment, moment_of
from pipeline.web.reading import local, number_of
from store.decisions import load_latest_decisions
from store.models import Decision, DecisionId

page = Blueprint("history", __name__)

_PAGE: Final = 60


@page.get("/history")
def show() -> str:
    """The decisions, the last first."""
    before = number_of(request.args.get("before", ""))
    made = load_latest_decisions(
        desk().store,
        _PAGE + 1,
        before=DecisionId(before) if before else None,
    )
    shown = [(one, moment_of(one), _title(one)) for one in made[:_PAGE]]
    days = [
        (day, list(some))
        for day, some in groupby(shown, key=lambda one: local(one[0].at, "%Y-%m-%d"))
    ]
    return render_template(
        "history.html",
        days=days,
        before=before,
        next=made[_PAGE - 1].id if len(made) > _PAGE else None,
    )


@page.get("/history/<story>")
def of_story(story: str) -> str:
    """The life of one story."""
    entry = load_entry(desk().store, desk().settings, coming(), story_id(story))
    moments: list[Moment] = [moment_of(event.what) for event in life(desk().store, entry.story)]
    return render_template("life.html", entry=entry, moments=moments, title=t("history.life"))


def _title(decision: Decision) -> str:
    return (decision.editor or decision.machine).title
