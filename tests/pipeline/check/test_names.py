"""Latin names: what a 摘要 says, and whether a source's text holds it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.check.names import Words, names_in


def missing(summary: str, source: str) -> list[str]:
    words = Words.of(source)
    return [name.written for name in names_in(summary) if not words.hold(name)]


@pytest.mark.parametrize(
    ("summary", "source"),
    [
        ("作者提出 TinyForge", "we present tinyforge"),
        ("优于MobileNetV2", "better than MobileNet v2"),
        ("优于 MobileNet V2", "better than MobileNet-V2"),
        ("优于MobileNet-V2", "优于mobilenetv2模型"),
        ("多颗 GPUs 与 DSPs 以及 Kirins", "a Kirin"),
        ("基于 YOLOv3-Tiny", "YOLOv3 tiny"),
        ("采用 CGRA 架构", "a coarse grain reconfigurable architecture"),
        ("由 Jöhn Müller 提出", "by JÖHN MÜLLER"),
        ("见 https://github.com/Owner/Secret", "nothing of it"),
        ("这个 pipeline 的 feature map", "nothing of it"),
        ("CPU 与 GPU 上的 CNN", "处理器上的卷积神经网络"),
        ("ＴｉｎｙＦｏｒｇｅ 开源", "TinyForge"),
    ],
)
def test_a_name_is_found_however_it_is_joined(summary: str, source: str) -> None:
    assert missing(summary, source) == []


@pytest.mark.parametrize(
    ("summary", "source", "wrong"),
    [
        ("谷歌提出 TinyForge", "we present TinyHammer", ["TinyForge"]),
        ("优于MobileNetV3", "better than MobileNetV2", ["MobileNetV3"]),
        ("Kirin 与 Exynos 与 Kirin", "Snapdragon only", ["Kirin", "Exynos"]),
        ("Forge 很快", "ForgeMaster 很快", ["Forge"]),
        ("采用 CGRA 架构", "grain of a coarse architecture", ["CGRA"]),
    ],
)
def test_another_name_is_missed(summary: str, source: str, wrong: list[str]) -> None:
    assert missing(summary, source) == wrong


@given(st.text())
def test_a_text_holds_its_own_names(text: str) -> None:
    assert missing(text, text) == []
