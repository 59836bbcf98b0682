"""What candidates are compared by, and what ties them: rows <-> models.

A *trait* is a number that two candidates share when they may be about one thing: a hash of a
rare name, of two rare words, of a sentence, of a sample of the text. Traits are stored with the
day, so that a night's candidates find those of the weeks around them without a look at the rest.
What the traits are, and what a tie is worth, is decided in ``pipeline.joining``.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from store.candidates import load_keys
from store.database import Store
from store.models import (
    CandidateId,
    Kind,
    Profile,
    SourceName,
    Tie,
)
from store.rows import EVIDENCE

_MOST = 200
"""Candidates that one trait leads to. Beyond it lies a flood of copies, of which these tell all."""
_NEVER_KEYS = ("url:", "item:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """What a candidate can be found by."""

    value: int
    """64 bits, signed."""
    days: int
    """How many days before and after its own another candidate may lie to be found by it."""
    alone: bool = True
    """One that both have is enough; of those that are not, two must be shared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """A profile with its traits."""

    profile: Profile
    traits: tuple[Trait, ...]


def load_to_compare(store: Store, limit: int) -> list[CandidateId]:
    """Candidates that are new, or were changed since they were compared, by id."""
    with store.reading() as db:
        return [
            CandidateId(row[0])
            for row in db.execute(
                "SELECT id FROM candidate WHERE compared = 0 ORDER BY id LIMIT ?", [limit]
            )
        ]


def save_profiles(store: Store, batch: Sequence[Traced]) -> None:
    """Keep what these candidates are compared by, in place of what was kept before."""
    with store.writing() as db:
        for entry in batch:
            profile = entry.profile
            row = db.execute(
                "SELECT day, traits FROM profile WHERE candidate_id = ?", [profile.id]
            ).fetchone()
            if row is not None:
                db.conn.executemany(
                    "DELETE FROM trait WHERE trait = ? AND day = ? AND candidate_id = ?",
                    [(value, row[0], profile.id) for value in _numbers(row[1])],
                )
            values = sorted({trait.value for trait in entry.traits})
            db.execute(
                "INSERT OR REPLACE INTO profile"
                " (candidate_id, publisher, day, gist, sketch, traits, vector, vector_of)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    profile.id,
                    profile.publisher,
                    profile.day,
                    profile.gist,
                    _blob(profile.sketch),
                    _blob(values),
                    profile.vector,
                    profile.vector_of,
                ],
            )
            db.conn.executemany(
                "INSERT INTO trait (trait, day, candidate_id) VALUES (?, ?, ?)",
                [(value, profile.day, profile.id) for value in values],
            )
        db.conn.executemany(
            "UPDATE candidate SET compared = 1 WHERE id = ?", [(e.profile.id,) for e in batch]
        )


def find_by_traits(store: Store, entry: Traced) -> dict[CandidateId, int]:
    """Other candidates that share a trait within its days -> how many they share."""
    found: dict[CandidateId, int] = {}
    day = entry.profile.day
    with store.reading() as db:
        for trait in entry.traits:
            for (other,) in db.execute(
                "SELECT candidate_id FROM trait WHERE trait = ? AND day BETWEEN ? AND ?"
                " ORDER BY day DESC LIMIT ?",
                [trait.value, day - trait.days, day + trait.days, _MOST],
            ):
                found[other] = found.get(other, 0) + 1 + trait.alone
    found.pop(entry.profile.id, None)
    return {other: shared for other, shared in found.items() if shared > 1}


def find_by_keys(store: Store, profile: Profile) -> set[CandidateId]:
    """Other candidates that are what it mentions, mention what it is, or mention the same."""
    asked = [(key, "is") for key in profile.mentions]
    asked += [(key, "mentions") for key in (*profile.keys, *profile.mentions)]
    found: set[CandidateId] = set()
    with store.reading() as db:
        for key, relation in asked:
            if key.startswith(_NEVER_KEYS):
                continue
            found.update(
                row[0]
                for row in db.execute(
                    "SELECT candidate_id FROM candidate_key WHERE key = ? AND relation = ?"
                    " ORDER BY candidate_id DESC LIMIT ?",
                    [key, relation, _MOST],
                )
            )
    return found - {profile.id}


