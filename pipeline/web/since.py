"""What others did to the issue since it was looked at, shown to who acts on it now, who decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from flask import make_response, render_template
from werkzeug.wrappers import Response

from pipeline.desk import decided_since
from pipeline.layout import laid_out_since, load_layout
from pipeline.web.answers import Notice, failed
from pipeline.web.context import coming, desk, is_quick, t
from pipeline.web.reading import moment
from store.layouts import Layout
from store.models import StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """The form that does all the same what was asked for."""

    action: str
    fields: Mapping[str, str]
    words: str
    """What its button says."""


def decisions_since(story: StoryId, seen: int) -> tuple[list[str], int]:
    """Who decided what on a story after the decision of that number, and the last one's number."""
    since = decided_since(desk().store, story, seen)
    told = [_line(one.by, one.at, t(f"issue.did_{one.verdict}")) for one in since]
    return told, since[-1].id if since else seen


def layouts_since(seen: int) -> tuple[list[str], int]:
    """Who changed what of the layout after the one of that number, and the last one's number."""
    told = []
    before = load_layout(desk().store, coming(), upto=seen).layout
    since = laid_out_since(desk().store, coming(), seen)
    for one in since:
        after = load_layout(desk().store, coming(), upto=one.id).layout
        told += [_line(one.by, one.at, t(f"issue.did_{part}")) for part in _changed(before, after)]
        before = after
    return told, since[-1].id if since else seen


def _changed(before: Layout, after: Layout) -> list[str]:
    names = [field.name for field in fields(Layout)]
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def _line(by: str, at: datetime, did: str) -> str:
    return t("issue.since", who=by, when=moment(at), did=did)


def ask(
    since: list[str], again: Again, *, theirs: str | None = None, mine: str | None = None
) -> Response:
    """Show what others did, and ask whether to go on; nothing was changed.

    `theirs` and `mine` are the two texts, where it is about one.
    """
    told = {"since": since, "again": again, "theirs": theirs, "mine": mine}
    if is_quick():
        part = render_template("issue_conflict.html", **told, dialog=True)
        return failed(Notice(text=t("issue.conflict"), tone="bad"), 409, {"issue-conflict": part})
    return make_response(render_template("issue_asks.html", **told), 409)
