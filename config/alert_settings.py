"""What can be configured of alerts: when there is one, and where it is sent.

The values that ship stand in ``alerts.toml``. The webhook's address and the password of the mail
account are secrets: they come from the environment only.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from config.section import Section


class MailSettings(Section):
    """A mail server that takes messages for us; off where `host` is empty."""

    host: str = ""
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    """``tls`` from the first byte on, usually on port 465; ``none`` for a server of one's own."""
    user: str = ""
    """Empty: the server asks for no login."""
    password: SecretStr | None = None
    """Only from the environment: ``BRIEFING_SMTP_PASSWORD``."""
    sender: str = ""
    to: tuple[str, ...] = ()

    @field_validator("sender")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not _is_address(value):
            raise ValueError("is no mail address")
        return value

    @field_validator("to")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            if not _is_address(address):
                raise ValueError(f"{address!r} is no mail address")
        return value

    @model_validator(mode="after")
    def _whole(self) -> MailSettings:
        if self.host and not (self.sender and self.to):
            raise ValueError("mail needs sender and to beside host")
        return self


class AlertSettings(Section):
    """Alerts on sources."""

    failing_runs: int = Field(default=1, ge=1)
    """Runs in a row that a source may fail in a way that may pass (no connection, HTTP 503) up to
    the one that raises an alert. One that cannot pass (HTTP 404) raises it at once."""
    history: int = Field(default=90, ge=10)
    """Nights that tell what is usual of a source."""
    remind_days: int = Field(default=7, ge=1)
    """An alert that is still open, and that nobody acknowledged, is told again after so long."""
    webhook: SecretStr | None = None
    """Only from the environment: ``BRIEFING_ALERT_WEBHOOK``."""
    webhook_form: Literal["plain", "feishu", "wecom", "dingtalk"] = "plain"
    """What the other side reads: ``docs/alerts.md``."""
    mail: MailSettings = MailSettings()

    @field_validator("webhook")
    @classmethod
    def _http(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("http://", "https://")):
            raise ValueError("is no http or https address")
        return value


def _is_address(value: str) -> bool:
    name, at, host = value.rpartition("@")
    plain = value.isprintable() and not set(value) & set(' ,;<>"')
    return bool(name and at and host and plain)
