"""What went wrong as one clear page, or one clear line for the script, with its HTTP status."""

from __future__ import annotations

from typing import Final

from flask import Flask, render_template
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from config.errors import (
    BriefingError,
    ConflictError,
    InputError,
    NotFoundError,
    PublishError,
    SourceError,
    StoreError,
)
from pipeline.web.answers import failed
from pipeline.web.context import is_quick, t

_STATUS: Final[dict[type[BriefingError], int]] = {
    NotFoundError: 404,
    ConflictError: 409,
    InputError: 400,
    StoreError: 503,
    SourceError: 502,
    PublishError: 502,
}
_WORDED: Final = frozenset({400, 401, 403, 404, 405, 409, 413, 429, 500, 502, 503})
"""Statuses that the texts have words for."""


def status_of(error: BriefingError) -> int:
    """The HTTP status of an error of ours; that of its nearest kind in the tree."""
    kinds = (_STATUS.get(kind) for kind in type(error).__mro__)
    return next((status for status in kinds if status), 500)


def report_failures(app: Flask) -> None:
    """Answer errors of ours, and of HTTP, with a page of the desk."""

    @app.errorhandler(BriefingError)
    def ours(error: BriefingError) -> Response:
        return _answer(status_of(error), str(error))

    @app.errorhandler(HTTPException)
    def of_http(error: HTTPException) -> Response:
        status = error.code or 500
        if error.response is not None or status < 400:
            return error.get_response()
        own_words = error.description != type(error).description
        answer = _answer(status, error.description if own_words else None)
        for name, value in error.get_headers():
            if name not in ("Content-Type", "Content-Length"):
                answer.headers[name] = value
        return answer


def _answer(status: int, detail: str | None) -> Response:
    title = t(f"error.{status}") if status in _WORDED else t("error.other", status=status)
    if is_quick():
        return failed(detail or title, status)
    page = render_template("error.html", heading=title, detail=detail, status=status)
    return Response(page, status, mimetype="text/html")
