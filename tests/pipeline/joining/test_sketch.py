import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.joining.sketch import bands, resemblance, same_text, sketch

WORDS = [f"w{n}" for n in range(400)]


@pytest.mark.parametrize(("shared", "low", "high"), [(400, 1, 1), (320, 0.5, 0.95), (0, 0, 0.1)])
def test_the_share_of_equal_bins_estimates_the_shared_text(shared, low, high):
    other = WORDS[:shared] + [f"x{n}" for n in range(400 - shared)]
    found = resemblance(sketch(WORDS), sketch(other))
    assert found is not None
    assert low <= found <= high


def test_short_texts_have_no_sketch():
    assert sketch(WORDS[:11]) == ()
    assert resemblance((), sketch(WORDS)) is None


def test_long_texts_are_one_by_half_and_short_ones_by_nearly_all():
    assert same_text(sketch(WORDS), sketch(WORDS[:300])) is not None
    assert same_text(sketch(WORDS[:35]), sketch(WORDS[:35])) == 1.0
    assert same_text(sketch(WORDS[:35]), sketch(WORDS[:25] + WORDS[100:110])) is None


def test_a_stock_phrase_makes_no_two_texts_one():
    assert same_text(sketch(WORDS[:15]), sketch(WORDS[:15])) is None


def test_texts_that_share_most_share_a_band():
    assert set(bands(sketch(WORDS))) & set(bands(sketch(WORDS[:350])))


@given(st.lists(st.sampled_from(WORDS[:50]), min_size=12, max_size=80))
def test_a_text_resembles_itself_wholly(tokens):
    assert resemblance(sketch(tokens), sketch(tokens)) == 1.0
