"""How new a story is, apart from the rest of its score."""

import random
from datetime import timedelta

import pytest
from sqlite_utils import Database

from store.database import Store
from store.migrations import migrations
from store.models import RECENCY, Part, Score, StoryId
from store.rows import PARTS, write_time
from store.scores import (
    ScoredStory,
    load_laid,
    load_ranking,
    load_scores,
    load_unlaid,
    save_score_period,
    save_scores,
    update_scores,
)
from store.stories import load_open
from store.taste import StoryDocument, save_documents
from tests.builders import NOW, a_candidate
from tests.store.test_stories import one, stories, take_in

TOPIC = Part(name="topic", label="量化", value=3.5)
DATE = Part(name=RECENCY, label="今天", value=3.0)
NEW = Score(total=6.5, parts=(TOPIC, DATE), section="论文")
START = NOW - timedelta(days=10)


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "b.db") as store:
        yield store


def scored(store, latest, score=NEW):
    """A story with this date and score."""
    take_in(store, one("甲", "url:x"))
    [story] = stories(store)
    save_scores(store, [ScoredStory(story=story, score=score, latest=latest)])
    save_score_period(store, START, NOW)
    return story.id


def test_a_score_that_does_not_move_reads_back_as_it_is(store):
    story = scored(store, None)
    assert load_scores(store, [story, StoryId(99)]) == {story: NEW}


@pytest.mark.parametrize(
    ("age", "value", "label"),
    [
        (timedelta(days=-3), 3.0, "今天"),
        (timedelta(hours=23), 2.713, "今天"),
        (timedelta(days=5), 1.5, "5 天前"),
        (timedelta(days=10), None, None),
        (timedelta(days=400), None, None),
    ],
)
def test_the_points_of_a_date_fall_to_the_start_of_the_period(store, age, value, label):
    story = scored(store, NOW - age)
    [score] = load_scores(store, [story]).values()
    date = () if value is None else (Part(name=RECENCY, label=label, value=value),)
    assert score.parts == (TOPIC, *date)
    assert score.total == round(sum(part.value for part in score.parts), 3)


def test_the_period_moves_and_no_score_is_written(store):
    story = scored(store, NOW)
    before = list(store.db.execute("SELECT * FROM score"))
    save_score_period(store, START, NOW + timedelta(days=10))
    [score] = load_scores(store, [story]).values()
    assert score.parts[1] == Part(name=RECENCY, label="10 天前", value=1.5)
    save_score_period(store, NOW + timedelta(days=1), NOW + timedelta(days=10))
    assert load_scores(store, [story])[story].parts == (TOPIC,)
    assert list(store.db.execute("SELECT * FROM score")) == before


def test_a_label_keeps_what_it_says_beside_the_days(store):
    undated = Part(name=RECENCY, label="今天见到，无日期", value=1.5)
    story = scored(store, NOW - timedelta(days=5), Score(total=1.5, parts=(undated,), section="论"))
    [score] = load_scores(store, [story]).values()
    assert score.parts == (Part(name=RECENCY, label="5 天前见到，无日期", value=0.75),)


def many(store, count):
    """Stories with scores of all kinds."""
    rng = random.Random(1)
    candidate = a_candidate()
    with store.writing() as db:
        for number in range(1, count + 1):
            db.execute(
                "INSERT INTO story (id, changed_at) VALUES (?, ?)", [number, write_time(NOW)]
            )
            latest = None
            if number % 10:
                latest = int(NOW.timestamp()) - rng.randrange(-86_400, 12 * 86_400)
            db.execute(
                "INSERT INTO score (story_id, total, section, anchor, parts, latest, fresh)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    number,
                    round(rng.uniform(-1, 1), 3),
                    rng.choice(("论文", "博文")),
                    candidate.keys[0],
                    PARTS.write((DATE,)),
                    latest,
                    3000 if latest else 0,
                ],
            )
    save_score_period(store, START, NOW)


def test_the_order_is_that_of_the_totals_that_are_shown(store):
    many(store, 3000)
    ranked = [story for story, _ in load_ranking(store, START)]
    totals = [score.total for score in load_scores(store, ranked).values()]
    assert len(set(totals)) < len(totals) == 3000
    assert ranked == [
        story for _, story in sorted(zip((-total for total in totals), ranked, strict=True))
    ]


def test_a_ranking_is_read_page_by_page(store):
    many(store, 100)
    whole = load_ranking(store, START)
    pages = [load_ranking(store, START, limit=30, offset=n) for n in range(0, 120, 30)]
    assert [entry for page in pages for entry in page] == whole
    papers = load_ranking(store, START, section="论文", limit=5)
    assert papers == [entry for entry in whole if entry[1] == "论文"][:5]


def test_what_happens_in_a_story_makes_its_score_old(store):
    take_in(store, one("甲", "url:x"), one("乙", "url:y"))
    both = sorted(stories(store), key=lambda story: story.members[0].candidate.title, reverse=True)
    save_scores(store, [ScoredStory(story=s, score=NEW) for s in both], method="甲法")
    assert load_open(store, NOW, unless_scored_by="甲法") == []
    assert load_open(store, NOW, unless_scored_by="乙法") == sorted(s.id for s in both)
    # Nothing that a reader would notice, but it may count: stars, a day more on a list.
    take_in(store, one("甲", "url:x", item={"summary": "星数变了"}))
    assert load_open(store, NOW, unless_scored_by="甲法") == [both[0].id]
    save_scores(store, [ScoredStory(story=both[0], score=NEW)], method="甲法")
    take_in(store, one("丙", "url:y"))
    assert load_open(store, NOW, unless_scored_by="甲法") == [both[1].id]


def test_what_is_learned_is_laid_on_what_is_kept(store):
    story = scored(store, NOW - timedelta(days=5))
    document = StoryDocument(story=story, section="论文", rules=3.5, tokens="t:x")
    save_documents(store, [document])
    assert load_unlaid(store, "论文", 2, NOW) == [story]
    assert load_unlaid(store, "博文", 2, NOW) == []
    [laid] = load_laid(store, [story]).values()
    assert (laid.score.parts, laid.tokens) == (NEW.parts, "t:x")
    taste = Part(name="taste", label="口味", value=-0.25)
    update_scores(store, {story: Score(total=6.25, parts=(*NEW.parts, taste), section="论文")}, 2)
    assert load_unlaid(store, "论文", 2, NOW) == []
    assert load_unlaid(store, "论文", 0, NOW) == [story]
    assert load_scores(store, [story])[story].total == 4.75


def test_scores_of_before_the_migration_read_as_they_were(tmp_path):
    """They hold the points of the date in their total, and are to be made again."""
    db = Database(tmp_path / "b.db")
    migrations.apply(db, stop_before="m007_what_moves_in_a_score")
    db.table("story").insert({"id": 1, "changed_at": write_time(NOW)})
    db.table("score").insert(
        {
            "story_id": 1,
            "total": 6.5,
            "section": "论文",
            "anchor": "a",
            "parts": PARTS.write(NEW.parts),
        }
    )
    db.conn.commit()
    db.close()
    with Store(tmp_path / "b.db") as store:
        save_score_period(store, START, NOW)
        assert load_scores(store, [StoryId(1)]) == {1: NEW}
        assert load_ranking(store, NOW) == [(1, "论文")]
        assert load_open(store, NOW, unless_scored_by="甲法") == [1]
