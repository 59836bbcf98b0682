"""An issue as JSON, for programs that read it."""

from __future__ import annotations

from typing import Any

from pipeline.issue_links import item_links
from store.models import Draft, Issue, IssueSection


def issue_json(issue: Issue) -> dict[str, Any]:
    """The issue in values that JSON knows.

    ``{date, title, tagline, lead, notes, news: {lead, entries}, sections: [{name, items}]}``, an
    item ``{tags, title, source, url, links: [{label, url}], summary, items}``. `links` are all
    that the item has beside `url`, those in its texts included. Sections with remarks have
    `intro` and `closing` too, items with lines between title and 摘要 `details`.
    """
    return {
        "date": issue.date.isoformat(),
        "title": issue.title,
        "tagline": issue.tagline,
        "lead": issue.lead,
        "notes": list(issue.notes),
        "news": {"lead": issue.news_lead, "entries": list(issue.news)},
        "sections": [_section(section) for section in issue.sections],
    }


def _section(section: IssueSection) -> dict[str, Any]:
    remarks = {"intro": section.intro, "closing": section.closing}
    return {
        "name": section.name,
        "items": [_item(item) for item in section.items],
        **{key: text for key, text in remarks.items() if text},
    }


def _item(item: Draft) -> dict[str, Any]:
    return {
        "tags": list(item.tags),
        "title": item.title,
        "source": item.source,
        "url": item.url,
        "links": [{"label": link.label, "url": link.url} for link in item_links(item)],
        "summary": item.summary.strip("\n"),
        "items": [_item(nested) for nested in item.items],
        **({"details": item.details} if item.details else {}),
    }
