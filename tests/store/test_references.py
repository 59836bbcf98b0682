import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from store.database import Store
from store.models import IdentityKey
from store.references import (
    Reference,
    ReferenceItem,
    load_reference,
    load_reference_keys,
    load_references,
    remove_reference,
    save_reference,
)
from tests.builders import NOW


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "b.db") as store:
        yield store


def a_list(name, *keys, weight=0.5):
    return Reference(
        name=name,
        origin=f"{name}.md",
        weight=weight,
        added_at=NOW,
        items=tuple(ReferenceItem(key=IdentityKey(key), title=f"标题 {key}") for key in keys),
    )


def test_a_list_comes_back_as_it_was_kept(store):
    kept = a_list("量化", "github:a/b", "arxiv:1901.00001", "gist:12", "title:onebitnetworks")
    save_reference(store, kept)
    assert load_reference(store, "量化") == kept
    assert (kept.papers, kept.repositories) == (2, 2)


def test_lists_come_by_name(store):
    lists = [a_list("b", "arxiv:1901.00001"), a_list("a", "github:a/b")]
    for one in lists:
        save_reference(store, one)
    assert load_references(store) == lists[::-1]
    assert load_reference(store, "c") is None


def test_the_same_name_takes_the_place(store):
    save_reference(store, a_list("a", "github:a/b", "github:a/c"))
    later = replace(a_list("a", "github:a/d", weight=0.25), added_at=NOW + timedelta(days=1))
    save_reference(store, later)
    assert load_references(store) == [later]


def test_what_several_lists_name_has_the_largest_weight(store):
    save_reference(store, a_list("a", "github:a/b", "arxiv:1901.00001", weight=0.25))
    save_reference(store, a_list("b", "github:a/b", weight=0.75))
    assert load_reference_keys(store) == {"arxiv:1901.00001": 0.25, "github:a/b": 0.75}


def test_a_removed_list_leaves_nothing(store):
    save_reference(store, a_list("a", "github:a/b"))
    save_reference(store, a_list("b", "github:a/c"))
    assert remove_reference(store, "a")
    assert not remove_reference(store, "a")
    assert load_reference_keys(store) == {"github:a/c": 0.5}


@pytest.mark.parametrize("weight", [0, -1, 1.5])
def test_a_weight_that_means_nothing_is_not_kept(store, weight):
    save_reference(store, a_list("a", "github:a/b"))
    with pytest.raises(sqlite3.IntegrityError):
        save_reference(store, a_list("a", "github:a/c", weight=weight))
    assert load_reference_keys(store) == {"github:a/b": 0.5}
