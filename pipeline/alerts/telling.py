"""Whoever wants to know is told, through each channel that is configured.

What could not be told is told the next time: it is remembered only once it went out. A channel
that fails is a line for the run's table, never the end of the run.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from config.secrets import Hider
from config.settings import Settings
from pipeline.alerts.mail import send
from pipeline.alerts.notices import due
from pipeline.alerts.webhook import post
from pipeline.alerts.wording import Message, message
from store.alerts import Channel, load_closed, load_open, load_told, save_told
from store.database import Store
from store.models import RunId

logger = logging.getLogger(__name__)

_OVER_FOR = timedelta(days=30)
"""That something is over for longer is told to nobody any more."""


def tell(store: Store, settings: Settings, run: RunId, now: datetime) -> tuple[str, ...]:
    """Tell what is to be told; gives a line for each channel that failed."""
    alerts = [*load_open(store), *load_closed(store, now - _OVER_FOR)]
    remind = timedelta(days=settings.alerts.remind_days)
    failed = []
    for channel in _channels(settings):
        notices = due(alerts, load_told(store, channel, now - _OVER_FOR), now, remind)
        if not notices:
            continue
        cause = _send(channel, message(notices, settings, run, now), settings, now)
        if cause is None:
            save_told(store, channel, [notice.told for notice in notices], now)
        else:
            failed.append(f"alerts not sent by {channel}, tried again next time: {cause}")
    return tuple(failed)


def try_channels(settings: Settings, now: datetime) -> dict[Channel, str | None]:
    """Send a message that says that it is a test; gives each channel with why it failed, if."""
    test = message([], settings, None, now)
    return {channel: _send(channel, test, settings, now) for channel in _channels(settings)}


def _channels(settings: Settings) -> Iterator[Channel]:
    if settings.alerts.webhook is not None:
        yield "webhook"
    if settings.alerts.mail.host:
        yield "mail"


def _send(channel: Channel, what: Message, settings: Settings, now: datetime) -> str | None:
    try:
        if channel == "webhook":
            cause = post(what, settings.alerts, settings.network)
        else:
            cause = send(what, settings.alerts.mail, now, settings.network.timeout)
    except Exception as error:
        # A fault of ours or of a library, and no reason to end the night.
        logger.exception("sending alerts by %s", channel)
        cause = f"{type(error).__name__}: {error}"
    return None if cause is None else Hider.of(settings)(cause)
