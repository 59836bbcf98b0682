"""The queue's page: what it shows, and every action as a plain form and by script."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from config.load import load_settings
from pipeline.desk import Editor, decide
from pipeline.period import period_of
from pipeline.queue import State, load_entry
from store.decisions import load_decisions
from store.models import Kind, PaperFacts, StoryId, Verdict
from store.typed import load_views
from tests.builders import NOW
from tests.pipeline.web.desks import SCRIPT, a_desk, an_app, post
from tests.pipeline.web.nights import CHIP, CODE, DRONE, PAPER, night, parsed, said

REASONS = [{"code": "off-topic", "label": "不对题"}, {"code": "known", "label": "旧闻"}]
SETTINGS = load_settings(
    overrides={"desk": {"language": "zh", "page_size": 3, "reasons": REASONS}}, environment=False
)
WATCH = said("手表里的语音识别：端侧推理只要 3 毫瓦", "https://watch.example/5", "机器之心")
CAMERA = said("摄像头上的目标检测：剪枝之后快了三倍", "https://camera.example/6", "机器之心")
SECOND_VERSION = replace(
    PAPER, paper=PaperFacts(arxiv_id="2602.90100", version=2), updated=NOW - timedelta(hours=1)
)
ALL = (PAPER, CODE, CHIP, WATCH, CAMERA, DRONE)


@pytest.fixture
def desk(store, tmp_path):
    night(store, SETTINGS, *ALL)
    return a_desk(store, tmp_path, settings=SETTINGS)


@pytest.fixture
def client(desk):
    return an_app(desk).test_client()


def page(client, path="/queue") -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return parsed(answer.text)


def rows(tree) -> list[str]:
    return [row.get("id").removeprefix("story-") for row in tree.cssselect("#rows > li")]


def number(client, words) -> str:
    """The story that words find, as a form names it before anybody decided."""
    (story,) = rows(page(client, f"/queue?state=all&q={quote(words)}"))
    return story


def stands(desk, story):
    period = period_of(desk.store, desk.settings, NOW)
    return load_entry(desk.store, desk.settings, period, StoryId(int(story)))


def by_other(desk, story, verdict=Verdict.REJECT, **more):
    """What another editor decides meanwhile."""
    period = period_of(desk.store, desk.settings, NOW)
    editor = Editor(name="李四", now=NOW)
    return decide(desk.store, desk.settings, period, [StoryId(int(story))], verdict, editor, **more)


def test_the_best_stand_first(client):
    totals = [float(one.text_content()) for one in page(client).cssselect("#rows .total")]
    assert len(totals) == 3
    assert totals == sorted(totals, reverse=True)


def test_a_row_tells_links_sources_and_the_parts_of_its_score(client):
    first = page(client, "/queue?q=WobbleQuant").cssselect("#rows > li")[0]
    assert first.cssselect(".row-title a")[0].get("href") == "https://arxiv.org/abs/2602.90100"
    assert [a.text_content() for a in first.cssselect(".row-facts a")] == ["代码"]
    assert "arXiv cs.CV" in first.cssselect(".row-facts")[0].text_content()
    parts = first.cssselect(".row-score > .parts")[0].text_content()
    assert re.search(r"量化 ?\+\d\.\d", parts)
    assert "天前" not in parts.split("+")[0]
    assert "wobblequant" in first.cssselect("details .folded")[0].text_content()


def test_tabs_count_what_is_open_and_accepted(desk, client):
    story = number(client, "WobbleQuant")
    before = page(client).cssselect("#tabs li")[0].text_content()
    by_other(desk, story, Verdict.ACCEPT)
    after = page(client).cssselect("#tabs li")[0].text_content()
    assert re.findall(r"\d+", before)[:2] == ["5", "0"]
    assert re.findall(r"\d+", after)[:2] == ["4", "1"]


def test_a_page_goes_on_behind_its_last_story_whatever_was_decided(client):
    first = page(client)
    (link,) = first.cssselect("a[rel=next]")
    shown = rows(first)
    for story in shown:
        post(client, "/queue/decide", {"do": "accept", "story": f"{story}:0"})
    second = rows(page(client, link.get("href")))
    assert len(shown) == 3
    assert len(second) == 2
    assert not set(shown) & set(second)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("source=机器之心", {"手表", "摄像头", "无人机"}),
        ("kind=repository", {"WobbleQuant"}),
        ("language=en", {"WobbleQuant"}),
        ("days=1&source=量子位", {"国产存算"}),
        ("q=蒸馏", {"无人机"}),
        ("state=accepted", set()),
        ("kind=nonsense&days=x&state=nothing&source=机器之心", {"手表", "摄像头", "无人机"}),
    ],
)
def test_filters(client, query, found):
    tree = page(client, f"/queue?{query}")
    titles = [a.text_content() for a in tree.cssselect(".row-title")]
    assert {next(word for word in found if title.startswith(word)) for title in titles} == found


@pytest.mark.parametrize(
    ("do", "state"), [("accept", "accepted"), ("reject", "rejected"), ("later", "later")]
)
def test_a_plain_form_decides_and_leads_back(desk, client, do, state):
    story = number(client, "蒸馏")
    back = "/queue?source=%E6%9C%BA%E5%99%A8%E4%B9%8B%E5%BF%83"
    answer = post(client, "/queue/decide", {"do": do, "story": f"{story}:0", "back": back})
    assert (answer.status_code, answer.location) == (303, back)
    assert stands(desk, story).state == State(state)
    notice = page(client, back).cssselect("#notice")[0]
    assert "无人机" in notice.text_content()
    fields = {box.get("name"): box.get("value") for box in notice.cssselect("input")}
    post(client, notice.cssselect("form")[0].get("action"), fields)
    assert stands(desk, story).state is State.PROPOSED


def test_a_row_has_a_plain_form_that_does_what_it_says(desk, client):
    story = number(client, "蒸馏")
    (form,) = page(client, "/queue?q=蒸馏").cssselect("#rows .row-acts")
    fields = {box.get("name"): box.get("value") for box in form.cssselect("input")}
    post(client, form.get("action"), {**fields, "do": "accept"})
    assert stands(desk, story).state is State.ACCEPTED


def test_a_script_gets_the_rows_anew(client):
    story = number(client, "蒸馏")
    fields = {"do": "reject", "story": f"{story}:0", "reason": "known"}
    answer = client.post("/queue/decide", data=fields, headers=SCRIPT)
    row = parsed(answer.json["parts"][f"story-{story}"])
    assert row.get("data-state") == "rejected"
    assert "旧闻" in answer.json["parts"]["notice"]
    assert "tabs" in answer.json["parts"]


def test_the_reason_is_kept_as_its_code_and_told_by_its_label(desk, client):
    story = number(client, "蒸馏")
    fields = {"do": "reject", "story": f"{story}:0", "reason": "off-topic"}
    post(client, "/queue/decide", fields)
    (decision,) = load_decisions(desk.store, [StoryId(int(story))])[StoryId(int(story))]
    assert decision.reason == "off-topic"
    tree = page(client, "/queue?state=rejected")
    assert "（不对题）" in tree.cssselect(".row-state button")[0].get("title")


def test_a_batch_is_decided_and_undone_as_one(desk, client):
    stories = rows(page(client))
    fields = {"do": "later", "story": [f"{story}:0" for story in stories]}
    answer = client.post("/queue/decide", data=fields, headers=SCRIPT)
    assert {stands(desk, story).state for story in stories} == {State.LATER}
    notice = parsed(answer.json["parts"]["notice"])
    undo = {box.get("name"): box.get("value") for box in notice.cssselect("input")}
    client.post("/queue/decide", data=undo, headers=SCRIPT)
    assert {stands(desk, story).state for story in stories} == {State.PROPOSED}


def test_a_section_is_changed_and_changed_back(desk, client):
    story = number(client, "蒸馏")
    before = stands(desk, story).section
    other = next(one.name for one in SETTINGS.sections if one.name != before)
    fields = {"do": "move", "story": f"{story}:0", "section": other}
    answer = client.post("/queue/decide", data=fields, headers=SCRIPT)
    assert stands(desk, story).section == other
    notice = parsed(answer.json["parts"]["notice"])
    undo = {box.get("name"): box.get("value") for box in notice.cssselect("input")}
    client.post("/queue/decide", data=undo, headers=SCRIPT)
    assert stands(desk, story).section == before


def test_no_section_of_that_name(client):
    story = number(client, "蒸馏")
    fields = {"do": "move", "story": f"{story}:0", "section": "诗"}
    assert post(client, "/queue/decide", fields).status_code == 400


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"do": "accept"}, 400),
        ({"do": "print", "story": "1:0"}, 400),
        ({"do": "edit", "story": "1:0"}, 400),
        ({"do": "accept", "story": "999999:0"}, 404),
        ({"do": "accept", "story": "9" * 30}, 404),
        ({"do": "accept", "story": "<script>"}, 404),
        ({"do": "undo", "story": "1:0"}, 400),
    ],
)
def test_what_makes_no_sense_is_refused(client, fields, status):
    answer = client.post("/queue/decide", data=fields, headers=SCRIPT)
    assert answer.status_code == status
    assert "<script>" not in answer.json["parts"]["notice"]


def test_a_script_is_told_who_decided_meanwhile_and_asked(desk, client):
    story, other = number(client, "蒸馏"), number(client, "流片")
    by_other(desk, story, reason="known")
    fields = {"do": "accept", "story": f"{story}:0 {other}:0"}
    answer = client.post("/queue/decide", data=fields, headers=SCRIPT)
    assert answer.status_code == 409
    assert stands(desk, other).state is State.PROPOSED
    row = parsed(answer.json["parts"][f"story-{story}"])
    (conflict,) = row.cssselect(".row-conflict")
    assert "李四" in conflict.text_content()
    assert "旧闻" in conflict.text_content()
    again = {box.get("name"): box.get("value") for box in conflict.cssselect("input")}
    assert client.post("/queue/decide", data=again, headers=SCRIPT).status_code == 200
    assert stands(desk, story).state is State.ACCEPTED


def test_without_script_a_page_asks_and_its_form_does_it_all_the_same(desk, client):
    story, other = number(client, "蒸馏"), number(client, "流片")
    by_other(desk, story)
    fields = {"do": "accept", "story": f"{story}:0 {other}:0", "back": "/queue?days=3"}
    answer = post(client, "/queue/decide", fields)
    assert answer.status_code == 409
    tree = parsed(answer.text)
    (form,) = tree.cssselect("main form")
    again = {box.get("name"): box.get("value") for box in form.cssselect("input")}
    done = post(client, form.get("action"), again)
    assert (done.status_code, done.location) == (303, "/queue?days=3")
    assert {stands(desk, story).state, stands(desk, other).state} == {State.ACCEPTED}


def test_merging_marked_ones_and_back(desk, client):
    one, two = number(client, "蒸馏"), number(client, "流片")
    fields = {"do": "merge", "story": [f"{one}:0", f"{two}:0"]}
    answer = client.post("/queue/merge", data=fields, headers=SCRIPT)
    left = next(
        name
        for name, markup in answer.json["parts"].items()
        if name.startswith("story-") and markup is not None
    )
    gone = {f"story-{one}", f"story-{two}"} - {left}
    assert answer.json["parts"][gone.pop()] is None
    assert len(stands(desk, left.removeprefix("story-")).story.members) == 2
    notice = parsed(answer.json["parts"]["notice"])
    (form,) = notice.cssselect("form")
    undo = {box.get("name"): box.get("value") for box in form.cssselect("input")}
    back = client.post(form.get("action"), data=undo, headers=SCRIPT)
    assert "go" in back.json
    assert number(client, "蒸馏") != number(client, "流片")


def test_one_story_is_nothing_to_merge(client):
    assert post(client, "/queue/merge", {"story": f"{number(client, '蒸馏')}:0"}).status_code == 400


def test_a_view_is_kept_opened_and_forgotten(desk, client):
    query = "source=%E6%9C%BA%E5%99%A8%E4%B9%8B%E5%BF%83&days=3&nonsense=1"
    post(client, "/queue/views", {"name": "机器 <b>之心</b>", "query": query})
    ((name, kept),) = load_views(desk.store).items()
    assert "nonsense" not in kept
    (link,) = page(client).cssselect(".views-list a")
    assert link.text_content() == name == "机器 <b>之心</b>"
    assert len(rows(page(client, link.get("href")))) == 3
    post(client, "/queue/views/drop", {"name": name})
    assert load_views(desk.store) == {}
    assert post(client, "/queue/views", {"name": " ", "query": ""}).status_code == 400


def test_why_a_story_is_back_is_said(desk, client):
    story = number(client, "WobbleQuant")
    by_other(desk, story, reason="known")
    assert story not in rows(page(client))
    night(desk.store, SETTINGS, SECOND_VERSION)
    row = page(client).get_element_by_id(f"story-{story}")
    why = row.cssselect(".row-why")[0].text_content()
    assert "李四" in why
    assert "旧闻" in why
    assert "v2" in why


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "‮gnp.exe‬ ⁦left⁩ \x00\x07",
    "[x](javascript:alert(1)) **粗** <!-- ",
    "长" * 10_000,
    "</textarea></template></li><script>alert(2)</script>",
    "{{ 7 * 7 }} {% raw %}",
)


@pytest.fixture
def hostile(store, tmp_path):
    items = [
        said(
            text,
            f"https://hostile.example/{n}",
            '<b onclick="alert(3)">源</b>',
            summary=text,
            kind=Kind.ARTICLE,
        )
        for n, text in enumerate(HOSTILE)
    ]
    night(store, SETTINGS, *items)
    return an_app(a_desk(store, tmp_path, settings=SETTINGS)).test_client()


def harmless(text: str) -> None:
    """No markup, no address and no control of a source's came through as such."""
    tree = parsed(text)
    assert {script.get("src", "").rpartition("/")[2] for script in tree.iter("script")} <= {
        "desk.js",
        "queue.js",
        "story.js",
    }
    assert not tree.xpath("//img | //b[@onclick] | //*[@style]")
    assert not [name for one in tree.iter() for name in one.attrib if name.startswith("on")]
    for link in tree.iter("a"):
        assert (link.get("href") or "#").startswith(("/", "#", "https://", "http://"))
        if link.get("href", "").startswith("http"):
            assert link.get("rel") == "noopener noreferrer"
    assert not re.search("[\x00-\x08\x0e-\x1f\u202a-\u202e\u2066-\u2069]", text)


