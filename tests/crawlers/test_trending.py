"""Trending pages in the markup of each era, written by hand."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import TrendingSettings
from crawlers.source import Parsed, ParsedEmpty, ParsedItems, ParsedUnparsable
from crawlers.trending import TrendingSource, parse_trending
from store.models import Kind, Payload, RepositoryFacts, SourceName

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def parse(html: str | bytes) -> Parsed:
    body = html.encode() if isinstance(html, str) else html
    payload = Payload(url="https://github.com/trending?since=daily", body=body, fetched_at=NOW)
    return parse_trending(payload, source=SourceName("热榜"), period="daily")


def facts(html: str) -> list[RepositoryFacts]:
    parsed = parse(html)
    assert isinstance(parsed, ParsedItems), parsed
    return [item.repository for item in parsed.items if item.repository is not None]


def page(*entries: str, title: str = "Trending repositories on GitHub today · GitHub") -> str:
    return f"<html><head><title>{title}</title></head><body>{''.join(entries)}</body></html>"


LEADERBOARD_2014 = """
<ol class="repo-leaderboard-list leaderboard-list">
<li class="repo-leaderboard-list-item leaderboard-list-item" id="pa-tiny-net">
  <a href="#pa-tiny-net" class="leaderboard-list-rank">1</a>
  <div class="leaderboard-action"><a href="/login?return_to=%2Fmei%2Ftiny-net"
    aria-label="You must be signed in to star a repository"><span></span>Star</a></div>
  <div class="leaderboard-list-content">
    <h2 class="repo-leaderboard-title"><a href="/mei/tiny-net" class="repository-name"><span
      class="owner-name">mei</span><span class="separator">/</span><strong>tiny-net</strong></a>
      <span class="title-meta">C++</span></h2>
    <p class="repo-leaderboard-description">Nets for phones</p>
    <ul class="repo-leaderboard-meta">
      <li class="repo-leaderboard-meta-item"><span aria-label="1,264 stars today"><span></span>1,264</span></li>
      <li class="repo-leaderboard-meta-item"><span aria-label="15 forks today"><span></span>15</span></li>
      <li class="repo-leaderboard-contributors"><a href="/mei/tiny-net/graphs/contributors">
        <img alt="Mei" class="avatar" src="https://avatars1.githubusercontent.com/u/1"></a></li>
    </ul>
  </div>
</li></ol>"""

REPO_LIST_2014 = """
<h2>Trending repositories</h2><ol class="repo-list">
<li class="repo-list-item" id="pa-tiny-net">
  <div class="repo-list-stats"><a href="/login?return_to=%2Fmei%2Ftiny-net">Star</a></div>
  <h3 class="repo-list-name"><a href="/mei/tiny-net">
    <span class="prefix">mei</span> <span class="slash">/</span> tiny-net</a></h3>
  <p class="repo-list-description">Nets for phones, 900 stars elsewhere</p>
  <p class="repo-list-meta">C++ &#8226; 40
     stars &#8226; Built by <a href="/mei/tiny-net/graphs/contributors"><img alt="Mei"></a></p>
</li></ol>"""

REPO_LIST_2016 = """
<h2>Trending repositories</h2><ol class="repo-list">
<li class="repo-list-item" id="pa-tiny-net">
  <div class="repo-list-stats"><form action="/mei/tiny-net/star" method="post"></form></div>
  <h3 class="repo-list-name"><a href="/mei/tiny-net">
    <span class="prefix">mei</span> <span class="slash">/</span> tiny-net</a></h3>
  <p class="repo-list-meta">941 stars today &#8226; Built by
     <a href="/mei/tiny-net/graphs/contributors"><img alt="@mei"></a></p>
</li></ol>"""

COLUMNS_2017 = """
<ol class="repo-list"><li class="col-12 d-block width-full py-4 border-bottom" id="pa-tiny-net">
  <div class="d-inline-block col-9 mb-1"><h3><a href="/mei/tiny-net">
    <span class="text-normal">mei / </span>tiny-net</a></h3></div>
  <div class="float-right"><a href="/login?return_to=%2Fmei%2Ftiny-net">Star</a></div>
  <div class="py-1"><p class="col-9 d-inline-block text-gray m-0 pr-4">
    <img class="emoji" alt="🚀"> Nets for <a href="https://example.org">phones</a></p></div>
  <div class="f6 text-gray mt-2">
    <span itemprop="programmingLanguage">C++</span>
    <a class="muted-link" href="/mei/tiny-net/stargazers"><svg aria-label="star"></svg> 3,782 </a>
    <a class="muted-link" href="/mei/tiny-net/network"><svg aria-label="fork"></svg> 337 </a>
    Built by <a href="/mei/tiny-net/graphs/contributors"><img alt="@mei"></a>
    <span class="float-right"><svg></svg> 503 stars today </span>
  </div></li></ol>"""


def box_row(
    name: str = "mei/tiny-net",
    *,
    heading: str = "h2",
    stars: str = "21,262",
    gained: str = "1,139 stars today",
) -> str:
    owner, _, repository = name.partition("/")
    return f"""
