"""The queue marks what the draft tries taste on, as the draft itself does."""

from __future__ import annotations

import pytest

from pipeline.desk import current_issue, finish_issue
from pipeline.period import period_of
from tests.pipeline.test_issue import NOW, ranked, store
from tests.pipeline.test_issue import SETTINGS as ISSUE
from tests.pipeline.web.desks import SCRIPT, a_desk, an_app, post
from tests.pipeline.web.nights import parsed

__all__ = ["store"]
"""A stream of papers, and a taste that does not know all of their words."""
PLAIN = ISSUE.score.model_copy(update={"variety": 0.0})
SETTINGS = ISSUE.model_copy(update={"score": PLAIN})


@pytest.fixture
def client(store, tmp_path):
    return an_app(a_desk(store, tmp_path, settings=SETTINGS, clock=lambda: NOW)).test_client()


def marks(markup):
    """Story -> its mark, of the rows that have one."""
    rows = parsed(markup).cssselect("li.row")
    found = {int(row.get("id").removeprefix("story-")): row.cssselect(".row-why") for row in rows}
    return {story: why[0].text_content() for story, why in found.items() if why}


def tried(store):
    return dict(current_issue(store, SETTINGS, period_of(store, SETTINGS, NOW)).explored)


def test_rows_are_marked_as_the_draft_tries_them(store, client):
    assert len(tried(store)) == 1
    assert marks(client.get("/queue").text) == tried(store)


def test_a_row_that_is_drawn_anew_keeps_its_mark(store, client):
    [(story, why)] = tried(store).items()
    post(client, "/queue/decide", {"do": "accept", "story": f"{story}:0"})
    assert story not in tried(store)
    asked = {"do": "undo", "story": f"{story}:1"}
    answer = client.post("/queue/decide", data=asked, headers=SCRIPT)
    assert marks(f"<ol>{answer.json['parts'][f'story-{story}']}</ol>") == {story: why}


def test_why_tells_it_too(store, client):
    [(story, why)] = tried(store).items()
    assert why in client.get(f"/story/{story}/why").text


def test_nothing_is_tried_once_the_issue_is_final(store, client):
    best = ranked(store)[0]
    post(client, "/queue/decide", {"do": "accept", "story": f"{best}:0"})
    assert marks(client.get("/queue").text) != {}
    finish_issue(store, SETTINGS, period_of(store, SETTINGS, NOW), NOW)
    assert marks(client.get("/queue").text) == {}
