"""A desk in the browser for tests: over an empty database, with a clock that a test sets."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from config.load import load_settings
from config.settings import Settings
from pipeline.web.app import WebDesk, create_app
from store.database import Store
from tests.builders import NOW

OWN = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says of a post that comes from the desk itself."""
SCRIPT = {**OWN, "X-Desk": "1"}


@cache
def settings_in(language: str) -> Settings:
    return load_settings(overrides={"desk": {"language": language}}, environment=False)


def a_desk(store: Store, folder: Path, *, language: str = "zh", **changes: Any) -> WebDesk:
    known = {
        "store": store,
        "settings": settings_in(language),
        "folder": folder,
        "issues": folder / "issues",
        "clock": lambda: NOW,
        "person": "ysh",
    }
    return WebDesk(**{**known, **changes})


def an_app(desk: WebDesk) -> Flask:
    app = create_app(desk)
    app.testing = True
    return app


def post(client: FlaskClient, path: str, fields: dict[str, str] | None = None, **headers: str):
    """Post as a browser does from a page of the desk."""
    return client.post(path, data=fields or {}, headers={**OWN, **headers})
