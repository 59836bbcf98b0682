"""Stories over a store: found by what is kept, whatever the order and the night of arrival."""

import logging
from dataclasses import replace
from datetime import timedelta
from itertools import count, pairwise

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from config.errors import SourceError
from config.load import SHIPPED, load_settings
from pipeline.desk import Editor
from pipeline.explaining import WORDS, account_of, comparison_of, in_words
from pipeline.gathering import merge_stories, split_story, undo_last
from pipeline.stages import normalise_pending
from pipeline.stories import cluster_pending
from store.database import Store
from store.items import save_items
from store.models import Kind, PaperFacts, RawItem, SourceName
from store.runs import start_run
from store.stories import load_open, load_stories
from tests.builders import NOW

SETTINGS = load_settings(SHIPPED, environment=False)
EDITOR = Editor(name="甲", now=NOW)
_folders = count()


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "b.db") as store:
        yield store


def said(source, title, url, **changes):
    item = RawItem(
        source=SourceName(source),
        external_id=url,
        url=url,
        title=title,
        published=NOW - timedelta(hours=5),
        publisher=source,
    )
    return replace(item, **changes)


PAPER = said(
    "arXiv",
    "WobbleQuant: Two-Bit Weight Quantization for On-Device Language Models",
    "https://arxiv.org/abs/2602.90100",
    kind=Kind.PAPER,
    paper=PaperFacts(arxiv_id="2602.90100", version=1),
    summary="The code is at https://github.com/lab/wobblequant.",
)
CODE = said(
    "GitHub 趋势",
    "lab/wobblequant: Two-bit weights for phones",
    "https://github.com/lab/wobblequant",
    kind=Kind.REPOSITORY,
)
REPORT = said("机器之心", "WobbleQuant：两比特量化让手机跑起大模型", "https://a.example/1")
REPRINT = said("某转载号", "【干货】WobbleQuant：两比特量化让手机跑起大模型", "https://b.example/2")
LINKED = said(
    "Edge Notes",
    "Two bits are enough for a phone",
    "https://c.example/3",
    text="They call it WobbleQuant: https://arxiv.org/abs/2602.90100",
)
OTHER = said("量子位", "国产存算一体芯片流片成功，能效翻倍", "https://d.example/4")
OTHER_AGAIN = said("芯闻", "存算一体芯片流片成功！国产团队把能效翻了一倍", "https://e.example/5")
WEEK_ONE = said("端侧周报", "端侧周报 #41：WobbleQuant 与存算一体芯片", "https://f.example/41")
WEEK_TWO = said("端侧周报", "端侧周报 #42：WobbleQuant 与存算一体芯片", "https://f.example/42")
EVERYTHING = (
    *(PAPER, CODE, REPORT, REPRINT, LINKED),
    *(OTHER, OTHER_AGAIN, WEEK_ONE, WEEK_TWO),
)


def night(store, items, now=NOW, settings=SETTINGS, embedder=None):
    save_items(store, start_run(store, "test", now), None, list(items), now)
    normalise_pending(store, now)
    cluster_pending(store, settings, now, embedder=embedder)


def shape(store):
    loaded = load_stories(store, load_open(store, NOW - timedelta(days=400)))
    return sorted(sorted(m.candidate.item.url for m in story.members) for story in loaded)


def test_paper_code_report_and_reprint_are_one_story_and_columns_are_none(store):
    night(store, EVERYTHING)
    assert shape(store) == sorted(
        [
            sorted(i.url for i in (PAPER, CODE, REPORT, REPRINT, LINKED)),
            sorted(i.url for i in (OTHER, OTHER_AGAIN)),
            [WEEK_ONE.url],
            [WEEK_TWO.url],
        ]
    )


