"""Examples as a table to learn from: a row a story, a column a token of its document.

Built once, and learned from as a whole or by some of its rows. It takes 12 bytes for every token of
a document that another one has too.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, count, islice
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pipeline.taste.features import tokens_of, values_of

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
    tokens: tuple[str, ...]
    """(m,): of the columns behind the first."""
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
        return Table(
            values=self.values[rows],
            tokens=self.tokens,
            picked=self.picked[rows],
            weight=self.weight[rows],
        )

    def sums(self, points: Mapping[str, float]) -> Floats:
        """(n,): what the tokens of each row come to at these points a token."""
        by_column = np.array([0.0, *(points.get(token, 0.0) for token in self.tokens)])
        found: Floats = self.values @ by_column
        return found


def tabulate(examples: Sequence[Example]) -> Table:
    """The table of these examples; tokens that only one of them has are left out."""
    numbers: defaultdict[str, int] = defaultdict(count(1).__next__)
    columns, values, ends = array("i"), array("d"), array("i", [0])
    shared = iter(_shared(examples))
    for example in examples:
        tokens = tokens_of(example.document)
        kept = list(islice(shared, len(tokens)))
        columns.append(0)
        values.append(example.rules)
        columns.extend(map(numbers.__getitem__, compress(tokens, kept)))
        values.extend(compress(values_of(tokens), kept))
        ends.append(len(columns))
    rows = tuple(map(np.asarray, (values, columns, ends)))
    return Table(
        values=csr_matrix(rows, shape=(len(examples), 1 + len(numbers))),
        tokens=tuple(numbers),
        picked=np.array([example.picked for example in examples], dtype=bool),
        weight=np.array([example.weight for example in examples], dtype=float),
    )


def _shared(examples: Sequence[Example]) -> list[bool]:
    """For each token of each example, whether others have it too; nearly always right if so.

    Most tokens stand in one document alone. They are told by a checksum, since a number for each
    would take more memory than all else.
    """
    sums = array("I")
    for example in examples:
        if example.document:
            sums.extend(map(crc32, example.document.encode("utf-8", "replace").split(b"\n")))
    _, kinds, counts = np.unique(np.asarray(sums), return_inverse=True, return_counts=True)
    shared: list[bool] = (counts > 1)[kinds].tolist()
    return shared
