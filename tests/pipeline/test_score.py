import math
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import (
    FeedSettings,
    FileSettings,
    IssueSectionSettings,
    Newsletter,
    ScoreWeights,
    Settings,
    Topic,
    TrendingSettings,
)
from pipeline.matching import TermMatcher
from pipeline.score import score
from pipeline.section import section_of
from store.models import (
    EDITOR,
    Candidate,
    IdentityKey,
    Kind,
    PaperFacts,
    RepositoryFacts,
    Score,
    SourceName,
    Story,
)
from tests.builders import NOW, a_candidate, a_story, an_item

START = NOW - timedelta(days=14)

SETTINGS = Settings(
    newsletter=Newsletter(title="嵌入式AI简报", tagline="端侧"),
    sections=(
        IssueSectionSettings(name="业界新闻", terms=("发布", "芯片")),
        IssueSectionSettings(name="论文", kinds=("paper",), terms=("论文",)),
        IssueSectionSettings(name="开源项目", kinds=("repository", "release"), terms=("开源",)),
        IssueSectionSettings(name="博文", kinds=("article",), terms=("详解", "如何")),
    ),
    topics=(
        Topic(name="量化", weight=3.0, terms=("量化", "quantization")),
        Topic(name="端侧", weight=2.5, terms=("端侧", "on-device")),
        Topic(name="芯片", weight=2.0, terms=("NPU",)),
    ),
    sources=(
        FeedSettings(
            kind="feed", name="量子位", url="https://a.example/feed", weight=1.8, section="业界新闻"
        ),
        FeedSettings(
            kind="feed", name="端侧笔记", url="https://b.example/feed", weight=1.0, section="博文"
        ),
        FeedSettings(kind="feed", name="转帖", url="https://c.example/feed", weight=0.4),
        TrendingSettings(kind="trending", name="趋势 C++", language="c++", weight=1.0),
        TrendingSettings(kind="trending", name="趋势 每周", since="weekly", weight=0.5),
        FileSettings(kind="file", name="文件", path="picks.jsonl"),
    ),
    repository_topics=(Topic(name="人脸库", weight=1.0, terms=("face detection",)),),
    score=ScoreWeights(topic_cap=6.0, languages={"C++": 1.5, "Python": 1.0}),
    venues=("CVPR",),
)
MATCHER = TermMatcher(SETTINGS.topics)
WEIGHTS = {source.name: source.weight for source in SETTINGS.sources}


def scored(story: Story, settings: Settings = SETTINGS) -> Score:
    return score(
        story,
        settings=settings,
        matcher=MATCHER,
        period_start=START,
        now=NOW,
        source_weights=WEIGHTS,
    )


def parts(story: Story, name: str) -> list[tuple[str, float]]:
    return [(part.label, part.value) for part in scored(story).parts if part.name == name]


def article(title: str = "新版上线", **changes: Any) -> Candidate:
    defaults = {"title": title, "summary": "", "external_id": title, "publisher": None}
    return a_candidate(item=an_item(**{**defaults, **changes}))


def repository(source: str = "趋势 C++", **facts: Any) -> Candidate:
    item = an_item(
        source=SourceName(source),
        external_id="sample/tool",
        url="https://github.com/sample/tool",
        title="sample/tool",
        summary="",
        published=None,
        publisher=None,
        repository=RepositoryFacts(**{"full_name": "sample/tool", **facts}),
    )
    return a_candidate(item=item, kind=Kind.REPOSITORY)


def paper(**changes: Any) -> Candidate:
    mentions = changes.pop("mentions", ())
    item = an_item(
        source=SourceName("arXiv"),
        url="https://arxiv.org/abs/2603.00001",
        title="A paper",
        summary="",
        paper=PaperFacts(**{"arxiv_id": "2603.00001", **changes}),
    )
    return a_candidate(item=item, kind=Kind.PAPER, mentions=mentions)


def test_a_topic_counts_whole_in_the_title_and_its_share_in_the_text():
    story = a_story(article("INT8 量化落地", summary="量化之后跑在 NPU 上"))
    assert parts(story, "topic") == [("量化", 3.0), ("芯片", 0.8)]


def test_a_topic_counts_once_a_story():
    story = a_story(article("量化、量化与量化"), article("又见 quantization", external_id="2"))
    assert parts(story, "topic") == [("量化", 3.0)]


def test_a_cap_on_topics_shows_as_a_part():
    story = a_story(article("端侧 NPU 量化"))
    assert parts(story, "topic") == [
        ("量化", 3.0),
        ("端侧", 2.5),
        ("芯片", 2.0),
        ("主题封顶", -1.5),
    ]


def test_description_and_topics_of_a_repository_count_like_a_title():
    story = a_story(repository(description="on-device runtime", topics=("quantization",)))
    assert parts(story, "topic") == [("量化", 3.0), ("端侧", 2.5)]


