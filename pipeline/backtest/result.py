"""What a backtest found, as values and as the JSON that ``briefing backtest --json`` prints.

The JSON has the fields below by their names, but for three that Python keeps for itself: `map`
(here `average_precision`), `from` and `to` (here `start` and `end`). Recalls are keyed by how many
were looked at, ``{"50": 0.62}``. All numbers are finite; a recall, precision or accuracy of
nothing (`n` is 0) is 0.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, FiniteFloat, TypeAdapter, ValidationError

from config.errors import InputError
from store.models import Part

Recall = Mapping[int, FiniteFloat]
"""How many of the best were looked at -> share of what was wanted that stood among them."""
What = Literal["expert", "pick", "repo"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One month of papers."""

    month: str
    """``2019-07``."""
    recall: Recall
    n: int
    """Papers of the month that were wanted."""

    @property
    def name(self) -> str:
        """The month."""
        return self.month


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One issue's period of repositories."""

    period: str
    """The issue's date, ``2019-07-18``."""
    recall: Recall
    n: int
    """Repositories the issue links that were candidates of its period."""

    @property
    def name(self) -> str:
        """The issue's date."""
        return self.period


Step = Month | Period
"""One step of the walk: trained on what was known before, asked about what appeared since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking(ABC):
    """How well the wanted stood at the top; recalls are pooled over all steps."""

    recall: Recall
    average_precision: Annotated[FiniteFloat, Field(alias="map")]
    """Mean average precision."""
    n: int
    """How many were wanted over all steps."""
    curve: tuple[tuple[int, FiniteFloat], ...] = ()
    """Pooled recall at more numbers, ``(k, recall)``, k ascending."""
    calibration: tuple[tuple[FiniteFloat, FiniteFloat, int], ...] = ()
    """Bins of candidates: mean predicted chance, share that was wanted, how many candidates."""

    @property
    @abstractmethod
    def steps(self) -> tuple[Step, ...]:
        """The single steps, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRanking(Ranking):
    """Of papers, month by month."""

    by_month: tuple[Month, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The months."""
        return self.by_month


@dataclass(frozen=True, slots=True, kw_only=True)
class RepoRanking(Ranking):
    """Of repositories, issue by issue."""

    by_period: tuple[Period, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The issues."""
        return self.by_period


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """The same ranking, judged by what experts list and by what the newsletter ran."""

    expert: PaperRanking
    picks: PaperRanking


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSections:
    """One past issue: how many of its `n` items were proposed for the section they ran in."""

    issue: str
    """Its date."""
    accuracy: FiniteFloat
    n: int

    @property
    def name(self) -> str:
        """The issue's date."""
        return self.issue


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """The section proposed for past items, against the one they ran in; pooled over issues."""

    accuracy: FiniteFloat
    n: int
    by_issue: tuple[IssueSections, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Another way to rank, measured in the same run."""

    papers: Papers
    repos: RepoRanking
    sections: Sections | None = None
    """None where this way proposes none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What was measured, and on what."""

    start: Annotated[str, Field(alias="from")]
    """First month, ``2019-06``."""
    end: Annotated[str, Field(alias="to")]
    """Last month, included."""
    settings: str
    """Hash of the settings that decide a score."""
    papers: int = 0
    """Candidates ranked."""
    repos: int = 0
    issues: int = 0
    """Past issues walked through."""
    notes: tuple[str, ...] = ()
    """What a reader should know, ``the rules were used until 2019-07: …``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """Something wanted that stood low."""

    what: What
    month: str
    """The month, or the issue's date."""
    id: str
    """Identity key, ``arxiv:1907.00001``."""
    title: str
    rank: int
    """Its place in its step, from 1."""
    score: FiniteFloat
    """The sum of `parts`."""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A feature that moves scores."""

    feature: str
    """A word, a pair of words or a tag, ``concept=quantization``."""
    weight: FiniteFloat
    """Points that it adds to a score where it stands, or takes."""
    model: str = ""
    """``papers`` or ``repos``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """The same walk with no more known than the latest issues before it, and no lists."""

    issues: int
    """How many issues; with 0 it is the rules."""
    picked_papers: int
    """What of the stream before the walk those issues ran."""
    picked_repos: int
    verdict_papers: str
    """What came of learning, ``规则：…`` where the rules stood."""
    verdict_repos: str
    papers: Papers
    repos: RepoRanking


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """All that a backtest found."""

    papers: Papers
    repos: RepoRanking
    sections: Sections
    baselines: Mapping[str, Baseline] = field(default_factory=dict)
    """``random``, ``rules`` (the keyword rules alone), ``svm`` (TF-IDF and a linear SVM)."""
    ours: Run
    misses: tuple[Miss, ...] = ()
    """Worst first."""
    moved: tuple[Moved, ...] = ()
    """Of the last model of papers and of repositories, what moved most first, either way."""
    growth: tuple[Grown, ...] = ()
    """By issues known, the fewest first; empty where that was not asked for."""

    def to_json(self) -> dict[str, Any]:
        """The result in values that JSON knows."""
        values: dict[str, Any] = _RESULT.dump_python(
            self, mode="json", by_alias=True, exclude_none=True
        )
        return values

    @classmethod
    def from_json(cls, values: object) -> Result:
        """What `to_json` made of it. Raises InputError that names the key that is wrong."""
        try:
            return _RESULT.validate_python(values)
        except ValidationError as error:
            raise InputError(_fault(error)) from error


_RESULT = TypeAdapter(Result)


def read_result(path: Path) -> Result:
    """Read a file that ``briefing backtest --json`` printed.

    Raises InputError that names the file and the key that is wrong.
    """
    try:
        return _RESULT.validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except ValidationError as error:
        raise InputError(f"{path} is no report of a backtest: {_fault(error)}") from error


def _fault(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else first["msg"]
