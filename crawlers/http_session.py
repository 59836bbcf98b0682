"""A `requests.Session` that keeps this program's manners, for client libraries to ask through.

arxiv and PyGithub know how to ask their services; neither limits the time or size of a whole
answer, knows mirrors, nor leaves it to us when to wait. Here a request takes its turn at the
service (``crawlers.pace``), is asked under our name at the mirror where there is one, is read up
to the configured time and size, and is asked again after a lost connection or a refusal
(``crawlers.refusal``) as long as the wait asked for is no longer than the configuration allows,
and what the run may still ask (``crawlers.allowance``) has not come to its end.
Redirects to other hosts lead to public addresses only (``crawlers.access``).
What an answer means is left to the client that asked. Everything that is final and no answer is
raised as `SourceError`.
"""

from __future__ import annotations

import io
import random
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from functools import partial
from typing import Any, Protocol

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from config.errors import SourceError
from config.settings import Network
from crawlers.access import Access, origin
from crawlers.allowance import Allowance
from crawlers.checked_adapter import CheckedAdapter
from crawlers.pace import Clock, Pace
from crawlers.refusal import Refusal, host_of, refusal

_CHUNK = 64 * 1024
_SPREAD = 1.25
"""Retries are moved by up to a quarter, so that they do not come in step."""


class ReadRefusal(Protocol):
    """How a service refuses; `crawlers.refusal.refusal` is one."""

    def __call__(self, answer: requests.Response, *, now: datetime) -> Refusal | None:
        """Give the refusal in an answer; None where the answer is final."""


class HttpSession(requests.Session):
    """A session with one service. Not to be shared between threads; its `pace` is."""

    def __init__(
        self,
        network: Network,
        *,
        pace: Pace,
        interval: float,
        read_refusal: ReadRefusal = refusal,
        configured: str | None = None,
        allowance: Allowance | None = None,
    ) -> None:
        """Ask in turns of `pace`, `interval` seconds apart.

        `configured` is the address that the configuration gives for the service: its host may be
        a private one. `allowance` is the run's; outside a run each session has one of its own.
        """
        super().__init__()
        self.answers: list[requests.Response] = []
        """Every final answer of whatever status, in order, after redirects."""
        self.max_redirects = network.max_redirects
        # Any value keeps requests from replacing an Authorization header by what .netrc says.
        self.auth = _unchanged
        self._network = network
        self._pace = pace
        self._interval = interval
        self._read_refusal = read_refusal
        self._allowance = allowance or Allowance(network, pace.clock.monotonic)
        for scheme in ("https://", "http://"):
            self.mount(scheme, BoundedAdapter(network, pace.clock, self._allowance, configured))

    def request(  # type: ignore[override]  # every further argument is passed on as it is
        self, method: str, url: str, **options: Any
    ) -> requests.Response:
        """Ask until there is a final answer; raises `SourceError` where there is none to get.

        Takes what `requests.Session.request` takes; timeout and User-Agent are the
        configuration's, whatever the client library asked for.
        """
        headers = CaseInsensitiveDict[str](options.pop("headers", None) or {})
        headers["User-Agent"] = self._network.user_agent
        options |= {"headers": headers, "timeout": self._network.timeout}
        attempt = 0
        while True:
            with self._pace.turn(self._interval, partial(self._allowance.check, url)):
                answer = self._ask(method, url, options)
                if isinstance(answer, requests.Response):
                    self.answers.append(answer)
                    return answer
                self._pace.defer(self._patience(answer, attempt, url))
            attempt += 1

    def merge_environment_settings(self, url: Any, *settings: Any, **named: Any) -> Any:
        """Choose proxies by the address that is really asked."""
        return super().merge_environment_settings(
            self._network.mirrored(str(url)), *settings, **named
        )

    def _ask(
        self, method: str, url: str, options: Mapping[str, Any]
    ) -> requests.Response | Refusal:
        host = host_of(url)
        try:
            answer = super().request(method, url, **options)
        except (
            requests.ConnectionError,
            requests.Timeout,
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.ContentDecodingError,
        ) as error:
            return Refusal(cause=_lost(error, url, self._network.timeout))
        except requests.TooManyRedirects as error:
            raise SourceError(f"more than {self.max_redirects} redirects from {host}") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            # The text of the error is left out: it may hold headers, and so a token.
            raise SourceError(f"{host} cannot be asked: {type(error).__name__}") from None
        return self._read_refusal(answer, now=self._pace.clock.now()) or answer

    def _patience(self, refused: Refusal, attempt: int, url: str) -> float:
        """Seconds to wait before asking again; raises `SourceError` where there is no point."""
        wait = 0.0
        if refused.retry_at is not None:
            wait = (refused.retry_at - self._pace.clock.now()).total_seconds()
        if (
            attempt >= self._network.retries
            or wait > self._network.max_wait
            or self._allowance.refusal(url) is not None
        ):
            raise SourceError(refused.cause, retryable=True, retry_at=refused.retry_at)
        spread = random.uniform(1, _SPREAD)  # noqa: S311 - no secret depends on it
        backoff: float = self._network.backoff * 2**attempt * spread
        return max(wait, min(backoff, self._network.max_wait))


