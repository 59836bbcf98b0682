"""Learning over a store: from issues that ran, decisions and lists, against the stream."""

from datetime import UTC, date, datetime, timedelta

import pytest

from config.load import SHIPPED, load_settings
from pipeline.desk import Editor, decide
from pipeline.period import period_of
from pipeline.stages import learn_taste, take_in
from pipeline.taste.learning import examples_of, models
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


def ranked(store):
    return [story for story, section in load_ranking(store, NOW - timedelta(days=60))]


def test_without_examples_the_rules_stand_and_say_so(store):
    learned = learn_taste(store, SETTINGS, NOW)
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
    learned = learn_taste(store, SETTINGS, NOW)
    assert models(load_taste(store)) == {}
    assert learned[SECTION].verdict.startswith("规则：选过的 0 条")


def test_picks_teach_and_what_is_learned_is_laid_on_the_scores(store):
    before = load_scores(store, ranked(store))
    print_gems(store)
    left = pick_gems(store)
    learned = learn_taste(store, SETTINGS, NOW)
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
    first = learn_taste(store, SETTINGS, NOW)
    assert learn_taste(store, SETTINGS, NOW + timedelta(days=1)) == first


def test_what_was_never_in_the_stream_teaches_nothing(store):
    pick_gems(store)
    first = learn_taste(store, SETTINGS, NOW)
    print_gems(store)
    assert learn_taste(store, SETTINGS, NOW)[SECTION] == first[SECTION]
    # They are there to compare with.
    assert sum(e.picked for e in examples_of(store, SETTINGS, SECTION)) == 20 + 24


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
    examples = list(examples_of(store, SETTINGS, SECTION))
    weights = sorted(example.weight for example in examples if example.picked)
    assert weights == [0.5, 0.5, 1.0]
    assert len(examples) == 121
