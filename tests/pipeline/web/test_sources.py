"""Sources, plots and history, over the demo's night."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from parsel import Selector

from pipeline.demo import NOW
from pipeline.desk import Editor, decide
from pipeline.export import export_issue
from pipeline.gathering import merge_stories
from pipeline.period import period_of
from pipeline.queue import Queue
from pipeline.trends import bands, fates, nights, shares
from pipeline.web.charts import Beat, Column, columns, spark
from store.models import Verdict
from tests.pipeline.web.desks import a_desk, an_app

EDITOR = Editor(name="甲<b>", now=NOW)


@pytest.fixture
def entries(sample):
    sample.run()
    return list(queue(sample).entries())


def queue(sample):
    period = period_of(sample.store, sample.settings, NOW)
    return Queue(store=sample.store, settings=sample.settings, period=period)


def say(sample, stories, verdict, **more):
    period = period_of(sample.store, sample.settings, NOW)
    return decide(sample.store, sample.settings, period, stories, verdict, EDITOR, **more)


@pytest.fixture
def page(sample, tmp_path):
    def get(path):
        desk = a_desk(sample.store, tmp_path, settings=sample.settings, clock=lambda: NOW)
        answer = an_app(desk).test_client().get(path)
        assert answer.status_code == 200
        return Selector(answer.text)

    return get


def test_failing_sources_stand_first_with_since_when_and_why(sample, page):
    sample.run()
    sample.run(now=NOW + timedelta(days=1))
    rows = page("/sources").css("table.sources tbody tr")
    told = rows[0].xpath("string()").get() or ""
    assert "示例故障源" in told
    assert "HTTP 503" in told
    assert "03-02 起" in told
    assert "连续 2 次" in told
    assert len(rows) == len({source.name for source in sample.settings.sources}) + 1  # GitHub


def test_a_spark_has_a_mark_for_each_answer_and_tells_the_failed_ones(sample, page):
    sample.run()
    sample.run(now=NOW + timedelta(days=1))
    sparks = page("/sources").css("svg.spark")
    assert [len(one.css("rect")) for one in sparks[:3]] == [2, 2, 2]
    assert [len(one.css("rect.failed")) for one in sparks[:2]] == [2, 0]


def test_a_source_that_was_never_asked_says_so(page):
    assert "还没问过" in (page("/sources").xpath("string()").get() or "")


def test_trends_count_each_night_and_what_became_of_it(sample, entries):
    picked, passed = entries[0], entries[-1]
    say(sample, [picked.story.id], Verdict.ACCEPT)
    say(sample, [passed.story.id], Verdict.REJECT)
    sample.run(now=NOW + timedelta(days=2))
    later = NOW + timedelta(days=2)
    zone = sample.settings.newsletter.zone
    found = nights(sample.store, now=later, zone=zone, days=60)
    assert [night.found > 0 for night in found] == [True, False, False]
    counted = {
        one.source: (one.accepted, one.decided)
        for one in shares(sample.store, fates(sample.store, now=later, days=9))
    }
    for member in picked.story.members:
        assert counted[member.candidate.item.source][0] == 1
    by_score = bands(sample.store, fates(sample.store, now=later, days=9))
    assert sum(band.accepted for band in by_score) == sum(b.rejected for b in by_score) == 1
    assert shares(sample.store, fates(sample.store, now=later + timedelta(days=30), days=9)) == []


def test_what_was_taken_back_counts_as_undecided(sample, entries):
    say(sample, [entries[0].story.id], Verdict.ACCEPT)
    say(sample, [entries[0].story.id], Verdict.UNDO)
    assert shares(sample.store, fates(sample.store, now=NOW, days=9)) == []


def test_plots_show_what_they_draw_in_words_too(sample, entries, page):
    say(sample, [entry.story.id for entry in entries[:3]], Verdict.ACCEPT)
    shown = page("/sources/plots")
    assert len(shown.css("svg.chart")) == 2
    assert len(shown.css("table.shares tbody tr")) > 2


def test_plots_of_nothing_say_so(page):
    shown = page("/sources/plots")
    assert shown.css("svg.chart").get() is None
    assert len(shown.css(".empty")) == 3


def test_history_tells_who_did_what_and_why_the_last_first(sample, entries, page):
    one, other = entries[0], entries[1]
    say(sample, [one.story.id], Verdict.EDIT, text=replace(one.draft, title="<i>改过</i>"))
    say(sample, [other.story.id], Verdict.REJECT, reason="thin", note="没有新东西")
    items = page("/history").css(".life li")
    said = [item.xpath("string()").get() for item in items]
    assert "不用" in said[0]
    assert "内容空泛" in said[0]
    assert "没有新东西" in said[0]
    assert "<i>改过</i>" in said[1]
    assert "甲<b>" in said[1]
    assert "标题" in said[1]


def test_history_goes_on_page_by_page(sample, entries, page):
    for _ in range(35):
        say(sample, [entries[0].story.id], Verdict.ACCEPT)
        say(sample, [entries[0].story.id], Verdict.UNDO)
    first = page("/history")
    assert len(first.css(".life li")) == 60
    second = page(first.css("a[rel=next]::attr(href)").get())
    assert len(second.css(".life li")) == 10
    assert second.css("a[rel=next]").get() is None


def test_a_story_is_told_from_sight_to_print(sample, entries, page):
    story = entries[0].story
    merged = merge_stories(sample.store, sample.settings, [story.id, entries[-1].story.id], EDITOR)
    period = period_of(sample.store, sample.settings, NOW)
    later = Editor(name="乙", now=NOW + timedelta(hours=1))
    decide(sample.store, sample.settings, period, [merged], Verdict.ACCEPT, later)
    folder, exported = sample.store.path.parent, NOW + timedelta(hours=2)
    export_issue(sample.store, sample.settings, folder, period, exported)
    told = [item.xpath("string()").get() for item in page(f"/history/{merged}").css(".life li")]
    assert sum("看见" in one for one in told) == len(story.members) + len(entries[-1].story.members)
    kinds = [next(w for w in ("看见", "并", "采用", "刊于") if w in one) for one in told]
    assert list(dict.fromkeys(kinds)) == ["看见", "并", "采用", "刊于"]


def test_columns_stand_on_one_another_and_reach_the_line_of_their_sum():
    shown = columns([Column(label="一", told="1+3", parts=[("a", 1), ("b", 3)])], label="图")
    low, high = Selector(str(shown)).css("rect")
    heights = [float(rect.attrib["height"]) for rect in (low, high)]
    assert heights[1] == pytest.approx(3 * heights[0], abs=0.2)
    assert float(high.attrib["y"]) + heights[1] == pytest.approx(float(low.attrib["y"]), abs=0.2)


def test_charts_escape_what_sources_say():
    beat = Beat(value=1, failed=False, told="<script>")
    assert "<script>" not in spark([beat], label='"><script>', slots=3)
    column = Column(label="<b>", told="<b>", parts=[("a", 1)])
    assert "<b>" not in columns([column], label="<b>")
