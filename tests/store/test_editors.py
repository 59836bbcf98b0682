from datetime import timedelta

import pytest

from store.database import Store
from store.editors import (
    EditorName,
    load_cookie_key,
    load_editors,
    load_password,
    remove_editor,
    save_editor,
)
from tests.builders import NOW


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "b.db") as store:
        yield store


def test_an_editor_comes_back_with_the_password_that_was_kept(store):
    assert save_editor(store, "小明", "hash-1", NOW)
    assert load_editors(store) == [EditorName(name="小明", added_at=NOW)]
    assert load_password(store, "小明") == "hash-1"
    assert load_password(store, "小红") is None


def test_a_new_password_keeps_the_date(store):
    save_editor(store, "小明", "hash-1", NOW)
    assert not save_editor(store, "小明", "hash-2", NOW + timedelta(days=1))
    assert load_editors(store) == [EditorName(name="小明", added_at=NOW)]
    assert load_password(store, "小明") == "hash-2"


def test_who_is_removed_is_gone(store):
    save_editor(store, "小明", "hash-1", NOW)
    assert remove_editor(store, "小明")
    assert not remove_editor(store, "小明")
    assert load_editors(store) == []


def test_the_key_is_made_once_and_is_each_databases_own(store, tmp_path):
    key = load_cookie_key(store)
    assert len(key) == 32
    with Store(store.path) as again, Store(tmp_path / "other.db") as other:
        assert load_cookie_key(again) == key
        assert load_cookie_key(other) != key