def test_a_term_does_not_reach_from_one_text_into_the_next():
    assert parts(a_story(repository(description="on", topics=("device",))), "topic") == []


def test_only_the_opening_of_a_text_says_what_it_is_about():
    assert parts(a_story(article(text="文" * 2_000 + "量化")), "topic") == [("量化", 1.2)]
    assert parts(a_story(article(text="文" * 4_000 + "量化")), "topic") == []


def test_the_best_source_counts_and_all_are_named():
    story = a_story(
        article(source=SourceName("端侧笔记")),
        article("二"),
        article("三", source=SourceName("转帖")),
    )
    assert parts(story, "source") == [("量子位、端侧笔记、转帖", 1.8)]


def test_a_source_that_is_no_longer_configured_adds_nothing():
    assert parts(a_story(article(source=SourceName("旧来源"))), "source") == []


def test_what_the_editor_hands_in_says_so():
    assert parts(a_story(article(source=EDITOR)), "hand") == [("编辑手选", 5.0)]
    assert parts(a_story(article()), "hand") == []


def test_reports_grow_with_each_doubling_of_the_media():
    media = [article(str(n), publisher=name) for n, name in enumerate("甲乙丙丁")]
    assert parts(a_story(*media[:1]), "reports") == []
    assert parts(a_story(*media[:2]), "reports") == [("乙、甲同时报道", 1.5)]
    assert parts(a_story(*media), "reports") == [("丁、丙、乙等 4 家同时报道", 3.0)]


def test_one_medium_reports_once_however_often_it_writes():
    story = a_story(article("一", publisher="QbitAI"), article("二", publisher="qbitai"))
    assert parts(story, "reports") == []


def test_the_first_article_on_a_paper_is_a_further_report():
    assert parts(a_story(paper(), article(publisher="甲")), "reports") == [("甲报道", 1.5)]
    assert parts(a_story(paper(), repository()), "reports") == []


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), [("今天", 3.0)]),
        (timedelta(days=7), [("7 天前", 1.5)]),
        (timedelta(days=14), []),
        (timedelta(days=40), []),
        (timedelta(days=-3), [("今天", 3.0)]),
    ],
)
def test_recency_falls_linearly_to_the_start_of_the_period(age, expected):
    assert parts(a_story(article(published=NOW - age)), "recency") == expected


def test_the_latest_date_of_a_story_counts():
    story = a_story(article("旧", published=NOW - timedelta(days=90)), article("新", published=NOW))
    assert parts(story, "recency") == [("今天", 3.0)]


def test_a_story_without_a_date_goes_by_when_it_was_first_seen():
    assert parts(a_story(repository()), "recency") == [("今天见到，无日期", 1.5)]


def test_an_empty_period_gives_no_recency():
    result = score(
        a_story(article()),
        settings=SETTINGS,
        matcher=MATCHER,
        period_start=NOW,
        now=NOW,
        source_weights={},
    )
    assert [part for part in result.parts if part.name == "recency"] == []


def test_stars_count_by_powers_of_ten():
    assert parts(a_story(repository(stars=1000)), "popularity") == [("1000★", 1.8)]
    assert parts(a_story(repository(stars=23_456)), "popularity") == [("2.3 万★", 2.622)]
    assert parts(a_story(repository(stars=0)), "popularity") == []


def test_speed_is_stars_a_day_of_the_fastest_page():
    daily = repository(stars_in_period=100, period="daily")
    weekly = repository("趋势 每周", stars_in_period=7_000, period="weekly")
    assert parts(a_story(daily), "speed") == [("日增 100★", 2.0)]
    assert parts(a_story(daily, weekly), "speed") == [("周增 7000★", 3.0)]
    assert parts(a_story(repository(stars_in_period=5, period="weekly")), "speed") == []


def test_each_further_list_counts():
    assert parts(a_story(repository()), "lists") == []
    assert parts(a_story(repository(), repository("趋势 每周")), "lists") == [
        ("在 2 个榜单上", 0.5)
    ]


def test_a_paper_with_code_says_so():
    assert parts(a_story(paper()), "code") == []
    assert parts(a_story(paper(), repository()), "code") == [("附代码", 0.5)]
    named = paper(mentions=(IdentityKey("github:sample/tool"),))
    assert parts(a_story(named), "code") == [("附代码", 0.5)]


def test_a_venue_is_read_from_the_facts_or_from_the_comment():
    assert parts(a_story(paper(venue="MLSys 2026")), "venue") == [("MLSys 2026", 1.0)]
    assert parts(a_story(paper(comment="Accepted at CVPR 2026")), "venue") == [("CVPR 2026", 1.0)]
    assert parts(a_story(paper(comment="8 pages")), "venue") == []


def test_an_archived_repository_loses():
    assert parts(a_story(repository(archived=True)), "archived") == [("已归档", -3.0)]
    assert parts(a_story(repository(archived=False)), "archived") == []


