import pytest

from store.database import Store
from store.typed import Typed, drop_typed, drop_view, load_typed, load_views, save_typed, save_view
from tests.builders import NOW


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "b.db") as store:
        yield store


def a_form(**changes):
    values = {"place": "story:1", "by": "甲", "at": NOW, "seen": 3, "form": {"title": "半句"}}
    return Typed(**{**values, **changes})


def test_what_was_typed_reads_back_as_it_was_even_where_it_is_no_draft(store):
    form = a_form(form={"title": "", "url": "htp:/", "summary": "一\n\n  二 "})
    save_typed(store, form)
    assert load_typed(store, "story:1", "甲") == form


def test_each_editor_has_a_form_of_his_own(store):
    save_typed(store, a_form())
    save_typed(store, a_form(by="乙", form={"title": "另一句"}))
    drop_typed(store, "story:1", "甲")
    assert load_typed(store, "story:1", "甲") is None
    assert load_typed(store, "story:1", "乙") == a_form(by="乙", form={"title": "另一句"})


def test_a_view_is_kept_under_its_name_until_it_is_dropped(store):
    save_view(store, "量化论文", "section=论文")
    save_view(store, "量化论文", "section=论文&words=量化")
    save_view(store, "英文", "language=en")
    assert load_views(store) == {"量化论文": "section=论文&words=量化", "英文": "language=en"}
    drop_view(store, "英文")
    assert list(load_views(store)) == ["量化论文"]
