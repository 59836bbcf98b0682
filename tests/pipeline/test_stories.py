"""Stories over a store: found by what is kept, whatever the order and the night of arrival."""

from dataclasses import replace
from datetime import timedelta
from itertools import count, pairwise

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

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


def night(store, items, now=NOW):
    save_items(store, start_run(store, "test", now), None, list(items), now)
    normalise_pending(store, now)
    cluster_pending(store, SETTINGS, now)


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
    kinds = {*SETTINGS.stories.weights(True), *SETTINGS.stories.weights(False)} - {"bar", "meaning"}
    assert kinds <= WORDS.keys()
