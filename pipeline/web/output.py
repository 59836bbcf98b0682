"""Every way out of the desk: the check before it, Markdown, file, final issue, pull request."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from config.errors import InputError, PublishError
from pipeline.check import addresses
from pipeline.desk import current_issue, finish_issue, reopen_issue
from pipeline.export import export_issue, issue_text
from pipeline.issue_reader import read_issue
from pipeline.publishing import publish_issue
from pipeline.web.answers import Notice, NoticeLink, Undo
from pipeline.web.context import coming, desk, now, t
from pipeline.web.issue import answered, asked_links, refused

page = Blueprint("output", __name__)


@page.get("/issue/download")
def download() -> Response:
    """The Markdown as a file."""
    day, markdown = _printed()
    named = f'attachment; filename="{day}.md"'
    return Response(
        markdown,
        content_type="text/markdown; charset=utf-8",
        headers={"Content-Disposition": named},
    )


@page.post("/issue/check")
def check() -> Response:
    """Ask for every link of the issue; takes as long as the slowest host does."""
    settings, (day, markdown) = desk().settings, _printed()
    read = read_issue(markdown, name=f"{day}.md", newsletter=settings.newsletter)
    urls = addresses(read, markdown, settings)
    asked_links().ask(urls, network=settings.network, now=now())
    return answered(Notice(text=t("issue.links_asked", count=len(urls))))


def _printed() -> tuple[date, str]:
    """The issue's date, and its Markdown as it stands."""
    here = desk()
    issue = current_issue(here.store, here.settings, coming()).issue
    return issue.date, issue_text(issue, here.settings, here.folder)


@page.get("/issue/check")
def progress() -> Response:
    """How far that is: ``{"done": 3, "count": 30, "words": "…"}``, all zero and empty at rest."""
    told = asdict(asked_links().progress)
    return jsonify({**told, "words": t("issue.asking", **told) if told["count"] else ""})


@page.post("/issue/export")
def export() -> Response:
    """Write the issue to the folder of issues."""
    return answered(Notice(text=_exported()))


def _exported() -> str:
    here, period = desk(), coming()
    exported = export_issue(here.store, here.settings, here.folder, period, now())
    path = exported.write(here.issues / f"{period.day}.md")
    unseen = t("issue.unseen", count=exported.proposed) if exported.proposed else ""
    return t("issue.exported", path=path, count=exported.items) + unseen


@page.post("/issue/finish")
def finish() -> Response:
    """Call the issue final, with what is accepted, and write it."""
    finish_issue(desk().store, desk().settings, coming(), now())
    text = t("issue.finished", exported=_exported())
    return answered(Notice(text=text, undo=Undo(action="/issue/reopen")))


@page.post("/issue/reopen")
def reopen() -> Response:
    """Let the issue follow the queue again."""
    reopen_issue(desk().store, coming(), now())
    return answered(Notice(text=t("issue.reopened")))


@page.post("/issue/publish")
def publish() -> Response:
    """Open a pull request with the final issue, or complete one that a first try began."""
    here = desk()
    try:
        published = publish_issue(here.store, here.settings, here.folder, coming(), now())
    except (InputError, PublishError) as error:
        return refused(error)
    number = f"#{published.number}" if published.number else ""
    text = t(f"issue.published_{published.outcome}", branch=published.branch, number=number)
    return answered(Notice(text=text, link=NoticeLink(text=t("issue.look"), href=published.url)))
