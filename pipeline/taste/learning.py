"""Learning from what was picked, every night, and only where it helps.

Examples of a section are the stories in it: picked are those that an issue ran or the editor
accepted, and, weaker, those that a reference list names; the rest is the stream that they were
picked from. What was never in the stream, an item of an old issue, teaches nothing: it can be told
from the stream by its style, and what is learned of it ranks worse. What is learned is used once it
orders the latest picks better than the rules, having been learned from the others; until then the
verdict says why not, and the score is that of the rules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from config.settings import Settings
from pipeline.matching import TermMatcher
from pipeline.score import score
from pipeline.standing import Standing, standing
from pipeline.taste.features import document
from pipeline.taste.model import FREE, NEAR, TasteModel, fit, train
from pipeline.taste.sections import SectionModel, learn_sections, load_model, past_story
from pipeline.taste.table import Example, Floats, tabulate
from store.database import Store
from store.decisions import load_decisions, load_ever_decided
from store.issues import load_drafts
from store.models import (
    Draft,
    IdentityKey,
    Kind,
    StoryId,
    Verdict,
)
from store.references import load_reference_keys, load_references
from store.stories import load_stories
from store.taste import (
    StoredTaste,
    load_documents,
    load_published_keys,
    load_stories_by_key,
    save_taste,
)

PROPOSING = "栏目"
"""Under this name stands what was learned of which section what belongs in."""
_MOST = 50_000
_HELD_OUT = 0.3
_WAYS = (FREE, NEAR)
"""The freest first."""
_MODEL = TypeAdapter(TasteModel)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands for the dates of what ran: how new it was then tells nothing of taste."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What came of learning for a section."""

    model: TasteModel | None
    used: bool
    verdict: str


def learn(examples: Sequence[Example]) -> Lesson:
    """Learn from examples in time order, and judge it by the latest of them.

    Of the ways to learn, the freest that there are picks enough for and that orders the latest
    picks better than the rules.
    """
    table = tabulate(examples)
    picked, passed = np.flatnonzero(table.picked), np.flatnonzero(~table.picked)
    fewest = min(way.fewest for way in _WAYS)
    if len(picked) < fewest or len(passed) < fewest:
        verdict = f"规则：选过的 {len(picked)} 条，没选的 {len(passed)} 条，各 {fewest} 条起才学"
        return Lesson(model=None, used=False, verdict=verdict)
    # What was passed over comes first: of equal scores it stands before what was picked.
    cuts = [(some, _early(len(some))) for some in (passed, picked)]
    early = table.take(np.concatenate([some[:cut] for some, cut in cuts]))
    late = table.take(np.concatenate([some[cut:] for some, cut in cuts]))
    rules = _precision(late.rules, late.picked)
    best = 0.0
    for way in _WAYS:
        if len(picked) < way.fewest:
            continue
        ours = _precision(late.rules + fit(early, way).scores(late), late.picked)
        if ours > rules:
            verdict = _verdict(f"学到的{way.name}", len(picked), ours, rules)
            return Lesson(model=train(table, way), used=True, verdict=verdict)
        best = max(best, ours)
    return Lesson(model=None, used=False, verdict=_verdict("规则", len(picked), best, rules))


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
        section: _MODEL.validate_json(taste.model)
        for section, taste in learned.items()
        if section != PROPOSING and taste.used and taste.model
    }


def section_model(learned: Mapping[str, StoredTaste]) -> SectionModel | None:
    """What was learned of which section a story belongs in; None before that."""
    taste = learned.get(PROPOSING)
    return load_model(taste.model) if taste is not None and taste.used else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choices:
    """What was picked and passed over, as far as the store knows."""

    ran: Mapping[IdentityKey, str]
    """Keys of what issues ran, with its section."""
    listed: Mapping[StoryId, float]
    """Stories that reference lists name, with the weight of the list."""
    decided: Mapping[StoryId, Standing]


def _choices(store: Store) -> _Choices:
    decisions = load_decisions(store, load_ever_decided(store))
    return _Choices(
        ran=load_published_keys(store),
        listed=load_stories_by_key(store, load_reference_keys(store)),
        decided={story: standing(made) for story, made in decisions.items()},
    )


