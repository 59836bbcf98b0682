"""The truth of a simulated month: what was published when, and what went wrong. Pure.

Each place of the web is one source of the configuration. From its rhythm and its trouble follow
what it shows on which night, what could be had of it, and the alerts that are due, each on the
first run on which it could be known:

    an error, an answer that is not recognised, nothing, or too little   on the very run
    429 with a time to come back at                                      on the third run in a row
    silence of a place that has news every day                           on the second such run
    silence of a place that rests at weekends                            on the third or fourth run
                                                                         on which it had news always
    entries lost for good                                                when it answers again

Which places there are is said in ``tests.soak.plan``, how their pages look in
``tests.soak.pages``, and how they fail in ``tests.soak.web``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from store.alerts import AlertKind

ZONE = ZoneInfo("Asia/Shanghai")
FIRST_NIGHT = datetime(2026, 2, 2, 3, 30, tzinfo=ZONE)
"""A Monday."""

Form: TypeAlias = Literal["rss", "atom", "rdf", "json", "list", "trending", "arxiv", "search"]
Rhythm: TypeAlias = Literal["daily", "weekdays", "bursty"]
Trouble: TypeAlias = Literal[
    "none",
    "refused",  # no connection
    "503",
    "hang",
    "gone",  # 410, for good
    "retired",  # 410, and then taken out of the configuration
    "limited",  # 429 every night
    "patience",  # 429 that asks to come back after two nights
    "blip",  # each first request of a night fails
    "relaunch",  # other markup
    "moved",  # a permanent redirect, and then not even that
    "rolled",  # down for longer than its window reaches
    "shrunk",
    "empty",
    "silent",
    "republished",  # old entries come again as new
    "guids",  # every entry gets another id
    "late",  # in the configuration from then on
]
_DOWN: tuple[Trouble, ...] = ("refused", "503", "hang", "gone", "retired", "limited", "rolled")
_NO_REST = frozenset({1, 2, 3, 4, 5})
"""Weekdays whose nights bring news of a place that rests at weekends: Tuesday to Saturday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Something published."""

    number: int
    at: datetime
    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A source, all that it publishes, and what goes wrong with it."""

    name: str
    form: Form
    rhythm: Rhythm
    trouble: Trouble
    begins: int
    """The night on which the trouble begins, counted from 0."""
    ends: int
    """The first night on which it is over."""
    window: int
    """How many entries its page shows."""
    dated: bool
    """Whether it can be seen from its page where that begins."""
    posts: tuple[Post, ...] = ()
    """The earliest first."""

    @property
    def key(self) -> str:
        """The name as it stands in addresses."""
        return self.name.replace(" ", "-")

    def troubled(self, night: int) -> bool:
        """Whether that night is one of the trouble."""
        return self.begins <= night < self.ends

    def configured(self, night: int) -> bool:
        """Whether it is asked that night."""
        if self.trouble == "late":
            return night >= self.begins
        return not (self.trouble == "retired" and night >= self.ends)

    def answers(self, night: int) -> bool:
        """Whether a page with entries can be had of it that night."""
        if not self.configured(night):
            return False
        if self.trouble == "patience":
            return not self.begins <= night < self.begins + 2
        return not (self.troubled(night) and self.trouble in (*_DOWN, "relaunch", "empty"))

    def shown(self, night: int) -> list[Post]:
        """The entries of its page, the latest first; of no page where it does not answer."""
        posts = [post for post in self.posts if post.at < when(night)][::-1]
        if self.form == "arxiv":
            return posts
        window = self.window - (night * 7 % 5 if self.form == "trending" else 0)
        if self.trouble == "shrunk" and self.troubled(night):
            window = 5
        if self.trouble == "republished" and self.troubled(night):
            old = [replace(post, at=when(night - 1)) for post in posts[window : window + 4]]
            return [*old, *posts[: window - 4]]
        return posts[:window]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An alert that must be raised, on those nights and no other."""

    source: str
    kind: AlertKind
    night: int
    """The first on which it can be known."""
    by: int
    """The last on which it may be raised: the same, but where few weeks tell the days apart."""
    over: int | None
    """The night that ends it; None where it is open in the end. Nothing ends a gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What the nights are held against."""

    had: frozenset[tuple[str, str]]
    """Source and address of everything that could be had."""
    lost: frozenset[tuple[str, str]]
    """What was published while the source was asked, and could be had on no night."""
    due: frozenset[Due]


def when(night: int) -> datetime:
    """When a night's run begins, UTC."""
    return (FIRST_NIGHT + timedelta(days=night)).astimezone(UTC)


def truth_of(places: Sequence[Place], nights: int) -> Truth:
    """Say what could be had, what was lost, and which alerts are due."""
    had: set[tuple[str, str]] = set()
    lost: set[tuple[str, str]] = set()
    due: set[Due] = set()
    for place in places:
        seen: set[int] = set()
        for night in filter(place.answers, range(nights)):
            shown = place.shown(night)
            seen |= {post.number for post in shown}
        had |= {(place.name, post.url) for post in place.posts if post.number in seen}
        asked = range(min(seen), max(seen) + 1)
        lost |= {(place.name, p.url) for p in place.posts if p.number in {*asked} - seen}
        due |= {*_of_trouble(place, nights), *_silences(place, nights), *_gaps(place, nights)}
    return Truth(had=frozenset(had), lost=frozenset(lost), due=frozenset(due))


def _of_trouble(place: Place, nights: int) -> Iterator[Due]:
    kinds: dict[Trouble, AlertKind] = dict.fromkeys(_DOWN, "failing")
    kinds |= {"relaunch": "unparsable", "shrunk": "shrunk", "empty": "empty"}
    if kind := kinds.get(place.trouble):
        night = place.begins + 2 * (place.trouble == "limited")
        over = place.ends if place.ends < nights else None
        yield Due(source=place.name, kind=kind, night=night, by=night, over=over)


def _silences(place: Place, nights: int) -> Iterator[Due]:
    if place.trouble != "silent":
        return
    counts = range(7) if place.rhythm == "daily" else _NO_REST
    quiet = [
        night
        for night in range(place.begins + 1, nights)
        if (when(night).astimezone(ZONE)).weekday() in counts
    ]
    news = [n for n in range(place.begins + 1, nights) if _has_news(place, n)]
    yield Due(
        source=place.name,
        kind="silent",
        night=quiet[1 if place.rhythm == "daily" else 2],
        by=quiet[1 if place.rhythm == "daily" else 3],
        over=news[0] if news else None,
    )


def _has_news(place: Place, night: int) -> bool:
    return any(when(night - 1) <= post.at < when(night) for post in place.posts)


def _gaps(place: Place, nights: int) -> Iterator[Due]:
    """The nights whose page no longer reaches back to what is known."""
    if not place.dated:
        return
    known: set[int] = set()
    for night in filter(place.answers, range(nights)):
        shown = {post.number for post in place.shown(night)}
        if known and not known & shown:
            yield Due(source=place.name, kind="gap", night=night, by=night, over=None)
        known |= shown
