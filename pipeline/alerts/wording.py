"""Notices as a message: a text for people, and the same in fields for programs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from config.settings import Settings
from pipeline.alerts.notices import Notice
from store.models import RunId

_MOST: Final = 20
"""Lines of a part of the message."""
_NAMES: Final = 8
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "zh": {
        "subject": "{title}：{new} 条新告警，{over} 条已恢复",
        "new": "新告警",
        "still": "仍未恢复",
        "over": "已恢复",
        "since": "自 {day}",
        "more": "……另有 {count} 条",
        "failing": "抓取失败",
        "unparsable": "内容无法识别",
        "empty": "空了",
        "shrunk": "变少了",
        "silent": "没有新内容",
        "gap": "可能有遗漏",
        "try": "{title}：这是一条测试消息，没有事。",
    },
    "en": {
        "subject": "{title}: {new} new alerts, {over} over",
        "new": "New",
        "still": "Still open",
        "over": "Over",
        "since": "since {day}",
        "more": "… and {count} more",
        "failing": "fails",
        "unparsable": "not recognised",
        "empty": "empty",
        "shrunk": "shrunk",
        "silent": "silent",
        "gap": "gap",
        "try": "{title}: this is a test, and nothing is wrong.",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is sent."""

    subject: str
    """One line."""
    text: str
    """Lines, the subject first."""
    fields: Mapping[str, Any]
    """The same for programs, JSON-ready."""


def message(
    notices: Sequence[Notice], settings: Settings, run: RunId | None, now: datetime
) -> Message:
    """Say what is to be told, in the desk's language and the editor's zone."""
    words = _WORDS[settings.desk.language]
    zone = settings.newsletter.zone
    title = settings.newsletter.title
    if notices:
        subject = words["subject"].format(
            title=title,
            new=sum(notice.state == "new" for notice in notices),
            over=sum(notice.state == "over" for notice in notices),
        )
    else:
        subject = words["try"].format(title=title)
    lines = [subject]
    for state, some in groupby(notices, lambda notice: notice.state):
        part = list(_lines(list(some), settings))
        lines += ["", f"{words[state]}:", *part[:_MOST]]
        if len(part) > _MOST:
            lines.append(words["more"].format(count=len(part) - _MOST))
    return Message(
        subject=subject,
        text="\n".join(lines),
        fields={
            "newsletter": title,
            "run": run,
            "at": now.astimezone(zone).isoformat(),
            "alerts": [_fields(notice) for notice in notices],
        },
    )


def _lines(notices: Sequence[Notice], settings: Settings) -> Iterator[str]:
    """A line a matter; sources to which the same happened share one."""
    words = _WORDS[settings.desk.language]
    alike: dict[tuple[str, str, str], list[str]] = {}
    for notice in notices:
        alert = notice.alert
        said = alert.recovery or "" if notice.state == "over" else alert.detail
        since = ""
        if notice.state != "new":
            day = alert.opened_at.astimezone(settings.newsletter.zone).date()
            since = f" ({words['since'].format(day=day)})"
        alike.setdefault((alert.kind, said, since), []).append(alert.source)
    for (kind, said, since), sources in alike.items():
        names = ", ".join(sources[:_NAMES])
        if len(sources) > _NAMES:
            names += " " + words["more"].format(count=len(sources) - _NAMES)
        yield f"- {names}: {words[kind]}{since}: {said}"


def _fields(notice: Notice) -> dict[str, Any]:
    alert = notice.alert
    return {
        "id": alert.id,
        "source": alert.source,
        "kind": alert.kind,
        "state": notice.state,
        "detail": alert.detail,
        "since": alert.opened_at.isoformat(),
        "over": alert.closed_at.isoformat() if alert.closed_at else None,
        "recovery": alert.recovery,
    }
