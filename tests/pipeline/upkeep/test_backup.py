"""Copies of a database that is in use, and the way back."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest

from config.errors import BusyError, InputError, StoreError
from pipeline.upkeep.backup import back_up, restore
from store.copying import require_sound
from store.database import Store, run_lock
from store.migrations import migrations
from tests.store.test_migrations import database_of

NOW = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)


def filled(path, stories: int) -> None:
    with Store(path) as store, store.writing() as db:
        for _ in range(stories):
            db.execute("INSERT INTO story (changed_at) VALUES ('a')")


def stories(path) -> int:
    with Store(path) as store:
        return store.db["story"].count


def left(folder) -> set[str]:
    """Files, without those of locks and of open databases."""
    names = {path.name for path in folder.iterdir()}
    return {name for name in names if not name.endswith((".lock", "-wal", "-shm"))}


def test_a_backup_is_one_sound_file_for_the_owner(tmp_path):
    filled(tmp_path / "b.db", 3)
    size = back_up(tmp_path / "b.db", tmp_path / "copies" / "c.db")
    copy = tmp_path / "copies" / "c.db"
    assert (left(copy.parent), copy.stat().st_size) == ({"c.db"}, size)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert require_sound(copy).pending == ()
    assert stories(copy) == 3


def test_a_backup_holds_what_was_stored_and_not_what_was_being_written(tmp_path):
    path = tmp_path / "b.db"
    filled(path, 3)
    with Store(path) as store, store.writing() as db:
        db.execute("INSERT INTO story (changed_at) VALUES ('a')")
        back_up(path, tmp_path / "c.db")
    assert (stories(tmp_path / "c.db"), stories(path)) == (3, 4)


def test_a_backup_while_another_thread_writes_is_consistent(tmp_path):
    """Every transaction writes two rows; a copy in between would hold an odd number."""
    path, done = tmp_path / "b.db", threading.Event()
    filled(path, 2)

    def write() -> None:
        with Store(path) as store:
            while not done.is_set():
                with store.writing() as db:
                    for _ in range(2):
                        db.execute("INSERT INTO story (changed_at) VALUES ('a')")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(10):
            back_up(path, tmp_path / f"{number}.db")
    finally:
        done.set()
        writer.join()
    counts = [stories(tmp_path / f"{number}.db") for number in range(10)]
    assert all(count % 2 == 0 for count in counts)
    assert counts[-1] > counts[0]


def test_a_backup_is_not_overwritten_unless_asked(tmp_path):
    filled(tmp_path / "b.db", 1)
    (tmp_path / "c.db").write_text("another thing")
    with pytest.raises(InputError, match="is there already; --force replaces it"):
        back_up(tmp_path / "b.db", tmp_path / "c.db")
    assert (tmp_path / "c.db").read_text() == "another thing"
    back_up(tmp_path / "b.db", tmp_path / "c.db", replace=True)
    assert stories(tmp_path / "c.db") == 1


def test_what_cannot_be_backed_up_leaves_nothing_behind(tmp_path):
    path, target = tmp_path / "b.db", tmp_path / "out" / "c.db"
    with pytest.raises(StoreError, match="there is no database"):
        back_up(path, target)
    filled(path, 1)
    with pytest.raises(InputError, match="is the database itself"):
        back_up(path, path, replace=True)
    with pytest.raises(InputError, match="is a folder"):
        back_up(path, tmp_path)
    damage_table(path)
    with pytest.raises(StoreError, match=r"b\.db is damaged: "):
        back_up(path, target)
    assert left(tmp_path / "out") == set()


def damage_table(path) -> None:
    """Overwrite the pages in the middle of the file."""
    with Store(path) as store, store.writing() as db:
        for _ in range(2000):
            db.execute("INSERT INTO story (changed_at) VALUES ('" + "a" * 100 + "')")
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2 // 4096 * 4096)
        file.write(b"\xaa" * (size // 4))


def test_a_disk_that_is_full_leaves_no_half_backup(tmp_path):
    """The limit on file sizes stands for the disk: SQLite cannot tell them apart."""
    filled(tmp_path / "b.db", 20_000)
    script = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from pipeline.upkeep.backup import back_up\n"
        "from config.errors import StoreError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "try: back_up(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except StoreError as error: print(error); sys.exit(3)\n"
    )
    target = tmp_path / "out" / "c.db"
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "b.db", target],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (3, "")
    assert "c.db: the disk" in done.stdout
    assert left(target.parent) == set()
    assert stories(tmp_path / "b.db") == 20_000


def test_a_restore_puts_the_backup_in_place_and_keeps_what_was_there(tmp_path):
    path = tmp_path / "b.db"
    filled(path, 1)
    back_up(path, tmp_path / "c.db")
    filled(path, 5)
    done = restore(path, tmp_path / "c.db", NOW)
    assert done.aside is not None
    assert done.aside == tmp_path / "b.db.before-restore-20260302T033000Z"
    assert (stories(path), stories(done.aside), stories(tmp_path / "c.db")) == (1, 6, 1)
    assert (done.found, done.migrations) == ("", 0)
    assert left(tmp_path) == {"b.db", "c.db", done.aside.name}


def test_a_restore_where_there_is_no_database(tmp_path):
    filled(tmp_path / "c.db", 2)
    done = restore(tmp_path / "new" / "b.db", tmp_path / "c.db", NOW)
    assert done.aside is None
    assert stories(tmp_path / "new" / "b.db") == 2


def test_an_older_backup_is_brought_up_to_date_and_left_as_it_is(tmp_path):
    path, old = tmp_path / "b.db", tmp_path / "c.db"
    database_of(old, "m003_decisions_and_issues")
    before = old.read_bytes()
    done = restore(path, old, NOW)
    assert done.migrations >= 5
    assert old.read_bytes() == before
    with Store(path) as store:
        assert store.db["decision"].count == 1
        assert not migrations.pending(store.db)


@pytest.mark.parametrize("damage", ["cut", "nothing", "noise"])
def test_a_database_that_is_past_saving_is_replaced_and_kept(tmp_path, damage):
    path = tmp_path / "b.db"
    filled(path, 3)
    back_up(path, tmp_path / "c.db")
    broken = {"cut": path.read_bytes()[:9000], "nothing": b"", "noise": os.urandom(50_000)}[damage]
    path.write_bytes(broken)
    with pytest.raises(StoreError):
        Store(path)
    done = restore(path, tmp_path / "c.db", NOW)
    assert done.found or damage == "nothing"
    assert done.aside is not None
    assert done.aside.read_bytes() == broken
    assert stories(path) == 3


def test_a_log_that_lies_beside_a_broken_database_does_not_get_into_the_new_one(tmp_path):
    path = tmp_path / "b.db"
    filled(path, 1)
    back_up(path, tmp_path / "c.db")
    script = (
        "import os, sys; from pathlib import Path; from store.database import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "with store.writing() as db:\n"
        "    for _ in range(500): db.execute(\"INSERT INTO story (changed_at) VALUES ('x')\")\n"
        "os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, path], check=True)
    assert (tmp_path / "b.db-wal").stat().st_size > 0
    path.write_bytes(os.urandom(8192))
    done = restore(path, tmp_path / "c.db", NOW)
    assert done.aside is not None
    assert done.aside.with_name(f"{done.aside.name}-wal").exists()
    assert stories(path) == 1


def test_what_is_no_backup_of_ours_is_refused_and_nothing_changes(tmp_path):
    path = tmp_path / "b.db"
    filled(path, 1)
    (tmp_path / "noise").write_bytes(os.urandom(9000))
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE t (x)")
    other.close()
    filled(tmp_path / "broken.db", 1)
    damage_table(tmp_path / "broken.db")
    with Store(tmp_path / "newer.db") as store:
        store.db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('briefing', 'm999_future', '2030-01-01')"
        )
    before = left(tmp_path)
    for name, says in {
        "noise": "not a database",
        "other.db": "no database of this program",
        "broken.db": "damaged|malformed",
        "newer.db": "newer version",
    }.items():
        with pytest.raises(StoreError, match=says):
            restore(path, tmp_path / name, NOW)
    assert left(tmp_path) == before
    assert stories(path) == 1


def test_a_restore_waits_for_no_run_and_for_no_open_desk(tmp_path):
    path = tmp_path / "b.db"
    filled(path, 1)
    back_up(path, tmp_path / "c.db")
    filled(path, 1)
    with run_lock(path), pytest.raises(BusyError, match="another run"):
        restore(path, tmp_path / "c.db", NOW)
    with Store(path) as desk, pytest.raises(BusyError, match=r"open \(briefing serve\?\)"):
        desk.db.execute("SELECT count(*) FROM story").fetchone()
        restore(path, tmp_path / "c.db", NOW)
    assert stories(path) == 2
    assert left(tmp_path) == {"b.db", "c.db"}


def test_a_file_whose_last_page_is_cut_is_not_copied_as_sound(tmp_path):
    path = tmp_path / "b.db"
    filled(path, 3)
    os.truncate(path, path.stat().st_size - 100)
    with pytest.raises(StoreError, match="the last page is cut short"):
        require_sound(path)
    with pytest.raises(StoreError, match="the last page is cut short"):
        back_up(path, tmp_path / "c.db")
    assert not (tmp_path / "c.db").exists()
