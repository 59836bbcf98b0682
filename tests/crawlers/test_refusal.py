"""Reading from an answer that it wants to be asked later."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests import Response
from requests.structures import CaseInsensitiveDict

from crawlers.refusal import Refusal, github_refusal, host_of, refusal, retry_after

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


def answer(status: int, body: bytes = b"", **headers: str) -> Response:
    made = Response()
    made.status_code = status
    made.url = "https://api.example.org/things"
    made.raw = io.BytesIO(body)
    made.headers = CaseInsensitiveDict(
        {name.replace("_", "-"): value for name, value in headers.items()}
    )
    return made


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("120", after(120)),
        (" 0 ", NOW),
        ("1.5", after(1.5)),
        ("Sun, 01 Mar 2026 02:10:00 GMT", after(600)),
        ("Sun, 01 Mar 2026 10:10:00 +0800", after(600)),
        ("Sun, 01 Mar 2026 02:10:00 -0000", after(600)),
        ("Sun, 01 Mar 2020 02:10:00 GMT", NOW),
        ("soon", None),
        ("-5", None),
        ("９", None),
        ("9" * 5000, None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(written, at):
    assert retry_after(written, now=NOW) == at


@given(st.text())
def test_retry_after_is_never_in_the_past_and_never_raises(written):
    at = retry_after(written, now=NOW)
    assert at is None or at >= NOW


@pytest.mark.parametrize("status", [200, 204, 304, 400, 403, 404, 422])
def test_a_final_answer_is_no_refusal(status):
    assert refusal(answer(status), now=NOW) is None


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_overload_and_server_errors_are_refusals_without_a_time(status):
    assert refusal(answer(status), now=NOW) == Refusal(cause=f"HTTP {status} from api.example.org")


@pytest.mark.parametrize("status", [403, 406, 429, 503])
def test_any_error_with_retry_after_is_a_refusal_until_then(status):
    refused = refusal(answer(status, retry_after="20"), now=NOW)
    assert refused is not None
    assert refused.retry_at == after(20)


def test_an_answer_that_is_no_error_may_carry_retry_after():
    assert refusal(answer(200, retry_after="20"), now=NOW) is None


@pytest.mark.parametrize("status", [403, 429])
def test_githubs_primary_limit_ends_when_it_says(status):
    reset = int(after(90).timestamp())
    refused = github_refusal(
        answer(status, x_ratelimit_remaining="0", x_ratelimit_reset=str(reset)), now=NOW
    )
    assert refused == Refusal(cause="GitHub's rate limit is used up", retry_at=after(91))


@pytest.mark.parametrize("status", [403, 429])
def test_githubs_secondary_limit_ends_after_a_minute_where_it_gives_no_time(status):
    body = b'{"message": "You have exceeded a secondary rate limit."}'
    refused = github_refusal(answer(status, body, x_ratelimit_remaining="12"), now=NOW)
    assert refused == Refusal(cause="GitHub's secondary rate limit is reached", retry_at=after(60))


def test_githubs_retry_after_outranks_the_reset_of_the_primary_limit():
    refused = github_refusal(
        answer(403, retry_after="30", x_ratelimit_remaining="0", x_ratelimit_reset="99999999999"),
        now=NOW,
    )
    assert refused is not None
    assert refused.retry_at == after(30)


def test_a_plain_403_of_github_is_final_whatever_is_left_of_the_limit():
    body = b'{"message": "Resource protected by organization SAML enforcement."}'
    assert github_refusal(answer(403, body, x_ratelimit_remaining="17"), now=NOW) is None


@pytest.mark.parametrize("reset", ["", "later", "-1", "9" * 40, "1e999"])
def test_a_reset_that_is_no_time_is_not_believed(reset):
    refused = github_refusal(
        answer(429, x_ratelimit_remaining="0", x_ratelimit_reset=reset), now=NOW
    )
    assert refused == Refusal(cause="HTTP 429 from api.example.org")


def test_a_host_is_named_even_where_the_address_is_broken():
    assert host_of("https://www.example.org:8080/a") == "www.example.org"
    assert host_of("http://[broken") == "http://[broken"
