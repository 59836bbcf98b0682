"""What the desk says after an action: a notice with a way back, for a plain form and a script.

A plain form is sent back to where it came from (303), and the notice stands on that page. The
script gets JSON::

    {"parts": {"story-12": "<li …>…</li>", "story-13": null}, "go": "/queue"}

where each part takes the place of the element with that id (null takes it away), and ``go``, where
it is there, is the page to go to. The notice itself is the part ``notice``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from flask import flash, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response

from pipeline.web.context import is_quick
from pipeline.web.reading import clip

_LONGEST: Final = 160
"""A headline may be of any length; a notice is not, and has to fit into a cookie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """The form that takes an action back."""

    action: str
    """The path that it is posted to."""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLink:
    """Where the way goes on; it opens beside the page."""

    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One line on what was done, or why it was not."""

    text: str
    tone: Literal["good", "bad"] = "good"
    undo: Undo | None = None
    link: NoticeLink | None = None

    def shown(self) -> dict[str, Any]:
        """What the template shows, short enough for a cookie."""
        return {**asdict(self), "text": clip(self.text, _LONGEST)}


Parts = Mapping[str, str | None]
"""Id of an element -> its markup from now on; None for one that is gone."""


def done(
    notice: Notice | None = None,
    *,
    parts: Callable[[], Parts] = dict,
    to: str | None = None,
    stay: bool = True,
) -> Response:
    """Answer an action that was done.

    `parts` is called only for the script. `to` is the page that a plain form is sent to (default:
    the one that it came from); the script goes there too unless it is to `stay`.
    """
    if is_quick() and stay:
        return jsonify({"parts": {**parts(), **_part(notice)}})
    if notice is not None:
        flash(notice.shown())  # type: ignore[arg-type] # any JSON does
    place = to or came_from()
    return jsonify({"parts": {}, "go": place}) if is_quick() else redirect(place, 303)


def failed(notice: Notice | str, status: int, parts: Parts | None = None) -> Response:
    """Tell the script why an action was not done; nothing else on its page changes.

    Where there are `parts` (the other editor's change, say), they are put in all the same.
    """
    told = Notice(text=notice, tone="bad") if isinstance(notice, str) else notice
    answer = jsonify({"parts": {**(parts or {}), **_part(told)}})
    answer.status_code = status
    return answer


def _part(notice: Notice | None) -> dict[str, str]:
    return (
        {} if notice is None else {"notice": render_template("_notice.html", notice=notice.shown())}
    )


def came_from(default: str = "/") -> str:
    """The path that a form names in ``back``, else the page it stands on; never another site."""
    named = request.values.get("back")
    if named:
        return local_path(named, default)
    page = urlsplit(request.headers.get("Referer", ""))
    if page.netloc != request.host:
        return default
    return local_path(page.path + (f"?{page.query}" if page.query else ""), default)


def local_path(given: str, default: str = "/") -> str:
    r"""`given` if it is a path of this desk; ``//other.example`` and ``/\other`` are not."""
    plain = given.isprintable() and not given.startswith(("//", "/\\"))
    return given if plain and given.startswith("/") else default