def load_profiles(store: Store, ids: Iterable[CandidateId]) -> dict[CandidateId, Profile]:
    """What these candidates are compared by; one that was not compared yet is absent."""
    found: dict[CandidateId, Profile] = {}
    with store.reading() as db:
        for candidate in ids:
            row = db.execute(
                "SELECT c.source, c.external_id, c.kind, c.language, c.title,"
                " p.publisher, p.day, p.gist, p.sketch, p.vector, p.vector_of"
                " FROM candidate c JOIN profile p ON p.candidate_id = c.id WHERE c.id = ?",
                [candidate],
            ).fetchone()
            if row is None:
                continue
            source, external_id, kind, language, title, publisher, day, gist, sketch, *said = row
            keys = load_keys(db, candidate)
            found[candidate] = Profile(
                id=candidate,
                source=SourceName(source),
                external_id=external_id,
                kind=Kind(kind),
                language=language,
                title=title,
                publisher=publisher,
                day=day,
                gist=gist,
                sketch=tuple(_numbers(sketch)),
                keys=keys.own,
                mentions=keys.mentioned,
                vector=said[0],
                vector_of=said[1],
            )
    return found


def save_ties(
    store: Store,
    compared: Iterable[CandidateId],
    ties: Mapping[tuple[CandidateId, CandidateId], Tie],
) -> None:
    """Keep the ties of these candidates in place of all that were kept of them before."""
    with store.writing() as db:
        for candidate in compared:
            db.execute("DELETE FROM tie WHERE one = ?", [candidate])
            db.execute("DELETE FROM tie WHERE other = ?", [candidate])
        db.conn.executemany(
            "INSERT OR REPLACE INTO tie (one, other, chance, firm, never, evidence)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [
                (one, other, tie.chance, tie.firm, tie.never, EVIDENCE.write(tie.evidence))
                for (one, other), tie in ties.items()
            ],
        )


def load_ties(
    store: Store, ids: Iterable[CandidateId]
) -> dict[tuple[CandidateId, CandidateId], Tie]:
    """Every tie that one of these candidates has; the smaller id stands first."""
    found: dict[tuple[CandidateId, CandidateId], Tie] = {}
    with store.reading() as db:
        for candidate in ids:
            for column in ("one", "other"):
                for one, other, chance, firm, never, evidence in db.execute(
                    f"SELECT one, other, chance, firm, never, evidence FROM tie WHERE {column} = ?",  # noqa: S608 - a name of ours
                    [candidate],
                ):
                    found[one, other] = Tie(
                        evidence=EVIDENCE.read(evidence),
                        chance=chance,
                        firm=bool(firm),
                        never=bool(never),
                    )
    return found


def load_companions(store: Store, candidate: CandidateId) -> set[CandidateId]:
    """Candidates that share its story or one of its keys."""
    with store.reading() as db:
        rows = db.execute(
            "SELECT o.id FROM candidate c JOIN candidate o ON o.story_id = c.story_id"
            " WHERE c.id = ?"
            " UNION SELECT o.candidate_id FROM candidate_key k"
            " JOIN candidate_key o ON o.key = k.key AND o.relation = 'is'"
            " WHERE k.candidate_id = ? AND k.relation = 'is'",
            [candidate, candidate],
        ).fetchall()
    return {CandidateId(row[0]) for row in rows}


def _blob(values: Sequence[int]) -> bytes:
    return array("q", values).tobytes()


def _numbers(blob: bytes) -> list[int]:
    values = array("q")
    values.frombytes(blob)
    return values.tolist()
