"""The issue's page: what it shows, and what each of its forms does, with and without script."""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from config.load import SHIPPED
from crawlers.liveness import LinkState
from pipeline.check import Code
from pipeline.desk import current_issue, decide, finish_issue
from pipeline.layout import accepted_in_order, load_layout
from pipeline.publishing import publish_issue
from pipeline.queue import Queue, State, load_entry
from pipeline.web.wording import load_wording
from store.decisions import load_decisions
from store.issues import load_issue
from store.models import Verdict
from tests.builders import NOW
from tests.fake_clock import FakeClock
from tests.github_server import NAME, OWNER, TOKEN, GithubServer
from tests.pipeline.laid import NEWS, ONE, OTHER, PAPERS, SETTINGS, fill, period, stories
from tests.pipeline.web.desks import SCRIPT, a_desk, an_app, post

DAY = "2026-03-02"


class Page:
    """The desk of one editor at the issue of a store."""

    def __init__(self, store, folder, *, person="甲", settings=SETTINGS, clock=lambda: NOW):
        desk = a_desk(store, SHIPPED, person=person, settings=settings, issues=folder, clock=clock)
        self.app = an_app(desk)
        self.client = self.app.test_client()
        self.store = store

    def html(self, path="/issue"):
        answer = self.client.get(path)
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def post(self, path, /, **fields):
        """As a plain form does."""
        return post(
            self.client,
            path,
            {k: str(v) for k, v in fields.items()},
            Referer="http://localhost/issue",
        )

    def send(self, path, /, **fields):
        """As the script does."""
        return self.client.post(
            path, data=fields, headers={**SCRIPT, "Referer": "http://localhost/issue"}
        )

    @property
    def order(self):
        queue = Queue(store=self.store, settings=SETTINGS, period=period(self.store))
        return accepted_in_order(queue)

    @property
    def seen(self):
        return load_layout(self.store, period(self.store)).seen

    def decided(self, story):
        return load_entry(self.store, SETTINGS, period(self.store), story).seen or 0

    def state(self, story):
        return load_entry(self.store, SETTINGS, period(self.store), story).state


@pytest.fixture
def filled(store):
    fill(store)
    taken = [*stories(store, PAPERS)[:2], *stories(store, NEWS)]
    decide(store, SETTINGS, period(store), taken, Verdict.ACCEPT, ONE)
    return store


@pytest.fixture
def page(filled, tmp_path):
    return Page(filled, tmp_path / "issues")


def undo_of(answer):
    """The fields of the undo in the notice that the script got."""
    notice = answer.json["parts"]["notice"]
    assert 'action="/issue/undo"' in notice
    return dict(re.findall(r'name="(\w+)" value="(\w+)"', notice))


# What is shown


def test_the_page_holds_what_the_draft_prints(page):
    html = page.html()
    issue = current_issue(page.store, SETTINGS, period(page.store)).issue
    titles = [item.title for section in issue.sections for item in section.items]
    places = [html.index(title) for title in titles[1:]]
    assert places == sorted(places)
    assert html.count("data-row") == len(titles)
    assert html.count('class="item proposed"') == len(titles) - 3


def test_counts_stand_against_quotas(page):
    quota = next(section.quota for section in SETTINGS.sections if section.name == PAPERS)
    assert f">2 / {quota}</span>" in page.html()


def test_findings_stand_at_the_item_that_they_are_about(page):
    html = page.html()
    first = stories(page.store, PAPERS)[0]
    row = html[html.index(f'id="story-{first}"') :]
    row = row[: row.index("item-acts")]
    assert "T201" in row
    line = re.search(r"T201 · 第 (\d+) 行", row)
    assert line is not None
    title = load_entry(page.store, SETTINGS, period(page.store), first).draft.title
    shown = re.search(rf'<li id="L{line[1]}"[^>]*><code>(.*?)</code>', html)
    assert shown is not None
    assert title in shown[1]


def test_every_rule_of_the_check_has_words():
    for language in ("zh", "en"):
        texts = load_wording(language).texts
        assert [c.printed for c in Code if f"issue.{c.printed}" not in texts] == []


