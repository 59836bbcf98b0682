import json
from typing import Any

import pytest

from config.errors import InputError
from pipeline.backtest.numbers import by_quarter, numbers
from pipeline.backtest.result import Result, read_result
from tests.pipeline.backtest.results import paper_ranking, result


def test_a_result_reads_back_to_the_last_digit():
    made = result()
    assert Result.from_json(json.loads(json.dumps(made.to_json()))) == made


def test_the_json_has_the_shape_that_the_issue_names():
    values = result().to_json()
    assert set(values) == {
        "papers", "repos", "sections", "baselines", "ours", "misses", "moved", "growth"
    }  # fmt: skip
    expert = values["papers"]["expert"]
    assert list(expert["recall"]) == ["50", "100", "200"]
    assert set(expert) == {"recall", "map", "n", "by_month", "curve", "calibration"}
    assert set(expert["by_month"][0]) == {"month", "recall", "n"}
    assert expert["curve"][0][0] == 1
    assert len(expert["calibration"][0]) == 3
    assert set(values["papers"]["picks"]) == set(expert)
    assert list(values["repos"]["recall"]) == ["20", "50", "100"]
    assert set(values["repos"]["by_period"][0]) == {"period", "recall", "n"}
    assert set(values["sections"]) == {"accuracy", "n", "by_issue"}
    assert {"random", "rules", "svm"} == set(values["baselines"])
    assert set(values["baselines"]["svm"]) == {"papers", "repos"}
    assert (values["ours"]["from"], values["ours"]["to"]) == ("2019-06", "2020-03")
    assert set(values["misses"][0]) == {"what", "month", "id", "title", "rank", "score", "parts"}
    assert set(values["misses"][0]["parts"][0]) == {"name", "label", "value"}


def test_a_file_reads_back(tmp_path):
    path = tmp_path / "report.json"
    path.write_text(json.dumps(result().to_json(), ensure_ascii=False), encoding="utf-8")
    assert read_result(path) == result()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "no report of a backtest"),
        ("not json", "Invalid JSON"),
        ('{"papers": {"expert": {"recall": {"50": "high"}}}}', "papers.expert.recall.50"),
        ('{"papers": {"expert": {"recall": {"50": NaN}}}}', "papers.expert.recall.50"),
    ],
)
def test_a_file_that_is_something_else_is_named_with_what_is_wrong(tmp_path, text, told):
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_result(path)
    assert str(path) in str(caught.value)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(InputError, match=r"gone\.json: No such file"):
        read_result(tmp_path / "gone.json")


def test_every_number_has_the_key_of_its_place_in_the_json():
    made = result()
    values = made.to_json()
    for number in numbers(made):
        place: Any = values
        for key in number.key.split("."):
            place = place[key]
        assert place == number.value
    assert len({number.key for number in numbers(made)}) == 13


def test_quarters_pool_their_months():
    ranking = paper_ranking()
    quarters = by_quarter(ranking.by_month)
    assert list(quarters) == ["2019 Q2", "2019 Q3", "2019 Q4", "2020 Q1"]
    third = ranking.by_month[1:4]
    n = sum(month.n for month in third)
    assert quarters["2019 Q3"][1] == n
    assert quarters["2019 Q3"][0][50] == pytest.approx(sum(m.recall[50] * m.n for m in third) / n)