<article class="Box-row">
  <div class="float-right d-flex">
    <a href="/sponsors/{owner}" aria-label="Sponsor @{owner}"><span>Sponsor</span></a>
    <a href="/login?return_to=%2F{owner}%2F{repository}" rel="nofollow">Star</a>
  </div>
  <{heading} class="h3 lh-condensed"><a href="/{name}" class="Link"><svg></svg>
    <span class="text-normal">{owner} /</span> {repository}</a></{heading}>
  <p class="col-9 color-fg-muted my-1 pr-4">Nets for phones</p>
  <div class="f6 color-fg-muted mt-2">
    <span><span class="repo-language-color"></span><span itemprop="programmingLanguage">C++</span></span>
    <a href="/{name}/stargazers"><svg aria-label="star"></svg>{stars}</a>
    <a href="/{name}/forks"><svg aria-label="fork"></svg>1.7k</a>
    <span>Built by <a href="/{owner}"><img alt="@{owner}"></a> <a href="/lin"><img alt="@lin"></a></span>
    <span class="float-sm-right"><svg></svg>{gained}</span>
  </div>
</article>"""


@pytest.mark.parametrize(
    ("html", "description", "language", "stars", "forks", "gained"),
    [
        pytest.param(LEADERBOARD_2014, "Nets for phones", "C++", None, None, 1264, id="2014-06"),
        pytest.param(
            REPO_LIST_2014,
            "Nets for phones, 900 stars elsewhere",
            "C++",
            None,
            None,
            40,
            id="2014-09",
        ),
        pytest.param(REPO_LIST_2016, None, None, None, None, 941, id="2016-01"),
        pytest.param(COLUMNS_2017, "🚀 Nets for phones", "C++", 3782, 337, 503, id="2017"),
        pytest.param(
            box_row(heading="h1"), "Nets for phones", "C++", 21262, 1700, 1139, id="2019 to 2022"
        ),
        pytest.param(box_row(), "Nets for phones", "C++", 21262, 1700, 1139, id="since 2023"),
    ],
)
def test_every_era_is_read(html, description, language, stars, forks, gained):
    assert facts(page(html)) == [
        RepositoryFacts(
            full_name="mei/tiny-net",
            description=description,
            language=language,
            stars=stars,
            forks=forks,
            stars_in_period=gained,
            period="daily",
            rank=1,
        )
    ]


def test_items_keep_the_order_and_the_case_of_the_page():
    parsed = parse(page(box_row("Mei/Tiny-Net"), box_row("lin/a.b_c"), box_row("Mei/Tiny-Net")))
    assert isinstance(parsed, ParsedItems)
    assert [(i.external_id, i.title, i.url, i.kind) for i in parsed.items] == [
        ("mei/tiny-net", "Mei/Tiny-Net", "https://github.com/Mei/Tiny-Net", Kind.REPOSITORY),
        ("lin/a.b_c", "lin/a.b_c", "https://github.com/lin/a.b_c", Kind.REPOSITORY),
    ]
    assert [found.rank for found in facts(page(box_row("a/b"), box_row("a/c")))] == [1, 2]


def test_a_page_cut_down_to_its_entries_is_still_known_by_what_they_say():
    (found,) = facts(f"<html><head><title>x</title></head><main>{box_row()}</main></html>")
    assert found.full_name == "mei/tiny-net"


@pytest.mark.parametrize(("shown", "count"), [("7", 7), ("1.2k", 1200), ("3m", 3_000_000)])
def test_counts_may_be_shortened(shown, count):
    assert facts(page(box_row(stars=shown)))[0].stars == count


def test_a_missing_count_is_missing_and_not_zero():
    (found,) = facts(page(box_row(stars="", gained="")))
    assert (found.stars, found.stars_in_period) == (None, None)


def test_a_strange_entry_among_the_others_is_told():
    parsed = parse(page("<div>", box_row(), '<article class="Box-row">?</article>', "</div>"))
    assert isinstance(parsed, ParsedItems)
    assert parsed.warnings == ("1 entries beside the repositories were not recognised",)


@pytest.mark.parametrize(
    "said",
    [
        "It looks like we don’t have any trending repositories for Alloy.",
        "Trending repositories results are currently being dissected.",
    ],
)
def test_a_page_that_says_that_nothing_is_trending_is_empty(said):
    html = f"<div class='blankslate'><h3>{said.replace('Alloy', '<b>Alloy</b>')}</h3><p>…</p></div>"
    assert parse(page(html)) == ParsedEmpty(reason=said)


DEVELOPERS = """
<nav><a href="/trending">Repositories</a>
<a class="selected" aria-current="page" href="/trending/developers">Developers</a></nav>
<article class="Box-row d-flex" id="pa-mei">
  <h1 class="h3 lh-condensed"><a href="/mei">Mei</a></h1>
  <article><h1 class="h4 lh-condensed"><a href="/mei/tiny-net"><svg></svg> tiny-net</a></h1>
    <div class="f6">Nets for phones</div></article>
  <a href="/mei/tiny-net/stargazers">12</a>
