"""Databases of every schema that there was, with data in them, brought up to date."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlite_utils import Database

from config.errors import StoreError
from store.copying import damage, looked_at, require_sound
from store.database import Store
from store.decisions import load_decisions
from store.issues import load_issue_dates
from store.items import load_items, load_payloads
from store.migrations import migrations
from store.models import StoryId
from store.runs import load_runs
from store.stories import load_stories
from tests.store.old_rows import ROWS, fill, lost

NAMES = [migration.name for migration in migrations.pending(Database(memory=True))]


def database_of(path: Path, last: str, *, rows: bool = True) -> None:
    """Make a database of the time when `last` was the last migration."""
    following = [*NAMES, None][NAMES.index(last) + 1]
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")
        migrations.apply(Database(connection), stop_before=following)
        connection.commit()
        for name in NAMES[: NAMES.index(last) + 1] if rows else ():
            fill(connection, name)


def test_every_table_has_rows_here(tmp_path):
    with Store(tmp_path / "b.db") as store:
        tables = {
            table
            for table in store.db.table_names()
            if not table.startswith(("candidate_text_", "_sqlite", "sqlite_"))
        }
    filled = {table for rows in ROWS.values() for table, _ in rows}
    assert tables == filled, "put rows of new tables into tests/store/old_rows.py"


@pytest.mark.parametrize("last", NAMES)
def test_a_database_of_every_released_schema_keeps_all_its_rows(tmp_path, last):
    path = tmp_path / "b.db"
    database_of(path, last)
    with Store(path):
        pass
    assert not require_sound(path).pending
    with looked_at(path) as connection:
        kept = NAMES[: NAMES.index(last) + 1]
        assert {name: lost(connection, name) for name in kept} == {name: [] for name in kept}


@pytest.mark.parametrize("last", NAMES)
def test_what_an_old_database_holds_can_be_read(tmp_path, last):
    path = tmp_path / "b.db"
    database_of(path, last)
    with Store(path) as store:
        assert [run.status for run in load_runs(store, 5)] == ["running", "ok"]
        assert [item.title for item in load_items(store)] == ["端侧推理框架"] * 2
        assert [kept.payload.body for kept in load_payloads(store)] == [b"<rss/>"]
        if NAMES.index(last) >= 1:
            [story] = load_stories(store, [StoryId(1)])
            assert [member.candidate.title for member in story.members] == ["端侧推理框架"] * 2
        if NAMES.index(last) >= 2:
            [decision] = load_decisions(store, [StoryId(1)])[StoryId(1)]
            assert (decision.by, decision.note, decision.reason) == ("编辑", "好", None)
            assert load_issue_dates(store) == [date(2026, 1, 19)]


@pytest.mark.parametrize("last", NAMES)
def test_a_new_database_is_the_same_as_one_that_grew(tmp_path, last):
    database_of(tmp_path / "old.db", last, rows=False)
    with Store(tmp_path / "old.db") as old, Store(tmp_path / "new.db") as new:
        assert sorted(old.db.schema.split(";\n")) == sorted(new.db.schema.split(";\n"))


@pytest.mark.parametrize("last", NAMES[:-1])
def test_a_migration_that_fails_leaves_the_old_database(tmp_path, last, monkeypatch):
    """What m001 to mk made, and all in it, is there as before; the next try brings it on."""
    path = tmp_path / "b.db"
    database_of(path, last)
    with looked_at(path) as connection:
        before = list(connection.iterdump())

    def breaks(_: Database) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(migrations._migrations[-1], "fn", breaks)
    with pytest.raises(StoreError, match="disk I/O error"):
        Store(path)
    monkeypatch.undo()
    with looked_at(path) as connection:
        assert list(connection.iterdump()) == before
        assert damage(connection) == ()
    with Store(path) as store:
        assert not migrations.pending(store.db)


def test_a_database_of_a_newer_version_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "b.db"
    with Store(path) as store:
        store.db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('briefing', 'm999_future', '2030-01-01')"
        )
    with looked_at(path) as connection:
        before = list(connection.iterdump())
    for opening in (Store, require_sound):
        with pytest.raises(StoreError, match=r"newer version.*m999_future"):
            opening(path)
    with looked_at(path) as connection:
        assert list(connection.iterdump()) == before


def test_migrations_of_another_program_in_the_same_file_are_none_of_ours(tmp_path):
    path = tmp_path / "b.db"
    with Store(path) as store:
        store.db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('another', 'm999_future', '2030-01-01')"
        )
    with Store(path) as store:
        assert store.db["run"].count == 0
