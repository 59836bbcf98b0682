"""Copies of a database, and whether a file is one and sound. No meaning.

What is looked at here is opened as it is: nothing is migrated, and a file of a newer version, or
one that is damaged, can still be looked at.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from config.errors import BusyError, StoreError
from store.database import (
    CUT,
    SIDES,
    is_cut,
    remove_database,
    require_known,
    sync,
    translated,
    unknown_migrations,
)
from store.migrations import migrations


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """How the tables of a database compare with those that this version knows."""

    applied: tuple[str, ...]
    """Migrations that were run; empty for a database that is none of ours."""
    pending: tuple[str, ...]
    """Those that the next opening will run."""
    unknown: tuple[str, ...]
    """Those of a newer version of the program."""


@contextmanager
def looked_at(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to an existing file, for looking. Raises StoreError when there is none."""
    if not path.exists():
        raise StoreError(f"there is no database {path}")
    with _connected(path, timeout=10) as connection:
        yield connection


@contextmanager
def _connected(path: Path, *, timeout: float) -> Iterator[sqlite3.Connection]:
    """A connection that makes no file; it waits so many seconds for a lock."""
    # Not read-only: a database with a write-ahead log cannot be read without its index, which
    # whoever opens it first has to make.
    address = f"{path.resolve().as_uri()}?mode=rw"
    with translated(path), closing(sqlite3.connect(address, uri=True, timeout=timeout)) as opened:
        yield opened


def schema_of(connection: sqlite3.Connection) -> Schema:
    """Say which migrations a database has seen."""
    db = Database(connection, execute_plugins=False)
    return Schema(
        applied=tuple(m.name for m in migrations.applied(db)),
        pending=tuple(m.name for m in migrations.pending(db)),
        unknown=tuple(unknown_migrations(db)),
    )


def damage(connection: sqlite3.Connection, *, most: int = 5) -> tuple[str, ...]:
    """What is wrong inside a database, a line each, `most` at most; nothing where it is sound.

    Reads all of it: https://www.sqlite.org/pragma.html#pragma_integrity_check.
    """
    try:
        said = [row[0] for row in connection.execute(f"PRAGMA integrity_check({most})")]
        lines = [] if said == ["ok"] else [" ".join(text.split()) for text in said]
        lines += [
            f"row {row} of {table} points to a row of {parent} that is not there"
            for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check")
        ]
        files = {name: file for _, name, file in connection.execute("PRAGMA database_list")}
    except sqlite3.DatabaseError as error:
        return (str(error),)
    if not lines and is_cut(Path(files["main"])):
        lines = [CUT]
    return tuple(lines[:most])


def require_sound(path: Path, *, name: Path | None = None) -> Schema:
    """Give the schema of a database of ours; raises StoreError for anything else.

    A file that is none, one of another program, one of a newer version, and a damaged one are
    told apart. `name` is what to call it, where a person does not know it by its path.
    """
    name = name or path
    with looked_at(path) as connection:
        schema = schema_of(connection)
        if not schema.applied:
            raise StoreError(f"{name} is no database of this program")
        require_known(name, schema.unknown)
        wrong = damage(connection)
    if wrong:
        raise StoreError(f"database {name} is damaged: {'; '.join(wrong)}")
    return schema


def copy_database(source: Path, target: Path, *, name: Path | None = None) -> None:
    """Write what `source` holds at this moment to the new file `target`, alone and whole.

    Others may read and write the source meanwhile: https://www.sqlite.org/backup.html. What they
    write after the copy began is not in it. Raises StoreError, which speaks of the target by
    `name`; then no target is left.
    """
    if source.exists() and is_cut(source):
        # Copied, what is missing would be zeros, and nothing would tell.
        raise StoreError(f"database {source} is damaged: {CUT}")
    with looked_at(source) as original, translated(name or target):
        # Before there is anything in it: who may log in, for one, is for the owner's eyes only.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            with closing(sqlite3.connect(target)) as copy:
                original.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
            sync(target)
        except BaseException:
            remove_database(target)
            raise


def close_to_others(path: Path) -> None:
    """Fold a database's write-ahead log in, and make sure that no other program has it open.

    Raises BusyError where one has, and StoreError for a file that is no database.
    """
    with _connected(path, timeout=1) as connection:
        try:
            # Only a connection that is alone may change the mode.
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname.startswith("SQLITE_BUSY"):
                raise BusyError(
                    f"another program has {path} open (briefing serve?); close it first"
                ) from error
            raise


def put_in_place(new: Path, path: Path, aside: Path) -> None:
    """Let `new` be the database at `path`; what was there is at `aside` from then on.

    At every moment there is a whole database at `path`, the old or the new one. Raises
    StoreError.
    """
    with translated(path):
        if path.exists():
            _keep(path, aside)
        for suffix in SIDES:
            # Only of a database that could not be opened; SQLite would read it into the new one.
            beside = path.with_name(path.name + suffix)
            if beside.exists():
                beside.rename(aside.with_name(aside.name + suffix))
        new.replace(path)
        sync(path.parent)


def _keep(path: Path, aside: Path) -> None:
    try:
        os.link(path, aside)
    except FileExistsError:
        raise StoreError(f"{aside} is there already; try again in a second") from None
    except OSError:
        # A file system without links: a copy takes longer and the same room as the original.
        with path.open("rb") as old, aside.open("xb") as kept:
            while block := old.read(1 << 20):
                kept.write(block)
        sync(aside)
