"""What a page knows when it is asked for something: the desk, who asks, the time, the words.

One clock reading a request. Nothing here answers anything; that is ``answers``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, cast

from flask import current_app, g, request

from config.settings import Settings
from pipeline.desk import Editor
from pipeline.period import Period, period_of
from pipeline.web.wording import Wording
from store.alerts import count_open
from store.database import Store

EXTENSION: Final = "desk"
"""Where the application keeps its `WebDesk` and its `Wording`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebDesk:
    """What the desk in the browser works on, for as long as it is open."""

    store: Store
    settings: Settings
    folder: Path
    """The configuration folder."""
    issues: Path
    """The folder that issues are exported to."""
    clock: Callable[[], datetime]
    """The time, UTC-aware."""
    login: bool = False
    """Whether one has to say who one is."""
    person: str = "editor"
    """Who decides where nobody has to log in."""
    host: str = "127.0.0.1"
    """The address that it listens on."""


def desk() -> WebDesk:
    """The desk that is asked."""
    return cast(WebDesk, current_app.extensions[EXTENSION])


def t(key: str, **values: object) -> str:
    """The desk's words for `key`, as ``pipeline.web.wording.Wording`` gives them."""
    return cast(Wording, current_app.extensions["wording"])(key, **values)


def reasons() -> list[tuple[str, str]]:
    """What a story may be rejected for, as configured: codes, each with its label."""
    return [(reason.code, reason.label) for reason in desk().settings.desk.reasons]


def reason_said(code: str) -> str:
    """The label of a reason; its code where it is configured no more."""
    return dict(reasons()).get(code, code)


def now() -> datetime:
    """The time of this request, UTC; the same however often it is asked."""
    if "now" not in g:
        g.now = desk().clock()
    return cast(datetime, g.now)


def person() -> str | None:
    """Who asks; None for somebody who still has to log in."""
    return cast("str | None", g.get("person")) if desk().login else desk().person


def editor() -> Editor:
    """Who decides, and when; for ``pipeline.desk``. Only behind the login."""
    name = person()
    assert name is not None, "the login lets nobody through without a name"
    return Editor(name=name, now=now())


def coming() -> Period:
    """The period of the coming issue."""
    if "coming" not in g:
        g.coming = period_of(desk().store, desk().settings, now())
    return cast(Period, g.coming)


def open_alerts() -> int:
    """How many alerts on sources nobody has said yet that he knows of."""
    if "alerts" not in g:
        g.alerts = count_open(desk().store)
    return cast(int, g.alerts)


def is_quick() -> bool:
    """Whether the desk's script asks, which takes JSON instead of a page."""
    return request.headers.get("X-Desk") == "1"