</article>"""


def test_popular_repositories_of_trending_developers_are_no_entries():
    parsed = parse(page(DEVELOPERS, title="Trending developers on GitHub today · GitHub"))
    assert parsed == ParsedUnparsable(reason="a page of trending developers, not of repositories")
    assert isinstance(parse(page(DEVELOPERS.partition("</nav>")[2])), ParsedUnparsable)


PROFILE = """<ul><li class="col-12"><h3><a href="/mei/tiny-net">tiny-net</a></h3>
<p>Nets</p><a href="/mei/tiny-net/stargazers">12</a></li></ul>"""
TOPIC = """<article><h3><a href="/mei">mei</a> / <a href="/mei/tiny-net">tiny-net</a></h3>
<a href="/mei/tiny-net/stargazers">12</a></article>"""
SEARCH = REPO_LIST_2016.replace("<h2>Trending repositories</h2>", "").replace("941 stars today", "")
README = """<article class="markdown-body"><h1><a href="#nets">Nets</a></h1>
<h2><a href="https://github.com/lin/list">lin/list</a></h2></article>"""


@pytest.mark.parametrize(
    ("html", "title"),
    [
        (PROFILE, "mei (Mei) / Repositories · GitHub"),
        (TOPIC, "mobile-inference · GitHub Topics"),
        (SEARCH, "Search · tiny · GitHub"),
        (README, "lin/awesome: a list"),
        ("<form action='/session'><h1>Sign in to GitHub</h1></form>", "Sign in to GitHub"),
        ("<h1>This is not the web page you are looking for.</h1>", "Page not found · GitHub"),
        ("<h1>Trending</h1><ol class='repo-list'></ol>", "Trending repositories on GitHub today"),
    ],
)
def test_other_pages_are_not_read_as_repositories(html, title):
    parsed = parse(page(html, title=title))
    assert parsed == ParsedUnparsable(
        reason=f"no trending repositories recognised in a page titled {title!r}"
    )


def test_an_empty_answer_is_unparsable():
    assert parse(b" \n") == ParsedUnparsable(reason="the answer has no content")


@given(st.binary() | st.text(alphabet="<>/=\"' lia1h2Boxrw.-&#;\0").map(str.encode))
def test_no_bytes_make_it_raise(body):
    assert not isinstance(parse(body), ParsedItems)


@given(cut=st.integers(0, len(page(box_row()).encode())))
def test_a_page_cut_off_anywhere_never_invents_a_repository(cut):
    parsed = parse(page(box_row()).encode()[:cut])
    if isinstance(parsed, ParsedItems):
        assert [item.title for item in parsed.items] == ["mei/tiny-net"]


def source(**settings: object) -> TrendingSource:
    return TrendingSource(
        settings=TrendingSettings.model_validate({"kind": "trending", "name": "热榜", **settings}),
        github_web="https://github.com/",
    )


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({}, "https://github.com/trending?since=daily"),
        (
            {"language": "c++", "spoken_language": "zh"},
            "https://github.com/trending/c++?since=daily&spoken_language_code=zh",
        ),
        ({"language": "c#", "since": "weekly"}, "https://github.com/trending/c%23?since=weekly"),
    ],
)
def test_the_address_follows_from_the_settings(settings, url):
    assert source(**settings).url == url


def test_the_source_reads_with_its_own_name_period_and_section():
    trending = source(since="monthly", section="开源")
    payload = Payload(url=trending.url, body=page(box_row()).encode(), fetched_at=NOW)
    parsed = trending.parse(payload)
    assert isinstance(parsed, ParsedItems)
    (item,) = parsed.items
    assert (item.source, item.section, trending.full_text) == ("热榜", "开源", False)
    assert item.repository is not None
    assert item.repository.period == "monthly"
    assert trending.with_article(item, payload) is item