def _learn_sections(
    store: Store,
    settings: Settings,
    choices: _Choices,
    known: StoredTaste | None,
    now: datetime,
) -> StoredTaste | None:
    """Learn anew which section what belongs in; None where nothing new is to be learned from."""
    names = [section.name for section in settings.sections]
    examples = [
        (past_story(draft, settings), name) for name in names for draft in load_drafts(store, name)
    ]
    texts = {story: stands.text for story, stands in choices.decided.items()}
    moved = {story: text.section for story, text in texts.items() if text is not None}
    examples += [(story, moved[story.id]) for story in load_stories(store, moved)]
    told = [f"{name}\0{s.members[0].candidate.content_hash}" for s, name in examples]
    digest = hashlib.sha256("\1".join(told).encode()).hexdigest()
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
    store: Store, settings: Settings, known: Mapping[str, StoredTaste], now: datetime
) -> dict[str, StoredTaste]:
    """Learn for every section whose examples changed; returns what stands now, by section.

    `known` is what stood before.
    """
    choices = _choices(store)
    learned = []
    for section in settings.sections:
        examples = list(_stream(store, choices, section.name))
        digest = _digest(examples)
        before = known.get(section.name)
        if before is not None and before.examples == digest:
            continue
        lesson = learn(examples)
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


def examples_of(store: Store, settings: Settings, section: str) -> Iterator[Example]:
    """All examples of a section, to compare with: past issues, lists, the stream in time order."""
    rules = _Rules(settings)
    for draft in load_drafts(store, section):
        yield rules.example(draft, 1.0)
    yield from _listed(store, rules, section)
    yield from _stream(store, _choices(store), section)


def _stream(store: Store, choices: _Choices, section: str) -> Iterator[Example]:
    """The examples that are learned from."""
    ran = {key: 1.0 for key, name in choices.ran.items() if name == section}
    verdicts = {story: stands.verdict for story, stands in choices.decided.items()}
    picked = {**choices.listed, **load_stories_by_key(store, ran)}
    picked |= {story: 1.0 for story, said in verdicts.items() if said is Verdict.ACCEPT}
    rejected = {story for story, said in verdicts.items() if said is Verdict.REJECT}
    for one in load_documents(store, section, _MOST):
        weight = picked.get(one.story, 0.0) if one.story not in rejected else 0.0
        yield Example(
            document=one.tokens,
            rules=one.rules,
            picked=weight > 0,
            weight=weight or 1.0,
        )


def _listed(store: Store, rules: _Rules, section: str) -> Iterator[Example]:
    """What reference lists name by title: papers and repositories, in their sections."""
    kinds = {kind for s in rules.settings.sections if s.name == section for kind in s.kinds}
    for reference in load_references(store):
        for item in reference.items:
            kind = Kind.REPOSITORY if item.is_code else Kind.PAPER
            if kind in kinds and item.title:
                url = _address(item.key)
                draft = Draft(section=section, title=item.title, url=url)
                yield rules.example(draft, reference.weight)


def _address(key: IdentityKey) -> str:
    """An address that bears this key; empty where the key is no address."""
    scheme, _, name = key.partition(":")
    base = {"arxiv": "https://arxiv.org/abs/", "github": "https://github.com/"}.get(scheme)
    return f"{base}{name}" if base else ""


class _Rules:
    """Makes examples of what no story stands for, with the rules' score."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._matcher = TermMatcher(settings.topics)

    def example(self, draft: Draft, weight: float) -> Example:
        """An item of an issue or a list, as picked."""
        story = past_story(draft, self.settings)
        scored = score(
            story,
            settings=self.settings,
            matcher=self._matcher,
            period_start=_LONG_AGO,
            now=_LONG_AGO,
            source_weights={},
        )
        tokens = document(story, scored.parts, self.settings)
        return Example(document=tokens, rules=scored.total, picked=True, weight=weight)


def _digest(examples: Sequence[Example]) -> str:
    digest = hashlib.sha256()
    for example in examples:
        told = f"{example.rules}\0{example.picked}\0{example.weight}\0{example.document}\1"
        digest.update(told.encode("utf-8", "replace"))
    return digest.hexdigest()
