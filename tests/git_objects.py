"""A git repository in memory: objects under the names that git itself gives them.

https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A line of a tree."""

    mode: str
    type: str
    sha: str


@dataclass(frozen=True)
class GitCommit:
    tree: str
    parents: tuple[str, ...]
    message: str


class GitObjects:
    """Blobs, trees and commits; what refers to one that is not there is a KeyError."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.trees: dict[str, dict[str, Entry]] = {}
        self.commits: dict[str, GitCommit] = {}

    def _object(self, kind: str, body: bytes) -> str:
        return hashlib.sha1(f"{kind} {len(body)}\0".encode() + body).hexdigest()

    def blob(self, body: bytes) -> str:
        """Keep a file's content; gives its name, as all that keep something do."""
        sha = self._object("blob", body)
        self.blobs[sha] = body
        return sha

    def tree(self, entries: dict[str, Entry]) -> str:
        def order(item: tuple[str, Entry]) -> str:
            return item[0] + ("/" if item[1].type == "tree" else "")

        ordered = dict(sorted(entries.items(), key=order))
        body = b"".join(
            f"{entry.mode.lstrip('0')} {name}\0".encode() + bytes.fromhex(entry.sha)
            for name, entry in ordered.items()
        )
        sha = self._object("tree", body)
        self.trees[sha] = ordered
        return sha

    def put(self, tree: str, path: list[str], entry: Entry) -> str:
        """A tree with an entry at a path."""
        name, *rest = path
        if rest:
            below = self.trees[tree].get(name)
            inner = below.sha if below and below.type == "tree" else self.tree({})
            entry = Entry("040000", "tree", self.put(inner, rest, entry))
        return self.tree({**self.trees[tree], name: entry})

    def commit(self, tree: str, parents: tuple[str, ...], message: str) -> str:
        # As on GitHub, two commits at two moments are two, whatever they hold.
        lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
        lines += [f"author desk <desk@example.org> {1_772_000_000 + len(self.commits)} +0000"]
        sha = self._object("commit", "\n".join([*lines, "", message]).encode())
        self.commits[sha] = GitCommit(tree, parents, message)
        return sha

    def history(self, sha: str) -> set[str]:
        """Every commit below one, without it."""
        found: set[str] = set()
        waiting = list(self.commits[sha].parents)
        while waiting:
            parent = waiting.pop()
            if parent not in found:
                found.add(parent)
                waiting += self.commits[parent].parents
        return found

    def between(self, base: str, head: str) -> list[str]:
        """The commits that `head` has beyond `base`, the earliest first."""
        known = {base, *self.history(base)}
        new = {head, *self.history(head)} - known
        return [sha for sha in self.commits if sha in new]

    def walk(self, tree: str, prefix: str = "") -> Iterator[tuple[str, bytes]]:
        """Every file by its path."""
        for name, entry in self.trees[tree].items():
            if entry.type == "tree":
                yield from self.walk(entry.sha, f"{prefix}{name}/")
            else:
                yield prefix + name, self.blobs[entry.sha]
