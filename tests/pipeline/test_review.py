"""The walk through the queue, and the terminal that shows it, over the demo's night."""

from __future__ import annotations

from io import StringIO

import pytest
from click.testing import CliRunner
from rich.console import Console

from config.errors import ConflictError, InputError
from pipeline.cli import briefing
from pipeline.cli.reviewing import Terminal
from pipeline.demo import NOW
from pipeline.desk import Editor, decide
from pipeline.period import period_of
from pipeline.queue import Queue, State, load_entry
from pipeline.review import Review
from pipeline.view import View
from store.decisions import load_decisions
from store.models import Verdict
from store.stories import load_stories


@pytest.fixture
def walk(sample):
    sample.run()
    return Review(
        store=sample.store,
        settings=sample.settings,
        name="甲",
        clock=lambda: NOW,
        view=View(state=State.PROPOSED),
    )


def state(walk, story):
    period = period_of(walk.store, walk.settings, NOW)
    return load_entry(walk.store, walk.settings, period, story).state


def test_the_walk_goes_down_the_whole_queue_and_shows_no_story_twice(walk):
    while walk.step(1):
        pass
    ids = [entry.story.id for entry in walk.entries]
    assert len(ids) == len(set(ids)) > 40
    totals = [entry.score.total for entry in walk.entries]
    assert totals == sorted(totals, reverse=True)
    assert not walk.step(1)


def test_what_was_decided_on_leaves_no_gap_behind_it(walk):
    queue = Queue(
        store=walk.store, settings=walk.settings, period=period_of(walk.store, walk.settings, NOW)
    )
    every = {entry.story.id for entry in queue.entries()}
    passed = {walk.entry.story.id}
    for _ in range(30):
        walk.decide(Verdict.LATER)
        walk.step(1)
        passed.add(walk.entry.story.id)
    while walk.step(1):
        passed.add(walk.entry.story.id)
    assert passed == every


def test_a_decision_stands_at_once_and_undo_leads_back_to_its_story(walk):
    first = walk.entry.story.id
    [done] = walk.decide(Verdict.REJECT, reason="thin")
    assert (done.state, walk.entry.state) == (State.REJECTED, State.REJECTED)
    walk.step(3)
    walk.undo()
    assert walk.entry.story.id == first
    assert state(walk, first) is State.PROPOSED
    with pytest.raises(InputError, match="nothing was done here"):
        walk.undo()


def test_marks_gather_what_the_next_act_is_about_and_one_undo_takes_it_back(walk):
    for _ in range(3):
        walk.mark()
        walk.step(1)
    marked = set(walk.marked)
    walk.decide(Verdict.ACCEPT)
    assert walk.marked == set()
    assert {state(walk, story) for story in marked} == {State.ACCEPTED}
    walk.undo()
    assert {state(walk, story) for story in marked} == {State.PROPOSED}


def test_merged_stories_are_one_and_undo_parts_them(walk):
    sizes = {}
    for _ in range(2):
        walk.mark()
        sizes[walk.entry.story.id] = len(walk.entry.story.members)
        walk.step(1)
    sizes[walk.entry.story.id] = len(walk.entry.story.members)
    merged = walk.merge()
    assert len(merged.story.members) == sum(sizes.values())
    walk.undo()
    parted = load_stories(walk.store, sizes)
    assert {story.id: len(story.members) for story in parted} == sizes


def test_to_merge_something_must_be_marked(walk):
    walk.mark()
    with pytest.raises(InputError, match="mark the stories"):
        walk.merge()


def test_another_editor_is_seen_before_anything_is_done(walk):
    story = walk.entry.story.id
    period = period_of(walk.store, walk.settings, NOW)
    decide(walk.store, walk.settings, period, [story], Verdict.LATER, Editor(name="乙", now=NOW))
    with pytest.raises(ConflictError, match="乙: later"):
        walk.decide(Verdict.ACCEPT)
    assert state(walk, story) is State.LATER
    walk.decide(Verdict.ACCEPT, anyway=True)
    assert state(walk, story) is State.ACCEPTED


