"""The server of the sample web: what it answers, and how it fails on request."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from feedparser.api import parse

from config.errors import ConfigError
from pipeline.demo.web import SampleWeb, accepts_gzip, is_unchanged, live_url

ARXIV = "https://export.arxiv.org/api/query"
GITHUB = "https://api.github.com"


@pytest.fixture(scope="module")
def web() -> Iterator[SampleWeb]:
    with SampleWeb() as running:
        yield running


def get(web: SampleWeb, url: str, **headers: str) -> requests.Response:
    """Ask the mirror of a live address, as a run would."""
    scheme, _, rest = url.partition("://")
    mirror = web.mirror("https" if scheme == "https" else "http")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(mirror + rest, headers=named, timeout=10, allow_redirects=False)


def read_feed(body: bytes) -> Any:
    """What feedparser makes of a feed; it has no types."""
    return parse(body)


def site(folder: Path, pages: dict[str, str], manifest: str = "") -> Path:
    """A site folder of one's own."""
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if manifest:
        (folder / "manifest.toml").write_text(manifest, encoding="utf-8")
    return folder


# Addresses


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("/https/a.example/feed?page=2", "https://a.example/feed?page=2"),
        ("/http/a.example", "http://a.example"),
        ("/http/a.example:8080/x", "http://a.example:8080/x"),
        ("/https/mp.weixin.qq.com/s?__biz=A==&mid=1", "https://mp.weixin.qq.com/s?__biz=A==&mid=1"),
        ("/robots.txt", None),
        ("/ftp/a.example/x", None),
        ("/https/", None),
        ("/https/[::1/x", None),
        ("/https/user@a.example/", None),
        ("/https/../secret", None),
    ],
)
def test_a_request_target_means_a_live_address(target: str, url: str | None) -> None:
    assert live_url(target) == url


def test_files_answer_for_paths_with_and_without_their_suffix(tmp_path: Path) -> None:
    pages = {"a.example/x.html": "x", "a.example/y/index.html": "y", "a.example/z.json": "{}"}
    with SampleWeb(site(tmp_path, pages)) as web:
        found = {
            path: get(web, f"https://a.example{path}")
            for path in ("/x", "/x.html?utm_source=rss", "/y/", "/y", "/z.json", "/w", "/")
        }
    assert {path: answer.status_code for path, answer in found.items()} == {
        "/x": 200, "/x.html?utm_source=rss": 200, "/y/": 200, "/y": 200, "/z.json": 200,
        "/w": 404, "/": 404,
    }  # fmt: skip
    assert found["/x"].headers["Content-Type"] == "text/html; charset=utf-8"
    assert found["/z.json"].headers["Content-Type"] == "application/json"


def test_nothing_outside_the_host_is_answered(tmp_path: Path) -> None:
    folder = site(tmp_path / "site", {"a.example/x.txt": "x"})
    (tmp_path / "secret.txt").write_text("secret")
    with SampleWeb(folder) as web:
        mirror = web.mirror("https")
        prepared = requests.Request("GET", mirror).prepare()
        statuses = []
        for path in ("a.example/%2e%2e/%2e%2e/secret.txt", "a.example/..%2f..%2fsecret.txt",
                     "a.example/..%5c..%5csecret.txt", "../secret.txt", "./secret.txt"):  # fmt: skip
            prepared.url = mirror + path
            with requests.Session() as session:
                statuses.append(session.send(prepared, timeout=10).status_code)
    assert statuses == [404] * 5


