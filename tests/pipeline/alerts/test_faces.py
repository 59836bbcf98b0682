"""Alerts on the command line and on the desk."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from parsel import Selector

from pipeline.demo import CONFIG
from store.alerts import AlertKind, close_alert, load_open, open_alert
from store.database import Store
from store.models import SourceName
from store.runs import start_run
from tests.builders import NOW
from tests.pipeline.test_cli import run
from tests.pipeline.web.desks import a_desk, an_app, post


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "b.db") as store:
        night = start_run(store, "nightly", NOW)
        found: dict[str, AlertKind] = {"量子位": "silent", "<b>源</b>": "failing", "旧": "gap"}
        for name, kind in found.items():
            open_alert(store, SourceName(name), kind, f"{kind} <i>why</i>", run=night, now=NOW)
        old = next(alert for alert in load_open(store) if alert.source == "旧")
        close_alert(store, old.id, "over it", NOW + timedelta(days=1))
        yield store


@pytest.fixture
def briefing(store):
    def command(*arguments: object) -> tuple[int, str, str]:
        options = ("--config", CONFIG, "--db", store.path, "--now", NOW.isoformat())
        return run("alerts", *arguments, *options)

    return command


def test_open_alerts_are_listed_and_all_of_them_on_request(briefing):
    code, out, _ = briefing()
    assert code == 0
    assert "量子位" in out
    assert "over it" not in out
    assert "over it" in briefing("--all")[1]
    found = json.loads(briefing("--json")[1])
    assert [(alert["source"], alert["kind"]) for alert in found] == [
        ("<b>源</b>", "failing"),
        ("量子位", "silent"),
    ]


def test_one_says_that_one_knows_or_that_there_is_no_such_alert(briefing, store, monkeypatch):
    monkeypatch.setenv("BRIEFING_EDITOR", "编辑")
    code, out, _ = briefing("ack", 1)
    assert (code, out) == (0, "1: 量子位: silent, known to 编辑\n")
    assert "known to 编辑" in briefing()[1]
    code, _, err = briefing("ack", 2, 3)
    assert (code, "no alert 3 is open" in err) == (2, True)
    assert {a.id: a.acked_by for a in load_open(store)} == {1: "编辑", 2: None}


def test_without_a_channel_there_is_nothing_to_try(briefing):
    code, _, err = briefing("test")
    assert (code, "no webhook and no mail server" in err) == (2, True)


def test_the_desk_shows_open_alerts_and_takes_a_word(store, tmp_path):
    client = an_app(a_desk(store, tmp_path)).test_client()
    page = Selector(client.get("/sources").text)
    told = [item.xpath("normalize-space()").get() or "" for item in page.css(".alerts li")]
    assert len(told) == 2
    assert "抓取失败 <b>源</b> failing <i>why</i> 自 03-02" in told[0]
    assert page.css(".nav .chip.bad::text").get() == "2"
    answer = post(client, page.css(".alerts form::attr(action)").get() or "")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sources")
    page = Selector(client.get("/sources").text)
    assert "ysh 已知" in (page.css(".alerts li")[1].xpath("string()").get() or "")
    assert len(page.css(".alerts form")) == 1
    assert page.css(".nav .chip.bad::text").get() == "1"
    assert post(client, "/sources/alerts/99").status_code == 404


def test_a_desk_without_alerts_shows_none(tmp_path):
    with Store(tmp_path / "c.db") as store:
        client = an_app(a_desk(store, tmp_path)).test_client()
        page = Selector(client.get("/sources").text)
    assert page.css(".alerts").get() is None
    assert page.css(".nav .chip").get() is None
