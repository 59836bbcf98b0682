"""By what stories are scored, as a digest: while it stays, so does the score of a story.

It is that of the configuration, of what was learned of sections, and of the program's own text,
so that a further version scores all again. What was learned of taste is laid on scores apart
(``pipeline.stages``), and so is how new a story is (``store.scores``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from config.settings import Settings
from pipeline.taste.learning import PROPOSING
from store.taste import StoredTaste

_ELSEWHERE = {
    "addresses",
    "alerts",
    "desk",
    "embeddings",
    "github_token",
    "limits",
    "network",
    "newsletter",
    "publish",
    "schedule",
    "store",
}
"""Settings that no score depends on: how things are fetched, kept and shown."""


def method_of(settings: Settings, learned: Mapping[str, StoredTaste]) -> str:
    """The digest, as hexadecimal; `learned` is what stands, by section."""
    sections = learned.get(PROPOSING)
    digest = hashlib.sha256(_program())
    digest.update(deciding(settings).encode("utf-8", "backslashreplace"))
    digest.update(sections.model.encode() if sections is not None and sections.used else b"")
    return digest.hexdigest()


def deciding(settings: Settings) -> str:
    """The settings that a score depends on, as JSON."""
    return settings.newsletter.language + settings.model_dump_json(exclude=_ELSEWHERE)


@cache
def _program() -> bytes:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()
