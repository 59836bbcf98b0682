"""Words that the generated stream is made of, and how they are drawn."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Sequence
from functools import cache
from itertools import accumulate

import wordfreq


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


SYLLABLES = _listed(
    "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo yu za bri cla dro fle gra kno pla "
    "sto tri vex zen lum nor tek ion ara ori eth mon sil dar quo vra phi tan bel cor"
)
NAME_ENDS = ("Net", "Former", "Lite", "AI", "-S", "2", "V3", "Kit", "DB", "Bench", "", "", "", "")
VERBS = _listed("发布 推出 开源 提出 公布 上线 升级 收购 回应 宣布 曝光 打造 研发 联手 布局 押注")
CHANGES = _listed("提升 降低 提速 减少 压缩 增长 下降 超过 达到 节省")
HOOKS = _listed("重磅 独家 深度 刚刚 突发 干货 一文看懂 为什么 如何 最新 终于 实测 专访 建议收藏")
TAILS = _listed("来了 太强了 怎么看 意味着什么 全解析 附代码 已开源 效果惊人 背后的故事 引热议")
GENERIC = _listed(
    "年度总结 新年快乐 招聘启事 活动预告 本周推荐 好书推荐 今日话题 节日快乐 放假通知 粉丝福利 "
    "读者来信 直播预告 关于我们 每周一问 内推机会 周末愉快 转载说明 学习笔记 早安 通知公告"
)
COLUMN_NAMES = _listed("日报 周刊 速递 早报 观察 精选 一周要闻 读书会 论文速递 开源周报")


class Weighted:
    """Draws words by weight."""

    def __init__(self, words: Sequence[str], weights: Sequence[float]) -> None:
        self.words = words
        self._bounds = list(accumulate(weights))

    def one(self, rng: random.Random) -> str:
        return self.words[bisect(self._bounds, rng.random() * self._bounds[-1])]

    def some(self, rng: random.Random, count: int) -> list[str]:
        return [self.one(rng) for _ in range(count)]


@cache
def everyday(language: str) -> Weighted:
    """Words of everyday text but for the most common, which fill sentences."""
    found = {
        word: value
        for word, value in list(wordfreq.get_frequency_dict(language).items())[150:60_000]
        if (len(word) > 1 if language == "zh" else len(word) > 2)
        and word.isalpha()
        and word.isascii() == (language == "en")
    }
    return Weighted(tuple(found), [value**0.75 for value in found.values()])
