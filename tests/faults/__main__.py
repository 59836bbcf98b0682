"""``python -m tests.faults [NAME …]``: nights over each fault, a table, and ``docs/reliability.md``.

Exits with 1 where a neighbour lost something, an item was lost or doubled, an outcome is another
than it should be, a request went where none may go, or a bound was broken. The page is written
only where all faults were tried.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.certificates import trusted
from tests.faults.catalogue import FAULTS
from tests.faults.fault import Fault
from tests.faults.feeds import FEED, rss
from tests.faults.night import NEIGHBOUR_ITEMS, NETWORK, TIMEOUT, report
from tests.faults.page import page
from tests.faults.redirects import SECRET
from tests.faults.web import HostileWeb
from tests.loopback import Answer, LoopbackServer

_PROCESSES = multiprocessing.get_context("forkserver")
"""Forked from a process that has nothing but the modules, so that none is imported again."""
_MOST_PATIENCE = 90
"""Seconds for all nights of a fault."""
_AT_ONCE = 3

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
MOST_MEMORY = 400
"""MB of a whole night, beyond what a night without a fault takes."""
MOST_SECONDS = 2 * TIMEOUT + 12
"""Of a source: twice its timeout, since it is asked twice, and reading what it sent."""
MOST_BESIDE = 10.0
"""Seconds for the neighbours: none waits for a timeout of another's, only for the processor."""


def main(names: list[str]) -> int:
    """Try the faults in `names`, or all."""
    _PROCESSES.set_forkserver_preload(["tests.faults.catalogue", "tests.faults.night"])
    rows: list[dict[str, Any]] = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for row in pool.map(lambda name: tried(FAULTS[name]), names or FAULTS):
            rows.append(row)
            _print(row)
    base = next((int(row["memory"]) for row in rows if row["name"] == "none"), None)
    for row in rows:
        if base is not None and row["memory"] > base + MOST_MEMORY:
            row["faults"].append(f"{row['memory']} MB")
            _print(row)
    if not names:
        PAGE.write_text(page(rows, NETWORK), encoding="utf-8")
    return int(any(row["faults"] for row in rows))


def _print(row: dict[str, Any]) -> None:
    faults = "; ".join(row["faults"])
    print(
        f"{row['name']:32} {row['outcome'][:70]:70} {row['memory']:>5} MB {row['seconds']:6.1f} s "
        f"{row['slowest']:6.1f} s  {faults and 'FAULT ' + faults}",
        flush=True,
    )


def tried(fault: Fault) -> dict[str, Any]:
    """Run the nights of a fault in a process of their own; gives its row of the table."""
    tls = fault.tls() if fault.tls else None
    server = HostileWeb(fault.serve, tls, secure=fault.secure, deaf=fault.deaf)
    with server as hostile, LoopbackServer() as well, tempfile.TemporaryDirectory() as folder:
        well.route("/feed", Answer(body=FEED))
        for host, entries in NEIGHBOUR_ITEMS.items():
            well.route(f"/{host}/feed", Answer(body=rss(entries)))
        record, crash = _in_a_process(
            fault.name, hostile.base, well.base, str(trusted(Path(folder)))
        )
        inside = [path for path in hostile.paths if SECRET in path]
    row = _row(fault, record, crash)
    if inside:
        row["faults"].append(f"asked for {inside[0]}")
    return row


def _in_a_process(*given: str) -> tuple[dict[str, Any] | None, str]:
    """Let `report` run in a process of its own; gives what came of it, or how it ended."""
    ours, theirs = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(target=report, args=(*given, theirs))
    process.start()
    theirs.close()
    try:
        if not ours.poll(_MOST_PATIENCE):
            process.kill()
            return None, f"hung for {_MOST_PATIENCE} s"
        return ours.recv(), ""
    except EOFError:
        process.join()
        return None, f"ended with {process.exitcode}"
    finally:
        process.join()


def _row(fault: Fault, record: dict[str, Any] | None, crash: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": fault.name,
        "says": fault.says,
        "outcome": f"crashed: {crash}",
        "lost": [],
        "doubled": [],
        "memory": 0,
        "seconds": 0.0,
        "slowest": 0.0,
        "faults": [],
    }
    if record is None:
        row["faults"].append(row["outcome"])
        return row
    first, second, _ = record["nights"]
    row |= {key: record[key] for key in ("lost", "doubled", "memory")}
    said = f": {first['said']}" if first["said"] else ""
    count = f" ({first['received']:,})" if first["status"] == "items" else ""
    row["outcome"] = f"{first['status']}{count}{said}"
    row["seconds"] = max(first["seconds"], second["seconds"])
    row["slowest"] = max(night["slowest"] for night in record["nights"])
    row["night"] = max(night["night"] for night in record["nights"])
    row["faults"] = list(_faults(fault, record, row))
    return row


def _faults(fault: Fault, record: dict[str, Any], row: dict[str, Any]) -> list[str]:
    first, second, _ = record["nights"]
    found = []
    if first["status"] != fault.status:
        found.append(f"should be {fault.status}")
    if second["status"] not in (fault.status, "not_modified"):
        found.append(f"then {second['status']}: {second['said']}")
    if fault.cause not in first["said"]:
        found.append(f"does not say {fault.cause!r}")
    found += [
        f"neighbours: {night['neighbours']}"
        for night in record["nights"]
        if set(night["neighbours"]) - {"items", "not_modified"}
    ]
    found += [f"lost {mark}" for mark in record["lost"][:3]]
    found += [f"doubled {mark}" for mark in record["doubled"][:3]]
    if row["seconds"] > MOST_SECONDS:
        found.append(f"took {row['seconds']:.0f} s")
    if row["slowest"] > MOST_BESIDE:
        found.append(f"neighbours waited {row['slowest']:.0f} s")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