def test_hostile_text_stays_text(page):
    [story] = stories(page.store, NEWS)
    entry = load_entry(page.store, SETTINGS, period(page.store), story)
    hostile = "<script>alert(1)</script>\u202e`]( [x](javascript:alert(1))"
    text = replace(entry.draft, title=hostile, summary=hostile, source=hostile, markup=True)
    decide(page.store, SETTINGS, period(page.store), [story], Verdict.EDIT, ONE, text=text)
    page.post("/issue/words", seen=0, lead=hostile, title=hostile, lead_was="", title_was="")
    html = page.html()
    assert "<script>alert" not in html
    assert "\u202e" not in html
    assert 'href="javascript:alert' not in html


# Moving


def test_a_move_down_is_one_layout(page):
    a, b = page.order[PAPERS]
    answer = page.send("/issue/move", story=a, seen=0, decided=page.decided(a), way="down")
    assert answer.status_code == 200
    assert page.order[PAPERS] == [b, a]
    assert {"issue-board", "issue-side", "issue-head", "issue-markdown", "notice"} <= set(
        answer.json["parts"]
    )
    assert f'data-seen="{page.seen}"' in answer.json["parts"]["issue-board"]
    page.send("/issue/undo", **undo_of(answer))
    assert page.order[PAPERS] == [a, b]


def test_at_the_end_there_is_no_further_down(page):
    _, b = page.order[PAPERS]
    answer = page.send("/issue/move", story=b, seen=0, decided=page.decided(b), way="down")
    assert "notice" not in answer.json["parts"]
    assert page.seen == 0


def test_without_script_one_comes_back_to_the_item(page):
    a, b = page.order[PAPERS]
    answer = page.post("/issue/move", story=b, seen=0, decided=page.decided(b), way="up")
    assert (answer.status_code, answer.location) == (303, f"/issue#story-{b}")
    assert page.order[PAPERS] == [b, a]
    assert 'action="/issue/undo"' in page.html()


def test_another_section_and_its_undo(page):
    a, b = page.order[PAPERS]
    [news] = page.order[NEWS]
    answer = page.send(
        "/issue/move", story=b, seen=0, decided=page.decided(b), section=NEWS, before=news
    )
    assert (page.order[NEWS], page.order[PAPERS]) == ([b, news], [a])
    page.send("/issue/undo", **undo_of(answer))
    assert (page.order[NEWS], page.order[PAPERS]) == ([news], [a, b])


def test_a_proposal_that_is_placed_is_accepted_and_undo_takes_both_back(page):
    a, b = page.order[PAPERS]
    proposal = stories(page.store, PAPERS)[2]
    answer = page.send("/issue/move", story=proposal, seen=0, decided=0, section=PAPERS, before=b)
    assert page.order[PAPERS] == [a, proposal, b]
    page.send("/issue/undo", **undo_of(answer))
    assert page.order[PAPERS] == [a, b]
    assert page.state(proposal) is State.PROPOSED


def test_a_section_that_is_not_there_is_refused(page):
    a, _ = page.order[PAPERS]
    answer = page.send("/issue/move", story=a, seen=0, decided=page.decided(a), section="杂谈")
    assert answer.status_code == 400
    assert page.seen == 0


@pytest.mark.parametrize(
    "fields", [{}, {"story": "x"}, {"story": "99999999999999999999"}, {"story": "77"}]
)
def test_a_story_that_is_not_there_is_not_found(page, fields):
    assert page.post("/issue/move", **fields).status_code == 404


# Taking and leaving


def test_accept_and_remove_and_their_undo(page):
    proposal = stories(page.store, PAPERS)[3]
    answer = page.send("/issue/accept", story=proposal, decided=0)
    assert page.state(proposal) is State.ACCEPTED
    left = page.send("/issue/remove", story=proposal, decided=page.decided(proposal))
    assert page.state(proposal) is State.LATER
    page.send("/issue/undo", **undo_of(left))
    assert page.state(proposal) is State.ACCEPTED
    stale = page.send("/issue/undo", **undo_of(answer))
    assert stale.status_code == 409
    assert page.state(proposal) is State.ACCEPTED


# Two editors


