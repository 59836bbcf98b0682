"""The desk's own words, in Chinese and in English: ``texts/zh.toml`` and ``texts/en.toml``.

A key is ``page.word``, a table of the file and a key in it. What sources and editors say is never
translated, and passes through here only as a value that a text has a place for.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

_FOLDER = Path(__file__).parent / "texts"

Text: TypeAlias = str | Mapping[str, str]
"""A text, or ``{one = "…", other = "…"}`` where the number of things changes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The texts of one language."""

    texts: Mapping[str, Text]
    """``page.word`` -> text."""

    def __call__(self, key: str, **values: object) -> str:
        """The text of `key` with `values` filled in; plain text, not markup.

        `count` chooses between one and other. Raises KeyError for a key or a value that is not
        there, which is a mistake of ours.
        """
        text = self.texts[key]
        if not isinstance(text, str):
            text = text["one" if values.get("count") == 1 and "one" in text else "other"]
        return text.format_map(values) if values else text


@cache
def load_wording(language: str) -> Wording:
    """The texts of ``zh`` or ``en``."""
    with (_FOLDER / f"{language}.toml").open("rb") as file:
        tables: dict[str, dict[str, Text]] = tomllib.load(file)
    texts = {
        f"{page}.{word}": text for page, words in tables.items() for word, text in words.items()
    }
    return Wording(texts=texts)
