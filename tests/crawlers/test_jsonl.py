"""Candidates in JSON Lines: what is written is read again, and a bad line costs only itself."""

import hashlib
import json
import re
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import FileSettings
from crawlers.jsonl import FileSource, dump_items, parse_jsonl
from crawlers.source import (
    Empty,
    Failed,
    Items,
    NotModified,
    Parsed,
    ParsedEmpty,
    ParsedItems,
    ParsedUnparsable,
    Unparsable,
)
from store.models import (
    Kind,
    PaperFacts,
    Payload,
    RawItem,
    RepositoryFacts,
    SourceName,
    SourceState,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NAME = SourceName("手工")


def parse(body: str | bytes) -> Parsed:
    encoded = body.encode() if isinstance(body, str) else body
    payload = Payload(url="file:///candidates.jsonl", body=encoded, fetched_at=NOW)
    return parse_jsonl(payload, source=NAME)


def items(body: str | bytes) -> tuple[RawItem, ...]:
    parsed = parse(body)
    assert isinstance(parsed, ParsedItems), parsed
    return parsed.items


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
hostile = st.sampled_from(
    ['"', "\\", "</script>", "[x](y) | z", "a\u2028b", "\u202eabc", "😀", "```", "{{ x }}", "\x7f"]
)
title = (text | hostile).map(lambda written: " ".join(written.split()))
address = st.sampled_from(["https://example.org/a?b=%22&c#d", "http://例子.中国/路", ""])
number = st.none() | st.integers(0, 2**63 - 1)
moment = st.none() | st.datetimes(
    min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1), timezones=st.just(UTC)
)
texts = st.lists(text, max_size=3).map(tuple)
papers = st.builds(
    PaperFacts, arxiv_id=st.none() | text, version=number, categories=texts, venue=st.none() | text
)
repositories = st.builds(
    RepositoryFacts,
    full_name=text,
    description=st.none() | text,
    stars=number,
    period=st.sampled_from([None, "daily", "weekly", "monthly"]),
    topics=texts,
    archived=st.sampled_from([None, True, False]),
    pushed_at=moment,
)
raw_items = st.builds(
    RawItem,
    source=st.just(NAME),
    external_id=text.filter(bool),
    url=address,
    title=title,
    kind=st.sampled_from([None, *Kind]),
    summary=text,
    text=text,
    published=moment,
    updated=moment,
    authors=texts,
    publisher=st.none() | text,
    language=st.none() | text,
    links=st.lists(address.filter(bool), max_size=2).map(tuple),
    paper=st.none() | papers,
    repository=st.none() | repositories,
    section=st.none() | text,
    note=st.none() | text,
    expiring=st.booleans(),
).filter(lambda item: item.url or item.title)


@given(st.lists(raw_items, min_size=1, max_size=3))
def test_what_is_written_is_read_again(written):
    parsed = parse("\n".join(dump_items(written)))
    assert parsed == ParsedItems(items=tuple(written))


def test_what_is_written_can_be_read_by_a_person():
    item = RawItem(
        source=NAME, external_id="1", url="https://example.org/1", title="量化", published=NOW
    )
    (line,) = dump_items([item])
    assert line == (
        '{"source": "手工", "external_id": "1", "url": "https://example.org/1", "title": "量化",'
        ' "published": "2026-03-01T00:00:00+00:00"}'
    )


def test_what_cannot_be_stored_is_replaced_and_not_a_crash():
    item = RawItem(source=NAME, external_id="1", url="", title="a\0b\ud800c")
    (line,) = dump_items([item])
    assert [read.title for read in items(line)] == ["a\ufffdb\ufffdc"]
    assert items(r'{"title": "a\u0000b\ud800c"}')[0].title == "a\ufffdb\ufffdc"


def test_a_line_needs_only_an_address_or_a_title():
    by_address, by_title = items('{"url": "https://example.org/1"}\n{"title": " 只有\\n标题 "}')
    assert (by_address.external_id, by_address.title) == ("https://example.org/1", "")
    assert (by_title.url, by_title.title) == ("", "只有 标题")


