"""Where issues are published: names and paths that git takes, and no others."""

from datetime import date

import pytest
from pydantic import ValidationError

from config.load import SHIPPED, load_settings
from config.publish_settings import PublishSettings

DAY = date(2026, 3, 2)


def test_the_shipped_configuration_publishes_nowhere():
    assert load_settings(SHIPPED, environment=False).publish == PublishSettings()


def test_what_is_written_out_as_an_example_is_taken():
    lines = (SHIPPED / "publish.toml").read_text("utf-8").splitlines()
    keys = [
        line[2:].partition(" = ")[0] for line in lines if line.startswith("# ") and " = " in line
    ]
    assert keys == list(PublishSettings.model_fields)


def test_names_are_made_for_a_day():
    publish = PublishSettings(folder="docs/issues")
    assert publish.path(DAY) == "docs/issues/2026-03-02.md"
    assert publish.branch_of(DAY) == "issue/2026-03-02"
    assert publish.entry(DAY) == "[2026-03-02](docs/issues/2026-03-02.md)"
    assert PublishSettings().path(DAY) == "2026-03-02.md"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("repository", value) for value in ("name", "a/b/c", "https://github.com/a/b", "a/..")),
        *(("folder", value) for value in ("/a", "a/", "a//b", "../a", "a/./b", ".git", "a\\b")),
        *(("index", value) for value in ("/README.md", "a/../README.md", "a\nb")),
        *(("name", value) for value in ("issue.md", "a/{date}.md", "{date}\n.md")),
        *(("index_entry", value) for value in ("[x](y)", "{date}\nx")),
        *(("base", value) for value in ("a b", "a..b", "-a", "a/")),
        *(("branch", value) for value in ("issues", "{date}.lock", "a b/{date}", "/{date}", "{date}~")),
    ],
)  # fmt: skip
def test_what_git_does_not_take_is_refused(key, value):
    with pytest.raises(ValidationError):
        PublishSettings.model_validate({key: value})
