import json
import subprocess
import sys
from itertools import product
from typing import Any

import pytest

from config.errors import InputError
from config.settings import FeedSettings, IssueSectionSettings, Newsletter, Settings
from pipeline.section import section_of
from pipeline.taste.sections import (
    SectionModel,
    learn_sections,
    load_model,
    past_story,
    propose,
    tokens_of,
)
from store.models import EDITOR, Kind, Link, Story
from tests.builders import a_candidate, a_draft, a_story, an_item

SETTINGS = Settings(
    newsletter=Newsletter(title="简报", tagline="端侧"),
    sections=(
        IssueSectionSettings(name="业界新闻", terms=("发布",)),
        IssueSectionSettings(name="论文", kinds=("paper",), terms=("论文",)),
        IssueSectionSettings(name="开源项目", kinds=("repository", "release"), terms=("开源",)),
        IssueSectionSettings(name="博文", kinds=("article",), terms=("详解",)),
    ),
    sources=(
        FeedSettings(
            kind="feed", name="甲报（网站）", publisher="甲报", url="https://a.example/feed",
            weight=1.0, section="业界新闻",
        ),
    ),
)  # fmt: skip


def article(title: str, publisher: str = "乙刊", **changes: Any) -> Story:
    kind = changes.pop("kind", Kind.ARTICLE)
    item = an_item(**{"title": title, "publisher": publisher, "summary": "", **changes})
    return a_story(a_candidate(item=item, kind=kind))


VERBS = ("涨价", "降价", "到货", "断供")
CRAFTS = ("调参", "排错", "画图", "接线")
THINGS = ("电表", "水泵", "风扇", "台灯", "门锁")
PAST = [
    *((article(f"{thing}{verb}", "甲报"), "业界新闻") for thing, verb in product(THINGS, VERBS)),
    *((article(f"{thing}{craft}心得"), "博文") for thing, craft in product(THINGS, CRAFTS)),
]


@pytest.fixture(scope="module")
def model() -> SectionModel:
    model = learn_sections(PAST, SETTINGS)
    assert model is not None
    return model


def test_what_the_rules_cannot_know_is_learned(model):
    story = article("烤箱涨价", "甲报")
    assert section_of(story, SETTINGS) == "博文"
    assert propose(story, SETTINGS, model) == "业界新闻"


def test_without_a_model_the_rules_propose():
    story = article("烤箱涨价", "甲报")
    assert propose(story, SETTINGS, None) == section_of(story, SETTINGS)


@pytest.mark.parametrize(
    ("title", "section"), [("一篇论文", "论文"), ("开源了", "开源项目"), ("发布", "业界新闻")]
)
def test_what_is_strange_to_the_model_is_left_to_the_rules(model, title, section):
    assert propose(article(title, "丙报"), SETTINGS, model) == section


def test_kinds_and_wishes_outrank_what_was_learned(model):
    assert propose(article("电表涨价", "甲报", kind=Kind.PAPER), SETTINGS, model) == "论文"
    assert propose(article("电表涨价", "甲报", kind=Kind.RELEASE), SETTINGS, model) == "开源项目"
    wished = article("电表涨价", "甲报", source=EDITOR, section="开源项目")
    assert propose(wished, SETTINGS, model) == "开源项目"


def test_a_section_that_is_no_more_is_not_proposed(model):
    fewer = SETTINGS.model_copy(update={"sections": SETTINGS.sections[1:]})
    assert propose(article("电表涨价", "甲报"), fewer, model) != "业界新闻"
    gone = SectionModel(sections=("招聘",), weights={}, examples=99)
    assert propose(article("电表涨价"), SETTINGS, gone) == "博文"


@pytest.mark.parametrize(
    "examples",
    [
        [],
        PAST[:5],
        PAST[:15],  # all of one section
        [(story, "招聘") for story, _ in PAST],
        [(article("论文", kind=Kind.PAPER), section) for _, section in PAST],
    ],
)
def test_nothing_is_learned_from_too_little(examples):
    assert learn_sections(examples, SETTINGS) is None


def test_a_model_is_plain_json_and_reads_back(model):
    told = json.loads(model.dump())
    assert set(told) == {"sections", "weights", "examples"}
    assert load_model(model.dump()) == model


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[1]", '{"sections": ["甲", "乙"], "weights": {"t:电": [1.0]}, "examples": 3}'],
)
def test_what_is_no_model_is_refused(text):
    with pytest.raises(InputError, match="learn it again"):
        load_model(text)


def test_what_ran_last_counts_most():
    other = {"业界新闻": "博文", "博文": "业界新闻"}
    moved = [(story, other[section]) for story, section in PAST]
    for first, last in ((PAST, moved), (moved, PAST)):
        model = learn_sections([*first, *last], SETTINGS)
        assert [propose(story, SETTINGS, model) for story, _ in last] == [name for _, name in last]


def test_chances_add_up_and_do_not_depend_on_the_order_of_tokens(model):
    tokens = tokens_of(article("电表涨价心得", "甲报"), SETTINGS)
    chances = model.chances(tokens)
    assert sum(chances.values()) == pytest.approx(1, abs=1e-5)
    assert model.chances(dict(reversed(tokens.items()))) == chances


def test_a_story_is_known_by_its_words_medium_and_what_the_rules_say():
    tokens = tokens_of(article("详解新电表", summary="量一量"), SETTINGS)
    assert {"t:详解", "t:电表", "b:量一", "medium=乙刊", "points=博文"} <= tokens.keys()
    assert "points=论文" not in tokens


def test_an_item_of_an_issue_is_a_story_of_the_source_whose_name_it_carries():
    draft = a_draft(
        source="甲报",
        links=(Link(label="论文", url="https://arxiv.org/abs/2603.00001"),),
        items=(a_draft(url="https://github.com/sample/tool"),),
    )
    candidate = past_story(draft, SETTINGS).members[0].candidate
    assert candidate.item.source == "甲报（网站）"
    assert candidate.mentions == ("arxiv:2603.00001", "github:sample/tool")
    assert past_story(a_draft(source="丙"), SETTINGS).members[0].candidate.item.section is None


def test_proposing_needs_no_scikit_learn():
    code = "import sys, pipeline.taste.sections; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
