"""The frame of the desk: assets, theme, answers to forms and to the script, errors."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import abort, render_template_string, request

from config.errors import BriefingError, ConflictError, InputError, NotFoundError, StoreError
from pipeline.web.answers import Notice, Undo, done, local_path
from pipeline.web.assets import stamp
from tests.builders import NOW
from tests.pipeline.web.desks import OWN, SCRIPT, a_desk, an_app, post

ERRORS = {
    "missing": (NotFoundError("there is no story 12"), 404),
    "wrong": (InputError("ftp://x is no http address"), 400),
    "conflict": (ConflictError("小红 changed it"), 409),
    "store": (StoreError("database b.db: the disk is full"), 503),
    "other": (BriefingError("something else"), 500),
}


@pytest.fixture
def app(store, tmp_path):
    app = an_app(a_desk(store, tmp_path))

    @app.post("/act")
    def act():
        undo = Undo(action="/undo", fields={"of": '1"><script>'})
        title = request.form.get("title", "采用 <b>\u202e")
        return done(
            Notice(text=title, undo=undo), parts=lambda: {"row": "<li>new</li>", "old": None}
        )

    @app.post("/go")
    def go():
        return done(Notice(text="ready"), to="/nope", stay=False)

    @app.route("/fail/<name>", methods=["GET", "POST"])
    def fail(name):
        raise ERRORS[name][0]

    @app.get("/show")
    def show():
        return render_template_string(request.args["as"], value=request.args.get("value"), now=NOW)

    @app.get("/bug")
    def bug():
        raise RuntimeError("our mistake")

    @app.get("/forbidden")
    def forbidden():
        abort(403)

    return app


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def show(client):
    def shown(template: str, value: str | None = None) -> str:
        query = {"as": template} | ({} if value is None else {"value": value})
        return str(client.get("/show", query_string=query).text)

    return shown


def test_it_starts_at_the_queue(client):
    answer = client.get("/")
    assert (answer.status_code, answer.location) == (303, "/queue")


def test_assets_are_kept_for_good_under_the_current_stamp_alone(client):
    page = client.get("/nope").text
    (address,) = re.findall(r'href="(/static/\w+/desk\.css)"', page)
    with client.get(address) as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.mimetype == "text/css"
    with client.get("/static/older/desk.js") as answer:
        assert answer.headers["Cache-Control"] == "no-cache"
    assert client.get("/static/x/../app.py").status_code == 404
    assert client.get("/nope").headers["Cache-Control"] == "no-store"


def test_the_stamp_changes_with_any_file(tmp_path):
    (tmp_path / "a.css").write_text("a")
    before = stamp(tmp_path)
    (tmp_path / "b.js").write_text("b")
    with_b = stamp(tmp_path)
    (tmp_path / "b.js").write_text("c")
    assert len({before, with_b, stamp(tmp_path)}) == 3


def test_the_theme_goes_round_and_is_kept(client):
    assert 'data-theme="auto"' in client.get("/nope").text
    for chosen, following in [("light", "dark"), ("dark", "auto"), ("auto", "light")]:
        answer = client.post("/theme", data={"theme": chosen}, headers=SCRIPT)
        assert f'value="{following}"' in answer.json["parts"]["theme"]
        assert f'data-theme="{chosen}"' in client.get("/nope").text
    post(client, "/theme", {"theme": '"><script>'})
    assert 'data-theme="auto"' in client.get("/nope").text


def test_a_plain_form_goes_back_to_its_page_which_says_what_was_done(client):
    answer = post(client, "/act", Referer="http://localhost/nope?page=2")
    assert (answer.status_code, answer.location) == (303, "/nope?page=2")
    page = client.get(answer.location).text
    assert "<bdi>采用 &lt;b&gt;</bdi>" in page
    assert 'action="/undo"' in page
    assert "<script>" not in page
    assert 'id="notice" class="notice" hidden' in client.get("/nope").text


@pytest.mark.parametrize(
    "referer", ["http://evil.example/queue", "", "http://localhost//evil.example"]
)
def test_it_goes_back_to_no_other_site(client, referer):
    assert post(client, "/act", Referer=referer).location == "/"


def test_a_form_may_say_where_it_came_from(client):
    assert post(client, "/act", {"back": "/nope"}).location == "/nope"
    assert post(client, "/act", {"back": "//evil.example"}).location == "/"


def test_the_script_gets_parts_and_a_notice(client):
    parts = client.post("/act", headers=SCRIPT).json["parts"]
    assert parts["row"] == "<li>new</li>"
    assert parts["old"] is None
    assert 'id="notice"' in parts["notice"]
    assert "hidden" not in parts["notice"].split(">")[0]


def test_the_script_is_sent_on_and_told_there(client):
    assert client.post("/go", headers=SCRIPT).json == {"parts": {}, "go": "/nope"}
    assert "<bdi>ready</bdi>" in client.get("/nope").text


def test_a_headline_of_any_length_fits_into_a_notice(client):
    answer = post(client, "/act", {"title": "长" * 10_000})
    assert len(answer.headers["Set-Cookie"]) < 4000
    assert "长" * 100 in client.get("/nope").text


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_of_ours_is_one_clear_page_with_its_status(client, name):
    error, status = ERRORS[name]
    answer = client.get(f"/fail/{name}")
    assert answer.status_code == status
    assert f"<bdi>{error}</bdi>" in answer.text
    assert "<nav" in answer.text
    assert 'id="main"' in answer.text


@pytest.mark.parametrize("name", ERRORS)
def test_the_script_gets_an_error_as_a_notice(client, name):
    error, status = ERRORS[name]
    answer = client.post(f"/fail/{name}", headers=SCRIPT)
    assert answer.status_code == status
    assert list(answer.json["parts"]) == ["notice"]
    assert str(error) in answer.json["parts"]["notice"]


def test_an_error_page_asks_nothing_of_a_broken_database(client, monkeypatch):
    def broken(*_):
        raise StoreError("database b.db: the disk failed")

    monkeypatch.setattr("pipeline.web.context.period_of", broken)
    answer = client.get("/fail/store")
    assert answer.status_code == 503
    assert "the disk is full" in answer.text


def test_unknown_addresses_and_methods_are_pages_too(client):
    assert "没有这一页" in client.get("/nope").text
    answer = client.post("/", headers=OWN)
    assert answer.status_code == 405
    assert "不接受" in answer.text
    assert "GET" in answer.headers["Allow"]
    assert "不允许" in client.get("/forbidden").text


def test_a_mistake_of_ours_is_a_page_without_its_words(app):
    app.testing = False
    app.logger.disabled = True
    answer = app.test_client().get("/bug")
    assert answer.status_code == 500
    assert "our mistake" not in answer.text
    assert "已做的决定都在" in answer.text


def test_english_by_setting(store, tmp_path):
    page = an_app(a_desk(store, tmp_path, language="en")).test_client().get("/nope").text
    assert '<html lang="en"' in page
    assert "There is no such page" in page


def test_the_header_names_the_coming_issue(show):
    page = show('{% extends "base.html" %}{% set title = "x" %}{% set here = "issue" %}')
    assert '<time datetime="2026-03-02">本期 3月2日 周一</time>' in page
    assert re.search(r'href="/issue"[^>]* aria-current="page"', page)


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\x00script:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "http://",
        "http://[",
        "",
    ],
)
def test_a_link_that_a_browser_should_not_open_is_text(show, value):
    page = show('{% from "_parts.html" import outside %}{{ outside(value, "标题") }}', value)
    assert "href" not in page
    assert "<bdi>标题</bdi>" in page


def test_a_link_outside_takes_nothing_along(show):
    page = show(
        '{% from "_parts.html" import outside %}{{ outside(value, "<b>") }}',
        'https://a.example/?q="><script>',
    )
    assert 'rel="noopener noreferrer" target="_blank"' in page
    assert "<script>" not in page
    assert "<bdi>&lt;b&gt;</bdi>" in page


def test_text_from_outside_turns_nothing_around(show):
    assert show("{{ value|said }}", "a\u202eb\u2066c\x07d\x9b\n<i>") == "<bdi>abcd\n&lt;i&gt;</bdi>"


def test_values_are_shown_as_a_person_reads_them(show):
    assert show("{{ 3.0|points }} {{ (-1.5)|points }}") == "+3.0 −1.5"
    assert show("{{ 41200|number }}") == "41,200"
    assert show("{{ now|local }}") == "2026-03-02 03:30"
    assert show("{{ none|age }}") == "日期不详"
    assert show("{{ value|clip(4) }}", "一二三四五") == "一二三…"
    assert show("{{ value|host }}", "https://www.Example.com:80/x") == "example.com"


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=-5), "刚刚"),
        (timedelta(seconds=59), "刚刚"),
        (timedelta(minutes=59), "59 分钟前"),
        (timedelta(hours=23, minutes=59), "23 小时前"),
        (timedelta(days=29), "29 天前"),
        (timedelta(days=30), "2026-01-31"),
    ],
)
def test_an_age_is_rounded_down(app, ago, said):
    with app.test_request_context("/"):
        assert app.jinja_env.filters["age"](NOW - ago) == said


def test_local_paths():
    assert local_path("/queue?q=量化#story-1") == "/queue?q=量化#story-1"
    assert local_path("queue", "/x") == "/x"
