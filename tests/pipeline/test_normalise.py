from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.normalise import clean_line, normalise
from store.models import Kind, PaperFacts, RawItem, RepositoryFacts
from tests.builders import an_item
from tests.pipeline.addresses import ANYTHING


def a_paper(**changes: Any) -> RawItem:
    facts = PaperFacts(arxiv_id="1812.00332", version=1, comment="8 pages")
    return an_item(url="https://arxiv.org/abs/1812.00332v1", paper=replace(facts, **changes))


def a_repository(**changes: Any) -> RawItem:
    facts = RepositoryFacts(full_name="Owner/Name", repository_id=42, stars=7)
    return an_item(url="https://github.com/Owner/Name", repository=replace(facts, **changes))


def test_an_article():
    item = an_item(
        url="http://www.example.com/a/?utm_source=x",
        title="  端侧推理框架\u200b发布\n新版 ",
        text="代码：https://github.com/owner/name。",
        links=("https://arxiv.org/pdf/1812.00332v2",),
    )
    candidate = normalise(item)
    assert candidate.item is item
    assert candidate.kind is Kind.ARTICLE
    assert candidate.canonical_url == "https://example.com/a"
    assert candidate.keys == ("url:example.com/a",)
    assert candidate.mentions == ("github:owner/name", "arxiv:1812.00332")
    assert candidate.title == "端侧推理框架发布 新版"
    assert candidate.language == "zh"
    assert candidate.published == item.published


def test_a_paper_has_the_keys_of_its_preprint_and_its_publication():
    candidate = normalise(a_paper(doi="10.1145/3297858.3304028", comment="Code: github.com/a/b"))
    assert candidate.kind is Kind.PAPER
    assert candidate.keys == ("arxiv:1812.00332", "doi:10.1145/3297858.3304028")
    assert candidate.mentions == ("github:a/b",)
    assert candidate.canonical_url == "https://arxiv.org/abs/1812.00332"


def test_facts_name_a_paper_whose_address_does_not():
    item = replace(a_paper(arxiv_id="cs.CV/0112017v2"), url="https://lab.example.org/paper.pdf")
    assert normalise(item).keys == ("arxiv:cs/0112017", "url:lab.example.org/paper.pdf")
    assert normalise(item).kind is Kind.PAPER


def test_several_dois_in_one_field():
    keys = normalise(a_paper(doi="10.1145/1.2 10.48550/arXiv.1812.00332 nonsense")).keys
    assert keys == ("arxiv:1812.00332", "doi:10.1145/1.2")


def test_a_repository_has_its_number_and_its_new_name():
    item = replace(a_repository(full_name="Renamed/Name"), url="https://github.com/Owner/Name")
    candidate = normalise(item)
    assert candidate.kind is Kind.REPOSITORY
    assert candidate.keys == ("github:owner/name", "github:renamed/name", "github-id:42")


def test_a_repository_mentions_what_its_readme_and_homepage_name():
    item = a_repository(
        homepage="https://arxiv.org/abs/1812.00332",
        readme="A port of https://github.com/other/name; see https://github.com/owner/name/wiki",
    )
    assert normalise(item).mentions == ("github:other/name", "arxiv:1812.00332")


def test_the_word_of_the_source_decides_on_the_kind():
    url = "https://github.com/owner/name/releases/tag/v1.0"
    assert normalise(an_item(url=url, kind=Kind.RELEASE)).kind is Kind.RELEASE
    assert normalise(an_item(url=url)).kind is Kind.REPOSITORY


@pytest.mark.parametrize("url", ["", "#", "javascript:void(0)", "/a/b", "about:blank"])
def test_an_item_without_an_address_is_known_by_its_source(url):
    one = normalise(an_item(url=url, source="量子位", external_id="7"))
    other = normalise(an_item(url=url, source="量子位", external_id="8"))
    assert one.keys == ("item:量子位/7",)
    assert not set(one.keys) & set(other.keys)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (" a \t b\r\nc\u2028d\u3000e\xa0f\x85g ", "a b c d e f g"),
        ("a\x00b\x1bc\x7fd\x9fe", "abcde"),
        ("量\u200b化\u200d\ufeff\u2060", "量化"),
        ("\u202eabc\u2066d\u2069\u200f", "abcd"),
        ("a\ud800b\U000e0041c\ufffed", "abcd"),
        ("R&amp;D &lt;b&gt;", "R&amp;D &lt;b&gt;"),
        ("C++ ❤️ 🚀 é", "C++ ❤️ 🚀 é"),
        ("\u200b\n", ""),
    ],
)
def test_clean_line(text, line):
    assert clean_line(text) == line


