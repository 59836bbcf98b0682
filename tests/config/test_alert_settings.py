"""What can be configured of alerts, and where their secrets come from."""

from __future__ import annotations

import shutil

import pytest

from config.alert_settings import AlertSettings
from config.errors import ConfigError
from config.load import SHIPPED, load_settings
from config.secrets import Hider

HOOK = "https://hooks.example/services/T0/B1/abcdef"


@pytest.fixture
def folder(tmp_path):
    for path in SHIPPED.glob("*.toml"):
        shutil.copy(path, tmp_path)
    return tmp_path


def test_what_ships_is_what_a_folder_without_the_file_gets():
    assert load_settings(environment=False).alerts == AlertSettings()


def test_secrets_come_from_the_environment_and_are_hidden(folder, monkeypatch):
    (folder / "alerts.toml").write_text(
        '[alerts.mail]\nhost = "smtp.example"\nsender = "a@b.example"\nto = ["c@d.example"]\n'
    )
    monkeypatch.setenv("BRIEFING_ALERT_WEBHOOK", HOOK)
    monkeypatch.setenv("BRIEFING_SMTP_PASSWORD", "korrekt-pferd")
    settings = load_settings(folder)
    assert settings.alerts.webhook is not None
    assert settings.alerts.webhook.get_secret_value() == HOOK
    assert settings.alerts.mail.password is not None
    assert settings.alerts.mail.host == "smtp.example"
    hidden = Hider.of(settings)(f"{HOOK} korrekt-pferd")
    assert hidden == "(secret) (secret)"
    assert HOOK not in repr(settings)


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        (f'[alerts]\nwebhook = "{HOOK}"', "BRIEFING_ALERT_WEBHOOK"),
        ('[alerts.mail]\npassword = "x"', "BRIEFING_SMTP_PASSWORD"),
        ('[alerts.mail]\nhost = "smtp.example"', "mail needs sender and to beside host"),
        ('[alerts.mail]\nsender = "nobody"', "is no mail address"),
        ('[alerts.mail]\nto = ["a@b.example, c@d.example"]', "is no mail address"),
        ("[alerts]\nfailing_runs = 0", "alerts.failing_runs"),
        ('alerts = "x"', "alerts"),
    ],
)
def test_mistakes_are_named(folder, toml, says):
    (folder / "alerts.toml").write_text(toml)
    with pytest.raises(ConfigError, match=says) as raised:
        load_settings(folder, environment=False)
    assert HOOK not in str(raised.value)


def test_a_webhook_that_is_no_address_is_refused_without_being_shown(folder, monkeypatch):
    monkeypatch.setenv("BRIEFING_ALERT_WEBHOOK", "secret-but-no-address")
    with pytest.raises(ConfigError, match=r"alerts\.webhook") as raised:
        load_settings(folder)
    assert "secret-but" not in str(raised.value)
