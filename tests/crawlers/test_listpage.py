"""List pages read with selectors from the configuration."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import ListSettings
from crawlers.listpage import ListSource, parse_list
from crawlers.source import Parsed, ParsedEmpty, ParsedItems, ParsedUnparsable
from store.models import Payload, RawItem, SourceName

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>深度社 - 资讯</title></head><body>
<nav><a href="/about">关于</a></nav>
<div class="post">
  <a href="/news/12"><img src="a.png"></a>
  <h2><a href="/news/12">手机上的
      大模型</a></h2>
  <p class="teaser">一段<b>摘要</b></p><span class="time">2026-02-28 09:30</span>
</div>
<div class="post">
  <h2><a href="https://other.example/x?a=1&amp;b=2">第二篇</a></h2>
  <span class="time">昨天</span>
</div>
<div class="post"><h2><a href="javascript:void(0)">没有地址</a></h2></div>
<div class="post"><a href="/news/13"><img src="b.png"></a></div>
</body></html>"""


def settings(**changed: object) -> ListSettings:
    return ListSettings.model_validate(
        {
            "kind": "list",
            "name": "深度社",
            "url": "https://deep.example/news/",
            "item": "div.post",
            "summary": ".teaser",
            "date": ".time",
            "date_format": "%Y-%m-%d %H:%M",
            **changed,
        }
    )


def parse(
    html: str | bytes, *, content_type: str | None = None, url: str = "", **changed: object
) -> Parsed:
    payload = Payload(
        url=url or "https://deep.example/news/",
        body=html.encode() if isinstance(html, str) else html,
        fetched_at=NOW,
        content_type=content_type,
    )
    return parse_list(payload, settings(**changed), SHANGHAI)


def items(html: str | bytes, **changed: object) -> tuple[RawItem, ...]:
    parsed = parse(html, **changed)  # type: ignore[arg-type]
    assert isinstance(parsed, ParsedItems), parsed
    return parsed.items


def dated(date: str, **changed: object) -> datetime | None:
    (item,) = items(f'<div class="post"><a href="/1">x</a>{date}</div>', **changed)
    return item.published


def test_entries_become_items_in_page_order():
    first, second = items(PAGE, publisher="深度社网站", section="文章", language="zh")
    assert first == RawItem(
        source=SourceName("深度社"),
        external_id="https://deep.example/news/12",
        url="https://deep.example/news/12",
        title="手机上的 大模型",
        summary="一段摘要",
        published=datetime(2026, 2, 28, 1, 30, tzinfo=UTC),
        publisher="深度社网站",
        section="文章",
        language="zh",
    )
    assert (second.url, second.title) == ("https://other.example/x?a=1&b=2", "第二篇")


def test_what_was_left_out_or_unreadable_is_told():
    parsed = parse(PAGE)
    assert isinstance(parsed, ParsedItems)
    assert parsed.warnings == (
        "2 entries without a link or a title left out",
        "1 of 2 entries have no date that could be read",
    )


def test_links_start_from_the_base_that_the_page_declares():
    base = '<base href="/archive/"><div class="post"><a href="a.html">x</a></div>'
    assert items(base)[0].url == "https://deep.example/archive/a.html"
    broken = '<base href="http://["><div class="post"><a href="a.html">x</a></div>'
    assert items(broken)[0].url == "https://deep.example/news/a.html"


def test_an_address_that_stands_twice_is_one_item():
    twice = '<div class="post"><a href="/1">一</a></div><div class="post"><a href="/1">二</a></div>'
    assert [item.title for item in items(twice)] == ["一"]


def test_selectors_may_pick_values():
    html = '<div class="post" data-to="/1"><b title="标题">x</b><i data-at="2026-01-02">y</i></div>'
    (item,) = items(
        html,
        link="::attr(data-to)",
        title="b::attr(title)",
        date="i::attr(data-at)",
        date_format="",
    )
    assert (item.url, item.title) == ("https://deep.example/1", "标题")
    assert item.published == datetime(2026, 1, 1, 16, tzinfo=UTC)


def test_the_entry_itself_may_be_the_link_and_its_title_an_attribute():
    html = '<a class="post" href="/1" title="只有属性"><img src="a.png"></a>'
    assert [(i.url, i.title) for i in items(html, item="a.post")] == [
        ("https://deep.example/1", "只有属性")
    ]


