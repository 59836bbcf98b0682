import re
from dataclasses import replace
from html import unescape
from itertools import pairwise
from typing import Any

import pytest
from lxml import html

from pipeline.backtest.numbers import by_quarter, numbers, rankings
from pipeline.backtest.report import render_report
from pipeline.backtest.result import (
    Baseline,
    Moved,
    PaperRanking,
    Papers,
    RepoRanking,
    Result,
    Run,
    Sections,
)
from store.models import Part
from tests.pipeline.backtest.results import MISSES, grown, repo_ranking, result


@pytest.fixture(scope="module")
def page():
    return render_report(result())


@pytest.fixture(scope="module")
def tree(page):
    return parsed(page)


def parsed(page) -> Any:
    return html.fromstring(page)


def rows(tree, heading):
    """The cells of the table whose first heading is `heading`, row by row."""
    (table,) = [t for t in tree.iter("table") if t.findtext(".//th") == heading]
    return [
        [re.sub(r"\s+", " ", cell.text_content()) for cell in row] for row in table.find("tbody")
    ]


def test_growth_is_drawn_and_told_where_it_was_walked(page):
    made = result(growth=(grown(0, 0.34), grown(1, 0.3), grown(5, 0.6)))
    with_growth = render_report(made)
    assert "随往期增长" in with_growth
    assert "随往期增长" not in page
    figures = [f for f in parsed(with_growth).iter("figure") if "5 期" in f.text_content()]
    assert len(figures) == 3
    lines = figures[0].findall(".//polyline")
    assert [len(line.get("points").split()) for line in lines] == [3, 3, 3]
    assert "规则：<few>" not in with_growth
    assert "规则：&lt;few&gt;" in with_growth


def test_the_summary_has_every_number_with_the_baselines_and_differences(tree):
    made = result()
    shown = rows(tree, "指标")
    theirs = [
        {number.key: number.value for number in numbers(made.baselines[name])}
        for name in ("svm", "rules", "random")
    ]
    assert len(shown) == 13
    for row, number in zip(shown, numbers(made), strict=True):
        others = [
            f"{values[number.key]:.3f}{number.value - values[number.key]:+.3f}"
            if number.key in values
            else "–"
            for values in theirs
        ]
        assert row[1:] == [str(number.n), f"{number.value:.3f}", *others]
    assert [row[0] for row in shown[:4]] == [
        "专家论文 召回 @50", "专家论文 召回 @100", "专家论文 召回 @200", "专家论文 平均精度 (MAP)"
    ]  # fmt: skip


def test_each_quarter_is_shown_beside_the_baselines(tree):
    made = result()
    ours = by_quarter(made.papers.expert.by_month)
    svm = by_quarter(made.baselines["svm"].papers.expert.by_month)
    shown = {row[0]: row[1:4] for row in rows(tree, "季度")}
    for quarter, (recall, n) in ours.items():
        for k, value in recall.items():
            other = svm[quarter][0][k]
            assert shown[f"{quarter} 召回 @{k}"] == [
                str(n), f"{value:.3f}", f"{other:.3f}{value - other:+.3f}"
            ]  # fmt: skip


def test_every_month_issue_and_curve_is_told_in_numbers(tree):
    text = re.sub(r"\s+", " ", tree.text_content())
    cells = [[cell.text_content() for cell in row] for row in tree.iter("tr")]
    made = result()
    ways = [rankings(made), *map(rankings, made.baselines.values())]
    for way in ways:
        for ranking in way.values():
            told = "，".join(f"{k} → {recall:.3f}" for k, recall in ranking.curve)
            assert told in text
    for ranking in rankings(made).values():
        for step in ranking.steps:
            values = [f"{v:.3f}" if step.n else "–" for v in step.recall.values()]
            assert [step.name, str(step.n), *values] in cells
    for predicted, observed, count in made.papers.expert.calibration:
        assert [f"{predicted:.4f}", f"{observed:.4f}", str(count)] in cells
    for issue in made.sections.by_issue:
        assert [issue.name, str(issue.n), f"{issue.accuracy:.3f}"] in cells


def test_misses_are_explained_and_lead_to_what_they_are(tree):
    cards = list(tree.iter("article"))
    assert len(cards) == len(MISSES)
    for card, miss in zip(cards, MISSES, strict=True):
        text = card.text_content()
        assert miss.title in text
        assert miss.month in text
        assert f"第 {miss.rank:,} 名" in text
        steps = [
            (step.findtext("span[@class='label']"), step.findtext("span[@class='points']"))
            for step in card.findall("div")
        ]
        parts = [(part.label, f"{part.value:+.3f}") for part in miss.parts]
        assert steps == [*parts, ("合计", f"{miss.score:.3f}")]
    assert [a.get("href") for a in tree.iter("a")] == [
        "https://arxiv.org/abs/1909.99991",
        "https://arxiv.org/abs/1912.99992",
        "https://github.com/sample-kiln/tiny-oven",
    ]


