"""The command line, as a person types it."""

from __future__ import annotations

import gzip
import json
import re
import shlex
import sys
from pathlib import Path

import click
import pytest

from pipeline.cli import briefing, main
from pipeline.demo import CONFIG, NOW

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    """A database after a night over the sample web, made once."""
    folder: Path = tmp_path_factory.mktemp("demo")
    assert run("demo", folder)[0] == 0
    return folder


def run(*arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    import contextlib
    import io

    out, err = io.StringIO(), io.StringIO()
    argv, sys.argv = sys.argv, ["briefing", *map(str, arguments)]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main()
                code = 0
            except SystemExit as stop:
                code = int(stop.code or 0)
    finally:
        sys.argv = argv
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def desk(demo, tmp_path):
    """Run a command on a copy of the demo's database."""
    import shutil

    db = tmp_path / "b.db"
    shutil.copy(demo / "briefing.db", db)

    def command(name: str, *arguments: object) -> str:
        code, out, err = run(
            name, *arguments, "--config", CONFIG, "--db", db, "--now", NOW.isoformat()
        )
        assert code == 0, err
        return out

    return command


def test_the_demo_ends_with_where_things_are(demo, capsys):
    code, out, _ = run("demo", demo)
    assert code == 0
    last = out.strip().splitlines()[-1]
    assert last == f"database: {demo / 'briefing.db'}; issue: {demo / 'issues' / '2026-03-02.md'}"
    assert (demo / "issues" / "2026-03-02.md").read_text("utf-8") in out


def test_queue_is_json_with_reasons(desk):
    entries = json.loads(desk("queue", "--json", "--section", "论文"))
    assert {entry["section"] for entry in entries} == {"论文"}
    totals = [entry["score"] for entry in entries]
    assert totals == sorted(totals, reverse=True)
    best = entries[0]
    assert sum(part["value"] for part in best["parts"]) == pytest.approx(best["score"])
    assert best["members"][0]["keys"][0].startswith("arxiv:")


def test_accept_then_export_final_prints_only_that(desk, tmp_path):
    entries = json.loads(desk("queue", "--json"))
    chosen = next(entry for entry in entries if entry["section"] == "开源项目")
    assert "accepted" in desk("accept", chosen["id"])
    path = tmp_path / "issue.md"
    desk("export", "--final", "-o", path)
    items = [line for line in path.read_text("utf-8").splitlines() if line.startswith("- [")]
    assert [line for line in items if chosen["draft"]["url"] in line] == items[:1]
    assert len([line for line in items if "github.com/sample" in line]) == 1


def test_edit_changes_what_prints_and_undo_takes_it_back(desk):
    entry = json.loads(desk("queue", "--json"))[0]
    desk("edit", entry["id"], "--title", "编辑改过的标题", "--link", "视频=https://v.example/1")
    draft = desk("draft")
    assert "编辑改过的标题" in draft
    assert "[[视频]](https://v.example/1)" in draft
    desk("undo", entry["id"])
    assert "编辑改过的标题" not in desk("draft")


def test_explain_agrees_with_the_draft_whatever_was_decided(desk):
    first, second = (entry["id"] for entry in json.loads(desk("queue", "--json"))[:2])
    desk("accept", first)
    desk("reject", second)
    inside = set(json.loads(desk("draft", "--json"))["stories"])
    for entry in [*json.loads(desk("queue", "--json"))[::5], {"id": first}, {"id": second}]:
        told = json.loads(desk("explain", entry["id"], "--json"))
        assert told["inside"] is (entry["id"] in inside), told
        where = "在本期里" if told["inside"] else "不在本期里"
        assert f"，{where}（" in desk("explain", entry["id"]).splitlines()[1]
    assert json.loads(desk("explain", first, "--json"))["ground"] == "accepted"
    assert json.loads(desk("explain", second, "--json"))["ground"] == "rejected"


def test_export_without_final_says_what_nobody_looked_at(desk, tmp_path):
    out = desk("export", "-o", tmp_path / "x.md")
    assert re.search(r"\d+ items; \d+ of them not looked at yet", out)


def test_search_works_for_chinese(desk):
    found = json.loads(desk("search", "低比特", "量化", "--json"))
    assert found
    assert desk("search", "量子色动力学").strip() == "the queue is empty"


def test_dump_and_load_are_inverse(desk, demo, tmp_path):
    lines = desk("dump")
    path = tmp_path / "all.jsonl"
    path.write_text(lines, encoding="utf-8")
    db = tmp_path / "other.db"
    code, out, err = run("load", path, "--config", CONFIG, "--db", db, "--source", "搬来的")
    assert code == 0, err
    assert f"{len(lines.splitlines())} read" in out
    code, again, _ = run("dump", "--config", CONFIG, "--db", db)
    assert sorted(again.splitlines()) == sorted(lines.splitlines())


def test_sources_and_runs(desk):
    sources = json.loads(desk("sources", "--json"))
    [failing] = [source for source in sources if source["failing_runs"]]
    assert failing["source"] == "示例故障源"
    assert "503" in failing["cause"]
    [latest, *_] = json.loads(desk("runs", "--json"))
    assert latest["status"] == "partial"
    assert "示例故障源" in desk("sources")
    assert "partial" in desk("runs")


def test_identify_prints_one_object_a_line():
    urls = ["https://arxiv.org/pdf/1812.00332v2.pdf", "https://GitHub.com/Tencent/ncnn/tree/master"]
    code, out, _ = run("identify", *urls, "--json")
    assert code == 0
    assert [json.loads(line) for line in out.splitlines()] == [
        {"url": urls[0], "key": "arxiv:1812.00332", "canonical": "https://arxiv.org/abs/1812.00332"},
        {"url": urls[1], "key": "github:tencent/ncnn", "canonical": "https://github.com/tencent/ncnn"},
    ]  # fmt: skip


def test_parse_tells_outcomes_apart(tmp_path):
    feed = (
        b'<rss version="2.0"><channel><item><title>A</title><link>/a</link></item></channel></rss>'
    )
    (tmp_path / "good.xml.gz").write_bytes(gzip.compress(feed))
    (tmp_path / "empty.xml").write_bytes(b'<rss version="2.0"><channel></channel></rss>')
    (tmp_path / "page.html").write_bytes(b"<html><title>Hello</title></html>")
    (tmp_path / "broken.gz").write_bytes(gzip.compress(feed)[:30])
    files = [tmp_path / name for name in ("good.xml.gz", "empty.xml", "page.html", "broken.gz")]
    code, out, err = run("parse", "feed", *files, "--json", "--url", "https://a.example/feed")
    assert code == 0, err
    results = [json.loads(line) for line in out.splitlines()]
    assert [result["outcome"] for result in results] == ["items", "empty", "unparsable", "error"]
    assert [result["file"] for result in results] == [str(path) for path in files]
    assert results[0]["items"][0]["url"] == "https://a.example/a"
    assert results[0]["items"][0]["title"] == "A"


def test_init_makes_a_configuration_that_works(tmp_path):
    folder = tmp_path / "mine"
    assert run("init", folder)[0] == 0
    code, out, err = run("sources", "--config", folder, "--json")
    assert code == 0, err
    assert len(json.loads(out)) > 50
    assert (folder / "briefing.db").is_file()
    code, _, err = run("init", folder)
    assert code == 2
    assert "has a configuration already" in err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ("accept 9999 --config {config} --db {tmp}/b.db", 2, "there is no story 9999"),
        ("queue --config {tmp}", 3, "no configuration here"),
        ("queue --config {config} --db {tmp}", 2, "is a directory"),
        ("queue --now yesterday --config {config} --db {tmp}/b.db", 2, "is no time"),
        ("queue --date 2026-13-01 --config {config} --db {tmp}/b.db", 2, "is no date"),
        ("add ftp://x/y --config {config} --db {tmp}/b.db", 2, "is no web address"),
        ("export --final --config {config} --db {tmp}/b.db", 2, "nothing is accepted"),
        ("nightly --source 没有 --config {config} --db {tmp}/b.db", 2, "no source is called"),
        ("frobnicate", 2, "No such command"),
    ],
)
def test_mistakes_get_one_clear_line(tmp_path, arguments, code, says):
    filled = arguments.format(tmp=tmp_path, config=CONFIG)
    got, _, err = run(*shlex.split(filled))
    assert (got, says in err) == (code, True), err
    assert "Traceback" not in err


