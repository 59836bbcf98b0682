import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.taste.features import features
from pipeline.taste.model import TasteModel
from pipeline.taste.table import Example, tabulate

EXAMPLES = [
    Example(document="t:a\nt:b\nb:c\ntopic=量化", rules=1.5, picked=True, weight=0.5),
    Example(document="", rules=-1.0, picked=False),
    Example(document="t:b\nb:c\ntopic=量化\nt:alone", rules=0.0, picked=False),
]
tokens = st.lists(
    st.sampled_from(["t:a", "t:b", "t:a b", "b:a", "b:量化", "kind=paper", "topic=量化"]),
    unique=True,
)


def row(table, n):
    """Token -> value of a row."""
    values = table.values[[n]].toarray()[0, 1:]
    return {token: float(v) for token, v in zip(table.tokens, values, strict=True) if v}


def test_rows_hold_rules_and_what_tokens_weigh_in_their_documents():
    table = tabulate(EXAMPLES)
    assert table.rules.tolist() == [1.5, -1.0, 0.0]
    assert table.picked.tolist() == [True, False, False]
    assert table.weight.tolist() == [0.5, 1.0, 1.0]
    assert row(table, 1) == {}
    whole = features(EXAMPLES[0].document)
    assert row(table, 0) == {token: whole[token] for token in ("t:b", "b:c", "topic=量化")}


def test_a_token_of_one_document_alone_has_no_column():
    assert set(tabulate(EXAMPLES).tokens) == {"t:b", "b:c", "topic=量化"}


def test_some_of_the_rows_in_another_order():
    table = tabulate(EXAMPLES)
    taken = table.take(np.array([2, 0]))
    assert taken.rules.tolist() == [0.0, 1.5]
    assert taken.picked.tolist() == [False, True]
    assert [row(taken, 0), row(taken, 1)] == [row(table, 2), row(table, 0)]


@settings(deadline=None)
@given(st.lists(tokens, max_size=8))
def test_a_model_scores_rows_as_it_scores_their_documents(documents):
    examples = [Example(document="\n".join(one), rules=0, picked=False) for one in documents]
    points = {"t:a": 1.25, "t:b": -3.0, "b:量化": 0.5, "topic=量化": 2.0, "t:never": 9.0}
    model = TasteModel(points=points, slope=1.0, intercept=0.0)
    # twice, so that every token has a column
    found = model.scores(tabulate(examples * 2))
    expected = [model.score(example.document) for example in examples] * 2
    assert found.tolist() == pytest.approx(expected, abs=0.001)


def test_no_examples_make_an_empty_table():
    table = tabulate([])
    assert (table.values.shape, table.tokens) == ((0, 1), ())