def test_a_changed_order_is_shown_and_asked_about(page, tmp_path):
    a, b = page.order[PAPERS]
    other = Page(page.store, tmp_path, person="乙")
    other.send("/issue/move", story=b, seen=0, decided=page.decided(b), way="up")
    answer = page.send("/issue/move", story=a, seen=0, decided=page.decided(a), section=NEWS)
    assert answer.status_code == 409
    asked = answer.json["parts"]["issue-conflict"]
    assert "乙 调了各条的顺序" in asked
    assert page.order[PAPERS] == [b, a]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', asked))
    assert page.send("/issue/move", **fields).status_code == 200
    assert a in page.order[NEWS]


def test_a_decided_story_is_shown_and_asked_about(page):
    proposal = stories(page.store, PAPERS)[2]
    decide(page.store, SETTINGS, period(page.store), [proposal], Verdict.REJECT, OTHER)
    answer = page.post("/issue/accept", story=proposal, decided=0)
    assert answer.status_code == 409
    html = answer.get_data(as_text=True)
    assert "乙 不用这一条" in html
    assert "仍然采用" in html
    assert page.state(proposal) is State.REJECTED
    assert [d.verdict for d in load_decisions(page.store, [proposal])[proposal]] == [Verdict.REJECT]


def test_the_others_text_stands_beside_mine(page, tmp_path):
    was = current_issue(page.store, SETTINGS, period(page.store)).issue.lead
    base = {"title": "", "title_was": "", "lead_was": was, "seen": "0"}
    other = Page(page.store, tmp_path, person="乙")
    assert other.send("/issue/words", **base, lead="乙的导读").status_code == 200
    answer = page.send("/issue/words", **base, lead="甲的导读")
    assert answer.status_code == 409
    asked = answer.json["parts"]["issue-conflict"]
    assert "乙的导读" in asked
    assert "甲的导读" in asked
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', asked))
    page.send("/issue/words", **fields)
    assert current_issue(page.store, SETTINGS, period(page.store)).issue.lead == "甲的导读"


def test_who_moves_while_another_writes_is_not_asked(page, tmp_path):
    a, b = page.order[PAPERS]
    other = Page(page.store, tmp_path, person="乙")
    other.send("/issue/words", seen="0", lead="乙的导读", lead_was="", title="", title_was="")
    answer = page.send("/issue/move", story=a, seen=0, decided=page.decided(a), way="down")
    assert answer.status_code == 200
    assert page.order[PAPERS] == [b, a]


# Title and 导读


def lead_of(page):
    return current_issue(page.store, SETTINGS, period(page.store)).issue.lead


def test_what_is_typed_survives_a_reload_and_a_midnight(page, tmp_path):
    answer = page.send("/issue/typed", seen="0", title="春", lead="写了一半\r\n第二行")
    assert answer.status_code == 200
    for clock in (lambda: NOW, lambda: NOW + timedelta(days=1)):
        html = Page(page.store, tmp_path, clock=clock).html()
        assert "写了一半\n第二行</textarea>" in html
        assert 'value="春"' in html
        assert "写下，还没保存" in html
    assert "写了一半" not in Page(page.store, tmp_path, person="乙").html()
    assert "写了一半" not in lead_of(page)
    page.post("/issue/typed/drop")
    assert "写了一半" not in page.html()


def test_saving_what_was_typed_forgets_the_typed(page):
    page.send("/issue/typed", seen="0", title="", lead="写好了")
    page.post("/issue/words", seen=0, title="", title_was="", lead="写好了", lead_was=lead_of(page))
    assert lead_of(page) == "写好了"
    assert "还没保存" not in re.sub(r'data-typed="[^"]*"', "", page.html())


def test_a_title_alone_leaves_the_lead_to_the_machine(page):
    was = lead_of(page)
    page.post("/issue/words", seen=0, title="春", title_was="", lead=was, lead_was=was)
    layout = load_layout(page.store, period(page.store)).layout
    assert (layout.title, layout.lead) == ("春", None)
    assert "(2026-03-02)：春" in page.html("/issue/download")


def test_the_machines_again(page):
    was = lead_of(page)
    page.post("/issue/words", seen=0, title="", title_was="", lead="我的", lead_was=was)
    page.post("/issue/words/machine", seen=page.seen)
    assert lead_of(page) == was


def test_a_script_that_types_keeps_its_field(page):
    a, _ = page.order[PAPERS]
    page.send("/issue/typed", seen="0", title="", lead="写了一半")
    answer = page.send("/issue/move", story=a, seen=0, decided=page.decided(a), way="down")
    assert "issue-words" not in answer.json["parts"]


