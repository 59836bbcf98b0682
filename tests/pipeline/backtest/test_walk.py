"""The walk over a small invented past."""

import gzip
import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from config.errors import InputError
from config.load import SHIPPED, load_settings
from pipeline.backtest.pool import (
    Ranker,
    Stretch,
    Trending,
    read_issues,
    read_papers,
    read_trending,
)
from pipeline.backtest.stream import latest, repository_examples
from pipeline.backtest.walk import walk
from pipeline.cli import briefing

SETTINGS = load_settings(SHIPPED, environment=False)
SUBJECTS = ("poems", "galaxies", "proteins", "traffic", "birds", "music", "rivers", "stamps")


def papers(months=("2020-01", "2020-02", "2020-03")):
    """A hundred and twenty papers a month; experts list those on widgets, of which the rules know nothing."""
    for month in months:
        first = date.fromisoformat(f"{month}-01")
        for n in range(120):
            wanted = n % 6 == 0
            subject = SUBJECTS[n % len(SUBJECTS)]
            yield {
                "id": f"{month[2:4]}{month[5:]}.{n:05}",
                "title": f"{'Widget theory of' if wanted else 'A study of'} {subject} number {n}",
                "abstract": None,
                "categories": ["cs.XX"],
                "date": (first + timedelta(days=n % 28)).isoformat(),
                "expert": int(wanted),
                "picked_in": ["2020-02-10"] if month == "2020-01" and n == 6 else [],
            }


def trending():
    for day in range(60):
        for name in ("lab/int8-engine", "someone/todo-app", "someone/blog"):
            yield {
                "date": (date(2020, 1, 5) + timedelta(days=day)).isoformat(),
                "lang": "c++",
                "rank": 1,
                "repo": name,
                "desc": "INT8 inference engine" if "int8" in name else "My own",
            }


