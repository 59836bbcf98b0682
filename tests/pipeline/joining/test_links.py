from dataclasses import replace
from typing import Any

import pytest

from config.story_settings import Lexicon
from pipeline.joining.links import link, same_subject
from pipeline.joining.words import Vocabulary
from store.models import CandidateId, IdentityKey, Kind, Profile, SourceName

VOCABULARY = Vocabulary(Lexicon(columns=("周刊",)))

PAPER = Profile(
    id=CandidateId(1),
    source=SourceName("arXiv"),
    external_id="p",
    kind=Kind.PAPER,
    language="en",
    title="FrobQuant: Two-Bit Weights without Regret",
    publisher="",
    day=1,
    keys=(IdentityKey("arxiv:2602.90001"),),
    mentions=(),
)


def changed(profile: Profile, **changes: Any) -> Profile:
    return replace(profile, **changes)


CODE = changed(
    PAPER, id=2, kind=Kind.REPOSITORY, title="lab/frobquant: Code", keys=("github:lab/frobquant",)
)
REPORT = changed(
    PAPER, id=3, kind=Kind.ARTICLE, language="zh", title="两比特权重也能用", keys=("url:a",)
)


def linked(a, b):
    found = [
        link(x, y, VOCABULARY.read(x.title), VOCABULARY.read(y.title)) for x, y in ((a, b), (b, a))
    ]
    assert found[0] == found[1]
    return found[0]


def test_a_report_that_names_one_paper_is_about_it():
    assert linked(changed(REPORT, mentions=PAPER.keys), PAPER) == "arxiv:2602.90001"


def test_a_report_that_names_several_papers_is_about_the_one_in_its_headline():
    several = (*PAPER.keys, "arxiv:2602.90002")
    assert linked(changed(REPORT, mentions=several), PAPER) is None
    named = changed(REPORT, mentions=several, title="FrobQuant：两比特权重也能用")
    assert linked(named, PAPER) == "arxiv:2602.90001"


def test_a_round_up_is_about_nothing_that_it_links():
    many = (*PAPER.keys, *(f"arxiv:2602.9100{n}" for n in range(7)))
    assert linked(changed(REPORT, mentions=many, title="FrobQuant 等八篇论文"), PAPER) is None
    weekly = changed(REPORT, mentions=PAPER.keys, title="端侧周刊：FrobQuant")
    assert linked(weekly, PAPER) is None


def test_a_repository_must_be_named_in_the_headline_of_a_report():
    assert linked(changed(REPORT, mentions=CODE.keys), CODE) is None
    named = changed(REPORT, mentions=CODE.keys, title="FrobQuant 开源：两比特权重也能用")
    assert linked(named, CODE) == "github:lab/frobquant"


@pytest.mark.parametrize(
    ("of_paper", "of_code", "title", "is_linked"),
    [
        (("github:lab/frobquant",), ("arxiv:2602.90001",), "lab/other-name: Code", True),
        ((), ("arxiv:2602.90001",), "lab/frobquant: Code", True),
        (("github:lab/frobquant",), (), "lab/frobquant: Code", True),
        ((), ("arxiv:2602.90001", "arxiv:2602.90002"), "lab/frobquant: Code", False),
        ((), (), "lab/frobquant: Code", False),
    ],
)
def test_code_and_paper(of_paper, of_code, title, is_linked):
    paper, code = changed(PAPER, mentions=of_paper), changed(CODE, mentions=of_code, title=title)
    assert (linked(paper, code) is not None) == is_linked


def test_a_reimplementation_under_another_name_is_not_the_code_of_the_paper():
    other = changed(
        CODE, mentions=PAPER.keys, keys=("github:else/tinywidgets",), title="else/tinywidgets"
    )
    assert linked(other, PAPER) is None


def test_a_paper_that_cites_a_paper_is_another_one():
    other = changed(PAPER, id=9, keys=("arxiv:2602.90009",), mentions=PAPER.keys)
    assert linked(other, PAPER) is None


def test_two_articles_that_name_one_paper_and_no_other_have_one_subject():
    a, b = (changed(REPORT, id=n, mentions=PAPER.keys) for n in (3, 4))
    heading = VOCABULARY.read(REPORT.title)
    assert same_subject(a, b, heading, heading) == "arxiv:2602.90001"
    two = changed(b, mentions=(*PAPER.keys, "doi:10.1/x"))
    assert same_subject(a, two, heading, heading) is None
