"""No secret of ours in any log, error, database or export: a night with canaries for tokens.

Whatever the other side says, it says with all it was told: tokens from headers, keys from
addresses. Everything that the program then says or keeps is searched for them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from config.secrets import INSTEAD, Hider
from pipeline.demo import CONFIG
from store.rows import decompress
from tests.loopback import Answer, Asked, LoopbackServer
from tests.pipeline.test_cli import run
from tests.sample_folder import sample_folder

TOKEN = "ghp_CanaryToken0123456789"
KEY = "CanaryBridgeKey99"
PASSWORD = "CanaryPass%21word"
EMBEDDINGS = "sk-CanaryEmbeddings42"
SECRETS = (TOKEN, KEY, PASSWORD, "CanaryPass!word", EMBEDDINGS)
ROOT = Path(__file__).parents[2]
BIZ = {"echo": 200, "gone": 404, "down": 500, "moved": 301, "empty": 200, "shut": 403}
SEARCHES = {"unauthorized": 401, "limited": 403, "down": 502, "led": 302, "noise": 200, "said": 200}


class Tattler(LoopbackServer):
    """Answers everything badly, and repeats what it was told."""

    def answer(self, asked: Asked) -> Answer:
        told = f"{asked.path} {json.dumps(dict(asked.headers))}"
        headers = {"X-Told": asked.headers.get("authorization", ""), "Set-Cookie": f"k={KEY}"}
        if asked.path.endswith("/robots.txt"):
            return Answer(status=404)
        if asked.path.startswith("/https/api.github.com/search"):
            mode = next(name for name in SEARCHES if f"q={name}" in asked.path)
            return self._github(mode, asked, told, headers)
        if "bridge.example" in asked.path:
            mode = next(name for name in BIZ if f"/feeds/{name}.xml" in asked.path)
            return self._bridge(mode, asked, told, headers)
        return Answer(status=500, body=told.encode(), headers=headers)

    def _github(self, mode: str, asked: Asked, told: str, headers: dict[str, str]) -> Answer:
        authorization = asked.headers.get("authorization", "")
        body = json.dumps({"message": f"you said {authorization}", "told": told}).encode()
        if mode == "led":
            headers["Location"] = f"https://elsewhere.example/?token={authorization.split()[-1]}"
        if mode == "noise":
            body = told.encode()
        if mode == "said":
            repository = {
                "id": 1, "full_name": "sample/x", "html_url": "https://github.com/sample/x",
                "description": f"quantization {authorization}", "stargazers_count": 3,
            }  # fmt: skip
            body = json.dumps({"total_count": 1, "items": [repository]}).encode()
        return Answer(status=SEARCHES[mode], body=body, headers=headers)

    def _bridge(self, mode: str, asked: Asked, told: str, headers: dict[str, str]) -> Answer:
        address = asked.path.removeprefix("/https/")
        if mode == "moved":
            headers["Location"] = f"https://{address}&moved=1".replace("moved.xml", "echo.xml")
        item = f"<item><title>{KEY} INT8 量化</title><link>https://{address}&amp;n=1</link></item>"
        body = (
            f'<rss version="2.0"><channel><link>https://{address.replace("&", "&amp;")}</link>'
            f"{'' if mode == 'empty' else item}</channel></rss>"
        )
        if BIZ[mode] != 200:
            body = told
        return Answer(status=BIZ[mode], body=body.encode(), headers=headers)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("canary") / "config"
    shutil.copytree(CONFIG, folder)
    sources = [
        f'[[sources]]\nkind = "github_search"\nname = "search {name}"\nquery = "{name}"\n'
        for name in SEARCHES
    ] + [
        f'[[sources]]\nkind = "wechat"\nname = "account {name}"\nbiz = "{name}"\nfull_text = true\n'
        for name in BIZ
    ]
    (folder / "sources.toml").write_text("\n".join(sources))
    (folder / "embeddings.toml").write_text(
        '[embeddings]\nprovider = "openai"\nurl = "https://vectors.example/v1"\nmodel = "m"\n'
    )
    return folder


BRIDGE = 'wechat_bridge = "https://bridge.sample.example/feeds/{biz}.xml"'
"""In the demo's configuration; here it comes from the environment."""
ENVIRONMENT = {
    "GITHUB_TOKEN": TOKEN,
    "BRIEFING_EMBEDDINGS_KEY": EMBEDDINGS,
    "BRIEFING_WECHAT_BRIDGE": f"https://editor:{PASSWORD}@bridge.example/feeds/{{biz}}.xml?key={KEY}",
}


