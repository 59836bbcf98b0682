"""How recall grows with the issues that are known when the program is first used.

Only the latest issues before the walk are known, no list and nothing later: what they ran of the
stream before the walk is picked, the rest of that stream passed over. Of that it is learned once,
as every night, and every step of the walk is ranked so. With no issue known it is the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pipeline.backtest.pool import PastIssue, Ranked
from pipeline.backtest.result import Grown
from pipeline.backtest.stream import Stream, latest, repository_examples
from pipeline.backtest.tally import PAPERS_AT, REPOS_AT, Tally, both
from pipeline.taste.applying import with_taste
from pipeline.taste.learning import Lesson, learn
from pipeline.taste.table import Example

ISSUES = (0, 1, 5, 10, 20)
"""How many issues are known, as it is usually asked."""


def grow(
    stream: Stream,
    issues: Sequence[PastIssue],
    counts: Sequence[int],
    *,
    start: str,
    told: Callable[[str], None] = lambda _: None,
) -> Iterator[Grown]:
    """For each of `counts`, the fewest first; where there are fewer issues, with all of them.

    `issues` are in time order; those before month `start` may be known.
    """
    before = [issue for issue in issues if f"{issue.day:%Y-%m}" < start]
    for count in sorted({min(count, len(before)) for count in counts}):
        told(f"{count} issues")
        yield _grown(stream, before[len(before) - count :], start)


def _grown(stream: Stream, known: Sequence[PastIssue], start: str) -> Grown:
    days = {issue.day for issue in known}
    ran = {name for issue in known for name in issue.repositories}
    papers = [
        Example(
            document=ranked.tokens,
            rules=ranked.rules.lasting,
            picked=not days.isdisjoint(paper.picked_in),
        )
        for paper, ranked in stream.papers_before(start)
    ]
    repositories = repository_examples(latest(stream.repositories_before(start)), ran)
    of_papers, of_repositories = learn(papers), learn(repositories)
    expert, picks, repos = Tally(PAPERS_AT), Tally(PAPERS_AT), Tally(REPOS_AT)
    for month, new in stream.months.items():
        if month >= start:
            scores = _scores([ranked for _, ranked in new], of_papers)
            expert.add(month, scores, [paper.expert > 0 for paper, _ in new])
            picks.add(month, scores, [bool(paper.picked_in) for paper, _ in new])
    for issue, candidates in stream.periods:
        if f"{issue.day:%Y-%m}" >= start and candidates:
            scores = _scores(candidates, of_repositories)
            repos.add(
                issue.day.isoformat(), scores, [c.id in issue.repositories for c in candidates]
            )
    return Grown(
        issues=len(known),
        picked_papers=sum(example.picked for example in papers),
        picked_repos=sum(example.picked for example in repositories),
        verdict_papers=of_papers.verdict,
        verdict_repos=of_repositories.verdict,
        papers=both(expert, picks),
        repos=repos.repositories(),
    )


def _scores(candidates: Sequence[Ranked], lesson: Lesson) -> list[float]:
    return [with_taste(c.rules, c.tokens, lesson.model).total for c in candidates]
