"""Before the search: limits that follow from the rows are said on the columns, and rows that cannot bind are left out.

Demand, capacity and money say how much of a thing there can be. A quantity's or an amount's greatest (or least) value
is cut to that; an award that cannot be made, or has to be, is settled; the most that an award allows (x <= most * y) is
cut to what its quantity can come to, which brings the relaxation nearer; a row that every such value keeps is without
limits. Rows and columns keep their places, so a point of the tightened model is one of the model as it was written.

The same plans remain possible: nothing here looks at the aims. Prices and the check of a plan use the rows as written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from scipy import sparse

from gpsopt.compiler import Compiled
from gpsopt.model.facts import Floats, Ints
from gpsopt.solving.instance import Array, Bools

_TURNS: Final = 5
#: a limit counts as cut where it moves by this part of itself: smaller steps go on for ever and help nobody
_WORTH: Final = 1e-3
#: of a row's limit: by so much its terms may pass it and it still counts as one that cannot bind
_MARGIN: Final = 1e-9
#: a whole number may be passed by this much
_WHOLE: Final = 1e-6


@dataclass(frozen=True)
class Tightening:
    """What was done: decisions settled, limits of quantities and amounts and sizes of awards cut, rows left out."""

    decisions: int
    limits: int
    sizes: int
    rows: int


def tighten(compiled: Compiled) -> tuple[Compiled, Tightening]:
    """The same model with nearer limits, and what was done."""
    terms = _terms(compiled)
    lower, upper = _limits(compiled, terms)
    matrix, sizes = _sizes(compiled, terms, lower, upper)
    row_lower, row_upper = compiled.row_lower.copy(), compiled.row_upper.copy()
    least, most = _activity(_terms(replace(compiled, matrix=matrix)), lower, upper, len(row_lower))
    room = _MARGIN * (1.0 + np.abs(np.where(np.isfinite(row_lower), row_lower, row_upper)))
    never = (most <= row_upper + room) & (least >= row_lower - room)
    row_lower[never], row_upper[never] = -np.inf, np.inf
    integer = np.asarray(compiled.integer, dtype=bool)
    before = compiled.column_lower < compiled.column_upper
    cut = (lower > compiled.column_lower) | (upper < compiled.column_upper)
    tight = replace(
        compiled, matrix=matrix, row_lower=row_lower, row_upper=row_upper, column_lower=lower, column_upper=upper
    )  # fmt: skip
    done = Tightening(
        int((integer & before & (lower >= upper)).sum()), int((cut & ~integer).sum()), sizes, int(never.sum())
    )  # fmt: skip
    return tight, done


@dataclass(frozen=True)
class _Terms:
    """The matrix entry by entry."""

    row: Ints
    column: Ints
    value: Floats


def _terms(compiled: Compiled) -> _Terms:
    coo = compiled.matrix.tocoo()
    return _Terms(coo.row.astype(np.int64), coo.col.astype(np.int64), coo.data)


def _limits(compiled: Compiled, terms: _Terms) -> tuple[Array, Array]:
    """Column limits that follow from the rows, in a few turns."""
    integer = np.asarray(compiled.integer, dtype=bool)
    lower, upper = compiled.column_lower.copy(), compiled.column_upper.copy()
    for _turn in range(_TURNS):
        low, high = _implied(compiled, terms, lower, upper)
        # Quantities and amounts are cut to the limit itself. Limits a hair's breadth from what rows say, closer than
        # the solver's tolerance, made its presolve lose the best plan of a tiny model (two yuan in 185).
        high = np.where(integer, np.floor(high + _WHOLE), high)
        low = np.where(integer, np.ceil(low - _WHOLE), low)
        with np.errstate(invalid="ignore"):  # from no limit at all to one
            size = np.where(np.isfinite(upper), np.abs(upper), 1.0)
            less = high < upper - np.where(np.isfinite(upper), _WORTH * np.maximum(1.0, size), 0.0)
            more = low > lower + np.where(np.isfinite(lower), _WORTH * np.maximum(1.0, np.abs(lower)), 0.0)
        # Limits that cross mean that no plan exists: the search says so from the rows, which stay as they are.
        fits = np.maximum(low, lower) <= np.minimum(high, upper)
        less, more = less & fits, more & fits
        if not (less.any() or more.any()):
            break
        upper[less], lower[more] = high[less], low[more]
    return lower, upper


def _implied(compiled: Compiled, terms: _Terms, lower: Array, upper: Array) -> tuple[Array, Array]:
    """The least and greatest value that a single row leaves a column, its other columns at their limits."""
    t, count = terms, compiled.matrix.shape[0]
    positive = t.value > 0
    least = np.where(positive, t.value * lower[t.column], t.value * upper[t.column])
    most = np.where(positive, t.value * upper[t.column], t.value * lower[t.column])
    others_least = -_others(-least, t.row, count)
    others_most = _others(most, t.row, count)
    with np.errstate(invalid="ignore"):
        top = (compiled.row_upper[t.row] - others_least) / t.value
        bottom = (compiled.row_lower[t.row] - others_most) / t.value
    high, low = np.where(positive, top, bottom), np.where(positive, bottom, top)
    greatest, smallest = np.full(len(upper), np.inf), np.full(len(lower), -np.inf)
    np.minimum.at(greatest, t.column, np.where(np.isnan(high), np.inf, high))
    np.maximum.at(smallest, t.column, np.where(np.isnan(low), -np.inf, low))
    return smallest, greatest


def _others(most: Floats, row: Ints, count: int) -> Floats:
    """For every entry the sum of the row's other entries; endless where one of those is."""
    endless = np.isposinf(most)
    finite = np.where(endless, 0.0, most)
    total, without = np.bincount(row, finite, count), np.bincount(row, endless, count)
    rest = total[row] - finite
    return np.where(without[row] - endless > 0, np.inf, rest)


def _activity(terms: _Terms, lower: Array, upper: Array, count: int) -> tuple[Floats, Floats]:
    """The least and the greatest value of every row within the column limits."""
    positive = terms.value > 0
    low, high = lower[terms.column], upper[terms.column]

    def summed(here: Floats, there: Floats) -> Floats:
        terms_of = np.where(positive, terms.value * here, terms.value * there)
        return np.asarray(np.bincount(terms.row, terms_of, count), dtype=np.float64)

    return summed(low, high), summed(high, low)


def _sizes(compiled: Compiled, terms: _Terms, lower: Array, upper: Array) -> tuple[Any, int]:
    """x <= most * y with `most` cut to what x can come to; the same for every yes/no that opens a row.

    A yes that leaves a row <= 0 slack at its worst opens it further than anything can go: its coefficient is cut
    to the row's greatest value without it.
    """
    integer = np.asarray(compiled.integer, dtype=bool)
    decision = integer & (lower == 0) & (upper == 1)
    _least, most = _activity(terms, lower, upper, compiled.matrix.shape[0])
    one_sided: Bools = np.isneginf(compiled.row_lower) & np.isfinite(most)
    room = compiled.row_upper - np.where(one_sided, most, 0.0)  # < 0: the row binds while the answer is no
    worth = _WORTH * np.abs(terms.value)
    opens = decision[terms.column] & one_sided[terms.row] & (terms.value < 0) & (room[terms.row] < 0)
    opens &= terms.value < room[terms.row] - worth
    value = np.where(opens, room[terms.row], terms.value)
    matrix = sparse.csr_array((value, (terms.row, terms.column)), shape=compiled.matrix.shape)
    return matrix, int(opens.sum())
