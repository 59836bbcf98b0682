"""Candidates in a file: one JSON object a line, in and out.

The way in for what no crawler reaches (an account's articles exported by another program, a list
kept by hand), and the way out for candidates that another program is to read. The keys are the
fields of ``store.models.RawItem``; ``docs/candidates.md`` says what each means. Lines stand for
themselves: a bad one is left out with a warning that names it, and costs no other.

The format of a line's value is JSON (RFC 8259), of a file JSON Lines (https://jsonlines.org).
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from config.settings import FileSettings
from crawlers.outcome import answered
from crawlers.page import absolute
from crawlers.source import (
    Failed,
    Fetched,
    NotModified,
    Outcome,
    Parsed,
    ParsedEmpty,
    ParsedItems,
    ParsedUnparsable,
)
from store.models import PaperFacts, Payload, RawItem, RepositoryFacts, SourceName, SourceState

_ITEM = TypeAdapter(RawItem)
_KEYS = {field.name for field in fields(RawItem)}
_NESTED = {
    "paper": {field.name for field in fields(PaperFacts)},
    "repository": {field.name for field in fields(RepositoryFacts)},
}
_DATES = {"published", "updated", "pushed_at", "created_at"}
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""What JSON can say and neither UTF-8 nor SQLite can keep."""
_MOST_WARNINGS = 50
_WORST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource:
    """A file of candidates; a ``ClientSource``."""

    settings: FileSettings
    path: Path
    """Where the file is, absolute."""

    @property
    def name(self) -> SourceName:
        """The name in the configuration."""
        return SourceName(self.settings.name)

    @property
    def kind(self) -> str:
        """The kind in the configuration."""
        return self.settings.kind

    @property
    def url(self) -> str:
        """``file:`` address of the file."""
        return self.path.absolute().as_uri()

    def parse(self, payload: Payload) -> Parsed:
        """Read the file's content; section and publisher of the source stand in where missing."""
        parsed = parse_jsonl(payload, source=self.name)
        if not isinstance(parsed, ParsedItems):
            return parsed
        items = (
            replace(
                item,
                section=item.section or self.settings.section,
                publisher=item.publisher or self.settings.publisher,
            )
            for item in parsed.items
        )
        return replace(parsed, items=tuple(items))

    def fetch(self, state: SourceState, now: datetime) -> Outcome:
        """Read the file. Never raises."""
        try:
            body = self.path.read_bytes()
        except FileNotFoundError:
            return Failed(cause=f"there is no file {self.path}", retryable=False)
        except (OSError, ValueError) as error:  # ValueError: a path with a NUL
            return Failed(cause=f"cannot read {self.path}: {error}", retryable=False)
        digest = hashlib.sha256(body).hexdigest()
        if digest == state.body_sha256:
            return NotModified(state=state)
        payload = Payload(url=self.url, body=body, fetched_at=now)
        page = Fetched(payload=payload, parsed=self.parse(payload))
        return answered([page], state=replace(state, body_sha256=digest))


def dump_items(items: Iterable[RawItem]) -> Iterator[str]:
    """Give a line for each item, without its line feed."""
    for item in items:
        record = _written(item)
        yield _UNSTORABLE.sub("\ufffd", json.dumps(record, ensure_ascii=False))


def parse_jsonl(payload: Payload, *, source: SourceName, keep_source: bool = False) -> Parsed:
    """Read a file of candidates, in its order.

    They are `source`'s, whatever a line says, unless `keep_source`: then only those whose line
    names no source of its own.

    The file is UTF-8, with or without a byte-order mark; lines end with LF or CRLF, blank ones
    do not count. Never raises.
    """
    items = []
    bad: list[str] = []
    strange: list[str] = []
    lines = payload.body.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record, unknown = _known(_object(line))
            items.append(_item(record, source, keep_source))
            strange += (f"line {number}: unknown key {key[:40]!r} ignored" for key in unknown)
        except RecursionError:
            bad.append(f"line {number}: nested too deeply")
        except ValidationError as error:
            bad.append(f"line {number}: {_explained(error)}")
        except ValueError as error:
            bad.append(f"line {number}: {error}")
    if items:
        return ParsedItems(items=tuple(items), warnings=_shortened([*bad, *strange]))
    if bad:
        return ParsedUnparsable(reason="no line could be read; " + "; ".join(bad[:_WORST_NAMED]))
    return ParsedEmpty(reason="the file has no lines")


def _written(value: RawItem | PaperFacts | RepositoryFacts) -> dict[str, object]:
    """Give what `value` says beyond the defaults of its fields."""
    said: dict[str, object] = {}
    for field in fields(value):
        told = getattr(value, field.name)
        if told == field.default:
            continue
        if isinstance(told, PaperFacts | RepositoryFacts):
            told = _written(told)
        said[field.name] = told.isoformat() if isinstance(told, datetime) else told
    return said


def _object(line: bytes) -> dict[str, object]:
    try:
        found = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start + 1}") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from error
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")
    return found


def _known(record: dict[str, object]) -> tuple[dict[str, object], list[str]]:
    """Part a line's object into what belongs to a candidate and the keys that do not."""
    known: dict[str, object] = {}
    unknown = [key for key in record if key not in _KEYS]
    for key, value in record.items():
        if key in _NESTED and isinstance(value, dict):
            unknown += (f"{key}.{inner}" for inner in value if inner not in _NESTED[key])
            value = {inner: part for inner, part in value.items() if inner in _NESTED[key]}
        if key in _KEYS and value is not None:
            known[key] = _storable(key, value)
    return known, unknown


def _storable(key: str, value: object) -> object:
    """Give `value` with times as UTC and text that can be kept; `key` is what it stands under."""
    if isinstance(value, dict):
        told = {inner: part for inner, part in value.items() if part is not None}
        return {inner: _storable(f"{key}.{inner}", part) for inner, part in told.items()}
    if isinstance(value, list):
        return [_storable(key, part) for part in value]
    if isinstance(value, int) and not 0 <= value < 2**63:
        raise ValueError(f"{key}: {str(value)[:30]} is out of range")
    if key.rpartition(".")[2] in _DATES:
        return _moment(key, value)
    return _UNSTORABLE.sub("\ufffd", value) if isinstance(value, str) else value


def _moment(key: str, value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{key}: {str(value)[:40]!r} is no date of ISO 8601") from error


def _item(record: dict[str, object], source: SourceName, keep_source: bool) -> RawItem:
    own = record.pop("source", source)
    named = next(filter(None, map(record.get, ("external_id", "url", "title"))), "")
    item = _ITEM.validate_python(
        {
            "url": "",
            "title": "",
            **record,
            "external_id": named,
            "source": own if keep_source else source,
        }
    )
    item = replace(item, title=" ".join(item.title.split()))
    if not item.url and not item.title:
        raise ValueError("neither url nor title")
    for address in (item.url, *item.links):
        if address and absolute("", address) is None:
            raise ValueError(f"{address[:80]!r} is no http or https address")
    return item


def _explained(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False)
    named = (f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults)
    return "; ".join(itertools.islice(named, _WORST_NAMED))


def _shortened(warnings: list[str]) -> tuple[str, ...]:
    rest = len(warnings) - _MOST_WARNINGS
    return (*warnings[:_MOST_WARNINGS], *((f"and {rest} more warnings",) if rest > 0 else ()))
