"""Which candidates are one story: those that share an identity key, directly or through others.

Pure. Similarity is not considered here; a mention joins nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from store.models import IdentityKey, StoryId
from store.stories import Grouping, Unassigned


def group(candidates: Sequence[Unassigned], known: Mapping[IdentityKey, StoryId]) -> list[Grouping]:
    """Put candidates together by their keys, and with the stories that `known` keys name.

    The outcome does not depend on the order of `candidates`: groups stand in the order of
    their smallest key. Cost is linear in the number of keys.
    """
    parent: dict[IdentityKey, IdentityKey] = {}

    def root(key: IdentityKey) -> IdentityKey:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    def join(a: IdentityKey, b: IdentityKey) -> None:
        low, high = sorted((root(a), root(b)))
        parent[high] = low

    for candidate in candidates:
        for key in candidate.keys:
            join(candidate.keys[0], key)
    anchor: dict[StoryId, IdentityKey] = {}
    for key in sorted(parent):
        if key in known:
            join(anchor.setdefault(known[key], key), key)

    keys: dict[IdentityKey, list[IdentityKey]] = {}
    for key in sorted(parent):
        keys.setdefault(root(key), []).append(key)
    members: dict[IdentityKey, list[Unassigned]] = {r: [] for r in keys}
    for candidate in candidates:
        members[root(candidate.keys[0])].append(candidate)
    return [
        Grouping(
            candidates=tuple(sorted(c.id for c in members[r])),
            keys=tuple(keys[r]),
            stories=tuple(sorted({known[k] for k in keys[r] if k in known})),
        )
        for r in sorted(keys)
    ]
