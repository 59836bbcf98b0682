"""Recognises what a list is written in, and reads it. Pure and total."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pipeline.references.bibtex import is_bibtex, read_bibtex
from pipeline.references.ids import is_id_list, read_ids
from pipeline.references.markdown import read_markdown
from pipeline.references.web_page import read_web_page
from store.references import ReferenceItem

Form: TypeAlias = Literal["BibTeX", "a web page", "plain ids", "Markdown"]
"""What a list is written in."""

_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html\b)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadList:
    """What a list names."""

    form: Form
    items: tuple[ReferenceItem, ...]


def read_list(text: str, *, url: str = "") -> ReadList:
    """Give what a list names, in its order, each thing once. Takes any text and never raises.

    What it is written in is recognised from its content. `url` is where relative links of a web
    page start from.
    """
    if _PAGE.match(text):
        return ReadList(form="a web page", items=read_web_page(text, url=url))
    if is_bibtex(text):
        return ReadList(form="BibTeX", items=read_bibtex(text))
    if is_id_list(text):
        return ReadList(form="plain ids", items=read_ids(text))
    return ReadList(form="Markdown", items=read_markdown(text))
