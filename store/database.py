"""The connection: opening, pragmas, transactions, the run lock, error translation. No meaning.

SQLite in WAL mode: one writer, any number of readers that it does not block. ``synchronous =
NORMAL`` keeps the file consistent through a killed process; only a power cut can take back the
last transactions, and those are collected again.

A new database appears whole or not at all. So an empty file in its place is one that lost what
was in it, and is refused rather than filled anew.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout
from sqlite_utils import Database

from config.errors import BusyError, StoreError
from store.migrations import migrations

_PRAGMAS = (
    "PRAGMA busy_timeout = 10000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
)

_MAGIC = b"SQLite format 3\x00"
_LEAST_PAGE = 512
"""Bytes: every page is a multiple of it (https://www.sqlite.org/fileformat.html#pages)."""
_LOOK = 0.3
"""Seconds: ``briefing doctor`` holds the run lock for a moment, and no night may fail of that."""

SIDES = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database while it is open."""
CUT = "the last page is cut short"


class Store:
    """An open database. Safe to use from several threads; transactions are one at a time."""

    def __init__(self, path: Path) -> None:
        """Open the database at `path`, made if absent, and bring its tables up to date.

        Raises StoreError when the file is no database of ours, has lost its content, cannot be
        read or written, or was made by a newer version of the program.
        """
        self.path = path
        self._turn = threading.RLock()
        self._depth = 0
        with translated(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                _make(path)
            _require_content(path)
            connection = sqlite3.connect(path, timeout=10, check_same_thread=False)
            try:
                for pragma in _PRAGMAS:
                    connection.execute(pragma)
                self.db = Database(connection)
                self._migrate()
            except BaseException:
                connection.close()
                raise

    def _migrate(self) -> None:
        require_known(self.path, unknown_migrations(self.db))
        if migrations.pending(self.db):
            # Another process may open the same new file: who comes second finds it done.
            with self.writing():
                migrations.apply(self.db)

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """One transaction: all of the block is stored, or, if it raises, nothing."""
        with self._turn, translated(self.path):
            if self._depth == 0:
                # IMMEDIATE: a reader that turns writer could not wait for another writer.
                self.db.conn.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self.db
                if self._depth == 1:
                    self.db.conn.execute("COMMIT")
            except BaseException:
                if self._depth == 1:
                    self.db.conn.rollback()
                raise
            finally:
                self._depth -= 1

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """Read; other threads of this process wait their turn."""
        with self._turn, translated(self.path):
            yield self.db

    def close(self) -> None:
        """Close the connection; the last one to close folds the write-ahead log in."""
        with self._turn:
            self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def unknown_migrations(db: Database) -> list[str]:
    """Name what only a newer version of the program can have done to the tables, in order."""
    known = {m.name for m in migrations.pending(Database(memory=True))}
    return sorted({m.name for m in migrations.applied(db)} - known)


def require_known(name: Path, unknown: Sequence[str]) -> None:
    """Raise StoreError for a database with migrations that this version does not know."""
    if unknown:
        raise StoreError(
            f"{name} was made by a newer version of this program (it has {unknown[-1]}); "
            "install that version to use it"
        )


def _require_content(path: Path) -> None:
    """Raise StoreError for a file that was cut; what SQLite notices by itself is left to it."""
    size = path.stat().st_size
    if size == 0:
        raise StoreError(
            f"database {path} is empty: all that was in it is gone; restore it from a backup "
            "(briefing restore), or delete the file to begin anew"
        )
    if is_cut(path):
        raise StoreError(f"database {path}: {CUT}; restore it from a backup (briefing restore)")


def is_cut(path: Path) -> bool:
    """Whether a database ends within a page; SQLite fills it with zeros, without a word."""
    return path.stat().st_size % _LEAST_PAGE != 0 and _head(path) == _MAGIC


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(_MAGIC))


def _make(path: Path) -> None:
    """Put a new database in place, made aside so that it is whole from its first moment."""
    if path.with_name(f"{path.name}-wal").exists():
        raise StoreError(
            f"database {path} is gone, but {path.name}-wal, which belongs to it, is there; put "
            "the database back, or restore it from a backup (briefing restore)"
        )
    aside = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.new")
    try:
        with closing(sqlite3.connect(aside)) as connection:
            # Nobody else sees this file, and one that was not finished is thrown away.
            connection.execute("PRAGMA journal_mode = MEMORY")
            connection.execute("PRAGMA synchronous = OFF")
            migrations.apply(Database(connection))
            connection.execute("PRAGMA journal_mode = WAL")
        sync(aside)
        try:
            os.link(aside, path)
        except FileExistsError:
            pass  # another process was faster, and its database is as good
        except OSError:
            # A file system without links; between two first runs at once the later one wins.
            aside.rename(path)
    finally:
        remove_database(aside)


def remove_database(path: Path) -> None:
    """Delete a database that is of no use, with what lies beside it."""
    for suffix in ("", *SIDES):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Have what was written to a file or a folder on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def run_lock(path: Path) -> Iterator[None]:
    """Hold the one-run-at-a-time lock of the database at `path`.

    The operating system frees it when the process ends, however it ends. Raises BusyError
    when another process holds it, and not only to see whether one does.
    """
    lock = FileLock(f"{path}.lock", timeout=_LOOK)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise BusyError(
            f"another run is writing to {path}; wait for it to end, or stop it"
        ) from error
    except OSError as error:
        raise StoreError(f"cannot lock {path}.lock: {error.strerror or error}") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise into one clear line that names the file."""
    try:
        yield
    except sqlite3.OperationalError as error:
        code = getattr(error, "sqlite_errorname", "")
        hint = {
            "SQLITE_BUSY": "another program is writing to it",
            "SQLITE_READONLY": "it is read-only",
            "SQLITE_CANTOPEN": "it cannot be opened; check the folder and its permissions",
            "SQLITE_FULL": "the disk is full; nothing of this step was stored",
            "SQLITE_IOERR": "the disk failed or is full; nothing of this step was stored",
        }.get("_".join(code.split("_")[:2]), str(error))
        raise StoreError(f"database {path}: {hint}") from error
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise  # our mistake, not the file's
    except sqlite3.DatabaseError as error:
        raise StoreError(
            f"database {path}: {error}; restore it from a backup (briefing restore)"
        ) from error
    except OSError as error:
        raise StoreError(f"database {path}: {error.strerror or error}") from error
