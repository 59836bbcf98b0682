"""Whether entries may be missing between two visits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crawlers.gap import latest, possible_gap
from store.models import Gap
from tests.builders import NOW, an_item

HOUR = timedelta(hours=1)


def items(*hours: float | None):
    return [an_item(published=None if h is None else NOW + h * HOUR) for h in hours]


@pytest.mark.parametrize(
    ("hours", "known", "gap"),
    [
        ((5, 3, 1), False, Gap(after=NOW, before=NOW + HOUR)),
        ((5, None, 1), False, Gap(after=NOW, before=NOW + HOUR)),
        ((5, 3, 1), True, None),  # its dates moved on, and it is the same
        ((5, 0, -4), False, None),
        ((5, -4), False, None),
        ((None, None), False, None),
        ((), False, None),
    ],
)
def test_a_gap_is_where_nothing_reaches_back(hours, known, gap):
    assert possible_gap(items(*hours), NOW, lambda: known) == gap


def test_a_first_visit_misses_nothing():
    assert possible_gap(items(1), None, lambda: False) is None


def test_the_watermark_never_goes_back_nor_into_the_future():
    assert latest(items(-5, None), NOW - HOUR, NOW) == NOW - HOUR
    assert latest(items(-5), None, NOW) == NOW - 5 * HOUR
    assert latest(items(9), NOW - HOUR, NOW) == NOW
    assert latest([], None, NOW) is None
