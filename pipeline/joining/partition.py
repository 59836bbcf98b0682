"""Candidates and what ties them -> stories. Pure; the order of its input is no matter.

1. What the editor put together is together, and what the editor parted stays apart, whatever
   else is said.
2. Candidates that share an identity key are one thing.
3. Firm ties (a report links its paper, a reprint has its text) join one after the other, the
   strongest first.
4. What is merely alike joins when the groups are alike on the whole: the mean of the chances
   over all pairs of the groups' things, of which a pair that nothing ties counts 0, must reach
   one half (average linkage). So A that resembles B and B that resembles C make no story of A
   and C that have nothing in common.

In 3 and 4 nothing joins across a tie that says *never*, and a story never holds two arXiv papers
or two repositories.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

from store.models import CandidateId, IdentityKey, Tie

Pair = tuple[CandidateId, CandidateId]
"""Two candidates, the smaller id first."""

_ENOUGH = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A candidate as it is put into a story."""

    id: CandidateId
    name: tuple[str, str]
    """Its source and what that calls it: orders candidates alike whichever came first."""
    keys: tuple[IdentityKey, ...]
    paper: bool
    """It is an arXiv paper."""
    repository: bool
    """It is a repository or a release of one."""


@dataclass(slots=True)
class _Group:
    members: list[Node]
    things: list[frozenset[CandidateId]] = field(default_factory=list)
    """What rules 1 to 3 joined; rule 4 averages over these."""

    @property
    def name(self) -> tuple[str, str]:
        return min(node.name for node in self.members)

    def conflicts(self, other: _Group) -> bool:
        return any(
            any(getattr(n, what) for n in self.members)
            and any(getattr(n, what) for n in other.members)
            for what in ("paper", "repository")
        )


class _Partition:
    def __init__(
        self, nodes: Iterable[Node], ties: Mapping[Pair, Tie], rulings: Mapping[Pair, bool]
    ) -> None:
        self.nodes = sorted(nodes, key=lambda node: node.name)
        self.ties = ties
        self.rulings = rulings
        self.name_of = {node.id: node.name for node in self.nodes}
        self.group_of = {node.id: _Group(members=[node]) for node in self.nodes}

    def groups(self) -> list[_Group]:
        """The groups as they are, in the order of their names."""
        seen: dict[int, _Group] = {}
        for node in self.nodes:
            group = self.group_of[node.id]
            seen.setdefault(id(group), group)
        return list(seen.values())

    def between(self, one: _Group, other: _Group) -> Iterator[Tie]:
        for a, b in product(one.members, other.members):
            tie = self.ties.get(ordered(a.id, b.id))
            if tie is not None:
                yield tie

    def ruled_apart(self, one: _Group, other: _Group) -> bool:
        return any(
            self.rulings.get(ordered(a.id, b.id)) is False
            for a, b in product(one.members, other.members)
        )

    def may_join(self, one: _Group, other: _Group) -> bool:
        return not (
            one is other
            or one.conflicts(other)
            or (self.rulings and self.ruled_apart(one, other))
            or any(tie.never for tie in self.between(one, other))
        )

    def join(self, one: _Group, other: _Group) -> None:
        one.members += other.members
        one.things += other.things
        for node in other.members:
            self.group_of[node.id] = one

    def by_rulings(self) -> None:
        known = self.group_of
        together = [
            pair for pair, is_one in self.rulings.items() if is_one and set(pair) <= known.keys()
        ]
        for a, b in sorted(together, key=self._names):
            one, other = known[a], known[b]
            if one is not other and not self.ruled_apart(one, other):
                self.join(one, other)

    def by_keys(self) -> None:
        bearers: dict[IdentityKey, list[Node]] = {}
        for node in self.nodes:
            for key in node.keys:
                bearers.setdefault(key, []).append(node)
        for _, nodes in sorted(bearers.items()):
            for place, node in enumerate(nodes):
                for earlier in nodes[:place]:
                    one, other = self.group_of[earlier.id], self.group_of[node.id]
                    if one is other:
                        break
                    if not (self.rulings and self.ruled_apart(one, other)):
                        self.join(one, other)
                        break

    def by_firm_ties(self) -> None:
        known = self.group_of.keys()
        firm = [
            (pair, tie)
            for pair, tie in self.ties.items()
            if tie.firm and not tie.never and set(pair) <= known
        ]
        for (a, b), _ in sorted(firm, key=lambda f: (-f[1].chance, self._names(f[0]))):
            one, other = self.group_of[a], self.group_of[b]
            if self.may_join(one, other):
                self.join(one, other)

    def by_likeness(self) -> None:
        for groups in self._connected():
            self._join_alike(groups)

    def _connected(self) -> list[list[_Group]]:
        """The groups, parted where no tie is strong enough to carry a join."""
        groups = self.groups()
        place = {id(group): number for number, group in enumerate(groups)}
        lead = list(range(len(groups)))

        def first(number: int) -> int:
            while lead[number] != number:
                lead[number] = number = lead[lead[number]]
            return number

        for (a, b), tie in self.ties.items():
            # A mean of one half needs one chance at least that reaches it.
            if tie.chance >= _ENOUGH and a in self.group_of and b in self.group_of:
                one, other = (first(place[id(self.group_of[c])]) for c in (a, b))
                lead[max(one, other)] = min(one, other)
        parts: dict[int, list[_Group]] = {}
        for number, group in enumerate(groups):
            parts.setdefault(first(number), []).append(group)
        return list(parts.values())

    def _join_alike(self, groups: list[_Group]) -> None:
        for group in groups:
            group.things = [frozenset(node.id for node in group.members)]
        while True:
            best: tuple[float, _Group, _Group] | None = None
            for one, other in combinations(groups, 2):
                likeness = self._likeness(one, other)
                if likeness >= _ENOUGH and (best is None or likeness > best[0]):
                    best = likeness, one, other
            if best is None:
                return
            _, one, other = best
            self.join(one, other)
            groups = sorted((g for g in groups if g is not other), key=lambda g: g.name)

    def _likeness(self, one: _Group, other: _Group) -> float:
        chances = [
            max(
                (
                    tie.chance
                    for a, b in product(x, y)
                    if (tie := self.ties.get(ordered(a, b))) is not None
                ),
                default=0.0,
            )
            for x, y in product(one.things, other.things)
        ]
        mean = sum(chances) / len(chances)
        return mean if mean >= _ENOUGH and self.may_join(one, other) else 0.0

    def _names(self, pair: Pair) -> list[tuple[str, str]]:
        # A candidate's number depends on when it came; its name does not.
        return sorted(self.name_of[one] for one in pair)


def ordered(a: CandidateId, b: CandidateId) -> Pair:
    """The two as a `Pair`."""
    return (a, b) if a < b else (b, a)


def partition(
    nodes: Sequence[Node], ties: Mapping[Pair, Tie], rulings: Mapping[Pair, bool]
) -> list[tuple[CandidateId, ...]]:
    """Part candidates into stories, each with its members' ids in rising order.

    `rulings` are the editor's: True where two belong together, False where they are apart.
    Quadratic in the number of nodes that are tied to one another, which are few.
    """
    made = _Partition(nodes, ties, rulings)
    made.by_rulings()
    made.by_keys()
    made.by_firm_ties()
    made.by_likeness()
    return [tuple(sorted(node.id for node in group.members)) for group in made.groups()]
