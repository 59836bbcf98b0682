"""TOML files and environment -> Settings, with every fault reported at once.

A configuration is a folder of ``*.toml`` files. Their top-level tables are put together: a
table may stand in one file only, the arrays ``sources`` and ``topics`` may be spread over
several. Secrets come from the environment or from a ``.env`` file in the folder, never from
TOML. The configuration that ships stands beside this module.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.errors import ConfigError, Fault
from config.settings import Settings

SHIPPED = Path(__file__).parent
"""The folder of the configuration that ships."""

_SPREAD = ("sources", "topics")
_SECRETS = {
    "github_token": "GITHUB_TOKEN",
    "embeddings.key": "BRIEFING_EMBEDDINGS_KEY",
    "alerts.webhook": "BRIEFING_ALERT_WEBHOOK",
    "alerts.mail.password": "BRIEFING_SMTP_PASSWORD",
}
"""Setting -> the variable that it comes from, and nothing else."""
_FROM_ENVIRONMENT = {**_SECRETS, "addresses.wechat_bridge": "BRIEFING_WECHAT_BRIDGE"}
_REFUSED = {**_SECRETS, "embeddings.api_key": "BRIEFING_EMBEDDINGS_KEY"}
"""What somebody might write into TOML -> where it belongs."""


class _Environment(BaseSettings):
    """What may come from the environment."""

    model_config = SettingsConfigDict(extra="ignore", case_sensitive=True)

    GITHUB_TOKEN: SecretStr | None = None
    BRIEFING_WECHAT_BRIDGE: str | None = None
    """The bridge's address may hold its access key."""
    BRIEFING_EMBEDDINGS_KEY: SecretStr | None = None
    BRIEFING_ALERT_WEBHOOK: SecretStr | None = None
    BRIEFING_SMTP_PASSWORD: SecretStr | None = None


@dataclass(slots=True)
class _Merged:
    """Tables of all files together, with where each came from."""

    tables: dict[str, Any] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)
    """Top-level key -> file."""
    entries: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    """Spread array -> for each entry its file and its place in it."""
    faults: list[Fault] = field(default_factory=list)


def load_settings(
    folder: Path | None = None,
    *,
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
    environment: bool = True,
) -> Settings:
    """Read the configuration in `folder`, or the one that ships.

    `overrides` are laid over tables and environment, table by table (the demo points the whole
    web at its own server this way). Without `environment`, it and ``.env`` are left alone.
    Raises ConfigError with every fault found.
    """
    folder = folder or SHIPPED
    merged = _read(folder)
    _refuse_secrets(merged)
    if environment:
        _lay_over(merged, _Environment(_env_file=folder / ".env"))
    for table, values in (overrides or {}).items():
        below = merged.tables.get(table, {})
        if isinstance(below, dict):  # what is no table is a fault, which the models find
            merged.tables[table] = {**below, **values}
    try:
        settings = Settings.model_validate(merged.tables)
    except ValidationError as error:
        merged.faults.extend(_fault(detail, merged) for detail in error.errors())
        raise ConfigError(merged.faults) from error
    if merged.faults:
        raise ConfigError(merged.faults)
    return settings


def _read(folder: Path) -> _Merged:
    merged = _Merged()
    files = sorted(folder.glob("*.toml"))
    if not files:
        advice = "make one with: briefing init DIR"
        raise ConfigError([Fault(str(folder), "no configuration here", advice)])
    for path in files:
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            merged.faults.append(Fault(path.name, f"is no valid TOML: {error}"))
            continue
        except UnicodeDecodeError:
            merged.faults.append(Fault(path.name, "is not UTF-8", "save it as UTF-8"))
            continue
        except OSError as error:
            merged.faults.append(Fault(str(path), f"cannot be read: {error.strerror or error}"))
            continue
        for key, value in tables.items():
            _merge(merged, path.name, key, value)
    if merged.faults and not merged.tables:
        raise ConfigError(merged.faults)
    return merged


