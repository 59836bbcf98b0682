"""Learning from what was picked, every night, and only where it helps.

From what is the business of ``pipeline.taste.examples``. What is learned is used once it orders the
latest picks better than the rules, having been learned from the others; until then the verdict says
why not, and the score is that of the rules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from config.settings import Settings
from pipeline.deciding import deciding, program
from pipeline.period import Period
from pipeline.taste.examples import Choices, choices_of, section_examples, stream_examples
from pipeline.taste.model import FREE, NEAR, TasteModel, fit, totals, train
from pipeline.taste.sections import SectionModel, learn_sections, load_model
from pipeline.taste.table import Example, Floats, tabulate
from store.database import Store
from store.models import Story
from store.rows import RAW_ITEM
from store.taste import StoredTaste, save_taste

PROPOSING = "栏目"
"""Under this name stands what was learned of which section what belongs in."""
_HELD_OUT = 0.3
_WAYS = (FREE, NEAR)
"""The freest first."""
_MODEL = TypeAdapter(TasteModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What came of learning for a section."""

    model: TasteModel | None
    """None where the rules stand."""
    verdict: str

    @property
    def used(self) -> bool:
        """Whether what was learned is used."""
        return self.model is not None


def learn(examples: Sequence[Example]) -> Lesson:
    """Learn from examples in time order, and judge it by the latest of them.

    Of the ways to learn, the freest that there are picks enough for and that orders the latest
    picks better than the rules.
    """
    picks = sum(example.picked for example in examples)
    too_few = _too_few(picks, len(examples) - picks)
    if too_few is not None:
        return too_few
    table = tabulate(examples)
    picked, passed = np.flatnonzero(table.picked), np.flatnonzero(~table.picked)
    # What was passed over comes first: of equal scores it stands before what was picked.
    cuts = [(some, _early(len(some))) for some in (passed, picked)]
    early = table.take(np.concatenate([some[:cut] for some, cut in cuts]))
    late = table.take(np.concatenate([some[cut:] for some, cut in cuts]))
    rules = _precision(late.rules, late.picked)
    best = 0.0
    for way in _WAYS:
        if picks < way.fewest:
            continue
        ours = _precision(totals(late, fit(early, way)), late.picked)
        if ours > rules:
            verdict = _verdict(f"学到的{way.name}", picks, ours, rules)
            return Lesson(model=train(table, way), verdict=verdict)
        best = max(best, ours)
    return Lesson(model=None, verdict=_verdict("规则", picks, best, rules))


def _too_few(picked: int, passed: int) -> Lesson | None:
    """The lesson where there are so few examples that nothing is learned."""
    fewest = min(way.fewest for way in _WAYS)
    if picked >= fewest <= passed:
        return None
    verdict = f"规则：选过的 {picked} 条，没选的 {passed} 条，各 {fewest} 条起才学"
    return Lesson(model=None, verdict=verdict)


def _early(count: int) -> int:
    """How many of so many, in time order, are learned from to judge by the others."""
    return int(count * (1 - _HELD_OUT))


def _precision(totals: Floats, picked: NDArray[np.bool_]) -> float:
    # rounded: of equal totals, the last digits of a sum decide nothing
    ranked = zip(totals.round(3).tolist(), picked.tolist(), strict=True)
    return average_precision(list(ranked))


def _verdict(used: str, picked: int, ours: float, rules: float) -> str:
    early = _early(picked)
    return (
        f"{used}：用早先的 {early} 条学，排最近的 {picked - early} 条，"
        f"平均精度 {ours:.3f}，规则 {rules:.3f}"
    )


def average_precision(ranked: Sequence[tuple[float, bool]]) -> float:
    """The mean of the precision at each that was picked; equal scores stand in given order."""
    found, total = 0, 0.0
    for place, (_, picked) in enumerate(sorted(ranked, key=lambda one: -one[0]), 1):
        if picked:
            found += 1
            total += found / place
    return total / found if found else 0.0


def models(learned: Mapping[str, StoredTaste]) -> dict[str, TasteModel]:
    """What is used of what was learned, by section."""
    return {
        section: _read(taste.model)
        for section, taste in learned.items()
        if section != PROPOSING and taste.used and taste.model
    }


@lru_cache(maxsize=8)
def _read(model: str) -> TasteModel:
    """A model as it is kept; read once, since every page of the desk asks for it."""
    return _MODEL.validate_json(model)


def section_model(learned: Mapping[str, StoredTaste]) -> SectionModel | None:
    """What was learned of which section a story belongs in; None before that."""
    taste = learned.get(PROPOSING)
    return load_model(taste.model) if taste is not None and taste.used else None


def _learn_sections(
    store: Store,
    settings: Settings,
    choices: Choices,
    known: StoredTaste | None,
    now: datetime,
) -> StoredTaste | None:
    """Learn anew which section what belongs in; None where nothing new is to be learned from."""
    examples = list(section_examples(store, settings, choices))
    digest = _digest_of_sections(examples, settings)
    if known is not None and known.examples == digest:
        return None
    model = learn_sections(examples, settings)
    return StoredTaste(
        section=PROPOSING,
        version=known.version + 1 if known else 1,
        trained_at=now,
        used=model is not None,
        verdict=f"{'学到的' if model else '规则'}：栏目有 {len(examples)} 个例子",
        examples=digest,
        model=model.dump() if model else "",
    )


def learn_all(
    store: Store, settings: Settings, known: Mapping[str, StoredTaste], period: Period
) -> dict[str, StoredTaste]:
    """Learn for every section whose examples changed; returns what stands now, by section.

    `known` is what stood before.
    """
    choices, now = choices_of(store, period.settled), period.now
    _read.cache_clear()  # what stood before is not asked for again, and learning takes memory
    learned = []
    for section in settings.sections:
        told = stream_examples(store, choices, section.name)
        # Where nobody picked anything there is no need to hold all at once.
        examples = list(told) if choices.any_picked else told
        digest, picked, passed = _summed(examples)
        before = known.get(section.name)
        if before is not None and before.examples == digest:
            continue
        lesson = _too_few(picked, passed) or learn(list(examples))
        learned.append(
            StoredTaste(
                section=section.name,
                version=before.version + 1 if before else 1,
                trained_at=now,
                used=lesson.used,
                verdict=lesson.verdict,
                examples=digest,
                model="" if lesson.model is None else _MODEL.dump_json(lesson.model).decode(),
            )
        )
    proposing = _learn_sections(store, settings, choices, known.get(PROPOSING), now)
    if proposing is not None:
        learned.append(proposing)
    save_taste(store, learned)
    return {**known, **{one.section: one for one in learned}}


def _digest_of_sections(examples: Sequence[tuple[Story, str]], settings: Settings) -> str:
    """Of all that a model is made of: settings and program have a say in the tokens."""
    digest = hashlib.sha256(program() + deciding(settings))
    for story, name in examples:
        said = (RAW_ITEM.write(member.candidate.item) for member in story.members)
        digest.update("\0".join((name, *said, "\1")).encode("utf-8", "replace"))
    return digest.hexdigest()


def _summed(examples: Iterable[Example]) -> tuple[str, int, int]:
    """A digest of all, and how many were picked and passed over."""
    digest = hashlib.sha256()
    count = {True: 0, False: 0}
    for example in examples:
        told = f"{example.rules}\0{example.picked}\0{example.weight}\0{example.document}\1"
        digest.update(told.encode("utf-8", "replace"))
        count[example.picked] += 1
    return digest.hexdigest(), count[True], count[False]
