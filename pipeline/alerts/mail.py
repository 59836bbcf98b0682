"""A message as a mail, handed to the configured server (SMTP, RFC 5321).

The password stands in nothing that is returned or logged.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from config.alert_settings import MailSettings
from pipeline.alerts.wording import Message

logger = logging.getLogger(__name__)


def send(message: Message, settings: MailSettings, now: datetime, timeout: float) -> str | None:
    """Send a message; gives why it could not be, in one line, or None.

    `timeout` is in seconds, for each step. One refused address among several keeps the message
    from nobody else.
    """
    try:
        with _connected(settings, timeout) as server:
            if settings.user:
                password = settings.password.get_secret_value() if settings.password else ""
                server.login(settings.user, password)
            refused = server.send_message(_mail(message, settings, now))
    except smtplib.SMTPAuthenticationError as error:
        # What the server says is left out: some repeat what they were given.
        return f"{settings.host} does not accept user and password ({error.smtp_code})"
    except smtplib.SMTPResponseException as error:
        return f"{settings.host} refused it: {error.smtp_code} {_words(error.smtp_error)}"
    except smtplib.SMTPRecipientsRefused as error:
        return f"{settings.host} takes no mail for {', '.join(error.recipients)}"
    except (OSError, ValueError) as error:
        return f"no mail by {settings.host}:{settings.port}: {_reason(error)}"
    if refused:
        # The others have it, and would get it again.
        logger.warning("%s takes no mail for %s", settings.host, ", ".join(refused))
    return None


def _connected(settings: MailSettings, timeout: float) -> smtplib.SMTP:
    if settings.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=timeout, context=context)
    server = smtplib.SMTP(settings.host, settings.port, timeout=timeout)
    if settings.security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _mail(message: Message, settings: MailSettings, now: datetime) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail["From"] = settings.sender
    mail["To"] = ", ".join(settings.to)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    return mail


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())


def _reason(error: Exception) -> str:
    match error:
        case TimeoutError():
            return "no answer in time"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted: {_words(error.verify_message).rstrip('.')}"
        case ssl.SSLError(reason=str(reason)):
            return f"no secure connection: {reason.replace('_', ' ').lower()}"
    strerror = error.strerror if isinstance(error, OSError) else None
    return _words(strerror or str(error)) or type(error).__name__
