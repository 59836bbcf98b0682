"""Reading answers of the arXiv API."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.arxiv_answer import Listing, addresses_in, error_in, listing, parse_arxiv
from crawlers.source import Parsed, ParsedEmpty, ParsedItems, ParsedRefusal, ParsedUnparsable
from store.models import Kind, PaperFacts, Payload, RawItem, SourceName
from tests.crawlers.arxiv_feeds import entry, error_feed, feed

SOURCE = SourceName("arXiv 量化")


def parse(body: bytes, **given: str) -> Parsed:
    payload = Payload(
        url="https://export.arxiv.org/api/query?search_query=x",
        body=body,
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    return parse_arxiv(payload, source=SOURCE, **given)


def items_of(body: bytes) -> tuple[RawItem, ...]:
    parsed = parse(body)
    assert isinstance(parsed, ParsedItems), parsed
    return parsed.items


def test_a_whole_entry():
    written = entry(
        "2602.01234v3",
        updated="2026-02-27T09:00:00Z",
        published="2026-02-20T17:30:00-05:00",
        title="Four Bits\n  Are Enough &amp; More",
        summary="\n  We halve it.\n  Code: https://github.com/lab/four-bits.\n",
        extra=(
            "<author><name>Mei Lin</name><arxiv:affiliation>Lab</arxiv:affiliation></author>"
            "<author><name> Jan  Novák </name></author><author><name/></author>"
            '<category term="cs.LG"/><category term="cs.CV"/>'
            '<arxiv:primary_category term="cs.CV"/>'
            "<arxiv:comment>Accepted at\n CVPR 2026</arxiv:comment>"
            "<arxiv:journal_ref>J. Small Models 3 (2026)</arxiv:journal_ref>"
            "<arxiv:doi>10.1000/182</arxiv:doi>"
        ),
    )
    assert items_of(feed(written)) == (
        RawItem(
            source=SOURCE,
            external_id="2602.01234",
            url="https://arxiv.org/abs/2602.01234",
            title="Four Bits Are Enough & More",
            kind=Kind.PAPER,
            summary="We halve it. Code: https://github.com/lab/four-bits.",
            published=datetime(2026, 2, 20, 22, 30, tzinfo=UTC),
            updated=datetime(2026, 2, 27, 9, 0, tzinfo=UTC),
            authors=("Mei Lin", "Jan Novák"),
            publisher="arXiv",
            language="en",
            links=("https://github.com/lab/four-bits",),
            paper=PaperFacts(
                arxiv_id="2602.01234",
                version=3,
                categories=("cs.CV", "cs.LG"),
                comment="Accepted at CVPR 2026",
                journal_ref="J. Small Models 3 (2026)",
                doi="10.1000/182",
            ),
        ),
    )


def test_what_is_not_given_stays_missing():
    (item,) = items_of(feed(entry()))
    assert item.paper == PaperFacts(arxiv_id="2602.01234", version=1)
    assert (item.authors, item.links, item.section) == ((), (), None)


def test_section_and_publisher_are_the_sources_choice():
    parsed = parse(feed(entry()), section="论文", publisher="arXiv.org")
    assert isinstance(parsed, ParsedItems)
    assert (parsed.items[0].section, parsed.items[0].publisher) == ("论文", "arXiv.org")


@pytest.mark.parametrize(
    ("written", "arxiv_id", "version"),
    [
        ("0704.0001v2", "0704.0001", 2),
        ("cs/0112017v1", "cs/0112017", 1),
        ("math.GT/0309136v12", "math.GT/0309136", 12),
        ("2602.01234", "2602.01234", None),
    ],
)
def test_ids_of_every_age_lose_their_version(written, arxiv_id, version):
    (item,) = items_of(feed(entry(written)))
    assert item.paper is not None
    assert (item.external_id, item.paper.version) == (arxiv_id, version)
    assert item.url == f"https://arxiv.org/abs/{arxiv_id}"


def test_entries_stand_in_page_order():
    body = feed(entry("2602.00003v1"), entry("2602.00001v1"), entry("2602.00002v1"))
    assert [i.external_id for i in items_of(body)] == ["2602.00003", "2602.00001", "2602.00002"]


@pytest.mark.parametrize(
    "bad",
    [
        entry("2602.09999v1", updated="yesterday"),
        entry("2602.09999v1", updated="0001-01-01T00:00:00+14:00"),
        entry("2602.09999v1", published=None),
        entry("not-an-id"),
        "<entry/>",
    ],
    ids=["date", "date out of range", "no date", "id", "nothing"],
)
def test_a_bad_entry_costs_no_other(bad):
    parsed = parse(feed(entry("2602.00001v1"), bad, entry("2602.00002v1")))
    assert isinstance(parsed, ParsedItems)
    assert [item.external_id for item in parsed.items] == ["2602.00001", "2602.00002"]
    assert len(parsed.warnings) == 1
    assert "left out" in parsed.warnings[0]


def test_a_page_of_bad_entries_alone_is_unparsable():
    parsed = parse(feed(entry(published=None), entry("nothing")))
    assert isinstance(parsed, ParsedUnparsable)
    assert "none of 2 entries" in parsed.reason


def test_an_answer_cut_off_gives_what_was_whole():
    body = feed(entry("2602.00001v1"), entry("2602.00002v1"))
    parsed = parse(body[: body.rindex(b"<published>")])
    assert isinstance(parsed, ParsedItems)
    assert [item.external_id for item in parsed.items] == ["2602.00001"]


def test_no_results_are_empty():
    assert parse(feed()) == ParsedEmpty(reason="no results")
    assert parse(feed(total=30, start=30)) == ParsedEmpty(reason="no more than 30 results")


def test_a_page_without_the_results_it_announces_is_not_believed():
    assert isinstance(parse(feed(total=30, start=10)), ParsedUnparsable)


def test_an_error_is_told_in_arxivs_words():
    body = error_feed("incorrect id format for\n abc")
    said = "arXiv refused the query: incorrect id format for abc"
    assert parse(body) == ParsedRefusal(reason=said, retryable=False)
    assert error_in(body) == said
    assert error_in(error_feed("")) == "arXiv refused the query"
    assert error_in(feed(entry())) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff",
        b"<html><body>Rate exceeded.</body></html>",
        b"<rss><channel/></rss>",
        b'<feed xmlns="http://www.w3.org/2005/Atom"/>',
        b'{"message": "no"}',
    ],
)
def test_what_is_no_answer_of_the_api_is_unparsable(body):
    assert isinstance(parse(body), ParsedUnparsable)
    assert listing(body) is None


@given(st.binary(max_size=300))
def test_no_bytes_raise(body):
    parse(body)
    listing(body)
    error_in(body)


@given(st.data())
def test_no_damage_to_an_answer_raises(data):
    body = feed(entry("2602.00001v1"), entry("2602.00002v1"))
    at = data.draw(st.integers(0, len(body)))
    until = data.draw(st.integers(at, len(body)))
    parse(body[:at] + data.draw(st.binary(max_size=8)) + body[until:])


def test_entities_are_not_expanded_from_files(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("canary")
    attack = f'<!DOCTYPE feed [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    body = feed(entry(summary="before &x; after"))
    declaration, rest = body.split(b"\n", 1)
    parsed = parse(declaration + attack.encode() + rest)
    assert "canary" not in repr(parsed)


def test_a_listing_says_which_part_of_the_results_it_is():
    assert listing(feed(entry(), total=30, start=10)) == Listing(total=30, start=10, entries=1)
    assert not Listing(total=30, start=10, entries=1).is_hole
    assert not Listing(total=30, start=30, entries=0).is_hole
    assert Listing(total=30, start=10, entries=0).is_hole


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Code: https://github.com/a/b.", ["https://github.com/a/b"]),
        ("(see https://github.com/a/b).", ["https://github.com/a/b"]),
        ("https://github.com/a/b).246 citations", ["https://github.com/a/b"]),
        ("https://en.example.org/wiki/Pruning_(trees), etc.", ["https://en.example.org/wiki/Pruning_(trees)"]),
        (r"at \url{https://github.com/a/b}", ["https://github.com/a/b"]),
        (r"\href{https://a.example.org/x}{here}", ["https://a.example.org/x"]),
        (r"https://github.com/a/my\_net", ["https://github.com/a/my_net"]),
        ("code at github.com/a/b; demo", ["https://github.com/a/b"]),
        ("www.github.com/a/b", ["https://www.github.com/a/b"]),
        ("a.github.com/b/c and mail@github.com/x/y", []),
        ("代码见https://github.com/a/b。谢谢", ["https://github.com/a/b"]),
        ("https://a.example.org/x#y?z=1&t=2!", ["https://a.example.org/x#y?z=1&t=2"]),
        ("https://a.example.org https://a.example.org", ["https://a.example.org"]),
        ("the scheme https:// alone, http://), http://localhost", []),
    ],
)  # fmt: skip
def test_addresses_end_where_the_sentence_goes_on(text, found):
    assert list(addresses_in(text)) == found


def test_a_papers_own_address_is_not_among_its_links():
    text = "https://arxiv.org/abs/2602.01234 and https://arxiv.org/abs/2602.00001"
    assert addresses_in(text, without="https://arxiv.org/abs/2602.01234") == (
        "https://arxiv.org/abs/2602.00001",
    )


@given(st.text())
def test_every_address_found_is_whole_and_found_again(text):
    for address in addresses_in(text):
        assert address.startswith(("http", "HTTP"))
        assert not any(character.isspace() for character in address)
        assert addresses_in(f"see {address} .") == (address,)
