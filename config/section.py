"""What every table of the configuration is built of."""

from __future__ import annotations

import re
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict


class Section(BaseModel):
    """Base of every table in the configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _http_address(value: str) -> str:
    if not re.match(r"https?://[^\s/]+", value):
        raise ValueError("is no http or https address")
    return value


def spelled(terms: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a term that is too short to be looked for."""
    for term in terms:
        if sum(character.isalnum() for character in term) < 2:
            raise ValueError(f"{term!r} is too short: a term has two letters, digits or characters")
    return terms


HttpAddress: TypeAlias = Annotated[str, AfterValidator(_http_address)]
