"""What arXiv's feeds of new papers say of a paper.

Format: https://info.arxiv.org/help/rss_specifications.html. An entry's id is
``oai:arXiv.org:2508.13426v1``, its description ``arXiv:2508.13426v1 Announce Type: cross``, a
line feed, and ``Abstract:`` with the abstract; its authors stand in one line. A paper that is
announced once more, in another category or in a new version, is an item like any other. Answers
of the arXiv API are read in ``crawlers.arxiv_answer``.
"""

from __future__ import annotations

import re
from dataclasses import replace

from store.models import Kind, PaperFacts, RawItem

_ID = re.compile(
    r"oai:arXiv\.org:(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v(?P<version>\d{1,3}))?"
)
_FOREWORD = re.compile(r"\AarXiv:\S+\s+Announce Type:\s*[\w-]+\s+(?:Abstract:\s*)?")


def announced_paper(item: RawItem, categories: tuple[str, ...]) -> RawItem:
    """Give the paper that `item` announces; `item` itself where it is no announcement of arXiv's.

    `categories` are the entry's, the primary one first.
    """
    found = _ID.fullmatch(item.external_id)
    if found is None:
        return item
    version = found["version"]
    return replace(
        item,
        kind=Kind.PAPER,
        summary=" ".join(_FOREWORD.sub("", item.summary).split()),
        authors=tuple(
            name for authors in item.authors for name in re.split(r",\s+", authors.strip()) if name
        ),
        paper=PaperFacts(
            arxiv_id=found["id"],
            version=int(version) if version is not None else None,
            categories=categories,
        ),
    )
