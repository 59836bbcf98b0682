import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.taste.features import features
from pipeline.variety import cosine, lowest_bar, resemblance, varied

ALIKE = ["t:quant\nt:int8", "t:quant\nt:int8\nt:x", "t:prune\nt:filter"]
WORDS = ["t:quant", "t:int8", "t:prune", "t:net", "topic=量化"]
documents = st.sets(st.sampled_from(WORDS), min_size=1).map(
    lambda found: "\n".join(word for word in WORDS if word in found)
)


def taken(*given):
    return [step.taken for step in varied(*given)]


def likeness(one, other):
    return cosine(features(one), features(other))


def test_the_second_place_goes_to_something_else():
    assert taken([9.0, 8.9, 8.0], ALIKE, 2, 4.0, []) == [0, 2]


def test_without_cost_the_best_are_taken():
    assert taken([9.0, 8.9, 8.0], ALIKE, 2, 0.0, []) == [0, 1]


def test_a_much_better_one_stands_though_it_is_alike():
    assert taken([9.0, 8.9, 2.0], ALIKE, 2, 4.0, []) == [0, 1]


def test_what_was_accepted_counts():
    assert taken([9.0, 8.0], [ALIKE[0], ALIKE[2]], 1, 4.0, [ALIKE[1]]) == [1]


def test_there_are_no_more_places_than_stories():
    assert taken([1.0], ["t:a"], 5, 4.0, []) == [0]
    assert taken([], [], 5, 4.0, []) == []


def test_a_place_is_given_for_the_score_less_what_it_resembles():
    steps = varied([9.0, 8.9, 2.0], ALIKE, 2, 4.0, [])
    assert steps[0].worth == 9.0
    assert steps[1].worth == pytest.approx(8.9 - 4.0 * likeness(ALIKE[0], ALIKE[1]), abs=1e-6)


def test_the_bar_tells_what_a_story_loses_and_to_what():
    steps = varied([9.0], ALIKE[:1], 1, 4.0, ALIKE[2:])
    bar = lowest_bar(ALIKE[2], steps, ALIKE[:1], 4.0, ALIKE[2:])
    assert (bar.points, bar.cost, bar.alike) == (13.0, 4.0, ALIKE[2])
    bar = lowest_bar(ALIKE[1], steps, ALIKE[:1], 4.0, ALIKE[2:])
    assert (bar.points, bar.cost, bar.alike) == (9.0, 0.0, None)


@settings(deadline=None)
@given(
    documents,
    st.lists(st.tuples(st.integers(0, 40), documents), min_size=1, max_size=8),
    st.lists(documents, max_size=2),
    st.integers(1, 4),
    st.sampled_from([0.0, 1.5, 4.0]),
)
def test_over_the_bar_it_takes_a_place_and_under_it_it_does_not(mine, others, beside, count, cost):
    scores, theirs = [score / 4 for score, _ in others], [one for _, one in others]
    steps = varied(scores, theirs, count, cost, beside)
    bar = lowest_bar(mine, steps, theirs, cost, beside).points
    for score, wanted in ((bar + 0.001, True), (bar - 0.001, False)):
        got = taken([score, *scores], [mine, *theirs], len(steps), cost, beside)
        assert (0 in got) is wanted


def test_likeness():
    assert likeness(ALIKE[0], ALIKE[0]) == pytest.approx(1.0)
    assert likeness(ALIKE[0], ALIKE[2]) == 0.0
    assert likeness("", ALIKE[0]) == 0.0


def test_resemblance_is_that_of_the_nearest():
    near = likeness(ALIKE[0], ALIKE[1])
    assert resemblance([ALIKE[0]], [ALIKE[2], ALIKE[1]]) == [pytest.approx(near)]
    assert resemblance([ALIKE[0]], []) == [0.0]
