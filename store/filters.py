"""Which stories have a member of some source, kind, language or age, and how many wait.

What a look at the queue is narrowed by, and told before it.
"""

from __future__ import annotations

from datetime import datetime

from store.database import Store
from store.models import Kind, SourceName, StoryId
from store.rows import write_optional_time, write_time

_HAS = "EXISTS (SELECT 1 FROM candidate c WHERE c.story_id = s.id AND c.{column} {sign} :{column})"


def load_stories_with(
    store: Store,
    since: datetime,
    *,
    source: SourceName | None = None,
    kind: Kind | None = None,
    language: str | None = None,
    seen_since: datetime | None = None,
) -> set[StoryId]:
    """Stories in which something happened since then and of which all that is given is true.

    Each may be true of another member; `seen_since` is of the time that one was first seen.
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
    # The columns are named above; every value is bound.
    query = "SELECT s.id FROM story s WHERE s.merged_into IS NULL AND s.changed_at >= :since"
    query = " AND ".join([query, *conditions])
    with store.reading() as db:
        found = db.execute(query, {"since": write_time(since), **given})
        return {StoryId(row[0]) for row in found}


def count_undecided(store: Store, since: datetime) -> dict[str, int]:
    """Scored stories in which something happened since then and nobody decided, by section."""
    with store.reading() as db:
        return dict(
            db.execute(
                "SELECT c.section, count(*) FROM story s"
                " JOIN score c INDEXED BY score_ranking ON c.story_id = s.id"
                " WHERE s.merged_into IS NULL AND s.changed_at >= ?"
                " AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.story_id = s.id)"
                " AND NOT EXISTS (SELECT 1 FROM story m JOIN decision d ON d.story_id = m.id"
                "   WHERE m.merged_into = s.id) GROUP BY c.section",
                [write_time(since)],
            ).fetchall()
        )
