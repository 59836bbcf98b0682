"""The rules over labelled histories: what they raise that is nothing, and what they miss.

A line of ``histories.jsonl`` is a source: what it is, its nights (see ``ledger``), and its alerts,
each with the first night on which it can be known and the last on which it is not too late. All
other nights are quiet. Nights were drawn at random for each kind of source and then kept.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.pipeline.alerts.ledger import raised

HISTORIES = [
    json.loads(line)
    for line in (Path(__file__).parent / "histories.jsonl").read_text("utf-8").splitlines()
]
FALSE_A_THOUSAND_NIGHTS = 0.5
MISSED = 0.0


def outcome(history) -> tuple[int, list[str], list[str]]:
    """The number of nights, and the false and missed alerts of a history."""
    due = dict(history["alerts"])
    false = []
    for night, kinds in raised(history["nights"], history["begins"]).items():
        for kind in kinds:
            first, last = due.get(kind, (0, -1))
            if first <= night <= last:
                del due[kind]
            else:
                false.append(f"{history['what']}: {kind} on night {night}")
    return len(history["nights"].split()), false, [f"{history['what']}: {kind}" for kind in due]


def test_false_and_missed_alerts_stay_below_their_floors():
    outcomes = [outcome(history) for history in HISTORIES]
    nights = sum(number for number, _, _ in outcomes)
    false = [one for _, some, _ in outcomes for one in some]
    missed = [one for _, _, some in outcomes for one in some]
    due = sum(len(history["alerts"]) for history in HISTORIES)
    assert nights > 6000
    assert due >= 48
    assert 1000 * len(false) / nights <= FALSE_A_THOUSAND_NIGHTS, false
    assert len(missed) / due <= MISSED, missed


def test_no_quiet_weekend_raises_anything():
    quiet = [h for h in HISTORIES if "weekend" in h["what"] and not h["alerts"]]
    assert len(quiet) >= 20
    assert [found for history in quiet for found in outcome(history)[1]] == []


@pytest.mark.parametrize("kind", ["failing", "unparsable", "empty", "gap"])
def test_what_shows_in_one_answer_is_raised_by_that_very_run(kind):
    due = [h["alerts"][kind] for h in HISTORIES if kind in h["alerts"]]
    assert due
    assert all(first == last for first, last in due)
