"""Letting go of old answers: what goes, what stays, and that a replay changes nothing after it."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from rich.console import Console

from config.errors import BusyError, StoreError
from pipeline.cli.tables import print_night
from pipeline.demo import CONFIG, NOW
from pipeline.replay import replay
from pipeline.upkeep.prune import cutoff, prunable, prune
from store.database import Store, run_lock
from store.items import load_article, mark_articles, save_items, save_payload
from store.models import Payload, SourceName
from store.retention import drop_old
from store.runs import start_run
from tests.builders import an_item

FEED, OTHER = SourceName("量子位"), SourceName("另一家")


def kept(store: Store) -> set[str]:
    return {row[0] for row in store.db.execute("SELECT url FROM payload")}


class Answers:
    """Answers of sources at days before now."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.run = start_run(store, "nightly", NOW)

    def add(self, name: str, days: int, outcome="items", source=FEED, *, waiting=False) -> None:
        at = NOW - timedelta(days=days)
        payload = Payload(url=name, body=name.encode() * 50, fetched_at=at)
        number = save_payload(self.store, source, "feed", outcome, payload)
        if outcome == "items":
            save_items(self.store, self.run, number, [an_item(source=source, external_id=name)], at)
            with self.store.writing() as db:
                db.execute("UPDATE raw_item SET normalised = ? WHERE payload_id = ?",
                           [not waiting, number])  # fmt: skip


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "b.db") as store:
        yield store


def test_old_answers_go_and_the_last_of_each_source_stay(store):
    answers = Answers(store)
    for days in (200, 150, 100, 50):
        answers.add(f"feed {days}", days)
    answers.add("other 300", 300, source=OTHER)
    answers.add("other 250", 250, source=OTHER)
    answers.add("other broken 240", 240, "unparsable", source=OTHER)
    answers.add("other broken 230", 230, "unparsable", source=OTHER)
    dropped = drop_old(store, NOW - timedelta(days=90))
    assert kept(store) == {"feed 50", "other 250", "other broken 230"}
    assert dropped.payloads == 5


def test_pages_of_one_answer_stay_together(store):
    answers = Answers(store)
    for page in range(3):
        answers.add(f"page {page}", 200)
    drop_old(store, NOW - timedelta(days=90))
    assert kept(store) == {"page 0", "page 1", "page 2"}


def test_what_was_not_taken_in_stays_and_all_that_came_after_it(store):
    """A gap behind it would let a replay bring an old word back."""
    answers = Answers(store)
    for days in (200, 150, 100):
        answers.add(f"feed {days}", days, waiting=days == 150)
    answers.add("feed 10", 10)
    drop_old(store, NOW - timedelta(days=90))
    assert kept(store) == {"feed 150", "feed 100", "feed 10"}


def test_an_article_stays_as_long_as_its_source_speaks_of_it(store):
    answers = Answers(store)
    answers.add("feed", 10)
    for name in ("spoken of", "gone"):
        answers.add(name, 200, "article")
    item = replace(an_item(source=FEED), url="spoken of")
    mark_articles(store, FEED, [item], NOW - timedelta(days=3))
    drop_old(store, NOW - timedelta(days=90))
    assert load_article(store, FEED, "spoken of") is not None
    assert load_article(store, FEED, "gone") is None


def test_what_was_read_out_of_an_answer_is_not_touched(store):
    answers = Answers(store)
    for days in (200, 100, 10):
        answers.add(f"feed {days}", days)
    before = list(store.db.execute("SELECT id, source, external_id, said FROM raw_item"))
    drop_old(store, NOW - timedelta(days=90))
    assert list(store.db.execute("SELECT id, source, external_id, said FROM raw_item")) == before
    assert store.db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_the_period_of_the_issue_that_is_being_made_stays_whatever_is_asked(sample):
    at = cutoff(sample.store, sample.settings, NOW, days=1)
    assert at <= NOW - timedelta(days=13)
    assert cutoff(sample.store, sample.settings, NOW, days=90) == NOW - timedelta(days=90)


