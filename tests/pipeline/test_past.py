"""Past issues through the command line, and what is remembered of them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from pipeline.demo import CONFIG
from tests.pipeline.test_cli import run

ISSUE = (Path(__file__).parents[1] / "golden" / "past-issue.md").read_text(encoding="utf-8")


@pytest.fixture
def desk(tmp_path):
    """Run a command on a database of its own, into which the issue above was taken in."""
    (tmp_path / "past").mkdir()
    (tmp_path / "past" / "2020-03-02.md").write_text(ISSUE, encoding="utf-8")

    def command(name, *arguments, now="2020-03-16T09:00"):
        db = tmp_path / "b.db"
        return run(name, *arguments, "--config", CONFIG, "--db", db, "--now", now)

    code, out, err = command("import", tmp_path / "past")
    assert code == 0, err
    assert out.endswith("1 issues, 3 items\n")
    return command


def test_an_issue_is_listed_and_shown(desk, tmp_path):
    options = ("--config", CONFIG, "--db", tmp_path / "b.db")
    _, out, _ = run("issue", "list", "--json", *options)
    [listed] = json.loads(out)
    assert listed["date"] == "2020-03-02"
    assert listed["sections"] == {"业界新闻": 1, "论文": 1, "开源项目": 1}
    _, out, _ = run("issue", "show", "2020-03-02", "--json", *options)
    shown = json.loads(out)
    assert shown["title"] == "样例"
    [paper] = shown["sections"][1]["items"]
    assert paper["tags"] == ["2002.01234"]
    assert [(link["label"], link["url"]) for link in paper["links"]] == [
        ("样例解读", "https://mp.weixin.qq.com/s/xFec5gjMZeOCajqimB_t7A"),
        ("代码", "https://github.com/sample-lab/tinymix"),
    ]


def test_it_comes_back_as_it_was(desk, tmp_path):
    code, out, _ = desk("export", "--date", "2020-03-02", "-o", "-")
    assert (code, out) == (0, ISSUE)
    options = ("--config", CONFIG, "--db", tmp_path / "b.db")
    code, out, _ = run("issue", "diff", "2020-03-02", tmp_path / "past" / "2020-03-02.md", *options)
    assert (code, out) == (0, "")
    changed = tmp_path / "changed.md"
    changed.write_text(ISSUE.replace("轻量推理框架", "推理框架"), encoding="utf-8")
    code, out, _ = run("issue", "diff", "2020-03-02", changed, *options)
    assert code == 1
    assert "-摘要：轻量推理框架。" in out


def test_importing_twice_changes_nothing(desk, tmp_path):
    code, out, _ = desk("import", tmp_path / "past")
    assert code == 0
    assert "known" in out
    _, out, _ = run("issue", "list", "--json", "--config", CONFIG, "--db", tmp_path / "b.db")
    assert len(json.loads(out)) == 1


def load(desk, tmp_path, *lines):
    path = tmp_path / "candidates.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    code, _, err = desk("load", path)
    assert code == 0, err
    _, out, _ = desk("queue", "--json")
    return {entry["draft"]["title"]: entry for entry in json.loads(out)}


def test_what_ran_is_not_proposed_and_says_where_it_ran(desk, tmp_path):
    queue = load(
        desk,
        tmp_path,
        {"url": "https://arxiv.org/pdf/2002.01234v1.pdf", "title": "TinyMix: Low-Bit Networks"},
        {"url": "https://github.com/Sample-Lab/tinymix", "title": "sample-lab/tinymix"},
        {"url": "https://other.example/1", "title": "样例框架TinyDesk：月底开源！"},
        {"url": "https://other.example/2", "title": "另一个量化框架发布"},
    )
    states = {title: entry["state"] for title, entry in queue.items()}
    assert states == {
        "TinyMix: Low-Bit Networks": "printed",
        "样例框架TinyDesk：月底开源！": "printed",
        "另一个量化框架发布": "proposed",
    }
    members = queue["TinyMix: Low-Bit Networks"]["members"]
    assert [member["kind"] for member in members] == ["paper", "repository"]
    ran = queue["TinyMix: Low-Bit Networks"]["ran"]
    assert ran == {"date": "2020-03-02", "section": "论文"}


def test_what_ran_comes_back_with_news_and_says_which(desk, tmp_path):
    queue = load(
        desk,
        tmp_path,
        {
            "url": "https://github.com/sample-lab/pocket/releases/tag/v2",
            "title": "sample-lab/pocket v2",
            "kind": "release",
            "published": "2020-03-10",
        },
    )
    [entry] = queue.values()
    assert entry["state"] == "proposed"
    assert entry["why"] == ["新版本 sample-lab/pocket v2"]


def test_check_names_file_and_line(desk, tmp_path):
    page = tmp_path / "2020-03-16.md"
    page.write_text(
        ISSUE.replace("2020-03-02", "2020-03-16").replace(
            "https://news.example/tinydesk", "https://mp.weixin.qq.com/s?timestamp=1&signature=x"
        ),
        encoding="utf-8",
    )
    code, out, _ = desk("check", page, "--offline")
    assert code == 1
    assert f"{page}:13: error: L104" in out
    assert "R102" in out, "the paper ran before"
    code, out, _ = desk("check", "2020-03-02", "--offline", "--json")
    assert code == 0, out
    assert {"file", "line", "level", "code", "message"} <= set(json.loads(out)[0])


def test_a_file_without_a_date_is_left_out_and_named(desk, tmp_path):
    path = tmp_path / "notes.md"
    path.write_text("# Notes\n\n- [a](https://a.example)\n", encoding="utf-8")
    code, out, err = desk("import", path)
    assert code == 1
    assert "notes.md: no date" in err
    assert date.min.isoformat() not in out
