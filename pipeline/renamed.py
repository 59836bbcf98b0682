"""Items that their source calls by another id than before.

A guid should be an item's own for ever (https://www.rssboard.org/rss-specification,
``<guid>``). There are feeds that make new ones with every answer, and sites that change all of
them when they move to https or to other software. Such an item is what it was: it keeps the id
that it is known by, or each night it would be new, and there twice.

The id outranks the address: different items may be at one address, and the source tells them
apart. So an item is taken for a known one only where its id is new, nothing else in the answer is
at its address, the source no longer uses the known one's id, and they agree in the headline or in
the date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from pipeline.identity import Identity, identify
from pipeline.normalise import headline_of
from store.candidates import load_named
from store.database import Store
from store.items import load_known
from store.models import RawItem, SourceName


def under_known_ids(
    store: Store, source: SourceName, items: Sequence[RawItem]
) -> tuple[RawItem, ...]:
    """Give the items of a source's answer, each under the id by which it is known, if it is."""
    taken = {item.external_id for item in items}
    new = taken - load_known(store, source, taken)
    if not new:
        return tuple(items)
    addresses = {item.url: identify(item.url) for item in items}
    different = {(item.external_id, addresses[item.url].canonical) for item in items}
    uses = Counter(address for _, address in different)
    known_as: dict[str, str] = {}
    for item in items:
        address = addresses[item.url]
        if item.external_id in new and uses[address.canonical] == 1:
            new.discard(item.external_id)
            known = _known_id(store, source, item, address, taken)
            if known is not None:
                known_as[item.external_id] = known
                taken.add(known)
    return tuple(
        replace(item, external_id=known_as.get(item.external_id, item.external_id))
        for item in items
    )


def _known_id(
    store: Store, source: SourceName, item: RawItem, address: Identity, taken: Collection[str]
) -> str | None:
    if not address.canonical.startswith("https://"):
        return None
    headline = headline_of(item)
    date = item.published and item.published.replace(microsecond=0)
    for known in load_named(store, source, address.keys[0], address.canonical):
        agree = known.title == headline or (date is not None and known.published == date)
        if agree and known.external_id not in taken:
            return known.external_id
    return None
