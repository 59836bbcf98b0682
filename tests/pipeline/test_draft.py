"""A draft says what the sources said, whichever order they came in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import FeedSettings, IssueSectionSettings, Newsletter, Settings
from config.story_settings import StoryRules
from pipeline.draft import by_precedence, draft
from pipeline.normalise import normalise
from store.models import (
    Candidate,
    Draft,
    Kind,
    Link,
    PaperFacts,
    RepositoryFacts,
)
from tests.builders import a_story, an_item

WECHAT = "https://mp.weixin.qq.com/s/"
SETTINGS = Settings(
    newsletter=Newsletter(title="简报", tagline=""),
    sections=(IssueSectionSettings(name="业界新闻"),),
    sources=(FeedSettings(kind="feed", name="端侧小报", url="https://feeds.example/1"),),
    publishers={"news.example.edu": "Example News", "zhihu.example": "知乎"},
    venues=("CVPR", "MLSys"),
)


def drafted(*candidates: Candidate, **newsletter: Any) -> Draft:
    mine = SETTINGS.newsletter.model_copy(update=newsletter)
    settings = SETTINGS.model_copy(update={"newsletter": mine})
    return draft(a_story(*candidates), "业界新闻", settings)


def by_rules(*candidates: Candidate, **rules: Any) -> list[Candidate]:
    settings = SETTINGS.model_copy(update={"stories": StoryRules(**rules)})
    return [member.candidate for member in by_precedence(a_story(*candidates), settings)]


def on(day: int) -> datetime:
    return datetime(2026, 2, day, tzinfo=UTC)


def a_paper(url: str = "http://arxiv.org/abs/2602.01234v2", **changes: Any) -> Candidate:
    facts = PaperFacts(arxiv_id="2602.01234", version=2, comment=changes.pop("comment", None))
    fields = {
        "title": "TinyMix: Mixing Bits",
        "summary": "We mix bits. They fit.",
        "publisher": "arXiv",
    }
    return normalise(an_item(url=url, external_id=url, paper=facts, **{**fields, **changes}))


def a_repository(name: str = "Sample-Lab/TinyMix", **changes: Any) -> Candidate:
    keys = ("description", "homepage", "readme")
    facts = RepositoryFacts(full_name=name, **{k: changes.pop(k) for k in keys if k in changes})
    url = f"https://github.com/{name}"
    fields = {
        "title": name,
        "summary": facts.description or "",
        "external_id": url,
        "publisher": "GitHub",
    }
    return normalise(an_item(url=url, repository=facts, **{**fields, **changes}))


def a_release(name: str = "Sample-Lab/TinyMix", tag: str = "v1.2", **changes: Any) -> Candidate:
    url = f"https://github.com/{name}/releases/tag/{tag}"
    fields = {
        "title": f"{name} {tag}",
        "summary": "",
        "external_id": url,
        "publisher": "GitHub",
        "repository": RepositoryFacts(full_name=name),
    }
    return normalise(an_item(url=url, kind=Kind.RELEASE, **{**fields, **changes}))


def an_article(name: str = "aaaaaa", **changes: Any) -> Candidate:
    url = changes.pop("url", WECHAT + name)
    fields = {
        "title": "样例团队开源 TinyMix",
        "publisher": "端侧小报",
        "summary": "样例团队今天开源了 TinyMix。",
    }
    return normalise(an_item(url=url, external_id=url, **{**fields, **changes}))


def english(**changes: Any) -> Candidate:
    fields = {
        "url": "http://news.example.edu/2026/tinymix",
        "title": "Sample lab mixes bits",
        "summary": "A lab mixes bits in a way that nobody has tried before, and it works on phones.",
    }
    return an_article(**{**fields, **changes})


# which member speaks


def test_a_paper_comes_before_its_code_and_code_before_its_reports():
    paper, code, report = a_paper(), a_repository(), an_article(published=on(1))
    assert drafted(report, code, paper).url == "https://arxiv.org/abs/2602.01234"
    assert drafted(report, code).url == "https://github.com/Sample-Lab/TinyMix"
    assert drafted(report).url == WECHAT + "aaaaaa"


def test_a_permanent_link_comes_before_one_that_expires():
    expiring = an_article("bbbbbb", expiring=True, published=on(1))
    assert drafted(expiring, an_article(published=on(2))).url == WECHAT + "aaaaaa"


def test_an_article_in_the_newsletters_language_comes_before_a_foreign_one():
    story = (english(published=on(1)), an_article(published=on(2)))
    assert drafted(*story).url == WECHAT + "aaaaaa"
    assert drafted(*story, language="en").url == "http://news.example.edu/2026/tinymix"


def test_the_earliest_report_speaks_and_one_without_date_last():
    early = an_article("eeeeee", published=on(1))
    late = an_article("bbbbbb", published=on(2))
    undated = an_article("aaaaaa", published=None)
    assert drafted(undated, late, early).url == WECHAT + "eeeeee"
    assert drafted(undated, late).url == WECHAT + "bbbbbb"
    assert drafted(undated, an_article("cccccc", published=None)).url == WECHAT + "aaaaaa"


def test_the_latest_release_speaks_for_a_repository():
    old, new = a_release(tag="v1.1", published=on(1)), a_release(tag="v1.2", published=on(2))
    drawn = drafted(a_repository(), old, new)
    assert drawn.url == "https://github.com/Sample-Lab/TinyMix/releases/tag/v1.2"
    assert drawn.links == ()


def test_a_known_medium_comes_before_one_that_may_only_reprint_it():
    stranger = an_article("aaaaaa", publisher="某转载号", published=on(1))
    known = an_article("bbbbbb", published=on(2))
    assert drafted(stranger, known).url == WECHAT + "bbbbbb"
    site = an_article(url="https://zhuanlan.zhihu.example/p/1", publisher="某人", published=on(2))
    assert drafted(stranger, site).url == "https://zhuanlan.zhihu.example/p/1"


def test_of_two_reports_of_one_moment_the_longer_speaks():
    short, long = an_article("aaaaaa"), an_article("bbbbbb", text="样例团队又开源了一个模型。" * 9)
    assert drafted(short, long).url == WECHAT + "bbbbbb"


def test_the_rules_can_be_put_in_another_order():
    paper, code = a_paper(published=on(3)), a_repository(published=on(2))
    report = an_article(published=on(1), expiring=True)
    assert by_rules(paper, code, report, primary=["earliest"]) == [report, code, paper]
    assert by_rules(paper, code, report, primary=["permanent", "earliest"]) == [code, paper, report]
    long = an_article("bbbbbb", text="样例团队又开源了一个模型。" * 9, published=on(4))
    assert by_rules(report, long, primary=["longest", "permanent"]) == [long, report]


def test_kinds_that_the_rules_leave_out_come_last():
    paper, code, release, report = a_paper(), a_repository(), a_release(), an_article()
    every = (report, code, release, paper)
    assert by_rules(*every, kinds=["repository"]) == [code, paper, release, report]
    assert by_rules(*every) == [paper, release, code, report]


def test_releases_among_others_stand_where_the_first_of_them_does_the_latest_first():
    old, new = a_release(tag="v1.1", published=on(2)), a_release(tag="v1.2", published=on(4))
    undated = a_release(tag="v1.0", published=None)
    early, late = an_article("aaaaaa", published=on(1)), an_article("bbbbbb", published=on(3))
    found = by_rules(late, new, undated, early, old, primary=["earliest"])
    assert found == [early, new, old, undated, late]


MEMBERS = (
    a_paper(),
    a_repository(description="Kernels", homepage="https://tinymix.example"),
    a_release(),
    an_article(),
    an_article("bbbbbb", publisher="另一小报"),
    an_article("cccccc", published=None),
    an_article("dddddd", title="TinyMix 来了", text="样例团队又开源了一个模型。" * 9),
    an_article("eeeeee", title="小模型登场", text="样例团队又开源了一个模型。" * 9),
    an_article("ffffff", title="TinyMix 上手", publisher="另一小报", expiring=True),
    english(),
)


@given(
    st.lists(st.sampled_from(MEMBERS), min_size=1, unique=True), st.randoms(use_true_random=False)
)
def test_the_order_of_members_is_no_matter(members, random):
    shuffled = list(members)
    random.shuffle(shuffled)
    assert drafted(*members) == drafted(*shuffled)


@given(st.lists(st.sampled_from(MEMBERS), min_size=1, unique=True))
def test_no_link_is_printed_twice_and_no_label(members):
    drawn = drafted(*members)
    urls = [drawn.url, *(link.url for link in drawn.links)]
    labels = [link.label for link in drawn.links]
    assert len(set(urls)) == len(urls)
    assert len(set(labels)) == len(labels)


# papers


def test_a_paper_is_tagged_with_its_id_or_the_venue_that_took_it():
    assert drafted(a_paper()).tags == ("2602.01234",)
    assert drafted(a_paper(comment="Accepted at CVPR 2026 (oral)")).tags == ("CVPR 2026",)
    assert drafted(a_paper(comment="Submitted to CVPR 2026")).tags == ("2602.01234",)


def test_a_venue_that_only_another_copy_of_the_paper_names_counts():
    page = normalise(
        an_item(
            url="https://proceedings.mlsys.org/paper/12-tinymix",
            kind=Kind.PAPER,
            paper=PaperFacts(venue="MLSys 2026"),
            published=on(27),
        )
    )
    assert drafted(a_paper(published=on(1)), page).tags == ("MLSys 2026",)


def test_a_paper_without_id_has_no_tag():
    paper = normalise(an_item(url="https://papers.example.org/1.pdf", kind=Kind.PAPER))
    assert drafted(paper).tags == ()


def test_a_paper_keeps_its_title_and_has_no_source():
    drawn = drafted(a_paper(title="TinyMix | A $2$-bit Mix - arXiv"))
    assert (drawn.title, drawn.source) == ("TinyMix | A $2$-bit Mix - arXiv", "")


# repositories and releases


@pytest.mark.parametrize(
    ("description", "title"),
    [
        ("3-bit kernels", "Sample-Lab/TinyMix: 3-bit kernels"),
        (":rocket:  3-bit\n kernels :tada:", "Sample-Lab/TinyMix: 3-bit kernels"),
        ("💎 std::vector for 1:2", "Sample-Lab/TinyMix: 💎 std::vector for 1:2"),
        ("", "Sample-Lab/TinyMix"),
        (None, "Sample-Lab/TinyMix"),
        ("很" * 150, "Sample-Lab/TinyMix: " + "很" * 99 + "…"),
    ],
)
def test_a_repository_is_named_and_described(description, title):
    drawn = drafted(a_repository(description=description))
    assert (drawn.title, drawn.tags, drawn.source) == (title, (), "")


def test_a_description_is_taken_from_whichever_member_has_one():
    told = a_repository(description="3-bit kernels", published=on(2))
    silent = a_repository(published=on(1), external_id="2")
    assert drafted(silent, told).title == "Sample-Lab/TinyMix: 3-bit kernels"


def test_another_repositorys_description_is_not_borrowed():
    port = a_repository("other/port", description="A port to Rust", published=on(28))
    assert drafted(a_repository(published=on(1)), port).title == "Sample-Lab/TinyMix"


def test_a_repository_handed_in_by_hand_has_the_title_of_its_page():
    item = an_item(url="https://github.com/sample-lab/x", title="GitHub - sample-lab/x: kernels")
    assert drafted(normalise(item)).title == "sample-lab/x: kernels"


@pytest.mark.parametrize(
    ("title", "tag", "headline"),
    [
        ("Sample-Lab/TinyMix v1.2: Faster int8", "v1.2", "Sample-Lab/TinyMix v1.2: Faster int8"),
        ("TinyMix 1.2 – Faster int8", "v1.2", "Sample-Lab/TinyMix v1.2: Faster int8"),
        ("v1.2", "v1.2", "Sample-Lab/TinyMix v1.2: 3-bit kernels"),
        ("Release 20260211", "20260211", "Sample-Lab/TinyMix 20260211: 3-bit kernels"),
        ("v1.2.1 fixes", "v1.2.1%2Bcpu", "Sample-Lab/TinyMix v1.2.1+cpu: v1.2.1 fixes"),
    ],
)
def test_a_release_is_named_with_its_version_and_what_it_calls_itself(title, tag, headline):
    release = a_release(tag=tag, title=title)
    assert drafted(release, a_repository(description="3-bit kernels")).title == headline


# articles


@pytest.mark.parametrize(
    ("title", "publisher", "expected"),
    [
        ("新框架开源", "端侧小报", ("新框架开源", "端侧小报")),
        ("新框架开源", "端侧小报 | wechat-feeds", ("新框架开源", "端侧小报")),
        ("新框架开源", "端侧小报 - RSSHub", ("新框架开源", "端侧小报")),
        ("新框架开源", "微信公众号：端侧小报", ("新框架开源", "端侧小报")),
        ("新框架开源 | 端侧小报", "端侧小报", ("新框架开源", "端侧小报")),
        ("新框架开源 - 端侧小报", "端侧小报", ("新框架开源", "端侧小报")),
        ("CVPR 2026 | 新框架", "端侧小报", ("CVPR 2026 | 新框架", "端侧小报")),
        ("新框架 | 某某专栏", None, ("新框架", "某某专栏")),
        (
            "新框架 | 一个很长的副标题，不是谁的名字",
            None,
            ("新框架 | 一个很长的副标题，不是谁的名字", ""),
        ),
        ("新框架开源", None, ("新框架开源", "")),
    ],
)
def test_an_account_stands_behind_the_title_once(title, publisher, expected):
    drawn = drafted(an_article(title=title, publisher=publisher))
    assert (drawn.title, drawn.source) == expected


@pytest.mark.parametrize(
    ("url", "title", "publisher", "expected"),
    [
        (
            "https://news.example.edu/1",
            "Small nets - Example News",
            None,
            ("Small nets", "Example News"),
        ),
        (
            "https://news.example.edu/1",
            "Small nets",
            "Hacker Front Page",
            ("Small nets", "Example News"),
        ),
        ("https://zhuanlan.zhihu.example/p/1", "剪枝笔记", "某人", ("剪枝笔记", "知乎")),
        ("https://www.blog.example/1", "Small nets", "Some Blog RSS", ("Small nets", "Some Blog")),
        ("https://www.blog.example/1", "Small nets", None, ("Small nets", "blog.example")),
    ],
)
def test_a_medium_is_named_by_its_host(url, title, publisher, expected):
    drawn = drafted(an_article(url=url, title=title, publisher=publisher))
    assert (drawn.title, drawn.source) == expected


def test_a_plain_address_opens_as_the_source_spelled_it():
    article = an_article(url="http://www.blog.example/a/?utm_source=feed")
    assert article.canonical_url == "https://blog.example/a"
    assert drafted(article).url == "http://www.blog.example/a"


# further links


def labels_of(*candidates: Candidate) -> list[str]:
    return [link.label for link in drafted(*candidates).links]


def test_the_other_members_become_links_that_tell_their_role():
    drawn = drafted(an_article(), english(), a_repository(), a_paper())
    assert drawn.links == (
        Link(label="代码", url="https://github.com/Sample-Lab/TinyMix"),
        Link(label="报道原文", url="http://news.example.edu/2026/tinymix"),
        Link(label="端侧小报解读", url=WECHAT + "aaaaaa"),
    )


def test_a_foreign_article_is_the_original_of_a_chinese_one():
    assert labels_of(an_article(), english()) == ["原文"]


def test_a_report_on_anything_but_a_paper_explains_nothing():
    assert labels_of(a_repository(), an_article()) == ["端侧小报报道"]
    assert labels_of(an_article(), another_report()) == ["另一小报报道"]


def another_report() -> Candidate:
    return an_article("bbbbbb", title="TinyMix 上手", publisher="另一小报", published=on(28))


def test_a_reprint_of_what_is_linked_is_not_linked():
    reprints = [an_article(name * 6, publisher=f"转载号{name}") for name in "bcdef"]
    assert labels_of(an_article(), *reprints) == []
    assert labels_of(*reprints, a_paper(), an_article(), another_report()) == [
        "端侧小报解读",
        "另一小报解读",
    ]


def test_of_one_role_two_links_are_enough_and_labels_differ():
    reports = [an_article(name * 6, title=f"TinyMix 上手之{name}") for name in "abc"]
    assert labels_of(a_paper(), *reports) == ["端侧小报解读", "端侧小报解读2"]


def test_at_most_five_links_are_printed():
    story = (
        *(a_paper(), a_paper("https://arxiv.org/abs/2602.04321")),
        *(a_repository(), a_repository("other/port")),
        *(english(), an_article(), another_report()),
    )
    assert labels_of(*story) == ["论文", "代码", "代码2", "报道原文", "端侧小报解读"]


def test_code_that_the_abstract_names_is_linked():
    paper = a_paper(summary="We mix bits. Code: https://github.com/sample-lab/tinymix")
    assert drafted(paper).links == (
        Link(label="代码", url="https://github.com/sample-lab/tinymix"),
    )
    assert labels_of(paper, a_repository()) == ["代码"]


def test_a_paper_that_an_article_names_is_linked():
    article = an_article(summary="论文见 arXiv:2602.01234。")
    assert drafted(article).links == (Link(label="论文", url="https://arxiv.org/abs/2602.01234"),)


def test_where_several_are_named_none_is_the_storys():
    article = an_article(summary="arXiv:2602.01234 与 arXiv:2602.04321 都值得一读。")
    assert labels_of(article) == []


def test_what_the_primary_member_names_outranks_what_others_name():
    paper = a_paper(summary="Code: https://github.com/sample-lab/tinymix")
    report = an_article(
        summary="同类工作：https://github.com/other/one 、https://github.com/other/two"
    )
    assert drafted(paper, report).links[0].url == "https://github.com/sample-lab/tinymix"


def test_slides_video_and_home_page_of_the_thing_itself_are_linked():
    code = a_repository(
        homepage="https://tinymix.example",
        links=(
            "https://www.tinymix.example/about",
            "https://speakerdeck.com/sample/tinymix",
            "https://www.youtube.com/watch?v=abcdefghijk",
            "https://www.youtube.com/@sample",
        ),
    )
    assert labels_of(code) == ["slide", "视频", "项目主页"]


@pytest.mark.parametrize(
    "homepage",
    ["", "tinymix.example", "javascript:alert(1)", "https://github.com/sample-lab/tinymix#readme"],
)
def test_a_home_page_that_is_none_is_not_linked(homepage):
    assert labels_of(a_repository(homepage=homepage)) == []


def test_a_paper_as_home_page_is_the_paper():
    assert labels_of(a_repository(homepage="https://arxiv.org/abs/2602.01234")) == ["论文"]


def test_a_video_among_the_members_is_no_report():
    talk = an_article(url="https://www.bilibili.com/video/BV1xx411c7mD", publisher="某人")
    assert labels_of(a_paper(), talk) == ["视频"]


# the 摘要


def test_the_summary_is_an_article_in_the_newsletters_language_before_the_abstract():
    drawn = drafted(a_paper(), an_article(summary="样例团队把比特混在一起，模型小了一半。"))
    assert (drawn.summary, drawn.translate) == ("样例团队把比特混在一起，模型小了一半。", False)


def test_an_english_abstract_is_marked_for_translation():
    drawn = drafted(a_paper())
    assert (drawn.summary, drawn.translate) == ("We mix bits. They fit.", True)
    assert not drafted(a_paper(), language="en").translate


def test_a_description_that_the_title_says_already_is_no_summary():
    code = a_repository(description="3-bit kernels for phones.")
    assert (drafted(code).summary, drafted(code).translate) == ("", False)
    told = a_repository(description="3-bit kernels.", readme="TinyMix mixes bits on phones.")
    assert drafted(told).summary == "TinyMix mixes bits on phones."


def test_a_long_summary_ends_where_the_newsletter_says():
    article = an_article(summary="新版支持八比特量化推理。" * 20)
    assert drafted(article, summary_chars=50).summary == "新版支持八比特量化推理。" * 4


def test_a_story_that_nobody_said_a_word_about_has_no_summary():
    drawn = drafted(an_article(summary="", title="", url="https://blog.example/1"))
    assert (drawn.summary, drawn.title) == ("", "https://blog.example/1")
