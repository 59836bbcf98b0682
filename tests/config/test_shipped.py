"""The configuration that ships: that it is whole, and that its words do what they are there for."""

from collections import Counter
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from config.desk_settings import DeskSettings
from config.load import SHIPPED, load_settings
from config.settings import FeedSettings, ListSettings, Settings, StoryRules
from pipeline.headline import publisher_of
from pipeline.matching import TermMatcher
from pipeline.section import section_of
from store.models import SourceName
from tests.builders import a_candidate, a_story, an_item

SETTINGS = load_settings(SHIPPED)
MATCHER = TermMatcher(SETTINGS.topics)
WORDED = [*SETTINGS.topics, *SETTINGS.repository_topics, *SETTINGS.sections]


def topics_in(title: str) -> set[str]:
    return {match.topic for match in MATCHER.matches(title)}


def test_every_kind_has_exactly_one_home():
    kinds = Counter(kind for section in SETTINGS.sections for kind in section.kinds)
    assert kinds == {"paper": 1, "repository": 1, "release": 1, "article": 1}


def test_every_kind_of_source_but_the_file_is_used():
    used = {source.kind for source in SETTINGS.sources}
    every = {"feed", "wechat", "list", "trending", "github_search", "github_releases", "arxiv"}
    assert used == every


def test_wechat_accounts_wait_for_a_bridge():
    assert SETTINGS.addresses.wechat_bridge == ""
    accounts = [source for source in SETTINGS.sources if source.kind == "wechat"]
    assert len(accounts) > 40
    assert all(account.enabled for account in accounts)


def test_the_rules_of_stories_are_the_programs_own():
    """What ``stories.toml`` shows is what a folder without it gets."""
    assert SETTINGS.stories == StoryRules()


def test_the_desk_is_set_up_as_without_its_file():
    assert SETTINGS.desk == DeskSettings()


@pytest.mark.parametrize("table", [SETTINGS.lexicon.terms, SETTINGS.lexicon.labs])
def test_no_word_stands_in_two_groups_of_the_lexicon(table):
    words = [word for group in table for word in set(group)]
    assert len(words) == len(set(words))
    assert all(len(group) > 1 for group in table)


def test_searches_have_a_window():
    searches = [source for source in SETTINGS.sources if source.kind == "github_search"]
    assert all(search.created_within_days or search.pushed_within_days for search in searches)


def test_topic_names_are_unique():
    names = [topic.name for topic in (*SETTINGS.topics, *SETTINGS.repository_topics)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("worded", WORDED, ids=lambda worded: worded.name)
def test_every_term_is_found_in_itself(worded):
    matcher = TermMatcher([worded])
    assert [term for term in worded.terms if not matcher.matches(term)] == []


@pytest.mark.parametrize("worded", WORDED, ids=lambda worded: worded.name)
def test_no_term_is_listed_twice(worded):
    words = (*worded.terms, *getattr(worded, "hints", ()))
    plain = ["".join(filter(str.isalnum, term)).lower() for term in words]
    assert [term for term, count in Counter(plain).items() if count > 1] == []


@pytest.mark.parametrize("worded", WORDED, ids=lambda worded: worded.name)
def test_every_excluded_phrase_takes_something_back(worded):
    words = (*worded.terms, *getattr(worded, "hints", ()), *getattr(worded, "opening", ()))
    bare, full = (
        TermMatcher([SimpleNamespace(name=worded.name, terms=words, exclude=exclude)])
        for exclude in ((), worded.exclude)
    )
    idle = [phrase for phrase in worded.exclude if not bare.matches(phrase)]
    assert idle == []
    assert [phrase for phrase in worded.exclude if full.matches(phrase)] == []


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("面向手机的 4-bit 量化方案", "量化"),
        ("Post-Training Quantization without Data", "量化"),
        ("Training Binarized Networks from Scratch", "量化"),
        ("不用微调的通道剪枝", "剪枝与稀疏"),
        ("Pruned Subnetworks at Initialization", "剪枝与稀疏"),
        ("Distilling a Large Teacher into a Pocket Student", "蒸馏"),
        ("A Survey of Neural Network Compression", "模型压缩"),
        ("Hardware-aware NAS on a budget", "神经架构搜索"),
        ("比MobileNetV3更小的骨干", "轻量网络"),
        ("Lightweight Face Detector", "轻量网络"),
        ("ncnn 新版支持Vulkan", "推理引擎与部署"),
        ("用TensorRT部署检测模型", "推理引擎与部署"),
        ("On-device speech for everyone", "移动端与端侧"),
        ("端侧推理的内存账", "移动端与端侧"),
        ("Speculative decoding on phones", "端侧大模型"),
        ("TVM 里的自动调优", "编译器"),
        ("手写一个 SGEMM", "算子与计算优化"),
        ("国产NPU流片成功", "AI芯片"),
        ("骁龙新平台跑分出炉", "手机SoC与处理器"),
        ("在 Cortex-M55 上跑语音唤醒", "MCU与TinyML"),
        ("首款RISC-V笔记本开卖", "RISC-V与国产指令集"),
        ("车规级计算芯片量产", "自动驾驶芯片"),
        ("边缘计算网关评测", "边缘计算与物联网"),
    ],
)
def test_a_topic_is_found(title, topic):
    assert topic in topics_in(title)


