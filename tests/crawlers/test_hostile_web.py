"""Nights over a selection of the faults; `python -m tests.faults` runs them all and measures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.catalogue import FAULTS
from tests.faults.feeds import FEED, rss
from tests.faults.night import NEIGHBOUR_ITEMS, run
from tests.faults.redirects import SECRET
from tests.faults.web import HostileWeb
from tests.loopback import Answer, LoopbackServer

SELECTION = [
    "hang-on-connect",
    "hang-in-handshake",
    "hang-in-body",
    "reset-in-body",
    "length-too-short",
    "endless-body",
    "endless-headers",
    "gzip-bomb",
    "brotli-bomb",
    "redirect-circle",
    "redirect-to-a-script",
    "redirect-inside-by-detour",
    "private-articles",
    "external-dtd",
    "billion-laughs",
    "many-attributes",
    "many-prefixes",
    "hundred-megabytes",
    "charset-of-python",
    "date-1",
    "guids-that-change",
    "guids-alike",
    "moves-and-floods",
    "surrogates",
    "schemes",
    "solid-titles",
]


@pytest.mark.parametrize("name", SELECTION)
def test_a_fault_has_one_outcome_and_costs_nobody_an_item(name: str, tmp_path: Path) -> None:
    fault = FAULTS[name]
    server = HostileWeb(fault.serve, secure=fault.secure, deaf=fault.deaf)
    with server as hostile, LoopbackServer() as well:
        well.route("/feed", Answer(body=FEED))
        for host, entries in NEIGHBOUR_ITEMS.items():
            well.route(f"/{host}/feed", Answer(body=rss(entries)))
        record = run(fault, hostile.base, well.base, tmp_path / "faults.db")
    first, second, third = record.nights
    assert first.status == fault.status, first.said
    assert fault.cause in first.said
    assert second.status in (fault.status, "not_modified")
    assert third.status in ("items", "not_modified")
    for night in record.nights:
        assert set(night.neighbours) <= {"items", "not_modified"}
    assert record.lost == []
    assert record.doubled == []
    assert [path for path in hostile.paths if SECRET in path] == []


def test_what_a_fault_counts_as_lost_is_noticed(tmp_path: Path) -> None:
    fault = FAULTS["none"]
    with HostileWeb(fault.serve) as hostile, LoopbackServer() as well:
        for host, entries in NEIGHBOUR_ITEMS.items():
            well.route(f"/{host}/feed", Answer(body=rss(entries[1:])))
        record = run(fault, hostile.base, well.base, tmp_path / "faults.db")
    assert record.lost == ["K001", "L001", "N001"]
