"""Publishing a final issue to a repository that behaves as GitHub's."""

import re

import pytest

from config.errors import ConfigError, ConflictError, InputError
from tests.github_server import created
from tests.loopback import Answer
from tests.pipeline.publishing.conftest import BRANCH, FILE, INDEXED, README, PublishingDesk


def test_a_branch_and_a_pull_request_hold_the_issue_and_the_index(desk):
    before = desk.github.refs["main"]
    published = desk.publish()
    assert (published.outcome, published.number, published.branch) == ("new", 1, BRANCH)
    assert published.url == "https://github.com/desk/briefing/pull/1"
    assert desk.github.refs["main"] == before
    assert desk.github.files(BRANCH) == {
        "README.md": INDEXED,
        FILE: desk.exported(),
        "issues/2026-02-16.md": b"old\n",
    }
    assert len(desk.github.ahead(BRANCH)) == 1
    [pull] = desk.github.pulls
    assert (pull.head, pull.base, pull.title) == (BRANCH, "main", "嵌入式AI简报（示例） 2026-03-02")


def test_the_branch_is_set_once_the_commit_is_whole(desk):
    desk.publish()
    assert desk.github.writes() == [
        "POST /git/blobs",
        "POST /git/blobs",
        "POST /git/trees",
        "POST /git/commits",
        "POST /git/refs",
        "POST /pulls",
    ]


def test_the_findings_stand_in_the_pull_request(desk):
    desk.print_issue(summary="")
    published = desk.publish()
    [pull] = desk.github.pulls
    assert published.findings
    for finding in published.findings:
        assert str(finding) in pull.body
    assert "Whether its links are alive was not looked at." in pull.body


def test_a_second_time_changes_nothing(desk):
    desk.publish()
    refs, writes = dict(desk.github.refs), desk.github.writes()
    published = desk.publish()
    assert (published.outcome, published.number) == ("unchanged", 1)
    assert desk.github.refs == refs
    assert desk.github.writes() == writes


def test_a_changed_issue_moves_the_branch_forward(desk):
    desk.publish()
    first = desk.github.refs[BRANCH]
    desk.print_issue("端侧推理框架发布新版，支持四比特")
    published = desk.publish()
    assert (published.outcome, published.number) == ("updated", 1)
    assert desk.github.files(BRANCH)[FILE] == desk.exported()
    assert desk.github.ahead(BRANCH) == [first, desk.github.refs[BRANCH]]
    assert len(desk.github.pulls) == 1


def test_only_the_findings_in_the_text_are_brought_up_to_date(desk):
    desk.publish()
    [pull] = desk.github.pulls
    pull.title = "三月第一期"
    pull.body = f"@someone 请看\r\n\r\n{pull.body}\r\n谢谢"
    assert "nothing found" in pull.body
    desk.print_issue(summary="")
    published = desk.publish()
    assert published.findings
    assert pull.title == "三月第一期"
    assert "nothing found" not in pull.body
    assert pull.body.startswith("@someone 请看\r\n\r\nThe issue of 2026-03-02")
    assert pull.body.endswith("\r\n谢谢")
    assert all(str(finding) in pull.body for finding in published.findings)


def test_a_base_that_went_on_is_joined(desk):
    desk.publish()
    other = b"- [2026-02-28](issues/2026-02-28.md)  \n"
    readme = README.replace(b"\n\n- ", b"\n\n" + other + b"- ")
    desk.github.push("main", {"README.md": readme, "LICENSE": b"free\n"}, message="another")
    assert desk.publish().outcome == "updated"
    files = desk.github.files(BRANCH)
    assert files["LICENSE"] == b"free\n"
    assert re.findall(r"\[(.*?)\]", files["README.md"].decode()) == [
        "2026-03-02",
        "2026-02-28",
        "2026-02-16",
    ]
    tip = desk.github.git.commits[desk.github.refs[BRANCH]]
    assert desk.github.refs["main"] in tip.parents
    assert desk.publish().outcome == "unchanged"


