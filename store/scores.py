"""Scores: rows <-> models, and how new a story is, which moves with every night.

A score is kept as it would be were the story of today. When it is read, the points of its date
fall linearly to zero at the start of the period that scores were last made for. So a night scores
only what is new or different, and yet all else is a day older. This is reckoned in whole
thousandths of a point and whole seconds, here as in SQL: the same on every machine.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlite_utils import Database

from store.database import Store
from store.models import RECENCY, Part, Score, Story, StoryId
from store.rows import NUMBERS, PARTS, write_time

_TODAY = "今天"
"""How its label begins, were the story of today."""
_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredStory:
    """A story with its score."""

    story: Story
    score: Score
    """With the points of its date as if it were of today, where there is a `latest`."""
    latest: datetime | None = None
    """The date that it is as new as; None for a score that does not move."""
    taste: int = 0
    """Version of what was learned that is in it; 0 for none."""


@dataclass(frozen=True, slots=True)
class _Period:
    """From when to when, in seconds since 1970."""

    start: int
    now: int

    def points(self, fresh: int, latest: int) -> int:
        """What is left of the points of something new; ``_RANKING`` says it in SQL."""
        length = self.now - self.start
        if length <= 0 or latest <= self.start:
            return 0
        return (2 * fresh * (min(latest, self.now) - self.start) + length) // (2 * length)

    def aged(self, score: Score, fresh: int, latest: int) -> Score:
        """The score with what is left of these points, and the days since."""
        points = self.points(fresh, latest)
        days = (self.now - min(latest, self.now)) // _DAY
        parts = []
        for part in score.parts:
            if part.name != RECENCY:
                parts.append(part)
            elif points:
                ago = f"{days} 天前" if days else _TODAY
                label = part.label.replace(_TODAY, ago, 1)
                parts.append(replace(part, label=label, value=points / 1000))
        total = (round(score.total * 1000) + points) / 1000
        return replace(score, total=total, parts=tuple(parts))


# The index has all that is asked for, which spares reading the parts of every score.
_RANKING = """
SELECT s.id, c.section
FROM story s JOIN score c INDEXED BY score_ranking ON c.story_id = s.id
WHERE s.merged_into IS NULL AND s.changed_at >= :since
    AND (:section IS NULL OR c.section = :section)
    AND (:among IS NULL OR s.id IN (SELECT value FROM json_each(:among)))
ORDER BY
    CAST(round(c.total * 1000) AS INTEGER) + CASE
        WHEN :now > :start AND c.latest > :start THEN
            (2 * c.fresh * (min(c.latest, :now) - :start) + :now - :start) / (2 * (:now - :start))
        ELSE 0
    END DESC,
    c.anchor, s.id
LIMIT :limit OFFSET :offset
"""


def save_score_period(store: Store, start: datetime, now: datetime) -> None:
    """Let every score be read as of an issue period from `start` to `now`."""
    with store.writing() as db:
        db.execute(
            "INSERT OR REPLACE INTO score_period (one, start, now) VALUES (1, ?, ?)",
            [int(start.timestamp()), int(now.timestamp())],
        )


def _period(db: Database) -> _Period:
    row = db.execute("SELECT start, now FROM score_period").fetchone()
    return _Period(0, 0) if row is None else _Period(*row)


def save_scores(store: Store, scored: Iterable[ScoredStory], *, method: str = "") -> None:
    """Keep scores in place of earlier ones, with the `method` that they were made by."""
    with store.writing() as db:
        db.conn.executemany(
            "INSERT OR REPLACE INTO score"
            " (story_id, total, section, anchor, parts, latest, fresh, method, taste)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    one.story.id,
                    one.score.total if one.latest is None else one.score.lasting,
                    one.score.section,
                    one.story.members[0].candidate.keys[0],
                    PARTS.write(one.score.parts),
                    None if one.latest is None else int(one.latest.timestamp()),
                    0 if one.latest is None else _fresh(one.score.parts),
                    method,
                    one.taste,
                )
                for one in scored
            ],
        )


def _fresh(parts: Iterable[Part]) -> int:
    return round(1000 * math.fsum(part.value for part in parts if part.name == RECENCY))


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A score that something else was learned for since."""

    score: Score
    """As it is kept."""
    tokens: str
    """The story's document."""


def load_unlaid(store: Store, section: str, version: int, since: datetime) -> list[StoryId]:
    """Stories of a section in which something happened since then, by id.

    Only those whose score bears another version of what was learned than this (0 for none).
    """
    with store.reading() as db:
        return [
            StoryId(row[0])
            for row in db.execute(
                "SELECT s.id FROM story s JOIN score c ON c.story_id = s.id"
                " WHERE s.merged_into IS NULL AND s.changed_at >= ?"
                " AND c.section = ? AND c.taste <> ? ORDER BY +s.id",
                [write_time(since), section, version],
            )
        ]


def load_laid(store: Store, stories: Iterable[StoryId]) -> dict[StoryId, Laid]:
    """The scores of these stories as they are kept, each with the document of its story."""
    found: dict[StoryId, Laid] = {}
    with store.reading() as db:
        for story in stories:
            row = db.execute(
                "SELECT c.total, c.section, c.parts, d.tokens FROM score c"
                " JOIN document d ON d.story_id = c.story_id WHERE c.story_id = ?",
                [story],
            ).fetchone()
            if row is not None:
                score = Score(total=row[0], section=row[1], parts=PARTS.read(row[2]))
                found[story] = Laid(score=score, tokens=row[3])
    return found


def update_scores(store: Store, scores: Mapping[StoryId, Score], version: int) -> None:
    """Put scores as they are kept, with what was learned laid on them, in place of these."""
    with store.writing() as db:
        db.conn.executemany(
            "UPDATE score SET parts = ?, taste = ?,"
            " total = CASE WHEN latest IS NULL THEN ? ELSE ? END WHERE story_id = ?",
            [
                (PARTS.write(score.parts), version, score.total, score.lasting, story)
                for story, score in scores.items()
            ],
        )


def load_ranking(
    store: Store,
    since: datetime,
    *,
    section: str | None = None,
    among: Collection[StoryId] | None = None,
    limit: int = -1,
    offset: int = 0,
) -> list[tuple[StoryId, str]]:
    """Scored stories in which something happened since then, each with its section.

    The best first; equal scores by first key, an order that does not depend on arrival. Those of
    one section, or `among` some, where that is given; `limit` of them, after `offset` others.
    """
    with store.reading() as db:
        period = _period(db)
        return [
            (StoryId(story), name)
            for story, name in db.execute(
                _RANKING,
                {
                    "since": write_time(since),
                    "start": period.start,
                    "now": period.now,
                    "section": section,
                    "among": None if among is None else NUMBERS.write(tuple(among)),
                    "limit": limit,
                    "offset": offset,
                },
            )
        ]


def load_scores(store: Store, stories: Iterable[StoryId]) -> dict[StoryId, Score]:
    """The scores of these stories; one without a score is absent."""
    found: dict[StoryId, Score] = {}
    with store.reading() as db:
        period = _period(db)
        for story in stories:
            row = db.execute(
                "SELECT total, section, parts, fresh, latest FROM score WHERE story_id = ?", [story]
            ).fetchone()
            if row is not None:
                score = Score(total=row[0], section=row[1], parts=PARTS.read(row[2]))
                moves = row[4] is not None
                found[story] = period.aged(score, row[3], row[4]) if moves else score
    return found
