"""A store with a history of generated candidates, and the night that follows it.

``python -m tests.bench.filling FOLDER SIZE`` makes ``SIZE.db``; ``SIZE.events`` with the event of
every candidate in the order of their ids, the next night's included; and ``SIZE.jsonl`` with that
night's raw items. The history has what a new candidate is held against (profiles, traits, keys,
stories of what shares a key), but no ties of its own: these are not looked at before something
new touches them.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from config.load import SHIPPED, load_settings
from pipeline.joining.profile import profile_of
from pipeline.joining.traits import traits
from pipeline.normalise import normalise
from pipeline.stories import vocabulary_of
from store.database import Store
from store.evidence import Traced, save_profiles
from store.models import Candidate, CandidateId, Member, RawItem
from store.rows import RAW_ITEM, digest, write_optional_time, write_time
from tests.bench.stream import A_NIGHT, FIRST, Report, Stream

_CACHE_MB = 1500
"""Pages that SQLite may keep while the traits, which are hashes, go in at random places."""
_WORKERS = 2


class _Row(NamedTuple):
    candidate: Candidate
    traced: Traced
    said: str


def night_after(size: int) -> datetime:
    """The evening after a history of so many candidates."""
    return FIRST + timedelta(days=size // A_NIGHT)


def fill(folder: Path, size: int) -> None:
    """Make the three files of one size; a size is a whole number of nights."""
    settings = load_settings(SHIPPED, environment=False)
    nights = Stream(settings.lexicon).nights()
    events = array("q")
    path = folder / f"{size}.db"
    with Store(path) as store, ProcessPoolExecutor(_WORKERS) as workers:
        _prepare(store)
        for rows in _in_order(workers, islice(nights, size // A_NIGHT), events):
            _save(store, rows)
        _make_stories(store)
        store.db.conn.execute("PRAGMA journal_mode = WAL")
    night = next(nights)
    events.extend(report.event for report in night)
    (folder / f"{size}.jsonl").write_text(
        "".join(RAW_ITEM.write(report.item) + "\n" for report in night), encoding="utf-8"
    )
    (folder / f"{size}.events").write_bytes(events.tobytes())


def _in_order(
    workers: ProcessPoolExecutor, nights: Iterator[list[Report]], events: array[int]
) -> Iterator[list[_Row]]:
    """Each night's rows; a few nights are worked on ahead."""
    waiting = []
    first = 1
    for number, night in enumerate(nights):
        events.extend(report.event for report in night)
        items = [report.item for report in night]
        waiting.append(workers.submit(_rows, first, FIRST + timedelta(days=number), items))
        first += len(night)
        if len(waiting) > 2 * _WORKERS:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()


def _rows(first: int, evening: datetime, items: Sequence[RawItem]) -> list[_Row]:
    vocabulary = vocabulary_of(load_settings(SHIPPED, environment=False).lexicon)
    rows = []
    for number, item in enumerate(items, first):
        candidate = normalise(item)
        member = Member(id=CandidateId(number), candidate=candidate, first_seen=evening)
        profile = profile_of(member, vocabulary)
        found = traits(profile, vocabulary.read(profile.title), vocabulary)
        traced = Traced(profile=profile, traits=found)
        rows.append(_Row(candidate=candidate, traced=traced, said=RAW_ITEM.write(item)))
    return rows


def _prepare(store: Store) -> None:
    """Trade safety for speed: a fill that was cut short is made anew."""
    for pragma in (
        "journal_mode = OFF",
        "synchronous = OFF",
        "foreign_keys = OFF",
        f"cache_size = -{_CACHE_MB * 1000}",
    ):
        store.db.conn.execute(f"PRAGMA {pragma}")
    with store.writing() as db:
        db.execute(
            "INSERT INTO run (id, command, started_at, status) VALUES (1, 'bench', ?, 'ok')",
            [write_time(FIRST)],
        )


def _save(store: Store, rows: Sequence[_Row]) -> None:
    with store.writing() as db:
        for row in rows:
            number, candidate = row.traced.profile.id, row.candidate
            item = candidate.item
            seen = write_time(datetime.fromordinal(row.traced.profile.day).replace(tzinfo=UTC))
            db.execute(
                "INSERT INTO raw_item (id, source, external_id, fingerprint, run_id, first_seen,"
                " said, normalised) VALUES (?, ?, ?, ?, 1, ?, ?, 1)",
                [number, item.source, item.external_id, digest(row.said), seen, row.said],
            )
            db.execute(
                "INSERT INTO candidate (id, source, external_id, raw_item_id, kind, canonical_url,"
                " title, language, published, content_hash, first_seen)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    number,
                    item.source,
                    item.external_id,
                    number,
                    candidate.kind,
                    candidate.canonical_url,
                    candidate.title,
                    candidate.language,
                    write_optional_time(candidate.published),
                    candidate.content_hash,
                    seen,
                ],
            )
            keys = [("is", candidate.keys), ("mentions", candidate.mentions)]
            db.conn.executemany(
                "INSERT INTO candidate_key (candidate_id, relation, position, key)"
                " VALUES (?, ?, ?, ?)",
                [(number, what, n, key) for what, some in keys for n, key in enumerate(some)],
            )
        save_profiles(store, [row.traced for row in rows])


def _make_stories(store: Store) -> None:
    """A story for every first key, founded by the earliest candidate that bears it."""
    with store.writing() as db:
        db.execute(
            "INSERT INTO story (id, changed_at, founder)"
            " SELECT min(candidate_id), ?, min(candidate_id) FROM candidate_key"
            " WHERE relation = 'is' AND position = 0 GROUP BY key",
            [write_time(FIRST)],
        )
        db.execute(
            "INSERT INTO story_key (key, story_id) SELECT key, min(candidate_id)"
            " FROM candidate_key WHERE relation = 'is' AND position = 0 GROUP BY key"
        )
        db.execute(
            "UPDATE candidate SET story_id = (SELECT s.story_id FROM candidate_key k"
            " JOIN story_key s ON s.key = k.key"
            " WHERE k.candidate_id = candidate.id AND k.relation = 'is' AND k.position = 0)"
        )


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]))
