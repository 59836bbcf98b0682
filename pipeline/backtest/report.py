"""A backtest as one HTML page that needs nothing else: no script, no file, no network.

The page is the template beside this file with the plots of ``pipeline.backtest.plots``. It is in
Chinese, since the editor reads it, with the English word where a number is known by it. Whatever
came from outside is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import fsum
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.backtest.compare import against
from pipeline.backtest.numbers import CHINESE, ENGLISH, by_quarter, numbers, ordered, rankings
from pipeline.backtest.plots import Bar, Line, bars, calibration, curves, span
from pipeline.backtest.result import Baseline, Miss, Ranking, Result
from store.models import Part

_TEMPLATE = "report.html.j2"
_OURS = "本模型"
_NAMES = {"svm": "SVM", "rules": "规则", "random": "随机"}
_LONG = {
    "svm": "TF-IDF + 线性 SVM",
    "rules": "关键词规则 (keyword rules)",
    "random": "随机 (random)",
}
_MEASURES = {"map": "平均精度 (MAP)", "accuracy": "准确率 (accuracy)"}
_WHAT = {"expert": "专家论文", "pick": "入选论文", "repo": "入选仓库"}
_MARKED = ("svm", "rules")
"""The baselines marked on the bars of each month."""
_PARTS = 14
"""Parts of a miss that are drawn; further small ones are summed."""
_ADDRESSES = (
    (re.compile(r"arxiv:(\d{4}\.\d{4,5}|[a-z-]+/\d{7})"), "https://arxiv.org/abs/"),
    (re.compile(r"github:([\w.-]+/[\w.-]+)", re.ASCII), "https://github.com/"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One number of the summary."""

    name: str
    first: bool
    """The first of its track."""
    value: float
    n: int
    others: Sequence[float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One line of a waterfall, or one feature."""

    label: str
    value: float
    bar: Markup


def render_report(result: Result) -> str:
    """The page, ending with one line feed; the same result gives the same bytes."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    baselines = ordered(result.baselines)
    theirs = {name: _way(name, place) for place, name in enumerate(baselines, 1)}
    return environment.get_template(_TEMPLATE).render(
        run=result.ours,
        ways=[(_OURS, "s0", f"{_OURS} (ours)"), *theirs.values()],
        marks=[way for name, way in theirs.items() if name in _MARKED],
        summary=list(_summary(result, baselines)),
        tracks=[_track(track, result, baselines) for track in rankings(result)],
        quarters=list(_quarters(result, baselines)),
        growth=list(_growth(result)),
        grown_verdicts=[
            f"{one.issues} 期：论文 {one.verdict_papers}；仓库 {one.verdict_repos}"
            for one in result.growth
        ],
        sections=result.sections,
        moved=[(model, _features(list(features))) for model, features in _by_model(result)],
        misses=[_miss(miss) for miss in result.misses],
    )


def _way(name: str, place: int) -> tuple[str, str, str]:
    """Short name, class and long name of a baseline."""
    return _NAMES.get(name, name), f"s{place}", _LONG.get(name, name)


def _summary(result: Result, baselines: Mapping[str, Baseline]) -> Iterator[_Row]:
    theirs = [{n.key: n.value for n in numbers(baseline)} for baseline in baselines.values()]
    last = ""
    for number in numbers(result):
        measure = _MEASURES.get(number.measure, number.measure.replace("recall", "召回 "))
        yield _Row(
            name=f"{CHINESE[number.track]} {measure}",
            first=number.track != last,
            value=number.value,
            n=number.n,
            others=[values.get(number.key) for values in theirs],
        )
        last = number.track


def _track(track: str, result: Result, baselines: Mapping[str, Baseline]) -> dict[str, object]:
    """What the page shows of one ranking: its curves, its steps, its calibration."""
    name = f"{CHINESE[track]} ({ENGLISH[track]})"
    ours = rankings(result)[track]
    ways = {"s0": (_OURS, ours)} | {
        f"s{place}": (_NAMES.get(other, other), rankings(baseline)[track])
        for place, (other, baseline) in enumerate(baselines.items(), 1)
    }
    lines = [
        Line(name=shown, css=css, points=ranking.curve)
        for css, (shown, ranking) in ways.items()
        if ranking.curve
    ]
    shown = {_NAMES[other] for other in _MARKED}
    marked = {css: way for css, way in ways.items() if way[0] in shown}
    return {
        "name": name,
        "ranking": ours,
        "lines": lines,
        "curves": curves(lines, label=f"{name}：召回曲线", x="看前几名 (k)", y="召回 (recall)"),
        "bars": [(k, _bars(name, k, ours, marked)) for k in ours.recall] if ours.steps else [],
        "calibration": calibration(
            ours.calibration, label=f"{name}：校准", x="预测 (predicted)", y="实际 (observed)"
        ),
    }


def _bars(name: str, k: int, ours: Ranking, marked: Mapping[str, tuple[str, Ranking]]) -> Markup:
    theirs = {
        css: (shown, {step.name: step.recall for step in ranking.steps})
        for css, (shown, ranking) in marked.items()
    }
    drawn = [
        Bar(
            name=step.name[2:] if len(step.name) == len("2019-07") else step.name[5:],
            value=step.recall.get(k, 0.0),
            n=step.n,
            marks=[
                (shown, css, recalls[step.name][k])
                for css, (shown, recalls) in theirs.items()
                if k in recalls.get(step.name, {})
            ],
        )
        for step in ours.steps
    ]
    return bars(drawn, label=f"{name}：召回 @{k}")


def _quarters(result: Result, baselines: Mapping[str, Baseline]) -> Iterator[_Row]:
    """Recall of expert papers by quarter, each way beside the others."""
    ours = by_quarter(result.papers.expert.by_month)
    theirs = [by_quarter(baseline.papers.expert.by_month) for baseline in baselines.values()]
    for quarter, (recall, n) in ours.items():
        for place, (k, value) in enumerate(recall.items()):
            yield _Row(
                name=f"{quarter} 召回 @{k}",
                first=place == 0,
                value=value,
                n=n,
                others=[way[quarter][0].get(k) if quarter in way else None for way in theirs],
            )


def _growth(result: Result) -> Iterator[dict[str, object]]:
    """Each ranking by the issues known: a line for each depth, and the numbers."""
    if not result.growth:
        return
    for track, rules in rankings(result.baselines["rules"]).items():
        grown = [(one.issues, rankings(one)[track]) for one in result.growth]
        lines = [
            Line(name=f"@{k}", css=f"s{place}", points=[(n, r.recall[k]) for n, r in grown])
            for place, k in enumerate(rules.recall)
        ]
        rows = [(f"{n} 期", ranking.recall, against(rules, ranking)) for n, ranking in grown]
        name = f"{CHINESE[track]} ({ENGLISH[track]})"
        yield {
            "name": name,
            "n": rules.n,
            "plot": curves(lines, label=f"{name}：已知期数", x="已知期数", y="召回 (recall)"),
            "keys": [(line.name, line.css, f"召回 {line.name}") for line in lines],
            "looked": list(rules.recall),
            "rows": [("规则", rules.recall, {}), *rows],
        }


def _by_model(result: Result) -> Iterator[tuple[str, Iterator[tuple[str, float]]]]:
    moved = sorted(result.moved, key=lambda one: (one.model, -abs(one.weight)))
    for model, features in groupby(moved, key=lambda one: one.model):
        yield model, ((one.feature, one.weight) for one in features)


def _features(features: Sequence[tuple[str, float]]) -> list[_Step]:
    weights = [weight for _, weight in features]
    low, high = min(0.0, *weights), max(0.0, *weights)
    return [
        _Step(label=feature, value=weight, bar=span(0.0, weight, low, high))
        for feature, weight in features
    ]


def _miss(miss: Miss) -> dict[str, object]:
    parts = _folded(miss.parts)
    ends = [fsum(part.value for part in parts[:place]) for place in range(len(parts) + 1)]
    low, high = min(0.0, miss.score, *ends), max(0.0, miss.score, *ends)
    steps = [
        _Step(label=part.label, value=part.value, bar=span(start, end, low, high))
        for part, start, end in zip(parts, ends, ends[1:], strict=False)
    ]
    return {
        "what": _WHAT[miss.what],
        "month": miss.month,
        "id": miss.id,
        "title": miss.title,
        "rank": miss.rank,
        "score": miss.score,
        "url": _address(miss.id),
        "steps": steps,
        "total": span(0.0, miss.score, low, high),
    }


def _folded(parts: Sequence[Part]) -> list[Part]:
    """The parts in their order, those that matter least summed up where there are many."""
    if len(parts) <= _PARTS:
        return list(parts)
    by_size = sorted(range(len(parts)), key=lambda place: -abs(parts[place].value))
    kept, rest = sorted(by_size[: _PARTS - 1]), by_size[_PARTS - 1 :]
    value = fsum(parts[place].value for place in rest)
    summed = Part(name="rest", label=f"其余 {len(rest)} 项", value=value)
    return [*(parts[place] for place in kept), summed]


def _address(identity: str) -> str:
    """Where an identity key leads; "" where that is not known."""
    for pattern, start in _ADDRESSES:
        if match := pattern.fullmatch(identity):
            return start + match[1]
    return ""
