"""Faults of what is sent: feeds and pages that are too much, too deep, wrong, or a trap."""

from __future__ import annotations

import itertools
import json
import zlib
from dataclasses import replace
from functools import cache

from tests.faults.fault import FEED_SOURCE, Gathering
from tests.faults.feeds import FEED, GOOD, MARKS, Item, rss
from tests.faults.web import Talk

documents = Gathering()
_XML = '<?xml version="1.0" encoding="utf-8"?>'
_COUNT = itertools.count()
_LIST_SOURCE = {
    "kind": "list",
    "url": "https://hostile.example/feed",
    "item": "li",
}


def _send(talk: Talk, body: bytes, content_type: str = "application/xml") -> None:
    talk.request()
    talk.answer(body, {"Content-Type": content_type})


def _each(**changes: object) -> bytes:
    return rss(tuple(replace(item, **changes) for item in GOOD))  # type: ignore[arg-type]


# Charsets.


@documents.add("says UTF-8 of GB18030", "items", readable=MARKS)
def charset_wrong(talk: Talk) -> None:
    _send(talk, FEED.decode().encode("gb18030"), "application/rss+xml; charset=utf-8")


@documents.add("says no charset of GB18030", "items", readable=MARKS)
def charset_missing(talk: Talk) -> None:
    body = FEED.decode().replace(' encoding="utf-8"', "").encode("gb18030")
    _send(talk, body, "text/xml")


@documents.add("is UTF-16 without saying so", "items", readable=MARKS)
def charset_utf16(talk: Talk) -> None:
    _send(talk, FEED.decode().encode("utf-16-le"), "text/xml")


@documents.add("says a charset that is a program (unicode-escape)", "items", readable=MARKS)
def charset_of_python(talk: Talk) -> None:
    body = FEED.replace(b'"utf-8"', b'"unicode-escape"')
    _send(talk, body, "text/xml; charset=unicode-escape")


@documents.add("says a charset that there is not", "items", readable=MARKS)
def charset_unknown(talk: Talk) -> None:
    _send(talk, FEED.replace(b'"utf-8"', b'"klingon"'), 'text/xml; charset="klingon')


# XML.


@documents.add("declares entities that grow to gigabytes", "items", readable=MARKS)
def billion_laughs(talk: Talk) -> None:
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
    )
    prolog = f"{_XML}<!DOCTYPE rss [{entities}]>"
    _send(talk, rss(head="<description>&a9;</description>", prolog=prolog))


@documents.add("uses an entity of 100 kB 10,000 times", "items", readable=MARKS)
def quadratic_blowup(talk: Talk) -> None:
    prolog = f'{_XML}<!DOCTYPE rss [<!ENTITY a "{"x" * 100_000}">]>'
    _send(talk, rss(head=f"<description>{'&a;' * 10_000}</description>", prolog=prolog))


@documents.add("names a file as an entity", "items", readable=MARKS)
def external_entity(talk: Talk) -> None:
    prolog = f'{_XML}<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    _send(talk, rss(head="<description>&a;</description>", prolog=prolog))


@documents.add("names a private address as its document type", "items", readable=MARKS)
def external_dtd(talk: Talk) -> None:
    inside = f"http://127.0.0.1:{talk.connection.getsockname()[1]}/secret"
    parameters = f'<!ENTITY % p SYSTEM "{inside}"> %p;'
    _send(talk, rss(prolog=f'{_XML}<!DOCTYPE rss SYSTEM "{inside}" [{parameters}]>'))


@documents.add("nests 100,000 elements", "unparsable")
def deep_nesting(talk: Talk) -> None:
    depth = 100_000
    _send(talk, rss(head="<a>" * depth + "</a>" * depth))


@documents.add("nests 40,000 elements", "unparsable", "within each other")
def nesting(talk: Talk) -> None:
    depth = 40_000
    _send(talk, rss(head="<a>" * depth + "</a>" * depth))


@documents.add("has an element with 100,000 attributes", "unparsable", "attributes")
def many_attributes(talk: Talk) -> None:
    attributes = " ".join(f'a{n}="{n}"' for n in range(100_000))
    _send(talk, rss(head=f"<category {attributes}/>"))


@documents.add("uses 50,000 prefixes that nobody declared", "unparsable", "attributes")
def many_prefixes(talk: Talk) -> None:
    _send(talk, rss(head="".join(f"<p{n}:a/>" for n in range(50_000))))


@documents.add("begins a comment that never ends", "unparsable")
def open_comment(talk: Talk) -> None:
    _send(talk, FEED.replace(b"<channel>", b"<channel><!-- " + b"-- " * 100_000))


@documents.add("has 10,000 ends of items and no beginning", "items", readable=MARKS)
def ends_without_beginnings(talk: Talk) -> None:
    _send(talk, rss(head="</item>" * 10_000))


@documents.add("has a million bare ampersands", "unparsable", "references")
def ampersands(talk: Talk) -> None:
    _send(talk, rss(head=f"<description>{'& ' * 10**6}</description>"))


