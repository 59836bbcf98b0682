"""A view of the queue as the query of an address, and back: what tabs, filters and saved views are.

The query is as short as the view is plain: what is not in it is not asked for, but the state,
which is open unless ``state=all`` or another one stands there. What makes no sense (a saved view
of a source that is gone shows nothing, a kind that never was) counts as not asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final, TypeVar
from urllib.parse import parse_qsl, urlencode

from pipeline.queue import State
from pipeline.view import View
from pipeline.web.reading import number_of
from store.models import Kind, SourceName

S = TypeVar("S", bound=StrEnum)

ALL: Final = "all"
"""What stands for every state."""
LANGUAGES: Final = ("zh", "en", "ja", "ko")
DAYS: Final = (1, 3, 7, 14)
_LONGEST: Final = 200
"""Characters of words that are looked for."""
_MOST_DAYS: Final = 3660


def view_of(args: Mapping[str, str]) -> View:
    """The view that a query asks for."""
    state = args.get("state", "")
    days = number_of(args.get("days", ""))
    return View(
        section=args.get("section") or None,
        state=None if state == ALL else _one_of(State, state) or State.PROPOSED,
        source=SourceName(args["source"]) if args.get("source") else None,
        kind=_one_of(Kind, args.get("kind", "")),
        language=args.get("language") or None,
        days=days if 0 < days <= _MOST_DAYS else None,
        words=args.get("q", "")[:_LONGEST].strip(),
    )


def view_of_query(query: str) -> View:
    """As `view_of`, of a query as a text: ``section=论文&days=3``."""
    return view_of(dict(parse_qsl(query)))


def query_of(view: View) -> str:
    """The shortest query that asks for a view; empty for that of open stories."""
    return urlencode(dict(_fields(view)))


def _fields(view: View) -> Iterator[tuple[str, str]]:
    state = ALL if view.state is None else view.state.value
    asked = {
        "section": view.section,
        "state": None if view.state is State.PROPOSED else state,
        "source": view.source,
        "kind": view.kind,
        "language": view.language,
        "days": view.days,
        "q": view.words,
    }
    yield from ((name, str(value)) for name, value in asked.items() if value)


def _one_of(kind: type[S], value: str) -> S | None:
    try:
        return kind(value)
    except ValueError:
        return None
