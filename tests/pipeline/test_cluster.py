from hypothesis import given
from hypothesis import strategies as st

from pipeline.cluster import group
from store.models import CandidateId, IdentityKey, StoryId
from store.stories import Unassigned


def candidate(id: int, *keys: str) -> Unassigned:
    return Unassigned(id=CandidateId(id), keys=tuple(IdentityKey(k) for k in keys))


def shape(groups):
    return [(g.candidates, g.keys, g.stories) for g in groups]


def test_one_shared_key_makes_one_story():
    groups = group([candidate(1, "a"), candidate(2, "a", "b"), candidate(3, "c")], {})
    assert [g.candidates for g in groups] == [(1, 2), (3,)]


def test_a_chain_of_keys_is_one_story():
    groups = group([candidate(1, "a", "b"), candidate(2, "c"), candidate(3, "b", "c")], {})
    assert [g.candidates for g in groups] == [(1, 2, 3)]


def test_a_known_key_joins_its_story():
    known = {IdentityKey("a"): StoryId(7)}
    assert [g.stories for g in group([candidate(1, "a", "b")], known)] == [(7,)]


def test_a_candidate_that_bears_the_keys_of_two_stories_makes_them_one():
    known = {IdentityKey("a"): StoryId(7), IdentityKey("b"): StoryId(3)}
    assert [g.stories for g in group([candidate(1, "b", "a")], known)] == [(3, 7)]


def test_two_keys_of_one_known_story_stay_together():
    known = {IdentityKey("a"): StoryId(7), IdentityKey("b"): StoryId(7)}
    groups = group([candidate(1, "a"), candidate(2, "b")], known)
    assert shape(groups) == [((1, 2), ("a", "b"), (7,))]


keys = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=3, unique=True)


@given(
    st.lists(keys, max_size=12),
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 4)),
    st.randoms(),
)
def test_the_outcome_does_not_depend_on_order(lists, known, random):
    candidates = [candidate(n, *k) for n, k in enumerate(lists)]
    stories = {IdentityKey(k): StoryId(v) for k, v in known.items()}
    shuffled = list(candidates)
    random.shuffle(shuffled)
    assert shape(group(candidates, stories)) == shape(group(shuffled, stories))
