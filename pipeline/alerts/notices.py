"""What of the alerts is to be told, to somebody who was told some of it already. Pure.

A matter is told once, again where it is still open after some days and nobody said that he knows,
and a last time when it is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from store.alerts import Alert, AlertId, Told

State: TypeAlias = Literal["new", "still", "over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One matter to be told."""

    alert: Alert
    state: State

    @property
    def told(self) -> tuple[AlertId, Told]:
        """What to remember once it is."""
        return self.alert.id, "over" if self.state == "over" else "open"


def due(
    alerts: Iterable[Alert],
    told: Mapping[tuple[AlertId, Told], datetime],
    now: datetime,
    remind: timedelta,
) -> list[Notice]:
    """Say what is to be told of these alerts, new ones first.

    `told` is when which of them were told last. What was over before anybody was told of it, and
    what needs no word at its end, is left out.
    """
    notices = []
    for alert in alerts:
        last = told.get((alert.id, "open"))
        if not alert.open:
            if last is not None and alert.recovery and (alert.id, "over") not in told:
                notices.append(Notice(alert=alert, state="over"))
        elif last is None:
            notices.append(Notice(alert=alert, state="new"))
        elif alert.acked_at is None and now - last >= remind:
            notices.append(Notice(alert=alert, state="still"))
    order: list[State] = ["new", "still", "over"]
    return sorted(notices, key=lambda notice: order.index(notice.state))