# Ways out


def test_download_export_and_page_are_the_same_markdown(page, tmp_path):
    answer = page.client.get("/issue/download")
    assert answer.content_type == "text/markdown; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{DAY}.md"'
    page.post("/issue/export")
    file = tmp_path / "issues" / f"{DAY}.md"
    assert file.read_bytes() == answer.data
    count = answer.get_data(as_text=True).count("\n")
    assert page.html().count('<li id="L') == count


def test_finish_and_reopen(page, tmp_path):
    answer = page.send("/issue/finish")
    stored = load_issue(page.store, period(page.store).day)
    assert stored is not None
    assert stored.final
    assert 'action="/issue/reopen"' in answer.json["parts"]["notice"]
    html = page.html()
    assert html.count("data-row") == 3
    assert 'data-act="move"' not in html
    assert 'name="lead"' not in html
    assert (tmp_path / "issues" / f"{DAY}.md").exists()
    a, _ = stories(page.store, PAPERS)[:2]
    assert page.send("/issue/move", story=a, way="down").status_code == 400
    page.post("/issue/reopen")
    assert 'name="lead"' in page.html()


def test_links_are_asked_for_once_and_told_where_they_stand(page, monkeypatch):
    asked = []

    def check_links(urls, *, network, now, progress):
        states = []
        for url in urls:
            state = LinkState(url=url, status="gone", final_url=url, cause="404")
            progress(state)
            told = page.client.get("/issue/check").json
            asked.append((told["done"], told["count"]))
            states.append(state)
        return states

    monkeypatch.setattr("pipeline.web.links.check_links", check_links)
    assert page.client.get("/issue/check").json == {"done": 0, "count": 0, "words": ""}
    answer = page.send("/issue/check")
    assert asked[-1] == (len(asked), len(asked))
    assert answer.json["parts"]["issue-board"].count("L201") == len(asked)
    a, _ = page.order[PAPERS]
    moved = page.send("/issue/move", story=a, seen=0, decided=page.decided(a), way="down")
    assert moved.json["parts"]["issue-board"].count("L201") == len(asked)


def test_a_second_asking_waits_for_the_first(page, monkeypatch):
    def check_links(urls, *, network, now, progress):
        assert page.send("/issue/check").status_code == 400
        return []

    monkeypatch.setattr("pipeline.web.links.check_links", check_links)
    assert page.send("/issue/check").status_code == 200


def test_without_a_repository_the_page_says_what_is_missing(page):
    assert "publish.repository" in page.html()
    assert 'action="/issue/publish"' not in page.html()


@pytest.fixture
def github(filled, tmp_path, monkeypatch):
    """The page of a final issue that can be published, and where to."""
    with GithubServer({"README.md": b"# hello\n"}) as server:
        settings = SETTINGS.model_copy(
            update={
                "publish": SETTINGS.publish.model_copy(update={"repository": f"{OWNER}/{NAME}"}),
                "addresses": SETTINGS.addresses.model_copy(update={"github_api": server.base}),
                "github_token": SecretStr(TOKEN),
            }
        )
        unhurried = functools.partial(publish_issue, pace=FakeClock().pace())
        monkeypatch.setattr("pipeline.web.output.publish_issue", unhurried)
        finish_issue(filled, SETTINGS, period(filled), NOW)
        yield server, Page(filled, tmp_path, settings=settings)


def test_publishing_opens_a_pull_request(github):
    server, page = github
    assert 'action="/issue/publish"' in page.html()
    notice = page.send("/issue/publish").json["parts"]["notice"]
    assert "已开 pull request #" in notice
    [pull] = server.pulls
    assert pull.head == f"issue/{DAY}"
    assert server.files(pull.head)[f"{DAY}.md"] == page.client.get("/issue/download").data


def test_what_keeps_it_from_being_published_is_told_whole(github):
    _, page = github
    page.post("/issue/reopen")
    answer = page.send("/issue/publish")
    assert answer.status_code == 502
    assert "is not final" in answer.json["parts"]["issue-side"]
    plain = page.post("/issue/publish")
    assert plain.status_code == 502
    assert "is not final" in plain.get_data(as_text=True)