def test_readme_names_every_command():
    readme = (ROOT / "README.md").read_text("utf-8")
    missing = [name for name in briefing.commands if f"briefing {name}" not in readme]
    assert missing == []


def test_every_command_has_the_options_that_all_share():
    commands = dict(briefing.commands)
    for group in [c for c in commands.values() if isinstance(c, click.Group)]:
        commands |= {f"{group.name} {name}": command for name, command in group.commands.items()}
        del commands[str(group.name)]
    for name, command in commands.items():
        if name not in ("init", "demo"):
            given = {option for parameter in command.params for option in parameter.opts}
            assert {"--config", "--db", "--now"} <= given, name


def test_examples_are_listed_removed_and_restored(desk):
    assert "no examples yet" in desk("example", "list")
    first = json.loads(desk("queue", "--json"))[0]["id"]
    desk("accept", first)
    [told] = json.loads(desk("example", "list", "--json"))
    assert (told["weight"], told["removed"]) == (1.0, False)
    assert told["origin"].startswith("accept by ")
    assert json.loads(desk("example", "list", "--json", "--section", "没有")) == []
    assert told["key"] in desk("example", "remove", told["key"])
    assert "removed" in desk("example", "list")
    desk("example", "restore", told["key"])
    assert json.loads(desk("example", "list", "--json")) == [told]
