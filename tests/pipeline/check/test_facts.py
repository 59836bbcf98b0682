"""Facts: a 摘要 against the text of its source, tags and titles against the links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from store.models import IdentityKey
from tests.pipeline.check.issues import Item, check, codes, issue

PADDING = "这家公司在会上介绍了它的产品路线。" * 40
TEXT = "TinyForge 框架发布，投资 3.3 亿元，推理速度提升 50%，支持 Kirin 芯片。" + PADDING


def texts(**known: str) -> Callable[[IdentityKey], str | None]:
    return {IdentityKey(key.replace("_", ":")): text for key, text in known.items()}.get


SOURCES = {IdentityKey("url:a.example/1"): TEXT}.get


def test_what_stands_in_the_source_is_good() -> None:
    item = Item(summary="tinyforge 获投资330 million元，快50 %，支持KIRIN。")
    assert check(issue(item), sources=SOURCES) == []


def test_numbers_and_names_that_stand_nowhere() -> None:
    item = Item(summary="TinyHammer 获投资3.4亿元，快50%，快55%，支持 Kirin。")
    findings = check(issue(item), sources=SOURCES)
    assert [(finding.code, finding.line, finding.message) for finding in findings] == [
        ("F101", 14, "3.4亿, 55% not in the source's text"),
        ("F102", 14, "TinyHammer not in the source's text"),
    ]


def test_headline_tags_and_labels_count_as_source() -> None:
    item = Item(
        title="Nova 发布 8 核芯片",
        tags=("CVPR 2020",),
        summary="Nova 的 8 核芯片论文在 CVPR 2020 发表，支持 Kirin。",
    )
    assert check(issue(item), sources=SOURCES) == []


def test_a_further_link_is_a_source_too() -> None:
    item = Item(
        summary="支持 Kirin 和 Exynos，共 99 种。",
        further=(("论文", "https://arxiv.org/abs/2001.04246"),),
    )
    known = {IdentityKey("url:a.example/1"): TEXT, IdentityKey("arxiv:2001.04246"): "Exynos 99"}
    assert check(issue(item), sources=known.get) == []
    assert codes(check(issue(item), sources=SOURCES)) == ["F101", "F102"]


@pytest.mark.parametrize("text", [None, "", "一句话的预告。"])
def test_nothing_is_looked_for_in_a_teaser(text: str | None) -> None:
    item = Item(summary="TinyHammer 获投资3.4亿元。")
    assert check(issue(item), sources=lambda _: text) == []


def test_nothing_is_looked_for_in_a_text_hardly_longer_than_the_summary() -> None:
    item = Item(summary="TinyHammer 获投资3.4亿元。" + PADDING[:280])
    source = {IdentityKey("url:a.example/1"): "没有数字也没有名字，只是说明。" * 30}.get
    assert check(issue(item), sources=source) == []


def test_names_are_not_looked_for_in_english() -> None:
    repository = Item(
        title="ox/cart",
        source="",
        url="https://github.com/ox/cart",
        summary="Carts carry models. Nothing else does, and Oxen help with 12 of them.",
    )
    source = {IdentityKey("github:ox/cart"): "a cart for models " * 60}.get
    assert codes(check(issue(repository), sources=source)) == ["T204", "F101"]


def test_the_tag_of_another_paper() -> None:
    item = Item(tags=("CVPR2021", "2104.13400"), url="https://mp.weixin.qq.com/s/AbCdEf123")
    linked = replace(item, further=(("论文", "https://arxiv.org/pdf/2104.11487v2"),))
    (finding,) = check(issue(linked))
    assert (finding.code, finding.message) == (
        "F103",
        "is tagged 2104.13400, and links to 2104.11487",
    )
    assert check(issue(item)) == []
    right = replace(item, further=(("论文", "https://arxiv.org/pdf/2104.13400v2"),))
    assert check(issue(right)) == []
    beside = replace(item, in_summary=("https://arxiv.org/abs/2104.11487",))
    assert check(issue(beside)) == []


@pytest.mark.parametrize(
    ("title", "url", "other"),
    [
        ("mule/cart: A cart", "https://github.com/ox/cart", "ox/cart"),
        ("ox/cart-lite: A cart", "https://github.com/ox/cart-lit", "ox/cart-lit"),
        ("Ox/Cart: A cart", "https://github.com/ox/cart", None),
        ("ox/cart", "https://github.com/ox/cart/tree/dev", None),
        ("INT8/FP16 混合量化", "https://a.example/1", None),
        ("TCP/IP: how it works", "https://a.example/1", None),
    ],
)
def test_a_title_that_names_another_repository(title: str, url: str, other: str | None) -> None:
    findings = check(issue(Item(title=title, url=url)))
    assert codes(findings) == (["F104"] if other else [])
    assert all(finding.message.startswith(f"links to {other}, ") for finding in findings)


def test_a_repository_written_wrong_in_the_summary() -> None:
    item = Item(
        title="ox/ultra-cart：更快的车",
        url="https://mp.weixin.qq.com/s/AbCdEf123",
        in_summary=("https://github.com/ox/ultra-car", "https://github.com/ox/wheel"),
    )
    (finding,) = check(issue(item))
    assert (finding.code, finding.line) == ("F104", 14)
    beside = replace(item, in_summary=("https://github.com/ox/wheel",))
    assert check(issue(beside)) == []
