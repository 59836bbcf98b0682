"""The connection: opening, pragmas, transactions, the run lock, error translation. No meaning.

SQLite in WAL mode: one writer, any number of readers that it does not block. ``synchronous =
NORMAL`` keeps the file consistent through a killed process; only a power cut can take back the
last transactions, and those are collected again.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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


class Store:
    """An open database. Safe to use from several threads; transactions are one at a time."""

    def __init__(self, path: Path) -> None:
        """Open the database at `path`, made if absent, and bring its tables up to date.

        Raises StoreError when the file is no database of ours, cannot be read or written, or
        was made by a newer version of the program.
        """
        self.path = path
        self._turn = threading.RLock()
        self._depth = 0
        with translated(path):
            path.parent.mkdir(parents=True, exist_ok=True)
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
        known = {m.name for m in migrations.pending(Database(memory=True))}
        unknown = sorted({m.name for m in migrations.applied(self.db)} - known)
        if unknown:
            raise StoreError(
                f"{self.path} was made by a newer version of this program "
                f"(it has {unknown[-1]}); install that version to use it"
            )
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


@contextmanager
def run_lock(path: Path) -> Iterator[None]:
    """Hold the one-run-at-a-time lock of the database at `path`.

    The operating system frees it when the process ends, however it ends. Raises BusyError
    at once when another process holds it.
    """
    lock = FileLock(f"{path}.lock", timeout=0)
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
            "SQLITE_IOERR": "the disk failed",
        }.get("_".join(code.split("_")[:2]), str(error))
        raise StoreError(f"database {path}: {hint}") from error
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise  # our mistake, not the file's
    except sqlite3.DatabaseError as error:
        raise StoreError(f"database {path}: {error}; restore it from a backup") from error
    except OSError as error:
        raise StoreError(f"database {path}: {error.strerror or error}") from error
