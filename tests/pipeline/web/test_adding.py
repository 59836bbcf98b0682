"""Adding a link: what a form and the bookmarklet do, and what a page that fails leaves behind."""

from __future__ import annotations

import re
import threading
from urllib.parse import unquote

import pytest

from config.load import load_settings
from pipeline.demo import CONFIG
from pipeline.period import period_of
from pipeline.queue import State, load_entry
from store.models import StoryId
from tests.builders import NOW
from tests.loopback import Answer, LoopbackServer
from tests.pipeline.web.desks import SCRIPT, a_desk, an_app, post

PAGE = Answer(
    body="<title>手机上的四比特推理</title><p>量化之后的模型在手机上跑得更快。".encode(),
    headers={"Content-Type": "text/html; charset=utf-8"},
)


@pytest.fixture
def web():
    with LoopbackServer() as server:
        server.route("/page", PAGE)
        yield server


@pytest.fixture
def settings():
    network = {"private_hosts": ["127.0.0.1"], "delay": 0, "backoff": 0, "retries": 0}
    return load_settings(CONFIG, overrides={"network": network}, environment=False)


@pytest.fixture
def app(store, tmp_path, settings):
    return an_app(a_desk(store, tmp_path, settings=settings))


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def entry_of(store, settings):
    def entry(answer):
        """The story that a plain form led to."""
        assert answer.status_code == 303
        story = StoryId(int(answer.location.removeprefix("/add?story=")))
        return load_entry(store, settings, period_of(store, settings, NOW), story)

    return entry


def value(html, name):
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', html)
    assert found is not None
    return found[1]


def test_a_link_becomes_a_story_that_can_be_accepted(client, web, entry_of):
    answer = post(client, "/add", {"url": f"{web.base}/page", "section": "博文", "note": "要看"})
    entry = entry_of(answer)
    assert (entry.draft.title, entry.draft.section) == ("手机上的四比特推理", "博文")
    assert entry.story.members[0].candidate.item.note == "要看"
    html = client.get(answer.location).get_data(as_text=True)
    assert "手机上的四比特推理" in html
    assert 'action="/add/accept"' in html
    accepted = post(client, "/add/accept", {"story": str(entry.story.id), "decided": "0"})
    assert entry_of(accepted).state is State.ACCEPTED
    assert 'action="/add/accept"' in client.get("/add").get_data(as_text=True), "the way back"
    assert 'data-key="a"' not in client.get(accepted.location).get_data(as_text=True)


def test_the_script_gets_the_story_and_an_empty_form(client, web):
    answer = client.post("/add", data={"url": f"{web.base}/page"}, headers=SCRIPT)
    parts = answer.json["parts"]
    assert "手机上的四比特推理" in parts["add-result"]
    assert value(parts["add-form"], "url") == ""


def test_accepting_can_be_undone(client, web, entry_of):
    entry = entry_of(post(client, "/add", {"url": f"{web.base}/page"}))
    fields = {"story": str(entry.story.id), "decided": "0"}
    notice = client.post("/add/accept", data=fields, headers=SCRIPT).json["parts"]["notice"]
    undo = dict(re.findall(r'name="(\w+)" value="(\w+)"', notice))
    assert entry_of(post(client, "/add/accept", undo)).state is State.PROPOSED


def test_who_accepts_what_another_just_decided_is_told(client, web, entry_of, app, store, tmp_path):
    entry = entry_of(post(client, "/add", {"url": f"{web.base}/page"}))
    fields = {"story": str(entry.story.id), "decided": "0"}
    other = an_app(a_desk(store, tmp_path, settings=app.extensions["desk"].settings, person="乙"))
    post(other.test_client(), "/add/accept", fields)
    answer = client.post("/add/accept", data=fields, headers=SCRIPT)
    assert answer.status_code == 409
    assert "乙" in answer.json["parts"]["notice"]


@pytest.mark.parametrize("url", ["", "词", "ftp://a.example/x", "javascript:alert(1)", "https://"])
def test_what_is_no_address_is_refused_with_what_was_typed(client, url):
    answer = post(client, "/add", {"url": url, "title": "题目", "note": "备注"})
    assert answer.status_code == 400
    html = answer.get_data(as_text=True)
    assert "http 或 https" in html
    assert (value(html, "url"), value(html, "title"), value(html, "note")) == (url, "题目", "备注")


def test_a_page_that_is_not_there_is_one_line_and_keeps_what_was_typed(client, web):
    url = f"{web.base}/gone"
    fields = {"url": url, "note": "备注"}
    answer = client.post("/add", data=fields, headers=SCRIPT)
    assert answer.status_code == 502
    form = answer.json["parts"]["add-form"]
    assert (value(form, "url"), value(form, "note")) == (url, "备注")
    assert "没有收下" in form
    assert "--title" not in form


def test_with_a_title_it_is_filed_all_the_same(client, web, entry_of):
    answer = post(client, "/add", {"url": f"{web.base}/gone", "title": "只有标题"})
    assert entry_of(answer).draft.title == "只有标题"


def test_a_private_address_is_not_asked(store, tmp_path, web):
    settings = load_settings(CONFIG, environment=False)
    client = an_app(a_desk(store, tmp_path, settings=settings)).test_client()
    answer = post(client, "/add", {"url": f"{web.base}/page"})
    assert answer.status_code == 502
    assert "is no public address" in answer.get_data(as_text=True)
    assert web.asked == []


# The bookmarklet


def test_the_bookmarklet_fills_the_form_in_and_adds_nothing(client, web):
    query = {"url": f"{web.base}/page", "title": '题"><script>x</script>'}
    html = client.get("/add", query_string=query).get_data(as_text=True)
    assert value(html, "url") == query["url"]
    assert "<script>x" not in html
    assert web.asked == []


def test_its_title_is_for_pages_that_cannot_be_had(client, web, entry_of):
    brought = {"title": "标题 - 某站", "found": "标题 - 某站"}
    read = post(client, "/add", {"url": f"{web.base}/page", **brought})
    assert entry_of(read).draft.title == "手机上的四比特推理"
    unread = post(client, "/add", {"url": f"{web.base}/gone", **brought})
    assert entry_of(unread).draft.title == "标题 - 某站"
    own = {"url": f"{web.base}/page", **brought, "title": "我的标题"}
    assert entry_of(post(client, "/add", own)).draft.title == "我的标题"


def test_the_bookmarklet_opens_this_desk(client):
    html = client.get("/add", base_url="http://localhost:8765").get_data(as_text=True)
    found = re.search(r'href="(javascript:[^"]*)"', html)
    assert found is not None
    script = unquote(found[1]).replace("&#39;", "'").replace("&gt;", ">").replace("&amp;", "&")
    assert "open('http://localhost:8765/add?url='+e(location.href)" in script


def test_a_slow_page_keeps_nobody_else_waiting(app, web, entry_of):
    gate = threading.Event()
    begun = threading.Event()

    def slow(_):
        begun.set()
        return Answer(body=PAGE.body, headers=PAGE.headers, gate=gate)

    web.route("/slow", slow)
    answers = []
    adding = threading.Thread(
        target=lambda: answers.append(post(app.test_client(), "/add", {"url": f"{web.base}/slow"}))
    )
    adding.start()
    try:
        assert begun.wait(20)
        other = app.test_client()
        assert other.get("/issue").status_code == 200
        fields = {"title": "", "lead": "写着", "seen": "0"}
        assert other.post("/issue/typed", data=fields, headers=SCRIPT).status_code == 200
        assert answers == []
    finally:
        gate.set()
        adding.join()
    assert entry_of(answers[0]).draft.title == "手机上的四比特推理"
