"""A simulated month over a generated web, held against the truth of what was published.

    python -m tests.soak.month [--nights N] [--sources N] [--seed N]

Every night is a run of its own over a loopback server, with the time of that night; nobody waits
for the night to come. Sources are down, ask for patience, hang, move, change their markup, fall
silent, shrink, publish old entries again, give them other ids, come and go (``tests.soak.plan``).
In the end the database is held against the truth: what could be had and is not there, what is
there twice, and every alert that is missing, late or false is named, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from config.load import load_settings
from config.settings import Settings
from crawlers.pace import ARXIV_PACE, GITHUB_PACE, SYSTEM_CLOCK
from pipeline.nightly import nightly
from store.alerts import load_alerts
from store.database import Store
from store.items import load_items
from store.retention import Weight
from tests.soak.plan import plan
from tests.soak.truth import Place, Truth, truth_of, when
from tests.soak.web import HOOK, Web

_ALL = 1_000_000
_KEPT_DAYS = 7
"""Answers older than this, and than the issue's period, are let go of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a month came to."""

    table: tuple[tuple[str, str], ...]
    """Each number with what it counts."""
    deviations: tuple[str, ...]
    """A line for each thing that is not as it should be."""


def run_month(folder: Path, *, nights: int, sources: int, seed: int, timeout: float = 4) -> Result:
    """Run the nights over a database in `folder`, and compare. `timeout` is that of a request."""
    places = plan(seed, nights=nights, sources=sources)
    truth = truth_of(places, nights)
    statuses: Counter[str] = Counter()
    dropped = Weight()
    with closing(Web(places)) as web, web, _time_of(web), Store(folder / "month.db") as store:
        base = _base(timeout)
        for night in range(nights):
            web.night = night
            done = nightly(
                store,
                web.settings(base, night),
                folder,
                now=when(night),
                progress=lambda _: None,
                begin=lambda _: None,
            )
            statuses.update(report.status for report in done.run.sources)
            dropped += done.dropped
            web.over()
        deviations = (
            *_recall(store, truth),
            *_doubled(store),
            *_alerts(store, truth, nights),
            *_told(store, web),
        )
        table = (
            *_counts(store, places, truth, statuses),
            ("old answers", f"{dropped.payloads} let go of"),
            ("deviations", f"{len(deviations)}"),
        )
    return Result(table=table, deviations=deviations)


@contextmanager
def _time_of(web: Web) -> Iterator[None]:
    """Let the clients of the APIs read the time of the night, too."""
    before = GITHUB_PACE.clock, ARXIV_PACE.clock
    GITHUB_PACE.clock = ARXIV_PACE.clock = replace(SYSTEM_CLOCK, now=lambda: when(web.night))
    try:
        yield
    finally:
        GITHUB_PACE.clock, ARXIV_PACE.clock = before


def _base(timeout: float) -> Settings:
    return load_settings(
        overrides={
            "network": {
                "delay": 0,
                "autothrottle": False,
                "obey_robots": False,
                "retries": 1,
                "backoff": 0.01,
                "timeout": timeout,
            },
            "limits": {"arxiv_delay": 0, "github_enrich": 0},
            "alerts": {"webhook": HOOK},
            "store": {"keep_payload_days": _KEPT_DAYS},
        },
        environment=False,
    )


def _recall(store: Store, truth: Truth) -> Iterator[str]:
    there = {(str(item.source), item.url.partition("?")[0]) for item in load_items(store)}
    for source, url in sorted(truth.had - there):
        yield f"{source}: {url} could be had, and is not there"
    for source, url in sorted(there - truth.had):
        yield f"{source}: {url} is there, and could not be had"


