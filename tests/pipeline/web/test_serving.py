"""`briefing serve` and `briefing editor`, as a person runs them."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from contextlib import closing

import pytest
import requests
from click.testing import CliRunner

from config.errors import InputError
from pipeline.cli.serving import editor
from pipeline.web.passwords import fits
from pipeline.web.serving import listen
from store.editors import load_password
from tests.pipeline.web.desks import a_desk


def test_it_serves_until_it_is_stopped_and_ends_cleanly(tmp_path):
    command = [sys.executable, "-m", "pipeline.cli", "serve", "--port", "0"]
    with subprocess.Popen(
        [*command, "--db", str(tmp_path / "b.db")], stdout=subprocess.PIPE, text=True
    ) as served:
        assert served.stdout is not None
        said = served.stdout.readline()
        address = said.split()[4]
        answer = requests.get(address, timeout=30, allow_redirects=False)
        foreign = requests.get(address, headers={"Host": "evil.example"}, timeout=30)
        served.send_signal(signal.SIGINT)
        assert served.stdout.read() == "the desk is closed\n"
    assert served.returncode == 0
    assert (answer.status_code, answer.headers["Location"]) == (303, "/queue")
    assert "Server" not in answer.headers
    assert foreign.status_code == 400
    assert said == f"the desk is at {address} (Ctrl-C closes it)\n"


def test_a_port_that_is_taken_is_one_clear_line(store, tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port} of 127.0.0.1 is taken"):
            listen(a_desk(store, tmp_path), port)


def test_beyond_loopback_it_listens_only_when_somebody_can_log_in(store, tmp_path):
    with pytest.raises(InputError, match="run: briefing editor add NAME"):
        listen(a_desk(store, tmp_path, host="0.0.0.0", login=True), 0)


@pytest.fixture
def run(store):
    def command(*arguments: str, given: str = ""):
        return CliRunner().invoke(editor, [*arguments, "--db", str(store.path)], input=given)

    return command


def test_an_editor_is_added_listed_and_removed(run, store):
    assert (
        run("add", "小明", "--password-stdin", given="eight letters\n").output
        == "小明 may log in\n"
    )
    assert fits("eight letters", load_password(store, "小明"))
    again = run("add", "小明", given="another one\nanother one\n")
    assert again.output.endswith("小明 has a new password\n")
    assert "another" not in again.output
    assert fits("another one", load_password(store, "小明"))
    assert [one["name"] for one in json.loads(run("list", "--json").output)] == ["小明"]
    assert run("remove", "小明").output == "小明 may log in no more\n"
    assert "there is no editor" in str(run("remove", "小明").exception)


@pytest.mark.parametrize(
    ("name", "password", "why"),
    [
        ("小明", "seven 7", "too short"),
        (" ", "eight letters", "empty"),
        ("a\u202eb", "x" * 9, "printed"),
    ],
)
def test_a_name_or_password_that_is_no_good_is_refused(run, store, name, password, why):
    answer = run("add", name, "--password-stdin", given=password + "\n")
    assert isinstance(answer.exception, InputError)
    assert why in str(answer.exception)
    assert load_password(store, name.strip()) is None
