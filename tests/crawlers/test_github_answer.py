"""Reading answers of GitHub's REST API."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.github_answer import SearchTotals, message_in, parse_github_search, search_totals
from crawlers.source import Parsed, ParsedEmpty, ParsedItems, ParsedRefusal, ParsedUnparsable
from store.models import Kind, Payload, RawItem, RepositoryFacts, SourceName
from tests.crawlers.github_records import encoded, release, repository, search

SOURCE = SourceName("GitHub 搜索")


def parse(body: bytes, **given: object) -> Parsed:
    payload = Payload(
        url="https://api.github.com/search/repositories?q=x",
        body=body,
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    return parse_github_search(payload, source=SOURCE, **given)  # type: ignore[arg-type]


def items_of(body: bytes) -> tuple[RawItem, ...]:
    parsed = parse(body)
    assert isinstance(parsed, ParsedItems), parsed
    return parsed.items


def facts_of(**given: object) -> RepositoryFacts:
    facts = items_of(encoded(repository(**given)))[0].repository  # type: ignore[arg-type]
    assert facts is not None
    return facts


def test_a_whole_repository():
    assert items_of(search(repository())) == (
        RawItem(
            source=SOURCE,
            external_id="4242",
            url="https://github.com/lab/four-bits",
            title="lab/four-bits",
            kind=Kind.REPOSITORY,
            summary="Four-bit networks for small boards",
            published=datetime(2026, 2, 20, 8, tzinfo=UTC),
            updated=datetime(2026, 2, 28, 9, tzinfo=UTC),
            publisher="GitHub",
            links=("https://four-bits.example.org",),
            repository=RepositoryFacts(
                full_name="lab/four-bits",
                repository_id=4242,
                description="Four-bit networks for small boards",
                language="C++",
                stars=321,
                forks=12,
                topics=("quantization", "tinyml"),
                licence="Apache-2.0",
                archived=False,
                homepage="https://four-bits.example.org",
                pushed_at=datetime(2026, 2, 28, 9, tzinfo=UTC),
                created_at=datetime(2026, 2, 20, 8, tzinfo=UTC),
            ),
        ),
    )


def test_a_repository_alone_and_in_a_list_reads_as_in_a_search():
    found = items_of(search(repository()))
    assert items_of(encoded(repository())) == found
    assert items_of(encoded([repository()])) == found


def test_a_whole_release():
    assert items_of(encoded([release()])) == (
        RawItem(
            source=SOURCE,
            external_id="99",
            url="https://github.com/lab/four-bits/releases/tag/v1.2.0",
            title="lab/four-bits v1.2.0: Faster int8",
            kind=Kind.RELEASE,
            summary="int8 kernels",
            published=datetime(2026, 2, 26, 8, tzinfo=UTC),
            publisher="GitHub",
            repository=RepositoryFacts(full_name="lab/four-bits"),
        ),
    )
    assert items_of(encoded(release())) == items_of(encoded([release()]))


def test_section_and_publisher_are_the_sources_choice():
    parsed = parse(encoded([repository(), release()]), section="开源项目", publisher="GH")
    assert isinstance(parsed, ParsedItems)
    assert {(item.section, item.publisher) for item in parsed.items} == {("开源项目", "GH")}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("v1.2.0", "lab/four-bits v1.2.0"),
        ("1.2.0", "lab/four-bits v1.2.0"),
        ("", "lab/four-bits v1.2.0"),
        (None, "lab/four-bits v1.2.0"),
        ("  Faster\n int8 ", "lab/four-bits v1.2.0: Faster int8"),
        ("V1.2.0 - Faster int8", "lab/four-bits v1.2.0: Faster int8"),
        ("1.2.0 – Faster int8", "lab/four-bits v1.2.0: Faster int8"),
        ("Four-Bits 1.2.0", "lab/four-bits v1.2.0"),
        ("Four-Bits v1.2.0: Faster int8", "lab/four-bits v1.2.0: Faster int8"),
        ("Four bits 1.2.0", "lab/four-bits v1.2.0: Four bits 1.2.0"),
        ("v1.2.0.1 hotfix", "lab/four-bits v1.2.0: v1.2.0.1 hotfix"),
    ],
)
def test_a_releases_title_does_not_repeat_its_tag(name, title):
    assert items_of(encoded([release(name=name)]))[0].title == title


def test_drafts_are_left_out_and_prereleases_where_unwanted():
    body = encoded([
        release(number=1, draft=True), release(number=2, prerelease=True), release(number=3),
    ])  # fmt: skip
    assert [item.external_id for item in items_of(body)] == ["2", "3"]
    parsed = parse(body, prereleases=False)
    assert isinstance(parsed, ParsedItems)
    assert [item.external_id for item in parsed.items] == ["3"]
    assert isinstance(parse(encoded([release(draft=True)])), ParsedEmpty)


@pytest.mark.parametrize(
    ("field", "odd"),
    [
        ("description", 3), ("homepage", []), ("language", {}), ("stargazers_count", "many"),
        ("stargazers_count", -1), ("forks_count", 10**30), ("topics", "tinyml"), ("license", "MIT"),
        ("archived", "perhaps"), ("created_at", "long ago"), ("created_at", "2026-02-20T08:00:00"),
        ("pushed_at", "0001-01-01T00:00:00+14:00"), ("html_url", "ftp://x"),
    ],
)  # fmt: skip
def test_an_odd_optional_field_counts_as_not_given(field, odd):
    given, missing = repository() | {field: odd}, repository() | {field: None}
    assert items_of(search(given)) == items_of(search(missing))


def test_what_is_not_given_stays_missing():
    (item,) = items_of(encoded({"id": 1, "full_name": "a/b"}))
    assert item.url == "https://github.com/a/b"
    assert item.repository == RepositoryFacts(full_name="a/b", repository_id=1)
    assert (item.summary, item.links, item.published) == ("", (), None)


def test_a_licence_that_github_could_not_tell_is_none():
    assert facts_of(license={"spdx_id": "NOASSERTION"}).licence is None
    assert facts_of(license=None).licence is None


def test_only_a_homepage_on_the_web_is_a_link():
    assert facts_of(homepage="four-bits.example.org").homepage == "four-bits.example.org"
    assert items_of(encoded(repository(homepage="four-bits.example.org")))[0].links == ()
    assert facts_of(homepage=" ").homepage is None


@pytest.mark.parametrize(
    "bad",
    [
        repository() | {"full_name": "none"},
        repository() | {"id": None},
        repository() | {"id": 2**63},
        release() | {"html_url": "https://github.com/lab"},
        release() | {"tag_name": ""},
        "text",
        None,
    ],
)
def test_an_entry_without_what_identifies_it_costs_no_other(bad):
    parsed = parse(encoded([repository("a/a", 1), bad, repository("b/b", 2)]))
    assert isinstance(parsed, ParsedItems)
    assert [item.external_id for item in parsed.items] == ["1", "2"]
    assert len(parsed.warnings) == 1
    assert "entry 2 left out" in parsed.warnings[0]
    assert isinstance(parse(encoded([bad])), ParsedUnparsable)


def test_no_results_are_empty():
    assert parse(search()) == ParsedEmpty(reason="no results")
    assert parse(encoded([])) == ParsedEmpty(reason="no results")


def test_an_error_is_told_in_githubs_words():
    gone = encoded({"message": "Not\nFound", "status": "404"})
    assert parse(gone) == ParsedRefusal(reason="GitHub says: Not Found", retryable=False)
    limited = encoded({"message": "API rate limit exceeded for 192.0.2.1."})
    assert parse(limited) == ParsedRefusal(
        reason="GitHub says: API rate limit exceeded for 192.0.2.1.", retryable=True
    )


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"null", b"3", b'"x"', b"{}", b'{"items": 3}', b'{"id": 3}', b"[" * 100_000],
)
def test_what_is_no_answer_of_the_api_is_unparsable(body):
    assert isinstance(parse(body), ParsedUnparsable)
    assert search_totals(body) is None
    assert message_in(body) == ""


@given(st.binary(max_size=300))
def test_no_bytes_raise(body):
    parse(body)
    search_totals(body)
    message_in(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(repository())), JSON, max_size=5))
def test_no_fields_of_a_repository_raise(fields):
    parse(search(repository(**{k: v for k, v in fields.items() if k != "full_name"})))


@given(st.dictionaries(st.sampled_from(sorted(release())), JSON, max_size=5))
def test_no_fields_of_a_release_raise(fields):
    parse(encoded([release(**fields)]))


def test_totals_say_how_much_a_search_found():
    assert search_totals(search(total=1234, incomplete=True)) == SearchTotals(
        total=1234, incomplete=True
    )
    assert search_totals(b'{"total_count": true, "items": []}') is None


def test_a_message_carries_the_reasons_listed():
    body = encoded({
        "message": "Validation Failed",
        "errors": [{"message": "The search is longer than 256 characters."}, {"code": "x"}, 3],
    })  # fmt: skip
    assert message_in(body) == "Validation Failed: The search is longer than 256 characters."
