"""Multinomial logistic regression whose penalty pulls towards given weights instead of nothing.

What is known beforehand is the start, examples move the weights from there, and where there are
few, they stay near it. It is the maximum a posteriori estimate under a normal prior with that
mean: C. Bishop, Pattern Recognition and Machine Learning, 2006, sections 4.3.4 and 4.5.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import logsumexp

from pipeline.taste.table import Floats


def fit_from(
    start: Floats,
    rows: csr_matrix,
    classes: NDArray[np.intp],
    *,
    counts: Floats,
    penalty: float,
) -> Floats:
    """(m, k): the weights of `m` columns for `k` classes, learned from `n` rows.

    `start` (m, k) is where they are pulled to; `rows` (n, m), `classes` (n,) by their numbers;
    `counts` (n,) is what each row counts, and `penalty` is on half the squares of what is moved.
    There is one best answer; it is found to six places and more.
    """
    given = rows @ start
    wanted = np.eye(start.shape[1])[classes]

    def loss(flat: Floats) -> tuple[float, Floats]:
        moved = flat.reshape(start.shape)
        sums = given + rows @ moved
        total = logsumexp(sums, axis=1, keepdims=True)
        misses = counts @ (total[:, 0] - (sums * wanted).sum(axis=1))
        slope = rows.T @ ((np.exp(sums - total) - wanted) * counts[:, np.newaxis])
        return (
            float(misses + penalty / 2 * (moved * moved).sum()),
            (slope + penalty * moved).ravel(),
        )

    found = minimize(
        loss,
        np.zeros(start.size),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 1000, "ftol": 1e-15, "gtol": 1e-7},
    )
    weights: Floats = start + found.x.reshape(start.shape)
    return weights
