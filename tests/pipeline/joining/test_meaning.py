"""Vectors as they are kept: near what they were, and only held against their like."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.joining.meaning import Meanings, cosine, packed
from store.models import CandidateId, Kind, Profile, SourceName

PROFILE = Profile(
    id=CandidateId(1),
    source=SourceName("甲"),
    external_id="1",
    kind=Kind.ARTICLE,
    language="zh",
    title="甲",
    publisher="",
    day=1,
    keys=(),
    mentions=(),
)
VECTORS = st.lists(st.floats(-1, 1), min_size=8, max_size=8).filter(lambda v: math.hypot(*v) > 0.1)


def meant(vector, model="m"):
    return replace(PROFILE, vector=packed(vector), vector_of=model)


@given(VECTORS, VECTORS)
def test_a_byte_for_each_number_keeps_the_angle(x, y):
    exact = sum(a * b for a, b in zip(x, y, strict=True)) / (math.hypot(*x) * math.hypot(*y))
    assert cosine(meant(x), meant(y)) == pytest.approx(exact, abs=0.02)
    assert cosine(meant(x), meant(y)) == cosine(meant(y), meant(x))


def test_only_vectors_of_one_model_are_held_against_each_other():
    assert cosine(meant([1, 0]), meant([2, 0])) == 1
    assert cosine(meant([1, 0]), meant([1, 0], "n")) is None
    assert cosine(meant([1, 0]), meant([1, 0, 0])) is None
    assert cosine(meant([1, 0]), PROFILE) is None
    assert cosine(PROFILE, PROFILE) is None


def test_a_headline_that_no_model_spoke_of_stays_without():
    meanings = Meanings(model="m", vectors={"甲": packed([1, 0])})
    assert meanings.given(PROFILE) == meant([1, 0])
    assert meanings.given(replace(PROFILE, title="乙")).vector == b""