def test_room_is_given_back_and_told(sample):
    answers = Answers(sample.store)
    for days in range(100, 400):
        payload = Payload(
            url=str(days), body=os.urandom(5000), fetched_at=NOW - timedelta(days=days)
        )
        save_payload(answers.store, FEED, "feed", "items", payload)
    assert prunable(sample.store, sample.settings, NOW).payloads == 299
    pruned = prune(sample.store, sample.settings, NOW, 90)
    assert pruned.dropped.payloads == 299
    assert pruned.dropped.size > 299 * 5000
    assert pruned.freed > 299 * 5000 * 0.9
    assert sample.store.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_without_room_for_a_copy_the_file_keeps_its_size_and_its_free_pages(sample, monkeypatch):
    answers = Answers(sample.store)
    for days in (300, 200, 100):
        payload = Payload(url=str(days), body=os.urandom(300_000),
                          fetched_at=NOW - timedelta(days=days))  # fmt: skip
        save_payload(answers.store, FEED, "feed", "items", payload)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    pruned = prune(sample.store, sample.settings, NOW, 90)
    assert (pruned.dropped.payloads, pruned.freed) == (2, 0)
    assert pruned.unused > 500_000


def test_a_replay_after_a_prune_changes_nothing(sample):
    """Nights that are weeks apart; then all but what must stay is let go of."""
    at: datetime = NOW
    for night in range(3):
        at = NOW + timedelta(days=40 * night)
        sample.run(now=at)
    items = list(sample.store.db.execute("SELECT source, external_id, said FROM raw_item"))
    pruned = prune(sample.store, sample.settings, at, 1)
    assert pruned.dropped.payloads > 0
    result = replay(sample.store, sample.settings, CONFIG, at)
    assert (result.counts.new, result.counts.changed) == (0, 0)
    assert list(sample.store.db.execute("SELECT source, external_id, said FROM raw_item")) == items


def test_an_article_in_the_last_answer_of_its_source_stays_however_old(store):
    answers = Answers(store)
    answers.add("feed", 200)
    answers.add("article", 200, "article")
    answers.add("of an earlier answer", 300, "article")
    drop_old(store, NOW - timedelta(days=90))
    assert kept(store) == {"feed", "article"}


def test_no_prune_during_a_run(sample):
    with run_lock(sample.store.path), pytest.raises(BusyError):
        prune(sample.store, sample.settings, NOW, 90)


def with_old_answers(sample) -> None:
    answers = Answers(sample.store)
    for days in (300, 200, 100):
        answers.add(f"feed {days}", days, source=OTHER)


def test_a_night_lets_go_of_old_answers_and_says_how_many(sample):
    with_old_answers(sample)
    before = kept(sample.store)
    night = sample.run()
    assert (night.dropped.payloads, night.undropped) == (2, "")
    assert night.dropped.size > 0
    assert before - kept(sample.store) == {"feed 300", "feed 200"}
    assert sample.run().dropped.payloads == 0


def test_a_night_is_as_good_without_letting_go(sample, monkeypatch):
    with_old_answers(sample)
    before = kept(sample.store)

    def fails(*_):
        raise StoreError("database b.db: the disk failed")

    monkeypatch.setattr("pipeline.nightly.let_go", fails)
    night = sample.run()
    assert night.undropped == (
        "old answers are kept until the next night: database b.db: the disk failed"
    )
    assert (night.run.status, night.dropped.payloads) == ("partial", 0)
    assert before <= kept(sample.store)
    monkeypatch.undo()
    assert sample.run().dropped.payloads == 2


def test_the_summary_of_a_night_says_what_was_let_go_of(sample):
    with_old_answers(sample)
    night = sample.run()
    for shown, line in (
        (night, "2 old answers let go of, 0.0 MB"),
        (replace(night, undropped="old answers are kept: [why]"), "old answers are kept: [why]"),
    ):
        said = io.StringIO()
        print_night(Console(file=said, width=120), shown)
        assert line in said.getvalue().splitlines()
