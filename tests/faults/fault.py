"""What a fault is, and what must come of it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.feeds import MARKS
from tests.faults.web import Serve

FEED_SOURCE: Mapping[str, Any] = {"kind": "feed", "url": "https://hostile.example/feed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to misbehave."""

    name: str
    says: str
    """For a person, in the table."""
    serve: Serve
    status: str
    """What the run's table must call it: ``items``, ``empty``, ``unparsable``, ``error``."""
    cause: str = ""
    """A word of the cause or of a note."""
    readable: tuple[str, ...] = ()
    """Marks of the items that must be had despite the fault."""
    later: tuple[str, ...] = MARKS
    """Marks of those that must be had once the source is well again."""
    source: Mapping[str, Any] = field(default_factory=lambda: FEED_SOURCE)
    secure: bool = False
    """The source's address is an https one."""
    tls: Callable[[], ssl.SSLContext] | None = None
    """What the server shakes hands with; None: what the connection carries is the fault's own."""
    deaf: bool = False
    """No connection is taken."""


class Gathering:
    """Faults in the order in which they are defined; a decorator makes one of a function."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def add(self, says: str, status: str, cause: str = "", **more: Any) -> Callable[[Serve], Serve]:
        """Gather the function below; its name is the fault's."""

        def gathered(serve: Serve) -> Serve:
            name = serve.__name__.replace("_", "-")
            self.faults.append(
                Fault(name=name, says=says, serve=serve, status=status, cause=cause, **more)
            )
            return serve

        return gathered