@documents.add("opens a CDATA section 100,000 times", "unparsable", "CDATA")
def open_cdata(talk: Talk) -> None:
    _send(talk, FEED.replace(b"<channel>", b"<channel>" + b"<![CDATA[" * 99_000))


@documents.add("begins with 7 MB of prolog", "unparsable", "tags")
def long_prolog(talk: Talk) -> None:
    _send(talk, rss(prolog=_XML + "<!-- x -->" * 700_000))


@documents.add("begins with 100,000 document types that never end", "unparsable")
def open_doctypes(talk: Talk) -> None:
    _send(talk, rss(prolog=_XML + "<!DOCTYPE rss [" * 100_000))


@documents.add("is 7 MB of zeros", "unparsable")
def zeros(talk: Talk) -> None:
    _send(talk, bytes(7_000_000))


@documents.add("is a web page", "unparsable", "page")
def web_page(talk: Talk) -> None:
    _send(talk, b"<!DOCTYPE html><html><title>Log in</title><form></form>", "text/html")


@documents.add("is empty", "unparsable", "empty")
def nothing(talk: Talk) -> None:
    _send(talk, b"")


# Items.


@cache
def _many(count: int) -> bytes:
    more = (
        Item(mark="", title=f"M{n} 端侧 {n}", link=f"https://hostile.example/m/{n}", guid=f"m{n}")
        for n in range(count)
    )
    return rss((*GOOD, *more))


@documents.add("has 3,000 items", "items", readable=MARKS)
def many_items(talk: Talk) -> None:
    _send(talk, _many(3000))


@documents.add("has 50,000 items", "error", "larger")
def very_many_items(talk: Talk) -> None:
    _send(talk, _many(50_000))


@documents.add("has 30,000 items", "unparsable", "tags")
def many_more_items(talk: Talk) -> None:
    _send(talk, _many(30_000))


@cache
def _a_megabyte() -> bytes:
    """A stretch of valid items."""
    items = (
        Item(mark="", title=f"M{n} 端侧 {n}", link=f"https://hostile.example/m/{n}", guid=f"m{n}")
        for n in range(5000)
    )
    return "".join(item.xml for item in items).encode()


_OPENED = rss((), head="").partition(b"</channel>")[0]
_CLOSED = b"</channel></rss>"


