import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from config.settings import Topic
from pipeline.matching import Match, TermMatcher


def topic(name: str, *terms: str, exclude: tuple[str, ...] = ()) -> Topic:
    return Topic(name=name, weight=1, terms=terms, exclude=exclude)


MATCHER = TermMatcher(
    [
        topic(
            "压缩",
            "low-bit",
            "量化",
            "量化感知训练",
            "knowledge distillation",
            exclude=("量化交易",),
        ),
        topic("搜索", "NAS", "mobilenet", exclude=("NAS storage",)),
        topic("引擎", "MNN", "llama.cpp", "on-device", "RISC-V", "AI芯片", "端侧"),
        topic("部署", "量化部署", "edge device"),
    ]
)


def found(text: str) -> list[str]:
    return [match.term for match in MATCHER.matches(text)]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Low-bit networks", ["low-bit"]),
        ("low bit and LOWBIT and low_bit", ["low-bit"] * 3),
        ("knowledge\n  distillation", ["knowledge distillation"]),
        ("KNOWLEDGE DISTILLATION", ["knowledge distillation"]),
        ("部署MNN框架", ["MNN"]),
        ("ＭＮＮ 与量化", ["MNN", "量化"]),
        ("MobileNets, MobileNetV3 and mobilenet 2", ["mobilenet"] * 3),
        ("edge devices", ["edge device"]),
        ("run with llama.cpp.", ["llama.cpp"]),
        ("国产 AI 芯片与AI芯片", ["AI芯片", "AI芯片"]),
        ("量化感知训练", ["量化感知训练"]),
        ("⽤量化", ["量化"]),  # a Kangxi radical, as PDF readers copy it
    ],
)
def test_a_term_is_found_as_a_word(text, terms):
    assert found(text) == terms


@pytest.mark.parametrize(
    "text",
    [
        "below-bit",
        "low, bit",
        "low bitter",
        "knowledge. distillation",
        "mobilenetwork",
        "a mnn",
        "移动端 侧重",
        "量 化",
        "",
    ],
)
def test_a_term_is_not_found_in_other_words(text):
    assert found(text) == []


def test_a_term_in_capitals_is_found_in_capitals_alone():
    assert found("NAS, NASes and RISC-V") == ["NAS", "NAS", "RISC-V"]
    assert found("nas, nasal, Nas and risc-v") == []


def test_an_excluded_phrase_takes_back_the_terms_of_its_topic_inside_it():
    assert found("量化交易") == []
    assert found("量化交易员谈量化") == ["量化"]
    assert found("NAS storage for MobileNet") == ["mobilenet"]


def test_an_excluded_phrase_leaves_the_terms_of_other_topics():
    matcher = TermMatcher(
        [topic("a", "量化", exclude=("量化芯片",)), topic("b", "量化芯片", "芯片")]
    )
    assert [match.topic for match in matcher.matches("量化芯片")] == ["b"]


def test_each_place_counts_once_for_the_longest_term():
    assert found("量化部署") == ["量化部署"]
    assert found("量化了部署") == ["量化"]


def test_a_term_may_be_listed_under_several_topics():
    matcher = TermMatcher([topic("a", "NPU"), topic("b", "npu", "NPU")])
    assert [(match.topic, match.term) for match in matcher.matches("NPU")] == [
        ("a", "NPU"),
        ("b", "npu"),
        ("b", "NPU"),
    ]
    assert [match.topic for match in matcher.matches("npu")] == ["b"]


@pytest.mark.parametrize("term", ["端", "C", "-x-", ""])
def test_a_term_of_one_character_is_refused(term):
    with pytest.raises(ValidationError, match="too short"):
        topic("a", term)


def test_start_is_the_place_in_the_text_as_it_was_given():
    assert MATCHER.matches("“ＮＡＳ”，量化") == (
        Match(topic="搜索", term="NAS", start=1),
        Match(topic="压缩", term="量化", start=6),
    )


def test_letters_whose_lower_case_depends_on_their_place_are_letters():
    matcher = TermMatcher([topic("a", "İzmir", "ΟΔΟΣ", "strasse")])
    matches = matcher.matches("İzmir2, ΟΔΟΣ, STRASSEs, ΣΣs")
    assert [match.term for match in matches] == ["İzmir", "ΟΔΟΣ", "strasse"]


def test_megabytes_are_read_in_one_pass():
    text = "on-device 端侧 low-" * 60_000
    assert len(MATCHER.matches(text)) == 120_000
    assert found("1" * 500_000 + "x" + "1" * 500_000) == []


TERMS = st.sampled_from(
    ["low-bit", "量化", "NAS", "MNN", "on-device", "AI芯片", "edge device", "llama.cpp"]
)
NOISE = st.text(alphabet="lowbitNASmn -_.量化交易端侧AI芯片训练2s|，\n", max_size=40)


@given(NOISE, TERMS, NOISE)
def test_a_term_is_found_between_any_texts(before, term, after):
    assert term in found(f"{before} | {term} | {after}")


@given(NOISE | st.text(max_size=40), NOISE | st.text(max_size=40))
def test_texts_kept_apart_are_matched_apart(first, second):
    gap = " | "
    shift = len(first) + len(gap)
    apart = MATCHER.matches(first) + tuple(
        Match(topic=match.topic, term=match.term, start=match.start + shift)
        for match in MATCHER.matches(second)
    )
    assert MATCHER.matches(first + gap + second) == apart
