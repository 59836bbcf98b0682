"""The 摘要 is made of whole sentences of the source, in its order, and of nothing else."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.summary import clip, opening_sentences, summarise, width


def opening(text: str, *, title: str = "", max_chars: int = 240) -> list[str]:
    return list(opening_sentences(text, title=title, max_chars=max_chars))


def summary(*texts: str, language: str = "zh", max_chars: int = 240) -> tuple[str, bool]:
    return summarise(texts, title="", language=language, max_chars=max_chars)


# sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["模型小了一半。", "速度快了一倍！", "值得一试吗？"],
        ["他说：“可以开源。”", "大家都很高兴。"],
        ["精度为 71.3%，版本 v1.2.0 可用。", "很好。"],
        ["用 Node.js 写成的工具.", "也有 Python 接口。"],
    ],
)
def test_chinese_sentences_are_told_apart(sentences):
    assert opening("".join(sentences)) == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["It is small.", "It is fast!", "Is it free?"],
        ["It gains 3.5 points, i.e. 4 %, on v2.0.1.", "We ship it."],
        ["As Fig. 3 of Smith et al. shows, U.S. phones differ.", "A. Jones agrees."],
        ["Prune some layers, e.g. Conv ones.", "Then tune."],
        ['It "works."', "We checked."],
        ["1. Quantize the weights.", "2. Prune the rest."],
        ["Use torch.nn or tf.lite. of course.", "看文档。"],
    ],
)
def test_english_sentences_are_told_apart(sentences):
    assert opening(" ".join(sentences)) == sentences


def test_a_line_broken_for_want_of_room_does_not_end_a_sentence():
    text = "We compress networks to a tenth of their size without\nany loss. It is\nfree."
    assert opening(text) == [
        "We compress networks to a tenth of their size without any loss.",
        "It is free.",
    ]


def test_headings_and_torn_ends_give_way_to_sentences():
    text = "一、背景\n端侧模型需要压缩。具体做法如下：\n代码\n实验表明速度翻倍。更多内容请"
    assert opening(text) == ["端侧模型需要压缩。", "实验表明速度翻倍。"]


def test_a_text_without_any_full_stop_is_taken_as_it_is():
    assert opening("A tiny inference engine for phones") == ["A tiny inference engine for phones"]


# what is left out


@pytest.mark.parametrize(
    "noise",
    [
        "点击上方蓝字关注我们",
        "点击上方“端侧小报”，选择“置顶公众号”。",
        "长按下方二维码，关注我们！",
        "扫码加群，一起讨论端侧推理。",
        "本文转自公众号端侧小报。",
        "本文经作者授权转载。",
        "本文首发于端侧小报。",
        "作者：王小明",
        "作者 | 王小明 编辑 | 李小红",
        "来源：端侧小报",
        "编辑：李小红",
        "文/王小明",
        "小报 报道 | 公众号 EdgePost",
        "图1：网络结构。",
        "图片来源：视觉中国。",
        "▲ 芯片的样子。",
        "Figure 2: The network at a glance.",
        "Photo by Jane Doe.",
        "阅读原文",
        "点击阅读原文，查看完整代码。",
        "未经许可，不得转载。",
        "Read more on our site.",
        "Continue reading: How we made it small.",
        "Article URL: https://example.org/a\nComments URL: https://example.org/c\nPoints: 7\n# Comments: 3",
        "submitted by /u/someone [link] [comments]",
        "https://example.org/very/long",
    ],
)
def test_calls_by_lines_captions_and_leavings_are_left_out(noise):
    sentence = "新的量化方法把模型压缩到原来的四分之一。"
    assert opening(noise) == []
    assert opening(f"{noise}\n{sentence}") == [sentence]
    assert opening(f"{sentence}\n{noise}") == [sentence]


@pytest.mark.parametrize(
    "sentence",
    [
        "作者提出一种新的剪枝方法。",
        "本文系统地介绍了低比特量化。",
        "来源于手机的数据更多。",
        "图像分类的精度没有下降。",
        "关注移动端的开发者可以一试。",
        "该芯片经 ARM 授权生产。",
        "The post office runs it on phones.",
    ],
)
def test_sentences_that_only_look_like_noise_stay(sentence):
    assert opening(sentence) == [sentence]


def test_what_wordpress_puts_behind_a_teaser_goes():
    text = "We made it small. The post What is small? A guide appeared first on Edge Blog."
    assert opening(text) == ["We made it small."]


def test_a_by_line_in_front_of_the_text_goes():
    assert opening("作者：王小明 编辑：李小红 新框架今天开源。") == ["新框架今天开源。"]


def test_a_teaser_that_the_feed_cut_does_not_show_the_cut():
    assert opening("It is small. It also runs on the […]") == ["It is small."]


@pytest.mark.parametrize("word", ["摘要：", "导读：", "【小报导读】", "Abstract: "])
def test_what_announces_a_summary_is_not_announced_twice(word):
    assert opening(f"{word}新框架今天开源。") == ["新框架今天开源。"]


def test_the_title_is_not_said_again():
    text = "TinyNet：更小的网络！TinyNet 是一个只有 1MB 的检测网络。"
    assert opening(text, title="TinyNet：更小的网络") == ["TinyNet 是一个只有 1MB 的检测网络。"]


# length


def test_as_many_sentences_as_fit():
    text = "一二三四五六七八九。" * 10
    assert opening(text, max_chars=35) == ["一二三四五六七八九。"] * 3


def test_a_latin_letter_counts_half():
    assert width("模型 int8") == 4.5
    assert opening("Abcdefg. " * 10, max_chars=18) == ["Abcdefg."] * 4


def test_a_single_sentence_that_is_too_long_is_cut_and_shows_it():
    assert opening("很" * 100 + "。", max_chars=50) == ["很" * 49 + "…"]
    long = opening("Quantization " * 50 + "works.", max_chars=50)
    assert long == ["Quantization " * 6 + "Quantization…"]


def test_a_cut_leaves_words_and_emoji_whole():
    assert clip("模型 TensorRT 更快", 6) == "模型…"
    assert clip("模型更快，更小", 6) == "模型更快…"
    assert clip("一二👩‍💻三四五六", 5) == "一二…"
    assert clip("短的", 2) == "短的"


# which text


def test_the_newsletters_language_is_preferred():
    english = "A network for phones that is small, fast, and as good as the large ones."
    assert summary(english, "一个用于手机的网络，小而快。") == (
        "一个用于手机的网络，小而快。",
        False,
    )
    assert summary("一个用于手机的网络，小而快。", english, language="en") == (english, False)


def test_a_text_in_another_language_is_marked_for_translation():
    assert summary("It is small.") == ("It is small.", True)
    assert summary("它很小。", language="en") == ("它很小。", True)


def test_chinese_full_of_latin_names_is_chinese():
    text = "MNN 与 TensorFlow Lite、ncnn、TVM 在 Snapdragon 888 上的性能对比。"
    assert summary(text) == (text, False)


def test_a_word_or_two_in_chinese_yield_to_a_text_that_says_more():
    english = "A network for phones that is small, fast, and as good as the large ones."
    assert summary("重磅！", english) == (english, True)
    assert summary("重磅！") == ("重磅！", False)


def test_a_teaser_that_says_enough_is_taken_and_else_the_whole_text():
    teaser = "这是一条足够长的导语，它说明了新的推理框架在手机上比旧的快多少，以及为什么会这样快。"
    whole = "全文的第一句话。" * 20
    assert summary(teaser, whole) == (teaser, False)
    assert summary("太短的导语。", whole, max_chars=80) == ("全文的第一句话。" * 10, False)


def test_no_text_gives_no_summary():
    assert summary() == ("", False)
    assert summary("", " \n ", "作者：王小明") == ("", False)


# invariants


def folded(text: str) -> str:
    return " ".join(text.split())


PIECES = st.sampled_from(
    [
        *"。！？.!?…”\"') \n\t\u3000\u2028\x1c\x00",
        *("e.g. ", "v1.2", "量化", "Pruning", "a", "\n\n"),
        *("作者：王 ", "点击上方", "The post A appeared first on B. ", "Abstract: ", "[…]"),
    ]
)


@given(st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join), st.integers(2, 60))
@example("We go on\nSummary: and on.", 240)
@example("前一句 [link] 后一句。", 240)
def test_every_sentence_stands_in_the_source(text, max_chars):
    sentences = opening(text, max_chars=max_chars)
    for sentence in sentences:
        assert sentence in folded(text) or (
            sentence.endswith("…") and len(sentences) == 1 and sentence[:-1] in folded(text)
        )
    joined, _ = summary(text, max_chars=max_chars)
    assert width(joined) <= max_chars
    assert "\n" not in joined


@given(st.text(max_size=60), st.integers(2, 30))
def test_a_clipped_text_is_a_beginning_that_fits(text, max_chars):
    clipped = clip(text, max_chars)
    assert width(clipped) <= max_chars
    assert clipped == text or text.startswith(clipped[:-1])


@pytest.mark.parametrize(
    "unit", ["a. ", "a\n", "[ ", "(" * 3, "报道 ", "。", "The post ", "\n", "J."]
)
def test_only_the_beginning_of_a_long_text_is_read(unit):
    assert opening(unit * 200_000) == opening(unit * 10_000)
