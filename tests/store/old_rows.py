"""Rows for databases of every schema that there was: what a database of that time would hold.

`ROWS` maps a migration to what was put into the tables that it made, or into the columns that it
added. It is written in SQL, not through today's modules, since those write today's tables.
"""

from __future__ import annotations

import sqlite3
import zlib

AT = "2026-02-01T19:30:00+00:00"
DAY = 20486
_SAID = (
    '{"source":"量子位","external_id":"a","url":"https://a.example/1","title":"端侧推理框架",'
    '"summary":"INT8 量化"}'
)
_DRAFT = '{"section":"业界新闻","title":"端侧推理框架","url":"https://a.example/1"}'
_BODY = zlib.compress(b"<rss/>")

ROWS: dict[str, list[tuple[str, dict[str, object]]]] = {
    "m001_runs_and_raw_items": [
        ("run", {"id": 1, "command": "nightly", "started_at": AT, "finished_at": AT, "status": "ok"}),
        ("run", {"id": 2, "command": "nightly", "started_at": AT, "status": "running"}),
        ("source_run", {"run_id": 1, "source": "量子位", "kind": "feed", "status": "items",
                        "received": 1, "new": 1, "changed": 0, "seconds": 0.5, "notes": "[]"}),
        ("source_state", {"source": "量子位", "asked": "https://a.example/feed", "etag": '"1"'}),
        ("payload", {"id": 1, "source": "量子位", "kind": "feed", "url": "https://a.example/feed",
                     "fetched_at": AT, "outcome": "items", "sha256": "0" * 64, "size": 6,
                     "body": _BODY}),
        ("payload", {"id": 2, "source": "量子位", "kind": "article", "url": "https://a.example/1",
                     "fetched_at": AT, "outcome": "article", "sha256": "1" * 64, "size": 6,
                     "body": _BODY}),
        ("raw_item", {"id": 1, "source": "量子位", "external_id": "a", "fingerprint": "f",
                      "payload_id": 1, "run_id": 1, "first_seen": AT, "said": _SAID,
                      "normalised": 1}),
        ("raw_item", {"id": 2, "source": "量子位", "external_id": "b", "fingerprint": "f",
                      "run_id": 1, "first_seen": AT, "said": _SAID.replace('"a"', '"b"'),
                      "normalised": 1}),
    ],
    "m002_candidates_and_stories": [
        ("story", {"id": 1, "changed_at": AT}),
        ("story", {"id": 2, "changed_at": AT, "merged_into": 1}),
        ("candidate", {"id": 1, "source": "量子位", "external_id": "a", "raw_item_id": 1,
                       "kind": "article", "canonical_url": "https://a.example/1",
                       "title": "端侧推理框架", "language": "zh", "published": AT,
                       "content_hash": "c", "first_seen": AT, "story_id": 1}),
        ("candidate", {"id": 2, "source": "量子位", "external_id": "b", "raw_item_id": 2,
                       "kind": "article", "canonical_url": "https://a.example/1",
                       "title": "端侧推理框架", "language": "zh", "content_hash": "c",
                       "first_seen": AT, "story_id": 1}),
        ("candidate_key", {"candidate_id": 1, "relation": "is", "position": 0,
                           "key": "url:a.example/1"}),
        ("candidate_key", {"candidate_id": 2, "relation": "is", "position": 0,
                           "key": "url:a.example/1"}),
        ("story_key", {"key": "url:a.example/1", "story_id": 1}),
        ("score", {"story_id": 1, "total": 3.5, "section": "业界新闻", "anchor": AT, "parts": "[]"}),
        ("lookup", {"key": "github:a/b", "at": AT}),
        ("candidate_text", {"rowid": 1, "title": "端侧 推理", "body": "INT8"}),
    ],
    "m003_decisions_and_issues": [
        ("decision", {"id": 1, "story_id": 1, "verdict": "accept", "by": "编辑", "at": AT,
                      "note": "好", "basis": "[]", "machine": _DRAFT}),
        ("issue", {"date": "2026-01-19", "head": "{}", "final": 1, "exported_at": AT}),
        ("issue_item", {"date": "2026-01-19", "position": 0, "section": 0, "name": "业界新闻",
                        "story_id": 2, "basis": "[]", "draft": _DRAFT}),
        ("published", {"key": "url:a.example/0", "date": "2026-01-19", "position": 0}),
    ],
    "m004_evidence": [
        ("profile", {"candidate_id": 1, "publisher": "量子位", "day": DAY, "gist": "{}",
                     "sketch": b"", "traits": b""}),
        ("tie", {"one": 1, "other": 2, "chance": 0.9, "firm": 1, "never": 0, "evidence": "[]"}),
        ("trait", {"trait": 7, "day": DAY, "candidate_id": 1}),
        ("ruling", {"id": 1, "verdict": "split", "by": "编辑", "at": AT}),
        ("ruling_member", {"ruling_id": 1, "candidate_id": 1, "side": 0}),
    ],
    "m005_references": [
        ("reference", {"name": "综述", "origin": "papers.bib", "weight": 0.5, "added_at": AT}),
        ("reference_item", {"name": "综述", "position": 0, "key": "arxiv:1812.00332", "title": "P"}),
    ],
    "m006_taste": [
        ("document", {"story_id": 1, "section": "业界新闻", "rules": 3.5, "tokens": "[]"}),
        ("taste", {"section": "业界新闻", "version": 1, "trained_at": AT, "used": 0,
                   "verdict": "规则", "examples": "[]", "model": b""}),
    ],
    "m007_what_moves_in_a_score": [("score_period", {"one": 1, "start": 1, "now": 2})],
    "m008_desk": [
        ("layout", {"id": 1, "date": "2026-02-02", "by": "编辑", "at": AT, "undo": 0, "places": "[]"}),
        ("typed", {"place": "story:1", "by": "编辑", "at": AT, "seen": 0, "form": "{}"}),
        ("saved_view", {"name": "论文", "query": "section=论文"}),
        ("editor", {"name": "编辑", "password": "scrypt:x", "added_at": AT}),
        ("cookie_key", {"one": 1, "value": b"key"}),
    ],
    "m009_alerts": [
        ("alert", {"id": 1, "source": "量子位", "kind": "silent", "detail": "…", "run_id": 1,
                   "opened_at": AT, "seen_at": AT}),
        ("alert_told", {"alert_id": 1, "channel": "mail", "what": "open", "at": AT}),
    ],
    "m011_untaught": [("untaught", {"key": "arxiv:2603.00001", "at": AT})],
}  # fmt: skip
"""Migration -> rows for its tables, in an order in which each finds what it refers to."""


def fill(connection: sqlite3.Connection, migration: str) -> None:
    """Put the rows of one migration in."""
    for table, row in ROWS.get(migration, []):
        columns, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(row.values()))
    connection.commit()


def lost(connection: sqlite3.Connection, migration: str) -> list[tuple[str, dict[str, object]]]:
    """The rows of one migration that are no longer there as they were."""

    def there(table: str, row: dict[str, object]) -> bool:
        where = " AND ".join(f'"{name}" IS ?' for name in row)
        found = connection.execute(f"SELECT 1 FROM {table} WHERE {where}", list(row.values()))
        return found.fetchone() is not None

    return [(table, row) for table, row in ROWS.get(migration, []) if not there(table, row)]
