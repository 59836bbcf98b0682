"""The queue -> an issue: what was accepted, filled up with the best of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from config.settings import Settings
from pipeline.issue_markdown import lead
from pipeline.queue import Entry, Period, State
from store.database import Store
from store.issues import ItemOrigin, load_issue, load_issue_dates
from store.models import Issue, IssueSection


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """An issue, and the stories that its items came from, in print order."""

    issue: Issue
    origins: tuple[ItemOrigin, ...]
    final: bool = False
    proposed: int = 0
    """How many of its items nobody has accepted yet."""


def _worth_proposing(entry: Entry) -> bool:
    """Whether the machine may fill a place with it: on topic, or from the editor's own hand.

    Stars and freshness alone would fill a thin night with strangers; the queue shows them all.
    """
    asked_for = any(part.name in ("topic", "hand") for part in entry.score.parts)
    return entry.state is State.PROPOSED and asked_for


def assemble(
    store: Store,
    settings: Settings,
    period: Period,
    queue: Sequence[Entry],
    *,
    fill: bool = True,
) -> Assembled:
    """Put the issue of the period together.

    Each section holds what the editor accepted, and, with `fill`, the best proposals up to its
    quota. `queue` is as `load_queue` gives it.
    """
    sections: list[IssueSection] = []
    origins: list[ItemOrigin] = []
    proposed = 0
    for section in settings.sections:
        here = [entry for entry in queue if entry.draft.section == section.name]
        chosen = [entry for entry in here if entry.state is State.ACCEPTED]
        room = max(0, section.quota - len(chosen)) if fill else 0
        rest = [entry for entry in here if _worth_proposing(entry)][:room]
        proposed += len(rest)
        chosen += rest
        sections.append(
            IssueSection(name=section.name, items=tuple(entry.draft for entry in chosen))
        )
        origins += [ItemOrigin(story=e.story.id, basis=e.basis) for e in chosen]
    stored = load_issue(store, period.day)
    filled = tuple(section for section in sections if section.items)
    return Assembled(
        issue=Issue(
            date=period.day,
            title=stored.issue.title if stored else "",
            lead=lead(filled, settings.newsletter, settings.sections),
            sections=filled,
            back_issues=tuple(load_issue_dates(store, before=period.day)),
        ),
        origins=tuple(origins),
        proposed=proposed,
    )
