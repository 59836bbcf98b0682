"""Laying out an issue: what is set stays, what others set meanwhile is not lost, all can be undone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from config.errors import ConflictError, InputError
from config.load import SHIPPED
from pipeline.arranging import lay_out, move, undo_layout
from pipeline.desk import Editor, current_issue, decide, finish_issue, reopen_issue
from pipeline.export import export_draft, export_issue
from pipeline.issue_markdown import lead
from pipeline.layout import accepted_in_order, laid_out_since, load_layout
from pipeline.period import period_of
from pipeline.queue import Queue, load_entry
from store.database import Store
from store.decisions import load_decisions
from store.layouts import Layout
from store.models import StoryId, Verdict
from tests.builders import NOW
from tests.pipeline.laid import NEWS, ONE, OTHER, PAPERS, SETTINGS, fill, period, stories


@pytest.fixture
def store(tmp_path):
    """Three papers and the news are accepted."""
    with Store(tmp_path / "b.db") as store:
        fill(store)
        taken = [*stories(store, PAPERS)[:3], *stories(store, NEWS)]
        decide(store, SETTINGS, period(store), taken, Verdict.ACCEPT, ONE)
        yield store


def printed(store, section):
    """The stories of a section as the issue prints them."""
    assembled = current_issue(store, SETTINGS, period(store))
    sections = {one.name: len(one.items) for one in assembled.issue.sections}
    start = sum(list(sections.values())[: list(sections).index(section)])
    return [one.story for one in assembled.printed[start : start + sections[section]]]


def put(store, story, section, order, seen=0, editor=ONE):
    return move(
        store, SETTINGS, period(store), story, editor, section=section, order=order, seen=seen
    )


def layout(store):
    return load_layout(store, period(store))


def test_accepted_stories_print_as_they_were_laid_out_and_proposals_behind_them(store):
    a, b, c, *rest = printed(store, PAPERS)
    put(store, c, PAPERS, [c, a, b])
    assert printed(store, PAPERS) == [c, a, b, *rest]
    queue = Queue(store=store, settings=SETTINGS, period=period(store))
    assert accepted_in_order(queue)[PAPERS] == [c, a, b]


def test_a_story_accepted_later_stands_behind_those_that_were_placed(store):
    a, b, c, d, *_ = printed(store, PAPERS)
    put(store, c, PAPERS, [c, b, a])
    decide(store, SETTINGS, period(store), [d], Verdict.ACCEPT, ONE)
    assert printed(store, PAPERS)[:4] == [c, b, a, d]


def test_moving_to_another_section_is_one_act_and_one_decision(store):
    a, b, c, *_ = printed(store, PAPERS)
    [news] = printed(store, NEWS)
    put(store, b, NEWS, [b, news, a, c])
    assert printed(store, NEWS) == [b, news]
    assert printed(store, PAPERS)[:2] == [a, c]
    last = load_decisions(store, [b])[b][-1]
    assert (last.verdict, last.by) == (Verdict.EDIT, "甲")
    assert last.editor is not None
    assert last.editor.section == NEWS


def test_within_a_section_nothing_is_decided(store):
    a, b, c, *_ = printed(store, PAPERS)
    put(store, a, PAPERS, [b, a, c])
    assert len(load_decisions(store, [a])[a]) == 1


def test_a_section_that_is_not_there_leaves_all_as_it_was(store):
    a, *_ = before = printed(store, PAPERS)
    with pytest.raises(InputError, match="there is no section '杂谈'"):
        put(store, a, "杂谈", before[::-1])
    assert (printed(store, PAPERS), layout(store).seen) == (before, 0)


def test_undo_goes_back_one_layout_at_a_time(store):
    a, b, c, *_ = first = printed(store, PAPERS)
    one = put(store, c, PAPERS, [c, a, b])
    two = put(store, c, PAPERS, [a, c, b], seen=one)
    three = undo_layout(store, period(store), ONE, seen=two)
    assert printed(store, PAPERS)[:3] == [c, a, b]
    four = undo_layout(store, period(store), OTHER, seen=three)
    assert printed(store, PAPERS) == first
    assert not layout(store).undoable
    with pytest.raises(InputError, match="no layout to undo"):
        undo_layout(store, period(store), ONE, seen=four)


def test_the_lead_is_the_machines_until_it_is_written(store):
    def issue():
        return current_issue(store, SETTINGS, period(store)).issue

    machine = lead(issue().sections, SETTINGS.newsletter, SETTINGS.sections)
    assert issue().lead == machine
    seen = lay_out(store, period(store), Layout(lead="自己写的", title="春"), ONE, seen=0)
    assert (issue().lead, issue().title) == ("自己写的", "春")
    lay_out(store, period(store), Layout(lead=""), ONE, seen=seen)
    assert issue().lead == ""
    assert issue().title == ""
    lay_out(store, period(store), Layout(), ONE, seen=layout(store).seen)
    assert issue().lead == machine


def test_two_editors_may_change_different_parts(store):
    a, b, c, *_ = printed(store, PAPERS)
    put(store, c, PAPERS, [c, a, b], editor=ONE)
    lay_out(store, period(store), Layout(lead="乙写的"), OTHER, seen=0)
    assert layout(store).layout == Layout(lead="乙写的", places=(c, a, b))


def test_the_same_part_is_not_overwritten_unseen(store):
    a, b, c, *_ = printed(store, PAPERS)
    put(store, c, PAPERS, [c, a, b], editor=ONE)
    with pytest.raises(ConflictError, match="甲 changed the order of the issue of 2026-03-02"):
        put(store, b, PAPERS, [b, a, c], editor=OTHER)
    assert layout(store).layout.places == (c, a, b)
    [since] = laid_out_since(store, period(store), 0)
    put(store, b, PAPERS, [b, a, c], editor=OTHER, seen=since.id)
    assert layout(store).layout.places == (b, a, c)


def test_what_both_set_alike_is_no_conflict(store):
    lay_out(store, period(store), Layout(lead="一样"), ONE, seen=0)
    lay_out(store, period(store), Layout(lead="一样", title="乙"), OTHER, seen=0)
    assert layout(store).layout == Layout(lead="一样", title="乙")


def test_undo_takes_back_only_what_was_seen(store):
    first = lay_out(store, period(store), Layout(lead="甲写的"), ONE, seen=0)
    lay_out(store, period(store), Layout(lead="乙写的"), OTHER, seen=first)
    with pytest.raises(ConflictError, match="乙 changed the layout"):
        undo_layout(store, period(store), ONE, seen=first)
    assert layout(store).layout.lead == "乙写的"


def test_a_conflict_in_a_move_leaves_the_section_alone(store):
    a, b, *_ = printed(store, PAPERS)
    lay_out(store, period(store), Layout(places=(a, b)), OTHER, seen=0)
    with pytest.raises(ConflictError):
        put(store, b, NEWS, [b, a])
    assert load_entry(store, SETTINGS, period(store), b).section == PAPERS


def test_a_final_issue_cannot_be_laid_out_until_it_is_reopened(store):
    a, b, c, *_ = printed(store, PAPERS)
    seen = put(store, c, PAPERS, [c, b, a])
    finish_issue(store, SETTINGS, period(store), NOW)
    for act in (
        lambda: put(store, a, PAPERS, [a, b, c], seen=seen),
        lambda: undo_layout(store, period(store), ONE, seen=seen),
    ):
        with pytest.raises(InputError, match="final; reopen it"):
            act()
    reopen_issue(store, period(store), NOW)
    put(store, a, PAPERS, [a, b, c], seen=seen)
    assert printed(store, PAPERS)[:3] == [a, b, c]


def test_a_layout_lasts_over_midnight_and_ends_with_the_issue(store):
    a, b, c, *_ = printed(store, PAPERS)
    put(store, c, PAPERS, [c, b, a])
    lay_out(store, period(store), replace(layout(store).layout, lead="写好了"), ONE, seen=1)
    tomorrow = period_of(store, SETTINGS, NOW + timedelta(days=1))
    assert tomorrow.day > period(store).day
    issue = current_issue(store, SETTINGS, tomorrow).issue
    assert issue.lead == "写好了"
    finish_issue(store, SETTINGS, period(store), NOW)
    after = period_of(store, SETTINGS, NOW + timedelta(days=2))
    assert load_layout(store, after).layout == Layout()


def test_draft_export_and_final_issue_agree(store, tmp_path):
    a, b, c, *_ = printed(store, PAPERS)
    seen = put(store, c, PAPERS, [c, b, a])
    lay_out(store, period(store), Layout(lead="一二三", places=(c, b, a)), ONE, seen=seen)
    exported = export_issue(store, SETTINGS, SHIPPED, period(store), NOW, remember=False).markdown
    file = export_draft(store, SETTINGS, SHIPPED, period(store), tmp_path / "d.md")
    assert file.read_text("utf-8") == exported
    titles = [load_entry(store, SETTINGS, period(store), s).draft.title for s in (c, b, a)]
    places = [exported.index(title) for title in titles]
    assert places == sorted(places)
    final = finish_issue(store, SETTINGS, period(store), NOW).issue
    papers = next(one for one in final.sections if one.name == PAPERS)
    assert [item.title for item in papers.items] == titles
    assert final.lead == "一二三"


def test_places_of_stories_that_went_away_do_no_harm(store):
    a, b, c, *_ = printed(store, PAPERS)
    put(store, a, PAPERS, [StoryId(999), c, b, a])
    decide(store, SETTINGS, period(store), [c], Verdict.REJECT, Editor(name="乙", now=NOW))
    assert printed(store, PAPERS)[:2] == [b, a]


def test_the_layout_of_an_issue_that_is_past_is_not_undone_in_the_next(store):
    seen = lay_out(store, period(store), Layout(title="旧的一期"), ONE, seen=0)
    later = period_of(store, SETTINGS, NOW + timedelta(days=40))
    with pytest.raises(InputError, match="no layout to undo"):
        undo_layout(store, later, ONE, seen=seen)
