"""What is learned of the editor's taste, and what it is learned from: rows <-> models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from store.database import Store
from store.models import StoryId
from store.rows import compress, decompress, read_time, write_time

_BATCH = 500
_NO_MODEL = compress(b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryDocument:
    """A story as it is learned from."""

    story: StoryId
    section: str
    rules: float
    """The rules' score."""
    tokens: str
    """As ``pipeline.taste.features`` writes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTaste:
    """What was learned for a section, and whether it is used."""

    section: str
    version: int
    trained_at: datetime
    used: bool
    verdict: str
    """Why it is used or not, for a person."""
    examples: str
    """A digest of what it was learned from: the same examples are not learned from again."""
    model: str
    """JSON, as ``pipeline.taste.learning`` writes it; empty where there is no model."""


def save_documents(store: Store, documents: Iterable[StoryDocument]) -> None:
    """Keep documents in place of earlier ones of the same stories."""
    with store.writing() as db:
        db.conn.executemany(
            "INSERT OR REPLACE INTO document (story_id, section, rules, tokens)"
            " VALUES (?, ?, ?, ?)",
            [(one.story, one.section, one.rules, one.tokens) for one in documents],
        )


def load_documents(store: Store, section: str, limit: int = -1) -> Iterator[StoryDocument]:
    """The documents of a section's living stories, the oldest first; the latest `limit` of them.

    They are read a few hundred at a time, so that memory does not grow with them.
    """
    living = (
        "SELECT d.story_id, d.rules, d.tokens FROM document d JOIN story s ON s.id = d.story_id"
        " WHERE d.section = ? AND s.merged_into IS NULL"
    )
    with store.reading() as db:
        [(first,)] = db.execute(
            f"SELECT min(story_id) FROM ({living} ORDER BY d.story_id DESC LIMIT ?)",  # noqa: S608
            [section, limit],
        ).fetchall()
    while first is not None:
        with store.reading() as db:
            rows = db.execute(
                f"{living} AND d.story_id >= ? ORDER BY d.story_id LIMIT ?",
                [section, first, _BATCH],
            ).fetchall()
        for story, rules, tokens in rows:
            yield StoryDocument(story=StoryId(story), section=section, rules=rules, tokens=tokens)
        first = rows[-1][0] + 1 if rows else None


def load_documents_of(store: Store, stories: Iterable[StoryId]) -> dict[StoryId, str]:
    """The documents of these stories; one without is absent."""
    found: dict[StoryId, str] = {}
    with store.reading() as db:
        for story in stories:
            row = db.execute("SELECT tokens FROM document WHERE story_id = ?", [story]).fetchone()
            if row is not None:
                found[story] = row[0]
    return found


def save_taste(store: Store, taste: Sequence[StoredTaste]) -> None:
    """Keep what was learned, as a further version, and of earlier ones all but the model.

    A model takes a megabyte, and each night learns one for each section.
    """
    with store.writing() as db:
        db.conn.executemany(
            "UPDATE taste SET model = ? WHERE section = ? AND version < ? AND model <> ?",
            [(_NO_MODEL, one.section, one.version, _NO_MODEL) for one in taste],
        )
        db.conn.executemany(
            "INSERT INTO taste (section, version, trained_at, used, verdict, examples, model)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    one.section,
                    one.version,
                    write_time(one.trained_at),
                    one.used,
                    one.verdict,
                    one.examples,
                    compress(one.model.encode()),
                )
                for one in taste
            ],
        )


def load_taste(store: Store) -> dict[str, StoredTaste]:
    """The latest version of each section."""
    with store.reading() as db:
        rows = db.execute(
            "SELECT section, max(version), trained_at, used, verdict, examples, model FROM taste"
            " GROUP BY section ORDER BY section"
        ).fetchall()
    return {
        section: StoredTaste(
            section=section,
            version=version,
            trained_at=read_time(trained_at),
            used=bool(used),
            verdict=verdict,
            examples=examples,
            model=decompress(model).decode(),
        )
        for section, version, trained_at, used, verdict, examples, model in rows
    }
