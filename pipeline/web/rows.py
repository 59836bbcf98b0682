"""What a row of the queue tells of a story, and its markup."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from flask import render_template

from pipeline.draft import by_precedence
from pipeline.queue import Entry
from pipeline.web.context import desk, reason_said, t
from pipeline.web.reading import moment
from store.models import Decision, Member, Part

_TOLD: Final = 3
"""Parts of a score that stand in the row; the others are folded in."""
_EVERY_STORY_HAS: Final = frozenset({"recency", "source"})
"""Parts that tell least: they come last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """What others did to a story since it was looked at, and what was asked for all the same."""

    since: tuple[str, ...]
    """``张三 10:31 采用``, in order."""
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    """What to post to do it all the same."""
    words: str
    """What that is called: ``采用``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A story as the queue shows it."""

    entry: Entry
    sources: tuple[str, ...]
    """Who brought it, the one that speaks for it first."""
    moment: datetime | None
    """The latest date of any of it; None where no source gave one."""
    seen: datetime
    """When the first of it was seen."""
    telling: tuple[Part, ...]
    other: tuple[Part, ...]
    members: tuple[Member, ...]
    """Those folded in, without the one that speaks; the most telling first."""
    before: str
    """What was decided before, in words, where it is back or stands decided; else empty."""
    tried: str
    """Why the draft tries it though taste is unsure of it; empty where it does not."""

    @property
    def mark(self) -> str:
        """``12:105``: the story, and the last decision that whoever looks at the row has seen."""
        return f"{self.entry.story.id}:{self.entry.seen or 0}"


def row_of(entry: Entry, tried: str = "") -> Row:
    """The row of a story; `tried` tells why the draft tries it, where it does."""
    members = by_precedence(entry.story, desk().settings)
    dates = [one.candidate.published for one in members if one.candidate.published is not None]
    telling, other = told(entry.score.parts)
    decided = entry.stands.decided
    return Row(
        entry=entry,
        sources=tuple(dict.fromkeys(one.candidate.item.source for one in members)),
        moment=max(dates, default=None),
        seen=min(one.first_seen for one in members),
        telling=telling,
        other=other,
        members=tuple(members[1:]),
        before=said_of(decided) if decided else "",
        tried=tried,
    )


def told(parts: Iterable[Part]) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """The parts of a score in the order of what they tell, cut in two."""
    ordered = sorted(parts, key=lambda p: (p.name in _EVERY_STORY_HAS, -abs(p.value), p.label))
    return tuple(ordered[:_TOLD]), tuple(ordered[_TOLD:])


def said_of(decision: Decision) -> str:
    """A decision in words, ``张三 10:31 不用（不对题）``; with its day where that is not today."""
    why = reason_said(decision.reason) if decision.reason else decision.note
    verdict = t(f"queue.verdict_{decision.verdict.value}")
    said = f"{decision.by} {moment(decision.at)} {verdict}"
    return t("queue.because", said=said, why=why) if why else said


def row_markup(
    row: Row, query: str, *, section: str | None = None, conflict: Conflict | None = None
) -> str:
    """A row; `query` and `section` are those of the view that it stands in."""
    return render_template(
        "_queue_row.html", row=row, query=query, section=section, conflict=conflict
    )
