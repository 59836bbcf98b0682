import sqlite3
from datetime import date

import pytest

from store.database import Store
from store.decisions import append_decision, load_decisions, load_waiting
from store.issues import PrintedItem, load_issue, load_issue_dates, load_ran, save_issue
from store.models import IdentityKey, Issue, IssueSection, Verdict
from tests.builders import NOW, a_draft
from tests.store.test_stories import one, stories, take_in

DAY = date(2026, 3, 2)
NEXT = date(2026, 3, 16)
KEY = IdentityKey("url:x")


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "b.db") as store:
        take_in(store, one("甲", "url:x"))
        yield store


def decide(store, story, verdict, **changes):
    append_decision(
        store,
        story,
        verdict,
        by="editor",
        at=NOW,
        note=changes.get("note"),
        reason=changes.get("reason"),
        basis=("代码 github:a/b",),
        machine=a_draft(),
        editor=changes.get("editor"),
    )


def test_decisions_read_back_in_order_with_both_texts(store):
    [story] = stories(store)
    decide(store, story.id, Verdict.EDIT, editor=a_draft(title="我的"))
    decide(store, story.id, Verdict.REJECT, note="跑题")
    first, second = load_decisions(store, [story.id])[story.id]
    assert (first.editor, first.machine) == (a_draft(title="我的"), a_draft())
    assert (second.verdict, second.note, second.basis) == (
        Verdict.REJECT,
        "跑题",
        ("代码 github:a/b",),
    )


@pytest.mark.parametrize("sql", ["UPDATE decision SET by = 'x'", "DELETE FROM decision"])
def test_the_table_refuses_to_rewrite(store, sql):
    [story] = stories(store)
    decide(store, story.id, Verdict.ACCEPT)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"), store.writing() as db:
        db.execute(sql)


def test_decisions_follow_a_story_that_was_merged(store):
    take_in(store, one("乙", "url:y"))
    _, second = stories(store)
    decide(store, second.id, Verdict.ACCEPT)
    take_in(store, one("丙", "url:x", "url:y"))
    [story] = stories(store)
    assert load_decisions(store, [story.id])[story.id][0].verdict is Verdict.ACCEPT


def test_what_waits_is_what_may_still_print(store):
    [story] = stories(store)
    decide(store, story.id, Verdict.ACCEPT)
    assert load_waiting(store, before=NEXT, settled=NEXT) == [story.id]
    decide(store, story.id, Verdict.REJECT)
    assert load_waiting(store, before=NEXT, settled=NEXT) == []


def an_issue(**changes):
    section = IssueSection(name="业界新闻", items=(a_draft(), a_draft(title="二")))
    return Issue(date=DAY, lead="本次内容2条。", sections=(section,), **changes)


def test_an_issue_reads_back_and_counts_as_printed_afterwards(store):
    [story] = stories(store)
    decide(store, story.id, Verdict.ACCEPT)
    printed = [PrintedItem(story=story.id, basis=("v1",), keys=(KEY,)), PrintedItem()]
    save_issue(store, an_issue(), printed, final=True, now=NOW)
    stored = load_issue(store, DAY)
    assert stored is not None
    assert (stored.issue, stored.printed, stored.final) == (an_issue(), tuple(printed), True)
    assert load_ran(store, [KEY], before=DAY) == []
    [ran] = load_ran(store, [KEY, IdentityKey("url:z")], before=NEXT)
    assert (ran.date, ran.section, ran.basis, ran.keys) == (DAY, "业界新闻", ("v1",), (KEY,))
    assert load_issue_dates(store, before=NEXT) == [DAY]
    assert load_waiting(store, before=DAY, settled=DAY) == [story.id]
    assert load_waiting(store, before=NEXT, settled=NEXT) == []


def test_exporting_again_replaces(store):
    printed = [PrintedItem(), PrintedItem()]
    save_issue(store, an_issue(), printed, final=False, now=NOW)
    save_issue(store, an_issue(title="新"), printed, final=False, now=NOW)
    stored = load_issue(store, DAY)
    assert stored is not None
    assert stored.issue.title == "新"
    assert len(stored.printed) == 2
