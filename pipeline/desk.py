"""What the editor does: decide on stories, call an issue final. One place for every face.

Decisions are appended with what they were based on and the machine's text beside the editor's;
nothing that a run does later changes them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.errors import ConflictError, InputError
from config.settings import Settings
from pipeline.filling import tried
from pipeline.issue import Assembled, assemble
from pipeline.period import Period
from pipeline.queue import Entry, Place, Queue, load_entry
from store.database import Store
from store.decisions import append_decision, load_decisions
from store.issues import load_issue, save_issue
from store.models import Decision, Draft, StoryId, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """Who decides, and when."""

    name: str
    now: datetime


def decide(
    store: Store,
    settings: Settings,
    period: Period,
    stories: Sequence[StoryId],
    verdict: Verdict,
    editor: Editor,
    *,
    note: str | None = None,
    reason: str | None = None,
    text: Draft | None = None,
    seen: Mapping[StoryId, int] | None = None,
) -> list[Entry]:
    """Record one verdict on several stories, all of them or none; returns how they stand now.

    `reason` is the code of a configured reason. `seen` tells for a story the number of the last
    decision on it that the editor had before his eyes, 0 for none; a story that is not in it is
    not asked about.

    Raises NotFoundError for an unknown story, ConflictError where somebody decided since, and
    InputError for an undo where nothing stands, for an unknown reason and for a text that cannot
    print.
    """
    if text is not None:
        check_text(settings, text)
    if reason is not None:
        _check_reason(settings, reason)
    with store.writing():
        for story in dict.fromkeys(stories):
            entry = load_entry(store, settings, period, story)
            if seen is not None and story in seen and seen[story] != (entry.seen or 0):
                raise _conflict(store, story, entry, seen[story])
            if verdict is Verdict.UNDO and not _undoable(store, entry.story.id):
                raise InputError(f"story {story}: there is no decision to undo")
            append_decision(
                store,
                entry.story.id,
                verdict,
                by=editor.name,
                at=editor.now,
                note=note,
                reason=reason,
                basis=entry.basis,
                machine=entry.machine,
                editor=text,
            )
        return [load_entry(store, settings, period, one) for one in dict.fromkeys(stories)]


def _conflict(store: Store, story: StoryId, entry: Entry, seen: int) -> ConflictError:
    since = decided_since(store, entry.story.id, seen)
    said = "; ".join(f"{one.by}: {one.verdict} at {one.at:%Y-%m-%d %H:%M} UTC" for one in since)
    return ConflictError(f"story {story} was decided on since it was looked at ({said})")


def decided_since(store: Store, story: StoryId, seen: int) -> list[Decision]:
    """The decisions on a story after the one with that number, in order."""
    return [one for one in load_decisions(store, [story]).get(story, []) if one.id > seen]


def _undoable(store: Store, story: StoryId) -> bool:
    standing = 0
    for decision in load_decisions(store, [story]).get(story, []):
        standing = max(0, standing + (-1 if decision.verdict is Verdict.UNDO else 1))
    return standing > 0


def check_text(settings: Settings, text: Draft) -> None:
    """Raise InputError for a text that names no section of ours, or an address that cannot open."""
    check_section(settings, text.section)
    for url in (text.url, *(link.url for link in text.links)):
        check_address(url)


def check_address(url: str) -> None:
    """Raise InputError for what is no address that a link may lead to."""
    if not url.startswith(("http://", "https://")):
        raise InputError(f"{url!r} is no http or https address")


def _check_reason(settings: Settings, code: str) -> None:
    codes = [reason.code for reason in settings.desk.reasons]
    if code not in codes:
        known = f"it is one of {', '.join(codes)}" if codes else "none are configured"
        raise InputError(f"there is no reason {code!r}; {known} (desk.reasons)")


def check_section(settings: Settings, name: str) -> None:
    """Raise InputError for a section that is not configured."""
    names = [section.name for section in settings.sections]
    if name not in names:
        raise InputError(f"there is no section {name!r}; it is one of {', '.join(names)}")


def current_issue(store: Store, settings: Settings, period: Period) -> Assembled:
    """The issue of the period as it stands: as printed if it is final, else as of now."""
    stored = load_issue(store, period.day)
    if stored is not None and stored.final:
        return Assembled(issue=stored.issue, ran=stored.printed, final=True)
    return assemble(Queue(store=store, settings=settings, period=period))


def tried_now(
    queue: Queue, decided: Sequence[Place], sections: Collection[str]
) -> dict[StoryId, str]:
    """The stories in sections of the coming issue that taste is tried on, each with why.

    They are those of `current_issue`, for who needs nothing else of it. `decided` is what the
    queue has of these.
    """
    stored = load_issue(queue.store, queue.period.day)
    return {} if stored is not None and stored.final else tried(queue, decided, sections)


def finish_issue(store: Store, settings: Settings, period: Period, now: datetime) -> Assembled:
    """Call the issue final: what is accepted now is what ran. Raises InputError if it was."""
    with store.writing():
        stored = load_issue(store, period.day)
        if stored is not None and stored.final:
            raise InputError(f"the issue of {period.day} is final already")
        queue = Queue(store=store, settings=settings, period=period)
        assembled = assemble(queue, fill=False)
        if not assembled.printed:
            raise InputError(f"nothing is accepted for {period.day}; briefing accept ID… first")
        save_issue(store, assembled.issue, assembled.printed, final=True, now=now)
        return assembled


def reopen_issue(store: Store, period: Period, now: datetime) -> None:
    """Take "final" back; the issue follows the queue again. Raises InputError if it was not."""
    stored = load_issue(store, period.day)
    if stored is None or not stored.final:
        raise InputError(f"the issue of {period.day} is not final")
    save_issue(store, stored.issue, stored.printed, final=False, now=now)
