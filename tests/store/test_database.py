import sqlite3
import subprocess
import sys

import pytest

from config.errors import BusyError, StoreError
from store.database import Store, run_lock


def test_tables_are_strict_and_the_journal_is_wal(tmp_path):
    with Store(tmp_path / "b.db") as store:
        strict = {t.name for t in store.db.tables if t.strict}
        assert {"run", "payload", "raw_item", "candidate", "story", "decision", "issue"} <= strict
        assert store.db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert store.db.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_opening_again_changes_nothing(tmp_path):
    with Store(tmp_path / "b.db") as store:
        before = store.db.schema
    with Store(tmp_path / "b.db") as store:
        assert store.db.schema == before


def test_a_transaction_is_whole_or_absent(tmp_path):
    with Store(tmp_path / "b.db") as store:
        with pytest.raises(RuntimeError), store.writing() as db:
            db.execute("INSERT INTO story (changed_at) VALUES ('a')")
            raise RuntimeError
        assert store.db["story"].count == 0


def test_nested_transactions_end_with_the_outer_one(tmp_path):
    with Store(tmp_path / "b.db") as store:
        with pytest.raises(RuntimeError), store.writing():
            with store.writing() as db:
                db.execute("INSERT INTO story (changed_at) VALUES ('a')")
            raise RuntimeError
        assert store.db["story"].count == 0


def test_a_newer_database_is_refused(tmp_path):
    path = tmp_path / "b.db"
    with Store(path) as store:
        store.db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('briefing', 'm999_future', '2030-01-01')"
        )
    with pytest.raises(StoreError, match=r"newer version.*m999_future"):
        Store(path)


def test_a_file_that_is_no_database_is_named(tmp_path):
    path = tmp_path / "b.db"
    path.write_bytes(b"this is no database, but long enough to look like a file" * 20)
    with pytest.raises(StoreError, match=r"b\.db: file is not a database"):
        Store(path)


def test_a_folder_in_the_way_is_named(tmp_path):
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(tmp_path)


def test_a_full_disk_stores_nothing_and_says_so(tmp_path):
    with Store(tmp_path / "b.db") as store:
        pages = store.db.execute("PRAGMA page_count").fetchone()[0]
        store.db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError, match="the disk is full"), store.writing() as db:
            for _ in range(5000):
                db.execute("INSERT INTO story (changed_at) VALUES ('a')")
        assert store.db["story"].count == 0
        assert store.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_mistake_of_ours_is_not_blamed_on_the_file(tmp_path):
    with (
        Store(tmp_path / "b.db") as store,
        pytest.raises(sqlite3.IntegrityError),
        store.writing() as db,
    ):
        db.execute("INSERT INTO lookup (key) VALUES ('github:a/b')")


def test_only_one_run_at_a_time(tmp_path):
    path = tmp_path / "b.db"
    with run_lock(path), pytest.raises(BusyError, match="another run is writing"), run_lock(path):
        pytest.fail("the lock was given twice")
    with run_lock(path):
        pass


def test_the_lock_of_a_killed_process_is_free(tmp_path):
    path = tmp_path / "b.db"
    script = (
        "import os, signal, sys; from pathlib import Path; from store.database import run_lock\n"
        "with run_lock(Path(sys.argv[1])): os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert killed.returncode == -9
    with run_lock(path):
        pass
