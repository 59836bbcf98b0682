"""The whole exception tree: everything this program raises on purpose.

Each class knows the exit code that it means at the command line, so a face (command line or
web) turns any of them into one clear line without a table of its own.

    BriefingError
     ├── ConfigError          the configuration is wrong; carries every fault      exit 3
     ├── InputError           a file, address or id that a person gave is wrong    exit 2
     │    ├── NotFoundError   there is no such story, issue, source or run         exit 2
     │    └── ConflictError   someone else changed it since it was looked at       exit 2
     ├── StoreError           the database cannot be used                          exit 3
     │    └── BusyError       another run holds the lock                           exit 3
     ├── MachineError         this machine lacks or refuses something              exit 3
     ├── PublishError         an issue could not be published, or not wholly       exit 1
     └── SourceError          a source could not be read; becomes an outcome       exit 1

A failing source is a value (see ``crawlers.source``): ``SourceError`` is raised only between a
client library and the source that turns it into that value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


class BriefingError(Exception):
    """Anything that this program reports to a person as one clear line."""

    exit_code: ClassVar[int] = 1


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in the configuration."""

    where: str
    """File and key path, ``sources.toml: sources[3].url``."""
    what: str
    """What is wrong with the value that stands there."""
    hint: str = ""
    """What to write instead, where that is known."""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" ({self.hint})" if self.hint else "")


class ConfigError(BriefingError):
    """The configuration is wrong; `faults` holds every fault found, not only the first."""

    exit_code = 3

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        noun = "fault" if len(faults) == 1 else "faults"
        lines = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"the configuration has {len(faults)} {noun}:\n{lines}")


class InputError(BriefingError):
    """A file, an address or an option that a person gave cannot be used."""

    exit_code = 2


class NotFoundError(InputError):
    """There is no story, issue, source or run of that name."""


class ConflictError(InputError):
    """Someone changed a thing since it was looked at; nothing was done to it."""


class StoreError(BriefingError):
    """The database cannot be opened, read or written."""

    exit_code = 3


class BusyError(StoreError):
    """Another run holds the lock."""


class MachineError(BriefingError):
    """The machine has no such program, or does not let us use it."""

    exit_code = 3


class PublishError(BriefingError):
    """An issue could not be published; its text says how far it came and what to do.

    `retry_at` (UTC) says when it makes sense to try again, where the other side said so.
    """

    def __init__(self, message: str, *, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class SourceError(BriefingError):
    """A source could not be read.

    `retry_at` (UTC) says when it makes sense to ask again, where the other side said so, and
    `status` is the HTTP status of its answer, where there was one.
    """

    def __init__(
        self,
        cause: str,
        *,
        retryable: bool = False,
        retry_at: datetime | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(cause)
        self.cause = cause
        self.retryable = retryable
        self.retry_at = retry_at
        self.status = status
