"""No page of the desk reads a table that grows from end to end."""

from __future__ import annotations

import re

import pytest

from pipeline.demo import NOW
from tests.pipeline.web.desks import a_desk, an_app, post

GROWING = {
    "candidate",
    "candidate_key",
    "decision",
    "document",
    "issue_item",
    "layout",
    "payload",
    "profile",
    "published",
    "raw_item",
    "ruling_member",
    "score",
    "source_run",
    "story",
    "story_key",
    "tie",
    "trait",
}
"""Tables with more rows every night."""
PATHS = (
    "/queue",
    "/queue?section=论文&kind=paper&language=en&days=3",
    "/queue?source=arXiv+模型压缩",
    "/queue?q=量化",
    "/queue?state=rejected",
    "/story/{story}",
    "/issue",
    "/sources",
    "/sources/plots",
    "/history",
    "/history/{story}",
)
_SCAN = re.compile(r"^SCAN (\w+)(?! VIRTUAL TABLE)(.*)$")


@pytest.fixture
def asked(sample, tmp_path):
    """Ask for pages, and give what SQLite was asked meanwhile."""
    sample.run()
    desk = a_desk(sample.store, tmp_path, settings=sample.settings, clock=lambda: NOW)
    client = an_app(desk).test_client()
    connection = sample.store.db.conn
    seen: set[str] = set()

    def ask(*paths):
        connection.set_trace_callback(seen.add)
        try:
            for path in paths:
                assert client.get(path).status_code == 200
            story = {"do": "accept", "story": paths[-1].rpartition("/")[2] + ":0"}
            assert post(client, "/queue/decide", story).status_code == 303
        finally:
            connection.set_trace_callback(None)
        return [said for said in seen if said.lstrip().upper().startswith(("SELECT", "UPDATE"))]

    return ask


def test_every_query_on_a_growing_table_has_an_index(sample, asked):
    connection = sample.store.db.conn
    [story] = connection.execute("SELECT min(story_id) FROM score").fetchone()
    read_whole = []
    queries = asked(*(path.format(story=story) for path in PATHS))
    assert len(queries) > 100
    for query in queries:
        aliases = dict(re.findall(r"(?:FROM|JOIN)\s+(\w+)(?:\s+(?:AS\s+)?([a-z]\w?))?\b", query))
        tables = {alias or table: table for table, alias in aliases.items()}
        for *_, told in connection.execute(f"EXPLAIN QUERY PLAN {query}"):
            scan = _SCAN.match(told)
            if scan and tables.get(scan[1], scan[1]) in GROWING and "INDEX" not in scan[2]:
                read_whole.append((told, " ".join(query.split())[:160]))
    assert read_whole == []
