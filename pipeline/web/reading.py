"""How a value is shown: text and links from outside made harmless, times, ages and numbers.

These are the filters of the templates. Jinja escapes what they return; only `said` returns
markup of its own.
"""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import urlsplit

from flask import Flask
from markupsafe import Markup

from pipeline.visible import visible
from pipeline.web.context import desk, now, t

_DIGITS = len(str(2**63))
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def plain(text: str | None) -> str:
    """Text from outside without the controls that would change how the page around it reads."""
    return visible(text or "")


def number_of(text: str) -> int:
    """The number that a form or a query holds, within what SQLite can keep; 0 for none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _DIGITS else 0


def said(text: str | None) -> Markup:
    """Text from outside as markup: escaped, and isolated from the direction of its surroundings."""
    return Markup("<bdi>{}</bdi>").format(plain(text))


def clip(text: str | None, most: int) -> str:
    """Text from outside on one line, at most so many characters long."""
    line = " ".join(plain(text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def href(url: str | None) -> str | None:
    """The address if a link may lead there (http and https alone), else None."""
    address = plain(url).strip()
    try:
        parts = urlsplit(address)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return address if fits else None


def host(url: str | None) -> str:
    """The host of an address as a person reads it: ``arxiv.org``; empty for what is no link."""
    address = href(url)
    return (urlsplit(address).hostname or "").removeprefix("www.") if address else ""


def local(moment: datetime | None, form: str = "%Y-%m-%d %H:%M") -> str:
    """A time in the editor's zone; a missing one says that it is unknown."""
    if moment is None:
        return t("when.unknown")
    return moment.astimezone(desk().settings.newsletter.zone).strftime(form)


def moment(value: datetime) -> str:
    """A time in the editor's zone: ``10:31`` today, with its date on another day."""
    today = local(value, "%F") == local(now(), "%F")
    return local(value, "%H:%M" if today else "%Y-%m-%d %H:%M")


def age(moment: datetime | None) -> str:
    """How long ago: ``3 小时前``; from a month on the day, and a missing time says so."""
    if moment is None:
        return t("when.unknown")
    seconds = (now() - moment).total_seconds()
    if seconds < _MINUTE:
        return t("when.now")
    if seconds < _HOUR:
        return t("when.minutes", count=int(seconds // _MINUTE))
    if seconds < _DAY:
        return t("when.hours", count=int(seconds // _HOUR))
    if seconds < 30 * _DAY:
        return t("when.days", count=int(seconds // _DAY))
    return local(moment, "%Y-%m-%d")


def day(value: date) -> str:
    """A day with its weekday: ``3月2日 周一``, ``Mon 2 Mar``."""
    weekday = t("when.weekdays").split()[value.weekday()]
    month = t("when.months").split()[value.month - 1]
    return t("when.day", weekday=weekday, month=month, day=value.day)


def number(value: float) -> str:
    """A number with its thousands set apart; at most one decimal."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def points(value: float) -> str:
    """Points of a score with their sign: ``+3.0``, ``−1.5``."""
    return f"{value:+.1f}".replace("-", "\N{MINUS SIGN}")


def register(app: Flask) -> None:
    """Make these the filters of the templates."""
    for show in (plain, said, clip, href, host, local, moment, age, day, number, points):
        app.add_template_filter(show)
