"""A long row held by sums: what each purchaser has of it is a column of its own, and few such columns make the row.

The same points keep it. But a cut is made of rows, and one over thousands of quantities makes every round of cuts, and
every relaxation after it, slow; a purchaser's part is short.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from scipy import sparse

from gpsopt.model.facts import Ints
from gpsopt.solving.instance import Array, append, ok

LONG: Final = 1_500  # columns: a row over more of them is held by sums


class Sums:
    """The columns that stand for sums, behind the model's own."""

    def __init__(self, part: Ints | None, columns: int) -> None:
        """`part`: whose each column is; without it rows are held as they are."""
        self._part = part
        self._parts: Any = sparse.csr_array(
            (0, columns)
        )  # per sum, in its unit: what it adds up of the model's columns

    def extended(self, inside: Array) -> Array:
        """A point of the model's columns with its sums behind it."""
        return np.append(inside, self._parts @ inside)

    def hold(
        self, h: Any, weights: Array, limits: tuple[float, float], column_lower: Array, column_upper: Array
    ) -> int:  # fmt: skip
        """Rows more at the end: lower <= weights . x <= upper, one of the limits finite; where the last of them stands.

        A sum may lie on the wrong side of its part only, so that each is an inequality: of an equation the solver's
        presolve would put the parts back into one row.
        """
        assert self._part is not None
        at = np.flatnonzero(weights)
        at = at[np.argsort(self._part[at], kind="stable")]
        ends = np.append(np.unique(self._part[at], return_index=True)[1], len(at))
        parts = sparse.csr_array((weights[at], at, ends), shape=(len(ends) - 1, len(weights)))
        least = parts.maximum(0.0) @ column_lower + parts.minimum(0.0) @ column_upper
        most = parts.maximum(0.0) @ column_upper + parts.minimum(0.0) @ column_lower
        size = np.maximum(np.abs(least), np.abs(most))
        units = 2.0 ** np.round(np.log2(np.maximum(1.0, np.where(np.isfinite(size), size, 1.0) / 1000.0)))
        first, own = h.getNumCol(), (0.0, np.inf) if np.isfinite(limits[0]) else (-np.inf, 0.0)
        for place, (low, up) in enumerate(zip(least / units, most / units, strict=True)):
            ok(h.addCol(0.0, low, up, 0, [], []))
            row = np.zeros(first + place + 1)
            row[at[ends[place] : ends[place + 1]]] = weights[at[ends[place] : ends[place + 1]]]
            row[-1] = -units[place]
            append(h, row, *own)
        append(h, np.append(np.zeros(first), units), *limits)
        self._parts = sparse.vstack([self._parts, sparse.diags_array(1.0 / units) @ parts], format="csr")
        return int(h.getNumRow()) - 1

    def long_rows(self, matrix: Any, lower: Array, upper: Array) -> Ints:
        """The rows to be held by sums: long ones with one limit."""
        if self._part is None:
            return np.zeros(0, dtype=np.int64)
        one = np.isfinite(lower) != np.isfinite(upper)
        return np.flatnonzero(one & (np.diff(matrix.indptr) > LONG))