class BoundedAdapter(CheckedAdapter):
    """Asks the mirror in place of the address, and reads answers within time and size."""

    def __init__(
        self,
        network: Network,
        clock: Clock,
        allowance: Allowance,
        configured: str | None = None,
    ) -> None:
        super().__init__(Access(network))
        self._allowance = allowance
        self._network = network
        self._clock = clock
        self._configured = configured
        self._unchecked = HTTPAdapter(max_retries=0)

    def send(
        self, request: requests.PreparedRequest, *settings: Any, **named: Any
    ) -> requests.Response:
        """Send `request` and read its answer whole.

        The answer bears the address that was meant, not the mirror's, so that redirects (with
        whether they may carry the token) and stored addresses are the same with and without a
        mirror. Raises `SourceError` for an answer that is too large and where the run may ask no
        more, else what requests raises.
        """
        address = str(request.url)
        asked = request.copy()
        asked.prepare_url(self._network.mirrored(address), None)
        deadline = self._clock.monotonic() + self._network.timeout
        allowed = self._access.named(address, str(asked.url), self._configured)
        send = self._unchecked.send if origin(str(asked.url)) in allowed else super().send
        self._allowance.spend(address)
        try:
            answer = send(asked, *settings, **{**named, "stream": True})
        except (requests.ConnectionError, requests.Timeout) as error:
            lost = SourceError(_lost(error, address, self._network.timeout), retryable=True)
            self._allowance.lost(address, lost, connecting=_connecting(error))
            raise
        self._allowance.answered(address)
        answer.request, answer.url = request, address
        answer.raw = io.BytesIO(self._read(answer, deadline))
        return answer

    def close(self) -> None:
        """Give up the connections that were kept."""
        super().close()
        self._unchecked.close()

    def _read(self, answer: requests.Response, deadline: float) -> bytes:
        body = bytearray()
        try:
            with closing(answer.raw) as stream:
                while piece := stream.read1(_CHUNK, decode_content=True):
                    body += piece
                    if len(body) > self._network.max_bytes:
                        raise SourceError(
                            f"the answer of {host_of(answer.url)} is larger than "
                            f"{self._network.max_bytes:,} bytes"
                        )
                    if self._clock.monotonic() > deadline:
                        raise requests.ReadTimeout
        except urllib3.exceptions.TimeoutError as error:
            raise requests.ReadTimeout(error) from error
        except urllib3.exceptions.DecodeError as error:
            raise requests.exceptions.ContentDecodingError(error) from error
        except urllib3.exceptions.HTTPError as error:
            raise requests.ConnectionError(error) from error
        return bytes(body)


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _connecting(error: requests.RequestException) -> bool:
    """Whether there was not even a connection."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(
        cause, urllib3.exceptions.NewConnectionError
    )


def _lost(error: Exception, url: str, timeout: float) -> str:
    if isinstance(error, requests.Timeout):
        return f"no answer from {host_of(url)} within {timeout:g} s"
    return f"no answer from {host_of(url)}: {_reason(error)}"


def _reason(error: BaseException) -> str:
    """What the operating system said, deep within a chain of libraries; else the last's name."""
    cause: BaseException | None = error
    said = ""
    while cause is not None:
        error = cause
        if isinstance(cause, OSError) and cause.strerror:
            said = cause.strerror
        cause = cause.__cause__ or cause.__context__
    return said or type(error).__name__
