"""What is told, and how it reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from config.load import load_settings
from pipeline.alerts.notices import due
from pipeline.alerts.wording import message
from store.alerts import Alert, AlertId, Told
from store.models import RunId, SourceName
from tests.builders import NOW

WEEK = timedelta(days=7)
SETTINGS = load_settings(overrides={"desk": {"language": "en"}}, environment=False)


def an_alert(**changes) -> Alert:
    alert = Alert(
        id=AlertId(1),
        source=SourceName("量子位"),
        kind="failing",
        detail="HTTP 404 from a.example",
        run=RunId(1),
        opened_at=NOW,
        seen_at=NOW,
    )
    return replace(alert, **changes)


def states(alert, told, now=NOW):
    return [notice.state for notice in due([alert], told, now, WEEK)]


def test_a_matter_is_told_once_and_again_after_a_week():
    alert = an_alert()
    told = {(alert.id, "open"): NOW}
    assert states(alert, {}) == ["new"]
    assert states(alert, told, NOW + timedelta(days=6)) == []
    assert states(alert, told, NOW + WEEK) == ["still"]
    assert states(replace(alert, acked_at=NOW), told, NOW + WEEK) == []


def test_the_end_is_told_once_to_whoever_heard_of_the_beginning():
    alert = an_alert(closed_at=NOW, recovery="it answers again")
    told = {(alert.id, "open"): NOW}
    assert states(alert, told) == ["over"]
    assert states(alert, {}) == []
    assert states(alert, {**told, (alert.id, "over"): NOW}) == []
    assert states(replace(alert, recovery=""), told) == []


def test_a_message_says_what_and_where_and_joins_what_is_alike():
    alerts = [an_alert(id=AlertId(n), source=SourceName(f"源{n}")) for n in range(3)]
    other = an_alert(id=AlertId(9), kind="silent", closed_at=NOW, recovery="3 new items")
    told: dict[tuple[AlertId, Told], datetime] = {(other.id, "open"): NOW}
    said = message(due([other, *alerts], told, NOW, WEEK), SETTINGS, RunId(4), NOW)
    assert said.text.splitlines() == [
        f"{SETTINGS.newsletter.title}: 3 new alerts, 1 over",
        "",
        "New:",
        "- 源0, 源1, 源2: fails: HTTP 404 from a.example",
        "",
        "Over:",
        "- 量子位: silent (since 2026-03-02): 3 new items",
    ]
    assert [entry["state"] for entry in said.fields["alerts"]] == ["new", "new", "new", "over"]
    assert said.fields["run"] == 4


def test_a_night_without_a_connection_fits_into_a_message():
    alerts = [an_alert(id=AlertId(n), detail=f"no address for {n}") for n in range(300)]
    said = message(due(alerts, {}, NOW, WEEK), SETTINGS, RunId(4), NOW)
    assert len(said.text.splitlines()) == 24
    assert said.text.endswith("… and 280 more")
