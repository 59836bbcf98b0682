"""Learning over a store: from issues that ran, decisions and lists, against the stream."""

from datetime import UTC, date, datetime, timedelta

import pytest

from config.errors import NotFoundError
from config.load import SHIPPED, load_settings
from pipeline.desk import Editor, decide
from pipeline.period import period_of
from pipeline.references.found import title_key
from pipeline.stages import learn_taste, take_in
from pipeline.taste.examples import (
    examples_of,
    forget_example,
    restore_example,
    told_examples,
)
from pipeline.taste.learning import PROPOSING, models
from pipeline.waterfall import waterfall
from store.database import Store
from store.issues import PrintedItem, save_issue
from store.items import save_items
from store.models import Draft, IdentityKey, Issue, IssueSection, RawItem, SourceName, Verdict
from store.references import Reference, ReferenceItem, save_reference
from store.runs import start_run
from store.scores import load_ranking, load_scores
from store.stories import load_stories
from store.taste import load_taste

SETTINGS = load_settings(SHIPPED, environment=False)
NOW = datetime(2026, 3, 2, tzinfo=UTC)
SECTION = next(section.name for section in SETTINGS.sections if "paper" in section.kinds)
SUBJECTS = ("poems", "galaxies", "proteins", "traffic", "birds", "music", "rivers", "stamps")


def paper(number: int, *, gem: bool = False) -> RawItem:
    subject = SUBJECTS[number % len(SUBJECTS)]
    return RawItem(
        source=SourceName("arXiv"),
        external_id=f"2602.{number:05}",
        url=f"https://arxiv.org/abs/2602.{number:05}",
        title=f"{'Widget theory of' if gem else 'A study of'} {subject} number {number}",
        published=NOW - timedelta(minutes=number),
    )


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "b.db") as store:
        items = [paper(n, gem=n % 5 == 0) for n in range(1, 121)]
        save_items(store, start_run(store, "test", NOW), None, items, NOW)
        take_in(store, SETTINGS, period_of(store, SETTINGS, NOW))
        yield store


def print_gems(store, count=24):
    drafts = tuple(
        Draft(
            section=SECTION,
            title=f"Widget theory of {SUBJECTS[n % 8]} and {n}",
            url=f"https://arxiv.org/abs/2501.{n:05}",
        )
        for n in range(count)
    )
    issue = Issue(
        date=date(2026, 2, 1), lead="", sections=(IssueSection(name=SECTION, items=drafts),)
    )
    save_issue(store, issue, [PrintedItem() for _ in drafts], final=True, now=NOW)


def night(store, now=NOW):
    return learn_taste(store, SETTINGS, period_of(store, SETTINGS, now))


def examples(store):
    settled = period_of(store, SETTINGS, NOW).settled
    return list(examples_of(store, SETTINGS, SECTION, settled=settled))


def ranked(store):
    return [story for story, section in load_ranking(store, NOW - timedelta(days=60))]


def test_without_examples_the_rules_stand_and_say_so(store):
    learned = night(store)
    assert models(load_taste(store)) == {}
    assert learned[SECTION].verdict.startswith("规则：选过的 0 条")


def pick_gems(store):
    """Accept most of what is on widgets: all but the last of them."""
    period = period_of(store, SETTINGS, NOW)
    wanted = [s for s in ranked(store) if "Widget" in headline(store, s)]
    decide(store, SETTINGS, period, wanted[:20], Verdict.ACCEPT, Editor(name="甲", now=NOW))
    return wanted[20:]


def headline(store, story):
    (found,) = load_stories(store, [story])
    return found.members[0].candidate.title


def test_past_issues_alone_do_not_judge(store):
    print_gems(store)
    learned = night(store)
    assert models(load_taste(store)) == {}
    assert learned[SECTION].verdict.startswith("规则：选过的 0 条")


def test_picks_teach_and_what_is_learned_is_laid_on_the_scores(store):
    before = load_scores(store, ranked(store))
    print_gems(store)
    left = pick_gems(store)
    learned = night(store)
    assert learned[SECTION].used, learned[SECTION].verdict
    after = load_scores(store, ranked(store))
    gained = {story for story in after if after[story].total > before[story].total + 0.5}
    period = period_of(store, SETTINGS, NOW)
    told = [waterfall(store, SETTINGS, period, story) for story in sorted(gained)]
    assert all("Widget" in one.entry.machine.title for one in told)
    assert set(left) <= gained
    assert any(reason.token.startswith("widget") for reason in told[0].reasons)
    assert "widget" in told[0].picked[0].headline
    assert told[0].entry.score.total == round(sum(p.value for p in told[0].parts), 3)


def test_the_same_examples_are_not_learned_from_again(store):
    pick_gems(store)
    first = night(store)
    assert night(store, NOW + timedelta(days=1)) == first


def test_of_earlier_versions_all_but_the_model_is_kept(store):
    for count in (14, 18):
        period = period_of(store, SETTINGS, NOW)
        wanted = [s for s in ranked(store) if "Widget" in headline(store, s)][:count]
        decide(store, SETTINGS, period, wanted, Verdict.ACCEPT, Editor(name="甲", now=NOW))
        learned = night(store)
        assert learned[SECTION].used
    versions = store.db.execute(
        "SELECT version, verdict <> '', length(model) > 100 FROM taste WHERE section = ?"
        " ORDER BY version",
        [SECTION],
    ).fetchall()
    assert versions == [(1, 1, 0), (2, 1, 1)]
    assert load_taste(store)[SECTION] == learned[SECTION]