def test_hostile_texts_neither_run_nor_break_the_page(hostile):
    shown = []
    after = ""
    while True:
        answer = hostile.get(f"/queue?state=all{after}")
        harmless(answer.text)
        tree = parsed(answer.text)
        shown += rows(tree)
        link = tree.cssselect("a[rel=next]")
        if not link:
            break
        after = "&after=" + link[0].get("href").rpartition("=")[2]
    assert len(shown) >= 5
    for story in shown:
        harmless(hostile.get(f"/story/{story}").text)
        harmless(hostile.get(f"/story/{story}/why").text)
        fields = {"do": "accept", "story": f"{story}:0"}
        answer = hostile.post("/queue/decide", data=fields, headers=SCRIPT)
        for markup in answer.json["parts"].values():
            harmless(markup)


@pytest.mark.parametrize(
    "path",
    [
        "/queue?days=0000000019999999999",
        "/add?story=99999999999999999999",
        "/history?before=99999999999999999999",
    ],
)
def test_a_number_that_is_none_of_ours_is_as_good_as_none(client, path):
    assert client.get(path).status_code == 200


def test_a_decision_seen_that_no_number_can_be_counts_as_none(client):
    answer = post(client, "/queue/decide", {"do": "accept", "story": f"1:{'9' * 5000}"})
    assert answer.status_code == 303
