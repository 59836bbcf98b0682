"""Links: well-formed, permanent, without trackers, alive."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pipeline.address import read_address
from pipeline.check.finding import Code, Finding
from pipeline.check.subject import Subject
from pipeline.identity import identify
from pipeline.issue_reading import LinkPlace
from pipeline.surroundings import TRACKING, TRACKING_AT

if TYPE_CHECKING:  # what asks the links brings the whole downloader
    from crawlers.liveness import LinkState

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PUNCTUATION = re.compile(r"[\u3000-\u303f\uff00-\uff65“”‘’—…·]")
"""Chinese and full-width punctuation and signs, which no address holds unescaped."""
_GLUED = re.compile(rf"(?<=[A-Za-z0-9._-])[{_HAN}]")
"""A Chinese character right behind a Latin one. One that begins a path's part is a name."""
_SECOND = re.compile(r"[^/=:]https?://", re.IGNORECASE)
"""An address glued to another. Archives and redirectors carry one behind ``/``, ``=`` or ``:``."""
_TRAILING = re.compile(r"[.,;:!?'\"*]+$")
_PAIRS = ("()", "[]", "{}")

_MARKUP = (
    (re.compile(r"\]\s+\(\s*https?://"), "a blank parts the words of a link from its address"),
    (re.compile(r"\]（\s*https?://"), "the address of a link stands in full-width brackets"),
    (re.compile(r"[】］]\(\s*https?://"), "the words of a link stand in full-width brackets"),
    (re.compile(r"\]\([^()\s]*\)\(\s*https?://"), "the address of a link stands there twice"),
    (re.compile(r"\]\(https?://[^()\s]*）(?!\))"), "a link ends with a full-width bracket"),
)
_OPEN_END = re.compile(r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\s*$")
_CODE = re.compile(r"`[^`]*`")
_AFTER_BARE = re.compile(rf"[{_HAN}]|{_PUNCTUATION.pattern}")


def check_links(subject: Subject, liveness: Mapping[str, LinkState] | None) -> Iterator[Finding]:
    """Look at every link of the issue, and at how links are written."""
    for link in subject.links:
        yield from _written(subject, link)
        if liveness is not None and link.url in liveness:
            yield from _alive(subject, link, liveness[link.url])
    for number in subject.body:
        yield from _markup(subject, number)


def opens(url: str) -> bool:
    """Whether an address can be asked for at all."""
    return bool(url) and fault_of(url) is None


def fault_of(url: str) -> str | None:
    """Say what is wrong with how an address is written; None where nothing is."""
    if re.search(r"\s", url):
        return "holds a blank"
    if not re.match(r"https?://", url, re.IGNORECASE):
        return "does not begin with http:// or https://"
    if found := _PUNCTUATION.search(url):
        return f"holds {found[0]}"
    if _SECOND.search(url):
        return "is two addresses in one"
    for pair in _PAIRS:
        if url.count(pair[0]) != url.count(pair[1]):
            return f"has a single {pair[0] if url.count(pair[0]) > url.count(pair[1]) else pair[1]}"
    if found := _TRAILING.search(url):
        return f"ends with {found[0]}"
    address = read_address(url)
    if address is None or not re.search(r"[.:]|^localhost$", address.host):
        return "names no host"
    return None


def _written(subject: Subject, link: LinkPlace) -> Iterator[Finding]:
    if not link.url:
        yield subject.finding(
            Code.LINK_EMPTY, link.line, f"the link {_shown(link.label)} has no address"
        )
        return
    if fault := fault_of(link.url):
        yield subject.finding(Code.LINK_MALFORMED, link.line, f"{_shown(link.url)} {fault}")
        return
    if _runs_into_text(subject, link):
        yield subject.finding(
            Code.LINK_RUNS_INTO_TEXT,
            link.line,
            f"{_shown(link.url)} is followed by text without a blank, which becomes part of it",
        )
    if identify(link.url).expiring:
        yield subject.finding(
            Code.LINK_EXPIRING,
            link.line,
            f"{_shown(link.url)} is a search engine's link that stops opening within hours",
        )
    elif (trackers := _trackers(link.url)) and not _is_image(subject, link):
        yield subject.finding(
            Code.LINK_TRACKING,
            link.line,
            f"{_shown(link.url)} carries {', '.join(trackers)}, which it opens without",
        )


def _runs_into_text(subject: Subject, link: LinkPlace) -> bool:
    """Whether what follows a bare address is taken for a part of it where it becomes a link."""
    if _GLUED.search(link.url):
        return True
    if link.label:
        return False
    line = subject.line(link.line)
    ends = (match.end() for match in re.finditer(re.escape(link.url), line))
    return any(_AFTER_BARE.match(line, end) for end in ends)


def _is_image(subject: Subject, link: LinkPlace) -> bool:
    """Whether the link shows a picture; its parameters are the server's own business."""
    return f"![{link.label}]({link.url}" in subject.line(link.line)


def _trackers(url: str) -> list[str]:
    address = read_address(url)
    if address is None:
        return []
    local = TRACKING_AT.get(address.host, frozenset())
    names = (name for name, _ in address.query)
    return [name for name in names if name in local or TRACKING.fullmatch(name)]


def _alive(subject: Subject, link: LinkPlace, state: LinkState) -> Iterator[Finding]:
    match state.status:
        case "gone":
            said = f"{_shown(link.url)} is gone: {state.cause}"
            yield subject.finding(Code.LINK_GONE, link.line, said)
        case "redirected":
            said = f"{_shown(link.url)} {state.cause}: {_shown(state.final_url)}"
            yield subject.finding(Code.LINK_REDIRECTED, link.line, said)
        case "unknown":
            said = f"{_shown(link.url)} could not be looked at: {state.cause}"
            yield subject.finding(Code.LINK_UNKNOWN, link.line, said)


def _markup(subject: Subject, number: int) -> Iterator[Finding]:
    line = _CODE.sub("", subject.line(number))
    for pattern, fault in _MARKUP:
        if pattern.search(line):
            yield subject.finding(Code.LINK_MARKUP, number, fault)
    if _OPEN_END.search(line):
        if subject.line(number + 1).lstrip().startswith(")"):
            yield subject.finding(
                Code.LINK_OVER_LINES, number, "a link's bracket closes only on the next line"
            )
        else:
            yield subject.finding(Code.LINK_MARKUP, number, "a link's bracket is never closed")


def _shown(text: str) -> str:
    """Words or an address as a message has them: whole unless they fill a line."""
    return text if len(text) <= 80 else text[:77] + "…"