def test_the_manifest_entry_with_most_parameters_in_common_answers(tmp_path: Path) -> None:
    manifest = """
        [[page]]
        url = "https://a.example/list"
        file = "first.txt"
        [[page]]
        url = "https://a.example/list?page=2"
        file = "second.txt"
        content_type = "text/plain; charset=gbk"
        headers = { X-Sample = "yes" }
        [[page]]
        url = "https://a.example/list?page=2&sort=date"
        file = "sorted.txt"
    """
    files = {"first.txt": "first", "second.txt": "second", "sorted.txt": "sorted"}
    with SampleWeb(site(tmp_path, files, manifest)) as web:
        answers = {
            query: get(web, f"https://a.example/list{query}")
            for query in ("", "?page=3", "?a=b&page=2", "?sort=date&page=2")
        }
    assert [answer.text for answer in answers.values()] == ["first", "first", "second", "sorted"]
    assert answers["?a=b&page=2"].headers["Content-Type"] == "text/plain; charset=gbk"
    assert answers["?a=b&page=2"].headers["X-Sample"] == "yes"


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ('[[page]]\nurl = "https://a.example/"\nfile = "gone.txt"', "gone.txt"),
        ('[[page]]\nurl = "https://a.example/"', "neither a file"),
        ('[[page]]\nurl = "https://a.example/"\nfil = "x"', "fil"),
        ("[[page]", "manifest.toml"),
    ],
)
def test_a_broken_manifest_is_a_config_error(tmp_path: Path, manifest: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        SampleWeb(site(tmp_path, {}, manifest))


def test_a_permanent_redirect_names_the_live_address(web: SampleWeb) -> None:
    answer = get(web, "https://old-weekly.example/rss")
    assert answer.status_code == 301
    assert answer.headers["Location"] == "https://weekly.tuiduan.example/feed.xml"
    assert get(web, answer.headers["Location"]).status_code == 200


def test_robots_txt_is_a_page_like_any_other(web: SampleWeb) -> None:
    assert "Disallow: /admin/" in get(web, "https://www.duance.example/robots.txt").text
    assert get(web, "https://edge-notes.example/robots.txt").status_code == 404


def test_it_has_no_mirror_before_it_is_served() -> None:
    with pytest.raises(RuntimeError, match="with statement"):
        SampleWeb().mirror("https")


# Conditional requests and compression


def test_a_page_that_is_known_answers_304(web: SampleWeb) -> None:
    url = "https://www.duance.example/feed.xml"
    first = get(web, url)
    by_tag = get(web, url, If_None_Match=first.headers["ETag"])
    by_date = get(web, url, If_Modified_Since=first.headers["Last-Modified"])
    other = get(web, url, If_None_Match='"other"', If_Modified_Since=first.headers["Last-Modified"])
    assert (first.status_code, by_tag.status_code, by_date.status_code) == (200, 304, 304)
    assert by_tag.content == b""
    assert by_tag.headers["ETag"] == first.headers["ETag"]
    assert (other.status_code, other.content) == (200, first.content)


def test_a_page_without_validators_never_answers_304(web: SampleWeb) -> None:
    url = "https://github.com/trending?since=daily"
    first = get(web, url)
    assert not {"ETag", "Last-Modified"} & set(first.headers)
    assert get(web, url, If_None_Match="*").status_code == 200


MODIFIED = datetime(2026, 2, 20, 8, 0, 0, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "unchanged"),
    [
        ({}, False),
        ({"if-none-match": 'W/"b", "a"'}, True),
        ({"If-None-Match": '"b"'}, False),
        ({"If-None-Match": "*"}, True),
        ({"If-Modified-Since": "Fri, 20 Feb 2026 08:00:00 GMT"}, True),
        ({"If-Modified-Since": "Fri, 20 Feb 2026 07:59:59 GMT"}, False),
        ({"If-Modified-Since": "Fri, 20 Feb 2026 08:00:00 -0000"}, True),
        ({"If-Modified-Since": "last friday"}, False),
    ],
)
def test_when_a_conditional_request_is_unchanged(headers: dict[str, str], unchanged: bool) -> None:
    assert is_unchanged(headers, 'W/"a"', MODIFIED) is unchanged


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip, deflate", True),
        ("br;q=1.0, gzip;q=0.8", True),
        ("GZIP", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("br", False),
        ("", False),
    ],
)
def test_what_accepts_gzip(header: str, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted


def test_a_page_is_compressed_only_for_who_accepts_it(web: SampleWeb) -> None:
    url = "https://lab.tidewater.example/atom.xml"
    packed = get(web, url, Accept_Encoding="gzip")
    plain = get(web, url, Accept_Encoding="identity")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"])


def test_head_answers_without_a_body(web: SampleWeb) -> None:
    url = web.mirror("https") + "lab.tidewater.example/atom.xml"
    answer = requests.head(url, headers={"Accept-Encoding": "identity"}, timeout=10)
    assert answer.content == b""
    assert int(answer.headers["Content-Length"]) > 1000


# Faults

FEED = "https://www.duance.example/feed.xml"


def test_an_address_fails_with_a_status_and_when_to_ask_again() -> None:
    with SampleWeb(faults={FEED: "429", ARXIV: "503"}, retry_after=7) as web:
        busy = get(web, FEED)
        assert (busy.status_code, busy.headers["Retry-After"]) == (429, "7")
        assert get(web, f"{ARXIV}?search_query=all:x").status_code == 503
        assert get(web, "https://quiet.example/feed.xml").status_code == 200
        del web.faults[FEED]
        assert get(web, FEED).status_code == 200


def test_garbage_is_an_answer_that_means_nothing_and_is_always_the_same() -> None:
    with SampleWeb(faults={FEED: "garbage"}) as web:
        first, second = get(web, FEED), get(web, FEED)
    assert first.status_code == 200
    assert first.content == second.content
    assert b"<" not in first.content[:1]
    with pytest.raises(UnicodeDecodeError):
        first.content.decode("utf-8")


def test_a_reset_connection_is_an_error_for_the_client() -> None:
    with SampleWeb(faults={FEED: "reset"}) as web:
        with pytest.raises(requests.ConnectionError, match="reset"):
            get(web, FEED)
        assert web.visits[-1].status is None


def test_a_hanging_request_never_answers_and_keeps_nobody_from_closing() -> None:
    with SampleWeb(faults={FEED: "hang"}) as web:
        url = web.mirror("https") + FEED.removeprefix("https://")
        with pytest.raises(requests.ReadTimeout):
            requests.get(url, timeout=0.2)
        assert get(web, "https://quiet.example/feed.xml").status_code == 200


def test_it_remembers_what_was_asked() -> None:
    with SampleWeb() as web:
        get(web, FEED)
        get(web, "http://nowhere.example/x?y=1")
        assert [(visit.url, visit.status) for visit in web.visits] == [
            (FEED, 200),
            ("http://nowhere.example/x?y=1", 404),
        ]


# The two services


def test_arxiv_and_github_are_answered_over_the_wire(web: SampleWeb) -> None:
    papers = read_feed(get(web, f"{ARXIV}?search_query=all:x&max_results=3").content)
    url = f"{GITHUB}/search/repositories?q=topic:edge-ai&per_page=2&page=2"
    found = get(web, url)
    assert len(papers.entries) == 3
    assert [item["full_name"] for item in found.json()["items"]] == [
        "sample-kiln/npu-bench",
        "sample-delta/tvm-recipes",
    ]
    assert found.links["prev"]["url"].startswith(f"{GITHUB}/search/repositories?q=topic")
    assert get(web, url, If_None_Match=found.headers["ETag"]).status_code == 304


def test_a_service_needs_its_file(tmp_path: Path) -> None:
    with SampleWeb(tmp_path) as web:
        assert get(web, f"{ARXIV}?search_query=all:x").status_code == 404
        assert get(web, f"{GITHUB}/rate_limit").status_code == 404
