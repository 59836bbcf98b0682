"""Small plots as inline SVG: values in, markup out, no script and no style of their own.

Coordinates are pixels of a box `WIDTH` wide, to be shown at about that width so that texts are as
large as the page's small print. Colours are classes that the page's style defines: ``s0`` (ours),
``s1`` … (the baselines), ``axis``, ``grid``. All texts are escaped; a ``<title>`` tells exact
values to who hovers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH = 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 10, 24, 38
"""Room around the plot for its axes' texts."""
_HEIGHT = 230
_BARS_HEIGHT = 130
_APART = 36
"""Least distance between two texts below an axis."""
_VALUES_FIT = 20
"""Room a bar needs to carry its value."""
_DECADE = (1, 2, 5)
_NORMAL_95 = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a plot."""

    name: str
    css: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar, from 0 to 1, with what others reached as marks across it."""

    name: str
    """Stands below it, where there is room."""
    value: float
    n: int
    """On how many it was measured; with 0 there is no bar."""
    marks: Sequence[tuple[str, str, float]] = ()
    """Name, class and value of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """Maps `low` … `high` to pixels `start` … `stop`, evenly or by logarithms."""

    low: float
    high: float
    start: float
    stop: float
    log: bool = False

    def at(self, value: float) -> float:
        """Where `value` stands; what lies outside stands at the edge."""
        value = min(max(value, self.low), self.high)
        if self.log:
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.stop - self.start), 1)

    def ticks(self) -> list[float]:
        """Round values to mark: fifths, or 1, 2 and 5 of each power of ten, then only 1."""
        if not self.log:
            return [self.low + (self.high - self.low) * fifth / 5 for fifth in range(6)]
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        for digits in (_DECADE, (1,)):
            ticks = [
                value
                for power in range(first, last + 1)
                for digit in digits
                if self.low <= (value := digit * 10.0**power) <= self.high * 1.0001
            ]
            if len(ticks) * _APART * 0.75 <= abs(self.stop - self.start):
                break
        return ticks


def curves(lines: Sequence[Line], *, label: str, x: str, y: str) -> Markup:
    """Recall curves: over how many were looked at (by logarithms) the share found, 0 to 1."""
    looked = [k for line in lines for k, _ in line.points]
    if not looked or min(looked) == max(looked):
        return Markup("")
    across = _Axis(
        low=min(looked), high=max(looked), start=_LEFT, stop=WIDTH - _RIGHT, log=min(looked) > 0
    )
    up = _upwards()
    # Ours last, so that it lies above the others.
    drawn = [_polyline(line, across, up) for line in reversed(lines)]
    return _svg(_HEIGHT, label, [_frame(across, up, x, y), *drawn])


def bars(steps: Sequence[Bar], *, label: str) -> Markup:
    """One bar a month or issue, the axis from 0 to 1."""
    if not steps:
        return Markup("")
    up = _Axis(low=0.0, high=1.0, start=_BARS_HEIGHT - 24, stop=8)
    slot = (WIDTH - _LEFT - _RIGHT) / len(steps)
    every = math.ceil(_APART / slot)
    drawn = [_grid_across(up, f"{tick:.1f}", tick) for tick in (0.0, 0.5, 1.0)]
    for place, bar in enumerate(steps):
        left = _LEFT + place * slot
        drawn.append(_bar(bar, left, slot, up))
        if place % every == 0:
            drawn.append(
                _text("tick", left + slot / 2, _BARS_HEIGHT - 8, bar.name, anchor="middle")
            )
    return _svg(_BARS_HEIGHT, label, drawn)


def calibration(bins: Sequence[tuple[float, float, int]], *, label: str, x: str, y: str) -> Markup:
    """Predicted chances against shares observed; a perfect model stands on the diagonal.

    Both axes are logarithmic where chances are small. A line through a bin's point is Wilson's
    95 % interval for its share; an empty point at the foot says that none was observed.
    """
    if not bins:
        return Markup("")
    least = min((value for bin_ in bins for value in bin_[:2] if value > 0), default=1.0)
    log = least < 0.05
    low = 10.0 ** math.floor(math.log10(least)) if log else 0.0
    across = _Axis(low=low, high=1.0, start=_LEFT, stop=WIDTH - _RIGHT, log=log)
    up = _upwards(low=low, log=log)
    diagonal = Line(name="=", css="diagonal", points=((low, low), (1.0, 1.0)))
    drawn = [_frame(across, up, x, y), _polyline(diagonal, across, up)]
    drawn += [_bin(across, up, *bin_) for bin_ in bins]
    return _svg(_HEIGHT, label, drawn)


def span(start: float, end: float, low: float, high: float) -> Markup:
    """A bar from `start` to `end` on a line from `low` to `high` that marks 0; it stretches."""
    width = high - low or 1.0
    left, right, zero = ((value - low) / width * 100 for value in (*sorted((start, end)), 0.0))
    return Markup(
        '<svg class="span" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="{}" x="{:.2f}" y="1" width="{:.2f}" height="8"/>'
        '<line class="zero" x1="{:.2f}" x2="{:.2f}" y1="0" y2="10"/></svg>'
    ).format("plus" if end >= start else "minus", left, max(right - left, 0.4), zero, zero)


def wilson(share: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a share of `n` (E. B. Wilson, JASA 22, 1927)."""
    if n == 0:
        return 0.0, 1.0
    z2 = _NORMAL_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _NORMAL_95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _upwards(*, low: float = 0.0, log: bool = False) -> _Axis:
    return _Axis(low=low, high=1.0, start=_HEIGHT - _BOTTOM, stop=_TOP, log=log)


