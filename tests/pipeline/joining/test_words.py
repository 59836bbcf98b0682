import pytest

from config.story_settings import Lexicon
from pipeline.joining.spelling import folded, singular
from pipeline.joining.words import Vocabulary


@pytest.fixture(scope="module")
def vocabulary():
    return Vocabulary(
        Lexicon(
            terms=(("量化", "quantization", "quantized"), ("语音识别", "speech recognition")),
            labs=(("清华", "tsinghua"),),
            known=("resnet", "windows", "transformers", "transformer"),
            common=("模型", "发布"),
            stock=("建议收藏", "附代码"),
            columns=("周刊", "weekly"),
            tutorials=("教程", "how to"),
        )
    )


def test_rare_words_tell_more_than_common_ones_and_filler_tells_nothing(vocabulary):
    rare, common, filler = (vocabulary.information(w) for w in ("蒸馏", "模型", "的"))
    assert rare > 2 * common > 0
    assert filler == 0


def test_a_name_nobody_has_heard_tells_most(vocabulary):
    assert vocabulary.information("quobblenet") > vocabulary.information("resnet") * 2


def test_chinese_is_cut_into_the_words_of_the_list(vocabulary):
    assert vocabulary.cut("语音识别模型") == ("语音", "识别", "模型")


@pytest.mark.parametrize(
    ("title", "text", "clauses"),
    [
        ("重磅！语音识别 INT8 量化，附代码", "重磅语音识别int8量化", ("重磅", "语音识别int8量化")),
        ("Fast  Inference: on CPUs", "fast inference on cpus", ("fast inference", "on cpus")),
        ("【建议收藏】", "建议收藏", ("建议收藏",)),
        ("新机来了🌈 2026-02-03", "新机来了", ("新机来了",)),
        ("", "", ()),
    ],
)
def test_a_headline_is_taken_apart(vocabulary, title, text, clauses):
    heading = vocabulary.read(title)
    assert (heading.text, heading.clauses) == (text, clauses)


def test_what_a_headline_names(vocabulary):
    heading = vocabulary.read("TinyFrob: Quantized Speech Recognition in INT8 for RTOS, Tsinghua")
    assert heading.coined == "tinyfrob"
    assert {"tinyfrob", "int8"} <= heading.names
    assert heading.acronyms == {"rtos"}
    assert heading.concepts == {"量化", "语音识别"}
    assert heading.labs == {"清华"}
    assert not heading.column
    assert not heading.tutorial


def test_a_known_name_before_a_colon_is_not_coined(vocabulary):
    assert vocabulary.read("ResNet: 十年回顾").coined == ""


def test_columns_and_tutorials_are_told(vocabulary):
    assert vocabulary.read("端侧周刊 #12").column
    assert vocabulary.read("How to deploy a model").tutorial


def test_a_known_word_parts_from_its_number_and_is_no_plural(vocabulary):
    assert vocabulary.tokens("Windows11 与 transformers") == ["windows", "11", "与", "transformer"]


@pytest.mark.parametrize(
    ("title", "versions"),
    [
        ("MobileFrobV3 来了", {("mobilefrob", "3")}),
        ("Frob-Lite v2.0 与 Frob-Lite 2.1", {("frob-lite", "2"), ("frob-lite", "2.1")}),
        ("Cortex 8 cores, 4nm, 7B, 40%", {("cortex", "8")}),
    ],
)
def test_a_name_parts_from_its_version(vocabulary, title, versions):
    assert vocabulary.read(title).versions == versions


@pytest.mark.parametrize(("word", "one"), [("networks", "network"), ("analysis", "analysis")])
def test_plurals(word, one):
    assert singular(word) == one


def test_folding_leaves_letters_and_digits():
    assert folded("Ｇｈｏｓｔ-Net：更多！") == "ghostnet更多"
