"""Pairs of headlines that people labelled as one story or not, and how the program judges them.

A pair is a line of JSON: ``{"a": SIDE, "b": SIDE, "same": true}``, a side is ``{"account": …,
"title": …, "link": …, "pub": "2021-06-12"}``, with ``text`` where there is one. Further keys
(``label``, ``case``) are kept for the list of errors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from config.errors import InputError
from config.settings import Settings
from pipeline.joining.evidence import judge
from pipeline.joining.profile import profile_of
from pipeline.joining.words import Vocabulary
from pipeline.normalise import normalise
from pipeline.stories import meanings_of, vocabulary_of
from store.models import CandidateId, Member, Profile, RawItem, SourceName, Tie

_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)


class Side(BaseModel):
    """One of the two."""

    model_config = ConfigDict(frozen=True)

    account: str = ""
    title: str
    link: str = ""
    pub: date | None = None
    text: str = ""


class LabelledPair(BaseModel):
    """Two of them, and whether they are about one story."""

    model_config = ConfigDict(frozen=True)

    a: Side
    b: Side
    same: bool
    label: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A labelled pair with what the program makes of it."""

    pair: LabelledPair
    tie: Tie

    @property
    def joins(self) -> bool:
        """Whether the program makes them one story."""
        return self.tie.joins

    @property
    def right(self) -> bool:
        """Whether that is what the label says."""
        return self.joins == self.pair.same


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How often a yes was right, and how many of those that are one story were found."""

    pairs: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of both; 0 where both are."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def read_pairs(path: Path) -> list[LabelledPair]:
    """Read a file of labelled pairs. Raises InputError that names the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8") from error
    pairs = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            pairs.append(LabelledPair.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            what = f"{where}: {first['msg']}" if where else first["msg"]
            raise InputError(f"{path}:{number}: {what}") from error
    if not pairs:
        raise InputError(f"{path} holds no pairs")
    return pairs


def profiles(pairs: Sequence[LabelledPair], settings: Settings) -> list[tuple[Profile, Profile]]:
    """The sides of each as the program would compare them had they come from feeds.

    Raises SourceError where embeddings are configured and cannot be had.
    """
    vocabulary = vocabulary_of(settings.lexicon)
    sides = [(_profile(1, p.a, vocabulary), _profile(2, p.b, vocabulary)) for p in pairs]
    meanings = meanings_of((side.title for both in sides for side in both), settings)
    return [(meanings.given(a), meanings.given(b)) for a, b in sides]


def _profile(number: int, side: Side, vocabulary: Vocabulary) -> Profile:
    name = side.account or str(number)
    published = datetime.combine(side.pub, time(), UTC) if side.pub else None
    item = RawItem(
        source=SourceName(name),
        external_id=side.link or f"{number}",
        url=side.link,
        title=side.title,
        text=side.text,
        published=published,
        publisher=side.account,
    )
    candidate, seen = normalise(item), published or _UNDATED
    member = Member(id=CandidateId(number), candidate=candidate, first_seen=seen)
    return profile_of(member, vocabulary)


def judged(pairs: Sequence[LabelledPair], settings: Settings) -> Iterator[Judged]:
    """Judge every pair with the weights of `settings`, each for itself."""
    vocabulary = vocabulary_of(settings.lexicon)
    for pair, (a, b) in zip(pairs, profiles(pairs, settings), strict=True):
        yield Judged(pair=pair, tie=judge(a, b, vocabulary, settings.stories))


def quality(outcomes: Sequence[tuple[bool, bool]]) -> Quality:
    """Of pairs of what was said and what is so. Nothing said counts as precise."""
    said = sum(joins for joins, _ in outcomes)
    so = sum(same for _, same in outcomes)
    right = sum(joins and same for joins, same in outcomes)
    return Quality(
        pairs=len(outcomes),
        precision=right / said if said else 1.0,
        recall=right / so if so else 1.0,
    )
