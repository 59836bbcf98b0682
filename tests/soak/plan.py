"""The places of a simulated month, made from a seed before the first night. Pure.

Each place has a rhythm of its own and at most one trouble; what follows from both is said in
``tests.soak.truth``.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from tests.soak.truth import FIRST_NIGHT, ZONE, Form, Place, Post, Rhythm, Trouble, when

_BEFORE = 13
"""Days before the first night that a place has published for."""
_WEEKEND = frozenset({5, 6})
_FEEDS: tuple[Form, ...] = ("rss", "atom", "rdf", "json")

_CASES: tuple[tuple[Trouble, tuple[Form, ...], Rhythm], ...] = (
    ("none", _FEEDS, "weekdays"),
    ("refused", _FEEDS, "daily"),
    ("relaunch", ("list",), "daily"),
    ("moved", _FEEDS, "daily"),
    ("rolled", _FEEDS, "daily"),
    ("shrunk", _FEEDS, "daily"),
    ("limited", _FEEDS, "daily"),
    ("empty", _FEEDS, "daily"),
    ("guids", ("rss", "atom", "json"), "daily"),
    ("republished", _FEEDS, "daily"),
    ("silent", _FEEDS, "daily"),
    ("503", ("arxiv",), "weekdays"),
    ("none", ("trending",), "daily"),
    ("limited", ("search",), "daily"),
    ("gone", _FEEDS, "daily"),
    ("retired", _FEEDS, "weekdays"),
    ("patience", _FEEDS, "daily"),
    ("blip", _FEEDS, "daily"),
    ("hang", _FEEDS, "daily"),
    ("relaunch", ("trending",), "daily"),
    ("none", _FEEDS, "bursty"),
    ("silent", _FEEDS, "weekdays"),
    ("late", _FEEDS, "daily"),
    ("none", ("list",), "weekdays"),
    ("503", ("list",), "weekdays"),
    ("relaunch", _FEEDS, "weekdays"),
    ("rolled", ("list",), "daily"),
    ("none", ("arxiv",), "weekdays"),
    ("moved", _FEEDS, "weekdays"),
    ("refused", _FEEDS, "bursty"),
    ("shrunk", ("list",), "daily"),
)
_LASTS: dict[Trouble, tuple[int, int]] = {
    "rolled": (5, 6),
    "limited": (4, 4),
    "silent": (8, 8),
    "hang": (1, 2),
    "republished": (1, 3),
    "moved": (2, 4),
    "retired": (2, 2),
}
"""The fewest and the most nights of a trouble; those of the others are one to four."""
_NEEDS_HISTORY: dict[Trouble, int] = {"shrunk": 5, "empty": 5, "silent": 16}
"""Nights before which nobody can know what is usual."""
_FOR_GOOD: tuple[Trouble, ...] = ("gone", "guids", "late")


def plan(seed: int, *, nights: int, sources: int) -> list[Place]:
    """Make the places. What needs a longer month than `nights` is left out of it."""
    rng = random.Random(seed)
    cases = [case for case in _CASES if _earliest(case[0]) + _lasts(case[0])[0] < nights]
    serials = count()
    places: list[Place] = []
    for number in range(sources):
        trouble, forms, rhythm = cases[number % len(cases)]
        begins, ends = _nights_of(trouble, rng, nights)
        form = rng.choice(forms)
        place = Place(
            name=f"{form} {trouble} {number}",
            form=form,
            rhythm=rhythm,
            trouble=trouble,
            begins=begins,
            ends=ends,
            window=8 if trouble == "rolled" else 24,
            dated=form not in ("trending", "arxiv", "search"),
        )
        places.append(replace(place, posts=tuple(_posts(place, rng, nights, serials))))
    return [*places, *_reprinting(places)]


def _earliest(trouble: Trouble) -> int:
    return _NEEDS_HISTORY.get(trouble, 2)


def _lasts(trouble: Trouble) -> tuple[int, int]:
    return _LASTS.get(trouble, (1, 4))


def _nights_of(trouble: Trouble, rng: random.Random, nights: int) -> tuple[int, int]:
    lasts = rng.randint(*_lasts(trouble))
    begins = rng.randint(_earliest(trouble), max(_earliest(trouble), nights - lasts - 1))
    return begins, nights if trouble in _FOR_GOOD else begins + lasts


def _posts(place: Place, rng: random.Random, nights: int, serials: Iterator[int]) -> Iterator[Post]:
    number = 0
    first = FIRST_NIGHT.date() - timedelta(days=_BEFORE)
    for day in (first + timedelta(days=n) for n in range(_BEFORE + nights)):
        for moment in sorted(_moments(place, day, rng)):
            cut = place.trouble == "silent" and when(place.begins) <= moment < when(place.ends)
            if not cut:
                yield _post(place, number, moment, next(serials))
                number += 1


def _moments(place: Place, day: date, rng: random.Random) -> Iterator[datetime]:
    posts = rng.randint(2, 4)
    if place.rhythm == "weekdays" and day.weekday() in _WEEKEND:
        posts = 0
    if place.rhythm == "bursty":
        posts = rng.choice((0, 0, 1, 2))
    for hour in rng.sample(range(8, 21), posts):
        yield datetime.combine(day, time(hour, rng.randrange(60)), ZONE).astimezone(UTC)


_SOUNDS = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]
_WORDS = 6


def _words(serial: int) -> list[str]:
    """Words that stand in no other title: whatever shares a story with this one is the same."""
    words = []
    for n in range(serial * _WORDS, (serial + 1) * _WORDS):
        mixed = n * 7919 % len(_SOUNDS) ** 3
        word = ""
        for _ in range(3):
            mixed, sound = divmod(mixed, len(_SOUNDS))
            word += _SOUNDS[sound]
        words.append(word)
    return words


def _post(place: Place, number: int, at: datetime, serial: int) -> Post:
    words = _words(serial)
    title = " ".join(words).capitalize()
    url = f"https://{place.key}.example/{number}"
    match place.form:
        case "trending" | "search":
            title = f"{words[0]}/{words[1]}"
            url = f"https://github.com/{title}"
        case "arxiv":
            url = f"https://arxiv.org/abs/{at:%y%m}.{serial:05}"
    return Post(number=number, at=at, title=title, url=url)


def _reprinting(places: Sequence[Place]) -> Iterator[Place]:
    """A feed that links to what others publish, for every ten of them, two hours later."""
    whole = [place for place in places if place.trouble != "silent" and place.form in _FEEDS]
    for number, place in enumerate(whole[::10]):
        yield replace(
            place,
            name=f"reprints {number}",
            form="rss",
            trouble="none",
            begins=0,
            ends=0,
            dated=True,
            posts=tuple(replace(p, at=p.at + timedelta(hours=2)) for p in place.posts),
        )
