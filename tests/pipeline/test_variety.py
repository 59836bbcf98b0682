import pytest

from pipeline.variety import likeness, resemblance, varied

ALIKE = ["t:quant\nt:int8", "t:quant\nt:int8\nt:x", "t:prune\nt:filter"]


def test_the_second_place_goes_to_something_else():
    assert varied([9.0, 8.9, 8.0], ALIKE, 2, 4.0, []) == [0, 2]


def test_without_cost_the_best_are_taken():
    assert varied([9.0, 8.9, 8.0], ALIKE, 2, 0.0, []) == [0, 1]


def test_a_much_better_one_stands_though_it_is_alike():
    assert varied([9.0, 8.9, 2.0], ALIKE, 2, 4.0, []) == [0, 1]


def test_what_was_accepted_counts():
    assert varied([9.0, 8.0], [ALIKE[0], ALIKE[2]], 1, 4.0, [ALIKE[1]]) == [1]


def test_there_are_no_more_places_than_stories():
    assert varied([1.0], ["t:a"], 5, 4.0, []) == [0]
    assert varied([], [], 5, 4.0, []) == []


def test_likeness():
    assert likeness(ALIKE[0], ALIKE[0]) == pytest.approx(1.0)
    assert likeness(ALIKE[0], ALIKE[2]) == 0.0
    assert likeness("", ALIKE[0]) == 0.0


def test_resemblance_is_that_of_the_nearest():
    near = likeness(ALIKE[0], ALIKE[1])
    assert resemblance([ALIKE[0]], [ALIKE[2], ALIKE[1]]) == [pytest.approx(near)]
    assert resemblance([ALIKE[0]], []) == [0.0]
