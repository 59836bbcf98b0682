"""The tables, as numbered migrations that are never changed once released.

Each runs in a transaction of its own, together with the record that it ran. Times are ISO 8601
in UTC, ``2026-03-02T03:30:00+00:00``; JSON columns hold what ``store.rows`` writes. Imports
nothing of ours, so that an old migration cannot change under a new model.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("briefing")


def _run(db: Database, script: str) -> None:
    # Not executescript(): it commits, and a migration must be whole or absent.
    for statement in script.split(";\n\n"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m001_runs_and_raw_items(db: Database) -> None:
    """Runs, what each source answered in them, and the raw items with their payloads."""
    _run(
        db,
        """
CREATE TABLE run (
    id          INTEGER PRIMARY KEY,
    command     TEXT NOT NULL,
    started_at  TEXT NOT NULL,
    finished_at TEXT,
    status      TEXT NOT NULL CHECK (status IN ('running', 'ok', 'partial', 'interrupted'))
) STRICT;

CREATE TABLE source_run (
    run_id    INTEGER NOT NULL REFERENCES run (id),
    source    TEXT NOT NULL,
    kind      TEXT NOT NULL,
    status    TEXT NOT NULL
              CHECK (status IN ('items', 'not_modified', 'empty', 'unparsable', 'error')),
    received  INTEGER NOT NULL,
    new       INTEGER NOT NULL,
    changed   INTEGER NOT NULL,
    cause     TEXT,
    retryable INTEGER,
    retry_at  TEXT,
    seconds   REAL NOT NULL,
    notes     TEXT NOT NULL,
    PRIMARY KEY (run_id, source)
) STRICT, WITHOUT ROWID;

CREATE INDEX source_run_by_source ON source_run (source, run_id);

