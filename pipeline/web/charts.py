"""Charts as SVG, drawn here: columns over time or score, bars by name, a source's last answers.

Values in, markup out. Colours are classes that ``sources.css`` defines. Coordinates are pixels of
the view box; all texts are escaped, and a ``<title>`` tells exact values to who points at a thing.
What a chart shows stands in a table beside it as well, for who cannot see it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

_WIDTH, _HEIGHT = 640, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 10, 26
_LABEL_WIDTH = 52
"""Room that a text below a column needs."""
_SLOT = 48
"""Widest place of a column."""
_STEPS = 4
"""Lines across, at most, above the foot."""

_SPARK_BAR, _SPARK_HEIGHT = 4, 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: parts that stand on one another, the lowest first."""

    label: str
    told: str
    """What its title says."""
    parts: Sequence[tuple[str, int]]
    """Class and value."""

    @property
    def height(self) -> int:
        """All parts together."""
        return sum(value for _, value in self.parts)


def columns(shown: Sequence[Column], *, label: str) -> Markup:
    """A chart of columns; empty where there is nothing."""
    top = max((column.height for column in shown), default=0)
    if not top:
        return Markup("")
    step = _step(top)
    most = step * math.ceil(top / step)
    foot, scale = _HEIGHT - _BOTTOM, (_HEIGHT - _BOTTOM - _TOP) / most
    slot = min((_WIDTH - _LEFT - _RIGHT) / len(shown), _SLOT)
    every = max(1, math.ceil(_LABEL_WIDTH / slot))
    drawn = [_line(foot - tick * scale, str(tick)) for tick in range(0, most + 1, step)]
    for place, column in enumerate(shown):
        left = _LEFT + place * slot
        drawn.append(_column(column, left + slot * 0.14, slot * 0.72, foot, scale))
        if place % every == 0:
            drawn.append(_text(left + slot / 2, _HEIGHT - 8, column.label, "middle"))
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(_WIDTH, _HEIGHT, label, Markup("").join(drawn))


def share(part: int, whole: int) -> Markup:
    """How much of a whole a part is, as one bar; for a cell of a table that says it in numbers."""
    width = 100 * part / whole if whole else 0
    return Markup(
        '<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="rest" width="100" height="8"/><rect class="part" width="{:.1f}" height="8"/>'
        "</svg>"
    ).format(width)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One answer of a source in its spark."""

    value: int
    failed: bool
    told: str


def spark(beats: Sequence[Beat], *, label: str, slots: int) -> Markup:
    """A source's last answers, one bar each, the earliest first, at most as many as `slots`.

    A failed one is a mark at the foot; one that brought nothing is a low line.
    """
    width = slots * _SPARK_BAR
    most = max((beat.value for beat in beats), default=0) or 1
    drawn = []
    for place, beat in enumerate(beats[-slots:]):
        full = _SPARK_HEIGHT - 2
        height = 5 if beat.failed else max(1.5, full * math.sqrt(beat.value / most))
        drawn.append(
            Markup(
                '<rect class="{}" x="{}" y="{:.1f}" width="{}" height="{:.1f}">'
                "<title>{}</title></rect>"
            ).format(
                "failed" if beat.failed else "beat" if beat.value else "none",
                place * _SPARK_BAR,
                _SPARK_HEIGHT - height,
                _SPARK_BAR - 1,
                height,
                beat.told,
            )
        )
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" width="{}" height="{}" role="img"'
        ' aria-label="{}">{}</svg>'
    ).format(width, _SPARK_HEIGHT, width, _SPARK_HEIGHT, label, Markup("").join(drawn))


def _step(top: int) -> int:
    """A round distance, 1, 2 or 5 times a power of ten, of the lines across."""
    rough = max(top / _STEPS, 1)
    power = 10 ** math.floor(math.log10(rough))
    return int(next(power * digit for digit in (1, 2, 5, 10) if power * digit >= rough))


def _column(column: Column, left: float, width: float, foot: float, scale: float) -> Markup:
    drawn = [Markup("<title>{}</title>").format(column.told)]
    for css, value in column.parts:
        height = value * scale
        foot -= height
        drawn.append(
            Markup(
                '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>'
            ).format(css, left, foot, width, height)
        )
    return Markup("<g>{}</g>").format(Markup("").join(drawn))


def _line(y: float, told: str) -> Markup:
    return Markup('<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>{}').format(
        _LEFT, _WIDTH - _RIGHT, y, y, _text(_LEFT - 6, y + 4, told, "end")
    )


def _text(x: float, y: float, told: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        x, y, anchor, told
    )