@hypothesis_settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(order=st.permutations(EVERYTHING), cuts=st.sets(st.integers(1, 8), max_size=4))
def test_neither_the_order_nor_the_nights_of_arrival_matter(tmp_path, order, cuts):
    with Store(tmp_path / f"{next(_folders)}.db") as at_once:
        night(at_once, EVERYTHING)
        expected = shape(at_once)
    with Store(tmp_path / f"{next(_folders)}.db") as bit_by_bit:
        edges = [0, *sorted(cuts), len(order)]
        for number, (start, end) in enumerate(pairwise(edges)):
            night(bit_by_bit, order[start:end], NOW + timedelta(days=number))
        assert shape(bit_by_bit) == expected


def test_an_item_that_says_something_else_leaves_its_story(store):
    night(store, [PAPER, LINKED])
    assert len(shape(store)) == 1
    changed = replace(LINKED, text="A correction: this was about something else.")
    night(store, [changed], NOW + timedelta(days=1))
    assert shape(store) == sorted([[PAPER.url], [LINKED.url]])


def number_of(store, item):
    loaded = load_stories(store, load_open(store, NOW - timedelta(days=400)))
    for story in loaded:
        for member in story.members:
            if member.candidate.item.url == item.url:
                return story.id, member.id
    raise LookupError(item.url)


def test_a_story_keeps_its_number_when_others_join_and_leave(store):
    night(store, [REPORT])
    first, _ = number_of(store, REPORT)
    night(store, EVERYTHING, NOW + timedelta(days=1))
    assert number_of(store, PAPER)[0] == first
    assert number_of(store, REPORT)[0] == first


def test_the_editor_merges_and_no_later_night_parts_them(store):
    night(store, [REPORT, OTHER])
    a, b = number_of(store, REPORT)[0], number_of(store, OTHER)[0]
    merged = merge_stories(store, SETTINGS, [a, b], EDITOR)
    assert shape(store) == [sorted([REPORT.url, OTHER.url])]
    night(store, EVERYTHING, NOW + timedelta(days=1))
    assert number_of(store, OTHER)[0] == number_of(store, REPORT)[0]
    undo_last(store, SETTINGS, merged, EDITOR)
    assert number_of(store, REPORT)[0] == a
    assert number_of(store, OTHER)[0] == b


def test_the_editor_splits_and_no_later_night_joins_them(store):
    night(store, [PAPER, REPORT, REPRINT])
    story, candidate = number_of(store, REPRINT)
    split_story(store, SETTINGS, story, [candidate], EDITOR)
    assert shape(store) == sorted([sorted([PAPER.url, REPORT.url]), [REPRINT.url]])
    night(store, EVERYTHING, NOW + timedelta(days=1))
    assert number_of(store, REPRINT)[0] != number_of(store, REPORT)[0]
    undo_last(store, SETTINGS, story, EDITOR)
    assert number_of(store, REPRINT)[0] == number_of(store, REPORT)[0]


def test_every_join_and_refusal_is_told(store):
    night(store, EVERYTHING)
    story, paper = number_of(store, PAPER)
    account = account_of(store, SETTINGS, story)
    assert {m.candidate.item.url for m in account.story.members} == {
        i.url for i in (PAPER, CODE, REPORT, REPRINT, LINKED)
    }
    kinds = {evidence.kind for tie in account.ties for evidence in tie.tie.evidence}
    assert {"link", "coined"} <= kinds
    other, _ = number_of(store, OTHER)
    refused = comparison_of(store, SETTINGS, str(story), str(other))
    assert not refused.joins
    weeks = [f"c{number_of(store, week)[1]}" for week in (WEEK_ONE, WEEK_TWO)]
    never = comparison_of(store, SETTINGS, *weeks)
    assert never.tie.never
    assert "栏目的不同期" in [in_words(e) for e in never.tie.evidence]
    assert comparison_of(store, SETTINGS, f"c{paper}", weeks[0]).joins is False


def test_every_kind_of_evidence_that_is_weighed_has_a_name():
    kinds = {*SETTINGS.stories.weights(True), *SETTINGS.stories.weights(False)} - {"bar"}
    assert kinds <= WORDS.keys()


