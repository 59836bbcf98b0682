"""What a story's score and section depend on beside the story: the settings and the program."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from config.settings import Settings

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


def deciding(settings: Settings) -> bytes:
    """The settings that a score depends on."""
    told = settings.newsletter.language + settings.model_dump_json(exclude=_ELSEWHERE)
    return told.encode("utf-8", "backslashreplace")


@cache
def program() -> bytes:
    """A digest of the program's own text, which is another with every version."""
    digest = sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()
