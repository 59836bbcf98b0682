"""What the pages that a client received come to: the outcome of its source. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from requests import Response

from config.errors import SourceError
from crawlers.source import (
    Empty,
    Failed,
    Fetched,
    Items,
    Outcome,
    ParsedEmpty,
    ParsedItems,
    ParsedRefusal,
    ParsedUnparsable,
    Unparsable,
)
from store.models import Payload, SourceState


def payload_of(answer: Response, *, now: datetime) -> Payload:
    """The bytes of an answer, received in the run that began `now`."""
    return Payload(
        url=answer.url,
        body=answer.content,
        fetched_at=now,
        content_type=answer.headers.get("Content-Type"),
    )


def answered(pages: Sequence[Fetched], *, state: SourceState, notes: Sequence[str] = ()) -> Outcome:
    """The outcome of a source that answered to the end; `state` is what to remember of it."""
    state = replace(state, retry_at=None)
    if any(isinstance(page.parsed, ParsedItems) for page in pages):
        unread = (
            f"{page.payload.url}: {page.parsed.reason}"
            for page in pages
            if isinstance(page.parsed, ParsedUnparsable | ParsedRefusal)
        )
        return Items(pages=tuple(pages), state=state, notes=(*notes, *unread))
    for page in pages:
        match page.parsed:
            case ParsedRefusal(reason=reason, retryable=retryable):
                refused = SourceError(reason, retryable=retryable)
                return failed(refused, pages=pages, notes=notes)
            case ParsedUnparsable(reason=reason):
                return Unparsable(pages=tuple(pages), reason=reason, notes=tuple(notes))
    reasons = [page.parsed.reason for page in pages if isinstance(page.parsed, ParsedEmpty)]
    return Empty(
        state=state,
        pages=tuple(pages),
        reason=next((reason for reason in reasons if reason), ""),
        notes=tuple(notes),
    )


def failed(
    error: SourceError, *, pages: Sequence[Fetched] = (), notes: Sequence[str] = ()
) -> Failed:
    """The outcome of a source that stopped answering after `pages`."""
    return Failed(
        cause=error.cause,
        retryable=error.retryable,
        retry_at=error.retry_at,
        pages=tuple(pages),
        notes=tuple(notes),
    )
