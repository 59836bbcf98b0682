"""Commands that judge the score: of one story, and against the past."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import click

from pipeline.backtest.compare import compare
from pipeline.backtest.growth import ISSUES
from pipeline.backtest.pool import read_issues, read_papers, read_trending
from pipeline.backtest.report import render_report
from pipeline.backtest.result import read_result
from pipeline.backtest.table import print_comparison, print_growth, print_result
from pipeline.backtest.walk import walk
from pipeline.cli.options import Desk, common, date_option, json_option, plain, print_json
from pipeline.cli.tables import console, print_rows
from pipeline.filling import Ground
from pipeline.waterfall import Waterfall, waterfall
from store.models import StoryId

_GROUNDS = {
    Ground.FINAL: "已定稿",
    Ground.ACCEPTED: "已采用",
    Ground.REJECTED: "不用",
    Ground.LATER: "留待后用",
    Ground.PRINTED: "登过，没有新消息",
    Ground.STRANGE: "没有主题，也不是手选",
    Ground.UNREACHABLE: "没有可打开的地址",
    Ground.FULL: "采用的已占满名额",
    Ground.FREE: "名额有余",
    Ground.EXPLORED: "拿来试口味",
    Ground.SCORE: "按分数",
}
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


def _month(_: click.Context, __: click.Parameter, value: str) -> str:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", value):
        raise click.BadParameter(f"{value!r} is no month such as 2019-06")
    return value


@click.command()
@common
@json_option
@click.option(
    "--issues",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="Folder of past issues.",
)
@click.option("--papers", type=_FILE, required=True, help="Past papers (JSON Lines, .gz).")
@click.option("--repos", type=_FILE, required=True, help="Trending pages by day, likewise.")
@click.option("--from", "start", default="2019-06", show_default=True, callback=_month)
@click.option("--to", "end", default="2020-03", show_default=True, callback=_month)
@click.option("--growth", is_flag=True, help="Walk again knowing 0, 1, 5, 10 and 20 issues.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a report.")
@click.option("--compare", "before", type=_FILE, help="Compare with what --json printed before.")
def backtest(
    desk: Desk,
    issues: Path,
    papers: Path,
    repos: Path,
    start: str,
    end: str,
    growth: bool,
    html: Path | None,
    before: Path | None,
    as_json: bool,
) -> None:
    """Walk through the past without looking ahead: what would have been on top?"""
    earlier = read_result(before) if before else None
    result = walk(
        desk.settings,
        read_issues(issues, desk.settings),
        read_papers(papers),
        read_trending(repos),
        start=start,
        end=end,
        growth=ISSUES if growth else (),
        told=lambda name: click.echo(name, err=True),
    )
    if html is not None:
        html.write_text(render_report(result), encoding="utf-8")
        click.echo(f"report: {html}", err=True)
    if as_json:
        print_json(result.to_json())
    elif earlier is not None:
        print_comparison(console(), compare(earlier, result))
        print_growth(console(), result)
    else:
        print_result(console(), result)


@click.command()
@common
@json_option
@date_option
@click.argument("id", type=click.IntRange(1, 2**63 - 1))
def explain(desk: Desk, id: int, day: date | None, as_json: bool) -> None:  # noqa: A002
    """Tell why a story stands where it stands, and what would have changed that."""
    with desk.store() as store:
        told = waterfall(store, desk.settings, desk.period(store, day), StoryId(id))
    if as_json:
        print_json(_plain(told))
        return
    entry = told.entry
    click.echo(f"{entry.draft.title}")
    click.echo(
        f"{entry.section} 第 {told.place} 名（推荐 {told.places} 条），"
        f"共 {entry.score.total:.1f} 分，{_in_words(told)}"
    )
    total = 0.0
    rows = []
    for part in told.parts:
        total += part.value
        rows.append((f"{part.value:+.1f}", f"{total:.1f}", part.label))
    print_rows(console(), ("points", "sum", "part"), rows)
    click.echo(told.taste)
    if told.reasons:
        click.echo("口味：" + "、".join(f"{r.token} {r.points:+.1f}" for r in told.reasons))
    for title, some in (("最像的选过的", told.picked), ("最像的没选的", told.passed)):
        for one in some:
            click.echo(f"{title} {one.likeness:.2f}：{one.headline}（{one.words}）")
    if told.alike is not None and told.variety:
        click.echo(
            f"多样：像占了名额的“{told.alike.headline}”（{told.alike.likeness:.2f}），"
            f"草稿里让 {-told.variety:.1f} 分"
        )
    if told.explored is not None:
        click.echo(f"在草稿里，因为{told.explored}")
    if told.change is not None:
        moved = "出局" if told.inside else "入选"
        change = told.change
        click.echo(f"最小的改变：{change.what}（{change.points:+.1f}），就会{moved}")


def _in_words(told: Waterfall) -> str:
    """Whether it is in the issue, why, and by how much."""
    found = f"{'在本期里' if told.inside else '不在本期里'}（{_GROUNDS[told.ground]}）"
    if told.margin is None:
        return found
    side = "领先" if told.margin >= 0 else "落后"
    return f"{found}，{side}界线 {abs(told.margin):.1f} 分"


def _plain(told: Waterfall) -> dict[str, object]:
    return {
        "id": told.entry.story.id,
        "section": told.entry.section,
        "total": told.entry.score.total,
        "place": told.place,
        "places": told.places,
        "inside": told.inside,
        "ground": told.ground,
        "margin": told.margin,
        "parts": [plain(part) for part in told.parts],
        "taste": told.taste,
        "reasons": [plain(reason) for reason in told.reasons],
        "picked": [plain(one) for one in told.picked],
        "passed": [plain(one) for one in told.passed],
        "alike": None if told.alike is None else plain(told.alike),
        "variety": told.variety,
        "explored": told.explored,
        "change": None if told.change is None else plain(told.change),
    }


COMMANDS = (explain, backtest)
