from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.joining.partition import Node, ordered, partition
from store.models import Tie


def node(id, *keys, paper=False, repository=False):
    return Node(
        id=id, name=("源", f"{id:03}"), keys=tuple(keys), paper=paper, repository=repository
    )


def tie(chance=0.9, *, firm=False, never=False):
    return Tie(evidence=(), chance=chance, firm=firm, never=never)


def parts(nodes, ties=None, rulings=None):
    return sorted(partition(nodes, ties or {}, rulings or {}))


def test_a_chain_of_keys_is_one_story():
    assert parts([node(1, "a"), node(2, "a", "b"), node(3, "b"), node(4, "c")]) == [(1, 2, 3), (4,)]


def test_a_chain_of_likeness_drags_no_strangers_together():
    chain = {(1, 2): tie(0.9), (2, 3): tie(0.8)}
    assert parts([node(1), node(2), node(3)], chain) == [(1, 2), (3,)]
    assert parts([node(1), node(2), node(3)], {**chain, (1, 3): tie(0.4)}) == [(1, 2, 3)]


def test_firm_ties_join_whatever_the_rest_resembles():
    firm = {(1, 2): tie(firm=True), (1, 3): tie(firm=True), (1, 4): tie(firm=True)}
    assert parts([node(n) for n in range(1, 5)], firm) == [(1, 2, 3, 4)]


def test_never_keeps_apart_what_a_third_would_join():
    ties = {(1, 2): tie(firm=True), (2, 3): tie(0.9, firm=True), (1, 3): tie(0, never=True)}
    assert parts([node(1), node(2), node(3)], ties) == [(1, 2), (3,)]


def test_two_papers_and_two_repositories_never_meet_in_a_third():
    both = {(1, 2): tie(firm=True), (2, 3): tie(0.8, firm=True)}
    assert parts([node(1, paper=True), node(2), node(3, paper=True)], both) == [(1, 2), (3,)]
    repositories = [node(1, repository=True), node(2), node(3, repository=True)]
    assert parts(repositories, both) == [(1, 2), (3,)]
    assert parts([node(1, paper=True), node(2), node(3, repository=True)], both) == [(1, 2, 3)]


def test_the_editor_outranks_keys_ties_and_their_absence():
    nodes = [node(1, "a"), node(2, "a"), node(3)]
    assert parts(nodes, {}, {(1, 2): False, (2, 3): True}) == [(1,), (2, 3)]
    ties = {(1, 3): tie(firm=True)}
    assert parts(nodes, ties, {(1, 2): False, (2, 3): True}) == [(1,), (2, 3)]


@st.composite
def graphs(draw):
    count = draw(st.integers(2, 8))
    nodes = [
        node(
            n,
            *draw(st.lists(st.sampled_from("abc"), max_size=1)),
            paper=draw(st.booleans()),
            repository=draw(st.booleans()),
        )
        for n in range(1, count + 1)
    ]
    pairs = st.sampled_from(list(combinations(range(1, count + 1), 2)))
    ties = st.builds(
        tie, st.sampled_from([0.0, 0.3, 0.6, 0.9]), firm=st.booleans(), never=st.booleans()
    )
    rulings = draw(st.dictionaries(pairs, st.booleans(), max_size=3))
    return nodes, draw(st.dictionaries(pairs, ties)), rulings


@given(graphs(), st.randoms())
def test_the_outcome_depends_neither_on_order_nor_on_numbers(graph, random):
    """The same candidates under the numbers that another order of arrival would give them."""
    nodes, ties, rulings = graph
    numbers = [n.id for n in nodes]
    random.shuffle(numbers)
    new = dict(zip([n.id for n in nodes], numbers, strict=True))
    renumbered = [
        Node(id=new[n.id], name=n.name, keys=n.keys, paper=n.paper, repository=n.repository)
        for n in nodes
    ]
    random.shuffle(renumbered)
    again = partition(
        renumbered,
        {ordered(new[a], new[b]): t for (a, b), t in ties.items()},
        {ordered(new[a], new[b]): r for (a, b), r in rulings.items()},
    )
    expected = sorted(tuple(sorted(new[one] for one in part)) for part in parts(*graph))
    assert sorted(again) == expected


@given(graphs())
def test_every_candidate_is_in_one_story_and_the_rules_hold(graph):
    nodes, ties, rulings = graph
    made = parts(nodes, ties, rulings)
    assert sorted(one for part in made for one in part) == [n.id for n in nodes]
    for part in made:
        for pair in combinations(part, 2):
            assert rulings.get(pair) is not False
