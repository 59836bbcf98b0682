"""The venue that accepted a paper, read from what its authors say about it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.once import once_each
from store.models import PaperFacts

_LONGEST = 1000
"""Characters read of a comment; arXiv's are shorter."""
_ADDRESS = re.compile(r"https?://\S+")
_YEAR = r"(?:19[89]|20[0-4])[0-9]"
_STATUS = re.compile(
    r"\b(?:(?P<pending>submi\w+|under (?:[\w-]+ )?review|in review|reject\w*)"
    r"|accept\w*|appear\w*|publish\w*|present\w*|proceedings)\b",
    re.IGNORECASE,
)
_NOT_THE_PAPER = re.compile(
    r"[\s-]+(?:submission|under review)\b"
    r"|(?:[\s-]+\w+){0,3}?[\s-]+(?:challenge|competition|format|style|template)s?\b",
    re.IGNORECASE,
)


def venue_of(comment: str | None, journal_ref: str | None, venues: tuple[str, ...]) -> str | None:
    """Read where a paper was accepted, such as ``CVPR 2026``; None where nothing says so.

    `comment` and `journal_ref` are arXiv's fields. `venues` are the names to look for; the answer
    has the name in this spelling, and the year in four digits where one stands beside the name.
    A workshop is called one (``MLSys 2021 Workshop``). What was submitted, or won a challenge at
    a conference, is not accepted there.
    """
    texts = [_ADDRESS.sub(" ", text[:_LONGEST]) for text in (comment, journal_ref) if text]
    found = [venue for text in texts for venue in _venues(text, venues)]
    with_year = (venue for venue in found if re.search(_YEAR, venue))
    return next(with_year, found[0] if found else None)


def venue_of_paper(paper: PaperFacts | None, venues: tuple[str, ...]) -> str | None:
    """The venue that a paper brings, else the one that its comment tells of; see `venue_of`."""
    if paper is None:
        return None
    return paper.venue or venue_of(paper.comment, paper.journal_ref, venues)


@once_each
def _mention(venues: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in sorted(venues, key=len, reverse=True))
    return re.compile(
        rf"(?:(?P<before>{_YEAR})\s(?:(?:IEEE|ACM|CVF|the)[/\s]){{0,3}})?"
        rf"(?<![A-Za-z0-9_-])(?P<name>{names})(?P<workshop>W(?![a-z]))?"
        rf"(?:(?P<joint>[\s,()]{{0,3}})(?P<after>{_YEAR})(?![0-9])"
        r"|\s?['’‘`-]?(?<!\s)(?P<short>9[0-9]|[0-3][0-9])(?![0-9])|(?![A-Za-z0-9]))",
        re.IGNORECASE,
    )


def _venues(text: str, venues: tuple[str, ...]) -> Iterator[str]:
    if not venues:
        return
    names = {name.casefold(): name for name in venues}
    for match in _mention(venues).finditer(text):
        name = names.get(match["name"].casefold())
        if name is None:  # without regard to case İ is an I, but no name of ours has it
            continue
        before = re.split(r"[.;]", text[: match.start()])[-1]
        after = text[match.end() :]
        status = [found["pending"] for found in _STATUS.finditer(before)]
        if (status and status[-1]) or _NOT_THE_PAPER.match(after) or not _meant(match, name):
            continue
        clause = before + re.split(r"[.;]", after)[0]
        workshop = match["workshop"] or re.search(r"\bworkshops?\b", clause, re.IGNORECASE)
        yield " ".join(filter(None, (name, _year(match, before), "Workshop" if workshop else "")))


def _year(match: re.Match[str], before: str) -> str:
    if match["short"]:
        return ("19" if match["short"][0] == "9" else "20") + match["short"]
    if not match["after"] and not match["before"] and before.endswith("("):
        # the name in brackets stands behind the full one, and the year before that
        years = set(re.findall(rf"(?<![0-9]){_YEAR}(?![0-9])", before))
        return years.pop() if len(years) == 1 else ""
    return match["after"] or match["before"] or ""


def _meant(match: re.Match[str], name: str) -> bool:
    """Whether a match is the name and not the word that it also is (date, nature, micro)."""
    inner_capitals = not name.isupper() and name[1:].lower() != name[1:]
    return match["name"] == name or inner_capitals or bool(match["short"]) or match["joint"] == ""
