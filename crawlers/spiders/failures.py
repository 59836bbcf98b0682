"""What can go wrong between here and a host, as one clear line each.

Scrapy's own exceptions tell apart most of it (``scrapy.exceptions``); what ended a connection
before an answer came, it hands on as a list of Twisted's failures.
"""

from __future__ import annotations

from http import HTTPStatus

from OpenSSL import SSL
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from service_identity.exceptions import VerificationError
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError
from twisted.web.client import ResponseFailed

from config.errors import SourceError
from config.settings import Network

FAILURES: tuple[type[Exception], ...] = (
    CannotResolveHostError,
    ConnectError,
    ConnectionClosed,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
    ValueError,
)
"""What a download handler raises; ``ValueError`` for a host that no request can be sent to."""

UNCONNECTED = (CannotResolveHostError, ConnectError, DownloadConnectionRefusedError)
"""Those of `FAILURES` that say that there was not even a connection."""
UNANSWERED = (*UNCONNECTED, ConnectionClosed, DownloadFailedError, DownloadTimeoutError)
"""Those that say that nothing was answered."""

_PASSING = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)


def source_error(error: Exception, host: str, network: Network) -> SourceError:
    """Say what one of `FAILURES` means, and whether asking again may help."""
    match error:
        case DownloadTimeoutError():
            cause = f"no answer from {host} within {network.timeout:g} s"
        case CannotResolveHostError():
            cause = f"there is no address for the name {host}"
        case DownloadConnectionRefusedError():
            cause = f"connection refused by {host}"
        case ResponseDataLossError():
            cause = f"connection to {host} lost in the middle of the answer"
        case DownloadFailedError():
            return _before_an_answer(error, host)
        case ConnectError() | ConnectionClosed():
            cause = f"no connection to {host}: {_words(error)}"
        case DownloadCancelledError():
            return too_large(host, network.max_bytes)
        case _:
            return SourceError(f"{host} cannot be asked: {error}")
    return SourceError(cause, retryable=True)


def too_large(host: str, limit: int) -> SourceError:
    """Say that an answer went beyond `limit` bytes."""
    return SourceError(f"answer of {host} larger than {limit / 1e6:g} MB")


def passing(status: int) -> bool:
    """Whether an error status is one that asking again later may mend."""
    return status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _before_an_answer(error: DownloadFailedError, host: str) -> SourceError:
    cause = error.__cause__
    reasons: list[Failure] = list(cause.reasons) if isinstance(cause, ResponseFailed) else []
    for reason in reasons:
        match reason.value:
            case SSL.Error(args=[[*entries], *_]):
                said = ", ".join(str(entry[-1]) for entry in entries) or "no handshake"
                return SourceError(f"no secure connection to {host}: {said}")
            case SSL.Error():
                return SourceError(f"no secure connection to {host}")
            case VerificationError():
                return SourceError(f"no secure connection to {host}: the certificate is another's")
            case ParseError():
                return SourceError(f"{host} does not answer in HTTP")
    return SourceError(f"connection to {host} lost before an answer", retryable=True)


def _words(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
