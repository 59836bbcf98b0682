"""A short month in the suite, and the comparison against months that went wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.soak import month
from tests.soak.plan import plan
from tests.soak.truth import Due, truth_of


def test_eight_nights_are_as_the_truth_has_them(tmp_path):
    result = month.run_month(tmp_path, nights=8, sources=10, seed=1, timeout=30)
    assert result.deviations == ()
    numbers = dict(result.table)
    assert numbers["alerts due"] == "1 empty, 3 failing, 1 gap, 1 shrunk, 1 unparsable"
    assert numbers["could be had"].endswith(f" {numbers['stories']} addresses")


def test_what_the_program_misses_is_named(tmp_path, monkeypatch):
    def other(places, nights):
        truth = truth_of(places, nights)
        [gap] = [due for due in truth.due if due.kind == "gap"]
        [shrunk] = [due for due in truth.due if due.kind == "shrunk"]
        [refused] = [due for due in truth.due if "refused" in due.source]
        moved = replace(refused, over=7 if refused.over != 7 else 6)
        late = replace(shrunk, night=shrunk.night - 1, by=shrunk.night - 1)
        never = Due(source="nobody", kind="empty", night=1, by=1, over=None)
        kept = truth.due - {gap, shrunk, refused}
        taken = min(truth.had)
        return replace(
            truth,
            due=kept | {moved, late, never},
            had=truth.had - {taken} | {("nobody", "https://nobody.example/1")},
        )

    monkeypatch.setattr(month, "truth_of", other)
    found = month.run_month(tmp_path, nights=8, sources=6, seed=1, timeout=30).deviations
    for text in (
        "nobody: no alert 'empty' on night 1",
        "nobody: https://nobody.example/1 could be had, and is not there",
        "is there, and could not be had",
        "no alert 'shrunk' on night",
        ": alert 'shrunk' on night",
        ": alert 'gap' on night",
        ": alert 'failing' is over on",
    ):
        assert sum(text in line for line in found) == 1, (text, found)
    assert len(found) == 7


@pytest.mark.parametrize("seed", range(5))
def test_the_truth_has_a_gap_where_something_is_lost_for_good(seed):
    truth = truth_of(plan(seed, nights=30, sources=40), 30)
    assert {source for source, _ in truth.lost} == {d.source for d in truth.due if d.kind == "gap"}
    assert all(due.night <= due.by < 30 for due in truth.due)
    assert plan(seed, nights=30, sources=40) == plan(seed, nights=30, sources=40)
