import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.taste.features import features
from pipeline.taste.model import TasteModel, totals
from pipeline.taste.table import Example, tabulate

EXAMPLES = [
    Example(document="t:a\nt:b\nb:c\ntopic=量化", rules=1.5, picked=True, weight=0.5),
    Example(document="", rules=-1.0, picked=False),
    Example(document="t:b\nt:alone\nb:c\ntopic=量化", rules=0.0, picked=False),
]
TOKENS = ["t:a", "t:b", "t:a b", "b:a", "b:量化", "kind=paper", "topic=量化"]
documents = st.sets(st.sampled_from(TOKENS)).map(
    lambda found: "\n".join(token for token in TOKENS if token in found)
)


def tokens(table):
    """The token of each column behind the first."""
    return list(table.tokens(np.arange(table.values.shape[1] - 1)))


def row(table, n):
    """Token -> value of a row."""
    values = table.values[[n]].toarray()[0, 1:]
    return {token: float(v) for token, v in zip(tokens(table), values, strict=True) if v}


def test_rows_hold_rules_and_what_tokens_weigh_in_their_documents():
    table = tabulate(EXAMPLES)
    assert table.rules.tolist() == [1.5, -1.0, 0.0]
    assert table.picked.tolist() == [True, False, False]
    assert table.weight.tolist() == [0.5, 1.0, 1.0]
    assert row(table, 1) == {}
    whole = features(EXAMPLES[0].document)
    assert row(table, 0) == {token: whole[token] for token in ("t:b", "b:c", "topic=量化")}


def test_a_token_of_one_document_alone_has_no_column():
    assert tokens(tabulate(EXAMPLES)) == ["t:b", "b:c", "topic=量化"]


def test_some_of_the_rows_in_another_order():
    table = tabulate(EXAMPLES)
    taken = table.take(np.array([2, 0]))
    assert taken.rules.tolist() == [0.0, 1.5]
    assert taken.picked.tolist() == [False, True]
    assert [row(taken, 0), row(taken, 1)] == [row(table, 2), row(table, 0)]


@settings(deadline=None)
@given(st.lists(documents, max_size=8))
def test_rows_come_to_what_a_model_gives_their_documents(found):
    model = TasteModel(
        points={"t:a": 1.25, "t:b": -3.0, "b:量化": 0.5, "topic=量化": 2.0, "t:never": 9.0},
        slope=1.0,
        intercept=0.0,
    )
    # twice, so that every token has a column
    table = tabulate([Example(document=one, rules=1.5, picked=False) for one in found * 2])
    points = np.array([model.points.get(token, 0.0) for token in tokens(table)])
    expected = [1.5 + model.score(one) for one in found] * 2
    assert totals(table, points).tolist() == pytest.approx(expected, abs=0.001)


@settings(deadline=None)
@given(st.lists(documents, max_size=8))
def test_a_row_has_the_features_of_its_document(found):
    table = tabulate([Example(document=one, rules=1.5, picked=False) for one in found * 2])
    assert [row(table, n) for n in range(len(found))] == [features(one) for one in found]


def test_no_examples_make_an_empty_table():
    table = tabulate([])
    assert (table.values.shape, tokens(table)) == ((0, 1), [])
