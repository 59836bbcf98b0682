import io
import re

import pytest
from rich.console import Console

from pipeline.backtest.compare import compare
from pipeline.backtest.numbers import ENGLISH, numbers
from pipeline.backtest.table import print_comparison, print_result
from tests.pipeline.backtest.results import grown, result


def printed(show, *args, **options):
    out = io.StringIO()
    show(Console(file=out, width=120), *args, **options)
    return out.getvalue()


def test_every_number_stands_beside_the_baselines():
    made = result()
    svm = {number.key: number.value for number in numbers(made.baselines["svm"])}
    lines = printed(print_result, made).splitlines()
    for number in numbers(made):
        (line,) = [
            line
            for line in lines
            if re.match(rf"{ENGLISH[number.track]} {number.measure}\s", line) and "+" in line
        ]
        shown = line.removeprefix(f"{ENGLISH[number.track]} {number.measure}").split()
        assert shown[:2] == [str(number.n), f"{number.value:.3f}"]
        if number.key in svm:
            other = svm[number.key]
            assert shown[2:4] == [f"{other:.3f}", f"{number.value - other:+.3f}"]


def test_months_and_issues_are_listed_only_when_asked_for():
    assert re.search(
        r"^2020-01 +25  0\.72  0\.80  0\.96 +0\.64", printed(print_result, result()), re.MULTILINE
    )
    assert re.search(r"^2019-08-15 +0 +– +– +–", printed(print_result, result()), re.MULTILINE)
    assert "2020-01 " not in printed(print_result, result(), steps=False)


def test_growth_stands_beside_the_rules_and_what_is_beyond_noise_is_marked():
    made = result(growth=(grown(0, 0.34), grown(5, 0.6)))
    told = printed(print_result, made)
    assert re.search(r"^expert papers, n = 309 +@50 +@100 +@200", told, re.MULTILINE)
    assert re.search(r"^0 issues known +0\.\d{3} +0\.\d{3} +0\.\d{3} *$", told, re.MULTILINE)
    assert re.search(r"^5 issues known +0\.\d{3}↑ +0\.\d{3}↑ +0\.\d{3}↑ *$", told, re.MULTILINE)
    assert "0 issues: 0 picked papers; 规则：<few>" in told
    assert "issues known" not in printed(print_result, result())


def test_no_line_is_wider_than_the_terminal():
    assert max(map(len, printed(print_result, result()).splitlines())) <= 120


def test_notes_are_no_markup():
    made = result()
    assert "<learned part off>" in printed(print_result, made)


@pytest.mark.parametrize(("before", "after", "told"), [(0.5, 0.62, "better"), (0.62, 0.5, "worse")])
def test_a_comparison_ends_with_its_verdict(before, after, told):
    lines = printed(print_comparison, compare(result(before), result(after))).splitlines()
    (line,) = [line for line in lines if line.startswith("expert papers recall@50")]
    assert line.split()[-1] == told
    assert f"{told}: expert papers recall@50" in lines[-1]
    assert not [line for line in lines if "svm" in line]
