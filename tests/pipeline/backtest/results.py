"""Builds small invented results of a backtest."""

from dataclasses import replace

from pipeline.backtest.result import (
    Baseline,
    Grown,
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
)
from store.models import Part

MONTHS = [f"2019-{month:02}" for month in range(6, 13)] + ["2020-01", "2020-02", "2020-03"]
ISSUES = ["2019-07-18", "2019-08-01", "2019-08-15", "2019-09-02", "2019-09-16", "2019-09-30"]
_PAPERS, _REPOS = (50, 100, 200), (20, 50, 100)
_WANTED = (11, 23, 30, 28, 36, 41, 33, 25, 38, 44)


def paper_ranking(
    level: float = 0.6, *, wanted=_WANTED, months=MONTHS, calibration=()
) -> PaperRanking:
    """Of papers; a `level` of 1 finds all at once, 0 nothing."""
    by_month = tuple(
        Month(month=month, recall=_recalls(level, n, _PAPERS, odd), n=n)
        for odd, (month, n) in enumerate(zip(months, wanted, strict=True))
    )
    return PaperRanking(
        recall=pooled(by_month),
        average_precision=round(level**2, 4),
        n=sum(wanted),
        by_month=by_month,
        curve=curve(level),
        calibration=calibration,
    )


def repo_ranking(level: float = 0.4, *, wanted=(3, 2, 0, 4, 1, 5)) -> RepoRanking:
    """Of repositories; one issue links none that trended."""
    by_period = tuple(
        Period(period=issue, recall=_recalls(level, n, _REPOS, odd), n=n)
        for odd, (issue, n) in enumerate(zip(ISSUES, wanted, strict=True))
    )
    return RepoRanking(
        recall=pooled(by_period),
        average_precision=round(level**2 / 2, 4),
        n=sum(wanted),
        by_period=by_period,
        curve=curve(level * 0.8),
    )


def _recalls(level, n, looked, odd):
    """Hits are whole numbers, as in a real walk."""
    wobble = (0.0, 0.08, -0.06)[odd % 3]
    shares = {k: min(level + wobble + 0.12 * step, 1.0) for step, k in enumerate(looked)}
    return {k: round(max(share, 0.0) * n) / n if n else 0.0 for k, share in shares.items()}


def pooled(steps):
    """Recalls over all steps."""
    n = sum(step.n for step in steps)
    looked = steps[0].recall
    return {k: sum(step.recall[k] * step.n for step in steps) / n if n else 0.0 for k in looked}


def curve(level):
    """A recall curve that ends at all of them."""
    looked = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
    return tuple((k, round(1 - (1 - level * 0.9) ** ((k / 50) ** 0.6), 4)) for k in looked)


def papers(level: float) -> Papers:
    """Expert papers and picks."""
    return Papers(
        expert=paper_ranking(level),
        picks=paper_ranking(level * 0.95, wanted=(2, 5, 3, 6, 4, 7, 2, 0, 5, 9)),
    )


CALIBRATION = (
    (0.0012, 0.0009, 21034),
    (0.004, 0.0051, 9120),
    (0.013, 0.0117, 3021),
    (0.037, 0.0, 210),
    (0.091, 0.113, 402),
    (0.24, 0.21, 131),
    (0.58, 0.66, 47),
    (0.87, 0.81, 16),
)
MISSES = (
    Miss(
        what="expert",
        month="2019-09",
        id="arxiv:1909.99991",
        title="Teaching a Small Pond <b>to</b> Remember a Large Lake",
        rank=3127,
        score=-4.2,
        parts=(
            Part(name="recency", label="新近", value=0.8),
            Part(name="topic", label="压缩 & 剪枝", value=1.5),
            Part(name="taste", label="a:pond", value=-2.1),
            Part(name="taste", label='category=<script>alert("x")</script>', value=-4.4),
        ),
    ),
    Miss(
        what="pick",
        month="2019-12",
        id="arxiv:1912.99992",
        title="一种面向端侧的轻量网络",
        rank=411,
        score=2.25,
        parts=(
            Part(name="topic", label="轻量网络", value=3.5),
            Part(name="taste", label="network", value=-1.25),
        ),
    ),
    Miss(
        what="repo",
        month="2019-08-15",
        id="github:sample-kiln/tiny-oven",
        title="sample-kiln/tiny-oven",
        rank=388,
        score=0.0,
    ),
)
MOVED = (
    Moved(feature="concept=quantization", weight=3.41),
    Moved(feature="topic=剪枝", weight=2.874),
    Moved(feature="low bit", weight=1.903),
    Moved(feature="<i>graph</i>", weight=-1.544),
    Moved(feature="category=stat.ML", weight=-0.982),
    Moved(feature="a:hardware", weight=0.755),
)


def grown(issues: int, level: float) -> Grown:
    """Of a walk with so many issues known."""
    return Grown(
        issues=issues,
        picked_papers=issues,
        picked_repos=2 * issues,
        verdict_papers="规则：<few>" if issues < 5 else "学到的",
        verdict_repos="规则",
        papers=papers(level),
        repos=repo_ranking(0.22),
    )


def result(level: float = 0.62, **changes) -> Result:
    """A whole result; `level` is how good ours is."""
    ours = papers(level)
    made = Result(
        papers=replace(ours, expert=replace(ours.expert, calibration=CALIBRATION)),
        repos=repo_ranking(0.38),
        sections=Sections(
            accuracy=0.925,
            n=40,
            by_issue=(
                IssueSections(issue="2019-07-18", accuracy=0.95, n=20),
                IssueSections(issue="2019-08-01", accuracy=0.9, n=20),
            ),
        ),
        baselines={
            "random": Baseline(papers=papers(0.02), repos=repo_ranking(0.04)),
            "rules": Baseline(
                papers=papers(0.34),
                repos=repo_ranking(0.22),
                sections=Sections(accuracy=0.85, n=40),
            ),
            "svm": Baseline(papers=papers(0.54), repos=repo_ranking(0.2)),
        },
        ours=Run(
            start="2019-06",
            end="2020-03",
            settings="3f9a01c2",
            papers=33981,
            repos=7140,
            issues=6,
            notes=("2019-06：样本太少，用规则排序 <learned part off>",),
        ),
        misses=MISSES,
        moved=MOVED,
    )
    return replace(made, **changes)
