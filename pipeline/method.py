"""By what stories are scored, as a digest: while it stays, so does the score of a story.

It is that of the configuration, of what was learned of sections, and of the program's own text,
so that a further version scores all again. What was learned of taste is laid on scores apart
(``pipeline.stages``), and so is how new a story is (``store.scores``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from config.settings import Settings
from pipeline.deciding import deciding, program
from pipeline.taste.learning import PROPOSING
from store.taste import StoredTaste


def method_of(settings: Settings, learned: Mapping[str, StoredTaste]) -> str:
    """The digest, as hexadecimal; `learned` is what stands, by section."""
    sections = learned.get(PROPOSING)
    digest = hashlib.sha256(program())
    digest.update(deciding(settings))
    digest.update(sections.model.encode() if sections is not None and sections.used else b"")
    return digest.hexdigest()
