"""Commands that measure how well the program decides."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.options import Desk, common, json_option, plain, print_json
from pipeline.cli.tables import console, print_rows
from pipeline.evaluation.fit import Fitted, Way, fit
from pipeline.evaluation.pairs import Judged, LabelledPair, judged, quality, read_pairs

_WAYS: tuple[Way, ...] = ("wording", "across")
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def evaluate() -> None:
    """Measure decisions of the program against what people labelled."""


@evaluate.command()
@common
@json_option
@click.argument("pairs", type=_FILE)
@click.option(
    "--fit",
    "refit",
    is_flag=True,
    help="Learn weights from these pairs, and print their quality on held-out ones.",
)
@click.option("--also", type=_FILE, multiple=True, help="With --fit: further pairs to learn from.")
def stories(desk: Desk, pairs: Path, refit: bool, also: tuple[Path, ...], as_json: bool) -> None:
    """Judge labelled pairs of headlines (JSON Lines): are both about one story?"""
    labelled = read_pairs(pairs)
    if refit:
        further = [pair for path in also for pair in read_pairs(path)]
        _refit(desk, labelled, further, as_json)
        return
    outcomes = list(judged(labelled, desk.settings))
    errors = [outcome for outcome in outcomes if not outcome.right]
    found = quality([(outcome.joins, outcome.pair.same) for outcome in outcomes])
    if as_json:
        print_json(
            {
                "pairs": found.pairs,
                "precision": found.precision,
                "recall": found.recall,
                "f1": found.f1,
                "errors": [_error_json(error) for error in errors],
            }
        )
        return
    for error in errors:
        _print_error(error)
    click.echo(
        f"{found.pairs} pairs: precision {found.precision:.3f}, recall {found.recall:.3f}, "
        f"F1 {found.f1:.3f}; {len(errors)} errors"
    )


def _refit(
    desk: Desk, labelled: list[LabelledPair], further: list[LabelledPair], as_json: bool
) -> None:
    fitted = [
        one for way in _WAYS if (one := fit(labelled, further, desk.settings, way)) is not None
    ]
    if as_json:
        print_json(
            [
                {
                    "way": one.way,
                    "pairs": one.quality.pairs,
                    "precision": one.quality.precision,
                    "recall": one.quality.recall,
                    "f1": one.quality.f1,
                    "bar": one.bar,
                    "weights": dict(one.weights),
                }
                for one in fitted
            ]
        )
        return
    for one in fitted:
        _print_fitted(one)
    if not fitted:
        click.echo("too few pairs to learn from: ten of one story and ten of two are needed")


def _print_fitted(one: Fitted) -> None:
    click.echo(
        f"# {one.quality.pairs} pairs, held out: precision {one.quality.precision:.3f}, "
        f"recall {one.quality.recall:.3f}, F1 {one.quality.f1:.3f}"
    )
    click.echo(f"[stories.{one.way}]")
    click.echo(f"bar = {one.bar}")
    for kind, weight in one.weights.items():
        click.echo(f"{kind} = {weight}")
    click.echo()


def _error_json(error: Judged) -> dict[str, object]:
    return {
        "a": error.pair.a.model_dump(mode="json"),
        "b": error.pair.b.model_dump(mode="json"),
        "same": error.pair.same,
        "label": error.pair.label,
        "chance": error.tie.chance,
        "firm": error.tie.firm,
        "never": error.tie.never,
        "evidence": [plain(evidence) for evidence in error.tie.evidence],
    }


def _print_error(error: Judged) -> None:
    what = "missed" if error.pair.same else "joined wrongly"
    label = error.pair.case or error.pair.label
    click.echo(f"{what} ({label or 'no label'}, chance {error.tie.chance:.2f})")
    click.echo(f"  {error.pair.a.title}\n  {error.pair.b.title}")
    rows = [(e.kind, f"{e.points:+.1f}", e.label) for e in error.tie.evidence]
    print_rows(console(), ("", "points", "evidence"), rows)


COMMANDS = (evaluate,)
