"""Examples as a table to learn from: a row a story, a column a token of its document.

Built once, and learned from as a whole or by some of its rows. It takes 12 bytes for every token of
a document that another one has too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pipeline.taste.features import counts_of, tokens_of, weights_of

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
"""Numbers of rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A story that was in the stream, and what became of it."""

    document: str
    rules: float
    """The rules' score."""
    picked: bool
    weight: float = 1.0
    """1 for what the editor picked or saw, less for what others list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Examples in their order; `n` of them, with `m` tokens among them."""

    values: csr_matrix
    """(n, 1 + m): the rules' score, then what each token weighs in the document."""
    documents: tuple[str, ...]
    """Those that it was made of, whatever rows were taken since."""
    where: Rows
    """(m, 2): a document that has the token of a column behind the first, and its place there."""
    picked: NDArray[np.bool_]
    """(n,)"""
    weight: Floats
    """(n,)"""

    @property
    def rules(self) -> Floats:
        """(n,): the rules' scores."""
        first: Floats = self.values[:, [0]].toarray().ravel()
        return first

    def take(self, rows: Rows) -> Table:
        """The table of some of the rows, in this order, with all tokens."""
        return replace(
            self, values=self.values[rows], picked=self.picked[rows], weight=self.weight[rows]
        )

    def tokens(self, columns: Rows) -> Iterator[str]:
        """The tokens of some columns; 0 is the one behind the rules' score."""
        where = self.where[columns].tolist()
        for document, places in groupby(where, key=itemgetter(0)):
            found = tokens_of(self.documents[document])
            yield from (found[place] for _, place in places)

    def sums(self, points: Floats) -> Floats:
        """(n,): what the tokens of each row come to at these (m,) points a token."""
        found: Floats = self.values @ np.concatenate(([0.0], points))
        return found


def tabulate(examples: Sequence[Example]) -> Table:
    """The table of these examples; tokens that only one of them has are left out."""
    documents = tuple(example.document for example in examples)
    counted = [counts_of(one) for one in documents]
    counts = np.array(counted, dtype=np.intp).ravel()
    weights = np.array([weights_of(count) for count in counted], dtype=float).ravel()
    ends = np.concatenate(([0], np.cumsum([sum(count) for count in counted], dtype=np.intp)))
    columns, firsts = _columns(documents, int(ends[-1]))
    kept = columns >= 0
    inside = np.concatenate(([0], kept.cumsum()))[ends]
    # The rules' score goes before the tokens of its row.
    values = np.insert(
        np.repeat(weights, counts)[kept], inside[:-1], [one.rules for one in examples]
    )
    numbers = np.insert(columns[kept] + 1, inside[:-1], 0).astype(np.int32)
    bounds = (inside + np.arange(len(inside))).astype(np.int32)
    bearers = np.searchsorted(ends, firsts, side="right") - 1
    return Table(
        values=csr_matrix((values, numbers, bounds), shape=(len(documents), 1 + len(firsts))),
        documents=documents,
        where=np.stack((bearers, firsts - ends[bearers]), axis=1),
        picked=np.array([example.picked for example in examples], dtype=bool),
        weight=np.array([example.weight for example in examples], dtype=float),
    )


def _columns(documents: Sequence[str], total: int) -> tuple[Rows, Rows]:
    """The column of each of so many tokens, -1 where no other is like it, and each one's first.

    Columns are numbered in the order in which tokens are met. Tokens are told by their hashes,
    since a dictionary of them would take more time and memory than all else; two of ten million
    have the same one in one of 300,000 tables, and would share a column.
    """
    tokens = chain.from_iterable(map(tokens_of, documents))
    hashes = np.fromiter(map(hash, tokens), np.int64, total)
    _, firsts, kinds, counts = np.unique(
        hashes, return_index=True, return_inverse=True, return_counts=True
    )
    shared = np.flatnonzero(counts > 1)
    shared = shared[np.argsort(firsts[shared])]
    numbers = np.full(len(counts), -1, dtype=np.intp)
    numbers[shared] = np.arange(len(shared))
    return numbers[kinds], firsts[shared]
