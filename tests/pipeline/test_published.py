from datetime import UTC, date, datetime

import pytest

from pipeline.published import alike, keys_of_draft, keys_of_story, news_about, same_thing
from store.issues import Ran
from store.models import Kind, Link, PaperFacts
from tests.builders import a_candidate, a_draft, a_story, an_item

DAY = date(2020, 3, 2)
AFTER = datetime(2020, 4, 1, tzinfo=UTC)
BEFORE = datetime(2020, 2, 1, tzinfo=UTC)
ARXIV = "https://arxiv.org/abs/1911.11907"
GITHUB = "https://github.com/huawei-noah/ghostnet"


def ran(draft, basis=()):
    return Ran(
        date=DAY,
        section="论文",
        draft=draft,
        basis=basis,
        keys=keys_of_draft(draft),
        exported_at=BEFORE,
    )


def paper(version=1, updated=BEFORE, title="GhostNet: More Features", **changes):
    facts = PaperFacts(arxiv_id="1911.11907", version=version, comment=changes.pop("comment", None))
    item = an_item(kind=Kind.PAPER, title=title, paper=facts, updated=updated, url=ARXIV)
    return a_candidate(item=item, kind=Kind.PAPER, keys=("arxiv:1911.11907",), **changes)


def repository(**changes):
    return a_candidate(kind=Kind.REPOSITORY, keys=("github:huawei-noah/ghostnet",), **changes)


PRINTED = a_draft(title="GhostNet: More Features", url=ARXIV)


def test_every_link_and_name_of_an_item_counts_as_published():
    draft = a_draft(
        url="https://mp.weixin.qq.com/s/xFec5gjMZeOCajqimB_t7A",
        links=(Link(label="代码", url=GITHUB + "/tree/master"),),
        summary="论文见 arXiv:1911.11907。",
        items=(a_draft(url="https://arxiv.org/pdf/1812.00332v2"),),
    )
    assert {
        "wechat:s/xFec5gjMZeOCajqimB_t7A",
        "github:huawei-noah/ghostnet",
        "arxiv:1911.11907",
        "arxiv:1812.00332",
    } <= set(keys_of_draft(draft))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (
            "旷视深度学习框架MegEngine：三月底即将开源",
            "旷视深度学习框架 MegEngine,三月底即将开源！",
            True,
        ),
        (
            "旷视深度学习框架MegEngine三月底即将开源 | 机器之心",
            "旷视深度学习框架MegEngine三月底即将开源",
            True,
        ),
        ("高通骁龙865 Plus确定，暂定今年Q3上市", "高通骁龙865 Plus已确定，暂定今年Q3上市", True),
        ("硬核观察 #304 今天的芯片新闻", "硬核观察 #305 今天的芯片新闻", False),
        ("高通骁龙865发布，性能大涨两成", "高通骁龙855发布，性能大涨两成", False),
        ("华为发布新款端侧芯片", "三星发布新款端侧芯片", False),
        ("周报", "周报", False),
    ],
)
def test_near_identical_titles(one, other, same):
    assert alike(one, other) is same


def test_an_article_with_the_same_headline_elsewhere_ran_already():
    again = a_candidate(item=an_item(title="旷视框架MegEngine：三月底即将开源！"), keys=("url:x",))
    item = ran(
        a_draft(title="旷视框架 MegEngine 三月底即将开源 | 机器之心", url="https://a.example/1")
    )
    assert set(keys_of_story(a_story(again))) & set(item.keys)
    assert same_thing(a_story(again), [item]) == [item]


def test_nothing_new_is_no_news():
    assert news_about(a_story(paper()), [ran(PRINTED)], ("CVPR",)) == ()
    assert news_about(a_story(paper(version=2, updated=AFTER)), [ran(PRINTED)], ("CVPR",)) == ()


def test_a_new_version_is_news_with_another_title_or_a_venue():
    renamed = paper(version=3, updated=AFTER, title="GhostNet: Cheaper Features")
    assert news_about(a_story(renamed), [ran(PRINTED)], ("CVPR",)) == (
        "arxiv:1911.11907 v3：新标题",
    )
    accepted = paper(version=2, updated=AFTER, comment="Accepted by CVPR 2020")
    assert news_about(a_story(accepted), [ran(PRINTED)], ("CVPR",)) == ("收录于 CVPR 2020",)
    tagged = ran(a_draft(title="GhostNet: More Features", url=ARXIV, tags=("CVPR2020",)))
    assert news_about(a_story(accepted), [tagged], ("CVPR",)) == ()


def test_the_code_of_a_paper_and_the_paper_of_a_project_are_news_once():
    coded = a_story(paper(mentions=("github:huawei-noah/ghostnet",)), repository())
    assert news_about(coded, [ran(PRINTED)], ()) == ("代码 github:huawei-noah/ghostnet",)
    project = ran(a_draft(title="huawei-noah/ghostnet", url=GITHUB))
    assert news_about(a_story(repository(mentions=("arxiv:1911.11907",))), [project], ()) == (
        "论文 arxiv:1911.11907",
    )
    both = ran(a_draft(title="GhostNet", url=ARXIV, links=(Link(label="代码", url=GITHUB),)))
    assert news_about(coded, [both], ()) == ()


def test_a_release_since_is_news_and_one_before_is_not():
    project = ran(a_draft(title="huawei-noah/ghostnet", url=GITHUB))

    def release(published):
        return a_story(
            repository(),
            a_candidate(kind=Kind.RELEASE, title="ghostnet v2", published=published, keys=("github:huawei-noah/ghostnet",)),
        )  # fmt: skip

    assert news_about(release(AFTER), [project], ()) == ("新版本 ghostnet v2",)
    assert news_about(release(BEFORE), [project], ()) == ()
