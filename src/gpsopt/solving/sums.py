"""A long row held by sums: what each purchaser has of an aim is a column of its own, and few columns make the row.

The same points keep it. But a cut is made of rows, and one over thousands of quantities makes every round of cuts, and
every relaxation after it, slow; a purchaser's part is short.
"""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
from scipy import sparse

from gpsopt.solving.instance import Array, append, ok


class Sums:
    """The columns that stand for sums, behind the model's own."""

    def __init__(self, columns: int) -> None:
        self._parts: Any = sparse.csr_array((0, columns))  # per sum: what of the model's columns it adds up

    def extended(self, inside: Array) -> Array:
        """A point of the model's columns with its sums behind it."""
        return np.append(inside, self._parts @ inside)

    def hold(self, h: Any, parts: Any, limits: tuple[float, float], column_lower: Array, column_upper: Array) -> None:
        """Rows more at the end: lower <= the sum of all parts . x <= upper; only one of the limits may be finite.

        A sum may lie on the wrong side of its part only, so that each is an inequality: of an equation the solver's
        presolve would put the parts back into one row.
        """
        lower, upper = limits
        assert np.isfinite(lower) != np.isfinite(upper), "a row that is held has one limit"
        parts = parts[np.diff(parts.indptr) > 0]
        least = parts.maximum(0.0) @ column_lower + parts.minimum(0.0) @ column_upper
        most = parts.maximum(0.0) @ column_upper + parts.minimum(0.0) @ column_lower
        size = np.maximum(np.abs(least), np.abs(most))
        units = 2.0 ** np.round(np.log2(np.maximum(1.0, np.where(np.isfinite(size), size, 1.0) / 1000.0)))
        first, infinite = h.getNumCol(), highspy.kHighsInf
        own = (0.0, infinite) if np.isfinite(lower) else (-infinite, 0.0)
        for place, (low, up) in enumerate(zip(least / units, most / units, strict=True)):
            ok(h.addCol(0.0, low, up, 0, [], []))
            row = np.append(parts[[place]].toarray().ravel(), np.zeros(first + place + 1 - parts.shape[1]))
            row[-1] = -units[place]
            append(h, row, *own)
        append(h, np.append(np.zeros(first), units), lower, upper)
        self._parts = sparse.vstack([self._parts, sparse.diags_array(1.0 / units) @ parts], format="csr")