def _lay_over(merged: _Merged, outside: _Environment) -> None:
    """Put what the environment says into the tables."""
    for path, variable in _FROM_ENVIRONMENT.items():
        value = getattr(outside, variable)
        table = _table_of(path, merged.tables, make=True) if value else None
        if table is not None:  # what is no table is a fault, which the models find
            table[path.rpartition(".")[2]] = value


def _refuse_secrets(merged: _Merged) -> None:
    """Take secrets out of the tables, a fault for each."""
    for path, variable in _REFUSED.items():
        table = _table_of(path, merged.tables)
        if table is not None and table.pop(path.rpartition(".")[2], None) is not None:
            where = f"{merged.origin[path.partition('.')[0]]}: {path}"
            advice = f"set the environment variable {variable}, or write it to .env"
            merged.faults.append(Fault(where, "a secret stands in the open", advice))


def _table_of(path: str, tables: dict[str, Any], *, make: bool = False) -> dict[str, Any] | None:
    """The table that a setting stands in; None where there is none, or something else."""
    table: Any = tables
    for name in path.split(".")[:-1]:
        if not isinstance(table, dict):
            return None
        table = table.setdefault(name, {}) if make else table.get(name)
    return table if isinstance(table, dict) else None


def _merge(merged: _Merged, file: str, key: str, value: Any) -> None:
    if key in _SPREAD and isinstance(value, list):
        merged.tables.setdefault(key, []).extend(value)
        places = merged.entries.setdefault(key, [])
        places.extend((file, n) for n in range(len(value)))
        merged.origin.setdefault(key, file)
    elif key in merged.tables:
        merged.faults.append(
            Fault(f"{file}: {key}", f"stands in {merged.origin[key]} too", "keep one of them")
        )
    else:
        merged.tables[key] = value
        merged.origin[key] = file


def _fault(detail: ErrorDetails, merged: _Merged) -> Fault:
    loc = list(detail["loc"])
    file = merged.origin.get(str(loc[0])) if loc else None
    name = ""
    if len(loc) > 1 and loc[0] in merged.entries and isinstance(loc[1], int):
        entry = merged.tables[str(loc[0])][loc[1]]
        name = f" {entry['name']!r}" if isinstance(entry, dict) and "name" in entry else ""
        if loc[0] == "sources" and len(loc) > 2:
            del loc[2]  # pydantic names the kind of source between the index and the key
        file, loc[1] = merged.entries[str(loc[0])][loc[1]]
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    where = f"{file}: {path.lstrip('.')}" if file else (path.lstrip(".") or "configuration")
    what = detail["msg"].removeprefix("Value error, ")
    return Fault(where + name, what[:1].lower() + what[1:], _hint(detail))


def _hint(detail: ErrorDetails) -> str:
    key = str(detail["loc"][-1]) if detail["loc"] else ""
    match detail["type"]:
        case "extra_forbidden":
            close = get_close_matches(key, _known_keys(Settings), n=1)
            return f"did you mean {close[0]}?" if close else "take it out"
        case "missing":
            return f"add {key} = …"
        case "union_tag_invalid" | "union_tag_not_found":
            return 'write kind = "feed", "wechat", "trending", "list", "arxiv" … in it'
        case _:
            value = detail.get("input")
            return f"it is {value!r}" if isinstance(value, str | int | float) else ""


def _known_keys(model: type[BaseModel]) -> list[str]:
    """Every key that any table may have."""
    keys: list[str] = []
    seen: set[type[BaseModel]] = set()
    queue: list[Any] = [model]
    while queue:
        node = queue.pop()
        if isinstance(node, type) and issubclass(node, BaseModel):
            if node not in seen:
                seen.add(node)
                keys.extend(node.model_fields)
                queue.extend(f.annotation for f in node.model_fields.values())
        else:
            queue.extend(getattr(node, "__args__", ()))
            queue.extend(getattr(node, "__metadata__", ()) and [node.__origin__])
    return keys
