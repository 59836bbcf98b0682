"""A copy of the database while it is in use, and the way back.

A backup is one file, consistent as of the moment at which it was begun, and read through before
it gets its name: one that is there is whole and sound.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.errors import BusyError, InputError, StoreError
from store.copying import (
    close_to_others,
    copy_database,
    damage,
    looked_at,
    put_in_place,
    require_sound,
)
from store.database import Store, remove_database, run_lock, sync, translated


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did."""

    migrations: int
    """How many migrations brought an older backup up to date."""
    aside: Path | None
    """Where the database that was there is now; None where there was none."""
    found: str
    """What was wrong with that one; empty where it was sound."""


def back_up(database: Path, target: Path, *, replace: bool = False) -> int:
    """Copy `database` to `target`, and give the copy's size in bytes.

    Others may read and write meanwhile, a nightly run too. Raises InputError where there is
    something at `target` and not `replace`, and StoreError where the database or the copy is not
    sound; then there is nothing new at `target`.
    """
    if target.exists() and target.samefile(database):
        raise InputError(f"{target} is the database itself")
    _refuse_to_overwrite(target, replace=replace)
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    with translated(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    copy_database(database, aside, name=target)
    try:
        require_sound(aside, name=database)
        _refuse_to_overwrite(target, replace=replace)
        with translated(target):
            aside.replace(target)
            sync(target.parent)
            return target.stat().st_size
    finally:
        remove_database(aside)


def _refuse_to_overwrite(target: Path, *, replace: bool) -> None:
    if target.is_dir():
        raise InputError(f"{target} is a folder; name a file in it")
    if target.exists() and not replace:
        raise InputError(f"{target} is there already; --force replaces it")


def restore(database: Path, backup: Path, now: datetime) -> Restored:
    """Put what `backup` holds in the place of `database`, which is kept beside it.

    The backup is read through first, and brought up to date if it is of an older version; it is
    left as it is. Raises StoreError for one that cannot be used, while another program has the
    database open, or (BusyError) during a run; then nothing is changed.
    """
    with run_lock(database):
        new = database.with_name(f".{database.name}.{os.getpid()}.restoring")
        schema = require_sound(backup)
        copy_database(backup, new, name=database)
        try:
            with Store(new):  # brings it up to date, and shows that it can be used
                pass
            require_sound(new, name=backup)
            close_to_others(new)
            found, aside = (
                "",
                database.with_name(f"{database.name}.before-restore-{now:%Y%m%dT%H%M%SZ}"),
            )
            if there := database.exists():
                found = _closed(database)
            put_in_place(new, database, aside)
        finally:
            remove_database(new)
    return Restored(migrations=len(schema.pending), aside=aside if there else None, found=found)


def _closed(database: Path) -> str:
    """Close a database to others; says what is wrong with one that cannot even be opened."""
    try:
        with looked_at(database) as connection:
            wrong = damage(connection, most=1)
    except StoreError as error:
        wrong = (str(error),)
    try:
        close_to_others(database)
    except BusyError:
        raise
    except StoreError:
        if not wrong:
            raise
    return wrong[0] if wrong else ""
