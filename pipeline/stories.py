"""Stories: a night's new candidates against those of the weeks around them.

For each new candidate the store is asked who shares a trait or a key with it, and only these are
held against it. What ties them is kept. Then the stories around every new tie are made again
from what ties their members, so that neither the order nor the night in which candidates came is
of any matter, and a candidate that says something else today can leave a story. What is decided
is in ``pipeline.joining``; the cost is that of the new candidates and of what resembles them.

Where embeddings are configured, their model is asked once for the headlines of a batch, before the
store is locked. Where it does not answer, stories are made without.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from datetime import datetime

from config.errors import SourceError
from config.settings import Settings
from config.story_settings import Lexicon
from crawlers.embedding import Embedder, build_embedder
from pipeline.joining.evidence import judge
from pipeline.joining.links import is_paper, is_repository
from pipeline.joining.meaning import NOTHING_KNOWN, Meanings, packed
from pipeline.joining.partition import Node, Pair, ordered, partition
from pipeline.joining.profile import profile_of
from pipeline.joining.traits import traits
from pipeline.joining.words import Vocabulary
from pipeline.once import once_each
from store.database import Store
from store.evidence import (
    Traced,
    find_by_keys,
    find_by_traits,
    load_companions,
    load_profiles,
    load_ties,
    load_to_compare,
    save_profiles,
    save_ties,
)
from store.models import CandidateId, Profile, Tie
from store.rulings import Ruling, load_rulings
from store.stories import load_members, save_partition

logger = logging.getLogger(__name__)

_BATCH = 500
_WEAK = 0.2
"""A chance below this is not kept."""
_LIKELY = 0.5
"""From this chance on two candidates are looked at together."""


@once_each
def vocabulary_of(lexicon: Lexicon) -> Vocabulary:
    """The vocabulary of a lexicon, built once a process."""
    return Vocabulary(lexicon)


def cluster_pending(
    store: Store, settings: Settings, now: datetime, *, embedder: Embedder | None = None
) -> int:
    """Give a story to the candidates that are new or changed; returns how many those were.

    `embedder` stands for the one that is configured.
    """
    done = 0
    asking = embedder is not None or settings.embeddings.provider != "off"
    while True:
        meanings = NOTHING_KNOWN
        if asking:
            # Before the transaction: nobody else could write while a service takes its time.
            waiting = load_members(store, load_to_compare(store, _BATCH))
            titles = [member.candidate.title for member in waiting]
            try:
                meanings = meanings_of(titles, settings, embedder)
            except SourceError as error:
                logger.warning("stories are made without embeddings: %s", error)
                asking = False  # nor will it answer for the next batch
        # One transaction: a run killed in it leaves the batch to be compared.
        with store.writing():
            batch = load_to_compare(store, _BATCH)
            if not batch:
                return done
            compare(store, settings, batch, meanings)
            rearrange(store, batch, now)
        done += len(batch)


def meanings_of(
    titles: Iterable[str], settings: Settings, embedder: Embedder | None = None
) -> Meanings:
    """Ask the configured embedder, or the one given, what headlines mean; raises `SourceError`."""
    told = sorted({title for title in titles if title.strip()})
    if not told:
        return NOTHING_KNOWN
    embedder = embedder or build_embedder(settings.embeddings, settings.network)
    if embedder is None:
        return NOTHING_KNOWN
    vectors = map(packed, embedder.embed(told))
    return Meanings(model=embedder.name, vectors=dict(zip(told, vectors, strict=True)))


def compare(
    store: Store,
    settings: Settings,
    batch: Collection[CandidateId],
    meanings: Meanings = NOTHING_KNOWN,
) -> None:
    """Find what ties these candidates to others and among each other, and keep it."""
    vocabulary = vocabulary_of(settings.lexicon)
    traced = []
    for member in load_members(store, batch):
        profile = meanings.given(profile_of(member, vocabulary))
        found = traits(profile, vocabulary.read(profile.title), vocabulary)
        traced.append(Traced(profile=profile, traits=found))
    save_profiles(store, traced)
    known = {entry.profile.id: entry.profile for entry in traced}
    ties: dict[Pair, Tie] = {}
    for entry in traced:
        others = {*find_by_traits(store, entry), *find_by_keys(store, entry.profile)}
        known |= load_profiles(store, sorted(others - known.keys()))
        for other in sorted(others & known.keys()):
            pair = ordered(entry.profile.id, other)
            if pair not in ties and not kept_apart(known[pair[0]], known[pair[1]]):
                a, b = known[pair[0]], known[pair[1]]
                tie = judge(a, b, vocabulary, settings.stories, _WEAK)
                if tie.never or tie.chance >= _WEAK:
                    ties[pair] = tie
    save_ties(store, [entry.profile.id for entry in traced], ties)


def kept_apart(a: Profile, b: Profile) -> bool:
    """Two arXiv papers or two repositories, which no story holds unless a key makes them one."""
    one, other = node_of(a), node_of(b)
    return (one.paper and other.paper) or (one.repository and other.repository)


def rearrange(store: Store, changed: Collection[CandidateId], now: datetime) -> None:
    """Make the stories around these candidates again from what ties their members."""
    ties: dict[Pair, Tie] = {}
    said: dict[int, Ruling] = {}
    around: set[CandidateId] = set()
    waiting = set(changed)
    while waiting:
        around |= waiting
        found = load_ties(store, waiting)
        ties |= found
        likely = {
            candidate for pair, tie in found.items() if tie.chance >= _LIKELY for candidate in pair
        }
        likely |= {one for candidate in waiting for one in load_companions(store, candidate)}
        for ruling in load_rulings(store, waiting):
            said[ruling.id] = ruling
            likely |= {*ruling.one, *ruling.other}
        waiting = likely - around
    rulings: dict[Pair, bool] = {}
    for _, ruling in sorted(said.items()):
        together = ruling.verdict == "merge"
        sides = [(a, b) for a in ruling.one for b in ruling.other]
        rulings |= {ordered(a, b): together for a, b in sides}
    nodes = [node_of(profile) for profile in load_profiles(store, sorted(around)).values()]
    save_partition(store, partition(nodes, ties, rulings), changed, now)


def node_of(profile: Profile) -> Node:
    """A candidate as it is put into a story."""
    return Node(
        id=profile.id,
        name=(profile.source, profile.external_id),
        keys=profile.keys,
        paper=is_paper(profile) and any(key.startswith("arxiv:") for key in profile.keys),
        repository=is_repository(profile),
    )
