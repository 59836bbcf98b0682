"""Who is at the desk: logging in and out, where the desk listens beyond this machine.

The session is a signed cookie that says a name and which password it was got with. SameSite is
Lax, not Strict: the bookmarklet opens ``/add`` from a page of another site, which has to find the
editor logged in, and posts from other sites are refused by ``security`` whatever they carry.
Secure is not set: the desk cannot know whether TLS ends before it.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable
from math import ceil
from typing import Final
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Flask,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
)
from werkzeug.wrappers import Response

from pipeline.web.answers import Notice, NoticeLink, came_from, failed, local_path
from pipeline.web.context import desk, is_quick, t
from pipeline.web.passwords import fits, mark
from store.editors import load_password

page = Blueprint("login", __name__)

_OPEN: Final = frozenset({"login.form", "login.enter", "static", "theme.choose"})
"""Endpoints that need no login."""


class Tries:
    """Failed logins by address, and how long each has to wait before the next.

    Nobody sleeps and nobody else waits: who comes too early is told when to come again.
    """

    FREE: Final = 3
    LONGEST: Final = 60.0
    KEPT: Final = 4096

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._turn = threading.Lock()
        self._failed: dict[str, tuple[int, float]] = {}
        """Address -> failures, and when it may try again."""

    def begin(self, address: str) -> float:
        """Seconds that `address` still has to wait; 0 lets it try.

        A try counts as failed until `forgive`, so that many at once are no way around.
        """
        whose = _network(address)
        with self._turn:
            failures, again = self._failed.pop(whose, (0, 0.0))
            wait = again - self._clock()
            if wait <= 0:
                failures, wait = failures + 1, 0.0
                again = self._clock() + self._delay(failures)
            self._failed[whose] = (failures, again)
            if len(self._failed) > self.KEPT:
                del self._failed[next(iter(self._failed))]
        return wait

    def forgive(self, address: str) -> None:
        """Forget the failures of an address that got in."""
        with self._turn:
            self._failed.pop(_network(address), None)

    def _delay(self, failures: int) -> float:
        over = failures - self.FREE
        return 0.0 if over < 0 else min(self.LONGEST, 2.0 ** min(over, 10))


def _network(address: str) -> str:
    """Whom an address stands for: of IPv6, whoever holds one holds a /64."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))


def ask_who(app: Flask) -> None:
    """Let nobody in without a name, where the desk asks for one."""
    app.extensions["tries"] = Tries()

    @app.before_request
    def check_login() -> Response | None:
        if not desk().login:
            return None
        g.person = _logged_in()
        if g.person is not None or request.endpoint in _OPEN:
            return None
        if request.method != "GET" or is_quick():
            return _ended()
        return redirect(_login_path(request.full_path.rstrip("?")), 303)


def _logged_in() -> str | None:
    name = session.get("editor")
    kept = load_password(desk().store, name) if isinstance(name, str) else None
    return name if kept is not None and session.get("mark") == mark(kept) else None


def _login_path(back: str) -> str:
    return "/login?" + urlencode({"back": back})


def _ended() -> Response:
    """The login is over in the middle of work: the script's page stays, with what is typed."""
    if is_quick():
        link = NoticeLink(text=t("login.again"), href="/login")
        return failed(Notice(text=t("login.ended"), tone="bad", link=link), 401)
    return _form(came_from(), problem=t("login.ended"), status=401)


def _form(back: str, *, name: str = "", problem: str = "", status: int = 200) -> Response:
    page = render_template("login.html", back=back, name=name, problem=problem)
    return make_response(page, status)


@page.get("/login")
def form() -> Response:
    """Ask for name and password."""
    back = local_path(request.args.get("back", "/"))
    if not desk().login or g.person is not None:
        return redirect(back, 303)
    return _form(back)


@page.post("/login")
def enter() -> Response:
    """Check name and password, and go on to where one wanted to be."""
    if not desk().login:
        return redirect("/", 303)
    back = local_path(request.form.get("back", "/"))
    name, password = request.form.get("name", "").strip(), request.form.get("password", "")
    address = request.remote_addr or ""
    wait = _tries().begin(address)
    if wait:
        seconds = ceil(wait)
        answer = _form(back, name=name, problem=t("login.wait", count=seconds), status=429)
        answer.headers["Retry-After"] = str(seconds)
        return answer
    kept = load_password(desk().store, name)
    if not fits(password, kept) or kept is None:
        return _form(back, name=name, problem=t("login.wrong"), status=401)
    _tries().forgive(address)
    session.clear()
    session.update(editor=name, mark=mark(kept))
    session.permanent = True
    return redirect(back, 303)


def _tries() -> Tries:
    tries = current_app.extensions["tries"]
    assert isinstance(tries, Tries)
    return tries


@page.post("/logout")
def leave() -> Response:
    """End the session of this browser."""
    session.clear()
    return redirect("/login" if desk().login else "/", 303)
