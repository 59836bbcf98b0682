"""PyGithub's requester over a session of ours, for PyGithub's own objects to ask through.

PyGithub knows the addresses, bodies and answers of the API. What it sends goes out through
``crawlers.http_session``, so the retries are those of ``[network]`` and no others: so many, after
so long, and only where asking again may help; a wait longer than ``max_wait`` is an error that
says until when. PyGithub itself neither retries nor sleeps here.

Whatever goes wrong is raised as `SourceError`, one line that says what to do about it. The token
appears in no error and no log.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final

import requests
from github.GithubException import BadAttributeException, GithubException
from github.Requester import Requester, RequestsResponse
from pydantic_core import from_json

from config.errors import SourceError
from config.settings import Addresses, Network
from crawlers.github_answer import message_in
from crawlers.github_session import SessionConnection, open_session, requester_options
from crawlers.pace import Pace
from crawlers.refusal import host_of

_DONE: Final = frozenset({HTTPStatus.OK, HTTPStatus.CREATED})
_MISREAD: Final = (BadAttributeException, AssertionError, AttributeError, TypeError, ValueError)
"""What PyGithub raises for an answer of another shape than GitHub documents; it asserts what it is
given, and much of that comes from the answer before."""


class SessionRequester(Requester):
    """A requester for one thread; its `pace` may be shared."""

    def __init__(self, *, network: Network, addresses: Addresses, token: str, pace: Pace) -> None:
        """Open a session, without asking anything yet; raises `SourceError` for a broken token."""
        super().__init__(**requester_options(network, addresses, token))
        self.session = open_session(network, addresses, pace)
        self._over_session = _Connection(self.session, addresses)
        self._token = token

    def requestJson(  # noqa: N802 - PyGithub's name
        self,
        verb: str,
        url: str,
        parameters: dict[str, Any] | None = None,
        headers: dict[str, Any] | None = None,
        input: Any | None = None,  # noqa: A002 - PyGithub's name
        cnx: object = None,  # noqa: ARG002 - replaced by ours
        follow_302_redirect: bool = False,  # noqa: ARG002 - the session follows
    ) -> tuple[int, dict[str, Any], str]:
        """Send what any of PyGithub's objects asks, over our session."""
        return super().requestJson(verb, url, parameters, headers, input, self._over_session)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Turn what PyGithub raises within into `SourceError`, with the status if there is one."""
        try:
            yield
        except GithubException:
            answer = self.session.answers[-1]
            cause = self._cause(answer).replace(self._token, "(token)")
            # The chain is cut, since the library's error holds all that was said.
            raise SourceError(cause, status=answer.status_code) from None
        except _MISREAD as error:
            raise SourceError(
                f"{self.hostname} does not answer as GitHub's API does ({type(error).__name__})"
            ) from None

    def _cause(self, answer: requests.Response) -> str:
        said = message_in(answer.content)
        host = host_of(answer.url)
        match answer.status_code:
            case HTTPStatus.UNAUTHORIZED:
                return "GitHub does not accept the token in GITHUB_TOKEN: put a valid one there"
            case HTTPStatus.FORBIDDEN:
                wanted = answer.headers.get("X-Accepted-GitHub-Permissions", "")
                needs = f"; it needs {wanted.replace('=', ': ')}" if wanted else ""
                return f"the token in GITHUB_TOKEN may not do this ({said or 'HTTP 403'}){needs}"
            case status:
                return f"HTTP {status} from {host}" + (f": {said}" if said else "")


class _Connection(SessionConnection):
    def getresponse(self) -> RequestsResponse:
        """Send what `request` was told.

        Only what is read is redirected: a redirected write would be sent on as a read.
        """
        answer = self.session.request(
            self.verb,
            self.origin + self.url,
            headers=self.headers,
            data=self.input,
            allow_redirects=self.verb == "GET",
        )
        if answer.status_code < HTTPStatus.BAD_REQUEST:
            _check(answer)
        return _Answer(answer)


class _Answer(RequestsResponse):
    """An answer as PyGithub needs it; its rate-limit headers are the session's business."""

    def getheaders(self) -> ItemsView[str, str]:
        """Give the links to further pages."""
        kept = {name: value for name, value in self.headers.items() if name.lower() == "link"}
        return kept.items()

    def read(self) -> str:
        """Give the answer's text; an error's that is no JSON is left out."""
        if self.status >= HTTPStatus.BAD_REQUEST and not _is_json(self.response):
            return ""
        return self.response.content.decode("utf-8")


def _check(answer: requests.Response) -> None:
    """Raise `SourceError` for what is no answer of the API, such as a sign-in page's 200."""
    if answer.status_code not in _DONE or not _is_json(answer):
        raise SourceError(f"HTTP {answer.status_code} without JSON from {host_of(answer.url)}")


def _is_json(answer: requests.Response) -> bool:
    try:
        return isinstance(from_json(answer.content), dict | list)
    except ValueError:
        return False
