"""The walk through the past: at each step learn from what was known, rank what appeared since.

Papers go month by month: learned from the papers of earlier months that hand-kept lists name and
those that earlier issues ran, against all the others. Repositories go issue by issue: the ones on
trending pages since the issue before, learned from what earlier issues linked. Nothing of a step
is known to it, and nothing later. The baselines take the same steps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from config.settings import Settings
from pipeline.backtest.growth import grow
from pipeline.backtest.pool import Paper, PastIssue, Ranked, Trending
from pipeline.backtest.result import (
    Baseline,
    IssueSections,
    Miss,
    Moved,
    Result,
    Run,
    Sections,
    What,
)
from pipeline.backtest.stream import Stream, latest, repository_examples, stream_of
from pipeline.backtest.tally import PAPERS_AT, REPOS_AT, Scores, Tally, both
from pipeline.deciding import deciding
from pipeline.taste.applying import with_taste
from pipeline.taste.learning import Lesson, learn
from pipeline.taste.model import TasteModel, heaviest
from pipeline.taste.sections import learn_sections, past_story, propose
from pipeline.taste.table import Example
from store.models import Story

_LISTED = 0.5
"""Weight of an example that only a list names."""
_MISSES = 30
_MOVED = 20
_WAYS = ("random", "rules", "svm")


@dataclass(frozen=True, slots=True)
class _Step:
    """One step: what was known, what appeared, and how each way scores what appeared."""

    name: str
    candidates: Sequence[Ranked]
    scores: dict[str, Scores]
    model: TasteModel | None


def walk(
    settings: Settings,
    issues: Sequence[PastIssue],
    papers: Sequence[Paper],
    trending: Sequence[Trending],
    *,
    start: str,
    end: str,
    growth: Sequence[int] = (),
    told: Callable[[str], None] = lambda _: None,
) -> Result:
    """Walk from month `start` to month `end` (``2019-06``), both included.

    What is earlier than `start` is learned from. For each number in `growth` it is walked again
    with so many issues known and nothing else (``pipeline.backtest.growth``). `told` is called
    with the name of each step.
    """
    stream = stream_of(settings, issues, papers, trending, end=end)
    notes: list[str] = []
    misses: list[Miss] = []
    of_expert, of_picks = _tallies(PAPERS_AT), _tallies(PAPERS_AT)
    known = {paper.id: paper for paper in papers}
    models: dict[str, TasteModel] = {}
    for step in _paper_steps(stream, start, notes):
        told(step.name)
        expert = [known[c.id].expert > 0 for c in step.candidates]
        picked = [bool(known[c.id].picked_in) for c in step.candidates]
        misses += _count(step, "expert", "arxiv:", expert, of_expert)
        misses += _count(step, "pick", "arxiv:", picked, of_picks)
        models |= {"papers": step.model} if step.model else {}
    of_repos = _tallies(REPOS_AT)
    count = 0
    for step, linked in _repository_steps(stream, start, notes):
        told(step.name)
        count += len(step.candidates)
        models |= {"repos": step.model} if step.model else {}
        wanted = [c.id in linked for c in step.candidates]
        misses += _count(step, "repo", "github:", wanted, of_repos)
    return Result(
        papers=both(of_expert["ours"], of_picks["ours"]),
        repos=of_repos["ours"].repositories(),
        sections=_sections(settings, issues, start, end),
        baselines={
            way: Baseline(
                papers=both(of_expert[way], of_picks[way]), repos=of_repos[way].repositories()
            )
            for way in _WAYS
        },
        ours=Run(
            start=start,
            end=end,
            settings=hashlib.sha256(deciding(settings)).hexdigest()[:12],
            papers=sum(start <= f"{p.date:%Y-%m}" <= end for p in papers),
            repos=count,
            issues=len(issues),
            notes=tuple(notes),
        ),
        misses=tuple(sorted(misses, key=lambda m: (-m.rank, m.id))[:_MISSES]),
        moved=tuple(_moved(models)),
        growth=tuple(grow(stream, issues, growth, start=start, told=told)),
    )


def _tallies(at: tuple[int, ...]) -> dict[str, Tally]:
    """A tally for each way to rank."""
    return {way: Tally(at) for way in ("ours", *_WAYS)}


def _count(
    step: _Step, what: What, scheme: str, wanted: Sequence[bool], tallies: dict[str, Tally]
) -> Iterator[Miss]:
    """Count a step for every way, and give where what was wanted stood."""
    for way, tally in tallies.items():
        tally.add(step.name, step.scores[way], wanted)
    if step.model is not None:
        chances = [step.model.chance(score) for score in step.scores["ours"]]
        tallies["ours"].chances += zip(chances, wanted, strict=True)
    return _misses(step, what, scheme, wanted)


def _paper_steps(stream: Stream, start: str, notes: list[str]) -> Iterator[_Step]:
    for month, new in stream.months.items():
        if month < start:
            continue
        seen = list(stream.papers_before(month))
        first = date.fromisoformat(f"{month}-01")
        examples = [_example(paper, ranked, first) for paper, ranked in seen]
        lesson = learn(examples)
        notes.append(f"论文 {month} {lesson.verdict}")
        candidates = [ranked for _, ranked in new]
        before, picked = [ranked for _, ranked in seen], [e.picked for e in examples]
        yield _Step(month, candidates, _ways(before, picked, candidates, lesson), lesson.model)


def _example(paper: Paper, ranked: Ranked, before: date) -> Example:
    ran = any(day < before for day in paper.picked_in)
    picked = ran or paper.expert > 0
    weight = 1.0 if ran or not picked else _LISTED
    return Example(document=ranked.tokens, rules=ranked.points, picked=picked, weight=weight)


def _repository_steps(
    stream: Stream, start: str, notes: list[str]
) -> Iterator[tuple[_Step, frozenset[str]]]:
    seen: list[Ranked] = []
    ran: set[str] = set()
    for issue, new in stream.periods:
        if f"{issue.day:%Y-%m}" >= start and new:
            before = latest(seen)
            lesson = learn(repository_examples(before, ran))
            notes.append(f"仓库 {issue.day} {lesson.verdict}")
            scores = _ways(before, [c.id in ran for c in before], new, lesson)
            yield _Step(issue.day.isoformat(), new, scores, lesson.model), issue.repositories
        seen += new
        ran |= issue.repositories


def _ways(
    seen: Sequence[Ranked], picked: Sequence[bool], new: Sequence[Ranked], lesson: Lesson
) -> dict[str, Scores]:
    return {
        "ours": [with_taste(c.rules, c.tokens, lesson.model).total for c in new],
        "rules": [c.points for c in new],
        "random": [_chance_of(c.id) for c in new],
        "svm": _svm(seen, picked, new),
    }


def _svm(seen: Sequence[Ranked], picked: Sequence[bool], new: Sequence[Ranked]) -> Scores:
    """TF-IDF over words and pairs of words of the titles and a linear SVM, as arxiv-sanity-lite."""
    if not any(picked) or all(picked):
        return [0.0] * len(new)
    words = TfidfVectorizer(
        sublinear_tf=True, ngram_range=(1, 2), min_df=2, stop_words="english", strip_accents=None
    )
    table = words.fit_transform([c.title for c in (*seen, *new)])
    machine = LinearSVC(class_weight="balanced", C=0.1, max_iter=5000, random_state=0)
    machine.fit(table[: len(seen)], np.array(picked))
    scores: list[float] = machine.decision_function(table[len(seen) :]).tolist()
    return scores


def _chance_of(name: str) -> float:
    """A number between 0 and 1 that only looks drawn by lot."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big") / 2**48


