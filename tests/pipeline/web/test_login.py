from __future__ import annotations

import pytest

from config.errors import InputError
from pipeline.web.login import Tries
from pipeline.web.passwords import fits, hashed
from pipeline.web.serving import require_editor
from store.editors import remove_editor, save_editor
from tests.builders import NOW
from tests.pipeline.web.desks import SCRIPT, a_desk, an_app, post

PASSWORD = "eight letters"


@pytest.fixture(scope="module")
def kept() -> str:
    return hashed(PASSWORD)


@pytest.fixture
def client(store, tmp_path, kept):
    save_editor(store, "小明", kept, NOW)
    return an_app(a_desk(store, tmp_path, login=True)).test_client()


def enter(client, password=PASSWORD, name="小明", back="/nope"):
    return post(client, "/login", {"name": name, "password": password, "back": back})


def test_a_page_asks_for_a_login_and_comes_back_to_itself(client):
    answer = client.get("/nope?q=量化")
    assert answer.status_code == 303
    form = client.get(answer.location)
    assert 'value="/nope?q=' in form.text
    assert "<nav" not in form.text
    assert enter(client).location == "/nope"
    page = client.get("/nope")
    assert page.status_code == 404
    assert "<bdi>小明</bdi>" in page.text
    assert client.get("/login?back=/nope").location == "/nope"


def test_the_cookie_is_for_this_desk_and_no_script(client):
    cookie = enter(client).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" in cookie


@pytest.mark.parametrize(
    ("name", "password"), [("小明", "wrong wrong"), ("小红", PASSWORD), ("", "")]
)
def test_a_wrong_name_and_a_wrong_password_look_the_same(client, name, password):
    answer = enter(client, password, name)
    assert answer.status_code == 401
    assert "名字或密码不对" in answer.text
    assert PASSWORD not in answer.text
    assert client.get("/nope").status_code == 303


def test_an_unknown_name_costs_a_hash_too(monkeypatch, kept):
    checked = []

    def check(of: str, given: str) -> bool:
        checked.append(of)
        return True

    monkeypatch.setattr("pipeline.web.passwords.check_password_hash", check)
    assert not fits("given", None)
    assert fits("given", kept)
    assert [of.split("$")[0] for of in checked] == [kept.split("$")[0]] * 2


def test_a_new_password_ends_older_logins(client, store):
    enter(client)
    save_editor(store, "小明", hashed("another one"), NOW)
    assert client.get("/nope").status_code == 303


def test_who_is_removed_is_out(client, store):
    enter(client)
    remove_editor(store, "小明")
    assert client.get("/nope").status_code == 303


def test_a_cookie_of_another_desk_is_none_of_ours(client, tmp_path, kept):
    from store.database import Store

    with Store(tmp_path / "other.db") as other:
        save_editor(other, "小明", kept, NOW)
        theirs = an_app(a_desk(other, tmp_path, login=True))
        cookie = enter(theirs.test_client()).headers["Set-Cookie"].split(";")[0]
    value = cookie.partition("=")[2]
    name = client.application.config["SESSION_COOKIE_NAME"]
    assert client.get("/nope", headers={"Cookie": f"{name}={value}; {cookie}"}).status_code == 303


def test_logging_out_ends_it(client):
    enter(client)
    assert post(client, "/logout").location == "/login"
    assert client.get("/nope").status_code == 303


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb"]
)
def test_it_leads_to_no_other_site(client, back):
    assert enter(client, back=back).location == "/"


def test_the_script_is_told_and_the_page_stays(client):
    answer = client.post("/theme/nope", headers=SCRIPT)
    assert answer.status_code == 401
    assert "登录已过期" in answer.json["parts"]["notice"]
    assert "go" not in answer.json
    assert client.post("/nope", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 401


def test_too_many_tries_are_told_when_to_come_again(client, monkeypatch):
    for _ in range(Tries.FREE):
        assert enter(client, "wrong wrong").status_code == 401
    answer = enter(client)  # the right one, and too early
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    # From elsewhere nobody waits.
    elsewhere = {"REMOTE_ADDR": "10.0.0.9"}
    answer = client.post(
        "/login",
        data={"name": "小明", "password": PASSWORD},
        headers={"Sec-Fetch-Site": "same-origin"},
        environ_base=elsewhere,
    )
    assert answer.status_code == 303


def test_the_wait_grows_to_its_bound_and_ends_with_success():
    time = [0.0]
    tries = Tries(lambda: time[0])
    assert [tries.begin("10.0.0.1") for _ in range(3)] == [0, 0, 0]
    waits = []
    for _ in range(9):
        wait = tries.begin("10.0.0.1")
        waits.append(wait)
        time[0] += wait
        assert tries.begin("10.0.0.1") == 0
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert tries.begin("10.0.0.2") == 0
    tries.forgive("10.0.0.1")
    assert [tries.begin("10.0.0.1") for _ in range(3)] == [0, 0, 0]


def test_an_ipv6_network_is_one_address():
    tries = Tries(lambda: 0.0)
    waits = [tries.begin(f"2001:db8::{n}") for n in range(1, 5)]
    assert waits == [0, 0, 0, 1]
    assert tries.begin("2001:db8:0:1::1") == 0


def test_it_remembers_so_many_addresses_and_no_more():
    tries = Tries(lambda: 0.0)
    for _ in range(4):
        tries.begin("10.9.9.9")
    assert tries.begin("10.9.9.9") > 0
    for n in range(Tries.KEPT):
        tries.begin(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}")
    assert tries.begin("10.9.9.9") == 0


def test_without_an_editor_nobody_could_log_in(store, kept):
    with pytest.raises(InputError, match="briefing editor add NAME"):
        require_editor(store)
    save_editor(store, "小明", kept, NOW)
    require_editor(store)


def test_without_a_login_the_person_is_who_started_it(store, tmp_path):
    client = an_app(a_desk(store, tmp_path)).test_client()
    assert "<bdi>ysh</bdi>" in client.get("/nope").text
    assert client.get("/login").location == "/"
    assert enter(client).location == "/"
