"""New prices of the shared rows from all decisions seen so far: a Dantzig-Wolfe master inside a box of prices.

The master mixes each purchaser's decisions so that the shared rows are kept at least cost; what a unit of a row is
worth there is its new price. Few decisions tell little, so a price may move only within a box around the old one
(boxstep): wider while bounds rise, smaller where they do not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import highspy
import numpy as np
from scipy import sparse

from gpsopt.model.facts import Ints
from gpsopt.solving.engine import Array
from gpsopt.solving.instance import dot, loaded, ok, quiet_stdout
from gpsopt.solving.split import Split

_WIDER, _SMALLER = 1.5, 0.4
_PART: Final = 0.1  # of its own price, that a row's price may move by at first
_FLOOR: Final = 0.03  # of what a priced row is worth at the median, that every row's price may move by at first


class Seen:
    """The decisions seen, purchaser by purchaser: what they cost and what they take of the shared rows."""

    def __init__(self, split: Split, costs: Array) -> None:
        self.split, self._costs = split, costs
        self.shared = np.flatnonzero(split.shared)
        self._place = np.full(len(split.shared), -1, dtype=np.int64)
        self._place[self.shared] = np.arange(len(self.shared))
        self.blocks: list[int] = []  # whose decisions each column is
        self.costs: list[float] = []
        self._columns: list[tuple[Ints, Array]] = []  # (rows, amounts)
        self._points: list[Array] = []
        self._known: set[tuple[int, bytes]] = set()

    def add(self, point: Array) -> None:
        """Every purchaser's part of a point, unless it is known."""
        for i, (block, take) in enumerate(zip(self.split.blocks, self.split.takes(point), strict=True)):
            mine = point[block.columns]
            if (i, mine.tobytes()) in self._known:
                continue
            self._known.add((i, mine.tobytes()))
            rows = np.flatnonzero(~block.mine & (take != 0))
            self.blocks.append(i)
            self._points.append(mine)
            self.costs.append(dot(self._costs[block.columns], mine))
            self._columns.append((self._place[block.rows[rows]], take[rows]))

    def matrix(self) -> sparse.csc_array:
        """What each column takes of the shared rows."""
        lengths = [len(rows) for rows, _amounts in self._columns]
        rows = np.concatenate([rows for rows, _amounts in self._columns])
        amounts = np.concatenate([amounts for _rows, amounts in self._columns])
        shape = (len(self.shared), len(lengths))
        return sparse.csc_array((amounts, (rows, np.repeat(np.arange(len(lengths)), lengths))), shape=shape)

    def mixed(self, shares: Array, base: Array) -> Array:
        """`base` with every purchaser's columns where so much of each of its decisions puts them."""
        point = base.copy()
        for block in self.split.blocks:
            point[block.columns] = 0.0
        for i, share, mine in zip(self.blocks, shares, self._points, strict=True):
            if share > 0:
                point[self.split.blocks[i].columns] += share * mine
        return point

    def nobody(self) -> tuple[sparse.csc_array, Array]:
        """The columns of nobody in the shared rows, and their costs."""
        part = sparse.csc_array(self.split.matrix)[:, self.split.nobody].tocsr()[self.shared].tocsc()
        return part, self._costs[self.split.nobody]


@dataclass(frozen=True)
class Box:
    """How far prices may move, as a multiple of what they may at first."""

    size: float = 1.0

    def after(self, gained: bool) -> Box:
        return replace(self, size=self.size * (_WIDER if gained else _SMALLER))


def repriced(seen: Seen, prices: Array, activity: Array, box: Box, base: Array) -> tuple[Array, Array]:
    """New prices of all rows, and the mix of decisions that keeps the shared rows best (`base` where there is none).

    `activity`: what is taken of each row by the decisions seen last.
    """
    split, at = seen.split, seen.shared
    now, taken = prices[at], np.abs(activity[at])
    worth = np.abs(now) * taken
    typical = float(np.median(worth[worth > 0])) if (worth > 0).any() else 0.0
    floor = np.divide(_FLOOR * typical, taken, out=np.zeros_like(taken), where=taken > 0)
    width = box.size * np.maximum(_PART * np.abs(now), floor)
    takes, (others, other_costs) = seen.matrix(), seen.nobody()
    count, free, rows = takes.shape[1], others.shape[1], len(at)
    owners = sorted(set(seen.blocks))
    one = sparse.csc_array(
        (np.ones(count), (np.searchsorted(owners, seen.blocks), np.arange(count))), shape=(len(owners), count)
    )  # fmt: skip
    unit = sparse.eye_array(rows, format="csc")
    empty = sparse.csc_array((len(owners), free + 2 * rows))
    matrix = sparse.vstack(
        [sparse.hstack([takes, others, unit, -unit]), sparse.hstack([one, empty])], format="csr"
    )  # fmt: skip
    costs = np.concatenate([seen.costs, other_costs, now + width, width - now])
    lower = np.concatenate([np.zeros(count), split.column_lower[split.nobody], np.zeros(2 * rows)])
    upper = np.concatenate([np.full(count, np.inf), split.column_upper[split.nobody], np.full(2 * rows, np.inf)])
    ones = np.ones(len(owners))
    h = loaded(
        matrix, np.append(split.lower[at], ones), np.append(split.upper[at], ones), lower, upper, None, 0
    )  # fmt: skip
    ok(h.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs))
    with quiet_stdout():
        ok(h.run())
    if h.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return prices, base
    solution = h.getSolution()
    found, values = np.zeros(len(prices)), np.array(solution.col_value)
    found[at] = np.array(solution.row_dual)[:rows]
    mix = seen.mixed(values[:count], base)
    mix[split.nobody] = values[count : count + free]
    return split.usable(found), mix
