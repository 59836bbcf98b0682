"""What the pages of a simulated month look like: entries as bytes, in each dialect. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, timedelta, timezone
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit
from zlib import crc32

from tests.soak.truth import ZONE, Place, Post

RELAUNCHED = b"<html><head><title>Our new site</title></head><body><div id=app></div></body></html>"
_ODD_ZONE = timezone(timedelta(hours=-5))


def page(place: Place, night: int) -> bytes:
    """The page of a place that answers."""
    posts: Sequence[Post] = place.shown(night)
    if place.trouble == "empty" and place.troubled(night):
        posts = ()
    new = place.trouble == "guids" and place.troubled(night)
    ids = {p.number: f"{'urn:new' if new else 'tag'}:{place.key}:{p.number}" for p in posts}
    match place.form:
        case "atom":
            return _atom(place, posts, ids)
        case "rdf":
            return _rdf(place, posts)
        case "json":
            return _json(place, posts, ids)
        case "list":
            entry = "card" if place.trouble == "relaunch" and night >= place.begins else "entry"
            return _list(posts, entry)
        case "trending":
            return _trending(posts)
        case _:
            return _rss(place, posts, ids)


def selector(place: Place, night: int) -> str:
    """How the configuration of that night finds an entry of a list page."""
    mended = place.trouble == "relaunch" and night >= place.ends
    return ".card" if mended else ".entry"


def arxiv_answer(place: Place, night: int, target: str) -> bytes:
    """What the API answers to a query, of which only the paging is looked at."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
    start, most = int(asked.get("start", "0")), int(asked.get("max_results", "10"))
    posts = place.shown(night)
    entries = "".join(map(_paper, posts[start : start + most]))
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"'
        ' xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"'
        ' xmlns:arxiv="http://arxiv.org/schemas/atom"><title>arXiv</title><id>x</id>'
        f"<opensearch:totalResults>{len(posts)}</opensearch:totalResults>"
        f"<opensearch:startIndex>{start}</opensearch:startIndex>"
        f"<opensearch:itemsPerPage>{most}</opensearch:itemsPerPage>{entries}</feed>"
    ).encode()


def search_answer(place: Place, night: int) -> bytes:
    """What a search of repositories answers, on one page."""
    items = [
        {
            "id": crc32(post.title.encode()) + 1,
            "full_name": post.title,
            "html_url": post.url,
            "description": f"On {post.title.partition('/')[2]}",
            "stargazers_count": 100 + night,
            "created_at": f"{post.at:%Y-%m-%dT%H:%M:%SZ}",
        }
        for post in place.shown(night)
    ]
    said = {"total_count": len(items), "incomplete_results": False, "items": items}
    return json.dumps(said).encode()


def _paper(post: Post) -> str:
    at = f"{post.at:%Y-%m-%dT%H:%M:%SZ}"
    return (
        f"<entry><id>{post.url.replace('https', 'http')}v1</id><title>{post.title}</title>"
        f"<updated>{at}</updated><published>{at}</published><summary>On {post.title}.</summary>"
        "<author><name>A. Author</name></author>"
        '<arxiv:primary_category term="cs.LG"/><category term="cs.LG"/></entry>'
    )


def _rss(place: Place, posts: Sequence[Post], ids: dict[int, str]) -> bytes:
    entries = "".join(
        f"<item><title>{p.title}</title><link>{p.url}?utm_source=rss</link>"
        f'<guid isPermaLink="false">{ids[p.number]}</guid>'
        f"<pubDate>{format_datetime(p.at.astimezone(_ODD_ZONE))}</pubDate></item>"
        for p in posts
    )
    return (
        f'<rss version="2.0"><channel><title>{place.name}</title>{entries}</channel></rss>'.encode()
    )


def _atom(place: Place, posts: Sequence[Post], ids: dict[int, str]) -> bytes:
    entries = "".join(
        f'<entry><id>{ids[p.number]}</id><title>{p.title}</title><link href="{p.url}"/>'
        f"<published>{p.at.astimezone(ZONE).isoformat()}</published>"
        f"<updated>{p.at.isoformat()}</updated></entry>"
        for p in posts
    )
    head = f"<id>tag:{place.key}</id><title>{place.name}</title>"
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>'.encode()


def _rdf(place: Place, posts: Sequence[Post]) -> bytes:
    entries = "".join(
        f'<item rdf:about="{p.url}"><title>{p.title}</title><link>{p.url}</link>'
        f"<dc:date>{p.at.isoformat()}</dc:date></item>"
        for p in posts
    )
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="https://{place.key}.example/"><title>{place.name}</title></channel>'
        f"{entries}</rdf:RDF>"
    ).encode()


def _json(place: Place, posts: Sequence[Post], ids: dict[int, str]) -> bytes:
    items = [
        {
            "id": ids[p.number],
            "url": p.url,
            "title": p.title,
            "content_text": f"On {p.title}.",
            "date_published": p.at.astimezone(UTC).isoformat(),
        }
        for p in posts
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": place.name, "items": items}
    return json.dumps(feed).encode()


def _list(posts: Sequence[Post], entry: str) -> bytes:
    entries = "".join(
        f'<div class="{entry}"><a href="{p.url}">{p.title}</a>'
        f'<time datetime="{p.at.isoformat()}"></time></div>'
        for p in posts
    )
    return f"<html><head><title>News</title></head><body>{entries}</body></html>".encode()


def _trending(posts: Sequence[Post]) -> bytes:
    rows = "".join(
        f'<article class="Box-row"><h2><a href="/{p.title}">{p.title.replace("/", " / ")}</a></h2>'
        f'<p>On {p.title.partition("/")[2]}</p><a href="/{p.title}/stargazers">1,2{p.number:02}</a>'
        f"<span>{p.number % 90 + 3} stars today</span></article>"
        for p in posts
    )
    return f"<html><head><title>Trending</title></head><body>{rows}</body></html>".encode()