def test_a_base_that_went_on_elsewhere_is_left_alone(desk):
    desk.publish()
    refs = dict(desk.github.refs)
    refs["main"] = desk.github.push("main", {"LICENSE": b"free\n"}, message="another")
    assert desk.publish().outcome == "unchanged"
    assert desk.github.refs == refs


@pytest.mark.parametrize("squash", [False, True])
def test_what_is_merged_is_published(desk, squash):
    desk.publish()
    desk.github.merge(1, squash=squash)
    refs = dict(desk.github.refs)
    published = desk.publish()
    assert (published.outcome, published.number) == ("merged", 1)
    assert desk.github.refs == refs


@pytest.mark.parametrize("squash", [False, True])
def test_a_correction_after_the_merge_gets_a_pull_request_of_its_own(desk, squash):
    desk.publish()
    desk.github.merge(1, squash=squash)
    desk.print_issue("端侧推理框架发布新版（更正）")
    published = desk.publish()
    assert (published.outcome, published.number) == ("new", 2)
    assert desk.github.files(BRANCH)[FILE] == desk.exported()
    assert desk.github.files(BRANCH)["README.md"] == INDEXED


def test_a_closed_pull_request_is_followed_by_another(desk):
    desk.publish()
    desk.github.pulls[0].state = "closed"
    published = desk.publish()
    assert (published.outcome, published.number) == ("new", 2)


def test_an_issue_that_came_into_the_base_by_hand_is_published(desk):
    desk.github.push("main", {FILE: desk.exported(), "README.md": INDEXED}, message="by hand")
    published = desk.publish()
    assert (published.outcome, published.number) == ("merged", None)
    assert published.url == "https://github.com/desk/briefing"
    assert desk.github.writes() == []


def foreign_branch(desk: PublishingDesk) -> None:
    desk.github.refs[BRANCH] = desk.github.refs["main"]
    desk.github.push(BRANCH, {"notes.txt": b"mine\n"}, message="my notes")


def foreign_commit_on_ours(desk: PublishingDesk) -> None:
    desk.publish()
    desk.github.push(BRANCH, {FILE: b"edited on the web\n"}, message="Update 2026-03-02.md")


def amended_commit(desk: PublishingDesk) -> None:
    desk.publish()
    tip = desk.github.git.commits[desk.github.refs[BRANCH]]
    desk.github.refs[BRANCH] = desk.github.refs["main"]
    desk.github.push(BRANCH, {FILE: b"amended\n"}, message=tip.message)


def unrelated_history(desk: PublishingDesk) -> None:
    desk.github.push(BRANCH, {"index.html": b"pages\n"}, message="pages")


def bare_branch(desk: PublishingDesk) -> None:
    desk.github.refs[BRANCH] = desk.github.refs["main"]


@pytest.mark.parametrize(
    "prepare",
    [foreign_branch, foreign_commit_on_ours, amended_commit, unrelated_history, bare_branch],
)
def test_a_branch_with_somebody_elses_commit_is_refused_and_untouched(desk, prepare):
    prepare(desk)
    desk.print_issue("端侧推理框架发布新版，支持四比特")
    refs, writes = dict(desk.github.refs), desk.github.writes()
    with pytest.raises(ConflictError, match=f"{BRANCH} of desk/briefing") as caught:
        desk.publish()
    assert "nothing was touched" in str(caught.value)
    assert desk.github.refs == refs
    assert desk.github.writes() == writes


def test_somebody_elses_push_at_the_last_moment_is_not_lost(desk):
    desk.publish()
    desk.print_issue("端侧推理框架发布新版，支持四比特")
    pushed = []

    def push_first(asked):
        if asked.method == "PATCH":
            pushed.append(desk.github.push(BRANCH, {"x": b"x"}, message="in between"))

    desk.github.intercept = push_first
    with pytest.raises(ConflictError, match="changed by someone else just now"):
        desk.publish()
    assert [desk.github.refs[BRANCH]] == pushed


