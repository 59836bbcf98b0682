"""What is learned from: what was picked and passed over, as far as the store knows.

Picked is what an issue ran or the editor accepted, and, weaker, what a reference list names; the
rest of the stream was passed over, a rejection more plainly than what nobody spoke of. What was
put off is neither. What was never in the stream, an item of an old issue, teaches no taste: it can
be told from the stream by its style, and what is learned of it ranks worse. It does teach which
section what belongs in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from config.errors import NotFoundError
from config.settings import Settings
from pipeline.matching import TermMatcher
from pipeline.published import keys_of_draft
from pipeline.references.found import title_key
from pipeline.score import score
from pipeline.standing import Standing, standing
from pipeline.taste.features import document
from pipeline.taste.sections import past_story
from pipeline.taste.table import Example
from store.database import Store
from store.decisions import load_decisions, load_ever_decided
from store.examples import (
    Printed,
    load_printed,
    load_stories_by_key,
    load_titles,
    load_untaught,
    remove_untaught,
    save_untaught,
)
from store.models import Draft, IdentityKey, Kind, Story, StoryId, Verdict
from store.references import load_reference_keys, load_references
from store.stories import load_stories
from store.taste import load_documents

_MOST = 50_000
"""Stories of a section that are learned from, the latest."""
_COMPARED = 5_000
"""Of them those that a story is compared with."""
_SAID = {Verdict.ACCEPT: 1.0, Verdict.REJECT: -3.0}
"""What a decision weighs, below zero for what was passed over: a word beside silence, -1."""
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands for the dates of what ran: how new it was then tells nothing of taste."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What was picked and passed over."""

    printed: tuple[Printed, ...]
    """What issues ran, the earliest first."""
    listed: Mapping[IdentityKey, float]
    """What reference lists name, with the weight of the list."""
    decided: Mapping[StoryId, Standing]
    picked: Mapping[StoryId, float]
    """Stories that ran or that a list names, with what they weigh."""
    left_out: frozenset[StoryId]
    """Stories that are not to teach, whatever else is said of them."""

    @property
    def any_picked(self) -> bool:
        """Whether there is a story that was picked."""
        accepted = (stands.verdict is Verdict.ACCEPT for stands in self.decided.values())
        return bool(self.picked) or any(accepted)


def choices_of(store: Store, settled: date) -> Choices:
    """All of it; an issue that nobody called final has run if it is of `settled` or before."""
    untaught = load_untaught(store)
    left_out = frozenset(load_stories_by_key(store, dict.fromkeys(untaught, 1.0)))
    printed = tuple(p for p in load_printed(store, settled) if untaught.isdisjoint(_keys(p)))
    listed = {k: w for k, w in load_reference_keys(store).items() if k not in untaught}
    ran = {key: 1.0 for one in printed for key in _keys(one)}
    return Choices(
        printed=printed,
        listed=listed,
        decided={s: stands for s, stands in _stands(store).items() if s not in left_out},
        picked=_listed_stories(store, listed) | load_stories_by_key(store, ran),
        left_out=left_out,
    )


def _stands(store: Store) -> dict[StoryId, Standing]:
    """What the editor's decisions on each story amount to."""
    decisions = load_decisions(store, load_ever_decided(store))
    return {story: standing(made) for story, made in decisions.items()}


def _keys(printed: Printed) -> tuple[IdentityKey, ...]:
    """All that an item is found by, the most telling first."""
    return tuple(dict.fromkeys((*keys_of_draft(printed.draft), *sorted(printed.keys))))


def stream_examples(
    store: Store, choices: Choices, section: str, limit: int = _MOST
) -> Iterator[Example]:
    """The examples of a section that taste is learned from, in time order; the latest `limit`."""
    for one in load_documents(store, section, limit):
        weight = _weight(choices, one.story)
        if weight is not None:
            yield Example(
                document=one.tokens, rules=one.rules, picked=weight > 0, weight=abs(weight)
            )


def _weight(choices: Choices, story: StoryId) -> float | None:
    """What a story weighs, below zero if it was passed over; None where it is not to teach."""
    if story in choices.left_out:
        return None
    stands = choices.decided.get(story)
    verdict = stands.verdict if stands is not None else None
    if verdict in _SAID:
        return _SAID[verdict]
    if weight := choices.picked.get(story):
        return weight
    return None if verdict is Verdict.LATER else -1.0


def _listed_stories(store: Store, listed: Mapping[IdentityKey, float]) -> dict[StoryId, float]:
    """The stories that lists name, by key or, where a list gives no more, by title."""
    found = load_stories_by_key(store, listed)
    if any(key.startswith("title:") for key in listed):
        for story, title in load_titles(store, Kind.PAPER):
            key = title_key(title)
            if key is not None and key in listed:
                found[story] = max(found.get(story, 0.0), listed[key])
    return found


