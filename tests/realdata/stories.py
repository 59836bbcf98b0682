"""Stories of past issues: what the editor printed as one item, given link by link.

Each link comes with a title and nothing that says where it belongs; once with titles alone, once
with the text under the item, since articles name the papers that they are about. How much of an
item comes together again, and do strangers join? A link of an item need not be about the same
thing (a further reading, a tool that is used), so that what stays apart is listed to be read, and
only strangers are wrong.

``python -m tests.realdata.stories`` runs this, and what ``tests.realdata.reports`` asks.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pipeline.identity import identify
from pipeline.issue_links import item_links
from pipeline.joining.partition import ordered
from pipeline.stages import normalise_pending
from pipeline.stories import cluster_pending
from store.database import Store
from store.evidence import load_profiles, load_ties
from store.items import save_items
from store.models import CandidateId, Issue, RawItem, SourceName
from store.runs import start_run
from tests.realdata import DATA
from tests.realdata.past import at
from tests.realdata.reports import (
    across_languages,
    arxiv_ids,
    configured,
    issues,
    items,
    listing,
    papers,
    told,
)

_SOURCE = SourceName("past")
_WORDS_OF_A_TITLE = 4
_STRANGERS = 3
"""Pairs of different items that may join: now and then the editor printed one thing as two."""
_SENTENCE = re.compile(r"[！？—：|]")
"""What stands in a Chinese headline rather than in a label such as 论文地址."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A link as it is handed in, and where it stood."""

    item: int
    """Number of its item in the issue."""
    family: int
    """Number of the outermost item around it."""
    raw: RawItem


@dataclass(slots=True)
class Together:
    """What came of the links of past issues."""

    counts: Counter[str] = field(default_factory=Counter)
    apart: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)


def title_of(label: str, url: str) -> str:
    """What the thing behind a further link is called; empty where nothing tells."""
    latin = re.findall(r"[A-Za-z][A-Za-z'’-]+", label)
    is_title = len(latin) >= _WORDS_OF_A_TITLE or _SENTENCE.search(label)
    if is_title and "://" not in label and "地址" not in label:
        return label
    key = identify(url).keys[0]
    paper = next((papers()[one] for one in arxiv_ids([key]) if one in papers()), None)
    if paper is not None:
        return paper.title
    return key.removeprefix("github:") if key.startswith("github:") else ""


def given(issue: Issue, with_text: bool, counts: Counter[str]) -> Iterator[Given]:
    """All links of an issue as raw items; the text under an item goes with its first link."""
    day = at(issue.date)
    for number, (family, draft) in enumerate(items(issue)):
        named = [(draft.title, draft.url)] if draft.url else []
        known = {identify(url).keys[0] for _, url in named}
        for link in item_links(draft):
            key = identify(link.url).keys[0]
            title = title_of(link.label, link.url)
            if key in known:
                counts["same address"] += 1
            elif not title:
                counts["without a title"] += 1
            else:
                named.append((title, link.url))
            known.add(key)
        for place, (title, url) in enumerate(named):
            about = f"{draft.details}\n{draft.summary}" if with_text and url == draft.url else ""
            raw = RawItem(
                source=_SOURCE,
                external_id=f"{number}/{place}",
                url=url,
                title=title,
                text=about.strip(),
                published=day,
            )
            yield Given(item=number, family=family, raw=raw)


def cluster(store: Store, issue: Issue, links: Iterable[Given]) -> dict[str, tuple[int, int]]:
    """Take links through the stages; gives candidate and story of each by its external id."""
    now = at(issue.date)
    run = start_run(store, "links", now)
    save_items(store, run, None, [link.raw for link in links], now)
    normalise_pending(store, now)
    cluster_pending(store, configured(), now)
    with store.reading() as db:
        rows = db.execute("SELECT external_id, id, story_id FROM candidate").fetchall()
    return {external_id: (candidate, story) for external_id, candidate, story in rows}


def regroup(issue: Issue, with_text: bool, found: Together) -> None:
    """Give the links of an issue apart, and note which come together."""
    links = list(given(issue, with_text, found.counts))
    with tempfile.TemporaryDirectory() as work, Store(Path(work) / "links.db") as store:
        place = cluster(store, issue, links)
        ids = {link.raw.external_id: CandidateId(place[link.raw.external_id][0]) for link in links}
        profiles = load_profiles(store, ids.values())
        ties = load_ties(store, ids.values())
    found.counts["links"] += len(links)
    found.counts["items"] += len({link.item for link in links})
    sizes = Counter(link.item for link in links)
    found.counts["items of several links"] += sum(size > 1 for size in sizes.values())
    for one, other in combinations(links, 2):
        a, b = (profiles[ids[link.raw.external_id]] for link in (one, other))
        joined = place[one.raw.external_id][1] == place[other.raw.external_id][1]
        tie = ties.get(ordered(a.id, b.id))
        if one.item == other.item:
            what = "-".join(sorted((a.kind, b.kind)))
            found.counts[f"pairs {what}"] += 1
            found.counts[f"joined {what}"] += joined
            if not joined:
                found.apart.append(told(issue.date, a, b, tie))
        elif joined and set(a.keys) & set(b.keys):
            found.counts["one address in two items"] += 1
        elif joined and one.family == other.family:
            found.counts["with an item nested in it"] += 1
        elif joined:
            found.strangers.append(told(issue.date, a, b, tie))


def together(console: Console) -> Iterator[str]:
    """Links of past issues given apart, with titles alone and with the text under the item."""
    both = {}
    for name, with_text in (("titles", False), ("with text", True)):
        both[name] = found = Together()
        for issue in issues():
            regroup(issue, with_text, found)
    table = Table("links of past issues", *both)
    for what in sorted(dict.fromkeys(kind for found in both.values() for kind in found.counts)):
        if not what.startswith("joined "):
            table.add_row(what, *(count_of(found.counts, what) for found in both.values()))
    table.add_row("strangers joined", *(str(len(found.strangers)) for found in both.values()))
    console.print(table)
    shown: set[str] = set()
    for name, found in reversed(both.items()):
        listing(console, f"apart, {name}", found.apart, shown)
        listing(console, f"strangers, {name}", found.strangers, shown)
        if len(found.strangers) > _STRANGERS:
            yield f"past issues, {name}: {len(found.strangers)} strangers join"


def count_of(counts: Counter[str], what: str) -> str:
    """A count; for pairs, how many of them joined."""
    if what.startswith("pairs "):
        return f"{counts['joined ' + what.removeprefix('pairs ')]} of {counts[what]} joined"
    return str(counts[what])


def main() -> int:
    """Give the exit code."""
    console = Console(width=150, soft_wrap=True)
    if not (DATA / "issues").is_dir():
        console.print(
            f"skipped: no past issues in {DATA}; BRIEFING_REALDATA can name another folder"
        )
        return 0
    faults = [*together(console), *across_languages(console)]
    for fault in faults:
        console.print(f"WRONG: {fault}", highlight=False, markup=False)
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
