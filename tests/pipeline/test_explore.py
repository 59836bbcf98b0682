import pytest

from pipeline.explore import explored, reason, unseen
from pipeline.taste.model import TasteModel

MODEL = TasteModel(points={"t:quant": 1.0, "t:int8": 0.5, "source=甲": 0.1}, slope=1.0, intercept=0)
KNOWN = "t:quant\nt:int8\nsource=甲"
HALF = "t:quant\nt:graph\nsource=甲"
NEW = "t:spiking\nt:spiking chip\nt:chip\nsource=乙"


def test_what_the_model_never_saw():
    assert unseen(KNOWN, MODEL) == {}
    assert unseen(HALF, MODEL) == {"t:graph": pytest.approx(0.5**0.5)}


def test_the_least_known_is_tried():
    assert explored([KNOWN, HALF, NEW], 1, MODEL, []) == [2]
    assert explored([KNOWN, HALF, NEW], 5, MODEL, []) == [2, 1]


def test_nothing_is_tried_that_the_model_knows():
    assert explored([KNOWN], 1, MODEL, []) == []
    assert explored([], 1, MODEL, []) == []


def test_the_better_of_two_is_tried_that_are_known_equally_little():
    assert explored(["t:a\nt:b", "t:c\nt:d"], 1, MODEL, []) == [0]


def test_what_resembles_the_rest_of_the_section_is_not_tried():
    assert explored([NEW, HALF], 1, MODEL, [NEW]) == [1]
    assert explored([NEW, NEW + "\nt:x", HALF], 2, MODEL, []) == [0, 2]


def test_the_reason_names_words_of_the_headline_first():
    document = "source=乙\nt:spiking chip\nt:quant\nt:spiking\nt:chip\nb:x"
    assert reason(document, MODEL) == "探索：口味没见过spiking、chip、spiking chip"
