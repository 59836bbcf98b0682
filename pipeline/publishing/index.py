"""The file that lists the issues, with one more in it. Pure: bytes in, bytes out.

Every byte that was there stays, and an issue that is listed already changes nothing. A new one
goes where its date belongs among those that are listed, and looks as its neighbour does::

    - [2020-03-02](issues/2020-03-02.md)␠␠          a list, the latest first or the earliest first

    | 2 | 0 | 2 | 0 |                               a table that is filled from its right end,
    |:---:|:---:|:---:|:---:|                       the latest first; a row of digits names the
    | - | - | - | [2020-03-02](…) |                 year that the rows under it end with
    | [2020-02-16](…) | [2020-01-27](…) | … |

Where none is listed yet, it goes under the line that holds `MARK`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from config.errors import InputError
from config.publish_settings import PublishSettings

MARK: Final = "<!-- issues -->"
"""Stands in an index that lists no issue yet."""

_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
"""A line with its end. Unlike for `str.splitlines`, only a line feed ends one."""
_POINT: Final = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+")
"""What stands before an entry that is a point of a list."""
_CELLS: Final = re.compile(r"[ \t]*\|")
"""How a row of a table begins."""
_EMPTY: Final = frozenset({"", "-"})
"""What a table's cell holds that waits for an issue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """An issue that the index has."""

    day: date
    row: int
    """The number of its line, from 0."""
    start: int
    """Where its entry begins in the line."""


def with_issue(index: bytes, day: date, publish: PublishSettings) -> bytes:
    """Give the index with the issue of `day` in it; the same bytes where it is there already.

    Raises InputError for an index that does not show where the issue goes.
    """
    # Whatever is no UTF-8 comes out again as it went in.
    text = index.decode("utf-8", errors="surrogateescape")
    lines = _LINE.findall(text)
    listed = list(_listed(lines, publish))
    if any(entry.day == day for entry in listed):
        return index
    cells = [entry for entry in listed if _CELLS.match(lines[entry.row])]
    points = [entry for entry in listed if _POINT.fullmatch(lines[entry.row][: entry.start])]
    if points:
        lines = _in_list(lines, points, day, publish)
    elif cells:
        lines = _in_table(lines, cells, day, publish)
    else:
        lines = _first(lines, day, publish)
    return "".join(lines).encode("utf-8", errors="surrogateescape")


def _end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _listed(lines: Sequence[str], publish: PublishSettings) -> Iterable[_Listed]:
    parts = re.split(r"(\{date\})", publish.index_entry.replace("{path}", publish.path_pattern))
    pattern = ""
    for part in parts:
        if part != "{date}":
            pattern += re.escape(part)
        else:
            pattern += "(?P=day)" if "?P<day>" in pattern else r"(?P<day>\d{4}-\d\d-\d\d)"
    entry = re.compile(pattern, re.ASCII)
    for row, line in enumerate(lines):
        for found in entry.finditer(line):
            try:
                day = date.fromisoformat(found["day"])
            except ValueError:
                continue
            yield _Listed(day=day, row=row, start=found.start())


def _in_list(
    lines: Sequence[str], listed: Sequence[_Listed], day: date, publish: PublishSettings
) -> list[str]:
    """Put the issue on a line of its own, before the first that it should stand before."""
    rising = len(listed) > 1 and listed[0].day < listed[-1].day
    behind = [entry for entry in listed if (entry.day > day if rising else entry.day < day)]
    like = behind[0] if behind else listed[-1]
    shape = lines[like.row]
    blanks = shape[len(shape.rstrip()) :]
    line = shape[: like.start] + publish.entry(day) + blanks
    if behind:
        return [*lines[: like.row], line, *lines[like.row :]]
    return _after(lines, like.row, line)


def _after(lines: Sequence[str], row: int, line: str) -> list[str]:
    """Put a line behind another, which may be the last and without an end."""
    before = lines[row]
    if not _end(before):
        end = next((_end(each) for each in lines if _end(each)), "\n")
        before, line = before + end, line.rstrip("\r\n")
    return [*lines[:row], before, line, *lines[row + 1 :]]


def _in_table(
    lines: Sequence[str], listed: Sequence[_Listed], day: date, publish: PublishSettings
) -> list[str]:
    """Put the issue into the last free cell before the latest, or into a row of its own."""
    latest = listed[0]
    if any(before.day <= after.day for before, after in pairwise(listed)) or day < latest.day:
        raise InputError(
            f"{publish.index}: {day} does not come first in the table of issues: enter it by hand"
        )
    row = latest.row
    shape = lines[row]
    free = list(re.finditer(r"(?<=\|)(?P<cell>[^|]*)(?=\|)", shape[: latest.start]))
    turned = _year_row(lines, row, latest.day, day)
    if not turned and free and free[-1]["cell"].strip() in _EMPTY:
        cell = free[-1]
        return [
            *lines[:row],
            f"{shape[: cell.start()]} {publish.entry(day)} {shape[cell.end() :]}",
            *lines[row + 1 :],
        ]
    width = shape.rstrip().strip("|").count("|") + 1
    new = "| " + " | ".join(["-"] * (width - 1) + [publish.entry(day)]) + " |" + _end(shape)
    if turned:
        return [*lines[: row - 2], turned, lines[row - 1], new, lines[row - 2], *lines[row:]]
    return [*lines[:row], new, *lines[row:]]


def _year_row(lines: Sequence[str], row: int, latest: date, day: date) -> str:
    """The table's head with the year of `day`, where it spells out the year before."""
    head = lines[row - 2] if row > 1 else ""
    if latest.year == day.year or re.sub(r"[\s|]", "", head) != str(latest.year):
        return ""
    digits = iter(str(day.year))
    return re.sub(r"\d", lambda _: next(digits), head)


def _first(lines: Sequence[str], day: date, publish: PublishSettings) -> list[str]:
    for row, line in enumerate(lines):
        if MARK in line:
            return _after(lines, row, f"- {publish.entry(day)}{_end(line) or chr(10)}")
    raise InputError(
        f"{publish.index} lists no issue as {publish.entry(day)}: correct [publish] index_entry, "
        f"or put the line {MARK} where the list begins"
    )
