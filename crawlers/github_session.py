"""What the two ways to GitHub's API share: the token, PyGithub's settings, a session of ours.

``github_client`` reads for sources, ``github_requester`` lets PyGithub's own objects read and
write. Either way PyGithub builds the request, and the session sends it.
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from github import Auth
from github.Requester import HTTPSRequestsConnectionClass

from config.errors import SourceError
from config.settings import Addresses, Network
from crawlers.allowance import Allowance
from crawlers.http_session import HttpSession
from crawlers.pace import Pace
from crawlers.refusal import github_refusal

_VERSION: Final = "2022-11-28"
_PER_PAGE: Final = 100


def requester_options(network: Network, addresses: Addresses, token: str | None) -> dict[str, Any]:
    """What PyGithub's requester is made with; raises `SourceError` for a broken token."""
    # Checked here, because an error of a library about a bad header quotes the header.
    if token is not None and not re.fullmatch(r"[!-~]+", token):
        raise SourceError("GITHUB_TOKEN holds characters that stand in no token")
    return {
        "auth": Auth.Token(token) if token else None,
        "base_url": addresses.github_api,
        "timeout": int(network.timeout) or 1,
        "user_agent": network.user_agent,
        "per_page": _PER_PAGE,
        "verify": True,
        "retry": None,
        "pool_size": None,
        "api_version": _VERSION,
    }


def open_session(
    network: Network, addresses: Addresses, pace: Pace, allowance: Allowance | None = None
) -> HttpSession:
    """A session that asks the API at its pace, and reads its refusals."""
    return HttpSession(
        network,
        pace=pace,
        interval=network.delay,
        read_refusal=github_refusal,
        configured=addresses.github_api,
        allowance=allowance,
    )


class SessionConnection(HTTPSRequestsConnectionClass):
    """What PyGithub takes for a connection, over a session of ours; `getresponse` sends.

    The base class would open a session of its own when it is made, so it is not asked to.
    """

    def __init__(self, session: HttpSession, addresses: Addresses) -> None:
        base = urlsplit(addresses.github_api)
        self.session = session
        self.origin = f"{base.scheme}://{base.netloc}"
