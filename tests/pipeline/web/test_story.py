"""A story's page: its text edited, kept as it is typed, asked about, previewed; and the rest."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from config.load import load_settings
from pipeline.desk import Editor, decide
from pipeline.editing import draft_of, form_of
from pipeline.period import period_of
from pipeline.queue import State, load_entry
from store.decisions import load_decisions
from store.models import Link, StoryId, Verdict
from store.typed import Typed, load_typed, save_typed
from tests.builders import NOW
from tests.pipeline.web.desks import SCRIPT, a_desk, an_app, post
from tests.pipeline.web.nights import CHIP, CODE, DRONE, PAPER, night, parsed

SETTINGS = load_settings(overrides={"desk": {"language": "en"}}, environment=False)
STORY = StoryId(1)


@pytest.fixture
def desk(store, tmp_path):
    night(store, SETTINGS, PAPER, CODE, CHIP, DRONE)
    return a_desk(store, tmp_path, settings=SETTINGS)


@pytest.fixture
def client(desk):
    return an_app(desk).test_client()


@pytest.fixture
def story(client) -> str:
    return found(client, "WobbleQuant")


def found(client, words) -> str:
    tree = parsed(client.get(f"/queue?state=all&q={quote(words)}").text)
    (row,) = tree.cssselect("#rows > li")
    return str(row.get("id")).removeprefix("story-")


def page(client, path) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return parsed(answer.text)


def fields(tree) -> dict[str, str]:
    """What a browser would post of the form of the text."""
    form = tree if tree.get("id") == "story-edit" else tree.get_element_by_id("story-edit")
    values = dict(form.form_values())
    return {name: value.removeprefix("\n") for name, value in values.items()}


def stands(desk, story):
    return load_entry(
        desk.store, desk.settings, period_of(desk.store, desk.settings, NOW), StoryId(int(story))
    )


def other_saves(desk, story, **changes):
    """What another editor saves meanwhile."""
    entry = stands(desk, story)
    text = draft_of({**form_of(entry.draft), **changes}, entry.draft, desk.settings)
    period = period_of(desk.store, desk.settings, NOW)
    return decide(
        desk.store,
        desk.settings,
        period,
        [entry.story.id],
        Verdict.EDIT,
        Editor(name="李四", now=NOW),
        text=text,
    )


def decisions(desk, story):
    number = StoryId(int(story))
    return load_decisions(desk.store, [number]).get(number, [])


def typed(desk, story):
    return load_typed(desk.store, f"story:{story}", "ysh")


def test_what_is_saved_stands_and_the_machines_text_is_beside_it(desk, client, story):
    machine = stands(desk, story).machine
    form = {**fields(page(client, f"/story/{story}")), "title": "两比特就够了", "translate": ""}
    answer = post(client, f"/story/{story}/save", {**form, "do": "save"})
    assert (answer.status_code, answer.location) == (303, f"/story/{story}")
    assert stands(desk, story).draft.title == "两比特就够了"
    tree = page(client, f"/story/{story}")
    beside = {one.get("data-beside"): one for one in tree.cssselect("[data-beside]")}
    assert machine.title in beside["title"].text_content()
    assert beside["title"].get("hidden") is None
    assert beside["url"].get("hidden") is not None
    assert fields(tree)["title"] == "两比特就够了"


def test_every_field_makes_its_way(desk, client, story):
    wanted = {
        "title": "新标题",
        "source": "本刊",
        "summary": "第一段\n第二段",
        "tags": "甲\n乙",
        "links": "代码 https://a.example/\n报道 原文 https://b.example/",
        "url": "https://new.example/",
        "section": SETTINGS.sections[-1].name,
        "translate": "",
    }
    sent = {name: value.replace("\n", "\r\n") for name, value in wanted.items()}
    post(client, f"/story/{story}/save", {**sent, "seen": "0"})
    draft = stands(desk, story).draft
    assert form_of(draft) == wanted
    assert draft.links[1] == Link(label="报道 原文", url="https://b.example/")


def test_save_and_accept_is_one_step_there_and_one_back(desk, client, story):
    form = {**fields(page(client, f"/story/{story}")), "title": "改"}
    answer = post(client, f"/story/{story}/save", {**form, "do": "accept", "view": "days=3"})
    assert answer.location == f"/queue?days=3#story-{story}"
    assert (stands(desk, story).state, stands(desk, story).draft.title) == (State.ACCEPTED, "改")
    notice = page(client, "/queue").get_element_by_id("notice")
    (form,) = notice.cssselect("form")
    post(client, form.get("action"), dict(form.form_values()))
    assert stands(desk, story).state is State.PROPOSED
    assert stands(desk, story).draft == stands(desk, story).machine


def test_saving_what_stands_decides_nothing(desk, client, story):
    form = fields(page(client, f"/story/{story}"))
    post(client, f"/story/{story}/save", form)
    assert decisions(desk, story) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("title", " ", "it is empty"),
        ("links", "https://nolabel.example", "LABEL https://"),
        ("links", "no address", "no http or https address"),
        ("links", "bad javascript:alert(1)", "no http or https address"),
        ("url", "javascript:alert(1)", "no http or https address"),
        ("section", "诗", "no section"),
    ],
)
def test_what_cannot_print_is_said_and_not_lost(desk, client, story, name, value, said):
    form = {**fields(page(client, f"/story/{story}")), "summary": "打了很久的字", name: value}
    answer = post(client, f"/story/{story}/save", form)
    assert answer.status_code == 400
    tree = parsed(answer.text)
    (problem,) = tree.cssselect("#story-edit .field.wrong .problem")
    assert said in problem.text_content()
    assert problem.getparent().cssselect(f"[name={name}]")
    assert fields(tree)["summary"] == "打了很久的字"
    assert fields(page(client, f"/story/{story}"))[name] == value
    assert decisions(desk, story) == []


def test_what_is_typed_comes_back_until_it_is_saved(desk, client, story):
    form = {**fields(page(client, f"/story/{story}")), "title": "打到一半"}
    answer = client.post(f"/story/{story}/typed", data=form, headers=SCRIPT)
    assert "Typed at 03:30" in answer.json["parts"]["typed"]
    assert "打到一半" in answer.json["parts"]["preview"]
    tree = page(client, f"/story/{story}")
    assert fields(tree)["title"] == "打到一半"
    assert "not saved" in tree.get_element_by_id("typed").text_content()
    post(client, f"/story/{story}/save", fields(tree))
    assert typed(desk, story) is None
    assert stands(desk, story).draft.title == "打到一半"


def test_what_is_typed_back_to_what_stands_is_forgotten(desk, client, story):
    form = fields(page(client, f"/story/{story}"))
    client.post(f"/story/{story}/typed", data={**form, "title": "x"}, headers=SCRIPT)
    assert typed(desk, story) is not None
    client.post(f"/story/{story}/typed", data=form, headers=SCRIPT)
    assert typed(desk, story) is None


def test_what_is_typed_can_be_discarded(desk, client, story):
    form = {**fields(page(client, f"/story/{story}")), "title": "不要了"}
    client.post(f"/story/{story}/typed", data=form, headers=SCRIPT)
    tree = page(client, f"/story/{story}")
    discard = tree.get_element_by_id("discard")
    answer = post(client, discard.get("formaction"), form)
    assert answer.status_code == 303
    assert typed(desk, story) is None
    assert fields(page(client, f"/story/{story}"))["title"] == PAPER.title


def test_another_editor_does_not_see_what_is_typed(desk, client, story):
    form = {**fields(page(client, f"/story/{story}")), "title": "我的草稿"}
    client.post(f"/story/{story}/typed", data=form, headers=SCRIPT)
    other = an_app(a_desk(desk.store, desk.folder, settings=SETTINGS, person="李四")).test_client()
    assert fields(page(other, f"/story/{story}"))["title"] == PAPER.title


def test_two_editors_both_texts_side_by_side_and_nothing_lost(desk, client, story):
    form = {**fields(page(client, f"/story/{story}")), "title": "我的"}
    other_saves(desk, story, title="他的", summary="他的摘要")
    answer = post(client, f"/story/{story}/save", form)
    assert answer.status_code == 409
    tree = parsed(answer.text)
    assert "李四" in tree.cssselect(".row-conflict")[0].text_content()
    beside = {one.get("data-beside"): one for one in tree.cssselect("[data-beside]")}
    assert "他的" in beside["title"].cssselect(".beside-text")[0].text_content()
    assert fields(tree)["title"] == "我的"
    assert stands(desk, story).draft.title == "他的"
    assert typed(desk, story).form["title"] == "我的"
    again = post(client, f"/story/{story}/save", fields(tree))
    assert again.status_code == 303
    assert stands(desk, story).draft.title == "我的"
    assert [one.by for one in decisions(desk, story)] == ["李四", "ysh"]


def test_a_script_gets_both_texts_too(desk, client, story):
    form = {**fields(page(client, f"/story/{story}")), "title": "我的"}
    other_saves(desk, story, title="他的")
    answer = client.post(f"/story/{story}/save", data=form, headers=SCRIPT)
    assert answer.status_code == 409
    edit = parsed(answer.json["parts"]["story-edit"])
    assert fields(edit)["title"] == "我的"
    assert "他的" in edit.text_content()


def test_who_types_is_warned_that_another_saved(desk, client, story):
    form = {**fields(page(client, f"/story/{story}")), "title": "我的"}
    other_saves(desk, story, title="他的")
    answer = client.post(f"/story/{story}/typed", data=form, headers=SCRIPT)
    assert "李四" in answer.json["parts"]["typed"]
    warned = page(client, f"/story/{story}").get_element_by_id("typed").text_content()
    assert "李四" in warned


def test_my_own_decision_is_no_conflict_with_what_i_type(desk, client, story):
    form = {**fields(page(client, f"/story/{story}")), "title": "我的"}
    client.post(f"/story/{story}/typed", data=form, headers=SCRIPT)
    decided = client.post(
        f"/story/{story}/decide", data={"do": "accept", "story": f"{story}:0"}, headers=SCRIPT
    )
    seen = parsed(decided.json["parts"]["story-seen"]).get("value")
    assert seen == str(decisions(desk, story)[-1].id)
    tree = page(client, f"/story/{story}")
    assert fields(tree)["seen"] == seen
    assert post(client, f"/story/{story}/save", fields(tree)).status_code == 303
    assert stands(desk, story).draft.title == "我的"


def test_deciding_after_another_asks(desk, client, story):
    other_saves(desk, story, title="他的")
    ask = {"do": "reject", "story": f"{story}:0"}
    quick = client.post(f"/story/{story}/decide", data=ask, headers=SCRIPT)
    assert quick.status_code == 409
    (form,) = parsed(quick.json["parts"]["story-head"]).cssselect(".row-conflict form")
    plain = post(client, f"/story/{story}/decide", ask)
    assert plain.status_code == 409
    assert "李四" in plain.text
    assert post(client, form.get("action"), dict(form.form_values())).status_code == 303
    assert stands(desk, story).state is State.REJECTED


def test_one_field_of_the_machines_without_script(client, story):
    form = {**fields(page(client, f"/story/{story}")), "title": "我的", "summary": "我的摘要"}
    answer = post(client, f"/story/{story}/preview", {**form, "take": "title"})
    now = fields(parsed(answer.text))
    assert (now["title"], now["summary"]) == (PAPER.title, "我的摘要")


def test_the_preview_is_what_the_issue_prints(client, story):
    form = {
        **fields(page(client, f"/story/{story}")),
        "title": "*两比特* [够]",
        "summary": "<b>粗</b>",
    }
    answer = client.post(f"/story/{story}/typed", data=form, headers=SCRIPT)
    preview = parsed(answer.json["parts"]["preview"])
    markdown = preview.cssselect("pre")[0].text_content()
    assert "- [2602.90100] [\\*两比特\\* [够]](https://arxiv.org/abs/2602.90100)" in markdown
    shown = preview.cssselect(".printed")[0]
    assert "*两比特* [够]" in shown.text_content()
    assert "<b>粗</b>" in shown.text_content()
    assert shown.cssselect("li a")[0].get("rel") == "noopener noreferrer"


def test_members_are_parted_and_put_back(desk, client, story):
    tree = page(client, f"/story/{story}")
    boxes = [one.get("value") for one in tree.cssselect(".members input")]
    assert len(boxes) == 2
    answer = post(client, f"/story/{story}/split", {"candidate": boxes[1]})
    left = answer.location
    tree = page(client, left)
    assert tree.cssselect(".members input") == []
    (form,) = tree.get_element_by_id("notice").cssselect("form")
    back = post(client, form.get("action"), dict(form.form_values()))
    assert len(page(client, back.location).cssselect(".members input")) == 2


def test_nothing_marked_to_part(client, story):
    assert post(client, f"/story/{story}/split").status_code == 400


def test_the_next_and_the_previous_of_the_view(client):
    order = [
        one.get("id").removeprefix("story-")
        for one in parsed(client.get("/queue").text).cssselect("#rows > li")
    ]
    first, second, third = order
    assert client.get(f"/story/{first}/next").location == f"/story/{second}"
    assert client.get(f"/story/{third}/previous").location == f"/story/{second}"
    assert client.get(f"/story/{first}/previous").location == f"/story/{first}"
    post(client, "/queue/decide", {"do": "accept", "story": f"{second}:0"})
    assert client.get(f"/story/{first}/next").location == f"/story/{third}"
    assert client.get(f"/story/{second}/next").location == f"/story/{third}"
    view = quote("state=all", safe="")
    kept = client.get(f"/story/{first}/next?view={view}").location
    assert kept == f"/story/{second}?view={view}"


def test_why_is_told_as_a_page_and_as_a_part(client, story):
    tree = page(client, f"/story/{story}/why")
    labels = [one.text_content() for one in tree.cssselect(".fall th")]
    assert "量化" in labels
    assert tree.cssselect(".ties li")
    part = client.get(f"/story/{story}/why", headers={"X-Desk": "1"}).json["parts"]["why"]
    assert parsed(part).get("id") == "why"


def test_history_tells_who_did_what(desk, client, story):
    other_saves(desk, story, title="他的")
    post(client, f"/story/{story}/decide", {"do": "later", "story": f"{story}:1"})
    lines = [
        one.text_content()
        for one in page(client, f"/story/{story}").cssselect("#story-history .moments li")
    ]
    assert ["ysh" in lines[0], "李四" in lines[1], "Headline" in lines[1]] == [True] * 3


@pytest.mark.parametrize("path", ["/story/99999", "/story/x", f"/story/{'9' * 40}", "/story/-1"])
def test_there_is_no_such_story(client, path):
    assert client.get(path).status_code == 404


def test_a_merged_story_leads_to_the_one_it_is_part_of(client):
    one, two = found(client, "蒸馏"), found(client, "流片")
    post(client, "/queue/merge", {"story": f"{one}:0 {two}:0"})
    gone = max(one, two, key=int)
    answer = client.get(f"/story/{gone}")
    assert (answer.status_code, answer.location) == (308, f"/story/{min(one, two, key=int)}")


def test_a_hostile_form_comes_back_as_text(desk, client, story):
    nasty = "</textarea><script>alert(1)</script>\u202e\x07[x](javascript:alert(1))"
    form = {**fields(page(client, f"/story/{story}")), "title": nasty, "summary": nasty}
    answer = client.post(f"/story/{story}/typed", data=form, headers=SCRIPT)
    for markup in [*answer.json["parts"].values(), client.get(f"/story/{story}").text]:
        tree = parsed(markup)
        assert not [one for one in tree.iter("script") if one.text]
        assert not [a for a in tree.iter("a") if "javascript" in (a.get("href") or "")]


def test_what_was_typed_on_an_older_form_is_shown_with_what_is_new(desk, client, story):
    save_typed(
        desk.store,
        Typed(place=f"story:{story}", by="ysh", at=NOW, seen=0, form={"title": "只有标题"}),
    )
    form = fields(page(client, f"/story/{story}"))
    assert form["title"] == "只有标题"
    assert form["url"] == PAPER.url
