"""Nights over the captures, served on loopback as the live hosts would.

Four sources misbehave (429 with Retry-After, 503, no answer, garbage). Shown: the table of the
first night, that the second brings only 304s and nothing new, and that a night killed ten times
at random moments ends in the same stories and the same Markdown as one that was left alone.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import tomli_w
from rich.console import Console

from config.load import SHIPPED
from pipeline.demo.web import FaultKind, SampleWeb
from tests.realdata import CAPTURES

NOW = "2021-06-17T03:30+08:00"
_KINDS: tuple[FaultKind, ...] = ("429", "503", "hang", "garbage")
FAULTS: dict[str, FaultKind] = {f"https://fault-{fault}.example/feed": fault for fault in _KINDS}
KILLS = 10
"""Random moments of a night at which it is killed."""
_NAMED = {
    "github.com/trending": "github_trending/2026-04-26__*.gz",
    "github.com/trending/python": "github_trending/2021-04-09__*repodata3*.gz",
    "github.com/trending/alloy": "github_trending/2022-01-31__*alloy*.gz",
    "export.arxiv.org/api/query": "arxiv/q_testing_s0_*.xml",
    "rss.arxiv.org/atom/cs.AI": "arxiv/arxiv_rss_example.xml",
    "api.github.com/search/repositories": "github_api/github_search.json",
}


def lay_out(root: Path) -> None:
    """Write the captures as a site folder, one folder a host."""
    pages: list[dict[str, str]] = []
    for address, pattern in _NAMED.items():
        [capture] = CAPTURES.glob(pattern)
        target = (
            root / f"{address.replace('/', '_')}{Path(capture.name.removesuffix('.gz')).suffix}"
        )
        unpack(capture, target)
        pages.append({"url": f"https://{address}", "file": target.name})
    bridge = root / "bridge.example"
    bridge.mkdir()
    for capture in sorted((CAPTURES / "feeds").glob("*.xml")):
        unpack(capture, bridge / capture.name)
    (root / "manifest.toml").write_text(tomli_w.dumps({"page": pages}), encoding="utf-8")


def unpack(capture: Path, target: Path) -> None:
    """Copy a capture, unpacked."""
    import gzip

    body = capture.read_bytes()
    target.write_bytes(gzip.decompress(body) if capture.suffix == ".gz" else body)


def configure(folder: Path, web: SampleWeb) -> None:
    """Write a configuration whose sources are the captures."""
    folder.mkdir(parents=True)
    shutil.copy(SHIPPED / "topics.toml", folder)
    newsletter = tomllib.loads((SHIPPED / "newsletter.toml").read_text("utf-8"))
    sources: list[dict[str, object]] = [
        {"kind": "trending", "name": "trending daily"},
        {"kind": "trending", "name": "trending Python", "language": "python"},
        {"kind": "trending", "name": "trending Alloy", "language": "alloy"},
        {"kind": "arxiv", "name": "arXiv testing", "query": "all:testing", "max_results": 100},
        {"kind": "feed", "name": "arXiv list", "url": "https://rss.arxiv.org/atom/cs.AI"},
        {"kind": "github_search", "name": "search", "query": "topic:llm", "max_results": 30},
    ]
    for path in sorted((CAPTURES / "feeds").glob("*.xml")):
        if path.stem.endswith("=="):
            sources.append({"kind": "wechat", "name": path.stem, "biz": path.stem})
        else:
            url = f"https://bridge.example/{path.name}"
            sources.append({"kind": "feed", "name": path.stem, "url": url})
    for url, fault in FAULTS.items():
        sources.append({"kind": "feed", "name": f"fault {fault}", "url": url})
    tables = {
        **newsletter,
        "sources": sources,
        "addresses": {"wechat_bridge": "https://bridge.example/{biz}.xml"},
        "limits": {"arxiv_delay": 0.0, "arxiv_first_days": 10_000, "github_enrich": 0},
        "network": {
            "delay": 0.0,
            "autothrottle": False,
            "timeout": 3.0,
            "backoff": 0.1,
            "max_wait": 1.0,
            "retries": 1,
            "mirrors": {f"{s}://": web.mirror(s) for s in ("https", "http")},
        },
    }
    (folder / "newsletter.toml").write_text(tomli_w.dumps(tables), encoding="utf-8")


def command(folder: Path, *more: str) -> list[str]:
    """A nightly run as a person starts it."""
    return [
        sys.executable, "-m", "pipeline.cli", "nightly", "--config", str(folder), "--now", NOW, *more,
    ]  # fmt: skip


def stories(folder: Path) -> list[tuple[str, ...]]:
    """Every story as the sorted names of its members, independent of ids."""
    with sqlite3.connect(folder / "briefing.db") as db:
        rows = db.execute(
            "SELECT group_concat(source || ' ' || external_id || ' ' || content_hash, '\n')"
            " FROM (SELECT * FROM candidate ORDER BY source, external_id) GROUP BY story_id"
        ).fetchall()
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return sorted(tuple(sorted(row[0].split("\n"))) for row in rows)


def nights(console: Console, work: Path) -> Iterator[str]:
    """Run the nights; yields what is not as it should be."""
    site = work / "site"
    site.mkdir(parents=True)
    lay_out(site)
    with SampleWeb(site, faults=FAULTS) as web:
        clean = work / "clean"
        configure(clean, web)
        started = time.monotonic()
        first = subprocess.run(command(clean), capture_output=True, text=True, check=False)
        length = time.monotonic() - started
        console.print(first.stdout, highlight=False, markup=False)
        if first.returncode != 1:
            yield f"the first night's exit code is {first.returncode}: {first.stderr[-2000:]}"
            return
        markdown = (clean / "issues" / "draft.md").read_text("utf-8")
        console.print(markdown[:6000], highlight=False, markup=False)
        yield from second_night(console, clean)
        if (clean / "issues" / "draft.md").read_text("utf-8") != markdown:
            yield "the second night's Markdown differs"
        yield from killed_nights(console, work, web, clean, length, markdown)


def second_night(console: Console, folder: Path) -> Iterator[str]:
    """Nothing new may come, and what can say 304 must."""
    again = subprocess.run(command(folder, "--json"), capture_output=True, text=True, check=False)
    report = json.loads(again.stdout)
    by_status: dict[str, int] = {}
    for source in report["sources"]:
        by_status[source["status"]] = by_status.get(source["status"], 0) + 1
        if source["new"] or source["changed"]:
            yield f"second night: {source['source']} brought {source['new']} new items"
        if source["status"] == "items" and source["kind"] not in ("arxiv", "github_search"):
            yield f"second night: {source['source']} was read again"
    console.print(f"second night: {by_status}; failed: {report['failed']}")
    if sorted(report["failed"]) != sorted(f"fault {fault}" for fault in FAULTS.values()):
        yield f"second night: failed are {report['failed']}"


def killed_nights(
    console: Console, work: Path, web: SampleWeb, clean: Path, length: float, markdown: str
) -> Iterator[str]:
    """Kill a night at random moments, then let one end."""
    folder = work / "killed"
    configure(folder, web)
    random.seed(20210617)
    moments = []
    for _ in range(KILLS):
        with subprocess.Popen(
            command(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            moment = random.uniform(0.3, length)
            try:
                process.wait(moment)
                moments.append("ended")
            except subprocess.TimeoutExpired:
                process.kill()
                moments.append(f"{moment:.1f} s")
    subprocess.run(command(folder), capture_output=True, check=False)
    console.print(f"killed after {', '.join(moments)} of {length:.1f} s, then run to its end")
    mine, theirs = stories(folder), stories(clean)
    console.print(f"stories: {len(mine)} after the killed nights, {len(theirs)} after a clean one")
    if mine != theirs:
        yield "the killed nights' stories differ from the clean night's"
    if (folder / "issues" / "draft.md").read_text("utf-8") != markdown:
        yield "the killed nights' Markdown differs from the clean night's"
