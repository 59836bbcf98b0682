"""What members are to their story, and which of them only say again what others said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import LinkLabels
from pipeline.reprints import originals_of
from pipeline.roles import Role, is_foreign, label_of, role_of, roles_of, shown_at
from store.models import Candidate, CanonicalUrl, Kind
from tests.builders import a_candidate, an_item

LABELS = LinkLabels()
TEXT = "样例团队今天开源了 TinyMix，把权重压到三比特，在手机上每秒生成二十个词，内存只用一半。"
OTHER = "另有评测说，三比特的模型在老手机上发热明显，长文本时速度掉了四成，作者承诺下月改进内核。"


def article(name: str = "a", **changes: Any) -> Candidate:
    language = changes.pop("language", "zh")
    url = changes.pop("url", f"https://{name}.example/1")
    fields = {"title": f"标题{name}", "summary": "", "publisher": f"号{name}", **changes}
    return a_candidate(item=an_item(url=url, **fields), language=language)


def of_kind(kind: Kind) -> Candidate:
    return replace(article(kind.value), kind=kind)


PAPER, CODE, RELEASE = of_kind(Kind.PAPER), of_kind(Kind.REPOSITORY), of_kind(Kind.RELEASE)
OURS, THEIRS = article("ours"), article("theirs", language="en")
VIDEO = article("video", url="https://www.bilibili.com/video/BV1xx411c7mD")
SLIDES = article("slides", url="https://speakerdeck.com/sample/tinymix", language="en")


# roles


def test_every_role_has_words_and_all_words_are_for_a_role():
    assert set(LinkLabels.model_fields) == {role.value for role in Role}


@pytest.mark.parametrize(
    ("primary", "roles"),
    [
        (PAPER, ["论文", "代码", "新版本", "号ours解读", "报道原文"]),
        (CODE, ["论文", "代码", "新版本", "号ours报道", "报道原文"]),
        (RELEASE, ["论文", "代码", "新版本", "号ours报道", "报道原文"]),
        (OURS, ["论文", "代码", "新版本", "号ours报道", "原文"]),
        (THEIRS, ["论文", "代码", "新版本", "号ours报道", "报道原文"]),
    ],
    ids=["paper", "repository", "release", "ours", "foreign"],
)
def test_each_member_has_its_role_the_primary_one_too(primary, roles):
    others = (PAPER, CODE, RELEASE, OURS, THEIRS)
    found = [role_of(member, primary, "zh-CN") for member in others]
    assert [label_of(role, LABELS, "号ours") for role in found] == roles


def test_the_first_of_the_members_is_the_primary_one():
    assert roles_of([PAPER, OURS], "zh") == [Role.PAPER, Role.READING]
    assert roles_of([OURS, PAPER], "zh") == [Role.COVERAGE, Role.PAPER]
    assert roles_of([], "zh") == []


def test_slides_and_videos_are_so_in_any_language_and_as_primary_too():
    assert roles_of([VIDEO, SLIDES, OURS], "zh") == [Role.VIDEO, Role.SLIDES, Role.COVERAGE]
    assert shown_at("https://www.youtube.com/watch?v=abcdefghijk") is Role.VIDEO
    assert shown_at("https://talks.example/tinymix.PPTX?raw=1") is Role.SLIDES
    assert shown_at("https://talks.example/tinymix.html") is shown_at("") is None


def test_a_language_that_nobody_could_tell_is_not_foreign():
    assert not is_foreign(article(language="und"), "zh-CN")
    assert not is_foreign(OURS, "zh-CN")
    assert is_foreign(OURS, "en")


def test_a_label_has_the_words_of_the_configuration():
    labels = LinkLabels(paper="paper", reading="{source} explains")
    assert label_of(Role.PAPER, labels) == "paper"
    assert label_of(Role.READING, labels, "量子位") == "量子位 explains"
    assert label_of(Role.COVERAGE, LABELS) == "报道"


# reprints


def originals(*members: Candidate) -> list[Candidate | None]:
    return originals_of(members, {"known.example": "某媒体"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("三比特模型开源", "三比特模型，开源！"),
        ("TinyMix：三比特模型", "tinymix: 三比特模型"),
        ("三比特模型开源", "三比特模型开源 | 号b"),
        ("三比特模型开源", "三比特模型开源 - 号b"),
    ],
)
def test_the_same_title_is_a_reprint_whatever_its_marks_and_whoever_signs(one, other):
    first, second = article("a", title=one), article("b", title=other)
    assert originals(first, second) == [None, first]


def test_the_same_text_under_another_title_is_a_reprint():
    first, second = article("a", text=TEXT), article("b", summary=TEXT + "（完）")
    assert originals(first, second) == [None, first]


def test_an_excerpt_of_a_long_text_is_a_reprint():
    whole = "".join(chr(0x4E00 + n * n % 5003) for n in range(4000))
    first, second = article("a", text=whole), article("b", text=whole[:1100])
    assert originals(first, second) == [None, first]


def test_another_text_under_another_title_is_none_nor_are_empty_ones():
    assert originals(article("a", text=TEXT), article("b", text=OTHER)) == [None, None]
    assert originals(article("a"), article("b")) == [None, None]
    assert originals(article("a", title="！"), article("b", title="…")) == [None, None]


def test_a_text_in_two_languages_is_no_reprint_though_titles_are_the_same():
    first, second = article("a", title="TinyMix"), article("b", title="TinyMix", language="en")
    assert originals(first, second) == [None, None]
    unknown = article("c", title="TinyMix", language="und")
    assert originals(first, unknown) == [None, first]


def test_only_articles_are_reprints():
    paper = replace(article("p", title="TinyMix"), kind=Kind.PAPER)
    talk = article("v", url=VIDEO.item.url, title="TinyMix")
    first, second = article("a", title="TinyMix"), article("b", title="TinyMix")
    assert originals(paper, first, talk, second) == [None, None, None, first]


def test_a_chain_does_not_hide_its_end():
    parts = [" ".join(f"{letter}{n}" for n in range(40)) for letter in "abcdef"]
    first, second, third = (article(str(n), text=" ".join(parts[n : n + 4])) for n in range(3))
    assert originals(first, second, third) == [None, first, None]
    assert originals(second, third) == [None, second]


@given(st.lists(st.sampled_from([PAPER, OURS, THEIRS, VIDEO, article("a", text=TEXT)]), max_size=6))
def test_an_original_stands_before_its_reprints_and_is_none_itself(members):
    found = originals(*members)
    assert len(found) == len(members)
    standing = [m for m, original in zip(members, found, strict=True) if original is None]
    for place, original in enumerate(found):
        assert original is None or original in members[:place]
        assert original is None or original in standing


def test_one_article_from_two_sources_stands_once_even_without_address():
    same = replace(article("a"), canonical_url=CanonicalUrl(""))
    assert originals(same, same) == [None, same]
