from datetime import timedelta

import pytest

from config.story_settings import Lexicon
from pipeline.joining.profile import profile_of
from pipeline.joining.words import Vocabulary
from pipeline.stories import rearrange
from store.candidates import (
    NormalisedItem,
    load_keys_to_enrich,
    save_candidates,
    save_lookups,
    search,
)
from store.database import Store
from store.evidence import Traced, load_to_compare, save_profiles
from store.items import load_pending, save_items
from store.models import IdentityKey, StoryId
from store.runs import start_run
from store.stories import (
    load_members,
    load_open,
    load_stories,
    resolve,
)
from tests.builders import NOW, a_candidate, an_item

VOCABULARY = Vocabulary(Lexicon())


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "b.db") as store:
        yield store


def take_in(store, *candidates, now=NOW):
    """Run candidates through the tables as the stages do."""
    run = start_run(store, "test", now)
    save_items(store, run, None, [c.item for c in candidates], now)
    pending = load_pending(store, 100)
    save_candidates(
        store,
        [
            NormalisedItem(raw_item=p.id, candidate=c, first_seen=p.first_seen)
            for p, c in zip(pending, candidates, strict=True)
        ],
        now,
    )
    new = load_members(store, load_to_compare(store, 100))
    save_profiles(
        store, [Traced(profile=profile_of(member, VOCABULARY), traits=()) for member in new]
    )
    rearrange(store, [member.id for member in new], now)


def one(source: str, *keys: str, **changes):
    item = an_item(source=source, title=f"{source} 的报道", **changes.pop("item", {}))
    return a_candidate(item=item, title=item.title, keys=tuple(map(IdentityKey, keys)), **changes)


def stories(store):
    return load_stories(store, load_open(store, NOW - timedelta(days=1)))


def test_one_key_makes_one_story_and_comes_back_whole(store):
    a, b = one("甲", "url:x"), one("乙", "url:x", "url:y", mentions=("github:a/b",))
    take_in(store, a, b)
    [story] = stories(store)
    assert sorted((m.candidate for m in story.members), key=lambda c: c.title) == sorted(
        (a, b), key=lambda c: c.title
    )


def test_a_later_candidate_can_bring_two_stories_together(store):
    take_in(store, one("甲", "url:x"), one("乙", "url:y"))
    first, second = stories(store)
    take_in(store, one("丙", "url:x", "url:y"))
    [story] = stories(store)
    assert len(story.members) == 3
    assert resolve(store, second.id) == first.id == story.id
    assert resolve(store, StoryId(99)) is None


def test_keys_only_grow(store):
    take_in(store, one("甲", "url:expiring"))
    take_in(store, one("甲", "wechat:permanent", item={"summary": "更多"}))
    [story] = stories(store)
    assert story.members[0].candidate.keys == ("wechat:permanent", "url:expiring")
    take_in(store, one("乙", "url:expiring"))
    assert len(stories(store)[0].members) == 2


def test_new_content_makes_a_story_open_again_and_repetition_does_not(store):
    later = NOW + timedelta(days=3)
    take_in(store, one("甲", "url:x"))
    take_in(store, one("甲", "url:x", item={"summary": "星数变了"}), now=later)
    assert load_open(store, later) == []
    take_in(store, one("甲", "url:x", item={"summary": "改"}, content_hash="1" * 64), now=later)
    assert len(load_open(store, later)) == 1


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("量化", True),
        ("低比特量化", True),
        ("比特", True),
        ("化量", False),
        ("MobileNetV3", True),
        ("mobilenetv3 量化", True),
        ("mobilenetv3 剪枝", False),
        ('"', False),
        ("AND OR NOT (", False),
        ("", False),
    ],
)
def test_search_finds_chinese_at_any_place(store, words, found):
    item = {"summary": "低比特量化让 MobileNetV3 更快。"}
    take_in(store, one("甲", "url:x", item=item), one("乙", "url:y"))
    assert bool(search(store, words, 10)) is found


def test_repositories_that_others_name_are_to_be_looked_up_once(store):
    take_in(store, one("甲", "url:x", mentions=("github:a/b", "arxiv:2602.01234")))
    assert load_keys_to_enrich(store, NOW, NOW - timedelta(days=7)) == ["a/b"]
    save_lookups(store, ["a/b"], NOW)
    assert load_keys_to_enrich(store, NOW, NOW - timedelta(days=7)) == []
    assert load_keys_to_enrich(store, NOW, NOW + timedelta(days=1)) == ["a/b"]
