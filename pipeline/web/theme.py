"""Light, dark, or as the system says: a cookie, so that a page comes in its colours at once."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, g, render_template, request
from werkzeug.wrappers import Response

from pipeline.web.answers import done

page = Blueprint("theme", __name__)

THEMES: Final = ("auto", "light", "dark")
_YEAR: Final = 365 * 86400


def theme() -> str:
    """What this browser chose."""
    chosen = g.get("theme", request.cookies.get("theme"))
    return chosen if chosen in THEMES else THEMES[0]


def next_theme() -> str:
    """What its button leads to."""
    return THEMES[(THEMES.index(theme()) + 1) % len(THEMES)]


@page.post("/theme")
def choose() -> Response:
    """Keep the choice."""
    g.theme = request.form.get("theme")
    answer = done(parts=lambda: {"theme": render_template("_theme.html")})
    answer.set_cookie("theme", theme(), max_age=_YEAR, httponly=True, samesite="Lax")
    return answer
