"""Bytes as pages: charset, tree, addresses and words."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.page import absolute, base_address, first_words, one_line, open_page, page_title
from store.models import Payload


def payload(body: bytes, content_type: str | None = None) -> Payload:
    return Payload(
        url="https://example.org/a/b",
        body=body,
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
        content_type=content_type,
    )


@pytest.mark.parametrize(
    ("base", "address", "resolved"),
    [
        ("https://example.org/a/b", "c?d=1#e", "https://example.org/a/c?d=1#e"),
        ("https://example.org/a/b", " //cdn.example/x ", "https://cdn.example/x"),
        ("https://example.org/", "mailto:a@example.org", None),
        ("https://example.org/", "javascript:void(0)", None),
        ("https://example.org/", "http://[", None),
        ("http://[", "a", None),
        ("", "/a", None),
        ("", "https:///a", None),
    ],
)
def test_only_web_addresses_are_addresses(base, address, resolved):
    assert absolute(base, address) == resolved


def test_relative_links_start_from_the_declared_base_or_the_page():
    assert base_address(open_page(payload(b"<p>x")), payload(b"")) == "https://example.org/a/b"
    declared = open_page(payload(b"<base href='../c/'><p>x"))
    assert base_address(declared, payload(b"")) == "https://example.org/c/"


def test_words_are_one_line_without_scripts_and_with_emoji():
    page = open_page(
        payload('<p>a\n <b>b</b><script>no()</script> \x01<img class="emoji" alt="🚀">'.encode())
    )
    assert one_line(page.xpath("//p")[0]) == "a b 🚀"
    assert one_line(page.xpath("//img/@alt")[0]) == "🚀"


def test_first_words_are_those_of_the_first_path_that_has_some():
    page = open_page(payload(b"<title> T </title><svg><title>icon</title></svg><h1></h1><h2>two"))
    assert first_words(page, "//h1", "//h3", "//h2") == "two"
    assert first_words(page, "//h1") == ""
    assert page_title(page) == "T"


def test_a_page_cut_off_within_a_character_keeps_its_charset():
    assert page_title(open_page(payload("<title>量化</title>部署".encode()[:-1]))) == "量化"


@given(
    st.binary() | st.text(max_size=40).map(str.encode),
    st.sampled_from(["idna", "undefined", "unicode_escape", "utf-16", "gbk", "nonsense", ""]),
)
def test_any_bytes_are_a_page_whose_words_can_be_stored(body, charset):
    page = open_page(payload(body, f"text/html; charset={charset}"))
    one_line(page).encode()