@pytest.mark.parametrize(
    "title",
    [
        "量化交易新手入门",
        "某私募招聘量化研究员",
        "央行谈量化宽松",
        "家用NAS存储怎么选",
        "Nas announces a new album",
        "果树剪枝的季节",
        "蒸馏水与纯净水的区别",
        "郭麒麟新剧定档",
        "站在地平线上看日出",
        "An arm injury ends the season",
        "Nasal spray recalled",
        "文本向量化入门",
        "粒子加速器将重启",
        "嵌入式洗碗机导购",
        "Mixed feelings about modern architecture",
        "Canonical quantization revisited",
    ],
)
def test_a_word_of_another_trade_is_no_topic(title):
    assert topics_in(title) == set()


ARTICLES = [
    ("业界新闻", "某厂推出新一代边缘计算盒子，功耗 3W"),
    ("业界新闻", "传某公司将收购芯片设计企业"),
    ("业界新闻", "旗舰平台首发评测：跑分再创新高"),
    ("业界新闻", "Startup raises $30M for edge chips"),
    ("业界新闻", "新手机处理器曝光，或将采用 3nm 工艺"),
    ("业界新闻", "官宣：两家公司联手布局车载计算"),
    ("论文", "CVPR 录用论文：更快的二值神经网络"),
    ("论文", "清华提出新方法，训练速度提升三倍"),
    ("论文", "轻量检测综述：近五年的论文"),
    ("论文", "新模型参数减少九成，准确率不降"),
    ("开源项目", "某大厂开源端侧推理框架"),
    ("开源项目", "三百行代码复现轻量人脸检测"),
    ("开源项目", "登上 GitHub 热榜的语音工具包开源了"),
    ("博文", "详解 Winograd 卷积的原理"),
    ("博文", "如何在单片机上部署语音唤醒"),
    ("博文", "从零手写矩阵乘（二）：访存优化"),
    ("博文", "为什么说缓存比算力重要"),
    ("博文", "移动端推理踩坑笔记"),
    ("博文", "一文看懂端侧大模型的现状与挑战"),
    ("博文", "How to profile a model on your phone"),
]


def test_articles_go_where_their_titles_point():
    wrong = [
        (title, section, proposed)
        for section, title in ARTICLES
        if (proposed := _proposed(title, SETTINGS)) != section
    ]
    assert len(wrong) <= 2, wrong


def _proposed(title: str, settings: Settings) -> str:
    item = an_item(title=title, source=SourceName("不知名"))
    return section_of(a_story(a_candidate(item=item)), settings)


@pytest.mark.parametrize(
    "source",
    [
        source
        for source in SETTINGS.sources
        if isinstance(source, FeedSettings | ListSettings) and source.section
    ],
    ids=lambda source: source.name,
)
def test_a_medium_is_called_the_same_by_its_source_and_by_its_host(source):
    # else the website and a link to it would count as two media
    host = urlsplit(source.url).hostname
    candidate = a_candidate(item=an_item(url=f"https://{host}/a", publisher=source.label))
    assert publisher_of(candidate, SETTINGS.publishers) == source.label