def _misses(step: _Step, what: What, scheme: str, wanted: Sequence[bool]) -> Iterator[Miss]:
    scores = step.scores["ours"]
    order = sorted(range(len(scores)), key=lambda n: (-scores[n], n))
    for rank, n in enumerate(order, 1):
        if wanted[n]:
            candidate = step.candidates[n]
            told = with_taste(candidate.rules, candidate.tokens, step.model)
            yield Miss(
                what=what,
                month=step.name,
                id=scheme + candidate.id,
                title=candidate.title,
                rank=rank,
                score=told.total,
                parts=told.parts,
            )


def _moved(models: Mapping[str, TasteModel]) -> Iterator[Moved]:
    for name, model in models.items():
        ranked = sorted(model.points.items(), key=heaviest)
        for token, points in ranked[:_MOVED]:
            yield Moved(feature=token, weight=points, model=name)


def _sections(settings: Settings, issues: Sequence[PastIssue], start: str, end: str) -> Sections:
    """What is proposed for the items of each issue of these months, learned from those before."""
    names = {section.name for section in settings.sections}
    seen: list[tuple[Story, str]] = []
    by_issue = []
    for issue in issues:
        items = [(past_story(d, settings), name) for name, d in issue.items if name in names]
        if items and start <= f"{issue.day:%Y-%m}" <= end:
            model = learn_sections(seen, settings)
            right = sum(propose(story, settings, model) == name for story, name in items)
            by_issue.append((issue.day.isoformat(), right, len(items)))
        seen += items
    total = sum(n for _, _, n in by_issue)
    return Sections(
        accuracy=sum(right for _, right, _ in by_issue) / total if total else 0.0,
        n=total,
        by_issue=tuple(
            IssueSections(issue=day, accuracy=right / n, n=n) for day, right, n in by_issue
        ),
    )
