"""Which stories have a member of some source, kind, language or age, and how many wait.

What a look at the queue is narrowed by, and told before it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from store.database import Store
from store.models import Kind, SourceName, StoryId
from store.rows import NUMBERS, write_optional_time, write_time

_HAS = "EXISTS (SELECT 1 FROM candidate c WHERE c.story_id = s.id AND c.{column} {sign} :{column})"


def load_stories_with(
    store: Store,
    since: datetime,
    *,
    source: SourceName | None = None,
    kind: Kind | None = None,
    language: str | None = None,
    seen_since: datetime | None = None,
    among: Collection[StoryId] | None = None,
) -> set[StoryId]:
    """Stories in which something happened since then and of which all that is given is true.

    Each may be true of another member; `seen_since` is of the time that one was first seen. With
    `among`, no others are looked at.
    """
    asked = {
        "source": source,
        "kind": kind,
        "language": language,
        "first_seen": write_optional_time(seen_since),
    }
    given = {column: value for column, value in asked.items() if value is not None}
    conditions = [
        _HAS.format(column=column, sign=">=" if column == "first_seen" else "=") for column in given
    ]
    if among is not None:
        conditions.insert(0, "s.id IN (SELECT value FROM json_each(:among))")
        given["among"] = NUMBERS.write(tuple(among))
    # The columns are named above; every value is bound.
    query = "SELECT s.id FROM story s WHERE s.merged_into IS NULL AND s.changed_at >= :since"
    query = " AND ".join([query, *conditions])
    with store.reading() as db:
        found = db.execute(query, {"since": write_time(since), **given})
        return {StoryId(row[0]) for row in found}


def count_scored(store: Store, since: datetime, section: str, most: int) -> int:
    """Scored stories of a section in which something happened since then; `most` at most."""
    with store.reading() as db:
        [count] = db.execute(
            "SELECT count(*) FROM (SELECT 1"
            " FROM score c INDEXED BY score_ranking JOIN story s ON s.id = c.story_id"
            " WHERE c.section = ? AND s.merged_into IS NULL AND s.changed_at >= ? LIMIT ?)",
            [section, write_time(since), most],
        ).fetchone()
    return int(count)