@pytest.mark.parametrize(
    ("language", "told"),
    [("C++", [("C++", 1.5)]), ("c++", [("C++", 1.5)]), ("Go", []), (None, [])],
)
def test_the_language_of_a_repository_counts_in_any_case(language, told):
    assert parts(a_story(repository(language=language)), "language") == told


def test_topics_of_repositories_are_looked_for_in_no_paper():
    story = a_story(repository(description="on-device face detection, quantization aware"))
    told = [("量化", 3.0), ("端侧", 2.5), ("人脸库", 1.0), ("主题封顶", -0.5)]
    assert parts(story, "topic") == told
    assert parts(a_story(article("face detection")), "topic") == []


def test_a_topic_of_repositories_takes_nothing_from_the_others():
    reaching = SETTINGS.model_copy(
        update={
            "repository_topics": (Topic(name="长词", weight=1.0, terms=("some quantization",)),)
        }
    )
    one = scored(a_story(repository(description="some quantization")), reaching)
    assert [p.label for p in one.parts if p.name == "topic"] == ["量化", "长词"]


MEMBERS = [
    article("端侧 NPU 量化芯片发布", publisher="甲", published=NOW - timedelta(days=2)),
    article("详解端侧量化", publisher="乙", source=SourceName("端侧笔记")),
    paper(venue="CVPR 2026", mentions=(IdentityKey("github:sample/tool"),)),
    repository(stars=1234, stars_in_period=99, period="daily", description="quantization"),
    repository("趋势 每周", stars=1200, stars_in_period=345, period="weekly", archived=True),
    article("编辑荐文", source=EDITOR, publisher=None, published=None),
]


def test_a_score_does_not_depend_on_the_order_of_members():
    first = scored(a_story(*MEMBERS[:5]))
    assert all(scored(a_story(*order)) == first for order in permutations(MEMBERS[:5]))


WEIGHT = st.floats(min_value=-9, max_value=9)
FALLING = st.floats(min_value=0, max_value=9)


@given(
    st.lists(st.sampled_from(MEMBERS), min_size=1, max_size=6, unique_by=id),
    st.builds(
        ScoreWeights, topic_cap=WEIGHT, topic_text=WEIGHT, recency=FALLING, popularity=WEIGHT,
        speed=WEIGHT, lists=WEIGHT, reports=WEIGHT, hand=WEIGHT, code=WEIGHT, archived=WEIGHT,
    ),
)  # fmt: skip
def test_parts_add_up_to_the_total_and_topics_to_their_cap_at_most(members, weights):
    result = scored(a_story(*members), SETTINGS.model_copy(update={"score": weights}))
    assert result.total == round(math.fsum(part.value for part in result.parts), 3)
    assert all(part.value and part.value == round(part.value, 3) for part in result.parts)
    topics = math.fsum(part.value for part in result.parts if part.name == "topic")
    assert topics <= max(weights.topic_cap, 0) + 0.001


@pytest.mark.parametrize(
    ("members", "section"),
    [
        ([paper(), repository(), article("详解发布芯片")], "论文"),
        ([repository(), article("芯片发布")], "开源项目"),
        ([article("端侧芯片发布")], "业界新闻"),
        ([article("如何看懂新版"), article("详解新版")], "博文"),
        ([article("一篇论文")], "论文"),
        # one word for each of two sections: the source breaks the tie
        ([article("详解新芯片")], "业界新闻"),
        ([article("详解新芯片", source=SourceName("端侧笔记"))], "博文"),
        # no word at all
        ([article("年中散记")], "业界新闻"),
        ([article("年中散记", source=SourceName("端侧笔记"))], "博文"),
        ([article("年中散记", source=SourceName("转帖"))], "博文"),
    ],
)
def test_section(members, section):
    assert section_of(a_story(*members), SETTINGS) == section


def test_the_section_of_a_source_is_no_wish():
    story = a_story(article("一篇论文", section="业界新闻"))
    assert section_of(story, SETTINGS) == "论文"


def test_a_section_that_is_asked_for_wins_and_the_editor_asks_first():
    from_file = article("乙", source=SourceName("文件"), section="开源项目")
    by_hand = article("甲", source=EDITOR, section="博文")
    assert section_of(a_story(paper(), from_file), SETTINGS) == "开源项目"
    assert section_of(a_story(paper(), from_file, by_hand), SETTINGS) == "博文"


def test_a_section_that_does_not_exist_is_not_obeyed():
    story = a_story(article("一篇论文", source=EDITOR, section="招聘"))
    assert section_of(story, SETTINGS) == "论文"


def test_a_kind_without_a_home_goes_to_the_first_section():
    only = SETTINGS.model_copy(update={"sections": (IssueSectionSettings(name="要闻"),)})
    assert section_of(a_story(paper()), only) == "要闻"
    assert section_of(a_story(article()), only) == "要闻"