FREED = said("芯闻", "Zhaoyue 的裁员风波终于结束", "https://g.example/6")
SETTLED = said("量子位", "风平浪静：Zhaoyue 与员工和解", "https://h.example/7")
STRANGE = said("新智元", "手机新品明天开卖：Zhaoyue 定价三千元", "https://i.example/8")


def meaning(weight):
    stories = SETTINGS.stories.model_copy(
        update={"wording": SETTINGS.stories.wording.model_copy(update={"meaning": weight})}
    )
    return SETTINGS.model_copy(update={"stories": stories})


class Meant:
    """Says that the first two of these headlines mean one thing, and everything else another."""

    name = "fake"

    def __init__(self):
        self.asked = []

    def embed(self, texts):
        self.asked.append(list(texts))
        one = {FREED.title, SETTLED.title}
        return [(1.0, 0.0) if text in one else (0.6, 0.8) for text in texts]


def test_meaning_joins_what_words_do_not_once_it_weighs_something(tmp_path):
    items = [FREED, SETTLED, STRANGE]
    apart = sorted([item.url] for item in items)
    together = sorted([sorted([FREED.url, SETTLED.url]), [STRANGE.url]])
    for weight, embedder, expected in (
        (0.0, Meant(), apart),
        (80.0, None, apart),
        (80.0, Meant(), together),
    ):
        with Store(tmp_path / f"{next(_folders)}.db") as store:
            night(store, items, settings=meaning(weight), embedder=embedder)
            assert shape(store) == expected
            if embedder:
                assert embedder.asked == [sorted(item.title for item in items)]


def test_a_join_by_meaning_is_told_from_what_is_kept(store):
    settings = meaning(80.0)
    night(store, [FREED], settings=settings, embedder=Meant())
    night(store, [SETTLED], NOW + timedelta(days=1), settings, Meant())
    story, _ = number_of(store, FREED)
    [tie] = account_of(store, settings, story).ties
    assert tie.tie.evidence[0].kind == "meaning"
    assert tie.tie.evidence[0].label == "1.00"


@hypothesis_settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(order=st.permutations((*EVERYTHING, FREED, SETTLED, STRANGE)), cut=st.integers(1, 11))
def test_order_and_nights_do_not_matter_with_embeddings_either(tmp_path, order, cut):
    settings = meaning(80.0)
    with Store(tmp_path / f"{next(_folders)}.db") as at_once:
        night(
            at_once, sorted(order, key=lambda item: item.url), settings=settings, embedder=Meant()
        )
        expected = shape(at_once)
    assert sorted([FREED.url, SETTLED.url]) in expected
    with Store(tmp_path / f"{next(_folders)}.db") as in_two:
        night(in_two, order[:cut], settings=settings, embedder=Meant())
        night(in_two, order[cut:], NOW + timedelta(days=1), settings, Meant())
        assert shape(in_two) == expected


def test_vectors_of_two_models_are_not_held_against_each_other(store):
    other = Meant()
    other.name = "another"
    night(store, [FREED], settings=meaning(80.0), embedder=Meant())
    night(store, [SETTLED], NOW + timedelta(days=1), meaning(80.0), other)
    assert shape(store) == sorted([[FREED.url], [SETTLED.url]])


def test_a_model_that_does_not_answer_is_told_once_and_ends_no_run(store, caplog, monkeypatch):
    class Silent:
        name = "silent"

        def embed(self, texts):
            raise SourceError(f"no answer for {len(texts)} headlines")

    monkeypatch.setattr("pipeline.stories._BATCH", 2)
    with caplog.at_level(logging.WARNING):
        night(store, EVERYTHING, settings=meaning(80.0), embedder=Silent())
    assert sorted(i.url for i in (OTHER, OTHER_AGAIN)) in shape(store)
    said_of_it = "stories are made without embeddings: no answer for 2 headlines"
    assert [record.getMessage() for record in caplog.records] == [said_of_it]
