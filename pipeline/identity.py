"""What makes two addresses the same thing, and what a text speaks of.

`identify` gives an address its identity keys: two addresses of one thing have the same first key,
and things that differ share none. `mentions` finds the papers and repositories that a text names,
so that an article can be joined to what it is about. What surrounds an address is taken away by
``pipeline.canonical``; what the sites' own addresses mean, ``pipeline.sites`` and
``pipeline.papers`` know.

A key is a scheme and a name: ``arxiv:1812.00332``, ``doi:10.1145/…``, ``openreview:…``, ``cvf:…``,
``acl:…``, ``neurips:…``, ``mlsys:…``, ``pmlr:…``, ``github:owner/name``, ``gist:…``,
``wechat:BIZ/MID/IDX``, ``wechat:s/…``, ``zhihu:p/…``, ``youtube:…``, ``bilibili:…``, and for all
else ``url:`` with the canonical address after its ``https://``. Every page of a repository is the
repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.canonical import canonical_url, locate
from pipeline.papers import ARXIV_ID, FLAGS
from store.models import CanonicalUrl, IdentityKey, Kind

__all__ = ["Identity", "canonical_url", "identify", "mentions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What an address says about the thing behind it."""

    url: str
    """As given."""
    keys: tuple[IdentityKey, ...]
    """The most telling first, never empty."""
    canonical: CanonicalUrl
    kind: Kind | None
    """None where the address does not say."""
    expiring: bool
    """The address stops working some hours after it was made."""


def identify(url: str) -> Identity:
    """Say what `url` names. Takes any string and never raises.

    Beside addresses it reads what people write for one: ``arXiv:1812.00332v2``,
    ``doi:10.1145/…``, ``git@github.com:owner/name.git``, ``github.com/owner/name``.
    """
    canonical, known = locate(url)
    key = known.key if known else "url:" + canonical.removeprefix("https://")
    return Identity(
        url=url,
        keys=(IdentityKey(key),),
        canonical=canonical,
        kind=known.kind if known else None,
        expiring=known.expiring if known else False,
    )


_IN_ADDRESS = r"[A-Za-z0-9._~%/?&=\#:+@;-]"
_MENTION = re.compile(
    # Only characters that addresses of papers and repositories are made of: full-width
    # punctuation and Chinese end an address, and so do brackets, quotes and commas. Every
    # repetition is bounded, and none can match one stretch in two ways.
    # Looking at one letter first makes the search five times as fast.
    rf"""
    (?=[hdgarowp1])(?:
      (?P<doi_prefix>
          (?:https?://)?(?:www\.|dx\.)?doi\.org/ | (?<![a-z])doi[ ]?[:：]?[ ]? | (?<![\w./:%-])
      )
      (?P<doi>10\.[0-9]{{4,9}}/[a-z0-9._;()/:-]{{1,200}})
    | (?P<address>
        (?: https?://
          | (?<![\w./@-])(?:www\.)?
            (?: (?:gist\.)?github\.com | raw\.githubusercontent\.com | arxiv\.org
              | openreview\.net | aclanthology\.org | openaccess\.thecvf\.com
              | papers\.nips\.cc | proceedings\.neurips\.cc | proceedings\.mlr\.press
            )/
        )
        (?: (?!https?://){_IN_ADDRESS} | \\_ ){{1,2000}}
      )
    | git@github\.com:(?P<repository>[\w.-]{{1,40}}/[\w.-]{{1,100}})
    | (?<![a-z0-9])arxiv(?:[ ]?id)?\s{{0,3}}[:：]?\s{{0,3}}(?P<arxiv>{ARXIV_ID})
    )
    """,
    FLAGS | re.VERBOSE,
)


def mentions(text: str, links: Iterable[str] = ()) -> tuple[IdentityKey, ...]:
    """Find the papers and repositories that `text` and then `links` name.

    `text` is plain text, or Markdown or HTML source; `links` are whole addresses. Gives each key
    once, in order of first appearance. Pages of an owner, a list or a conference are none.
    Linear in the length of `text`.
    """
    found: dict[IdentityKey, None] = {}
    for address in _addresses(text):
        _note(address, found)
    for link in links:
        _note(link, found)
    return tuple(found)


def _note(address: str, found: dict[IdentityKey, None]) -> None:
    identity = identify(address)
    key = identity.keys[0]
    if identity.kind in (Kind.PAPER, Kind.REPOSITORY) or key.startswith("gist:"):
        found[key] = None


def _addresses(text: str) -> Iterator[str]:
    """What in a running text may name a paper or a repository."""
    for match in _MENTION.finditer(text):
        if match["doi"]:
            name = _without_tail(match["doi"])
            # "10.2021/11" without a word that says DOI is any pair of numbers
            if match["doi_prefix"] or not name.rpartition("/")[2].isdigit():
                yield f"https://doi.org/{name}"
        elif match["arxiv"]:
            yield f"https://arxiv.org/abs/{match['arxiv']}"
        elif match["repository"]:
            yield f"https://github.com/{match['repository'].rstrip('.')}"
        else:
            address = match["address"].rstrip(".,;:?&=#+@~")
            cut_short = match["address"].endswith("...") or text.startswith("…", match.end())
            if not cut_short:  # "github.com/owner/na…" would name another repository
                yield _with_http(address.replace("\\_", "_"))


def _with_http(address: str) -> str:
    return address if address[:4].lower() == "http" else "https://" + address


def _without_tail(name: str) -> str:
    """A DOI without the punctuation of the sentence around it; its own brackets are balanced."""
    while name[-1:] in tuple(".;:/") or (name.endswith(")") and name.count(")") > name.count("(")):
        name = name[:-1]
    return name.rstrip("(")
