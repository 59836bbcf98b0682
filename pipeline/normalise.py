"""A raw item made comparable: what it is, what it is about, and whether it changed.

Pure and total: every raw item becomes a candidate, however odd. Which candidates belong together
is decided by ``pipeline.cluster``, whether they matter by ``pipeline.score``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator

from pipeline.identity import Identity, identify, mentions
from pipeline.language import language_of
from pipeline.papers import arxiv
from store.models import Candidate, IdentityKey, Kind, RawItem

_INVISIBLE = re.compile(
    # controls that are no white space, soft hyphen, zero-width and bidirectional marks, byte
    # order mark, annotations, lone surrogates, noncharacters, tag characters
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


_LONGEST_TITLE = 1000
"""Characters. No headline comes near it; the raw item keeps all that was said."""


def normalise(item: RawItem) -> Candidate:
    """Make `item` comparable. Never raises.

    The kind is the source's word, else the address's, else an article. The keys are those of the
    address and of the facts that came with the item, those that name a paper or repository before
    plain addresses; an item without a web address is known by its source and the name that it
    has there.
    """
    identity = identify(item.url)
    keys = _keys(item, identity)
    mentioned = tuple(key for key in _mentions(item) if key not in keys)
    title = headline_of(item)
    return Candidate(
        item=item,
        kind=item.kind or identity.kind or _kind_of_facts(item),
        canonical_url=identity.canonical,
        keys=keys,
        mentions=mentioned,
        title=title,
        language=language_of(f"{title}\n{clean_line(item.summary)}"),
        published=item.published,
        content_hash=_content_hash(item, mentioned),
    )


def headline_of(item: RawItem) -> str:
    """The title of an item as a candidate has it: one line, and no longer than any headline."""
    title = clean_line(item.title)
    if len(title) > _LONGEST_TITLE:
        title = title[: _LONGEST_TITLE - 1].rstrip() + "…"
    return title


def clean_line(text: str) -> str:
    """`text` as one line, without characters that cannot be seen or stored.

    White space is folded; what is left is as the source gave it, entities included.
    """
    return " ".join(_INVISIBLE.sub("", text).split())


def _kind_of_facts(item: RawItem) -> Kind:
    if item.paper is not None:
        return Kind.PAPER
    return Kind.REPOSITORY if item.repository is not None else Kind.ARTICLE


def _keys(item: RawItem, identity: Identity) -> tuple[IdentityKey, ...]:
    keys = [*_keys_of_facts(item)]
    if identity.canonical.startswith("https://"):
        keys[:0] = identity.keys
    if not keys:
        name = f"item:{item.source}/{item.external_id}"
        keys = [IdentityKey(name.encode("utf-8", "backslashreplace").decode("utf-8"))]
    keys.sort(key=lambda key: key.startswith("url:"))
    return tuple(dict.fromkeys(keys))


def _keys_of_facts(item: RawItem) -> Iterator[IdentityKey]:
    paper, repository = item.paper, item.repository
    if paper is not None:
        preprint = arxiv((paper.arxiv_id or "").strip())
        if preprint:
            yield IdentityKey(preprint.key)
        for name in (paper.doi or "").split():  # arXiv's field may hold several
            doi = identify(f"doi:{name}")
            if doi.kind is Kind.PAPER:
                yield from doi.keys
    if repository is not None:
        named = identify(f"https://github.com/{repository.full_name}")
        if named.kind is Kind.REPOSITORY:
            yield from named.keys
        if repository.repository_id is not None:
            yield IdentityKey(f"github-id:{repository.repository_id}")


def _mentions(item: RawItem) -> tuple[IdentityKey, ...]:
    texts = [item.title, item.summary, item.text]
    links = list(item.links)
    if item.paper is not None:
        texts.append(item.paper.comment or "")
    if item.repository is not None:
        texts += (item.repository.description or "", item.repository.readme or "")
        links.append(item.repository.homepage or "")
    return mentions("\n".join(texts), links)


def _content_hash(item: RawItem, mentioned: tuple[IdentityKey, ...]) -> str:
    """Hash what a reader of the item would see.

    Numbers that move every night (stars, ranks, times of the last push) are no news and stay out;
    so does white space, which sources change without a word.
    """
    paper, repository = item.paper, item.repository
    seen = {
        "title": clean_line(item.title),
        "summary": clean_line(item.summary),
        "text": clean_line(item.text),
        "version": paper and paper.version,
        "venue": paper and clean_line(paper.venue or ""),
        "journal": paper and clean_line(paper.journal_ref or ""),
        "mentions": sorted(mentioned),
        "comment": paper and clean_line(paper.comment or ""),
        "archived": bool(repository and repository.archived),
        "release": item.external_id if item.kind is Kind.RELEASE else None,
    }
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode("ascii")).hexdigest()
