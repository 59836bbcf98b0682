"""The sample web's arXiv and GitHub, asked without a server."""

import base64
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from feedparser.api import parse

from pipeline.demo import SITE
from pipeline.demo.arxiv_service import answer_arxiv
from pipeline.demo.folder import Answer, Request
from pipeline.demo.github_service import answer_github

ARXIV = "https://export.arxiv.org/api/query"
GITHUB = "https://api.github.com"


def arxiv(query: str) -> Answer:
    answer = answer_arxiv(SITE / "export.arxiv.org", Request(url=f"{ARXIV}?{query}"))
    assert answer is not None
    return answer


def arxiv_feed(query: str) -> Any:
    """What feedparser makes of an answer; it has no types."""
    return parse(arxiv(query).body)


def github(url: str, accept: str = "", folder: Path = SITE / "api.github.com") -> Answer:
    answer = answer_github(folder, Request(url=url, accept=accept))
    assert answer is not None
    return answer


def github_json(url: str) -> Any:
    return json.loads(github(url).body)


def next_page(answer: Answer) -> str:
    """The address that the Link header calls next, or nothing."""
    match = re.search(r'<([^>]+)>; rel="next"', answer.headers.get("Link", ""))
    return match[1] if match else ""


# arXiv


def test_arxiv_pages_are_parts_of_one_order() -> None:
    query = "search_query=cat:cs.LG&sortBy=lastUpdatedDate&sortOrder=descending"
    whole = arxiv_feed(f"{query}&start=0&max_results=100")
    pages = [arxiv_feed(f"{query}&start={start}&max_results=7") for start in range(0, 35, 7)]
    assert len(whole.entries) == int(whole.feed.opensearch_totalresults) == 25
    assert [e.id for page in pages for e in page.entries] == [e.id for e in whole.entries]
    assert {page.feed.opensearch_totalresults for page in pages} == {"25"}
    assert [page.feed.opensearch_startindex for page in pages] == ["0", "7", "14", "21", "28"]
    assert pages[-1].entries == []


def test_arxiv_sorts_by_update_by_submission_and_backwards() -> None:
    by_update = arxiv_feed("search_query=all:x&max_results=100&sortBy=lastUpdatedDate")
    by_submission = arxiv_feed(
        "search_query=all:x&max_results=100&sortBy=submittedDate&sortOrder=ascending"
    )
    updated = [entry.updated for entry in by_update.entries]
    submitted = [entry.published for entry in by_submission.entries]
    assert updated == sorted(updated, reverse=True)
    assert submitted == sorted(submitted)
    assert submitted[0].startswith("2025-10-30")


def test_arxiv_finds_by_identifier_whatever_the_version() -> None:
    feed = arxiv_feed("id_list=2602.90017v1,2602.90033&max_results=10")
    assert [entry.id for entry in feed.entries] == [
        "http://arxiv.org/abs/2602.90017v2",
        "http://arxiv.org/abs/2602.90033v1",
    ]


def test_arxiv_honours_date_ranges_to_their_last_minute() -> None:
    window = "search_query=cat:cs.LG+AND+lastUpdatedDate:[20260225+TO+202602260606]"
    feed = arxiv_feed(f"{window}&max_results=2")
    assert len(feed.entries) == 2
    assert feed.feed.opensearch_totalresults == "4"
    assert arxiv_feed(f"{window.replace('0606', '0605')}").feed.opensearch_totalresults == "3"


@pytest.mark.parametrize("query", ["id_list=abc", "start=-1", "max_results=x", "sortBy=colour"])
def test_arxiv_answers_a_wrong_request_with_an_error_entry(query: str) -> None:
    assert arxiv(query).status == 400
    (entry,) = arxiv_feed(query).entries
    assert (entry.title, entry.id.partition("#")[0]) == ("Error", "https://arxiv.org/api/errors")


def test_arxiv_has_no_other_page_and_none_without_papers(tmp_path: Path) -> None:
    elsewhere = Request(url="https://export.arxiv.org/list/cs.CV/new")
    answer = answer_arxiv(SITE / "export.arxiv.org", elsewhere)
    assert answer is not None
    assert answer.status == 404
    assert answer_arxiv(tmp_path, Request(url=f"{ARXIV}?search_query=all:x")) is None


