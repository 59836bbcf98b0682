"""Whatever happens later, a step of the walk gives what it knows of now the same scores.

Everything that a step must not know is turned around: labels of its own month and later ones,
issues of its day and later, rows of trending pages after it, and what ran later.
"""

from datetime import date, timedelta

import pytest

from config.load import SHIPPED, load_settings
from pipeline.backtest import walk as walking
from pipeline.backtest.growth import grow
from pipeline.backtest.pool import Paper, PastIssue, Trending
from pipeline.backtest.stream import stream_of
from pipeline.taste.sections import propose
from store.models import Draft

SETTINGS = load_settings(SHIPPED, environment=False)
MONTH = "2020-03"
ISSUE = date(2020, 3, 10)
SUBJECTS = ("poems", "galaxies", "proteins", "traffic", "birds", "music", "rivers", "stamps")
ISSUES = (date(2020, 1, 5), date(2020, 2, 3), date(2020, 2, 24), ISSUE, date(2020, 3, 29))
ARTICLES = {"业界新闻": "某公司发布新款芯片", "博文": "手把手教你写算子"}


def paper(month, n, *, later=False):
    day = date.fromisoformat(f"{month}-01") + timedelta(days=n % 28)
    wanted = (n % 6 == 0) != (later and month >= MONTH)
    subject = SUBJECTS[n % len(SUBJECTS)]
    kind = "Widget theory of" if n % 6 == 0 else "A study of"
    ran = [date(2020, 3, 29)] if later and n % 4 == 1 else []
    return Paper(
        id=f"{month[2:4]}{month[5:]}.{n:05}",
        title="Later" if later and month > MONTH else f"{kind} {subject} number {n}",
        abstract="",
        categories=("cs.XX",),
        date=day,
        expert=int(wanted),
        picked_in=(*ran, *([date(2020, 2, 3)] if month < "2020-02" and wanted else [])),
    )


def papers(*, later=False):
    months = ("2020-01", "2020-02", MONTH, "2020-04")
    return [paper(month, n, later=later) for month in months for n in range(90)]


def trending(*, later=False):
    """Sixty repositories on every day; later they are described in other words."""
    for day in range(90):
        today = date(2020, 1, 6) + timedelta(days=day)
        for n in range(60):
            desc = "Widget engine" if n % 3 == 0 else "My own page"
            turned = later and today > ISSUE
            yield Trending(
                date=today,
                lang="c++",
                rank=1,
                repo=f"lab/other-{n}" if turned and n % 2 else f"lab/repo-{n}",
                desc="Turned" if turned else desc,
            )


def issues(*, later=False):
    for day in ISSUES:
        turned = later and day >= ISSUE
        linked = {n for n in range(60) if (n % 3 == 0) != turned}
        sections = list(ARTICLES)[::-1] if turned else list(ARTICLES)
        titles = ARTICLES.values()
        yield PastIssue(
            day=day,
            items=tuple(
                (name, Draft(section=name, title=f"{title}第{n}号", url=f"https://x.org/{day}/{n}"))
                for name, title in zip(sections, titles, strict=True)
                for n in range(40 if day == ISSUE else 8)  # more than all before it
            ),
            repositories=frozenset(f"lab/repo-{n}" for n in linked),
        )


def stream(**turned):
    return stream_of(
        SETTINGS,
        list(issues(**turned)),
        sorted(papers(**turned), key=lambda one: (one.date, one.id)),
        sorted(trending(**turned), key=lambda one: (one.date, one.repo)),
        end="2020-04",
    )


@pytest.fixture(scope="module")
def streams():
    return stream(), stream(later=True)


def scored(step):
    return {
        way: dict(zip([c.id for c in step.candidates], scores, strict=True))
        for way, scores in step.scores.items()
    }


def test_papers_of_a_month(streams):
    now, later = (
        next(s for s in walking._paper_steps(one, MONTH, []) if s.name == MONTH) for one in streams
    )
    assert now.model is not None
    assert scored(now) == scored(later)


def test_repositories_of_an_issue(streams):
    now, later = (
        next(s for s, _ in walking._repository_steps(one, MONTH, []) if s.name == str(ISSUE))
        for one in streams
    )
    assert now.model is not None
    assert len(now.candidates) == 60
    assert scored(now) == scored(later)


def test_what_is_learned_from_few_issues(streams):
    """Of the month itself only what was known before it; the labels it is judged by may differ."""
    now, later = (
        list(grow(one, list(issues(later=n)), (0, 2), start=MONTH)) for n, one in enumerate(streams)
    )
    told = [
        [(g.verdict_papers, g.verdict_repos, g.picked_papers) for g in one] for one in (now, later)
    ]
    assert told[0] == told[1]
    assert told[0][1][1].startswith("学到的")


def test_sections_of_an_issue(monkeypatch):
    """What is proposed for an item of the issue, whatever it and later ones ran it as."""
    said: list[list[tuple[str, str]]] = []

    def noted(story, settings, model):
        section = propose(story, settings, model)
        said[-1].append((story.members[0].candidate.title, section))
        return section

    monkeypatch.setattr(walking, "propose", noted)
    for later in (False, True):
        said.append([])
        result = walking._sections(SETTINGS, list(issues(later=later)), "2020-02", "2020-03")
        assert [one.issue for one in result.by_issue] == [str(day) for day in ISSUES[1:]]
    until = 2 * (8 + 8 + 40)
    assert said[0][:until] == said[1][:until]
    assert {section for _, section in said[0][:until]} == set(ARTICLES)