@pytest.mark.parametrize(
    ("date", "pattern", "published"),
    [
        ('<i class="time">2026-02-28 09:30</i>', "%Y-%m-%d %H:%M", "2026-02-28 01:30"),
        ('<i class="time"> 2026年02月28日 </i>', "%Y年%m月%d日", "2026-02-27 16:00"),
        ('<i class="time">28 Feb 2026 09:30 +0100</i>', "%d %b %Y %H:%M %z", "2026-02-28 08:30"),
        ('<i class="time">2026-02-28</i>', "", "2026-02-27 16:00"),
        ('<i class="time">2026-02-28T09:30:00Z</i>', "", "2026-02-28 09:30"),
        (
            '<time class="time" datetime="2026-02-28T09:30+08:00">昨天</time>',
            "",
            "2026-02-28 01:30",
        ),
        (
            '<time class="time" datetime="2026-02-28T09:30">3 月</time>',
            "%Y/%m",
            "2026-02-28 01:30",
        ),
        ('<i class="time">02-28</i>', "%m-%d", "2026-02-27 16:00"),
        ('<i class="time">12-31</i>', "%m-%d", "2025-12-30 16:00"),
    ],
)
def test_dates_are_in_the_newsletters_zone_unless_they_say_otherwise(date, pattern, published):
    assert dated(date, date_format=pattern) == datetime.fromisoformat(f"{published}+00:00")


@pytest.mark.parametrize(
    "written", ["", "昨天", "2026-02-30", "0001-01-01", "9999-12-31T23:59-12:00"]
)
@pytest.mark.parametrize("pattern", ["", "%Y-%m-%d", "%d %d", "%", "%m-%d"])
def test_an_unreadable_date_is_missing(written, pattern):
    assert dated(f'<i class="time">{written}</i>', date_format=pattern) is None


@pytest.mark.parametrize(
    ("charset", "meta", "content_type"),
    [
        ("gbk", '<meta charset="gb2312">', None),
        ("gbk", "", "text/html; charset=GBK"),
        ("gbk", "", "text/html"),
        ("big5", '<meta http-equiv="Content-Type" content="text/html; charset=big5">', None),
        ("utf-8", "", "text/html"),
        ("utf-8", '<meta charset="hex">', None),
        ("utf-16", "", None),
    ],
)
def test_the_charset_is_what_the_page_or_its_bytes_say(charset, meta, content_type):
    html = f'<html><head>{meta}</head><div class="post"><a href="/1">端側模型</a></div></html>'
    (item,) = items(html.encode(charset), content_type=content_type)
    assert item.title == "端側模型"


def test_a_relaunched_page_is_unparsable_and_the_selector_is_named():
    assert parse(PAGE, item="div.entry") == ParsedUnparsable(
        reason="the item selector 'div.entry' matches nothing in a page titled '深度社 - 资讯'"
    )
    assert parse(PAGE, title="h3") == ParsedUnparsable(
        reason="4 entries match 'div.post', none has a link and a title"
    )
    assert isinstance(parse(b""), ParsedUnparsable)


def test_a_page_that_says_that_there_is_nothing_is_empty():
    html = '<p class="none">暂无内容</p>'
    assert parse(html, empty="p.none") == ParsedEmpty(reason="the page has what 'p.none' selects")
    assert isinstance(parse("<p>x</p>", empty="p.none"), ParsedUnparsable)


@pytest.mark.parametrize("selector", ["div..post", "a[", ":nth-child(x)", "ns|a", "::nothing"])
@pytest.mark.parametrize("key", ["item", "link", "title", "summary", "date", "empty"])
def test_a_wrong_selector_is_named(key, selector):
    parsed = parse(PAGE, **{key: selector})
    assert isinstance(parsed, ParsedUnparsable)
    assert parsed.reason.startswith(f"the {key} selector {selector!r} is no CSS selector: ")


@given(st.binary() | st.text(alphabet="<>/=\"' divclasspotahref&#;:[\0").map(str.encode))
def test_no_bytes_make_it_raise(body):
    parse(body)


def test_the_source_follows_its_settings():
    source = ListSource(settings=settings(full_text=True), zone=SHANGHAI)
    assert (source.name, source.kind, source.url, source.full_text) == (
        "深度社",
        "list",
        "https://deep.example/news/",
        True,
    )
    page = Payload(url=source.url, body=PAGE.encode(), fetched_at=NOW)
    parsed = source.parse(page)
    assert isinstance(parsed, ParsedItems)
    item = parsed.items[1]
    article = "<html><body><article>" + "<p>很长的一段正文，说明这个模型怎样在手机上运行。</p>" * 9
    completed = source.with_article(
        item, Payload(url=item.url, body=article.encode(), fetched_at=NOW)
    )
    assert "怎样在手机上运行" in completed.text
