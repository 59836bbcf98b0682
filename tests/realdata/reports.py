"""Chinese reports beside the English papers that they ran with, out of all papers of their month.

A report of a past issue, known by its title alone, is held against every paper that came out in
the 31 days before the issue, and against its own whatever its age: is its own found, does it
join, and is no other taken for it? Once with the papers' titles alone, once with their abstracts.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from rich.console import Console
from rich.table import Table

from config.settings import Settings
from pipeline.identity import identify, mentions
from pipeline.issue_links import item_links
from pipeline.joining.evidence import judge
from pipeline.joining.profile import profile_of
from pipeline.joining.traits import traits
from pipeline.language import language_of
from pipeline.normalise import normalise
from pipeline.past import read_file
from pipeline.stories import vocabulary_of
from store.evidence import Trait
from store.models import (
    CandidateId,
    Draft,
    Issue,
    Kind,
    Member,
    PaperFacts,
    Profile,
    RawItem,
    SourceName,
    Tie,
)
from tests.realdata import DATA
from tests.realdata.past import at, settings

_PAPERS = DATA / "pool" / "papers.jsonl.gz"
_MONTH = timedelta(days=31)
_JOINS = 0.5
_FALSE_JOINS = 0.05
"""Found false joins among a thousand pairs of a report and a paper, above which it is a fault: one
in five reports would get a wrong paper out of the four thousand of a month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper of the pool."""

    id: str
    title: str
    abstract: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What is held against another, and by what it is found."""

    profile: Profile
    traits: tuple[Trait, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An item that ran with papers of the pool."""

    day: date
    compared: Compared
    papers: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a report and a paper."""

    report: Report
    paper: Profile
    tie: Tie
    found: bool
    """They share a trait within its days, so that they are held against each other at all."""
    true: bool

    @property
    def joins(self) -> bool:
        """Whether the tie alone would make them one story."""
        return self.tie.chance >= _JOINS


@cache
def configured() -> Settings:
    """The shipped configuration, read once."""
    return settings()


@cache
def papers() -> dict[str, Paper]:
    """The pool by arXiv id."""
    found = {}
    with gzip.open(_PAPERS, "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            found[entry["id"]] = Paper(
                id=entry["id"],
                title=entry["title"],
                abstract=entry.get("abstract") or "",
                day=date.fromisoformat(entry["date"]),
            )
    return found


def issues() -> Iterator[Issue]:
    """The past issues in order."""
    for path in sorted((DATA / "issues").glob("*.md")):
        yield read_file(path, configured())[0].issue


def items(issue: Issue) -> list[tuple[int, Draft]]:
    """Every item, nested ones too, with the place of the outermost item around it."""

    def within(draft: Draft) -> Iterator[Draft]:
        yield draft
        for part in draft.items:
            yield from within(part)

    outermost = [draft for section in issue.sections for draft in section.items]
    return [(place, one) for place, draft in enumerate(outermost) for one in within(draft)]


def arxiv_ids(keys: Iterable[str]) -> list[str]:
    """The ids in keys of arXiv papers."""
    return [key.removeprefix("arxiv:") for key in keys if key.startswith("arxiv:")]


def reports() -> Iterator[Report]:
    """Items with papers of the pool, by title alone."""
    for issue in issues():
        for _, draft in items(issue):
            urls = [url for url in (draft.url, *(link.url for link in item_links(draft))) if url]
            keys = [key for url in urls for key in identify(url).keys]
            keys += [*mentions(f"{draft.details}\n{draft.summary}")]
            keys += [key for tag in draft.tags for key in identify(f"arXiv:{tag}").keys]
            known = frozenset(one for one in arxiv_ids(keys) if one in papers())
            own = [papers()[one].title.casefold() for one in known]
            if known and draft.title.casefold() not in own:
                raw = RawItem(
                    source=SourceName("past"),
                    external_id=draft.title,
                    url="",
                    kind=Kind.ARTICLE,
                    title=draft.title,
                    published=at(issue.date),
                )
                yield Report(day=issue.date, compared=compared(raw), papers=known)


@cache
def paper_compared(id: str) -> Compared:
    """A paper of the pool with its abstract as it is compared."""
    paper = papers()[id]
    raw = RawItem(
        source=SourceName("pool"),
        external_id=id,
        url=f"https://arxiv.org/abs/{id}",
        kind=Kind.PAPER,
        title=paper.title,
        summary=paper.abstract,
        published=datetime.combine(paper.day, time(12), UTC),
        paper=PaperFacts(arxiv_id=id),
    )
    return compared(raw)


def compared(raw: RawItem) -> Compared:
    """A raw item as it is compared and found."""
    vocabulary = vocabulary_of(configured().lexicon)
    member = Member(
        id=CandidateId(0), candidate=normalise(raw), first_seen=datetime(2000, 1, 1, tzinfo=UTC)
    )
    profile = profile_of(member, vocabulary)
    found = traits(profile, vocabulary.read(profile.title), vocabulary)
    return Compared(profile=profile, traits=found)


def outcomes(report: Report, with_abstract: bool) -> Iterator[Outcome]:
    """The report against the papers of its month and its own."""
    vocabulary, rules = vocabulary_of(configured().lexicon), configured().stories
    mine = {trait.value: trait.days for trait in report.compared.traits}
    for paper in papers().values():
        true = paper.id in report.papers
        if not true and not report.day - _MONTH <= paper.day <= report.day:
            continue
        other = paper_compared(paper.id)
        profile = other.profile
        if not with_abstract:
            profile = replace(profile, gist="", sketch=(), mentions=())
        apart = abs(profile.day - report.compared.profile.day)
        days = max((mine.get(trait.value, -1) for trait in other.traits), default=-1)
        yield Outcome(
            report=report,
            paper=profile,
            tie=judge(report.compared.profile, profile, vocabulary, rules),
            found=apart <= days,
            true=true,
        )


def across_languages(console: Console) -> Iterator[str]:
    """Which papers join which reports: a table, what is missed, and what joins wrongly."""
    columns = ("true", "join", "found", "both", "false joins", "found", "of", "‰")
    table = Table("reports", "papers", *columns)
    shown: set[str] = set()
    for language in ("zh", "en"):
        ours = [one for one in reports() if language_of(one.compared.profile.title) == language]
        for name, with_abstract in (("titles alone", False), ("with abstracts", True)):
            every = [o for report in ours for o in outcomes(report, with_abstract)]
            true = [o for o in every if o.true]
            false = [o for o in every if not o.true and o.joins]
            strange = len(every) - len(true)
            rate = 1000 * sum(o.found for o in false) / max(1, strange)
            counts = (
                len(true),
                sum(o.joins for o in true),
                sum(o.found for o in true),
                sum(o.joins and o.found for o in true),
                len(false),
                sum(o.found for o in false),
                strange,
            )
            table.add_row(language, name, *map(str, counts), f"{rate:.3f}")
            # With abstracts only what is other than without.
            missed = [line_of(o) for o in true if not (o.joins and o.found)]
            listing(console, f"missed, {language}, {name}", missed, shown)
            listing(console, f"false joins, {language}, {name}", map(line_of, false), shown)
            if rate > _FALSE_JOINS:
                yield f"{language} reports, {name}: {rate:.3f} false joins among a thousand pairs"
    console.print(table)


def line_of(outcome: Outcome) -> str:
    """A report and a paper with what speaks for and against."""
    report = outcome.report
    several = f", one of {len(report.papers)} papers" if len(report.papers) > 1 else ""
    found = "found" if outcome.found else "not found"
    text = told(report.day, report.compared.profile, outcome.paper, outcome.tie)
    return f"{found}{several}, {text}"


def told(day: date, a: Profile, b: Profile, tie: Tie | None) -> str:
    """Two candidates and what ties them, on three lines."""
    evidence = "; ".join(
        f"{e.kind} {e.points:+.1f} {e.label[:60]}".strip() for e in (tie.evidence if tie else ())
    )
    chance = f"{tie.chance:.2f}" if tie else "no tie"
    return f"{day} {chance}: {evidence}; {abs(a.day - b.day)} days\n    {a.title}  [{a.keys[0]}]\n    {b.title}  [{b.keys[0]}]"


def listing(
    console: Console, heading: str, entries: Iterable[str], shown: set[str] | None = None
) -> None:
    """Print a list; what was shown before counts and is not printed again."""
    shown = set() if shown is None else shown
    entries = list(entries)
    new = [entry for entry in entries if entry not in shown]
    known = f", {len(entries) - len(new)} of them as above" if len(new) < len(entries) else ""
    console.print(f"{heading}: {len(entries)}{known}", highlight=False)
    for entry in new:
        console.print(f"  {entry}", highlight=False, markup=False)
    shown.update(entries)
