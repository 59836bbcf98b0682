"""How values become columns and back: JSON for models, ISO 8601 in UTC for times."""

from __future__ import annotations

import hashlib
import json
import zlib
from datetime import UTC, datetime
from typing import Generic, TypeVar

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from store.models import Draft, Evidence, Issue, Part, RawItem

T = TypeVar("T")


class JsonColumn(Generic[T]):
    """Writes a model as compact JSON without its defaults, and reads it back."""

    def __init__(self, model: type[T]) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(model)

    def write(self, value: T) -> str:
        """JSON text; the same value gives the same text.

        Half of a surrogate pair, which UTF-8 cannot hold, becomes a question mark.
        """
        try:
            return self._adapter.dump_json(value, exclude_defaults=True).decode()
        except PydanticSerializationError:
            plain = self._adapter.dump_python(value, mode="json", exclude_defaults=True)
            text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
            return storable(text)

    def read(self, text: str) -> T:
        """The value that `write` wrote."""
        return self._adapter.validate_json(text)


RAW_ITEM = JsonColumn(RawItem)
DRAFT = JsonColumn(Draft)
ISSUE = JsonColumn(Issue)
PARTS = JsonColumn(tuple[Part, ...])
EVIDENCE = JsonColumn(tuple[Evidence, ...])
STRINGS = JsonColumn(tuple[str, ...])
NUMBERS = JsonColumn(tuple[int, ...])
TEXTS = JsonColumn(dict[str, str])


def storable(text: str) -> str:
    """Text as it can be stored: half of a surrogate pair becomes a question mark."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def write_time(moment: datetime) -> str:
    """``2026-03-02T03:30:00+00:00``; sorts as text in time order. Needs an aware time."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without zone cannot be stored: {moment!r}")
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


def write_optional_time(moment: datetime | None) -> str | None:
    """As `write_time`; a missing time stays missing."""
    return None if moment is None else write_time(moment)


def read_time(text: str) -> datetime:
    """The UTC-aware time that `write_time` wrote."""
    return datetime.fromisoformat(text)


def read_optional_time(text: str | None) -> datetime | None:
    """As `read_time`; a missing time stays missing."""
    return None if text is None else read_time(text)


def compress(body: bytes) -> bytes:
    """Bytes as kept in the payload table (zlib)."""
    return zlib.compress(body, 6)


def decompress(body: bytes) -> bytes:
    """The bytes that `compress` was given."""
    return zlib.decompress(body)


def digest(text: str | bytes) -> str:
    """SHA-256 in hexadecimal; text that is no valid Unicode is escaped first."""
    if isinstance(text, str):
        text = text.encode("utf-8", "backslashreplace")
    return hashlib.sha256(text).hexdigest()
