"""The database under fault: a clear error or a recovery, and nothing lost in silence."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import store.database
from config.errors import StoreError
from store.copying import damage, looked_at
from store.database import Store


def filled(path: Path, rows: int) -> None:
    with Store(path) as opened, opened.writing() as db:
        for number in range(rows):
            db.execute("INSERT INTO story (changed_at) VALUES (?)", [f"{number:0100}"])


def rows(path: Path) -> int:
    with Store(path) as opened:
        return opened.db["story"].count


def require_whole(path: Path) -> None:
    with looked_at(path) as connection:
        assert damage(connection) == ()


# ── a disk that is full ─────────────────────────────────────────────────────────


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A disk of two megabytes, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no right to mount a small disk here; PRAGMA max_page_count stands for it")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_up_stores_nothing_of_the_step_and_all_before_it(small_disk):
    path = small_disk / "b.db"
    filled(path, 1000)
    with Store(path) as opened:
        with (
            pytest.raises(StoreError, match=r"disk.* full; nothing of this step"),
            opened.writing() as db,
        ):
            for _ in range(50_000):
                db.execute("INSERT INTO story (changed_at) VALUES (?)", ["x" * 100])
        assert opened.db["story"].count == 1000
    require_whole(path)
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space left"):
        filler.write_bytes(bytes(3_000_000))
    with pytest.raises(StoreError, match="disk"):
        filled(path, 1000)
    filler.unlink()
    filled(path, 1000)
    assert rows(path) == 2000
    require_whole(path)


def test_no_room_for_a_new_database_leaves_none(small_disk):
    with pytest.raises(OSError, match="No space left"):
        (small_disk / "filler").write_bytes(bytes(3_000_000))
    with pytest.raises(StoreError, match=r"b\.db: the disk"):
        Store(small_disk / "b.db")
    assert [path.name for path in small_disk.iterdir()] == ["filler"]


@pytest.mark.parametrize("pages", [0, 1, 5, 20, 80])
def test_room_that_ends_anywhere_in_a_step(tmp_path, pages):
    path = tmp_path / "b.db"
    filled(path, 100)
    with Store(path) as opened:
        (used,) = opened.db.execute("PRAGMA page_count").fetchone()
        opened.db.execute(f"PRAGMA max_page_count = {used + pages}")
        with pytest.raises(StoreError, match="the disk is full"), opened.writing() as db:
            for _ in range(5000):
                db.execute("INSERT INTO story (changed_at) VALUES (?)", ["x" * 100])
        opened.db.execute("PRAGMA max_page_count = 1000000")
        with opened.writing() as db:
            db.execute("INSERT INTO story (changed_at) VALUES ('after')")
    assert rows(path) == 101
    require_whole(path)


# ── read-only, and in the way ───────────────────────────────────────────────────


def as_another_user(path: Path) -> tuple[int, str]:
    """Write to a database as a user to whom modes of files mean something; 3 and the error."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            with Store(path) as opened, opened.writing() as db:
                db.execute("INSERT INTO story (changed_at) VALUES ('a')")
            os._exit(0)
        except StoreError as error:
            os.write(write, str(error).encode())
            os._exit(3)
        finally:
            os._exit(1)
    os.close(write)
    with os.fdopen(read) as said:
        text = said.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text