@documents.add("has 100 MB of items", "error", "larger")
def hundred_megabytes(talk: Talk) -> None:
    stretch = _a_megabyte()
    talk.request()
    talk.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n", _OPENED)
    for _ in range(10**8 // len(stretch)):
        talk.send(stretch)
    talk.send(_CLOSED)


@documents.add("has 100 MB of items, packed (gzip)", "error", "larger")
def hundred_megabytes_packed(talk: Talk) -> None:
    talk.request()
    talk.answer(_packed(), {"Content-Encoding": "gzip"})


@cache
def _packed() -> bytes:
    """The same stretch again and again, so that it is packed at once; its checksum is wrong."""
    packer = zlib.compressobj(wbits=31)
    stretch = _a_megabyte()
    opened = packer.compress(_OPENED) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = packer.compress(stretch) + packer.flush(zlib.Z_FULL_FLUSH)
    return opened + packed * (10**8 // len(stretch)) + packer.compress(_CLOSED) + packer.flush()


@documents.add("has a title of 3 MB", "items", readable=MARKS)
def long_title(talk: Talk) -> None:
    longest = replace(GOOD[0], title=GOOD[0].title + " 端侧推理 " * 170_000)
    _send(talk, rss((longest, *GOOD[1:])))


@documents.add("has titles of 100 kB without a blank", "items", readable=MARKS)
def solid_titles(talk: Talk) -> None:
    _send(talk, rss(tuple(replace(i, title=i.title + " " + "a-1" * 33_000) for i in GOOD)))


@documents.add("has an id of a megabyte", "items", readable=MARKS)
def long_guid(talk: Talk) -> None:
    _send(talk, rss((replace(GOOD[0], guid="g" * 10**6), *GOOD[1:])))


@documents.add("has a description with 100,000 links", "items", readable=MARKS)
def many_links(talk: Talk) -> None:
    links = "".join(f'<a href="/x/{n}">x</a>' for n in range(100_000))
    _send(talk, _each_first(f"<description><![CDATA[{links}]]></description>"))


@documents.add("has a description with 700,000 links", "items", readable=MARKS)
def very_many_links(talk: Talk) -> None:
    _send(talk, _each_first(f"<description><![CDATA[{'<a href=a>' * 700_000}]]></description>"))


@documents.add("has a description that mentions 50,000 repositories", "items", readable=MARKS)
def many_mentions(talk: Talk) -> None:
    names = " ".join(f"https://github.com/o{n}/r" for n in range(50_000))
    _send(talk, _each_first(f"<description>{names}</description>"))


@documents.add("has a description nested 50,000 deep", "items", readable=MARKS)
def deep_description(talk: Talk) -> None:
    nested = "<div>" * 50_000 + "text" + "</div>" * 50_000
    _send(talk, _each_first(f"<description><![CDATA[{nested}]]></description>"))


@documents.add("has a description of 6 MB of opened tags", "items", readable=MARKS)
def open_tags(talk: Talk) -> None:
    _send(talk, _each_first(f"<description><![CDATA[{'<b' * 3_000_000}]]></description>"))


@documents.add("has a text of 6 MB", "items", readable=MARKS)
def long_text(talk: Talk) -> None:
    _send(talk, _each_first(f"<description>{'端侧推理，' * 400_000}</description>"))


def _each_first(extra: str) -> bytes:
    return rss((replace(GOOD[0], extra=extra), *GOOD[1:]))


for _number, _date in enumerate(
    (
        "Sat, 01 Jan 0000 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+14:00",
        "-9999999999999",
        "99999999999999999999999999",
        "Mon, 32 Feb 2026 25:61:61 XYZ",
        "2999-01-01T00:00:00Z",
        "1" * 100_000,
        "Sun, 01 Mar 2026 08:00:00 +99999999",
        "٢٠٢٦-٠٣-٠١",
    )
):

    def _dated(talk: Talk, date: str = _date) -> None:
        _send(talk, _each(date=date))

    _dated.__name__ = f"date_{_number}"
    _shown = _date if len(_date) < 50 else f"{_date[:5]}… (100 kB)"
    documents.add(f"says that all was published “{_shown}”", "items", readable=MARKS)(_dated)


@documents.add("calls its items by another id each time", "items", readable=MARKS)
def guids_that_change(talk: Talk) -> None:
    _send(talk, rss(tuple(replace(i, guid=f"{next(_COUNT)}/{i.guid}") for i in GOOD)))


@documents.add("calls different items by one id", "items", readable=MARKS)
def guids_alike(talk: Talk) -> None:
    _send(talk, _each(guid="the-one"))


@documents.add("calls its items by nothing", "items", readable=MARKS)
def guids_empty(talk: Talk) -> None:
    _send(talk, _each(guid=" "))


@documents.add("has each item three times", "items", readable=MARKS)
def items_repeated(talk: Talk) -> None:
    _send(talk, rss(GOOD * 3))


@documents.add("has NULs and lone surrogates in its words", "items", readable=MARKS)
def surrogates(talk: Talk) -> None:
    odd = "\0\ud800&#xD800;&#0;\x1b[31m\ufffe\U0010ffff"
    xml = rss(tuple(replace(i, extra=f"<description>{odd}</description>") for i in GOOD))
    _send(talk, xml.replace(b" </title>", "\ud83d\0</title>".encode("utf-8", "surrogatepass")))


_SCHEMES = (
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "mailto:a@example.org",
    "magnet:?xt=urn:btih:0",
    "http://[::1",
    "https://user:word@hostile.example:99999/\u0000\ud800",
    "//" + "a." * 5000,
)


@documents.add("leads to addresses of every scheme", "items", readable=MARKS)
def schemes(talk: Talk) -> None:
    pairs = zip(GOOD, _SCHEMES, strict=True)
    _send(talk, rss(tuple(replace(i, link=link.replace("\0", "")) for i, link in pairs)))


@documents.add(
    "leads to private addresses, where its articles are to be read",
    "items",
    "no public address",
    readable=MARKS,
    source={**FEED_SOURCE, "full_text": True},
)
def private_articles(talk: Talk) -> None:
    inside = f"http://127.0.0.1:{talk.connection.getsockname()[1]}/secret"
    _send(talk, rss(tuple(replace(i, link=f"{inside}/{i.mark}") for i in GOOD)))


@documents.add("is a JSON feed nested 100,000 deep", "unparsable")
def json_nested(talk: Talk) -> None:
    _send(talk, b'{"items":' + b"[" * 100_000, "application/feed+json")


@documents.add("is a JSON feed with numbers of 100,000 digits", "unparsable", "no JSON Feed")
def json_numbers(talk: Talk) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "X", "title": "t"}]}
    body = json.dumps(feed).replace('"X"', "9" * 100_000)
    _send(talk, body.encode(), "application/feed+json")


# Pages that list articles.


@documents.add("lists 100,000 articles", "unparsable", "tags", source=_LIST_SOURCE, later=())
def list_of_very_many(talk: Talk) -> None:
    _send_list(talk, '<li><a href="/l/1">题</a></li>' * 100_000)


@documents.add("is a page of two million links", "error", "larger", source=_LIST_SOURCE, later=())
def page_of_millions(talk: Talk) -> None:
    _send_list(talk, '<a href="/l">题</a>' * 2_000_000)


@documents.add("lists 10,000 articles", "items", source=_LIST_SOURCE, later=())
def list_of_many(talk: Talk) -> None:
    _send_list(talk, "".join(f'<li><a href="/l/{n}">题 {n}</a></li>' for n in range(10_000)))


@documents.add("nests the articles that it lists", "items", source=_LIST_SOURCE, later=())
def list_nested(talk: Talk) -> None:
    _send_list(talk, '<ul><li><a href="/l/1">题</a>' * 12_000)


def _send_list(talk: Talk, entries: str) -> None:
    _send(talk, f"<title>列表</title><ul>{entries}".encode(), "text/html; charset=utf-8")
