"""The queue -> an issue: what was accepted, as laid out, filled up with the best of the rest.

What fills it up is the business of ``pipeline.filling``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.filling import accepted_of, explored_of, fillings
from pipeline.issue_markdown import lead
from pipeline.layout import in_order, load_layout
from pipeline.published import keys_of_draft, keys_of_story
from pipeline.queue import Entry, Queue, State
from store.issues import PrintedItem, load_issue, load_issue_dates
from store.models import Issue, IssueSection, StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """An issue, and what it was assembled from: entries of the queue, or what ran where final."""

    issue: Issue
    entries: Mapping[StoryId, Entry] = field(default_factory=dict)
    """In print order."""
    ran: tuple[PrintedItem, ...] = ()
    """The same of a final issue, as it was kept."""
    final: bool = False
    explored: Mapping[StoryId, str] = field(default_factory=dict)
    """Those of its stories that are tried because taste is unsure of them, each with why."""

    @property
    def stories(self) -> list[StoryId | None]:
        """The story of each item in print order; None for one of an imported issue."""
        return [item.story for item in self.ran] if self.final else [*self.entries]

    @property
    def printed(self) -> tuple[PrintedItem, ...]:
        """What each item makes published, in print order."""
        return self.ran if self.final else tuple(map(_printed, self.entries.values()))

    @property
    def proposed(self) -> int:
        """How many of its items nobody has accepted yet."""
        return sum(entry.state is not State.ACCEPTED for entry in self.entries.values())


def assemble(queue: Queue, *, fill: bool = True) -> Assembled:
    """Put the issue of the queue's period together.

    Each section holds what the editor accepted, in the order that he laid out, and, with `fill`,
    the best proposals up to its quota. What was accepted for a section that is configured no more
    stands behind the others. Title and 导读 are the editor's where he wrote one.
    """
    settings, period = queue.settings, queue.period
    decided = queue.decided()
    accepted = accepted_of(decided)
    layout = load_layout(queue.store, period).layout
    names = [section.name for section in settings.sections]
    filling = fillings(queue, decided, names) if fill else {}
    sections: list[IssueSection] = []
    entries: dict[StoryId, Entry] = {}
    for name in [*names, *sorted(accepted.keys() - set(names))]:
        proposed = filling[name].places if name in filling else ()
        places = [*in_order(accepted.get(name, []), layout), *proposed]
        made = [queue.drafted(place) for place in places]
        sections.append(IssueSection(name=name, items=tuple(entry.draft for entry in made)))
        entries |= {entry.story.id: entry for entry in made}
    stored = load_issue(queue.store, period.day)
    filled = tuple(section for section in sections if section.items)
    title, text = layout.title, layout.lead
    return Assembled(
        issue=Issue(
            date=period.day,
            title=(stored.issue.title if stored else "") if title is None else title,
            lead=lead(filled, settings.newsletter, settings.sections) if text is None else text,
            sections=filled,
            back_issues=tuple(
                load_issue_dates(queue.store, before=period.day, settled=period.settled)
            ),
        ),
        entries=entries,
        explored=explored_of(filling),
    )


def _printed(entry: Entry) -> PrintedItem:
    keys = (*keys_of_draft(entry.draft), *keys_of_story(entry.story))
    return PrintedItem(story=entry.story.id, basis=entry.basis, keys=tuple(dict.fromkeys(keys)))
