"""Numbers by value: what a 摘要 claims, and whether a source's text holds it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.check.numbers import Values, numbers_in


def claimed(text: str) -> list[str]:
    return [number.written for number in numbers_in(text)]


def missing(summary: str, source: str) -> list[str]:
    values = Values.of(source)
    return [number.written for number in numbers_in(summary) if not values.hold(number)]


@pytest.mark.parametrize(
    ("summary", "source"),
    [
        ("投资3.3亿元", "an investment of 330 million yuan"),
        ("投资3.3亿元", "投资 33000 万元"),
        ("出货1000片", "shipped 1,000 wafers"),
        ("出货1,000片", "出货１０００片"),
        ("精度提升50%", "improves by 50 %"),
        ("精度提升50 %", "improves by fifty percent"),
        ("精度达94.2%", "reaches an accuracy of 0.942"),
        ("参数只有1.2M", "1.2 million parameters"),
        ("参数只有120万", "1.2M parameters"),
        ("70亿参数", "a 7B model"),
        ("4K星", "4000 stars"),
        ("5G芯片", "5G芯片"),
        ("速度快3倍", "three times as fast"),
        ("速度快3倍", "速度是原来的三倍"),
        ("速度快2倍", "速度翻倍，是两倍"),
        ("量产2000万颗", "将量产两千万颗"),
        ("320款设备", "三百二十款设备"),
        ("2019年", "二〇一九年"),
        ("9月15日", "on September 15"),
        ("骁龙855", "Snapdragon855"),
        ("约3亿", "298 million"),
        ("超过400亿美元", "$40.2 billion"),
        ("500多款", "512 models"),
        ("功耗2.50W", "2.5 W"),
        ("1/10的内存", "一成，即 1/10"),
        ("12-15倍", "12x to 15x"),
    ],
)
def test_a_number_is_found_by_its_value(summary: str, source: str) -> None:
    assert claimed(summary)
    assert missing(summary, source) == []


@pytest.mark.parametrize(
    ("summary", "source", "wrong"),
    [
        ("投资3.3亿元", "投资3.3万元", ["3.3亿"]),
        ("投资3.3亿元", "an investment of 330 thousand", ["3.3亿"]),
        ("提升50%", "提升15%", ["50%"]),
        ("快3倍，省25%", "快三倍，省 20%", ["25%"]),
        ("约3亿", "2亿", ["3亿"]),
        ("3亿", "2.98亿", ["3亿"]),
        ("2019年", "去年", ["2019"]),
        ("16GB内存", "8GB内存", ["16"]),
        ("在2020，300人参加", "2020年有200人参加", ["300"]),
    ],
)
def test_another_value_is_missed(summary: str, source: str, wrong: list[str]) -> None:
    assert missing(summary, source) == wrong


@pytest.mark.parametrize(
    "text",
    [
        "GPT-3 和 ResNet50 都用 int8",
        "Cortex-A77 与 MobileNetV2",
        "发布 v0.2.0 和 2.4.1 版",
        "支持3种框架、分2步、共5个方面",
        "1. 先量化\n2) 再剪枝",
        "方法有：1）融合；2）库；3）调优",
        "没有数字",
    ],
)
def test_names_versions_points_and_counts_claim_nothing(text: str) -> None:
    assert claimed(text) == []


def test_units_are_no_part_of_a_name() -> None:
    assert claimed("7nm 工艺，16GB 内存，4TOPS 算力，2.84GHz") == ["7", "16", "4", "2.84"]


def test_baidu_is_no_hundred() -> None:
    assert missing("2019百度大会", "2019年的百度大会") == []
    assert claimed("2019百度大会") == ["2019"]


@given(st.integers(0, 10**7), st.sampled_from(["万", "亿", "%", "M", " million", ""]))
def test_a_number_is_in_the_text_that_it_was_read_from(number: int, unit: str) -> None:
    text = f"共有 {number}{unit} 台"
    assert missing(text, text) == []


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    values = Values.of(text)
    assert all(values.hold(number) for number in numbers_in(text))
