import pytest

from pipeline.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("端侧推理框架发布新版", "zh"),
        ("TensorFlow Lite Micro 正式发布", "zh"),
        ("PyTorch 1.9 发布：支持 iOS、Android 上的 INT8 推理", "zh"),
        ("量化 | ICLR", "zh"),
        ("萌萌の芯片发布会", "zh"),
        ("推論エンジンの新しいバージョンを公開", "ja"),
        ("ディープラーニング", "ja"),
        ("모바일 추론 엔진 공개", "ko"),
        ("A small network for phones", "en"),
        ("MobileNetV4", "en"),
        ("A survey of the pruning tools of Alibaba (阿里巴巴)", "en"),
        ("Naïve Bayes à la carte", "en"),
        ("Новая версия библиотеки", "und"),
        ("", "und"),
        ("2026-03-02 — 1812.00332 🚀", "und"),
        ("量化 https://example.org/a/long/path/of/many/latin/words", "zh"),
        ("\ud800", "und"),
    ],
)
def test_language_is_read_from_the_script(text, language):
    assert language_of(text) == language


def test_the_beginning_of_a_long_text_decides():
    assert language_of("量化" * 1000 + "word " * 100_000) == "zh"
