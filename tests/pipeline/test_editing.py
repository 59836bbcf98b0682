"""A draft as a form and back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import InputError
from config.load import load_settings
from pipeline.editing import FIELDS, draft_of, form_of
from store.models import Link
from tests.builders import a_draft

SETTINGS = load_settings(environment=False)
FULL = a_draft(
    section=SETTINGS.sections[0].name,
    tags=("2602.90100", "CVPR 2026"),
    source="量子位",
    links=(
        Link(label="代码", url="https://github.com/lab/x"),
        Link(label="报道 原文", url="https://a.example/", brackets=False),
    ),
    summary="第一段\n第二段",
    details="论文：某处",
    items=(a_draft(title="里面的一条"),),
    translate=True,
)
WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)
LINKS = st.builds(
    Link, label=WORDS, url=st.sampled_from(["https://a.example/", "http://b.example/?q=1"])
)


def test_a_form_says_everything_that_it_shows():
    assert tuple(form_of(FULL)) == FIELDS
    assert draft_of(form_of(FULL), FULL, SETTINGS) == FULL


@given(
    title=WORDS,
    tags=st.lists(WORDS, max_size=3),
    links=st.lists(LINKS, max_size=3, unique_by=lambda link: (link.label, link.url)),
    translate=st.booleans(),
)
def test_a_draft_comes_back_as_it_went(title, tags, links, translate):
    draft = replace(
        FULL, title=title, tags=tuple(tags), links=tuple(links), translate=translate, summary=title
    )
    assert draft_of(form_of(draft), FULL, SETTINGS) == draft


def test_what_is_absent_stays_as_it_was():
    assert draft_of({"title": "新"}, FULL, SETTINGS) == replace(FULL, title="新")


def test_a_browsers_line_ends_and_stray_blanks_are_no_text():
    form = {"summary": "  一  \r\n二\r\n\r\n", "tags": "\r\n 甲 \r\n", "links": "\r\n"}
    draft = draft_of(form, FULL, SETTINGS)
    assert (draft.summary, draft.tags, draft.links) == ("一\n二", ("甲",), ())


def test_a_bare_link_stays_bare_and_a_new_one_gets_brackets():
    links = "新 https://new.example/\n报道 原文 https://a.example/"
    draft = draft_of({"links": links}, FULL, SETTINGS)
    assert [link.brackets for link in draft.links] == [True, False]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", " \u200b "),
        ("links", "https://nolabel.example"),
        ("links", "坏 javascript:alert(1)"),
        ("url", "ftp://a.example/"),
        ("url", ""),
        ("section", "诗"),
    ],
)
def test_what_cannot_print_is_refused_by_the_name_of_its_field(field, value):
    with pytest.raises(InputError, match=f"^{field}: "):
        draft_of({field: value}, FULL, SETTINGS)
