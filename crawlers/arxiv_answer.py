"""An answer of the arXiv API as papers. Pure: bytes in, values out.

An entry is read by the arxiv package itself, one at a time, so that an entry that it cannot read
costs no other. What the package leaves to its caller is done here: telling the three kinds of
answer apart (papers, none, an error), and making ids, one-line texts and links of its results.
Asking for answers is left to ``crawlers.arxiv_client``; conferences in comments to the pipeline.

Format: https://info.arxiv.org/help/api/user-manual.html, section 3.3.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import arxiv
import requests
from lxml import etree

from crawlers.source import Parsed, ParsedEmpty, ParsedItems, ParsedRefusal, ParsedUnparsable
from store.models import Kind, PaperFacts, Payload, RawItem, SourceName

PUBLISHER: Final = "arXiv"
_NS: Final = {
    "atom": "http://www.w3.org/2005/Atom",
    "opensearch": "http://a9.com/-/spec/opensearch/1.1/",
}
_PAPER: Final = re.compile(
    r"arxiv\.org/abs/(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v(?P<version>\d{1,4}))?$",
    re.ASCII,
)
_ERROR: Final = "arxiv.org/api/errors"
_ADDRESS: Final = re.compile(
    r"(?:https?://|(?<![\w./@-])(?:www\.)?(?=github\.com/[\w-]+/[\w.-]))"
    r"[^\s<>\"'`{}|^\u0080-\u00a0\u2000-\u206f\u3000-\u303f\uff00-\uffef]+",
    re.IGNORECASE,
)
"""Up to what cannot stand in an address: white space, quotes, braces (``\\url{…}``), CJK
punctuation. Code is often given as ``github.com/owner/name`` without a scheme."""
_TRAILING: Final = ".,;:!?*_~$\\"


def parse_arxiv(
    payload: Payload, *, source: SourceName, section: str | None = None, publisher: str = PUBLISHER
) -> Parsed:
    """Read an answer of the arXiv API; `section` and `publisher` are given to every paper."""
    feed = _feed(payload.body)
    if feed is None:
        return ParsedUnparsable(reason="is no Atom feed")
    if refused := error_in(payload.body):
        return ParsedRefusal(reason=refused, retryable=False)
    entries = feed.findall("atom:entry", _NS)
    if not entries:
        return _without_entries(listing(payload.body))
    items: list[RawItem] = []
    lost: list[str] = []
    reader = _EntryReader()
    for entry in entries:
        said_id = entry.findtext("atom:id", "", _NS).strip()
        try:
            result = reader.read(entry)
        except (ValueError, OverflowError) as error:
            lost.append(f"entry {said_id!r} left out: {error}")
            continue
        paper = _PAPER.search(said_id)
        if result is None or paper is None:
            lost.append(f"entry {said_id!r} left out: no id of a paper, or no date")
            continue
        items.append(_item(result, paper, source=source, section=section, publisher=publisher))
    if not items:
        return ParsedUnparsable(reason=f"none of {len(entries)} entries is a paper: {lost[0]}")
    return ParsedItems(items=tuple(items), warnings=tuple(lost))


def error_in(body: bytes) -> str | None:
    """What the API says to a query that it does not accept; None where it does not say so.

    It answers with an entry whose id is an address of an error and whose summary explains it.
    """
    feed = _feed(body)
    for entry in () if feed is None else feed.iterfind("atom:entry", _NS):
        if _ERROR in entry.findtext("atom:id", "", _NS):
            said = _one_line(entry.findtext("atom:summary", "", _NS))
            return f"arXiv refused the query: {said}" if said else "arXiv refused the query"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which part of all results an answer lists."""

    total: int
    start: int
    """Number of the first entry, from 0."""
    entries: int

    @property
    def is_hole(self) -> bool:
        """It lists nothing although there is something to list.

        The API does that now and then, and lists it when it is asked again.
        """
        return self.entries == 0 and self.total > self.start


