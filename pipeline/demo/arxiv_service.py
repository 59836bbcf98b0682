"""The query interface of arXiv, answered from the entries of one Atom file.

The file is ``export.arxiv.org/api/query.xml`` of a site folder: an Atom feed as the interface
itself serves it. ``id_list``, ``start``, ``max_results``, ``sortBy``, ``sortOrder`` and the date
ranges of ``search_query`` are honoured; its words and categories are not, so every query is
answered from the same papers. The format and the parameters are those of
https://info.arxiv.org/help/api/user-manual.html; an error is an Atom feed with one entry ``Error``.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Final, Literal

from lxml import etree

from pipeline.demo.folder import Answer, Request

HOST: Final = "export.arxiv.org"
ATOM: Final = "http://www.w3.org/2005/Atom"
OPENSEARCH: Final = "http://a9.com/-/spec/opensearch/1.1/"
_EMPTY_FEED: Final = f"""\
<feed xmlns:opensearch="{OPENSEARCH}" xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="{ATOM}"/>
""".encode()
_PAPER: Final = re.compile(r"(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?")
_RANGE: Final = re.compile(
    r"(?P<field>submittedDate|lastUpdatedDate):\[(?P<low>\d{8,14})\s+TO\s+(?P<high>\d{8,14})\]"
)
_DATES: Final[dict[str, Literal["published", "updated"]]] = {
    "submittedDate": "published",
    "lastUpdatedDate": "updated",
}


@dataclass(frozen=True, slots=True)
class _Paper:
    element: etree._Element
    arxiv_id: str
    published: str
    """ISO 8601 in UTC, so that text order is time order."""
    updated: str


class _RefusedError(Exception):
    """The request has a parameter that the interface does not accept."""


def answer_arxiv(folder: Path, request: Request) -> Answer | None:
    """Answer a query from the papers in `folder`, the host's own; None if it has none."""
    source = folder / "api" / "query.xml"
    if not source.is_file():
        return None
    if request.path != "/api/query":
        return Answer(status=HTTPStatus.NOT_FOUND, validators=False)
    papers = _read_papers(source.read_bytes())
    updated = max((paper.updated for paper in papers), default="1970-01-01T00:00:00Z")
    try:
        start = _whole_number(request, "start", 0)
        size = _whole_number(request, "max_results", 10)
        found = _sorted(_matching(papers, request), request)
    except _RefusedError as error:
        feed = _error_feed(str(error), updated)
        return Answer(status=HTTPStatus.BAD_REQUEST, body=feed, content_type="application/atom+xml")
    feed = _feed(found, start=start, size=size, request=request, updated=updated)
    return Answer(body=feed, content_type="application/atom+xml; charset=utf-8", validators=False)


def _read_papers(body: bytes) -> list[_Paper]:
    papers = []
    for element in etree.fromstring(body).iterfind(f"{{{ATOM}}}entry"):
        match = _PAPER.search(element.findtext(f"{{{ATOM}}}id", ""))
        papers.append(
            _Paper(
                element,
                match["id"] if match else "",
                element.findtext(f"{{{ATOM}}}published", ""),
                element.findtext(f"{{{ATOM}}}updated", ""),
            )
        )
    return papers


def _whole_number(request: Request, name: str, default: int) -> int:
    value = request.parameter(name) or str(default)
    if not value.isascii() or not value.isdigit():
        raise _RefusedError(f"{name} must be a non-negative integer")
    return int(value)


def _matching(papers: Sequence[_Paper], request: Request) -> list[_Paper]:
    found = list(papers)
    if id_list := request.parameter("id_list"):
        wanted = []
        for written in id_list.split(","):
            match = _PAPER.fullmatch(written.strip())
            if match is None:
                raise _RefusedError(f"incorrect id format for {written.strip()}")
            wanted.append(match["id"])
        found = [paper for paper in found if paper.arxiv_id in wanted]
    for match in _RANGE.finditer(request.parameter("search_query")):
        low, high = match["low"].ljust(14, "0"), match["high"].ljust(14, "9")
        field = _DATES[match["field"]]
        found = [p for p in found if low <= re.sub(r"\D", "", getattr(p, field)) <= high]
    return found


def _sorted(papers: list[_Paper], request: Request) -> list[_Paper]:
    order = request.parameter("sortBy", "relevance")
    if order not in {"relevance", *_DATES}:
        raise _RefusedError("sortBy must be in: relevance, lastUpdatedDate, submittedDate")
    descending = request.parameter("sortOrder", "descending") != "ascending"
    if order == "relevance":
        return papers if descending else papers[::-1]
    return sorted(papers, key=lambda p: getattr(p, _DATES[order]), reverse=descending)


def _feed(
    papers: Sequence[_Paper], *, start: int, size: int, request: Request, updated: str
) -> bytes:
    query = "&".join(f"{name}={request.parameter(name)}" for name in ("search_query", "id_list"))
    title = f"arXiv Query: {query}&start={start}&max_results={size}"
    digest = sha256(title.encode()).hexdigest()[:27]
    feed = _head(f"https://arxiv.org/api/{digest}", title, updated)
    etree.SubElement(feed, f"{{{ATOM}}}link", href=request.url, type="application/atom+xml")
    _totals(feed, per_page=size, total=len(papers), start=start)
    feed.extend(copy.deepcopy(paper.element) for paper in papers[start : start + size])
    return _written(feed)


def _error_feed(message: str, updated: str) -> bytes:
    feed = _head("https://arxiv.org/", "arXiv Search Results", updated)
    _totals(feed, per_page=1, total=1, start=0)
    address = f"https://arxiv.org/api/errors#{message.replace(' ', '_')}"
    entry = etree.SubElement(feed, f"{{{ATOM}}}entry")
    for name, text in (("id", address), ("title", "Error"), ("updated", updated)):
        _text(entry, ATOM, name, text)
    etree.SubElement(entry, f"{{{ATOM}}}link", href=address, rel="alternate", type="text/html")
    _text(entry, ATOM, "summary", message)
    author = etree.SubElement(entry, f"{{{ATOM}}}author")
    _text(author, ATOM, "name", "arXiv api core")
    return _written(feed)


def _written(feed: etree._Element) -> bytes:
    written: bytes = etree.tostring(feed, xml_declaration=True, encoding="UTF-8")
    return written


def _head(address: str, title: str, updated: str) -> etree._Element:
    feed = etree.fromstring(_EMPTY_FEED)
    for name, text in (("id", address), ("title", title), ("updated", updated)):
        _text(feed, ATOM, name, text)
    return feed


def _totals(feed: etree._Element, *, per_page: int, total: int, start: int) -> None:
    _text(feed, OPENSEARCH, "itemsPerPage", str(per_page))
    _text(feed, OPENSEARCH, "totalResults", str(total))
    _text(feed, OPENSEARCH, "startIndex", str(start))


def _text(parent: etree._Element, namespace: str, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{namespace}}}{name}").text = text
