"""A night, end to end, over the sample web."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from config.errors import BusyError, ConflictError, InputError, NotFoundError
from pipeline.demo import CONFIG, NOW
from pipeline.desk import Editor, current_issue, decide
from pipeline.export import export_issue, issue_text
from pipeline.period import period_of
from pipeline.queue import Queue, State
from pipeline.replay import replay
from store.database import run_lock
from store.decisions import load_decisions
from store.items import load_items
from store.models import StoryId, Verdict
from store.runs import load_health, load_runs, start_run

EDITOR = Editor(name="编辑", now=NOW)


def markdown(sample) -> str:
    period = period_of(sample.store, sample.settings, NOW)
    issue = current_issue(sample.store, sample.settings, period).issue
    return issue_text(issue, sample.settings, CONFIG)


def queue(sample, now=NOW):
    period = period_of(sample.store, sample.settings, now)
    waiting = Queue(store=sample.store, settings=sample.settings, period=period)
    return list(waiting.entries())


def test_every_kind_of_source_brings_something(sample):
    night = sample.run()
    kinds = Counter(r.kind for r in night.run.sources if r.status == "items")
    assert set(kinds) >= {
        "feed",
        "wechat",
        "trending",
        "list",
        "arxiv",
        "github_search",
        "github_releases",
        "github",
        "file",
    }


def test_a_failing_source_is_named_and_stops_nothing(sample):
    night = sample.run()
    [failed] = night.failed
    assert failed.source == "示例故障源"
    assert failed.cause is not None
    assert "503" in failed.cause
    assert failed.retryable
    assert night.run.status == "partial"


def test_the_draft_has_every_section_and_only_what_sources_said(sample):
    sample.run()
    text = markdown(sample)
    assert [line for line in text.splitlines() if line.startswith("## ")][:4] == [
        "## 业界新闻",
        "## 论文",
        "## 开源项目",
        "## 博文",
    ]
    assert "摘要：" in text
    assert "<script" not in text


def test_a_second_night_brings_nothing_new_and_the_same_issue(sample):
    sample.run()
    first = markdown(sample)
    night = sample.run()
    assert sum(report.new + report.changed for report in night.run.sources) == 0
    by_status = Counter(r.status for r in night.run.sources if r.kind in ("feed", "wechat", "list"))
    assert "items" not in by_status
    assert markdown(sample) == first


def test_no_two_stories_share_a_key(sample):
    sample.run()
    rows = sample.store.db.query(
        "SELECT key, count(DISTINCT story_id) AS n FROM candidate_key k"
        " JOIN candidate c ON c.id = k.candidate_id WHERE relation = 'is' GROUP BY key HAVING n > 1"
    )
    assert list(rows) == []


def test_the_network_gone_every_source_fails_by_name_and_nothing_is_lost(sample):
    sample.run()
    before = markdown(sample), len(list(load_items(sample.store)))
    sample.web.__exit__(None, None, None)
    night = sample.run()
    asked = [r for r in night.run.sources if r.kind != "file"]
    assert all(r.status == "error" and r.cause for r in asked)
    assert (markdown(sample), len(list(load_items(sample.store)))) == before


def test_only_one_run_at_a_time(sample):
    with run_lock(sample.store.path), pytest.raises(BusyError):
        sample.run()


def test_a_run_that_was_killed_is_seen_as_interrupted(sample):
    start_run(sample.store, "nightly", NOW)
    sample.run()
    assert [run.status for run in load_runs(sample.store, 2)] == ["partial", "interrupted"]


def test_one_source_alone(sample):
    name = sample.settings.sources[0].name
    night = sample.run(only=[name])
    assert [report.source for report in night.run.sources] == [name]
    with pytest.raises(NotFoundError, match="no source is called"):
        sample.run(only=["没有"])


def test_health_knows_how_long_a_source_fails(sample):
    sample.run()
    sample.run()
    health = {entry.source: entry for entry in load_health(sample.store)}
    assert health["示例故障源"].failing_runs == 2  # type: ignore[index]
    assert health["示例故障源"].last_good_at is None  # type: ignore[index]


def test_replay_over_unchanged_parsers_changes_nothing(sample):
    sample.run()
    before = markdown(sample)
    result = replay(sample.store, sample.settings, CONFIG, NOW)
    assert (result.counts.new, result.counts.changed) == (0, 0)
    assert result.counts.received > 50
    assert markdown(sample) == before


def test_what_was_accepted_leads_and_what_was_rejected_is_gone(sample):
    sample.run()
    papers = [entry for entry in queue(sample) if entry.draft.section == "论文"]
    period = period_of(sample.store, sample.settings, NOW)
    worst, best = papers[-1], papers[0]
    decide(sample.store, sample.settings, period, [worst.story.id], Verdict.ACCEPT, EDITOR)
    decide(sample.store, sample.settings, period, [best.story.id], Verdict.REJECT, EDITOR)
    [section] = [
        s
        for s in current_issue(sample.store, sample.settings, period).issue.sections
        if s.name == "论文"
    ]
    assert section.items[0] == worst.draft
    assert best.draft not in section.items
    decide(sample.store, sample.settings, period, [best.story.id], Verdict.UNDO, EDITOR)
    [again] = [e for e in queue(sample) if e.story.id == best.story.id]
    assert again.state is State.PROPOSED


def test_one_unknown_id_among_several_decides_nothing(sample):
    sample.run()
    period = period_of(sample.store, sample.settings, NOW)
    first = queue(sample)[0].story.id
    with pytest.raises(NotFoundError, match="no story 9999"):
        decide(
            sample.store,
            sample.settings,
            period,
            [first, StoryId(9999)],
            Verdict.ACCEPT,
            EDITOR,
        )
    assert queue(sample)[0].state is State.PROPOSED


def test_who_looked_before_another_decided_is_asked_and_decides_nothing(sample):
    sample.run()
    period = period_of(sample.store, sample.settings, NOW)
    first, second = (entry.story.id for entry in queue(sample)[:2])
    other = Editor(name="乙", now=NOW)
    [entry] = decide(sample.store, sample.settings, period, [first], Verdict.ACCEPT, other)
    both = {first: 0, second: 0}
    args = (sample.store, sample.settings, period, [second, first], Verdict.REJECT, EDITOR)
    with pytest.raises(ConflictError, match=f"story {first} was decided on .*乙: accept"):
        decide(*args, seen=both)
    states = {e.story.id: e.state for e in queue(sample)}
    assert (states[first], states[second]) == (State.ACCEPTED, State.PROPOSED)
    assert entry.seen is not None
    now = decide(*args, reason="known", seen={**both, first: entry.seen})
    assert [e.state for e in now] == [State.REJECTED, State.REJECTED]
    assert [d.reason for d in load_decisions(sample.store, [first])[first]] == [None, "known"]


def test_an_undone_decision_is_news_to_who_had_seen_it_stand(sample):
    sample.run()
    period = period_of(sample.store, sample.settings, NOW)
    story = queue(sample)[0].story.id
    args = (sample.store, sample.settings, period, [story])
    [accepted] = decide(*args, Verdict.ACCEPT, EDITOR)
    decide(*args, Verdict.UNDO, EDITOR)
    with pytest.raises(ConflictError):
        decide(*args, Verdict.EDIT, EDITOR, text=accepted.draft, seen={story: accepted.seen or 0})


def test_a_reason_that_is_not_configured_is_refused(sample):
    sample.run()
    period = period_of(sample.store, sample.settings, NOW)
    story = queue(sample)[0].story.id
    with pytest.raises(InputError, match="no reason 'dull'; it is one of off-topic, known"):
        decide(
            sample.store,
            sample.settings,
            period,
            [story],
            Verdict.REJECT,
            EDITOR,
            reason="dull",
        )


def test_what_an_issue_ran_is_not_proposed_in_the_next(sample):
    sample.run()
    period = period_of(sample.store, sample.settings, NOW)
    export_issue(sample.store, sample.settings, CONFIG, period, NOW)
    fortnight = NOW + timedelta(days=14)
    sample.run(now=fortnight)
    later = period_of(sample.store, sample.settings, fortnight)
    assert later.start.date() == period.day + timedelta(days=1) or later.start > period.start
    issue = current_issue(sample.store, sample.settings, later).issue
    assert issue.sections == ()
    assert issue.back_issues == (period.day,)


def test_a_nightly_run_changes_nothing_that_was_decided(sample):
    sample.run()
    period = period_of(sample.store, sample.settings, NOW)
    story = queue(sample)[0].story.id
    decide(sample.store, sample.settings, period, [story], Verdict.REJECT, EDITOR)
    sample.run(now=NOW + timedelta(days=1))
    [entry] = [e for e in queue(sample) if e.story.id == story]
    assert entry.state is State.REJECTED
