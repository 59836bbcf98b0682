"""Past issues: what is read of them, what is remembered, how they come back.

Nothing that ran may be proposed for the next issue, and nothing else may be withheld: each
issue's picks are handed in again at the date of the next, and the next one's before it ran.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

from rich.console import Console

from config.load import SHIPPED, load_settings
from config.settings import Settings
from pipeline.checking import Page, check_page
from pipeline.issue_diff import diff_issue, diff_lines
from pipeline.issue_links import item_links
from pipeline.issue_markdown import render
from pipeline.past import import_issues, read_file
from pipeline.period import period_of
from pipeline.queue import Queue, State
from pipeline.stages import normalise_pending, score_open
from pipeline.stories import cluster_pending
from store.database import Store
from store.items import save_items
from store.models import Draft, Issue, RawItem, SourceName
from store.runs import start_run
from tests.realdata import DATA

_URL = re.compile(
    r"https?://[^\s()（）\[\]<>\"'，。；、！？：）】」]+(?:\([^\s()]*\)[^\s()\[\]<>，。；]*)*"
)


def settings() -> Settings:
    """The shipped configuration."""
    return load_settings(SHIPPED, environment=False)


def urls_of(draft: Draft) -> list[str]:
    """Every address on an item, those in its 摘要 and on nested items included."""
    urls = [draft.url, *(link.url for link in item_links(draft))]
    for item in draft.items:
        urls += urls_of(item)
    return [url for url in urls if url]


def reading(console: Console) -> Iterator[str]:
    """Every address between the first section and the footer must be on the item it stands in."""
    total = found = items = 0
    for path in sorted((DATA / "issues").glob("*.md")):
        read, text = read_file(path, settings())
        items += sum(len(s.items) for s in read.issue.sections)
        placed = [p for s in read.sections for p in s.items]
        for start, stop, written in raw_items(text):
            here = [p for p in placed if start <= p.line < stop]
            known = [url for p in here for url in urls_of(p.draft)]
            for url in written:
                total += 1
                if any(url.rstrip(".,;") in one or one in url for one in known):
                    found += 1
                else:
                    yield f"{path.name}:{start}: {url} is on none of its items"
    console.print(f"past issues: {items} items, {found} of {total} addresses on their item")


def raw_items(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """First line, line behind the last, and addresses of each top-level bullet under a section."""
    lines = text.splitlines()
    inside = False
    starts: list[int] = []
    for number, line in enumerate([*lines, "----"], 1):
        if re.match(r"##\s*\[?往期回顾|-{4,}\s*$", line):
            inside = inside and not starts
        if line.startswith("## ") and "往期回顾" not in line:
            inside = True
        if (line.startswith(("- ", "-[", "## ")) or re.match(r"-{4,}\s*$", line)) and starts:
            start = starts.pop()
            written = _URL.findall("\n".join(lines[start - 1 : number - 1]))
            yield start, number, written
        if inside and line.startswith(("- ", "-[")):
            starts.append(number)
        if re.match(r"##\s*\[往期回顾", line):
            return


def remembering(console: Console, work: Path) -> Iterator[str]:
    """Hand in what ran, and what was about to run."""
    paths = sorted((DATA / "issues").glob("*.md"))
    counts = {"ran": 0, "proposed again": 0, "to come": 0, "withheld": 0}
    for earlier, later in pairwise(paths):
        issue, following = (read_file(path, settings())[0].issue for path in (earlier, later))
        with Store(work / f"{earlier.stem}.db") as store:
            upto = [path for path in paths if path <= earlier]
            list(import_issues(store, settings(), upto))
            for again, draft in states(store, following.date, issue):
                counts["ran"] += 1
                if again is not State.PRINTED:
                    counts["proposed again"] += 1
                    yield f"{earlier.name}: proposed again: {draft}"
        with Store(work / f"{earlier.stem}-next.db") as store:
            list(import_issues(store, settings(), upto))
            for state, draft in states(store, following.date, following):
                counts["to come"] += 1
                if state is State.PRINTED:
                    counts["withheld"] += 1
                    console.print(f"withheld from {later.name}: {draft}", highlight=False)
    console.print(f"remembering: {counts}")


def coming_back(console: Console) -> Iterator[str]:
    """How many lines of each file come back, as it was and in the house's white space."""
    total = kept = 0
    for path in sorted((DATA / "issues").glob("*.md")):
        read, text = read_file(path, settings())
        page = render(read.issue, settings().newsletter)
        lines, written = text.splitlines(), page.splitlines()
        blocks = SequenceMatcher(None, lines, written, autojunk=False).get_matching_blocks()
        total += len(lines)
        kept += sum(block.size for block in blocks)
        if path.stem == "2019-03-31" and page != text:
            yield f"{path.name} does not come back byte for byte"
        for line in diff_lines(text, page, before=path.name, after="written").splitlines()[2:]:
            console.print(f"  {path.name} {line[:150]}", highlight=False, markup=False)
        if diff_issue(read.issue, text, name=path.name, newsletter=settings().newsletter).lines:
            yield f"{path.name}: its normal form is not that of its issue"
    console.print(f"coming back: {kept} of {total} lines ({kept / total:.1%})")
    if kept < 0.95 * total:
        yield "fewer than 95 % of the lines come back"


def checking(console: Console, work: Path) -> Iterator[str]:
    """The findings on every file, each checked against those before it."""
    counts: Counter[tuple[str, str]] = Counter()
    with Store(work / "check.db") as store:
        for path in sorted((DATA / "issues").glob("*.md")):
            _, text = read_file(path, settings())
            page = Page(name=path.name, text=text)
            for finding in check_page(store, settings(), page, at(date(2026, 3, 2)), None):
                counts[finding.code, finding.level] += 1
                if finding.level == "error":
                    console.print(f"  {finding}"[:150], highlight=False, markup=False)
            list(import_issues(store, settings(), [path]))
    table = ", ".join(f"{code} {n} ({level})" for (code, level), n in sorted(counts.items()))
    console.print(f"check: {sum(counts.values())} findings: {table}")
    if not counts:
        yield "the check found nothing"


def states(store: Store, day: date, issue: Issue) -> list[tuple[State, str]]:
    """How the picks of an issue, each title with its link, stand in the queue of that day."""
    now = at(day)
    run = start_run(store, "picks", now)
    picks = [
        RawItem(source=SourceName("picks"), external_id=draft.url, url=draft.url, title=draft.title)
        for section in issue.sections
        for draft in section.items
        if draft.url
    ]
    save_items(store, run, None, picks, now)
    normalise_pending(store, now)
    cluster_pending(store, settings(), now)
    period = replace(period_of(store, settings(), now, day), start=at(date(2010, 1, 1)))
    score_open(store, settings(), since=period.start, period=period)
    return [
        (entry.state, f"{entry.draft.title} {entry.draft.url}")
        for entry in Queue(store=store, settings=settings(), period=period).entries()
    ]


def at(day: date) -> datetime:
    """Noon of a day in the editor's zone."""
    return datetime.combine(day, time(12), settings().newsletter.zone)