def _doubled(store: Store) -> Iterator[str]:
    for row in store.db.query(
        "SELECT source, canonical_url AS url, count(*) AS n FROM candidate"
        " GROUP BY source, canonical_url HAVING n > 1"
    ):
        yield f"{row['source']}: {row['url']} is {row['n']} candidates"
    for row in store.db.query(
        "SELECT canonical_url AS url, count(DISTINCT story_id) AS n FROM candidate"
        " GROUP BY canonical_url HAVING n > 1"
    ):
        yield f"{row['url']} is in {row['n']} stories"
    for row in store.db.query("SELECT canonical_url AS url FROM candidate WHERE story_id IS NULL"):
        yield f"{row['url']} is in no story"
    for row in store.db.query(
        "SELECT group_concat(DISTINCT canonical_url) AS urls FROM candidate"
        " GROUP BY story_id HAVING count(DISTINCT canonical_url) > 1"
    ):
        yield f"different items in one story: {row['urls']}"


def _alerts(store: Store, truth: Truth, nights: int) -> Iterator[str]:
    night_of = {when(night): night for night in range(nights)}
    raised = {
        (str(alert.source), alert.kind, night_of[alert.opened_at]): alert
        for alert in load_alerts(store, _ALL)
    }
    for due in sorted(truth.due, key=lambda due: (due.source, due.kind, due.night)):
        nights_due = range(due.night, due.by + 1)
        alert = next(
            (raised.pop(key) for n in nights_due if (key := (due.source, due.kind, n)) in raised),
            None,
        )
        if alert is None:
            yield f"{due.source}: no alert {due.kind!r} on night {due.by}"
        elif alert.kind != "gap":
            over = None if alert.closed_at is None else night_of[alert.closed_at]
            if over != due.over:
                yield f"{due.source}: alert {due.kind!r} is over on {over}, not on {due.over}"
            if over is not None and not alert.recovery:
                yield f"{due.source}: alert {due.kind!r} ended without a word"
    for (source, kind, night), alert in raised.items():
        yield f"{source}: alert {kind!r} on night {night} is not due: {alert.detail}"


def _told(store: Store, web: Web) -> Iterator[str]:
    told = Counter((one["id"], one["state"]) for body in web.told for one in body["alerts"])
    for alert in load_alerts(store, _ALL):
        for state, times in (("new", 1), ("over", int(bool(alert.recovery)))):
            if told[alert.id, state] != times:
                found = told[alert.id, state]
                yield f"{alert.source}: {alert.kind!r} told as {state} {found} times, not {times}"


def _counts(
    store: Store, places: Sequence[Place], truth: Truth, statuses: Counter[str]
) -> Iterator[tuple[str, str]]:
    [[candidates, stories]] = store.db.execute(
        "SELECT count(*), count(DISTINCT story_id) FROM candidate"
    ).fetchall()
    addresses = {url for _, url in truth.had}
    alerts = Counter(one.kind for one in truth.due)
    troubles = Counter(place.trouble for place in places if place.trouble != "none")
    yield "troubles", ", ".join(f"{count} {name}" for name, count in sorted(troubles.items()))
    yield "answers", ", ".join(f"{count} {name}" for name, count in sorted(statuses.items()))
    yield "could be had", f"{len(truth.had)} items, {len(addresses)} addresses"
    yield "lost for good", f"{len(truth.lost)} items of {len({s for s, _ in truth.lost})} sources"
    yield "candidates", f"{candidates}"
    yield "stories", f"{stories}"
    yield "alerts due", ", ".join(f"{count} {kind}" for kind, count in sorted(alerts.items()))


def main() -> None:
    """Run a month, print what came of it, and fail where it is not as it should be."""
    options = argparse.ArgumentParser(description="A simulated month over a generated web.")
    options.add_argument("--nights", type=int, default=30)
    options.add_argument("--sources", type=int, default=40)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        result = run_month(Path(name), nights=asked.nights, sources=asked.sources, seed=asked.seed)
    print(f"{asked.nights} nights, {asked.sources} sources, seed {asked.seed}")
    for what, number in result.table:
        print(f"{what:14} {number}")
    for line in result.deviations:
        print(f"- {line}")
    print(f"{time.monotonic() - began:.0f} s")
    sys.exit(1 if result.deviations else 0)


if __name__ == "__main__":
    main()