CREATE TABLE source_state (
    source        TEXT PRIMARY KEY,
    asked         TEXT,
    etag          TEXT,
    last_modified TEXT,
    moved_to      TEXT,
    watermark     TEXT,
    retry_at      TEXT,
    body_sha256   TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE payload (
    id           INTEGER PRIMARY KEY,
    source       TEXT NOT NULL,
    kind         TEXT NOT NULL,
    url          TEXT NOT NULL,
    fetched_at   TEXT NOT NULL,
    content_type TEXT,
    outcome      TEXT NOT NULL
                 CHECK (outcome IN ('items', 'empty', 'unparsable', 'refused', 'article')),
    sha256       TEXT NOT NULL,
    size         INTEGER NOT NULL,
    body         BLOB NOT NULL,
    UNIQUE (source, sha256)
) STRICT;

CREATE INDEX payload_of_article ON payload (source, url) WHERE outcome = 'article';

CREATE TABLE raw_item (
    id          INTEGER PRIMARY KEY,
    source      TEXT NOT NULL,
    external_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    payload_id  INTEGER REFERENCES payload (id),
    run_id      INTEGER NOT NULL REFERENCES run (id),
    first_seen  TEXT NOT NULL,
    said        TEXT NOT NULL,
    normalised  INTEGER NOT NULL DEFAULT 0 CHECK (normalised IN (0, 1))
) STRICT;

CREATE INDEX raw_item_by_name ON raw_item (source, external_id, id, fingerprint);

CREATE INDEX raw_item_pending ON raw_item (id) WHERE normalised = 0;

CREATE INDEX raw_item_by_payload ON raw_item (payload_id)
""",
    )


@migrations()
def m002_candidates_and_stories(db: Database) -> None:
    """Candidates, the keys that make them stories, scores, and the search index."""
    _run(
        db,
        """
CREATE TABLE story (
    id          INTEGER PRIMARY KEY,
    changed_at  TEXT NOT NULL,
    merged_into INTEGER REFERENCES story (id)
) STRICT;

CREATE INDEX story_by_change ON story (changed_at) WHERE merged_into IS NULL;

CREATE INDEX story_merged ON story (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE candidate (
    id            INTEGER PRIMARY KEY,
    source        TEXT NOT NULL,
    external_id   TEXT NOT NULL,
    raw_item_id   INTEGER NOT NULL REFERENCES raw_item (id),
    kind          TEXT NOT NULL,
    canonical_url TEXT NOT NULL,
    title         TEXT NOT NULL,
    language      TEXT NOT NULL,
    published     TEXT,
    content_hash  TEXT NOT NULL,
    first_seen    TEXT NOT NULL,
    story_id      INTEGER REFERENCES story (id),
    UNIQUE (source, external_id)
) STRICT;

CREATE INDEX candidate_by_first_seen ON candidate (first_seen);

CREATE INDEX candidate_by_story ON candidate (story_id);

CREATE INDEX candidate_pending ON candidate (id) WHERE story_id IS NULL;

CREATE INDEX candidate_by_raw_item ON candidate (raw_item_id);

CREATE TABLE candidate_key (
    candidate_id INTEGER NOT NULL REFERENCES candidate (id),
    relation     TEXT NOT NULL CHECK (relation IN ('is', 'mentions')),
    position     INTEGER NOT NULL,
    key          TEXT NOT NULL,
    PRIMARY KEY (candidate_id, relation, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX candidate_key_by_key ON candidate_key (key, relation);

CREATE TABLE story_key (
    key      TEXT PRIMARY KEY,
    story_id INTEGER NOT NULL REFERENCES story (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX story_key_by_story ON story_key (story_id);

CREATE TABLE score (
    story_id INTEGER PRIMARY KEY REFERENCES story (id),
    total    REAL NOT NULL,
    section  TEXT NOT NULL,
    anchor   TEXT NOT NULL,
    parts    TEXT NOT NULL
) STRICT;

CREATE TABLE lookup (
    key TEXT PRIMARY KEY,
    at  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE candidate_text USING fts5 (title, body, tokenize = 'unicode61')
""",
    )


@migrations()
def m003_decisions_and_issues(db: Database) -> None:
    """What the editor did, append-only, and the issues that came of it."""
    _run(
        db,
        """
CREATE TABLE decision (
    id       INTEGER PRIMARY KEY,
    story_id INTEGER NOT NULL REFERENCES story (id),
    verdict  TEXT NOT NULL CHECK (verdict IN ('accept', 'reject', 'later', 'edit', 'undo')),
    by       TEXT NOT NULL,
    at       TEXT NOT NULL,
    note     TEXT,
    basis    TEXT NOT NULL,
    machine  TEXT NOT NULL,
    editor   TEXT
) STRICT;

CREATE INDEX decision_by_story ON decision (story_id, id);

CREATE TRIGGER decision_is_never_rewritten BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;

CREATE TRIGGER decision_is_never_deleted BEFORE DELETE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;

CREATE TABLE issue (
    date        TEXT PRIMARY KEY,
    head        TEXT NOT NULL,
    final       INTEGER NOT NULL CHECK (final IN (0, 1)),
    exported_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE issue_item (
    date     TEXT NOT NULL REFERENCES issue (date),
    position INTEGER NOT NULL,
    section  INTEGER NOT NULL,
    name     TEXT NOT NULL,
    story_id INTEGER REFERENCES story (id),
    basis    TEXT NOT NULL,
    draft    TEXT NOT NULL,
    PRIMARY KEY (date, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX issue_item_by_story ON issue_item (story_id);

CREATE TABLE published (
    key      TEXT NOT NULL,
    date     TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (key, date, position),
    FOREIGN KEY (date, position) REFERENCES issue_item (date, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX published_by_item ON published (date, position)
""",
    )


@migrations()
def m004_evidence(db: Database) -> None:
    """What candidates are compared by, what came of it, and the editor's merges and splits."""
    _run(
        db,
        """
ALTER TABLE candidate ADD COLUMN compared INTEGER NOT NULL DEFAULT 0 CHECK (compared IN (0, 1));

CREATE INDEX candidate_to_compare ON candidate (id) WHERE compared = 0;

DROP INDEX candidate_pending;

ALTER TABLE story ADD COLUMN founder INTEGER REFERENCES candidate (id);

UPDATE story SET founder = (SELECT min(id) FROM candidate WHERE story_id = story.id);

CREATE INDEX story_by_founder ON story (founder);

CREATE TABLE profile (
    candidate_id INTEGER PRIMARY KEY REFERENCES candidate (id),
    publisher    TEXT NOT NULL,
    day          INTEGER NOT NULL,
    gist         TEXT NOT NULL,
    sketch       BLOB NOT NULL,
    traits       BLOB NOT NULL,
    vector       BLOB NOT NULL DEFAULT x'',
    vector_of    TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE trait (
    trait        INTEGER NOT NULL,
    day          INTEGER NOT NULL,
    candidate_id INTEGER NOT NULL,
    PRIMARY KEY (trait, day, candidate_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tie (
    one      INTEGER NOT NULL REFERENCES candidate (id),
    other    INTEGER NOT NULL REFERENCES candidate (id),
    chance   REAL NOT NULL,
    firm     INTEGER NOT NULL CHECK (firm IN (0, 1)),
    never    INTEGER NOT NULL CHECK (never IN (0, 1)),
    evidence TEXT NOT NULL,
    PRIMARY KEY (one, other),
    CHECK (one < other)
) STRICT, WITHOUT ROWID;

CREATE INDEX tie_by_other ON tie (other);

CREATE TABLE ruling (
    id      INTEGER PRIMARY KEY,
    verdict TEXT NOT NULL CHECK (verdict IN ('merge', 'split', 'undo')),
    undoes  INTEGER REFERENCES ruling (id),
    by      TEXT NOT NULL,
    at      TEXT NOT NULL
) STRICT;

CREATE TABLE ruling_member (
    ruling_id    INTEGER NOT NULL REFERENCES ruling (id),
    candidate_id INTEGER NOT NULL REFERENCES candidate (id),
    side         INTEGER NOT NULL CHECK (side IN (0, 1)),
    PRIMARY KEY (ruling_id, candidate_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ruling_by_member ON ruling_member (candidate_id);

CREATE TRIGGER ruling_is_never_rewritten BEFORE UPDATE ON ruling
BEGIN SELECT RAISE(ABORT, 'rulings are append-only'); END;

CREATE TRIGGER ruling_is_never_deleted BEFORE DELETE ON ruling
BEGIN SELECT RAISE(ABORT, 'rulings are append-only'); END
""",
    )


@migrations()
def m005_references(db: Database) -> None:
    """Hand-kept lists of the field, and the papers and repositories that each names."""
    _run(
        db,
        """
CREATE TABLE reference (
    name     TEXT PRIMARY KEY,
    origin   TEXT NOT NULL,
    weight   REAL NOT NULL CHECK (weight > 0 AND weight <= 1),
    added_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE reference_item (
    name     TEXT NOT NULL REFERENCES reference (name),
    position INTEGER NOT NULL,
    key      TEXT NOT NULL,
    title    TEXT NOT NULL,
    PRIMARY KEY (name, position)
) STRICT, WITHOUT ROWID
""",
    )


@migrations()
def m006_taste(db: Database) -> None:
    """What is learned from: a document for each scored story; and what was learned."""
    _run(
        db,
        """
CREATE TABLE document (
    story_id INTEGER PRIMARY KEY REFERENCES story (id),
    section  TEXT NOT NULL,
    rules    REAL NOT NULL,
    tokens   TEXT NOT NULL
) STRICT;

CREATE INDEX document_by_section ON document (section, story_id);

CREATE TABLE taste (
    section    TEXT NOT NULL,
    version    INTEGER NOT NULL,
    trained_at TEXT NOT NULL,
    used       INTEGER NOT NULL CHECK (used IN (0, 1)),
    verdict    TEXT NOT NULL,
    examples   TEXT NOT NULL,
    model      BLOB NOT NULL,
    PRIMARY KEY (section, version)
) STRICT, WITHOUT ROWID
""",
    )


@migrations()
def m007_what_moves_in_a_score(db: Database) -> None:
    """How new a story is, apart from the rest of its score; and by what it was scored.

    A story's `total` is without the points of its date from here on: `fresh` (thousandths of a
    point) is what it would have were it of today, `latest` its date in seconds since 1970, since
    SQLite reckons with them; the rows of before have neither, and are scored again. `method`
    says by what a story was scored; something new in it empties it.
    """
    _run(
        db,
        """
ALTER TABLE score ADD COLUMN latest INTEGER;

ALTER TABLE score ADD COLUMN fresh INTEGER NOT NULL DEFAULT 0;

ALTER TABLE score ADD COLUMN method TEXT NOT NULL DEFAULT '';

ALTER TABLE score ADD COLUMN taste INTEGER NOT NULL DEFAULT 0;

CREATE INDEX score_ranking ON score (story_id, section, total, fresh, latest, anchor);

CREATE TABLE score_period (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    start INTEGER NOT NULL,
    now   INTEGER NOT NULL
) STRICT;

CREATE TRIGGER candidate_has_news AFTER UPDATE OF raw_item_id, story_id ON candidate
BEGIN UPDATE score SET method = '' WHERE story_id IN (old.story_id, new.story_id); END
""",
    )


@migrations()
def m008_desk(db: Database) -> None:
    """Why a story was rejected, how an issue is laid out, what is typed, views, who may log in."""
    _run(
        db,
        """
ALTER TABLE decision ADD COLUMN reason TEXT;

CREATE INDEX decision_by_time ON decision (at);

CREATE INDEX decision_to_print ON decision (story_id, id, at) WHERE verdict <> 'reject';

CREATE TABLE layout (
    id     INTEGER PRIMARY KEY,
    date   TEXT NOT NULL,
    by     TEXT NOT NULL,
    at     TEXT NOT NULL,
    undo   INTEGER NOT NULL CHECK (undo IN (0, 1)),
    title  TEXT,
    lead   TEXT,
    places TEXT NOT NULL
) STRICT;

CREATE INDEX layout_by_date ON layout (date, id);

CREATE TRIGGER layout_is_never_rewritten BEFORE UPDATE ON layout
BEGIN SELECT RAISE(ABORT, 'layouts are append-only'); END;

CREATE TRIGGER layout_is_never_deleted BEFORE DELETE ON layout
BEGIN SELECT RAISE(ABORT, 'layouts are append-only'); END;

CREATE TABLE typed (
    place TEXT NOT NULL,
    by    TEXT NOT NULL,
    at    TEXT NOT NULL,
    seen  INTEGER NOT NULL,
    form  TEXT NOT NULL,
    PRIMARY KEY (place, by)
) STRICT, WITHOUT ROWID;

CREATE TABLE saved_view (
    name  TEXT PRIMARY KEY,
    query TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE editor (
    name     TEXT PRIMARY KEY,
    password TEXT NOT NULL,
    added_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cookie_key (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    value BLOB NOT NULL
) STRICT
""",
    )


@migrations()
def m009_alerts(db: Database) -> None:
    """What was to be expected of a source, and the alerts where it went otherwise.

    `empty` and `unparsable` count the answers of a source in a run; `gap_after` and `gap_before`
    are the times between which entries may be missing. A source has one open alert of a kind.
    """
    _run(
        db,
        """
ALTER TABLE source_run ADD COLUMN expected INTEGER;

ALTER TABLE source_run ADD COLUMN least INTEGER;

ALTER TABLE source_run ADD COLUMN empty INTEGER NOT NULL DEFAULT 0;

ALTER TABLE source_run ADD COLUMN unparsable INTEGER NOT NULL DEFAULT 0;

ALTER TABLE source_run ADD COLUMN gap_after TEXT;

ALTER TABLE source_run ADD COLUMN gap_before TEXT;

CREATE TABLE alert (
    id        INTEGER PRIMARY KEY,
    source    TEXT NOT NULL,
    kind      TEXT NOT NULL
              CHECK (kind IN ('failing', 'unparsable', 'empty', 'shrunk', 'silent', 'gap')),
    detail    TEXT NOT NULL,
    run_id    INTEGER NOT NULL REFERENCES run (id),
    opened_at TEXT NOT NULL,
    seen_at   TEXT NOT NULL,
    closed_at TEXT,
    recovery  TEXT,
    acked_at  TEXT,
    acked_by  TEXT
) STRICT;

CREATE UNIQUE INDEX alert_open ON alert (source, kind) WHERE closed_at IS NULL;

CREATE INDEX alert_closed ON alert (closed_at);

CREATE TABLE alert_told (
    alert_id INTEGER NOT NULL REFERENCES alert (id),
    channel  TEXT NOT NULL CHECK (channel IN ('webhook', 'mail')),
    what     TEXT NOT NULL CHECK (what IN ('open', 'over')),
    at       TEXT NOT NULL,
    PRIMARY KEY (alert_id, channel, what)
) STRICT, WITHOUT ROWID
""",
    )


@migrations()
def m010_articles_in_use(db: Database) -> None:
    """When an article was last part of what its source said, to tell which ones nobody needs."""
    _run(db, "ALTER TABLE payload ADD COLUMN used_at TEXT")


@migrations()
def m011_untaught(db: Database) -> None:
    """What the editor wants nothing to be learned from."""
    _run(
        db,
        """
CREATE TABLE untaught (
    key TEXT PRIMARY KEY,
    at  TEXT NOT NULL
) STRICT, WITHOUT ROWID
""",
    )