def test_many_parts_are_summed_up_and_still_add_up():
    parts = tuple(
        Part(name="taste", label=f"word{place}", value=(place - 11) / 4) for place in range(30)
    )
    miss = replace(MISSES[0], parts=parts, score=sum(part.value for part in parts))
    card = parsed(render_report(result(misses=(miss,)))).find(".//article")
    points = [float(step.findtext("span[@class='points']")) for step in card.findall("div")]
    assert "其余 17 项" in card.text_content()
    assert len(points) == 15
    assert sum(points[:-1]) == pytest.approx(points[-1])


def test_what_moved_most_comes_first_in_each_model():
    moved = (
        Moved(feature="b", weight=0.5, model="repos"),
        Moved(feature="c", weight=-2.0, model="papers"),
        Moved(feature="a", weight=1.0, model="papers"),
    )
    tree = parsed(render_report(result(moved=moved, misses=())))
    cards = [card for card in tree.iter("div") if card.get("class") == "card"]
    assert [[text for text in card.itertext() if text.strip()] for card in cards] == [
        ["papers", "c", "-2.000", "a", "+1.000"],
        ["repos", "b", "+0.500"],
    ]


def test_what_came_from_outside_is_escaped(page, tree):
    hostile = '"><script>alert(1)</script>'
    made = result()
    made = replace(
        made,
        ours=replace(made.ours, settings=hostile, notes=(hostile,)),
        baselines={hostile: made.baselines["svm"]},
        misses=(replace(MISSES[0], id=f"arxiv:{hostile}", title=hostile, month=hostile),),
        moved=(Moved(feature=hostile, weight=1.0, model=hostile),),
    )
    other = render_report(made)
    for shown in (page, other):
        assert "<script" not in shown
        assert "<b>to</b>" not in shown
    assert unescape(other).count(hostile) > 8
    assert '<script>alert("x")</script>' in tree.text_content()
    assert not list(parsed(other).iter("a"))


def test_an_identity_that_only_begins_like_one_is_no_link():
    miss = replace(MISSES[0], id="github:javascript:alert(1)/x")
    assert "<a " not in render_report(result(misses=(miss,)))


def test_the_page_needs_nothing_else(page, tree):
    assert not list(tree.iter("script", "link", "img", "iframe"))
    assert "url(" not in page
    assert "@import" not in page
    assert not [e for e in tree.iter() if isinstance(e.tag, str) for k in e.attrib if k[:2] == "on"]
    assert not tree.xpath("//@src")
    assert "default-src 'none'" in page
    assert "prefers-color-scheme: dark" in page


def test_every_plot_says_what_it_is_and_stays_in_its_box(tree):
    plots = [plot for plot in tree.iter("svg") if plot.get("class") == "plot"]
    assert len(plots) == 3 + 9 + 1
    for plot in plots:
        assert plot.get("aria-label")
        width, height = map(float, plot.get("viewbox", plot.get("viewBox")).split()[2:])
        for element in plot.iter("line", "rect", "text", "circle"):
            for name in ("x", "x1", "x2", "cx"):
                assert 0 <= float(element.get(name, 0)) <= width
            for name in ("y", "y1", "y2", "cy", "height"):
                assert 0 <= float(element.get(name, 0)) <= height


def test_the_same_result_gives_the_same_page(page):
    assert render_report(result()) == page
    assert page.startswith("<!doctype html>")
    assert page.endswith("</html>\n")


def test_a_result_of_nothing_is_still_a_page():
    nothing = PaperRanking(recall={50: 0.0}, average_precision=0.0, n=0)
    repos = RepoRanking(recall={20: 0.0}, average_precision=0.0, n=0)
    papers = Papers(expert=nothing, picks=nothing)
    empty = Result(
        papers=papers,
        repos=repos,
        sections=Sections(accuracy=0.0, n=0),
        baselines={"svm": Baseline(papers=papers, repos=repos)},
        ours=Run(start="2019-06", end="2019-06", settings=""),
    )
    shown = render_report(empty)
    assert "没有曲线数据" in shown
    assert "没有校准数据" in shown
    assert "没有遗漏" in shown


def test_many_issues_keep_their_texts_apart():
    wanted = (1, 2, 3, 0, 4, 1)
    ranking = repo_ranking(wanted=wanted)
    many = replace(
        ranking,
        by_period=tuple(
            replace(p, period=f"20{year}{p.period[4:]}")
            for year in range(16, 21)
            for p in ranking.by_period
        ),
    )
    tree = parsed(render_report(result(repos=many)))
    (plot,) = tree.xpath("//svg[contains(@aria-label, '仓库') and contains(@aria-label, '@20')]")
    places = [float(text.get("x")) for text in plot.iter("text") if "-" in text.text]
    assert 5 <= len(places) <= 10
    assert min(b - a for a, b in pairwise(places)) >= 36
