"""``docs/reliability.md``, from the rows of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_HEAD = """\
# A hostile web

Written by `make faults` (`python -m tests.faults`). Each line is a source that misbehaves in one
way, in a process of its own, beside three that are well: two whole nights, from asking to
scoring, while it misbehaves, and a third when it is well again. A request has {timeout:g} s here
and is made {attempts} times (30 s and three times by default); an answer may have 8 MB.

- *outcome*: what the first night's table says, the number of items in brackets.
- *lost*: of the neighbours' items, of those that could be read despite the fault, and, after the
  third night, of all. *doubled*: those that are more than one candidate.
- *memory*: of the whole process at its peak, with the libraries, as the kernel counts it. A night
  without a fault is the first line.
- *s*: to the outcome of the source, in the slower of two nights; *beside*: to the outcome of the
  last of its neighbours.

The command fails where an item was lost or doubled, an outcome is another than expected, a
request reached an address that none may reach, or a bound on memory or time was broken. What is
guarded against, and how, stands in [SECURITY.md](../SECURITY.md).

| the source … | outcome | lost | doubled | memory, MB | s | beside, s |
|---|---|--:|--:|--:|--:|--:|
"""


def page(rows: Sequence[Mapping[str, Any]], network: Mapping[str, Any]) -> str:
    """Give the page."""
    head = _HEAD.format(timeout=network["timeout"], attempts=network["retries"] + 1)
    lines = [
        f"| {_cell(row['says'])} | {_cell(row['outcome'])} | {len(row['lost'])} "
        f"| {len(row['doubled'])} | {row['memory']} | {row['seconds']:.1f} | {row['slowest']:.1f} |"
        for row in rows
    ]
    broken = sum(bool(row["faults"]) for row in rows)
    tail = f"\n{len(rows)} faults; {broken} of them broke a bound.\n"
    return head + "\n".join(lines) + "\n" + tail


def _cell(text: str) -> str:
    text = text if len(text) <= 110 else text[:109] + "…"
    return text.replace("|", "\\|").replace("<", "&lt;")
