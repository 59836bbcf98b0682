"""Floors on the labelled pairs that the project keeps: a change of a threshold shows its cost."""

from collections import Counter
from pathlib import Path

import pytest

from config.errors import InputError
from config.load import SHIPPED, load_settings
from pipeline.evaluation.fit import fit
from pipeline.evaluation.pairs import judged, quality, read_pairs

PAIRS = Path(__file__).parents[1] / "story_pairs.jsonl"
SETTINGS = load_settings(SHIPPED, environment=False)
LINE = '{"a": {"title": "甲"}, "b": {"title": "乙"}, "same": false}\n'


@pytest.fixture(scope="module")
def outcomes():
    return list(judged(read_pairs(PAIRS), SETTINGS))


def test_precision_and_recall_hold_their_floors(outcomes):
    found = quality([(one.joins, one.pair.same) for one in outcomes])
    assert found.pairs >= 300
    assert found.precision >= 0.82
    assert found.recall >= 0.75


@pytest.mark.parametrize(
    ("case", "floor"),
    [
        ("identical", 1.0),
        ("retitled", 0.9),
        ("reprint", 0.9),
        ("series", 0.9),
        ("roundup", 0.7),
        ("versions", 0.9),
        ("questions", 0.9),
        ("boilerplate", 0.85),
        ("papers", 0.85),
        ("products", 0.75),
    ],
)
def test_each_kind_of_pair_holds_its_floor(outcomes, case, floor):
    right = [one.right for one in outcomes if one.pair.case == case]
    assert sum(right) / len(right) >= floor


def test_the_set_has_traps_and_pairs_of_every_kind():
    counts = Counter(pair.case for pair in read_pairs(PAIRS))
    assert len(counts) == 16
    assert min(counts.values()) >= 10


def test_judging_is_symmetric(outcomes):
    turned = [one.pair.model_copy(update={"a": one.pair.b, "b": one.pair.a}) for one in outcomes]
    assert [o.tie.chance for o in judged(turned, SETTINGS)] == [o.tie.chance for o in outcomes]


def test_weights_that_are_learned_are_worth_what_is_printed():
    pairs = read_pairs(PAIRS)
    learned = fit(pairs, [], SETTINGS, "wording", repetitions=1)
    assert learned is not None
    assert learned.quality.f1 >= 0.65
    assert learned.weights["words"] > 0 > learned.weights["numbers"]
    assert fit(pairs[:15], [], SETTINGS, "wording") is None


def test_quality_of_nothing_said_is_precise_and_finds_nothing():
    found = quality([(False, True), (False, False)])
    assert (found.precision, found.recall, found.f1) == (1.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (LINE + "{}\n", ":2: a: Field required"),
        (LINE + "not json\n", ":2: "),
        ("\n", "holds no pairs"),
    ],
)
def test_a_bad_line_is_named(tmp_path, text, says):
    path = tmp_path / "pairs.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        read_pairs(path)
