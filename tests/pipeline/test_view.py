"""A look at the queue: filters, order, and where a page goes on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from config.load import load_settings
from pipeline.desk import Editor, decide
from pipeline.period import period_of
from pipeline.queue import Queue, State
from pipeline.view import View, look, next_to, passes, tally
from store.database import Store
from store.models import Kind, SourceName, Verdict
from tests.builders import NOW
from tests.pipeline.web.nights import night, said

SETTINGS = load_settings(environment=False)
EDITOR = Editor(name="甲", now=NOW)
TITLES = (
    "国产存算一体芯片流片成功，能效翻倍",
    "手表里的语音识别：端侧推理只要 3 毫瓦",
    "摄像头上的目标检测：剪枝之后快了三倍",
    "无人机用上蒸馏后的导航网络",
    "浏览器里跑大模型：WebGPU 实测",
    "车规级 MCU 的量化工具链开源",
)
REPO = said(
    "lab/tinyrunner: Inference runtime for microcontrollers",
    "https://github.com/lab/tinyrunner",
    "GitHub 量化",
    kind=Kind.REPOSITORY,
)


@pytest.fixture
def queue(tmp_path):
    with Store(tmp_path / "b.db") as store:
        items = [
            said(
                title,
                f"https://n{n}.example/{n}",
                "量子位" if n % 2 else "机器之心",
                published=NOW - timedelta(hours=7 * n),
            )
            for n, title in enumerate(TITLES)
        ]
        night(store, SETTINGS, *items, REPO)
        yield Queue(store=store, settings=SETTINGS, period=period_of(store, SETTINGS, NOW))


def shown(queue, view, **where):
    page = look(queue, view, **{"count": 50, **where})
    return [entry.story.id for entry in page.entries]


def settle(queue, story, verdict, **more):
    decide(queue.store, SETTINGS, queue.period, [story], verdict, EDITOR, **more)


def test_pages_follow_each_other_without_gap_or_repeat(queue):
    whole = shown(queue, View())
    first = look(queue, View(), count=3)
    second = look(queue, View(), count=3, after=first.entries[-1].story.id)
    third = look(queue, View(), count=3, after=second.entries[-1].story.id)
    ids = [entry.story.id for page in (first, second, third) for entry in page.entries]
    assert ids == whole
    assert len(whole) == 7
    assert [first.more, second.more, third.more] == [True, True, False]
    assert shown(queue, View(), start=2) == whole[2:]


@pytest.mark.parametrize("verdict", [Verdict.ACCEPT, Verdict.REJECT, Verdict.LATER])
def test_a_page_goes_on_behind_a_story_that_left_the_view(queue, verdict):
    view = View(state=State.PROPOSED)
    whole = shown(queue, view)
    for story in whole[:3]:
        settle(queue, story, verdict)
    assert shown(queue, view, after=whole[2]) == whole[3:]
    assert shown(queue, view) == whole[3:]
    assert shown(queue, View()) == whole


def test_one_may_go_forth_and_back_from_any_story(queue):
    whole = shown(queue, View())
    settle(queue, whole[2], Verdict.ACCEPT)
    settle(queue, whole[5], Verdict.REJECT)
    for view in (
        View(),
        View(state=State.PROPOSED),
        View(state=State.ACCEPTED),
        View(words="国产"),
    ):
        listed = shown(queue, view)
        for before, story in zip([None, *listed], [*listed, None], strict=True):
            if before is not None:
                assert next_to(queue, view, before) == story
            if story is not None:
                assert next_to(queue, view, story, before=True) == before


def test_the_neighbours_of_a_story_that_left_the_view(queue):
    view = View(state=State.PROPOSED)
    whole = shown(queue, view)
    settle(queue, whole[3], Verdict.ACCEPT)
    assert next_to(queue, view, whole[3]) == whole[4]
    assert next_to(queue, view, whole[3], before=True) == whole[2]


@pytest.mark.parametrize(
    "view",
    [
        View(source=SourceName("机器之心")),
        View(kind=Kind.REPOSITORY),
        View(language="en"),
        View(days=1),
        View(days=1, source=SourceName("量子位"), language="zh"),
        View(source=SourceName("无此源")),
        View(section="开源项目"),
        View(state=State.ACCEPTED, source=SourceName("机器之心")),
    ],
)
def test_a_filter_shows_all_that_passes_and_nothing_else(queue, view):
    whole = shown(queue, View())
    settle(queue, whole[0], Verdict.ACCEPT)
    settle(queue, whole[1], Verdict.ACCEPT)
    expected = [place.story.id for place in queue.places(whole) if passes(place, view, queue)]
    assert shown(queue, view) == expected


def test_words_are_found_the_best_match_first_and_filtered_too(queue):
    (found,) = shown(queue, View(words="流片"))
    assert shown(queue, View(words="流片", section="没有这个栏目")) == []
    settle(queue, found, Verdict.REJECT)
    assert shown(queue, View(words="流片", state=State.PROPOSED)) == []
    assert shown(queue, View(words="流片", state=State.REJECTED)) == [found]


def test_a_story_stands_in_the_section_that_the_editor_gave_it(queue):
    place = queue.places(shown(queue, View()))[0]
    other = next(one.name for one in SETTINGS.sections if one.name != place.section)
    text = replace(queue.drafted(place).draft, section=other)
    settle(queue, place.story.id, Verdict.EDIT, text=text)
    assert place.story.id in shown(queue, View(section=other))
    assert place.story.id not in shown(queue, View(section=place.section))


def test_the_tally_counts_what_is_open_and_accepted(queue):
    whole = shown(queue, View())
    before = tally(queue, queue.decided())
    section = queue.places([whole[0]])[0].section
    settle(queue, whole[0], Verdict.ACCEPT)
    after = tally(queue, queue.decided())
    assert list(before)[: len(SETTINGS.sections)] == [one.name for one in SETTINGS.sections]
    assert sum(one.open for one in before.values()) == 7
    assert after[section].open == before[section].open - 1
    assert (before[section].accepted, after[section].accepted) == (0, 1)
    for name, one in after.items():
        assert one.open == len(shown(queue, View(section=name, state=State.PROPOSED)))