def test_a_branch_that_somebody_makes_at_the_last_moment_is_not_touched(desk):
    def make_first(asked):
        if created(asked, "git", "refs"):
            foreign_branch(desk)

    desk.github.intercept = make_first
    with pytest.raises(ConflictError, match="changed by someone else just now"):
        desk.publish()
    assert desk.github.files(BRANCH)["notes.txt"] == b"mine\n"
    assert desk.github.pulls == []


def test_an_issue_that_is_not_final_is_refused(desk):
    desk.print_issue(final=False)
    with pytest.raises(InputError, match="of 2026-03-02 is not final: call it final first"):
        desk.publish()
    assert desk.github.asked == []


def test_without_configuration_it_is_said_what_to_set(desk):
    desk.configure(repository="")
    desk.token(None)
    with pytest.raises(ConfigError) as caught:
        desk.publish()
    assert "publish.repository" in str(caught.value)
    assert "GITHUB_TOKEN" in str(caught.value)
    assert len(caught.value.faults) == 2


@pytest.mark.parametrize(
    ("configured", "says"),
    [
        ({"base": "master"}, "desk/briefing has no branch 'master': correct [publish] base"),
        ({"index": "INDEX.md"}, "desk/briefing has no INDEX.md: correct [publish] index"),
        ({"index": "issues/2026-02-16.md"}, "lists no issue as [2026-03-02](issues/2026-03-02.md)"),
        ({"branch": "main"}, "nothing is pushed to main"),
    ],
)
def test_a_configuration_that_does_not_fit_the_repository(desk, configured, says):
    desk.configure(**configured)
    with pytest.raises(InputError) as caught:
        desk.publish()
    assert says in str(caught.value)
    assert desk.github.writes() == []


def test_nothing_is_pushed_to_the_default_branch_for_another_base(desk):
    desk.github.refs["pages"] = desk.github.refs["main"]
    desk.configure(base="pages", branch="main")
    with pytest.raises(InputError, match="nothing is pushed to main"):
        desk.publish()
    assert desk.github.writes() == []


def test_another_base_is_kept_to(desk):
    desk.github.refs["pages"] = desk.github.refs["main"]
    desk.configure(base="pages")
    desk.publish()
    assert [pull.base for pull in desk.github.pulls] == ["pages"]
    assert desk.github.refs["pages"] == desk.github.refs["main"]


def test_without_an_index_there_is_the_issue_alone(desk):
    desk.configure(index="", folder="", name="{date}-briefing.md")
    desk.publish()
    files = desk.github.files(BRANCH)
    assert files["README.md"] == README
    assert files["2026-03-02-briefing.md"] == desk.exported()


def test_the_mode_of_a_file_is_kept(desk):
    blob = desk.github.git.trees[desk.github.git.commits[desk.github.refs["main"]].tree]
    entry = blob["README.md"]
    executable = type(entry)("100755", "blob", entry.sha)
    desk.github.push("main", {"README.md": executable}, message="chmod")
    desk.publish()
    assert desk.github.modes(BRANCH)["README.md"] == "100755"


def test_nothing_but_a_lost_answer_is_asked_twice(desk):
    desk.network(retries=2)
    desk.publish()
    paths = [f"{asked.method} {asked.path}" for asked in desk.github.asked]
    assert len(paths) == len(set(paths)) + 1  # two blobs


def test_the_token_goes_to_github_and_nowhere_else(desk, caplog):
    published = desk.publish()
    assert {asked.headers["authorization"] for asked in desk.github.asked} == {
        f"token {desk.settings.github_token.get_secret_value()}"
    }
    said = repr(published) + caplog.text + "".join(p.body for p in desk.github.pulls)
    assert desk.settings.github_token.get_secret_value() not in said


def test_a_proxys_sign_in_page_is_not_taken_for_an_answer(desk):
    desk.github.intercept = lambda _: Answer(body=b"<html>please sign in</html>")
    with pytest.raises(Exception, match=r"HTTP 200 without JSON from 127\.0\.0\.1"):
        desk.publish()