def listing(body: bytes) -> Listing | None:
    """Read which part of the results an answer lists; None where it is no answer of the API."""
    feed = _feed(body)
    total = None if feed is None else _number(feed, "totalResults")
    if feed is None or total is None:
        return None
    entries = len(feed.findall("atom:entry", _NS))
    return Listing(total=total, start=_number(feed, "startIndex") or 0, entries=entries)


class _EntryReader:
    """The arxiv package, reading entries that are here already."""

    def __init__(self) -> None:
        self._session = _Replay()
        self._client = arxiv.Client(page_size=1, delay_seconds=0, num_retries=0)
        # The package's only way to its reading of an entry is through its session.
        self._client._session = self._session

    def read(self, entry: etree._Element) -> arxiv.Result | None:
        """Read an entry; None where it lacks what makes one. Raises ValueError for bad dates."""
        feed = etree.Element(f"{{{_NS['atom']}}}feed")
        feed.append(entry)
        self._session.body = etree.tostring(feed)
        return next(self._client.results(arxiv.Search()), None)


class _Replay(requests.Session):
    """Answers every request with the same bytes."""

    body: bytes

    def get(self, *_: Any, **__: Any) -> requests.Response:
        answer = requests.Response()
        answer.status_code = HTTPStatus.OK
        answer.raw = io.BytesIO(self.body)
        return answer


def _feed(body: bytes) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root: etree._Element | None = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root if root is not None and root.tag == f"{{{_NS['atom']}}}feed" else None


def _without_entries(listed: Listing | None) -> Parsed:
    if listed is None:
        return ParsedUnparsable(reason="is no answer of the arXiv API: it gives no totalResults")
    if listed.is_hole:
        return ParsedUnparsable(reason=f"lists nothing, although there are {listed.total} results")
    return ParsedEmpty(
        reason=f"no more than {listed.total} results" if listed.total else "no results"
    )


def _number(feed: etree._Element, name: str) -> int | None:
    text = feed.findtext(f"opensearch:{name}", "", _NS).strip()
    return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else None


def _item(
    result: arxiv.Result,
    paper: re.Match[str],
    *,
    source: SourceName,
    section: str | None,
    publisher: str,
) -> RawItem:
    url = f"https://arxiv.org/abs/{paper['id']}"
    categories = dict.fromkeys([result.primary_category, *result.categories])
    return RawItem(
        source=source,
        external_id=paper["id"],
        url=url,
        title=_one_line(result.title),
        kind=Kind.PAPER,
        summary=_one_line(result.summary),
        published=result.published,
        updated=result.updated,
        authors=tuple(name for a in result.authors if (name := _one_line(a.name))),
        publisher=publisher,
        language="en",
        links=addresses_in(f"{result.summary}\n{result.comment or ''}", without=url),
        paper=PaperFacts(
            arxiv_id=paper["id"],
            version=int(paper["version"]) if paper["version"] else None,
            categories=tuple(category for category in categories if category),
            comment=_one_line(result.comment) or None,
            journal_ref=_one_line(result.journal_ref) or None,
            doi=_one_line(result.doi) or None,
        ),
        section=section,
    )


def addresses_in(text: str, *, without: str = "") -> tuple[str, ...]:
    """The http addresses in an abstract or comment, in order, each once, but not `without`.

    LaTeX's escapes are undone. The punctuation that ends a sentence is no part of an address, nor
    is what follows a closing bracket that the address itself did not open.
    """
    found = dict.fromkeys(
        address
        for match in _ADDRESS.finditer(re.sub(r"\\([_#%&~-])", r"\1", text))
        if (address := _trimmed(match[0]))
    )
    found.pop(without, None)
    return tuple(found)


def _trimmed(address: str) -> str:
    for position, character in enumerate(address):
        opening = {")": "(", "]": "["}.get(character)
        if opening and address.count(opening, 0, position) < address.count(
            character, 0, position + 1
        ):
            address = address[:position]
            break
    address = address.rstrip(_TRAILING)
    if not address.lower().startswith(("http://", "https://")):
        address = f"https://{address}"
    return address if re.match(r"https?://[^/?#]*\w\.\w", address, re.IGNORECASE) else ""


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())
