"""What happened to a story, in words: sighted, decided on, put together or parted, printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.editing import FIELDS, form_of
from pipeline.life import Happening, life
from pipeline.queue import Entry
from pipeline.web.context import desk, reason_said, t
from store.issues import Ran
from store.models import Decision, Member
from store.rulings import Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One thing that happened."""

    at: datetime
    by: str
    """The editor, or the source."""
    what: str
    more: str = ""
    """Why, which fields of the text, which title, which section."""


def moments_of(entry: Entry) -> list[Moment]:
    """All that editors did to a story, the last first."""
    events = life(desk().store, entry.story)
    done = [event.what for event in events if isinstance(event.what, Decision | Ruling)]
    return [moment_of(one) for one in reversed(done)]


def moment_of(happening: Happening) -> Moment:
    """It in words."""
    match happening:
        case Member():
            candidate = happening.candidate
            return Moment(
                at=happening.first_seen,
                by=candidate.item.source,
                what=t("history.seen"),
                more=candidate.title,
            )
        case Decision():
            return _decided(happening)
        case Ruling():
            return Moment(
                at=happening.at, by=happening.by, what=t(f"story.ruling_{happening.verdict}")
            )
        case Ran():
            return Moment(
                at=happening.exported_at,
                by="",
                what=t("history.ran", day=f"{happening.date:%Y-%m-%d}"),
                more=happening.section,
            )


def _decided(decision: Decision) -> Moment:
    reason = reason_said(decision.reason) if decision.reason else None
    more = [one for one in (reason, decision.note) if one]
    if decision.editor is not None:
        mine, machine = form_of(decision.editor), form_of(decision.machine)
        more += [t(f"story.field_{name}") for name in FIELDS if mine[name] != machine[name]]
    return Moment(
        at=decision.at,
        by=decision.by,
        what=t(f"queue.verdict_{decision.verdict.value}"),
        more=t("queue.comma").join(more),
    )
