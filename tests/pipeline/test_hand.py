"""What an editor may hand in by ``briefing add``, as far as addresses go."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.demo import CONFIG, NOW
from tests.loopback import Answer, LoopbackServer
from tests.pipeline.test_cli import run

PAGE = Answer(
    body="<title>手机上的四比特推理</title><p>量化之后的模型在手机上跑得更快。".encode(),
    headers={"Content-Type": "text/html; charset=utf-8"},
)


@pytest.fixture
def web() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        server.route("/page", PAGE)
        yield server


def add(folder: Path, url: str, *more: str, private_hosts: str = "[]") -> tuple[int, str, str]:
    """Run the command with a configuration of the demo's, in which no mirror stands."""
    config = shutil.copytree(CONFIG, folder / "config", dirs_exist_ok=True)
    file = config / "newsletter.toml"
    allowed = f"[network]\nprivate_hosts = {private_hosts}\n"
    file.write_text(file.read_text("utf-8").replace("[network]\n", allowed, 1), "utf-8")
    where = ("--config", config, "--db", folder / "b.db", "--now", NOW.isoformat())
    return run("add", url, *more, *where)


def test_an_address_of_this_machine_is_refused(tmp_path: Path, web: LoopbackServer):
    code, out, err = add(tmp_path, f"{web.base}/page")
    assert (code, out) == (1, "")
    [line] = err.splitlines()
    assert "is no public address; network.private_hosts can allow it" in line
    assert web.asked == []


def test_so_is_what_redirects_to_it(tmp_path: Path, web: LoopbackServer):
    with LoopbackServer() as outside:
        here = f"{web.base}/page"
        url = outside.route("/go", Answer(status=302, headers={"Location": here}))
        allowed = f'["{outside.base.removeprefix("http://")}"]'
        code, _, err = add(tmp_path, url, private_hosts=allowed)
    assert code == 1
    assert web.base.removeprefix("http://") in err
    assert outside.paths() == ["/go"]
    assert web.asked == []


def test_a_setting_allows_it(tmp_path: Path, web: LoopbackServer):
    code, out, err = add(tmp_path, f"{web.base}/page", private_hosts='["127.0.0.1"]')
    assert (code, err) == (0, "")
    assert "手机上的四比特推理" in out


def test_with_a_title_it_is_filed_unseen(tmp_path: Path, web: LoopbackServer):
    code, out, _ = add(tmp_path, f"{web.base}/page", "--title", "内网的一页")
    assert code == 0
    assert "内网的一页" in out
    assert web.asked == []


@pytest.mark.parametrize(
    "url", ["https://", "http://", "https:///page", "https://?q=1", "ftp://a.example/", "page"]
)
def test_what_names_no_host_is_no_web_address(tmp_path: Path, url: str):
    code, _, err = add(tmp_path, url, "--title", "没有地址")
    assert code == 2
    assert f"{url!r} is no web address" in err
