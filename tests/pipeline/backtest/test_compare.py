from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.backtest.compare import against, chance_of, compare
from pipeline.backtest.numbers import OURS
from pipeline.backtest.result import Papers
from tests.pipeline.backtest.results import MONTHS, paper_ranking, pooled, result


def with_expert(ranking):
    made = result()
    return replace(made, papers=replace(made.papers, expert=ranking))


def ours(comparison, track="papers.expert", measure="recall@50"):
    (found,) = [
        change
        for change in comparison.changes
        if (change.who, change.track, change.measure) == (OURS, track, measure)
    ]
    return found


def hit_more(ranking, months):
    """The same ranking with one paper more found at 50 in each of the `months`."""
    by_month = tuple(
        replace(m, recall={**m.recall, 50: (round(m.recall[50] * m.n) + 1) / m.n})
        if m.month in months
        else m
        for m in ranking.by_month
    )
    return replace(ranking, by_month=by_month, recall=pooled(by_month))


def test_a_ranking_is_set_against_another_at_every_depth():
    rules, better = paper_ranking(0.34), paper_ranking(0.6)
    assert against(rules, better) == dict.fromkeys((50, 100, 200), "better")
    assert against(better, rules) == dict.fromkeys((50, 100, 200), "worse")
    assert against(rules, rules) == dict.fromkeys((50, 100, 200), "same")
    assert against(rules, hit_more(rules, MONTHS[:3]))[50] == "noise"


def test_a_rise_in_every_month_is_better():
    change = ours(compare(with_expert(paper_ranking(0.5)), with_expert(paper_ranking(0.6))))
    assert change.verdict == "better"
    assert change.difference > 0
    assert (change.up, change.down) == (10, 0)
    assert change.chance == pytest.approx(2 / 2**10)


def test_a_fall_in_every_month_is_worse():
    comparison = compare(with_expert(paper_ranking(0.6)), with_expert(paper_ranking(0.5)))
    assert ours(comparison).verdict == "worse"
    assert "better: nothing; worse: expert papers recall@50 -0.104" in comparison.verdict


def test_a_hit_more_in_two_months_is_noise():
    before = paper_ranking(0.5)
    change = ours(compare(with_expert(before), with_expert(hit_more(before, MONTHS[:2]))))
    assert change.verdict == "noise"
    assert change.difference == pytest.approx(2 / before.n)
    assert change.chance == 0.5


def test_a_result_beside_itself_is_the_same():
    comparison = compare(result(), result())
    assert {change.verdict for change in comparison.changes} == {"same"}
    assert comparison.verdict == "better: nothing; worse: nothing; 13 the same"
    assert comparison.remarks == ()


def test_precision_is_told_but_not_judged_since_no_month_has_it():
    change = ours(
        compare(with_expert(paper_ranking(0.5)), with_expert(paper_ranking(0.6))), measure="map"
    )
    assert change.verdict == "unjudged"
    assert change.difference == pytest.approx(0.36 - 0.25)
    assert change.chance is None


def test_runs_over_other_months_are_told_apart_and_not_judged():
    short = paper_ranking(0.6, wanted=(11, 23, 30), months=MONTHS[:3])
    after = replace(
        result(),
        papers=Papers(expert=short, picks=short),
        ours=replace(result().ours, end="2019-08"),
    )
    comparison = compare(result(0.5), after)
    assert ours(comparison).verdict == "unjudged"
    assert ours(comparison).n == 64
    assert comparison.remarks[0].endswith(
        "again with --from 2019-06 --to 2020-03 to judge the change"
    )


def test_other_data_in_the_same_months_is_told():
    other = paper_ranking(0.6, wanted=(12, 23, 30, 28, 36, 41, 33, 25, 38, 44))
    comparison = compare(with_expert(paper_ranking(0.5)), with_expert(other))
    assert ours(comparison).verdict == "unjudged"
    assert "different data" in comparison.remarks[0]


def test_what_only_one_has_is_told():
    made = result()
    before = replace(made, baselines={"random": made.baselines["random"]})
    after = with_expert(replace(made.papers.expert, recall={50: 0.5, 75: 0.6}))
    told = " ".join(compare(before, after).remarks)
    assert "papers.expert.recall.75" in told
    assert "baselines: rules, svm" in told


def test_baselines_are_compared_too():
    before, after = result(), result()
    rules = replace(after.baselines["rules"], papers=after.baselines["svm"].papers)
    after = replace(after, baselines={**after.baselines, "rules": rules})
    changed = [c for c in compare(before, after).changes if c.verdict == "better"]
    assert {c.who for c in changed} == {"rules"}
    assert "better: nothing" in compare(before, after).verdict


@given(st.lists(st.integers(-5, 5), max_size=8))
def test_the_chance_is_that_of_all_signs(gains):
    seen = abs(sum(gains))
    signed = [
        abs(sum(sign * gain for sign, gain in zip(signs, gains, strict=True))) >= seen
        for signs in product((1, -1), repeat=len(gains))
    ]
    assert chance_of(gains) == pytest.approx(sum(signed) / len(signed))
