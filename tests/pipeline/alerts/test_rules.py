"""What one answer after some others means."""

from __future__ import annotations

import pytest

from pipeline.alerts.expectation import expectation
from store.alerts import AlertKind
from tests.builders import NOW
from tests.pipeline.alerts.ledger import ZONE, a_report, an_entry, raised, walk

QUIET = "20/20 20/3 20/1 20/2 20/4 20/1 20/3"


def over(nights: str) -> dict[int, set[AlertKind]]:
    return {night: ended for night, _, ended in walk(nights) if ended}


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [("!", "failing"), ("!!", "failing"), ("?", "unparsable"), ("0", "empty"), ("3/0", "shrunk")],
)
def test_trouble_is_raised_once_and_over_with_the_next_good_answer(trouble, kind):
    nights = f"{QUIET} {trouble} {trouble} {trouble} 20/2"
    assert raised(nights) == {7: {kind}}
    assert over(nights) == {10: {kind}}


def test_a_page_that_did_not_change_is_no_recovery_from_being_empty():
    assert over(f"{QUIET} 0 = = 20/2") == {10: {"empty"}}


def test_a_source_that_fails_may_still_be_empty():
    nights = f"{QUIET} 0 ! 0 20/2"
    assert raised(nights) == {7: {"empty"}, 8: {"failing"}}
    assert over(nights) == {9: {"failing"}, 10: {"empty"}}


def test_what_may_pass_can_be_waited_for_and_what_cannot_is_not():
    assert raised(f"{QUIET} ! ! !", failing_runs=3) == {9: {"failing"}}
    assert raised(f"{QUIET} !!", failing_runs=3) == {7: {"failing"}}


def test_a_few_items_for_months_are_still_too_few():
    assert over(f"{QUIET} 3/0 " + "3/1 " * 60) == {}


def test_too_short_a_history_expects_nothing():
    entries = [an_entry(a_report("20/2", NOW), NOW)] * 4
    assert expectation(entries, NOW, ZONE) is None
    assert expectation(entries * 2, NOW, ZONE) is not None


def test_failed_nights_and_unchanged_pages_are_no_measure():
    words = ["20/2"] * 6 + ["!", "=", "?"] * 20
    found = expectation([an_entry(a_report(word, NOW), NOW) for word in words], NOW, ZONE)
    assert found is not None
    assert (found.usual, found.least) == (20, 10)