@pytest.fixture
def past(tmp_path):
    with gzip.open(tmp_path / "papers.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(paper) + "\n" for paper in papers())
    (tmp_path / "repos.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in trending()), encoding="utf-8"
    )
    issues = tmp_path / "issues"
    issues.mkdir()
    for day in ("2020-01-20", "2020-02-10", "2020-02-28"):
        (issues / f"{day}.md").write_text(
            f"# 嵌入式AI简报 ({day})\n\n## 论文\n\n- [A study of rivers](https://arxiv.org/abs/2001.00006)\n"
            "\n## 开源项目\n\n- [lab/int8-engine](https://github.com/Lab/int8-engine)\n",
            encoding="utf-8",
        )
    return tmp_path


def walked(past, end="2020-03"):
    return walk(
        SETTINGS,
        read_issues(past / "issues", SETTINGS),
        read_papers(past / "papers.jsonl.gz"),
        read_trending(past / "repos.jsonl"),
        start="2020-02",
        end=end,
    )


def test_it_learns_month_by_month_and_is_counted_with_the_baselines(past):
    result = walked(past)
    expert = result.papers.expert
    assert [(m.month, m.n) for m in expert.by_month] == [("2020-02", 20), ("2020-03", 20)]
    assert expert.n == 40
    assert expert.average_precision > result.baselines["rules"].papers.expert.average_precision
    assert expert.average_precision > result.baselines["random"].papers.expert.average_precision
    assert set(result.baselines) == {"random", "rules", "svm"}
    assert result.repos.n == 2
    assert result.repos.recall[20] == 1.0
    assert result.sections.n == 4  # of the month before nothing is counted
    assert any(miss.what == "expert" for miss in result.misses)
    assert {one.model for one in result.moved} == {"papers"}  # a dozen repositories were not picked
    assert "t:widget" in {one.feature for one in result.moved if one.weight > 0}


def test_with_no_issue_known_it_is_the_rules_and_what_is_known_is_counted(past):
    result = walk(
        SETTINGS,
        read_issues(past / "issues", SETTINGS),
        read_papers(past / "papers.jsonl.gz"),
        read_trending(past / "repos.jsonl"),
        start="2020-03",
        end="2020-03",
        growth=(0, 1, 2, 10, 20),
    )
    assert [one.issues for one in result.growth] == [0, 1, 2, 3]
    none = result.growth[0]
    rules = result.baselines["rules"]
    assert none.papers.expert.by_month == rules.papers.expert.by_month
    assert (none.picked_papers, none.picked_repos) == (0, 0)
    # Only the issue of February 10 ran a paper of the stream, each of them the engine.
    assert [one.picked_papers for one in result.growth] == [0, 0, 1, 1]
    assert [one.picked_repos for one in result.growth] == [0, 1, 1, 1]
    assert result.growth[1].verdict_papers.startswith("规则：选过的 0 条")


def test_known_picks_lift_what_is_like_them(past):
    """Widgets, of which the rules know nothing, once an issue ran a dozen of them."""
    listed = [{**p, "picked_in": ["2020-02-10"] * bool(p["expert"])} for p in papers()]
    with gzip.open(past / "papers.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps({**p, "expert": 0}) + "\n" for p in listed)
    result = walk(
        SETTINGS,
        read_issues(past / "issues", SETTINGS),
        read_papers(past / "papers.jsonl.gz"),
        [],
        start="2020-02",
        end="2020-02",
        growth=(0, 1),
    )
    # The latest issue before the walk is that of January: it ran none of them.
    assert {one.picked_papers for one in result.growth} == {0}
    result = walk(
        SETTINGS,
        read_issues(past / "issues", SETTINGS),
        read_papers(past / "papers.jsonl.gz"),
        [],
        start="2020-03",
        end="2020-03",
        growth=(0, 2),
    )
    none, two = result.growth
    assert two.verdict_papers.startswith("学到的")
    assert two.papers.picks.average_precision > none.papers.picks.average_precision


def test_a_repository_is_one_example_however_often_it_moves():
    stretch = Stretch(start=date(2020, 1, 1), end=date(2020, 1, 15))
    ranker = Ranker(SETTINGS)

    def moved(name, *days):
        rows = [Trending(date=date(2020, 1, day), repo=name, lang="cpp") for day in days]
        return ranker.repository(rows, first_seen=rows[0].date, stretch=stretch)

    once, twice, again = moved("a/b", 2), moved("c/d", 3), moved("A/b", 4, 5)
    assert latest([once, twice, again]) == [twice, again]
    (passed, picked) = repository_examples(latest([once, twice, again]), {"a/b"})
    assert (passed.picked, picked.picked) == (False, True)
    assert "language=C++" in picked.document
    # How new it is counts for its place, and tells nothing of taste.
    assert again.points > again.rules.lasting == picked.rules


def test_the_same_past_gives_the_same_result(past):
    assert walked(past).to_json() == walked(past).to_json()


def test_the_command_writes_a_report_and_compares(past):
    options = [
        "backtest",
        *("--issues", str(past / "issues"), "--papers", str(past / "papers.jsonl.gz")),
        *("--repos", str(past / "repos.jsonl"), "--from", "2020-02", "--to", "2020-03"),
    ]
    runner = CliRunner()
    done = runner.invoke(briefing, [*options, "--json", "--html", str(past / "r.html")])
    assert done.exit_code == 0, done.output
    (past / "before.json").write_text(done.stdout, encoding="utf-8")
    assert "Widget" in (past / "r.html").read_text(encoding="utf-8")
    again = runner.invoke(briefing, [*options, "--growth", "--compare", str(past / "before.json")])
    assert again.exit_code == 0, again.output
    assert "1 issue known" in again.output
    assert "same" in again.output or "nothing" in again.output
    wrong = runner.invoke(briefing, [*options[:-1], "2020-13"])
    assert wrong.exit_code == 2


@pytest.mark.parametrize(
    ("line", "says"), [("{}", ":1: "), ("not json", ":1: "), ('{"id": 3}', ":1: ")]
)
def test_a_bad_line_is_named(tmp_path, line, says):
    path = tmp_path / "p.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        read_papers(path)
    with pytest.raises(InputError, match="holds no issues"):
        read_issues(tmp_path, SETTINGS)
