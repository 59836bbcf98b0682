import sqlite3
from datetime import date, timedelta

import pytest

from store.database import Store
from store.layouts import Layout, append_layout, load_layouts
from store.models import StoryId
from tests.builders import NOW

DAY = date(2026, 3, 2)
LAYOUT = Layout(title="春", lead="本次内容2条。\n第二行", places=(StoryId(3), StoryId(1)))


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "b.db") as store:
        yield store


def test_layouts_read_back_in_order(store):
    first = append_layout(store, DAY, LAYOUT, by="甲", at=NOW)
    second = append_layout(store, DAY, Layout(), by="乙", at=NOW, undo=True)
    one, other = load_layouts(store, DAY, DAY)
    assert (one.id, one.by, one.at, one.undo, one.layout) == (first, "甲", NOW, False, LAYOUT)
    assert (other.id, other.by, other.undo, other.layout) == (second, "乙", True, Layout())


def test_an_empty_text_is_not_an_unset_one(store):
    append_layout(store, DAY, Layout(title="", lead=""), by="甲", at=NOW)
    [one] = load_layouts(store, DAY, DAY)
    assert (one.layout.title, one.layout.lead) == ("", "")


def test_only_those_of_the_days_asked_for(store):
    for days in range(4):
        layout = Layout(title=str(days))
        append_layout(store, DAY + timedelta(days=days), layout, by="甲", at=NOW)
    found = load_layouts(store, DAY + timedelta(days=1), DAY + timedelta(days=2))
    assert [one.layout.title for one in found] == ["1", "2"]


@pytest.mark.parametrize("sql", ["UPDATE layout SET by = 'x'", "DELETE FROM layout"])
def test_the_table_refuses_to_rewrite(store, sql):
    append_layout(store, DAY, LAYOUT, by="甲", at=NOW)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"), store.writing() as db:
        db.execute(sql)


def test_the_table_is_searched_by_its_index(store):
    plan = store.db.execute(
        "EXPLAIN QUERY PLAN SELECT id FROM layout WHERE date BETWEEN '2026' AND '2027' ORDER BY id"
    ).fetchall()
    assert "layout_by_date" in plan[0][3]
