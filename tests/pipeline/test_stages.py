"""A night scores what is new or different, and all the rest is a day older."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from config.load import SHIPPED, load_settings
from pipeline.matching import TermMatcher
from pipeline.method import method_of
from pipeline.period import period_of
from pipeline.score import score
from pipeline.stages import normalise_pending, score_open
from pipeline.stories import cluster_pending
from store.database import Store
from store.items import save_items
from store.models import Kind, RawItem, RepositoryFacts, SourceName
from store.runs import start_run
from store.scores import load_ranking, load_scores, save_scores
from store.stories import load_open, load_stories
from store.taste import StoredTaste

SETTINGS = load_settings(SHIPPED, environment=False)
FIRST = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)
SECOND = FIRST + timedelta(days=1)
SOURCES = [source.name for source in SETTINGS.sources]


def article(number, **changes):
    item = RawItem(
        source=SourceName(SOURCES[number % 5]),
        external_id=f"https://media.example/{number}",
        url=f"https://media.example/{number}",
        title=f"第{number}号观察：{'低比特量化' if number % 3 else '城市天气'}与{number * 7919}",
        summary="端侧部署的剪枝。" if number % 4 == 0 else "",
        published=None if number % 6 == 0 else FIRST - timedelta(hours=20 * number, seconds=number),
    )
    return replace(item, **changes)


def repository(stars):
    name = "sample/pruner"
    return RawItem(
        source=SourceName("GitHub"),
        external_id=name,
        url=f"https://github.com/{name}",
        title=name,
        kind=Kind.REPOSITORY,
        repository=RepositoryFacts(full_name=name, description="Pruning", stars=stars),
        published=FIRST - timedelta(days=1),
    )


ITEMS = [*(article(n) for n in range(1, 31)), repository(100)]


def night(store, items, now, settings=SETTINGS):
    """Take in what sources said; returns how many stories were scored."""
    save_items(store, start_run(store, "test", now), None, items, now)
    normalise_pending(store, now)
    cluster_pending(store, settings, now)
    period = period_of(store, settings, now)
    return score_open(store, settings, since=period.start, period=period)


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "b.db") as store:
        assert night(store, ITEMS, FIRST) == 31
        yield store


def told(store, now=SECOND):
    """Everything that a person reads of the scores, by first key, in the order of the ranking."""
    ranked = [story for story, _ in load_ranking(store, now - timedelta(days=60))]
    scores = load_scores(store, ranked)
    stories = load_stories(store, ranked)
    return [(s.members[0].candidate.keys[0], scores[s.id]) for s in stories]


def scored_afresh(tmp_path, settings=SETTINGS):
    """The same, where nothing was scored before the second night."""
    with Store(tmp_path / "afresh.db") as store:
        save_items(store, start_run(store, "test", FIRST), None, ITEMS, FIRST)
        night(store, [], SECOND, settings)
        return told(store)


def test_a_second_night_scores_nothing_and_reads_as_one_that_scored_all(store, tmp_path):
    first = told(store)
    assert night(store, [], SECOND) == 0
    assert told(store) != first
    assert told(store) == scored_afresh(tmp_path)


def test_scores_are_those_of_the_rules_and_add_up(store):
    night(store, [], SECOND)
    period = period_of(store, SETTINGS, SECOND)
    matcher = TermMatcher(SETTINGS.topics)
    weights = {source.name: source.weight for source in SETTINGS.sources}
    stories = load_stories(store, load_open(store, period.start))
    scores = load_scores(store, [story.id for story in stories])
    dates = 0
    for story in stories:
        fresh = score(
            story,
            settings=SETTINGS,
            matcher=matcher,
            period_start=period.start,
            now=period.now,
            source_weights=weights,
        )
        kept = scores[story.id]
        assert [(p.name, p.label) for p in kept.parts] == [(p.name, p.label) for p in fresh.parts]
        # Halves of a thousandth are rounded up here, to the even one there.
        assert [p.value for p in kept.parts] == pytest.approx(
            [p.value for p in fresh.parts], abs=0.0011
        )
        assert kept.total == round(sum(part.value for part in kept.parts), 3)
        dates += sum(part.name == "recency" for part in kept.parts)
    assert 10 < dates < 31


def test_only_what_has_news_is_scored_again(store):
    assert night(store, [article(40)], SECOND) == 1
    # One more member, other numbers, another title; and the same once more, which is no news.
    assert night(store, [article(1, external_id="x")], SECOND) == 1
    before = dict(told(store))
    assert night(store, [repository(90_000)], SECOND) == 1
    after = dict(told(store))
    assert {key for key in after if after[key] != before[key]} == {"github:sample/pruner"}
    assert night(store, [article(2, title="完全不同的标题：剪枝")], SECOND) == 1
    assert night(store, ITEMS[4:], SECOND) == 1  # the stars as they were before


def test_what_trends_again_is_open_again_though_it_says_the_same(store):
    known = repository(100)
    trends = replace(known, repository=replace(known.repository, period="daily", stars=120))
    night(store, [trends], SECOND)
    later = SECOND + timedelta(days=60)
    assert "github:sample/pruner" not in open_at(store, later)
    night(store, [replace(known, repository=replace(known.repository, stars=130))], later)
    assert "github:sample/pruner" not in open_at(store, later)  # more stars are no news
    again = replace(known, repository=replace(trends.repository, stars=140))
    assert night(store, [again], later) == 1
    assert "github:sample/pruner" in open_at(store, later)


def open_at(store, now):
    ids = load_open(store, period_of(store, SETTINGS, now).start)
    return {story.members[0].candidate.keys[0] for story in load_stories(store, ids)}


def test_days_are_counted_within_a_month(store):
    known = repository(100)
    for day in (0, 1, 60, 61, 62):
        now = SECOND + timedelta(days=day)
        night(store, [replace(known, repository=replace(known.repository, stars=200 + day))], now)
    [story] = [s for s in load_stories(store, load_open(store, FIRST)) if len(s.members) == 1
               and s.members[0].candidate.keys[0] == "github:sample/pruner"]  # fmt: skip
    assert story.members[0].days == 3


def test_other_settings_score_all_again(store, tmp_path):
    weights = SETTINGS.score.model_copy(update={"recency": 7.0, "topic_text": 0.9})
    changed = SETTINGS.model_copy(update={"score": weights})
    assert night(store, [], SECOND, changed) == 31
    assert told(store) == scored_afresh(tmp_path, changed)
    assert night(store, [], SECOND, changed) == 0


def test_the_method_is_all_that_scores_come_of():
    method = method_of(SETTINGS, {})
    network = SETTINGS.network.model_copy(update={"timeout": 1.0})
    assert method_of(SETTINGS.model_copy(update={"network": network}), {}) == method
    topics = SETTINGS.topics[1:]
    assert method_of(SETTINGS.model_copy(update={"topics": topics}), {}) != method
    sections = StoredTaste(
        section="栏目", version=1, trained_at=FIRST, used=True, verdict="", examples="", model="x"
    )
    assert method_of(SETTINGS, {"栏目": sections}) != method
    assert method_of(SETTINGS, {"栏目": replace(sections, used=False)}) == method
    assert method_of(SETTINGS, {"论文": replace(sections, section="论文")}) == method


def test_a_night_that_was_killed_is_gone_on_with(store, monkeypatch):
    """What it came to stands, and the rest is scored by the next."""
    monkeypatch.setattr("pipeline.stages._BATCH", 10)
    changed = SETTINGS.model_copy(update={"venues": ()})
    batches = []

    def killed_in_the_second(*args, **kwargs):
        batches.append(args)
        if len(batches) > 1:
            raise KeyboardInterrupt
        save_scores(*args, **kwargs)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("pipeline.stages.save_scores", killed_in_the_second)
        night(store, [], SECOND, changed)
    assert night(store, [], SECOND, changed) == 21