class Keyboard:
    """Presses these keys one after the other, and q when there are none."""

    def __init__(self, keys):
        self.keys = list(keys)

    def __call__(self):
        return self.keys.pop(0) if self.keys else "q"


@pytest.fixture
def terminal(walk, monkeypatch):
    shown = StringIO()
    monkeypatch.setattr("click.clear", lambda: shown.truncate(0))

    def press(*keys):
        monkeypatch.setattr("click.getchar", Keyboard(keys))
        Terminal(walk, Console(file=shown, width=90)).run()
        return shown.getvalue()

    return press


def test_keys_accept_reject_with_a_reason_and_undo(terminal, walk):
    first, second = (entry.story.id for entry in walk.entries[:2])
    terminal("a", "r", "2")
    assert state(walk, first) is State.ACCEPTED
    assert state(walk, second) is State.REJECTED
    assert load_decisions(walk.store, [second])[second][0].reason == "known"
    terminal("u", "u")
    assert {state(walk, first), state(walk, second)} == {State.PROPOSED}


def test_escape_at_the_reasons_rejects_nothing(terminal, walk):
    story = walk.entry.story.id
    terminal("r", "\x1b")
    assert state(walk, story) is State.PROPOSED
    terminal("r", "\r")
    assert state(walk, story) is State.REJECTED


def test_a_section_is_chosen_by_its_number(terminal, walk):
    entry = walk.entry
    names = [section.name for section in walk.settings.sections]
    other = next(n for n, name in enumerate(names, 1) if name != entry.draft.section)
    terminal("s", str(other))
    assert walk.entry.draft.section == names[other - 1]
    assert walk.entry.machine.section == entry.draft.section


def test_the_screen_tells_what_another_did_and_y_does_it_all_the_same(terminal, walk):
    story = walk.entry.story.id
    period = period_of(walk.store, walk.settings, NOW)
    decide(walk.store, walk.settings, period, [story], Verdict.REJECT, Editor(name="乙", now=NOW))
    assert "乙: reject" in terminal("a")
    assert state(walk, story) is State.REJECTED
    terminal("a", "y")
    assert state(walk, story) is State.ACCEPTED


def test_y_does_nothing_where_nobody_was_asked(terminal, walk):
    first, second = (entry.story.id for entry in walk.entries[:2])
    terminal("a", "y", "y")
    assert (state(walk, first), state(walk, second)) == (State.ACCEPTED, State.PROPOSED)


def test_a_section_too_is_changed_all_the_same_where_another_decided(terminal, walk):
    story = walk.entry.story.id
    period = period_of(walk.store, walk.settings, NOW)
    decide(walk.store, walk.settings, period, [story], Verdict.LATER, Editor(name="乙", now=NOW))
    names = [section.name for section in walk.settings.sections]
    other = next(n for n, name in enumerate(names, 1) if name != walk.entry.draft.section)
    terminal("s", str(other), "y")
    assert walk.entry.draft.section == names[other - 1]


def test_the_screen_shows_what_sources_say_and_does_not_obey_it(walk, sample, monkeypatch):
    hostile = "[bold]x[/] \x1b[31mred"
    period = period_of(sample.store, sample.settings, NOW)
    text = walk.entry.draft.__class__(section="论文", title=hostile, url="https://a.example/")
    story = walk.entry.story.id
    editor = Editor(name="乙", now=NOW)
    decide(sample.store, sample.settings, period, [story], Verdict.EDIT, editor, text=text)
    walk.refresh()
    shown = StringIO()
    monkeypatch.setattr("click.clear", lambda: None)
    monkeypatch.setattr("click.getchar", Keyboard(""))
    Terminal(walk, Console(file=shown, width=90, force_terminal=True)).run()
    assert "[bold]x[/]" in shown.getvalue()
    assert "\x1b[31mred" not in shown.getvalue()


def test_review_asks_for_a_terminal():
    result = CliRunner().invoke(briefing, ["review"])
    assert isinstance(result.exception, InputError)
    assert "needs a terminal" in str(result.exception)