def section_examples(
    store: Store, settings: Settings, choices: Choices
) -> Iterator[tuple[Story, str]]:
    """Stories and the sections they ran in, or that the editor moved them to."""
    names = {section.name for section in settings.sections}
    for printed in choices.printed:
        if not printed.known and printed.section in names:
            yield past_story(printed.draft, settings), printed.section
    texts = {story: stands.text for story, stands in choices.decided.items()}
    moved = {story: text.section for story, text in texts.items() if text is not None}
    yield from ((story, moved[story.id]) for story in load_stories(store, moved))


def examples_of(
    store: Store, settings: Settings, section: str, *, settled: date
) -> Iterator[Example]:
    """Examples of a section to compare with: past issues, lists, the latest of the stream."""
    choices = choices_of(store, settled)
    rules = _Rules(settings)
    for printed in choices.printed:
        if printed.section == section and not printed.known:
            yield rules.example(printed.draft, 1.0)
    yield from _listed(store, rules, section, choices)
    yield from stream_examples(store, choices, section, _COMPARED)


def _listed(store: Store, rules: _Rules, section: str, choices: Choices) -> Iterator[Example]:
    """What reference lists name by title: papers and repositories, in their sections."""
    kinds = {kind for s in rules.settings.sections if s.name == section for kind in s.kinds}
    for reference in load_references(store):
        for item in reference.items:
            kind = Kind.REPOSITORY if item.is_code else Kind.PAPER
            if kind in kinds and item.title and item.key in choices.listed:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An example as the editor sees it."""

    key: IdentityKey
    """What it is removed by."""
    title: str
    section: str
    """Empty for what only a list names."""
    weight: float
    """Below zero for what was rejected."""
    origin: str
    """The issue, decision or list that makes it one."""
    when: date
    """The issue's date, or the day in the editor's zone that it was decided or listed."""
    removed: bool
    """Nothing is learned from it."""


def told_examples(store: Store, settings: Settings, settled: date) -> Iterator[Told]:
    """Every example that somebody made one: past issues, then decisions, then lists.

    What was merely passed over is not among them.
    """
    untaught, zone = load_untaught(store), settings.newsletter.zone
    for printed in load_printed(store, settled):
        key, removed = _called(_keys(printed), untaught)
        yield Told(
            key=key,
            title=printed.draft.title,
            section=printed.section,
            weight=1.0,
            origin="issue",
            when=printed.date,
            removed=removed,
        )
    yield from _told_decisions(store, settings, untaught)
    for reference in load_references(store):
        for item in reference.items:
            yield Told(
                key=item.key,
                title=item.title,
                section="",
                weight=reference.weight,
                origin=f"list {reference.name}",
                when=reference.added_at.astimezone(zone).date(),
                removed=item.key in untaught,
            )


def _told_decisions(
    store: Store, settings: Settings, untaught: frozenset[IdentityKey]
) -> Iterator[Told]:
    stands = _stands(store)
    for story in load_stories(store, sorted(stands)):
        decided = stands[story.id].decided
        if decided is None or decided.verdict not in _SAID:
            continue
        keys = [key for member in story.members for key in member.candidate.keys]
        key, removed = _called(keys, untaught)
        draft = stands[story.id].text or decided.machine
        yield Told(
            key=key,
            title=draft.title,
            section=draft.section,
            weight=_SAID[decided.verdict],
            origin=f"{decided.verdict} by {decided.by}",
            when=decided.at.astimezone(settings.newsletter.zone).date(),
            removed=removed,
        )


def _called(
    keys: Sequence[IdentityKey], untaught: frozenset[IdentityKey]
) -> tuple[IdentityKey, bool]:
    """What an example of these keys is called, and whether it was removed, by that name then."""
    removed = [key for key in keys if key in untaught]
    return (removed or keys)[0], bool(removed)


def forget_example(
    store: Store, settings: Settings, key: str, *, settled: date, now: datetime
) -> Told:
    """Let nothing be learned from what bears this key. Raises NotFoundError if nothing does."""
    for told in told_examples(store, settings, settled):
        if told.key == key:
            save_untaught(store, told.key, now)
            return told
    raise NotFoundError(f"no example is called {key!r}; briefing example list shows their names")


def restore_example(store: Store, key: str) -> None:
    """Let it teach again. Raises NotFoundError where it does."""
    if not remove_untaught(store, IdentityKey(key)):
        raise NotFoundError(f"no example {key!r} was removed")