def test_null_counts_as_missing():
    line = {
        "title": "x",
        "url": None,
        "links": None,
        "paper": None,
        "repository": {"full_name": "mei/tiny-net", "topics": None},
    }
    (item,) = items(json.dumps(line))
    assert item.repository == RepositoryFacts(full_name="mei/tiny-net")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03-01T08:00:00+08:00", NOW),
        ("2026-03-01T00:00:00Z", NOW),
        ("2026-03-01T00:00:00", NOW),
        ("2026-03-01", NOW),
    ],
)
def test_times_are_utc_unless_they_say_otherwise(written, read):
    (item,) = items(json.dumps({"title": "x", "published": written}))
    assert item.published == read
    assert item.published is not None
    assert item.published.utcoffset() == timedelta(0)


def test_times_of_any_zone_are_written_as_the_same_moment():
    east = datetime(2026, 3, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    item = RawItem(source=NAME, external_id="1", url="", title="x", published=east)
    assert items("".join(dump_items([item])))[0].published == NOW


def test_byte_order_mark_crlf_and_blank_lines_do_not_count():
    body = b'\xef\xbb\xbf{"title": "a"}\r\n\r\n   \n{"title": "b"}\r\n'
    assert [item.title for item in items(body)] == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "warning"),
    [
        ('{"title": "x"', "line 2: not JSON: Expecting ',' delimiter at column 14"),
        ('["x"]', "line 2: not a JSON object"),
        ("{}", "line 2: neither url nor title"),
        ('{"title": " ", "external_id": "1"}', "line 2: neither url nor title"),
        ('{"title": 7}', "line 2: external_id: Input should be a valid string"),
        ('{"url": "ftp://x/y"}', "line 2: 'ftp://x/y' is no http or https address"),
        (
            '{"title": "x", "links": ["javascript:a"]}',
            "line 2: 'javascript:a' is no http or https address",
        ),
        ('{"title": "x", "published": "soon"}', "line 2: published: 'soon' is no date of ISO 8601"),
        ('{"title": "x", "updated": 1700000000}', "line 2: updated: '1700000000' is no date of"),
        (
            '{"title": "x", "published": "0001-01-01T00:00:00+08:00"}',
            "line 2: published: '0001-01-01T00:00:00+08:00' is no date of ISO 8601",
        ),
        (
            '{"title": "x", "repository": {"full_name": "a/b", "pushed_at": ""}}',
            "line 2: repository.pushed_at: '' is no date of ISO 8601",
        ),
        (
            '{"title": "x", "repository": {"full_name": "a/b", "stars": 1e99}}',
            "line 2: repository.stars: ",
        ),
        (
            '{"title": "x", "repository": {"full_name": "a/b", "stars": 99999999999999999999}}',
            "line 2: repository.stars: 99999999999999999999 is out of range",
        ),
        ('{"title": "x", "repository": {}}', "line 2: repository.full_name: Field required"),
        ('{"title": "x", "kind": "video"}', "line 2: kind: Input should be 'paper', "),
        ('{"title": "x", "authors": "小林"}', "line 2: authors: Input should be a valid tuple"),
        ('{"title": NaN}', "line 2: external_id: Input should be a valid string"),
        ("[" * 100_000, "line 2: nested too deeply"),
        ('{"title": "x", "paper": ' + "[" * 500 + "]" * 500 + "}", "line 2: "),
    ],
)
def test_a_bad_line_is_named_and_costs_no_other(line, warning):
    parsed = parse(f'{{"title": "before"}}\n{line}\n{{"title": "after"}}\n')
    assert isinstance(parsed, ParsedItems)
    assert [item.title for item in parsed.items] == ["before", "after"]
    (told,) = parsed.warnings
    assert told.startswith(warning)


def test_a_line_that_is_not_utf8_is_named():
    parsed = parse('{"title": "好"}\n'.encode() + '{"title": "量化"}\n'.encode("gbk"))
    assert isinstance(parsed, ParsedItems)
    assert parsed.warnings == ("line 2: not UTF-8 at byte 12",)


