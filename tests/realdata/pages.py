"""Every captured page through the parser of its kind, against independent counts."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree
from rich.console import Console

from crawlers.build import PARSERS
from crawlers.source import Parsed, ParsedEmpty, ParsedItems, ParsedRefusal
from store.models import Payload, SourceName
from tests.realdata import CAPTURES

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def read(kind: str, path: Path, url: str) -> Parsed:
    """Parse one capture as ``briefing parse`` does."""
    body = path.read_bytes()
    body = gzip.decompress(body) if path.suffix == ".gz" else body
    return PARSERS[kind](Payload(url=url, body=body, fetched_at=NOW), SourceName("capture"))


def outcome(parsed: Parsed) -> str:
    """One word, and the reason where there is one."""
    if isinstance(parsed, ParsedItems):
        return f"{len(parsed.items)} items"
    word = {ParsedEmpty: "empty", ParsedRefusal: "refused"}.get(type(parsed), "unparsable")
    return f"{word}: {parsed.reason}"


def trending(console: Console) -> Iterator[str]:
    """All trending pages must give exactly the repositories of the manifest, in order."""
    right = 0
    manifest = CAPTURES / "github_trending" / "manifest.jsonl"
    entries = [json.loads(line) for line in manifest.read_text("utf-8").splitlines()]
    for entry in entries:
        path = manifest.with_name(entry["file"] + ".gz")
        parsed = read("trending", path, "https://github.com/trending")
        items = parsed.items if isinstance(parsed, ParsedItems) else ()
        got = [item.repository.full_name for item in items if item.repository]
        if got == entry["ref_repos"]:
            right += 1
        else:
            yield f"{path.name}: {got} instead of {entry['ref_repos']}"
        if entry["kind"] == "developers" and isinstance(parsed, ParsedEmpty | ParsedItems):
            yield f"{path.name}: a developers page was read as {outcome(parsed)}"
    console.print(f"trending: {right} of {len(entries)} pages give exactly their repositories")


def feeds(console: Console) -> Iterator[str]:
    """Every feed's items, against the item and entry elements that a recovering parser sees."""
    seen: Counter[str] = Counter()
    for path in sorted((CAPTURES / "feeds").glob("*.xml")):
        parsed = read("feed", path, f"https://feeds.example/{path.name}")
        tree = etree.fromstring(path.read_bytes().lstrip(), etree.XMLParser(recover=True))
        names = [etree.QName(e).localname for e in tree.iter() if isinstance(e.tag, str)]
        expected = names.count("item") + names.count("entry")
        got = len(parsed.items) if isinstance(parsed, ParsedItems) else 0
        seen["files"] += 1
        seen["items"] += got
        if got != expected:
            yield f"{path.name}: {outcome(parsed)}, {expected} elements"
    console.print(f"feeds: {seen['files']} files, {seen['items']} items")


def others(console: Console) -> Iterator[str]:
    """ArXiv answers, GitHub answers and WeChat articles: what each is read as."""
    for kind, folder, pattern, url in [
        ("arxiv", "arxiv", "[iq]*.xml", "https://export.arxiv.org/api/query"),
        ("feed", "arxiv", "arxiv_rss*.xml", "https://rss.arxiv.org/atom/cs.AI"),
        ("github", "github_api", "*.json", "https://api.github.com/search/repositories"),
        ("wechat", "wechat", "*.gz", "https://mp.weixin.qq.com/s/captured"),
    ]:
        for path in sorted((CAPTURES / folder).glob(pattern)):
            parsed = read(kind, path, url)
            console.print(f"{kind}: {path.name}: {outcome(parsed)}")
            if kind == "wechat" and isinstance(parsed, ParsedItems):
                item = parsed.items[0]
                console.print(
                    f"  {item.title} | {item.publisher} | {item.published} | {len(item.text)} "
                    f"characters | {item.url[:90]}",
                    highlight=False,
                )
                if not (item.title and item.publisher and item.published and item.text):
                    yield f"{path.name}: something is missing"
            elif kind != "arxiv" and not isinstance(parsed, ParsedItems):
                yield f"{path.name}: {outcome(parsed)}"
