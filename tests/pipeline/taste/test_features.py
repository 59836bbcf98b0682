from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.load import SHIPPED, load_settings
from pipeline.taste.features import document, features, shown, words
from store.models import Kind, PaperFacts, Part, RepositoryFacts
from tests.builders import a_candidate, a_story, an_item

SETTINGS = load_settings(SHIPPED, environment=False)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Low-Bit Weights", ["low-bit", "weights", "low-bit weights"]),
        ("the weights of a Net", ["weights", "net"]),
        ("低比特量化", ["低比", "比特", "特量", "量化", "低比特", "比特量", "特量化"]),
        ("INT8量化", ["int8", "量化"]),
        ("", []),
    ],
)
def test_words_and_pairs_of_a_text(text, found):
    assert list(words(text)) == found


def test_a_document_holds_words_topics_and_what_is_known_of_a_story():
    paper = a_candidate(
        item=an_item(
            title="Widget Pruning",
            summary="We prune widgets.",
            authors=("Ada L.",),
            paper=PaperFacts(categories=("cs.CV",), comment="Accepted at CVPR 2026"),
        ),
        kind=Kind.PAPER,
    )
    code = a_candidate(
        item=an_item(
            title="lab/widget",
            url="https://github.com/lab/widget",
            repository=RepositoryFacts(full_name="lab/widget", language="C++"),
        ),
        kind=Kind.REPOSITORY,
    )
    parts = (Part(name="topic", label="剪枝", value=3.0), Part(name="recency", label="x", value=1))
    tokens = document(a_story(paper, code), parts, SETTINGS).split("\n")
    assert {"t:widget pruning", "b:prune", "topic=剪枝", "category=cs.CV"} <= set(tokens)
    assert {"author=Ada L.", "language=C++", "kind=paper", "venue=CVPR"} <= set(tokens)
    assert len(tokens) == len(set(tokens))
    assert "topic=x" not in tokens


def test_a_long_headline_weighs_no_more_than_a_short_one():
    for count in (1, 4, 100):
        values = features("\n".join(f"t:{n}" for n in range(count)))
        assert sum(v * v for v in values.values()) == pytest.approx(1.0)


@settings(deadline=None)
@given(st.text(), st.text())
def test_any_text_makes_a_document_of_lines(title, summary):
    candidate = a_candidate(item=replace(an_item(), title=title, summary=summary))
    tokens = document(a_story(candidate), (), SETTINGS)
    assert all(features(tokens).values())
    assert all(shown(token) for token in features(tokens))