def test_unknown_keys_are_told_and_ignored():
    line = (
        '{"title": "x", "titel": "y", "stars": -1, "paper": {"arxiv_id": "1812.00332", "pages": 9}}'
    )
    parsed = parse(line)
    assert isinstance(parsed, ParsedItems)
    assert parsed.items[0].paper == PaperFacts(arxiv_id="1812.00332")
    assert parsed.warnings == tuple(
        f"line 1: unknown key {key!r} ignored" for key in ("titel", "stars", "paper.pages")
    )


def test_thousands_of_bad_lines_do_not_make_thousands_of_warnings():
    parsed = parse('{"title": "x"}\n' + "?\n" * 1000)
    assert isinstance(parsed, ParsedItems)
    assert len(parsed.warnings) == 51
    assert parsed.warnings[-1] == "and 950 more warnings"


def test_a_file_without_a_good_line_is_unparsable_and_one_without_lines_is_empty():
    assert parse('[{"title": "x"}]') == ParsedUnparsable(
        reason="no line could be read; line 1: not a JSON object"
    )
    assert (
        parse(b"") == parse(b"\xef\xbb\xbf\n \r\n") == ParsedEmpty(reason="the file has no lines")
    )


@given(st.binary() | st.text(alphabet='{}[]":,\\u0dtileur -1e9\n').map(str.encode))
def test_no_bytes_make_it_raise(body):
    parse(body)


def test_the_format_is_documented_key_by_key():
    document = Path(__file__).parents[2] / "docs" / "candidates.md"
    named = set(re.findall(r"`(\w+)`", document.read_text(encoding="utf-8")))
    known = {
        field.name for kind in (RawItem, PaperFacts, RepositoryFacts) for field in fields(kind)
    }
    assert known - {"source"} <= named


def source(path: Path, **settings: str) -> FileSource:
    return FileSource(
        settings=FileSettings.model_validate(
            {"kind": "file", "name": NAME, "path": path.name, **settings}
        ),
        path=path,
    )


def test_a_file_is_read_and_then_not_again_until_it_changes(tmp_path):
    path = tmp_path / "候选.jsonl"
    path.write_text('{"title": "a"}\n', encoding="utf-8")
    files = source(path)
    first = files.fetch(SourceState(), NOW)
    assert isinstance(first, Items)
    assert [item.title for item in first.items] == ["a"]
    assert first.pages[0].payload.url == path.as_uri()
    assert first.state.body_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert files.fetch(first.state, NOW) == NotModified(state=first.state)
    path.write_text('{"title": "b"}\n', encoding="utf-8")
    again = files.fetch(first.state, NOW)
    assert isinstance(again, Items)
    assert [item.title for item in again.items] == ["b"]


def test_section_and_publisher_of_the_source_stand_in(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"title": "a"}\n{"title": "b", "section": "论文", "publisher": "某媒体"}\n')
    outcome = source(path, section="文章", publisher="读者").fetch(SourceState(), NOW)
    assert isinstance(outcome, Items)
    assert [(item.section, item.publisher) for item in outcome.items] == [
        ("文章", "读者"),
        ("论文", "某媒体"),
    ]


def test_a_file_without_candidates_is_a_value(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"")
    assert isinstance(source(path).fetch(SourceState(), NOW), Empty)
    path.write_bytes(b"?")
    assert isinstance(source(path).fetch(SourceState(), NOW), Unparsable)


def test_a_file_that_cannot_be_read_is_a_value(tmp_path):
    missing = tmp_path / "missing.jsonl"
    assert source(missing).fetch(SourceState(), NOW) == Failed(
        cause=f"there is no file {missing}", retryable=False
    )
    for path in (tmp_path, tmp_path / "a\0b"):
        outcome = source(path).fetch(SourceState(), NOW)
        assert isinstance(outcome, Failed)
        assert outcome.cause.startswith(f"cannot read {path}: ")
