"""What sources answered, without our secrets: what is stored is backed up, exported and shown.

A bridge's feed names its own address, with the access key in it; a service may put the token that
it refuses into its refusal. What asks a source keeps the secret; what is kept of the answer does
not need it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from config.secrets import Hider
from crawlers.source import Empty, Failed, Fetched, Items, Outcome, ParsedItems, Unparsable
from store.models import Payload, RawItem, SourceState
from store.rows import RAW_ITEM

O = TypeVar("O", Items, Empty, Unparsable, Failed)  # noqa: E741 - outcomes with pages


def without_secrets(outcome: Outcome, hide: Hider) -> Outcome:
    """Give the outcome as it may be stored."""
    if not hide.knows_any:
        return outcome
    noted = replace(outcome, notes=tuple(map(hide, outcome.notes)))
    match noted:
        case Items():
            articles = tuple(_payload(article, hide) for article in noted.articles)
            return replace(_pages(noted, hide), state=_state(noted.state, hide), articles=articles)
        case Empty():
            return replace(
                _pages(noted, hide), state=_state(noted.state, hide), reason=hide(noted.reason)
            )
        case Unparsable():
            return replace(_pages(noted, hide), reason=hide(noted.reason))
        case Failed():
            return replace(_pages(noted, hide), cause=hide(noted.cause))
        case _:
            return replace(noted, state=_state(noted.state, hide))


def _pages(outcome: O, hide: Hider) -> O:
    return replace(outcome, pages=tuple(_page(page, hide) for page in outcome.pages))


def _page(page: Fetched, hide: Hider) -> Fetched:
    parsed = page.parsed
    if isinstance(parsed, ParsedItems):
        parsed = replace(
            parsed,
            items=tuple(item_without_secrets(item, hide) for item in parsed.items),
            warnings=tuple(map(hide, parsed.warnings)),
        )
    return Fetched(payload=_payload(page.payload, hide), parsed=parsed)


def _payload(payload: Payload, hide: Hider) -> Payload:
    return replace(payload, url=hide(payload.url), body=hide.in_bytes(payload.body))


def item_without_secrets(item: RawItem, hide: Hider) -> RawItem:
    """Give the item as it may be stored."""
    said = RAW_ITEM.write(item)
    hidden = hide(said)
    return item if hidden == said else RAW_ITEM.read(hidden)


def _state(state: SourceState, hide: Hider) -> SourceState:
    """A state that forgets where a page moved to where that names a secret: it is found again."""
    moved_to = state.moved_to
    if moved_to is not None and hide(moved_to) != moved_to:
        moved_to = None
    return replace(state, moved_to=moved_to)
