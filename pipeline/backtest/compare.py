"""Two backtests side by side: what got better or worse, beyond noise.

Both are walks through the same past, so each month (or issue) is a pair. If the change did
nothing, each difference in hits could as well have had the other sign: the chance that random
signs sum to at least what was seen, either way, is counted over all of them (an exact paired
randomisation test; E. Noreen, Computer-Intensive Methods for Testing Hypotheses, 1989). With
fewer than six steps that differ, nothing can be told from noise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.backtest.numbers import ENGLISH, OURS, Number, numbers, ordered
from pipeline.backtest.result import Ranking, Result, Run

Verdict = Literal["better", "worse", "noise", "same", "unjudged"]

_NOISE = 0.05
"""A difference that chance alone brings more often than this is noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One number, before and after."""

    who: str
    """``ours`` or the name of a baseline."""
    track: str
    measure: str
    before: float
    after: float
    n: int
    """Wanted things that it was measured on afterwards."""
    up: int = 0
    """Months or issues in which it rose."""
    down: int = 0
    chance: float | None = None
    """That noise alone makes such a difference; None where it cannot be told."""
    verdict: Verdict

    @property
    def difference(self) -> float:
        """After less before."""
        return self.after - self.before

    @property
    def name(self) -> str:
        """What the number is, in words."""
        return f"{ENGLISH[self.track]} {self.measure}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two results compared."""

    before: Run
    after: Run
    changes: tuple[Change, ...]
    """Ours first, then the baselines'."""
    remarks: tuple[str, ...] = ()
    """What limits the comparison, a line each."""

    @property
    def verdict(self) -> str:
        """One line: what of ours got better and worse beyond noise."""
        ours = [change for change in self.changes if change.who == OURS]
        counts = Counter(change.verdict for change in ours)
        rest: dict[Verdict, str] = {
            "noise": "within noise",
            "same": "the same",
            "unjudged": "not judged",
        }
        told = [f"{counts[verdict]} {words}" for verdict, words in rest.items() if counts[verdict]]
        return "; ".join(
            [
                f"better: {_named(ours, 'better')}",
                f"worse: {_named(ours, 'worse')}",
                *([", ".join(told)] if told else []),
            ]
        )


def compare(before: Result, after: Result) -> Comparison:
    """Each number that both have, before and after. Pure and exact: no sampling."""
    ways = [(OURS, tuple(numbers(before)), tuple(numbers(after)))]
    ways += [
        (name, tuple(numbers(before.baselines[name])), tuple(numbers(baseline)))
        for name, baseline in ordered(after.baselines).items()
        if name in before.baselines
    ]
    changes = tuple(change for way in ways for change in _changes(*way))
    return Comparison(
        before=before.ours,
        after=after.ours,
        changes=changes,
        remarks=tuple(_remarks(before, after, ways)),
    )


def _changes(who: str, before: Sequence[Number], after: Sequence[Number]) -> Iterator[Change]:
    earlier = {number.key: number for number in before}
    for number in after:
        if (old := earlier.get(number.key)) is not None:
            yield _change(who, old, number)


def _change(who: str, old: Number, new: Number) -> Change:
    up = down = 0
    chance: float | None = None
    verdict: Verdict = "unjudged"
    if (hits := _hits_gained(old, new)) is not None:
        up, down = sum(gain > 0 for gain in hits), sum(gain < 0 for gain in hits)
        chance = chance_of(hits)
        verdict = _verdict(hits, chance)
    if old.value == new.value and old.n == new.n:
        verdict = "same"
    return Change(
        who=who,
        track=new.track,
        measure=new.measure,
        before=old.value,
        after=new.value,
        n=new.n,
        up=up,
        down=down,
        chance=chance,
        verdict=verdict,
    )


def _verdict(hits: Sequence[int], chance: float) -> Verdict:
    return "noise" if chance > _NOISE else "better" if sum(hits) > 0 else "worse"


def against(baseline: Ranking, ranking: Ranking) -> dict[int, Verdict]:
    """What of the recalls of a ranking is better or worse than in another of the same steps."""
    verdicts: dict[int, Verdict] = {}
    for k in ranking.recall:
        theirs = {step.name: step.recall[k] for step in baseline.steps}
        hits = [round(s.recall[k] * s.n) - round(theirs[s.name] * s.n) for s in ranking.steps]
        verdicts[k] = _verdict(hits, chance_of(hits)) if any(hits) else "same"
    return verdicts


def _hits_gained(old: Number, new: Number) -> list[int] | None:
    """Hits more in each step; None where the two were not asked the same."""
    if not new.steps or _asked(old.steps) != _asked(new.steps):
        return None
    return [
        # A step's hits are whole: what is off is the share's last digit.
        round(value * n) - round(old.steps[name][0] * n)
        for name, (value, n) in new.steps.items()
    ]


def _asked(steps: Mapping[str, tuple[float, int]]) -> dict[str, int]:
    return {name: n for name, (_, n) in steps.items()}


def chance_of(gains: Sequence[int]) -> float:
    """The chance that `gains`, each with a random sign, sum to at least as much, either way.

    1 where all are 0. Exact; the work grows with the number of steps times their sum.
    """
    sums = Counter({0: 1})
    for gain in filter(None, gains):
        turned: Counter[int] = Counter()
        for total, ways in sums.items():
            turned[total + gain] += ways
            turned[total - gain] += ways
        sums = turned
    seen = abs(sum(gains))
    return sum(ways for total, ways in sums.items() if abs(total) >= seen) / sums.total()


def _named(changes: Sequence[Change], verdict: Verdict) -> str:
    named = [f"{c.name} {c.difference:+.3f}" for c in changes if c.verdict == verdict]
    return ", ".join(named) or "nothing"


def _remarks(
    before: Result, after: Result, ways: Sequence[tuple[str, Sequence[Number], Sequence[Number]]]
) -> Iterator[str]:
    old, new = before.ours, after.ours
    if (old.start, old.end) != (new.start, new.end):
        yield (
            f"the two cover different months ({old.start} to {old.end}, {new.start} to {new.end}): "
            f"run again with --from {old.start} --to {old.end} to judge the change"
        )
    elif any(
        _asked(theirs.steps) != _asked(number.steps)
        for _, was, now in ways
        for theirs in was
        for number in now
        if theirs.key == number.key
    ):
        yield "the two were measured on different data: numbers whose steps differ are not judged"
    for who, was, now in ways:
        gone = {number.key for number in was} ^ {number.key for number in now}
        if gone:
            yield f"only one of the two has, of {who}: {', '.join(sorted(gone))}"
    if apart := sorted(set(before.baselines) ^ set(after.baselines)):
        yield f"only one of the two has the baselines: {', '.join(apart)}"
