"""What a server says when it wants to be asked later, as a value. Pure.

Which answers mean that is a matter of the service: `refusal` knows what all of HTTP agrees on,
`github_refusal` GitHub's rate limits beyond it. Waiting is done in ``crawlers.http_session``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from requests import Response

_SECONDS: Final = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_EPOCH: Final = re.compile(r"\d{1,11}", re.ASCII)
_SECONDARY: Final = "GitHub's secondary rate limit is reached"
_SECONDARY_WAIT: Final = timedelta(minutes=1)
"""What GitHub asks for where it gives no time: "wait for at least one minute"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer, or the lack of one, that asking again later may mend."""

    cause: str
    """One line for a person."""
    retry_at: datetime | None = None
    """UTC; None where the server gave no time."""


def refusal(answer: Response, *, now: datetime) -> Refusal | None:
    """Read the refusal in an answer; None where the answer is final.

    Refusals are 429, every 5xx, and whatever other error carries a ``Retry-After``.
    """
    status = answer.status_code
    if status < HTTPStatus.BAD_REQUEST:
        return None
    at = retry_after(answer.headers.get("Retry-After"), now=now)
    passing = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if at is None and not passing:
        return None
    return Refusal(cause=f"HTTP {status} from {host_of(answer.url)}", retry_at=at)


def github_refusal(answer: Response, *, now: datetime) -> Refusal | None:
    """Read a refusal of GitHub: as `refusal`, and its primary and secondary rate limits.

    Format: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api, section
    "Exceeding the rate limit".
    """
    general = refusal(answer, now=now)
    if answer.status_code not in (HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS):
        return general
    if general is not None and general.retry_at is not None:
        return Refusal(cause=_SECONDARY, retry_at=general.retry_at)
    reset = answer.headers.get("X-RateLimit-Reset", "").strip()
    remaining = answer.headers.get("X-RateLimit-Remaining", "").strip()
    if remaining == "0" and _EPOCH.fullmatch(reset):
        # One second more, since it is not said when within that second the limit is renewed.
        at = datetime.fromtimestamp(int(reset), UTC) + timedelta(seconds=1)
        return Refusal(cause="GitHub's rate limit is used up", retry_at=max(at, now))
    if _speaks_of_limit(answer.content):
        return Refusal(cause=_SECONDARY, retry_at=now + _SECONDARY_WAIT)
    return general


def host_of(url: str) -> str:
    """The host in an address, as an error names it."""
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def retry_after(value: str | None, *, now: datetime) -> datetime | None:
    """Read a ``Retry-After`` header: seconds from `now`, or a date (RFC 9110, section 10.2.3).

    Gives UTC, never before `now`; None where there is no header or it says neither.
    """
    value = (value or "").strip()
    if _SECONDS.fullmatch(value):
        return now + timedelta(seconds=float(value))
    try:
        date = parsedate_to_datetime(value)
        at = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return max(at, now)


def _speaks_of_limit(body: bytes) -> bool:
    said = body[:2000].lower()
    return b"rate limit" in said or b"wait a few minutes before you try again" in said
