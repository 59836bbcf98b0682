from __future__ import annotations

import pytest

from pipeline.web.security import POLICY, from_here, is_loopback, knows
from pipeline.web.serving import asks_login
from tests.pipeline.web.desks import OWN, a_desk, an_app


@pytest.fixture
def client(store, tmp_path):
    return an_app(a_desk(store, tmp_path)).test_client()


@pytest.mark.parametrize(
    "header",
    ["localhost", "localhost:8765", "127.0.0.1:8765", "[::1]:8765", "LOCALHOST.", "127.1.2.3"],
)
def test_loopback_names_are_known(header):
    assert knows(header, listening="127.0.0.1", names=())


@pytest.mark.parametrize(
    "header",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example:8765",
        "10.0.0.1",
        "[::2]",
        "",
        "[::1",
        "localhost@evil.example",
    ],
)
def test_foreign_names_are_not(header):
    assert not knows(header, listening="127.0.0.1", names=())


def test_the_address_that_it_listens_on_and_configured_names_are_known():
    assert knows("192.168.1.5:8765", listening="192.168.1.5", names=())
    assert knows("Desk.Example.org", listening="127.0.0.1", names=("desk.example.org",))
    assert not knows("192.168.1.6", listening="192.168.1.5", names=())


def test_listening_everywhere_takes_any_address_and_no_foreign_name():
    assert knows("192.168.1.5:8765", listening="0.0.0.0", names=())
    assert knows("[fd00::5]", listening="::", names=())
    assert not knows("evil.example", listening="0.0.0.0", names=())


def test_a_foreign_host_gets_nothing_of_the_desk(client):
    answer = client.get("/nope", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert answer.mimetype == "text/plain"
    assert "嵌入式AI简报" not in answer.text


@pytest.mark.parametrize(
    ("site", "origin", "taken"),
    [
        ("same-origin", None, True),
        ("none", None, True),
        ("same-site", "http://localhost", False),
        ("cross-site", "http://localhost", False),
        (None, "http://localhost", True),
        (None, "https://localhost", True),
        (None, "http://localhost:99", False),
        (None, "http://evil.example", False),
        (None, "null", False),
        (None, "http://[", False),
        (None, None, False),
    ],
)
def test_a_post_is_taken_from_a_page_of_the_desk_alone(client, site, origin, taken):
    assert from_here(site=site, origin=origin, host="localhost") is taken
    given = {"Sec-Fetch-Site": site, "Origin": origin}
    headers = {name: value for name, value in given.items() if value is not None}
    answer = client.post("/theme", data={"theme": "dark"}, headers=headers)
    assert answer.status_code == (303 if taken else 403)
    assert ("Set-Cookie" in answer.headers) is taken


def test_every_other_method_is_guarded_too(client):
    assert client.put("/theme").status_code == 403
    assert client.delete("/queue").status_code == 403


@pytest.mark.parametrize("path", ["/", "/nope", "/static/x/desk.css", "/static/x/nope.css"])
def test_every_answer_has_the_headers(client, path):
    with client.get(path) as answer:
        headers = answer.headers
    assert headers["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_form_that_is_too_long_is_refused(client):
    answer = client.post("/theme", data={"theme": "x" * 1_100_000}, headers=OWN)
    assert answer.status_code == 413
    assert "内容太长" in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost"])
def test_loopback_is_loopback(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "desk.example.org", ""])
def test_anything_else_is_not(host):
    assert not is_loopback(host)


def test_a_login_is_asked_where_others_can_come(store, tmp_path):
    settings = a_desk(store, tmp_path).settings
    assert not asks_login(settings, "127.0.0.1")
    assert asks_login(settings, "0.0.0.0")
    # A name beyond loopback means that a proxy stands before it.
    desk = settings.desk.model_copy(update={"names": ("desk.example.org",)})
    assert asks_login(settings.model_copy(update={"desk": desk}), "127.0.0.1")
