r"""Reads BibTeX: the papers and repositories that its entries name.

The format is that of BibTeX itself (Oren Patashnik, "BibTeXing", 1988; the grammar is in
https://www.bibtex.org/Format/): ``@type{key, field = value, …}``, with values in braces or
quotes, numbers, and names that ``@string`` gave a meaning, joined by ``#``. An entry that is not
closed ends where the next begins, so that one slip costs one entry. Of TeX only what titles
need is known: accents, escapes, and commands that are dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.identity import identify
from pipeline.papers import arxiv_id
from pipeline.references.found import Finds, clipped, looks_like_title
from store.models import IdentityKey, Kind
from store.references import ReferenceItem

_START = re.compile(r"(?:^|(?<=[})]))[ \t]*@[ \t]*([A-Za-z]+)\s*[{(]", re.MULTILINE)
_CITED = re.compile(r"[^,={}\"]*,")
_FIELD = re.compile(r"[\s,]*([A-Za-z][\w:+./-]*)\s*=\s*")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_QUOTE = re.compile(r"\\.|[{}\"]", re.DOTALL)
_NAME = re.compile(r"[^\s,#{}()\"=]+")
_JOIN = re.compile(r"\s*#\s*")
_END = re.compile(r"[\s,]*[})]?")
_DROPPED = frozenset(["comment", "preamble"])
_PAPERS = frozenset(
    ["article", "inproceedings", "conference", "incollection", "phdthesis", "techreport"]
)
_SILENT = frozenset(["abstract", "annote", "author", "editor", "file", "keywords", "title"])
"""Fields in which an address is not that of the entry, or there is none."""

_ACCENTS = dict(
    zip("\"'`^~=.uvHcdbrk", map(chr, (
        *(0x308, 0x301, 0x300, 0x302, 0x303, 0x304, 0x307, 0x306, 0x30C, 0x30B),
        *(0x327, 0x323, 0x331, 0x30A, 0x328),
    )), strict=True)
)  # fmt: skip
_ACCENT = re.compile(
    r"\\(?:([\"'`^~=.])\s*(?:\{\\?([A-Za-z])\}|\\?([A-Za-z]))"
    r"|([uvHcdbrk])(?:\s*\{\\?([A-Za-z])\}|\s+([A-Za-z])))"
)
_LETTERS = {"o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ss": "ß", "ae": "æ", "AE": "Æ", "aa": "å"}
_LETTER = re.compile(r"\\(ss|ae|AE|aa|o|O|l|L)(?![A-Za-z])\s*")
_ESCAPE = re.compile(r"\\([&%_#$])")
_COMMAND = re.compile(r"\\[A-Za-z]+\*?\s*|\\.|[{}$]", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    kind: str
    """In lower case, like the names of its fields."""
    fields: Mapping[str, str]


def is_bibtex(text: str) -> bool:
    """Whether the file is one of entries: most of what stands in it belongs to one."""
    starts = list(_START.finditer(text))
    if not starts:
        return False
    said = len("".join(text.split()))
    inside = 0
    for start, end in _spans(text, starts):
        _, after = _fields(text, start.end(), end, {})
        inside += len("".join(text[start.start() : after].split()))
    return 2 * inside >= said


def read_bibtex(text: str) -> tuple[ReferenceItem, ...]:
    """Give the papers and repositories that the entries name, each once. Never raises.

    An entry without an id or address of a paper is known by its title.
    """
    finds = Finds()
    for entry in _entries(text):
        title = clipped(_plain(entry.fields.get("title", "")))
        keys = list(_ids(entry.fields))
        finds.note(keys, title)
        told = "\n".join(_address(v) for k, v in entry.fields.items() if k not in _SILENT)
        found = finds.note_text(told, title) or bool(keys)
        if not found and (entry.kind in _PAPERS or looks_like_title(title)):
            finds.note_title(title)
    return finds.items()


def _ids(fields: Mapping[str, str]) -> Iterator[IdentityKey]:
    """The ids that stand in fields of their own."""
    archive = fields.get("archiveprefix", fields.get("eprinttype", "arxiv")).strip().lower()
    eprint = re.sub(r"^\s*arxiv:\s*", "", fields.get("eprint", ""), flags=re.IGNORECASE).strip()
    if re.fullmatch(r"[0-9]{7}", eprint):  # before 2007 without its archive
        eprint = fields.get("primaryclass", "").strip().partition(".")[0] + "/" + eprint
    # DBLP writes journal = {CoRR}, volume = {abs/1812.00332}
    volume = fields.get("volume", "").strip().removeprefix("abs/")
    named = [f"arXiv:{one}" for one in (eprint, volume) if archive == "arxiv" and arxiv_id(one)]
    named += [f"doi:{one}" for one in _address(fields.get("doi", "")).split()]
    for name in named:
        identity = identify(name)
        if identity.kind is Kind.PAPER:
            yield from identity.keys


def _entries(text: str) -> Iterator[_Entry]:
    macros: dict[str, str] = {}
    for start, end in _spans(text, list(_START.finditer(text))):
        kind = start[1].lower()
        fields, _ = _fields(text, start.end(), end, macros)
        if kind == "string":
            macros |= fields
        elif kind not in _DROPPED:
            yield _Entry(kind=kind, fields=fields)


def _spans(text: str, starts: list[re.Match[str]]) -> Iterator[tuple[re.Match[str], int]]:
    """Where each entry starts, and where it ends at the latest."""
    ends = [start.start() for start in starts[1:]] + [len(text)]
    return zip(starts, ends, strict=True)


def _fields(
    text: str, place: int, end: int, macros: Mapping[str, str]
) -> tuple[dict[str, str], int]:
    """The fields of the entry whose words begin at `place`, and where it ended."""
    fields: dict[str, str] = {}
    cited = _CITED.match(text, place, end)
    place = cited.end() if cited else place
    while match := _FIELD.match(text, place, end):
        value, place = _value(text, match.end(), end, macros)
        fields.setdefault(match[1].lower(), value)
    closing = _END.match(text, place, end)
    return fields, closing.end() if closing else place


def _value(text: str, place: int, end: int, macros: Mapping[str, str]) -> tuple[str, int]:
    parts: list[str] = []
    while True:
        opening = text[place : min(place + 1, end)]
        if opening in ("{", '"'):
            stop = _closing(text, place, end)
            parts.append(text[place + 1 : stop])
            place = min(stop + 1, end)
        elif name := _NAME.match(text, place, end):
            parts.append(macros.get(name[0].lower(), name[0]))
            place = name.end()
        joint = _JOIN.match(text, place, end)
        if joint is None:
            return "".join(parts), place
        place = joint.end()


def _closing(text: str, place: int, end: int) -> int:
    """Where the brace or quote that opens at `place` is closed; `end` where it is not."""
    quoted = text[place] == '"'
    depth = 0 if quoted else 1
    for match in (_QUOTE if quoted else _BRACE).finditer(text, place + 1, end):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if (depth <= 0 and match[0] == '"') or (depth == 0 and not quoted):
            return match.start()
    return end


def _address(value: str) -> str:
    """A field that holds an address, without the escapes of TeX."""
    return re.sub(r"\\url|[{}]", " ", _ESCAPE.sub(r"\1", value.replace(r"\textasciitilde", "~")))


def _plain(value: str) -> str:
    """A title without TeX."""
    value = _ACCENT.sub(_accented, _ESCAPE.sub(r"\1", value))
    value = _LETTER.sub(lambda match: _LETTERS[match[1]], value)
    return _COMMAND.sub("", value).replace("~", " ")


def _accented(match: re.Match[str]) -> str:
    mark = match[1] or match[4]
    letter = match[2] or match[3] or match[5] or match[6]
    return unicodedata.normalize("NFC", letter + _ACCENTS[mark])