def _bar(bar: Bar, left: float, slot: float, up: _Axis) -> Markup:
    middle = left + slot / 2
    if bar.n == 0:
        return _text("tick", middle, up.start - 4, "–", anchor="middle")
    top, width = up.at(bar.value), slot * 0.7
    told = "; ".join([f"{bar.value:.3f}", *(f"{name} {v:.3f}" for name, _, v in bar.marks)])
    drawn = [
        Markup("<title>{}: {} (n = {})</title>").format(bar.name, told, bar.n),
        Markup('<rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
            middle - width / 2, top, width, up.start - top
        ),
    ]
    # Each mark is narrower than the one before, so that a tie shows both.
    for place, (_, css, value) in enumerate(bar.marks):
        half, y = slot * 0.45 / (place + 1), up.at(value)
        drawn.append(
            Markup('<line class="mark {}" x1="{:.1f}" x2="{:.1f}" y1="{}" y2="{}"/>').format(
                css, middle - half, middle + half, y, y
            )
        )
    if slot >= _VALUES_FIT:
        drawn.append(
            _text("value", middle, up.start - 4, f"{bar.value:.2f}".lstrip("0"), anchor="middle")
        )
    return Markup("<g>{}</g>").format(_joined(drawn))


def _bin(across: _Axis, up: _Axis, predicted: float, observed: float, n: int) -> Markup:
    low, high = wilson(observed, n)
    x = across.at(predicted)
    return Markup(
        "<g><title>{:.4g} → {:.4g} (n = {})</title>"
        '<line class="s0" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<circle class="{}" cx="{}" cy="{}" r="4"/></g>'
    ).format(
        predicted,
        observed,
        n,
        x,
        x,
        up.at(low),
        up.at(high),
        "dot" if observed > 0 else "dot empty",
        x,
        up.at(observed),
    )


def _polyline(line: Line, across: _Axis, up: _Axis) -> Markup:
    points = " ".join(f"{across.at(k)},{up.at(share)}" for k, share in line.points)
    return Markup('<polyline class="line {}" points="{}"><title>{}</title></polyline>').format(
        line.css, points, line.name
    )


def _frame(across: _Axis, up: _Axis, x: str, y: str) -> Markup:
    """Grid, ticks and what the axes are."""
    drawn = [_grid_across(up, _short(tick), tick) for tick in up.ticks()]
    foot = up.start
    for tick in across.ticks():
        at = across.at(tick)
        drawn.append(
            Markup('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
                at, at, up.stop, foot
            )
        )
        drawn.append(_text("tick", min(at, WIDTH - 16), foot + 15, _short(tick), anchor="middle"))
    drawn.append(_text("axis", (_LEFT + WIDTH - _RIGHT) / 2, _HEIGHT - 6, x, anchor="middle"))
    drawn.append(_text("axis", 2, 12, y, anchor="start"))
    return _joined(drawn)


def _grid_across(up: _Axis, told: str, tick: float) -> Markup:
    at = up.at(tick)
    return Markup('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
        _LEFT, WIDTH - _RIGHT, at, at
    ) + _text("tick", _LEFT - 4, at + 3.5, told, anchor="end")


def _short(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value / 1000:g}k"


def _text(css: str, x: float, y: float, told: str, *, anchor: str) -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        css, x, y, anchor, told
    )


def _svg(height: int, label: str, drawn: Iterable[Markup]) -> Markup:
    return Markup(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, height, label, _joined(drawn))


def _joined(drawn: Iterable[Markup]) -> Markup:
    return Markup("").join(drawn)
