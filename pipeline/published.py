"""What counts as having run with an item of an issue, and what is news about it since. Pure.

Every link of an item, the papers and repositories that its text names, and its title. Titles are
keys too: the whole of it, and its beginning and end, under which near-identical ones are found
and then compared. Numbers must be the same: one part of a series is not another.

A story that ran comes back only when something new happened to it: a release since, the code of
a paper that ran without, the paper behind a project that ran without, or a new version of the
paper that has another title or a venue.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from pipeline.identity import identify, mentions
from pipeline.issue_links import item_links
from pipeline.venue import venue_of_paper
from store.issues import Ran
from store.models import Candidate, Draft, IdentityKey, Kind, Story

_EDGE = 6
"""Characters at the beginning or end of a title that near-identical ones share."""
_SHORTEST = 8
"""Characters of a title from which it can be told from others; "周报" cannot."""
_ALIKE = 0.86
"""How much of two titles must be the same, as `difflib` has it."""
_TAIL = re.compile(r"\s*[|｜丨]\s*[^|｜丨]{1,14}$")


def keys_of_draft(draft: Draft) -> tuple[IdentityKey, ...]:
    """Everything that counts as having run with an item, its nested items included."""
    keys: dict[IdentityKey, None] = {}
    for item in (draft, *draft.items):
        urls = [item.url, *(link.url for link in item_links(item))]
        for url in filter(None, urls):
            keys |= dict.fromkeys(identify(url).keys)
        texts = (*item.tags, item.title, item.details, item.summary)
        keys |= dict.fromkeys(mentions("\n".join(texts)))
        keys |= dict.fromkeys(_title_keys(item.title))
    return tuple(keys)


def keys_of_story(story: Story) -> tuple[IdentityKey, ...]:
    """The keys under which a story that ran would be found."""
    keys: dict[IdentityKey, None] = {}
    for member in story.members:
        keys |= dict.fromkeys(member.candidate.keys)
        if member.candidate.kind is Kind.ARTICLE:
            keys |= dict.fromkeys(_title_keys(member.candidate.title))
    return tuple(keys)


def same_thing(story: Story, ran: Sequence[Ran]) -> list[Ran]:
    """The items, of those that share a key with the story, that are about the same thing."""
    own = {key for member in story.members for key in member.candidate.keys}
    titles = [m.candidate.title for m in story.members if m.candidate.kind is Kind.ARTICLE]
    return [
        item
        for item in ran
        if own & set(item.keys)
        or any(alike(title, other) for title in titles for other in _titles(item.draft))
    ]


def alike(one: str, other: str) -> bool:
    """Whether two titles are the same but for punctuation, a medium's name, a word or two."""
    a, b = _folded(one), _folded(other)
    if min(len(a), len(b)) < _SHORTEST or _numbers(a) != _numbers(b):
        return False
    return a == b or SequenceMatcher(None, a, b, autojunk=False).ratio() >= _ALIKE


def news_about(story: Story, ran: Sequence[Ran], venues: tuple[str, ...]) -> tuple[str, ...]:
    """What happened to a story since the issues that ran it, one fact each. Empty: nothing.

    `ran` are those issues' items, the latest first; `venues` as for `venue_of`.
    """
    known = {fact for item in ran for fact in item.basis}
    keys = {key for item in ran for key in item.keys}
    facts: dict[str, None] = {}
    for member in story.members:
        facts |= dict.fromkeys(_news_of(member.candidate, ran, keys, venues))
    return tuple(sorted(fact for fact in facts if fact not in known))


def _news_of(
    candidate: Candidate, ran: Sequence[Ran], keys: set[IdentityKey], venues: tuple[str, ...]
) -> Iterator[str]:
    had_code = any(key.startswith("github:") for key in keys)
    had_paper = any(key.startswith("arxiv:") for key in keys)
    if candidate.kind is Kind.RELEASE:
        published = candidate.published
        if published is None or published.date() > ran[0].date:
            yield f"新版本 {candidate.title}"
    elif candidate.kind is Kind.PAPER:
        if not had_paper:
            yield f"论文 {candidate.keys[0]}"
        elif not had_code:
            yield from (f"代码 {k}" for k in candidate.mentions if k.startswith("github:"))
        yield from _new_version(candidate, ran, venues)
    elif candidate.kind is Kind.REPOSITORY:
        if not had_code:
            yield f"代码 {candidate.keys[0]}"
        elif not had_paper:
            yield from (f"论文 {k}" for k in candidate.mentions if k.startswith("arxiv:"))


def _new_version(
    candidate: Candidate, ran: Sequence[Ran], venues: tuple[str, ...]
) -> Iterator[str]:
    paper, updated = candidate.item.paper, candidate.item.updated
    if paper is None or (paper.version or 1) < 2 or updated is None:
        return
    if updated.date() <= ran[0].date:
        return
    titles = {_folded(title) for item in ran for title in _titles(item.draft)}
    venue = venue_of_paper(paper, venues)
    printed = " ".join(tag for item in ran for tag in item.draft.tags)
    if _folded(candidate.title) not in titles:
        yield f"{candidate.keys[0]} v{paper.version}：新标题"
    elif venue and _folded(venue) not in _folded(printed):
        yield f"收录于 {venue}"


def _titles(draft: Draft) -> list[str]:
    return [item.title for item in (draft, *draft.items) if item.title]


def _title_keys(title: str) -> Iterable[IdentityKey]:
    folded = _folded(title)
    if len(folded) < _SHORTEST:
        return ()
    return (
        IdentityKey(f"head:{folded[:_EDGE]}"),
        IdentityKey(f"tail:{folded[-_EDGE:]}"),
    )


def _folded(title: str) -> str:
    """Letters and digits alone, without case, width, and the medium behind the last bar."""
    plain = unicodedata.normalize("NFKC", _TAIL.sub("", title)).casefold()
    return "".join(c for c in plain if c.isalnum())


def _numbers(folded: str) -> list[str]:
    return re.findall(r"\d+", folded)
