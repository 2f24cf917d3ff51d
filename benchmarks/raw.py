"""The limit: the synthetic city's rows written by hand with numpy, straight into one sparse matrix."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from synthetic import Drawn, Floats, years_of


class Raw(NamedTuple):
    """row_lower <= matrix @ x <= row_upper, column_lower <= x <= column_upper."""

    matrix: sp.csr_array
    row_lower: Floats
    row_upper: Floats
    column_lower: Floats
    column_upper: Floats
    integer: Floats


def raw(d: Drawn) -> Raw:
    """The same rows and columns, in the same order, as `synthetic.array_model`."""
    years = d.size.years
    pairs, cells = len(d.offer_of), d.size.needs * years
    pair, cell = np.arange(pairs), np.arange(cells)
    need, year = years_of(d.size.needs, years)
    x, award = pair, pairs + pair
    direct, idle, shortfall, own, drawn, shared = (2 * pairs + i * cells + cell for i in range(6))
    worst = 2 * pairs + 6 * cells
    owner = d.need_year_of
    purchaser = d.purchaser_of_need[need] * years + year
    area = d.area_of_need[need] * years + year
    undertaker = d.undertaker_of_offer[d.offer_of] * years + d.year_of
    areas, lines, undertakers = d.size.areas * years, d.size.purchasers * years, d.size.undertakers * years
    worth = 1 + np.bincount(area, d.weight * d.demand, areas)
    one, many = np.ones(cells), np.ones(pairs)
    families = [  # (rows, [(row, column, value)], lower, upper)
        (cells, [(owner, x, many), (cell, direct, one), (cell, idle, -one)], d.floor, np.inf),
        (cells, [(owner, x, many), (cell, direct, one), (cell, idle, -one), (cell, shortfall, one)], d.demand, np.inf),
        (pairs, [(pair, award, d.least), (pair, x, -many)], -np.inf, 0.0),
        (pairs, [(pair, x, many), (pair, award, -d.most)], -np.inf, 0.0),
        (cells, [(owner, x, d.price), (owner, award, d.setup), (cell, own, -one), (cell, drawn, -one)], 0.0, 0.0),
        (cells, [(cell, own, one), (cell, shared, one), (owner, x, -d.unit_cost[owner])], -np.inf, 0.0),
        (undertakers, [(undertaker, x, d.use)], -np.inf, d.capacity),
        (lines, [(purchaser, drawn, one), (purchaser, shared, -one)], -np.inf, d.line),
        (cells, [(owner, award, many)], -np.inf, 3.0),
        (areas, [(np.arange(areas), np.full(areas, worst), np.ones(areas)),
                 (area, shortfall, d.weight / worth[area])], -np.inf, 1.0),
    ]  # fmt: skip
    offsets = np.cumsum([0] + [family[0] for family in families])
    parts = [
        (offset, *part) for family, offset in zip(families, offsets[:-1].tolist(), strict=True) for part in family[1]
    ]
    total = sum(len(row) for _, row, _, _ in parts)
    rows, columns, values = np.empty(total, np.int32), np.empty(total, np.int32), np.empty(total)
    start = 0
    for offset, row, column, value in parts:
        stop = start + len(row)
        np.add(row, offset, out=rows[start:stop], casting="same_kind")
        columns[start:stop], values[start:stop] = column, value
        start = stop
    matrix = sp.coo_array((values, (rows, columns)), shape=(int(offsets[-1]), worst + 1)).tocsr()
    lower, upper = (
        np.concatenate([np.broadcast_to(np.asarray(family[side], float), family[0]) for family in families])
        for side in (2, 3)
    )
    column_upper = np.concatenate([d.most, many, d.demand, np.full(5 * cells, np.inf), [1.0]])
    integer = np.zeros(worst + 1)
    integer[award] = 1
    return Raw(matrix, lower, upper, np.zeros(worst + 1), column_upper, integer)
