"""The walk through the past: at each step learn from what was known, rank what appeared since.

Papers go month by month: learned from the papers of earlier months that hand-kept lists name and
those that earlier issues ran, against all the others. Repositories go issue by issue: the ones on
trending pages since the issue before, learned from what earlier issues linked. Nothing of a step
is known to it, and nothing later. The baselines take the same steps.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from config.settings import Settings
from pipeline.backtest.pool import Paper, PastIssue, Ranked, Ranker, Trending
from pipeline.backtest.result import (
    Baseline,
    IssueSections,
    Miss,
    Month,
    Moved,
    PaperRanking,
    Papers,
    Period,
    RepoRanking,
    Result,
    Run,
    Sections,
    What,
)
from pipeline.taste.applying import with_taste
from pipeline.taste.learning import average_precision, learn
from pipeline.taste.model import Example, TasteModel
from pipeline.taste.sections import learn_sections, past_story, propose
from store.models import Story

_PAPERS_AT = (50, 100, 200)
_REPOS_AT = (20, 50, 100)
_CURVE = (5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 800)
_LISTED = 0.5
"""Weight of an example that only a list names."""
_BINS = 10
_MISSES = 30
_MOVED = 20
_WAYS = ("random", "rules", "svm")

Scores = Sequence[float]


@dataclass(frozen=True, slots=True)
class _Step:
    """One step: what was known, what appeared, and how each way scores what appeared."""

    name: str
    candidates: list[Ranked]
    scores: dict[str, Scores]
    model: TasteModel | None


@dataclass(slots=True)
class _Tally:
    """Counts over the steps of one way and one kind of what is wanted."""

    at: tuple[int, ...]
    hits: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    curve: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    wanted: int = 0
    precisions: list[tuple[float, int]] = field(default_factory=list)
    steps: list[tuple[str, dict[int, float], int]] = field(default_factory=list)
    chances: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, name: str, scores: Scores, wanted: Sequence[bool]) -> None:
        """Count a step."""
        order = sorted(range(len(scores)), key=lambda n: (-scores[n], n))
        count = sum(wanted)
        places = [place for place, n in enumerate(order, 1) if wanted[n]]
        for k in self.at:
            self.hits[k] += sum(place <= k for place in places)
        for k in _CURVE:
            self.curve[k] += sum(place <= k for place in places)
        self.wanted += count
        if count:
            ranked = [(scores[n], wanted[n]) for n in order]
            self.precisions.append((average_precision(ranked), count))
        recall = {k: sum(p <= k for p in places) / count if count else 0.0 for k in self.at}
        self.steps.append((name, recall, count))

    def recall(self) -> dict[int, float]:
        """Pooled over all steps."""
        return {k: self.hits[k] / self.wanted if self.wanted else 0.0 for k in self.at}

    def points(self) -> tuple[tuple[int, float], ...]:
        """The curve."""
        return tuple((k, self.curve[k] / self.wanted if self.wanted else 0.0) for k in _CURVE)

    def precision(self) -> float:
        """Mean average precision over steps in which something was wanted."""
        return sum(p for p, _ in self.precisions) / max(1, len(self.precisions))

    def calibration(self) -> tuple[tuple[float, float, int], ...]:
        """Mean chance and share that was wanted, in bins of equal size."""
        ranked = sorted(self.chances)
        size = max(1, len(ranked) // _BINS)
        bins = [ranked[start : start + size] for start in range(0, len(ranked), size)]
        return tuple(
            (sum(c for c, _ in some) / len(some), sum(w for _, w in some) / len(some), len(some))
            for some in bins
            if some
        )

    def papers(self) -> PaperRanking:
        """As the result has it."""
        return PaperRanking(
            recall=self.recall(),
            average_precision=self.precision(),
            n=self.wanted,
            curve=self.points(),
            calibration=self.calibration(),
            by_month=tuple(Month(month=m, recall=r, n=n) for m, r, n in self.steps),
        )

    def repositories(self) -> RepoRanking:
        """As the result has it."""
        return RepoRanking(
            recall=self.recall(),
            average_precision=self.precision(),
            n=self.wanted,
            curve=self.points(),
            calibration=self.calibration(),
            by_period=tuple(Period(period=p, recall=r, n=n) for p, r, n in self.steps),
        )


def walk(
    settings: Settings,
    issues: Sequence[PastIssue],
    papers: Sequence[Paper],
    trending: Sequence[Trending],
    *,
    start: str,
    end: str,
    told: Callable[[str], None] = lambda _: None,
) -> Result:
    """Walk from month `start` to month `end` (``2019-06``), both included.

    What is earlier than `start` is learned from. `told` is called with the name of each step.
    """
    ranker = Ranker(settings)
    notes: list[str] = []
    misses: list[Miss] = []
    of_expert, of_picks = _tallies(_PAPERS_AT), _tallies(_PAPERS_AT)
    known = {paper.id: paper for paper in papers}
    model = None
    for step in _paper_steps(ranker, papers, start, end, notes):
        told(step.name)
        expert = [known[c.id].expert > 0 for c in step.candidates]
        picked = [bool(known[c.id].picked_in) for c in step.candidates]
        misses += _count(step, "expert", "arxiv:", expert, of_expert)
        misses += _count(step, "pick", "arxiv:", picked, of_picks)
        model = step.model or model
    of_repos = _tallies(_REPOS_AT)
    count = 0
    for step, linked in _repository_steps(ranker, issues, trending, start, end):
        told(step.name)
        count += len(step.candidates)
        wanted = [c.id in linked for c in step.candidates]
        misses += _count(step, "repo", "github:", wanted, of_repos)
    return Result(
        papers=_both(of_expert["ours"], of_picks["ours"]),
        repos=of_repos["ours"].repositories(),
        sections=_sections(settings, issues),
        baselines={
            way: Baseline(
                papers=_both(of_expert[way], of_picks[way]), repos=of_repos[way].repositories()
            )
            for way in _WAYS
        },
        ours=Run(
            start=start,
            end=end,
            settings=_hash(settings),
            papers=sum(start <= f"{p.date:%Y-%m}" <= end for p in papers),
            repos=count,
            issues=len(issues),
            notes=tuple(notes),
        ),
        misses=tuple(sorted(misses, key=lambda m: (-m.rank, m.id))[:_MISSES]),
        moved=_moved(model),
    )


def _tallies(at: tuple[int, ...]) -> dict[str, _Tally]:
    """A tally for each way to rank."""
    return {way: _Tally(at) for way in ("ours", *_WAYS)}


def _count(
    step: _Step, what: What, scheme: str, wanted: Sequence[bool], tallies: dict[str, _Tally]
) -> Iterator[Miss]:
    """Count a step for every way, and give where what was wanted stood."""
    for way, tally in tallies.items():
        tally.add(step.name, step.scores[way], wanted)
    if step.model is not None:
        chances = [step.model.chance(score) for score in step.scores["ours"]]
        tallies["ours"].chances += zip(chances, wanted, strict=True)
    return _misses(step, what, scheme, wanted)


def _both(expert: _Tally, picks: _Tally) -> Papers:
    return Papers(expert=expert.papers(), picks=picks.papers())


def _paper_steps(
    ranker: Ranker, papers: Sequence[Paper], start: str, end: str, notes: list[str]
) -> Iterator[_Step]:
    by_month: dict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        by_month[f"{paper.date:%Y-%m}"].append(paper)
    seen: list[tuple[Paper, Ranked]] = []
    for month in sorted(by_month):
        if month > end:
            return
        new = [(paper, ranker.paper(paper)) for paper in by_month[month]]
        if month >= start:
            first = date.fromisoformat(f"{month}-01")
            examples = [_example(paper, ranked, first) for paper, ranked in seen]
            lesson = learn(examples)
            notes.append(f"论文 {month} {lesson.verdict}")
            model = lesson.model if lesson.used else None
            candidates = [ranked for _, ranked in new]
            before, picked = [ranked for _, ranked in seen], [e.picked for e in examples]
            yield _Step(month, candidates, _ways(before, picked, candidates, model), model)
        seen += new


def _example(paper: Paper, ranked: Ranked, before: date) -> Example:
    ran = any(day < before for day in paper.picked_in)
    picked = ran or paper.expert > 0
    weight = 1.0 if ran or not picked else _LISTED
    return Example(document=ranked.tokens, rules=ranked.points, picked=picked, weight=weight)


def _repository_steps(
    ranker: Ranker,
    issues: Sequence[PastIssue],
    trending: Sequence[Trending],
    start: str,
    end: str,
) -> Iterator[tuple[_Step, frozenset[str]]]:
    seen: list[Ranked] = []
    picked: list[bool] = []
    for before, issue in pairwise(issues):
        if f"{issue.day:%Y-%m}" > end:
            return
        rows: dict[str, list[Trending]] = defaultdict(list)
        for row in trending:
            if before.day < row.date <= issue.day:
                rows[row.repo.lower()].append(row)
        new = [ranker.repository(some[0].repo, some) for _, some in sorted(rows.items())]
        if f"{issue.day:%Y-%m}" >= start and new:
            examples = [
                Example(document=c.tokens, rules=c.points, picked=was)
                for c, was in zip(seen, picked, strict=True)
            ]
            lesson = learn(examples)
            model = lesson.model if lesson.used else None
            scores = _ways(seen, picked, new, model)
            yield _Step(issue.day.isoformat(), new, scores, model), issue.repositories
        seen += new
        picked += [candidate.id in issue.repositories for candidate in new]


def _ways(
    seen: Sequence[Ranked], picked: Sequence[bool], new: Sequence[Ranked], model: TasteModel | None
) -> dict[str, Scores]:
    return {
        "ours": [with_taste(c.rules, c.tokens, model).total for c in new],
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


def _moved(model: TasteModel | None) -> tuple[Moved, ...]:
    if model is None:
        return ()
    ranked = sorted(model.points.items(), key=lambda one: (-abs(one[1]), one[0]))
    return tuple(Moved(feature=token, weight=points) for token, points in ranked[:_MOVED])


def _sections(settings: Settings, issues: Sequence[PastIssue]) -> Sections:
    """What is proposed for each issue's items, learned from the issues before it."""
    names = {section.name for section in settings.sections}
    seen: list[tuple[Story, str]] = []
    by_issue = []
    for issue in issues:
        items = [(past_story(d, settings), name) for name, d in issue.items if name in names]
        model = learn_sections(seen, settings)
        right = sum(propose(story, settings, model) == name for story, name in items)
        if items:
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


def _hash(settings: Settings) -> str:
    told = settings.model_dump_json(include={"topics", "score", "sections", "venues", "lexicon"})
    return hashlib.sha256(told.encode()).hexdigest()[:12]