def night(folder: Path, *options: str) -> tuple[int, str]:
    """A night in a process of its own; gives its exit code and all that it said."""
    command = [sys.executable, "-m", "pipeline.cli", "nightly", "--config", str(folder), *options]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **ENVIRONMENT}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def briefing(folder, monkeypatch) -> Callable[..., tuple[int, str]]:
    """Run another command here; gives its exit code and all that it said."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)

    def command(*arguments: str) -> tuple[int, str]:
        code, out, err = run(*arguments, "--config", folder)
        return code, out + err

    return command


def secrets_in(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def everything_in(path: Path) -> str:
    """All that a database holds: as it lies on the disk, and what is compressed in it."""
    sides = (path, path.with_name(f"{path.name}-wal"))
    said = [side.read_bytes().decode("latin-1") for side in sides if side.exists()]
    with closing(sqlite3.connect(path)) as db:
        said += [
            decompress(row[0]).decode("latin-1") for row in db.execute("SELECT body FROM payload")
        ]
        said += list(db.iterdump())
    return "\n".join(said)


def test_a_night_among_tattlers_gives_no_secret_away(folder, briefing):
    with Tattler() as web:
        sample_folder(folder, web.mirrors, {"retries = 1": "retries = 0", BRIDGE: ""})
        for options in (["--log-level", "debug"], ["--json", "--log-json"]):
            code, said = night(folder, *options)
            assert code == 1, said
            assert secrets_in(said) == []
        told = [asked.headers.get("authorization", "") for asked in web.asked]
        assert any(TOKEN in header for header in told)
        assert any(KEY in asked.path for asked in web.asked)
        code, said = briefing("doctor", "--json")
        assert secrets_in(said) == []
    # They were there to be kept, and were taken out.
    database = everything_in(folder / "briefing.db")
    assert re.search(rf"quantization \w+ {re.escape(INSTEAD)}", database)
    assert f"key={INSTEAD}" in database
    assert secrets_in(database) == []
    for command in (["dump"], ["queue", "--json"], ["sources", "--json"], ["runs", "--json"],
                    ["draft"], ["export"], ["backup", str(folder / "copy.db")]):  # fmt: skip
        code, said = briefing(*command)
        assert code == 0, said
        assert secrets_in(said) == [], command
    assert secrets_in(everything_in(folder / "copy.db")) == []
    written = [path for path in (folder / "issues").rglob("*") if path.is_file()]
    assert len(written) >= 2
    assert secrets_in("".join(path.read_text("utf-8") for path in written)) == []


def test_a_secret_in_the_wrong_place_is_not_repeated(folder, briefing):
    path = folder / "secret.toml"
    path.write_text(f'github_token = "{TOKEN}"\n')
    try:
        code, said = briefing("queue")
    finally:
        path.unlink()
    assert (code, "a secret stands in the open" in said) == (3, True)
    assert secrets_in(said) == []


def test_what_hides_secrets_knows_their_other_spellings_and_leaves_the_rest():
    hide = Hider(["pass word/1", "pass word/12", "abc"])
    assert hide("pass word/1 pass%20word%2F12 abc") == f"{INSTEAD} {INSTEAD} abc"
    assert hide.in_bytes(b"\xff pass word/1") == b"\xff " + INSTEAD.encode()
    body = b"nothing here"
    assert hide.in_bytes(body) is body
    assert not Hider(["abc"]).knows_any
