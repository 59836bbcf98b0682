"""GitHub's REST API, asked through PyGithub over our own session.

PyGithub builds the request (address, parameters, API version, token); our session (see
``crawlers.http_session``) sends it, waits for rate limits and follows redirects, and what comes
back is handed on as it came, since the bytes are what is kept. What they say is read by
``crawlers.github_answer``. The token appears in no error and no log.
"""

from __future__ import annotations

from collections.abc import ItemsView, Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Final, Self

import requests
from github.Requester import Requester, RequestsResponse

from config.errors import SourceError
from config.settings import Addresses, Network
from crawlers.allowance import Allowance
from crawlers.github_answer import message_in
from crawlers.github_session import SessionConnection, open_session, requester_options
from crawlers.pace import GITHUB_PACE, Pace
from crawlers.refusal import host_of

JSON: Final = "application/vnd.github+json"
RAW: Final = "application/vnd.github.raw+json"
_GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE, 451})
"""Not there, or taken away; 451 is a takedown for legal reasons."""


class GithubClient:
    """One source's way to the API. Not to be shared between threads; its `pace` is."""

    def __init__(
        self,
        *,
        network: Network,
        addresses: Addresses,
        token: str | None,
        pace: Pace = GITHUB_PACE,
        allowance: Allowance | None = None,
    ) -> None:
        """Open a session, without asking anything yet; raises `SourceError` for a broken token."""
        self._requester = Requester(**requester_options(network, addresses, token))
        self._session = open_session(network, addresses, pace, allowance)
        self._connection = _Connection(self._session, addresses)
        self._token = token

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()

    def get(
        self, path: str, parameters: Mapping[str, str] | None = None, *, accept: str = JSON
    ) -> requests.Response | None:
        """Ask for `path` (``/repos/owner/name``).

        Gives the answer, or None where there is no such thing, or no longer. Raises `SourceError`
        for everything else, rate limits that end later than a run waits among it.
        """
        self._requester.requestJson(
            "GET",
            path,
            parameters=dict(parameters or {}),
            headers={"Accept": accept},
            cnx=self._connection,
        )
        answer = self._session.answers[-1]
        if answer.status_code == HTTPStatus.OK:
            return answer
        message = message_in(answer.content)
        if answer.status_code in _GONE or "access blocked" in message.lower():
            return None
        raise SourceError(self._error(answer, message))

    def _error(self, answer: requests.Response, message: str) -> str:
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            if self._token is None:
                return f"{host_of(answer.url)} wants a token: set GITHUB_TOKEN"
            return "GitHub does not accept the token in GITHUB_TOKEN"
        if self._token is not None:
            message = message.replace(self._token, "(token)")
        cause = f"HTTP {answer.status_code} from {host_of(answer.url)}"
        return f"{cause}: {message}" if message else cause


class _Connection(SessionConnection):
    def getresponse(self) -> RequestsResponse:
        """Send what `request` was told."""
        return _Answer(self.session.get(self.origin + self.url, headers=self.headers))


class _Answer(RequestsResponse):
    """What PyGithub is told of an answer: that there is one.

    It would sleep and ask again by itself (202), follow redirects without their query, and raise
    for rate-limit headers that are no numbers; all of that is the session's business here, and the
    answer itself is taken from there.
    """

    def __init__(self, answer: requests.Response) -> None:
        super().__init__(answer)
        self.status = HTTPStatus.OK

    def getheaders(self) -> ItemsView[str, str]:
        headers: dict[str, str] = {}
        return headers.items()

    def read(self) -> str:
        return ""
