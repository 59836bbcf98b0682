"""What points to a section beside the words of a title; the words are in ``test_score``."""

from typing import Any

import pytest

from config.settings import FeedSettings, IssueSectionSettings, Newsletter, Settings
from pipeline.section import points_of, section_of
from store.models import IdentityKey, SourceName, Story
from tests.builders import a_candidate, a_story, an_item

SETTINGS = Settings(
    newsletter=Newsletter(title="简报", tagline="端侧"),
    sections=(
        IssueSectionSettings(
            name="业界新闻", terms=("发布", "亮相"), hints=("芯片",), hosts=("news.example",)
        ),
        IssueSectionSettings(
            name="论文",
            kinds=("paper",),
            terms=("论文",),
            opening=("研究者", "实验表明", "the authors propose", "论文中"),
        ),
        IssueSectionSettings(name="开源项目", kinds=("repository", "release"), terms=("开源",)),
        IssueSectionSettings(name="博文", kinds=("article",), terms=("详解",)),
    ),
    sources=(FeedSettings(kind="feed", name="转帖", url="https://a.example/feed", weight=0.4),),
)


def article(title: str, *mentions: str, **changes: Any) -> Story:
    item = an_item(title=title, source=SourceName("转帖"), **changes)
    keys = tuple(IdentityKey(key) for key in mentions)
    return a_story(a_candidate(item=item, mentions=keys))


def papers(count: int) -> tuple[str, ...]:
    return tuple(f"arxiv:2603.0000{n}" for n in range(count))


@pytest.mark.parametrize(
    ("story", "section"),
    [
        (article("更快的检测", "arxiv:2603.00001"), "论文"),
        (article("更快的检测", "openreview:abc"), "论文"),
        (article("更快的检测", "github:sample/tool"), "开源项目"),
        (article("更快的检测", "gist:0123456789abcdef0123"), "博文"),
        (article("更快的检测", *papers(5)), "论文"),
        # whoever names many is about none of them
        (article("更快的检测", *papers(6)), "博文"),
        # words of the title count as much
        (article("新芯片发布亮相", "arxiv:2603.00001"), "业界新闻"),
        (article("Faster Detection for Small Cameras"), "论文"),
        (article("详解 | Faster Detection for Small Cameras"), "论文"),
        (article("Fast caching"), "博文"),
        (article("sample/tool：更快的检测"), "开源项目"),
        (article("sample/tool: Faster detection for all small cameras"), "开源项目"),
        (article("读写 I/O：一篇笔记"), "博文"),
        # a text that opens on a paper of others
        (article("更快的检测", summary="来自北方大学的研究者让检测快了一倍。"), "论文"),
        (article("更快的检测", summary="", text="实验表明，它快了一倍。"), "论文"),
        (article("Faster", summary="In short, the authors propose a faster detector."), "论文"),
        (article("更快的检测", summary="很长。" * 200 + "论文中说"), "博文"),
    ],
)
def test_section(story, section):
    assert section_of(story, SETTINGS) == section


def test_an_english_headline_over_an_english_text_says_nothing():
    item = an_item(title="Faster Detection for Small Cameras", summary="We show how to do it.")
    story = a_story(a_candidate(item=item, language="en"))
    assert set(points_of(story, SETTINGS).values()) == {0}


@pytest.mark.parametrize(
    ("title", "points"), [("检测怎么更快？", 1), ("检测（二）", 1), ("检测更快了", 0)]
)
def test_a_question_and_a_part_of_a_series_are_no_news(title, points):
    assert points_of(article(title), SETTINGS)["博文"] == points


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("论文标题：Faster Detection for Small Cameras", "论文"),
        (
            "更快的检测\nPaper: **[Faster Detection for Small Cameras](https://a.example/x)**",
            "论文",
        ),
        ("论文链接 ：\nhttps://a.example/x.pdf", "论文"),
        # of whatever it may be
        ("原文链接：https://a.example/x.pdf", "博文"),
        ("见文章开头列出的论文：https://a.example/x", "博文"),
        ("项目地址：https://code.example/x", "开源项目"),
        ("标题：更快的检测", "博文"),
    ],
)
def test_a_line_that_names_a_paper_or_a_project_tells_what_it_is_about(text, section):
    assert section_of(article("更快的检测", summary="", text=text), SETTINGS) == section


def test_a_hint_counts_less_than_a_word_and_a_site_as_much():
    assert points_of(article("芯片发布"), SETTINGS)["业界新闻"] == pytest.approx(1.4)
    there = a_candidate(item=an_item(title="x"), canonical_url="https://www.news.example/1")
    assert points_of(a_story(there), SETTINGS)["业界新闻"] == 1.0
    beside = a_candidate(item=an_item(title="x"), canonical_url="https://oldnews.example/1")
    assert points_of(a_story(beside), SETTINGS)["业界新闻"] == 0.0


def test_each_sign_counts_once_however_many_articles_show_it():
    once = a_candidate(mentions=(IdentityKey("arxiv:2603.00001"),))
    assert points_of(a_story(once, once), SETTINGS) == points_of(a_story(once), SETTINGS)
