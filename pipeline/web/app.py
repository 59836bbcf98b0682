"""Puts the desk in the browser together: pages, guards, what templates know, errors."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

from flask import Blueprint, Flask, redirect
from jinja2 import StrictUndefined
from werkzeug.wrappers import Response

from pipeline.web import (
    adding,
    history,
    issue,
    login,
    output,
    preface,
    queue,
    reading,
    sources,
    story,
    story_text,
    theme,
    why,
)
from pipeline.web.assets import serve_assets
from pipeline.web.context import EXTENSION, WebDesk, coming, open_alerts, person, t
from pipeline.web.failures import report_failures
from pipeline.web.security import guard
from pipeline.web.wording import load_wording
from store.editors import load_cookie_key

__all__ = ["WebDesk", "create_app"]

PAGES: Final[tuple[Blueprint, ...]] = (
    login.page,
    queue.page,
    story.page,
    story_text.page,
    why.page,
    issue.page,
    preface.page,
    output.page,
    adding.page,
    sources.page,
    history.page,
    theme.page,
)
"""Every page of the desk."""

NAVIGATION: Final = ("queue", "issue", "add", "sources", "history")
"""What the header leads to: ``/queue``, called ``nav.queue``."""

_LARGEST: Final = 1_000_000
"""Bytes of a form; an issue's 导读 and every field of a story are far below."""


def create_app(desk: WebDesk) -> Flask:
    """The desk as a WSGI application. Raises StoreError."""
    app = Flask(__name__, static_folder=None)
    # Before anything asks for the templates' environment, which is made once.
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "undefined": StrictUndefined}
    key = load_cookie_key(desk.store)
    app.config.update(
        SECRET_KEY=key,
        # Cookies know no ports: two desks on one machine must not log each other out.
        SESSION_COOKIE_NAME=f"desk-{hashlib.sha256(key).hexdigest()[:8]}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",  # why: see ``login``
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=desk.settings.desk.session_days),
        MAX_CONTENT_LENGTH=_LARGEST,
        MAX_FORM_MEMORY_SIZE=_LARGEST,
    )
    app.extensions[EXTENSION] = desk
    app.extensions["wording"] = load_wording(desk.settings.desk.language)
    guard(app)
    login.ask_who(app)
    report_failures(app)
    serve_assets(app)
    _furnish(app, desk)
    app.add_url_rule("/", "start", _start)
    for page in PAGES:
        app.register_blueprint(page)
    return app


def _furnish(app: Flask, desk: WebDesk) -> None:
    """Give templates what every page shows."""
    reading.register(app)
    for known in (t, person, coming, open_alerts, theme.theme, theme.next_theme):
        app.add_template_global(known)
    app.jinja_env.globals.update(
        newsletter=desk.settings.newsletter,
        language=desk.settings.desk.language,
        navigation=NAVIGATION,
        asks_login=desk.login,
    )


def _start() -> Response:
    return redirect("/queue", 303)
