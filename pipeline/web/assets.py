"""Styles and scripts, under an address that changes when any of them does.

``/static/STAMP/desk.js``: one stamp for the whole folder, so that scripts find each other by
``./other.js``, and a browser may keep them for good.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from flask import Flask, Response, send_from_directory

FOLDER: Final = Path(__file__).parent / "static"


def stamp(folder: Path = FOLDER) -> str:
    """A sign of what all files of the folder hold."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        body = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(body)}\0".encode())
        digest.update(body)
    return digest.hexdigest()[:12]


def serve_assets(app: Flask) -> None:
    """Answer for the files, and tell templates their addresses: ``asset("desk.css")``."""
    current = stamp()

    def asset(name: str) -> str:
        return f"/static/{current}/{name}"

    @app.get("/static/<given>/<path:name>", endpoint="static")
    def file(given: str, name: str) -> Response:
        answer = send_from_directory(FOLDER, name)
        # A page of before a restart asks for an older stamp; what it gets must not be kept.
        lasts = "public, max-age=31536000, immutable" if given == current else "no-cache"
        answer.headers["Cache-Control"] = lasts
        return answer

    app.add_template_global(asset)