# GitHub


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("topic:model-compression stars:>=2000", {"sample-reed/onnx-slim-lab"}),
        ("topic:model-compression archived:true", {"sample-ember/nas-on-edge"}),
        (
            "topic:edge-ai -language:Python pushed:>2026-02-26",
            {"sample-forge/pocketinfer", "sample-fern/edge-llm-zoo"},
        ),
        (
            "created:2026-02-01..2026-02-28 topic:model-compression",
            {"sample-tidewater/octoquant", "sample-lane/distill-lane"},
        ),
        ("created:*..2022-01-01", {"sample-ember/nas-on-edge"}),
        ("量化交易", {"sample-birch/quant-trader"}),
        ('"phone NPUs" in:description', {"sample-kiln/npu-bench"}),
        ("org:sample-lane -is:fork", {"sample-lane/distill-lane"}),
        ("stars:97", {"sample-pine/rose-garden"}),
        ("stars:<100", {"sample-pine/rose-garden"}),
        ("stars:<=97", {"sample-pine/rose-garden"}),
        ("stars:<97", set()),
        ("stars:many", set()),
    ],
)
def test_github_search_honours_words_and_qualifiers(query: str, expected: set[str]) -> None:
    found = github_json(f"{GITHUB}/search/repositories?{urlencode({'q': query})}")
    assert {item["full_name"] for item in found["items"]} == expected
    assert (found["total_count"], found["incomplete_results"]) == (len(expected), False)


def test_github_search_sorts_and_pages_with_links() -> None:
    pages = []
    url = f"{GITHUB}/search/repositories?q=stars:>0&sort=stars&per_page=9"
    while url:
        answer = github(url)
        pages.append(json.loads(answer.body)["items"])
        url = next_page(answer)
        assert answer.headers["X-RateLimit-Resource"] == "search"
    stars = [item["stargazers_count"] for page in pages for item in page]
    assert [len(page) for page in pages] == [9, 9, 4]
    assert stars == sorted(stars, reverse=True)


@pytest.mark.parametrize("query", ["", "q=", "q=x&page=one", "q=x&per_page=-5"])
def test_github_refuses_a_search_that_makes_no_sense(query: str) -> None:
    assert github(f"{GITHUB}/search/repositories?{query}").status == 422


def test_github_knows_a_repository_by_name_number_and_former_name() -> None:
    by_name = github_json(f"{GITHUB}/repos/Sample-Lane/distill-lane")
    former = github(f"{GITHUB}/repos/sample-lab/distill-lane/releases")
    assert by_name == github_json(f"{GITHUB}/repositories/{by_name['id']}")
    assert by_name["html_url"] == "https://github.com/sample-lane/distill-lane"
    assert "former_names" not in by_name
    assert former.status == 301
    assert former.headers["Location"] == f"{GITHUB}/repositories/{by_name['id']}/releases"
    assert github_json(former.headers["Location"]) == []
    assert github(f"{GITHUB}/repos/sample-lane/nothing").status == 404
    assert github(f"{GITHUB}/repositories/1").status == 404


def test_github_releases_come_latest_first_and_latest_is_final() -> None:
    url = f"{GITHUB}/repos/sample-forge/pocketinfer/releases"
    releases = github_json(url)
    assert [r["tag_name"] for r in releases] == ["v1.5.0-rc1", "v1.4.0", "v1.3.2"]
    assert [r["prerelease"] for r in releases] == [True, False, False]
    assert github_json(f"{url}/latest")["tag_name"] == "v1.4.0"
    assert github_json(f"{GITHUB}/repos/sample-slate/kv-squeeze/releases") == []
    assert github(f"{GITHUB}/repos/sample-slate/kv-squeeze/releases/latest").status == 404


def test_a_github_readme_comes_in_base64_or_raw() -> None:
    url = f"{GITHUB}/repos/sample-kiln/npu-bench/readme"
    raw = github(url, accept="application/vnd.github.raw+json")
    assert base64.b64decode(github_json(url)["content"]) == raw.body
    assert raw.body.startswith(b"# npu-bench")
    assert github(f"{GITHUB}/repos/sample-moss/lite-sr/readme").status == 404


def test_github_answers_from_a_search_that_was_kept_whole(tmp_path: Path) -> None:
    whole = {"id": 7, "full_name": "o/n", "description": "from a capture", "custom": [1]}
    kept = json.dumps({"total_count": 1, "items": [whole]})
    (tmp_path / "repositories.json").write_text(kept, encoding="utf-8")
    answer = json.loads(github(f"{GITHUB}/repos/o/n", folder=tmp_path).body)
    assert (answer["custom"], answer["owner"]["login"]) == ([1], "o")
    assert github(f"{GITHUB}/repos/o/n/releases", folder=tmp_path).body == b"[]"


def test_github_has_nothing_to_say_without_repositories(tmp_path: Path) -> None:
    assert answer_github(tmp_path, Request(url=f"{GITHUB}/rate_limit")) is None
    assert github_json(f"{GITHUB}/rate_limit")["rate"]["limit"] == 5000
