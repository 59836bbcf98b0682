"""What a download handler raises, as a line for a person."""

from __future__ import annotations

import pytest
from OpenSSL import SSL
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
    UnsupportedURLSchemeError,
)
from service_identity.exceptions import VerificationError
from twisted.internet.error import ConnectionDone, NoRouteError
from twisted.python.failure import Failure
from twisted.web.client import ResponseNeverReceived

from config.settings import Network
from crawlers.spiders.failures import FAILURES, passing, source_error


def before_an_answer(reason: Exception) -> DownloadFailedError:
    error = DownloadFailedError("as Scrapy raises it")
    error.__cause__ = ResponseNeverReceived([Failure(reason)])
    return error


@pytest.mark.parametrize(
    ("error", "cause", "retryable"),
    [
        (CannotResolveHostError("x"), "there is no address for the name a.example", True),
        (DownloadTimeoutError("x"), "no answer from a.example within 30 s", True),
        (DownloadCancelledError(""), "answer of a.example larger than 8 MB", False),
        (NoRouteError(), "no connection to a.example: No route to host", True),
        (UnsupportedURLSchemeError("gopher"), "a.example cannot be asked: gopher", False),
        (UnicodeError("label too long"), "a.example cannot be asked: label too long", False),
        (
            before_an_answer(ConnectionDone()),
            "connection to a.example lost before an answer",
            True,
        ),
        (
            before_an_answer(SSL.Error([("SSL routines", "", "certificate has expired")])),
            "no secure connection to a.example: certificate has expired",
            False,
        ),
        (before_an_answer(SSL.Error()), "no secure connection to a.example", False),
        (
            before_an_answer(VerificationError(errors=[])),
            "no secure connection to a.example: the certificate is another's",
            False,
        ),
    ],
)
def test_causes(error: Exception, cause: str, retryable: bool) -> None:
    assert isinstance(error, FAILURES)
    failure = source_error(error, "a.example", Network())
    assert (failure.cause, failure.retryable) == (cause, retryable)
    assert failure.retry_at is None


def test_which_statuses_pass() -> None:
    assert [status for status in range(400, 600) if passing(status)] == [
        408,
        425,
        429,
        *range(500, 600),
    ]