@pytest.fixture
def open_folder(tmp_path) -> Iterator[Path]:
    """A folder that another user reaches; pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    folder.chmod(0o777)
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("file", "folder", "says"),
    [
        (0o444, 0o777, "it is read-only"),
        (0o444, 0o555, "it is read-only|cannot be opened"),
        (0o666, 0o555, "cannot be opened; check the folder and its permissions|it is read-only"),
        (0o000, 0o777, "it cannot be opened"),
    ],
)
def test_a_database_that_may_not_be_written_to(open_folder, file, folder, says):
    path = open_folder / "b.db"
    filled(path, 10)
    path.chmod(file)
    open_folder.chmod(folder)
    code, said = as_another_user(path)
    open_folder.chmod(0o777)
    path.chmod(0o666)
    assert code == 3, said
    assert any(f"database {path}: {one}" in said for one in says.split("|")), said
    assert len(said.splitlines()) == 1
    assert rows(path) == 10
    require_whole(path)


def test_a_folder_in_which_nothing_can_be_made(open_folder):
    open_folder.chmod(0o555)
    code, said = as_another_user(open_folder / "b.db")
    assert (code, "cannot be opened" in said) == (3, True), said
    code, said = as_another_user(open_folder / "new" / "b.db")
    assert (code, "Permission denied" in said) == (3, True), said


def test_a_database_that_another_program_holds(tmp_path, monkeypatch):
    path = tmp_path / "b.db"
    filled(path, 1)
    quick = ("PRAGMA busy_timeout = 50", *store.database._PRAGMAS[1:])
    monkeypatch.setattr(store.database, "_PRAGMAS", quick)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with (
            Store(path) as opened,
            pytest.raises(StoreError, match="another program is writing to it"),
            opened.writing(),
        ):
            pytest.fail("two wrote at once")
        other.execute("ROLLBACK")
    assert rows(path) == 1


def test_a_lock_that_is_let_go_in_time_is_waited_for(tmp_path):
    path = tmp_path / "b.db"
    filled(path, 1)
    with closing(sqlite3.connect(path, check_same_thread=False)) as other, Store(path) as opened:
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.2, other.rollback)
        timer.start()
        with opened.writing() as db:
            db.execute("INSERT INTO story (changed_at) VALUES ('a')")
        timer.join()
    assert rows(path) == 2


# ── files that were damaged ─────────────────────────────────────────────────────


def test_an_empty_file_is_no_new_database(tmp_path):
    path = tmp_path / "b.db"
    filled(path, 10)
    os.truncate(path, 0)
    with pytest.raises(StoreError, match="is empty: all that was in it is gone; restore it"):
        Store(path)
    assert path.stat().st_size == 0


def test_a_database_that_is_gone_beside_its_log_is_not_begun_anew(tmp_path):
    path = tmp_path / "b.db"
    with Store(path) as opened:
        with opened.writing() as db:
            db.execute("INSERT INTO story (changed_at) VALUES ('a')")
        path.rename(tmp_path / "moved.db")
        with pytest.raises(StoreError, match=r"is gone, but b\.db-wal"):
            Store(path)
        (tmp_path / "moved.db").rename(path)
    assert rows(path) == 1


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_short_is_an_error_at_once(tmp_path, share):
    path = tmp_path / "b.db"
    filled(path, 3000)
    os.truncate(path, int(path.stat().st_size * share))
    with pytest.raises(StoreError, match=r"b\.db: .*restore it from a backup"):
        Store(path)


def test_bytes_that_were_changed_are_an_error_or_found_by_reading_through(tmp_path):
    """SQLite has no checksums: what is read is checked as it is read, and `damage` reads all."""
    path, copy = tmp_path / "b.db", tmp_path / "c.db"
    filled(path, 2000)
    whole = path.read_bytes()
    lot = random.Random(7)
    noticed = 0
    for _ in range(30):
        broken = bytearray(whole)
        page = lot.randrange(len(whole) // 4096) * 4096
        broken[page : page + 4096] = lot.randbytes(4096)
        copy.write_bytes(broken)
        try:
            with Store(copy) as opened:
                opened.db.execute("SELECT sum(length(changed_at)) FROM story").fetchone()
            with looked_at(copy) as connection:
                noticed += bool(damage(connection))
        except (StoreError, sqlite3.DatabaseError):
            noticed += 1
        for side in ("-wal", "-shm"):
            copy.with_name(f"c.db{side}").unlink(missing_ok=True)
    # A page on the free list, or one that holds nothing yet, says nothing.
    assert noticed >= 28


def test_a_broken_log_gives_up_its_last_steps_and_nothing_else(tmp_path):
    """What stands in it up to the break is there; SQLite checks every step of it."""
    path = tmp_path / "b.db"
    filled(path, 10)
    code = (
        "import os, sys; from pathlib import Path; from store.database import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "for number in range(50):\n"
        "    with store.writing() as db:\n"
        "        db.execute(\"INSERT INTO story (changed_at) VALUES ('later')\")\n"
        "os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, path], check=True)
    log = path.with_name("b.db-wal")
    with log.open("r+b") as file:
        file.seek(log.stat().st_size // 2)
        file.write(os.urandom(2000))
    assert 10 < rows(path) < 60
    require_whole(path)


# ── processes that are killed ───────────────────────────────────────────────────

PAIRS = """
import sys
from pathlib import Path
from store.database import Store
with Store(Path(sys.argv[1])) as store:
    print("open", flush=True)
    while True:
        with store.writing() as db:
            for _ in range(2):
                db.execute("INSERT INTO story (changed_at) VALUES (?)", ["x" * 3000])
"""


def test_writers_that_are_killed_leave_whole_steps_only(tmp_path):
    path = tmp_path / "b.db"
    lot, before = random.Random(3), 0
    for _ in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", PAIRS, path], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "open\n"
            threading.Event().wait(lot.uniform(0, 0.15))
            writer.kill()
        require_whole(path)
        now = rows(path)
        assert (now % 2, now >= before) == (0, True)
        before = now
    assert before > 0


def test_two_first_openings_at_once_make_one_database(tmp_path):
    code = (
        "import sys; from pathlib import Path; from store.database import Store\n"
        "sys.stdin.readline()\n"
        "with Store(Path(sys.argv[1])) as store, store.writing() as db:\n"
        "    db.execute(\"INSERT INTO story (changed_at) VALUES ('a')\")"
    )
    path = tmp_path / "b.db"
    opening = [
        subprocess.Popen([sys.executable, "-c", code, path], stdin=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for one in opening:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in opening:
        one.communicate()
    assert [one.returncode for one in opening] == [0] * 4
    assert rows(path) == 4
    assert {one.name for one in tmp_path.iterdir()} <= {"b.db", "b.db-wal", "b.db-shm"}