def test_sections_are_learned_anew_only_when_something_that_decides_is_another(store):
    print_gems(store)
    first = night(store)[PROPOSING]
    assert night(store)[PROPOSING] == first
    unlike = SETTINGS.model_copy(update={"publishers": {**SETTINGS.publishers, "某刊": "某某"}})
    again = learn_taste(store, unlike, period_of(store, unlike, NOW))[PROPOSING]
    assert again.version == first.version + 1


def test_what_was_never_in_the_stream_teaches_nothing(store):
    pick_gems(store)
    first = night(store)
    print_gems(store)
    assert night(store)[SECTION] == first[SECTION]
    # They are there to compare with.
    assert sum(e.picked for e in examples(store)) == 20 + 24


def test_decisions_and_lists_are_examples(store):
    period = period_of(store, SETTINGS, NOW)
    picked, passed = ranked(store)[:2]
    editor = Editor(name="甲", now=NOW)
    decide(store, SETTINGS, period, [picked], Verdict.ACCEPT, editor)
    decide(store, SETTINGS, period, [passed], Verdict.REJECT, editor)
    listed = ReferenceItem(key=IdentityKey("arxiv:2602.00003"), title="A study of proteins")
    save_reference(
        store, Reference(name="表", origin="x", weight=0.5, added_at=NOW, items=(listed,))
    )
    found = examples(store)
    weights = sorted(example.weight for example in found if example.picked)
    assert weights == [0.5, 0.5, 1.0]
    assert len(found) == 121


def test_a_look_at_the_draft_teaches_nothing_until_it_has_run(store):
    period = period_of(store, SETTINGS, NOW)
    [story] = load_stories(store, ranked(store)[:1])
    printed = PrintedItem(story=story.id, keys=story.members[0].candidate.keys)
    draft = Draft(section=SECTION, title="x", url=story.members[0].candidate.canonical_url)
    issue = Issue(date=period.day, lead="", sections=(IssueSection(name=SECTION, items=(draft,)),))
    save_issue(store, issue, [printed], final=False, now=NOW)
    assert not any(example.picked for example in examples(store))
    save_issue(store, issue, [printed], final=True, now=NOW)
    assert sum(example.picked for example in examples(store)) == 1


def test_what_ran_in_another_section_was_picked_all_the_same(store):
    [story] = load_stories(store, ranked(store)[:1])
    draft = Draft(section="博文", title="x", url=story.members[0].candidate.canonical_url)
    issue = Issue(
        date=date(2026, 2, 1), lead="", sections=(IssueSection(name="博文", items=(draft,)),)
    )
    printed = PrintedItem(keys=story.members[0].candidate.keys)
    save_issue(store, issue, [printed], final=True, now=NOW)
    assert sum(example.picked for example in examples(store)) == 1


def test_a_rejection_says_more_than_silence_and_what_is_put_off_says_nothing(store):
    period, editor = period_of(store, SETTINGS, NOW), Editor(name="甲", now=NOW)
    rejected, later = ranked(store)[:2]
    decide(store, SETTINGS, period, [rejected], Verdict.REJECT, editor)
    decide(store, SETTINGS, period, [later], Verdict.LATER, editor)
    found = examples(store)
    assert len(found) == 119
    assert sorted(example.weight for example in found)[-2:] == [1.0, 3.0]


def test_a_list_that_gives_titles_alone_names_papers(store):
    key = title_key("A Study of Traffic: Number 3")
    assert key is not None
    listed = ReferenceItem(key=key, title="A Study of …")
    save_reference(
        store, Reference(name="表", origin="x", weight=0.3, added_at=NOW, items=(listed,))
    )
    [stream] = [e for e in examples(store) if e.picked and "t:3" in e.document.split("\n")]
    assert stream.weight == 0.3


def test_an_example_that_was_removed_teaches_nothing_wherever_it_is_from(store):
    period, editor = period_of(store, SETTINGS, NOW), Editor(name="甲", now=NOW)
    [story] = load_stories(store, ranked(store)[:1])
    key = story.members[0].candidate.keys[0]
    decide(store, SETTINGS, period, [story.id], Verdict.ACCEPT, editor)
    print_gems(store, 1)
    for name in (key, "arxiv:2501.00000"):
        told = forget_example(store, SETTINGS, name, settled=period.settled, now=NOW)
        assert (told.key, told.removed) == (name, False)
    assert [one.removed for one in told_examples(store, SETTINGS, period.settled)] == [True, True]
    found = examples(store)
    assert len(found) == 119
    assert not any(example.picked for example in found)
    restore_example(store, key)
    assert sum(example.picked for example in examples(store)) == 1
    with pytest.raises(NotFoundError, match="was removed"):
        restore_example(store, key)
    with pytest.raises(NotFoundError, match="example list"):
        forget_example(store, SETTINGS, "arxiv:9", settled=period.settled, now=NOW)


def test_examples_are_told_with_weight_and_origin(store):
    period, editor = period_of(store, SETTINGS, NOW), Editor(name="甲", now=NOW)
    picked, passed = ranked(store)[:2]
    decide(store, SETTINGS, period, [picked], Verdict.ACCEPT, editor)
    decide(store, SETTINGS, period, [passed], Verdict.REJECT, editor)
    print_gems(store, 1)
    listed = ReferenceItem(key=IdentityKey("github:a/b"), title="B")
    save_reference(
        store, Reference(name="表", origin="x", weight=0.3, added_at=NOW, items=(listed,))
    )
    told = list(told_examples(store, SETTINGS, period.settled))
    assert [(one.origin, one.weight, one.when) for one in told] == [
        ("issue", 1.0, date(2026, 2, 1)),
        ("accept by 甲", 1.0, date(2026, 3, 2)),
        ("reject by 甲", -3.0, date(2026, 3, 2)),
        ("list 表", 0.3, date(2026, 3, 2)),
    ]
    assert all(one.key and one.title for one in told)
