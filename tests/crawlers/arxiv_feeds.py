"""Answers in the form of the arXiv API, written for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from tests.loopback import Answer, Asked

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"'
    ' xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">\n'
    "  <id>https://arxiv.org/api/aBcDeF</id><title>arXiv Query: search_query=x</title>\n"
)


def entry(
    arxiv_id: str = "2602.01234v1",
    *,
    updated: str = "2026-02-27T09:00:00Z",
    published: str | None = "2026-02-20T09:00:00Z",
    title: str = "Pruning in Haste",
    summary: str = "We prune.",
    extra: str = "",
) -> str:
    """One entry; `extra` is XML put in as it is."""
    date = f"<published>{published}</published>" if published is not None else ""
    return (
        f"<entry><id>http://arxiv.org/abs/{arxiv_id}</id><title>{title}</title>"
        f"<updated>{updated}</updated>{date}<summary>{summary}</summary>"
        f'<link href="https://arxiv.org/abs/{arxiv_id}" rel="alternate" type="text/html"/>'
        f"{extra}</entry>"
    )


def feed(*entries: str, total: int | None = None, start: int = 0) -> bytes:
    """A page of results; the total is the number of entries where not given."""
    total = len(entries) if total is None else total
    return (
        f"{HEAD}<opensearch:itemsPerPage>100</opensearch:itemsPerPage>"
        f"<opensearch:totalResults>{total}</opensearch:totalResults>"
        f"<opensearch:startIndex>{start}</opensearch:startIndex>{''.join(entries)}</feed>"
    ).encode()


def error_feed(message: str) -> bytes:
    """How the API explains what it does not accept."""
    return feed(
        "<entry><id>https://arxiv.org/api/errors#some_error</id><title>Error</title>"
        f"<updated>2026-03-01T00:00:00Z</updated><summary>{message}</summary></entry>"
    )


class ArxivService:
    """The API over given entries: pages them by ``start`` and ``max_results``."""

    def __init__(self, entries: Sequence[str]) -> None:
        self.entries = tuple(entries)
        self.first: list[Answer] = []
        """What to answer first, before any page."""
        self.asked: list[dict[str, str]] = []
        """The parameters of every request."""

    def __call__(self, asked: Asked) -> Answer:
        """Answer one request."""
        query = parse_qs(urlsplit(asked.path).query, keep_blank_values=True)
        parameters = {name: values[0] for name, values in query.items()}
        self.asked.append(parameters)
        if self.first:
            return self.first.pop(0)
        start, size = int(parameters["start"]), int(parameters["max_results"])
        page = self.entries[start : start + size]
        return Answer(body=feed(*page, total=len(self.entries), start=start))