@given(st.text(st.characters(), max_size=40))
def test_a_clean_line_is_one_line_that_can_be_stored_and_stays_clean(text):
    line = clean_line(text)
    assert clean_line(line) == line
    assert line == line.strip()
    assert len(line.splitlines()) <= 1
    assert line.encode("utf-8").decode("utf-8") == line


@pytest.mark.parametrize(
    "news",
    [
        {"title": "端侧推理框架发布第二版"},
        {"summary": "新版支持 INT4 量化。"},
        {"text": "全文"},
        {"paper": PaperFacts(version=2)},
        {"paper": PaperFacts(version=1, venue="CVPR 2026")},
        {"paper": PaperFacts(version=1, comment="Accepted by CVPR 2026")},
        {"repository": RepositoryFacts(full_name="a/b", archived=True)},
    ],
)
def test_news_changes_the_content_hash(news):
    before = an_item(paper=PaperFacts(version=1), repository=RepositoryFacts(full_name="a/b"))
    assert normalise(before).content_hash != normalise(replace(before, **news)).content_hash


def test_another_release_changes_the_content_hash():
    one, other = (an_item(kind=Kind.RELEASE, external_id=tag) for tag in ("v1", "v2"))
    assert normalise(one).content_hash != normalise(other).content_hash


@pytest.mark.parametrize(
    "noise",
    [
        {"stars": 9000, "forks": 2, "stars_in_period": 40, "period": "daily", "rank": 3},
        {"pushed_at": datetime(2026, 3, 1, tzinfo=UTC), "topics": ("a",)},
        {"archived": False},
    ],
)
def test_counts_and_ranks_are_no_news(noise):
    assert normalise(a_repository()).content_hash == normalise(a_repository(**noise)).content_hash


def test_white_space_is_no_news():
    rewrapped = an_item(summary=" 新版支持\u200b INT8\n量化。 ")
    assert normalise(rewrapped).content_hash == normalise(an_item()).content_hash
    assert len(normalise(an_item()).content_hash) == 64


_TEXT = st.one_of(
    st.text(max_size=20), st.text(st.characters(categories=["Cs", "Cf", "Cc", "Lo"]), max_size=8)
)
_ITEMS = st.builds(
    RawItem,
    source=_TEXT,
    external_id=_TEXT,
    url=ANYTHING,
    title=_TEXT,
    kind=st.none() | st.sampled_from(Kind),
    summary=_TEXT,
    text=ANYTHING,
    links=st.lists(ANYTHING, max_size=2).map(tuple),
    paper=st.none()
    | st.builds(
        PaperFacts,
        arxiv_id=st.none() | _TEXT,
        version=st.none() | st.integers(),
        comment=st.none() | _TEXT,
        doi=st.none() | _TEXT,
    ),
    repository=st.none()
    | st.builds(
        RepositoryFacts,
        full_name=_TEXT,
        repository_id=st.none() | st.integers(),
        homepage=st.none() | ANYTHING,
        readme=st.none() | _TEXT,
    ),
)


@given(_ITEMS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_item_becomes_a_candidate(item):
    candidate = normalise(item)
    assert candidate == normalise(item)
    assert candidate.keys
    assert len(set(candidate.keys)) == len(candidate.keys)
    assert not set(candidate.keys) & set(candidate.mentions)
    assert candidate.language in ("zh", "en", "ja", "ko", "und")
    derived = [
        getattr(candidate, field.name) for field in fields(candidate) if field.name != "item"
    ]
    for value in derived:
        for text in value if isinstance(value, tuple) else (str(value),):
            assert text.encode("utf-8").decode("utf-8") == text
