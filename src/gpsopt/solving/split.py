"""A matrix by purchaser: each one's columns and rows, and the few rows in which several of them stand.

A purchaser with very many decisions is cut further, by district: what holds it together (its budget, an aim held for
it) is then shared as well. Over so many needs such a row costs the bound next to nothing, and parts are solved at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from scipy import sparse

from gpsopt.model.facts import Bools, Ints
from gpsopt.solving.engine import Array, Engine
from gpsopt.solving.neighbourhoods import Groups

#: a purchaser with more decisions is cut into parts of about so many: a cut costs plans more than it spares time
_WHOLE: Final = 700
_PART: Final = 320


@dataclass(frozen=True)
class Block:
    """One purchaser's part of the matrix, or a part of that; `mine` says which of its rows are its own."""

    columns: Ints
    rows: Ints
    part: Any  # sparse (rows, columns)
    mine: Bools
    decisions: int  # integer columns that are not fixed

    @cached_property
    def own(self) -> Any:
        """The part's own rows alone."""
        return self.part[np.flatnonzero(self.mine)]


@dataclass(frozen=True)
class Split:
    """The matrix by purchaser; columns of nobody belong to no block."""

    matrix: Any
    lower: Array
    upper: Array
    column_lower: Array
    column_upper: Array
    integer: Bools
    blocks: tuple[Block, ...]
    shared: Bools
    nobody: Ints
    need: Ints  # per column: position of its need, -1 where it has none

    @property
    def decisions(self) -> int:
        return sum(block.decisions for block in self.blocks)

    def takes(self, point: Array) -> list[Array]:
        """What every block takes of its rows at a point."""
        return [block.part @ point[block.columns] for block in self.blocks]

    def usable(self, prices: Array) -> Array:
        """Prices of the shared rows alone, none against a side without a limit: a row <= has no price above 0."""
        most, least = np.where(np.isfinite(self.lower), np.inf, 0.0), np.where(np.isfinite(self.upper), -np.inf, 0.0)
        return np.where(self.shared, np.clip(prices, least, most), 0.0)

    def fixed_part(self, costs: Array, prices: Array) -> float:
        """What the shared rows and the columns of nobody are worth at prices, at the least."""
        limits = np.where(prices > 0, self.lower, self.upper)
        rows = float((prices * np.where(prices != 0, limits, 0.0)).sum())
        reduced = (costs - self.matrix.T @ prices)[self.nobody]
        reduced[np.abs(reduced) <= 1e-9 * (1.0 + np.abs(costs[self.nobody]))] = 0.0  # rounding is no reason for an end
        side = np.where(reduced > 0, self.column_lower[self.nobody], self.column_upper[self.nobody])
        return rows + float((reduced * np.where(reduced != 0, side, 0.0)).sum())

    def joined(self, groups: list[list[int]]) -> tuple[Block, ...]:
        """Several blocks as one each: rows that nobody outside a group stands in are its own."""
        by_column, entries = sparse.csc_array(self.matrix), np.diff(self.matrix.indptr)
        found = []
        for group in groups:
            columns = np.sort(np.concatenate([self.blocks[i].columns for i in group]))
            part = by_column[:, columns].tocsr()
            inside = np.diff(part.indptr)
            touched = np.flatnonzero(inside)
            decisions = sum(self.blocks[i].decisions for i in group)
            found.append(Block(columns, touched, part[touched], (inside == entries)[touched], decisions))
        return tuple(found)


def split_of(engine: Engine, compiled: Any, groups: Groups) -> Split:
    """Rows in which one purchaser's columns stand alone are its own; the rest are shared."""
    matrix, lower, upper = engine.rows()
    free = np.asarray(compiled.integer, dtype=bool) & (compiled.column_lower < compiled.column_upper)
    owner = _owners(groups, free)
    coo = matrix.tocoo()
    rows, who = coo.row, owner[coo.col]
    least, most = (np.full(matrix.shape[0], fill, dtype=np.int64) for fill in (2**40, -2))
    np.minimum.at(least, rows, who)
    np.maximum.at(most, rows, who)
    shared = ~((least == most) & (least >= 0))
    by_column = sparse.csc_array(matrix)
    blocks = []
    for p in range(int(owner.max(initial=-1)) + 1):
        columns = np.flatnonzero(owner == p)
        if len(columns):
            part = by_column[:, columns].tocsr()
            touched = np.flatnonzero(np.diff(part.indptr))
            blocks.append(Block(columns, touched, part[touched], ~shared[touched], int(free[columns].sum())))
    return Split(
        matrix, lower, upper, compiled.column_lower, compiled.column_upper, np.asarray(compiled.integer, dtype=bool),
        tuple(blocks), shared, np.flatnonzero(owner < 0), groups.need,
    )  # fmt: skip


def _owners(groups: Groups, free: Bools) -> Ints:
    """Per column the block it belongs to, -1 for nobody's: purchasers, the larger ones in parts by district."""
    own = np.where(groups.need >= 0, groups.owner[np.maximum(groups.need, 0)], groups.purchaser)
    buyers = int(own.max(initial=-1)) + 1
    decisions = np.bincount(own[free & (own >= 0)], minlength=buyers)
    undivided = np.zeros(buyers, dtype=bool)  # a decision of the purchaser itself holds its needs together
    undivided[own[free & (groups.need < 0) & (own >= 0)]] = True
    block, count = np.zeros(len(groups.owner), dtype=np.int64), 0
    lone = np.full(buyers, -1, dtype=np.int64)  # where the purchaser's own columns go
    for p in range(buyers):
        needs = np.flatnonzero(groups.owner == p)
        whole = undivided[p] or decisions[p] <= _WHOLE
        parts = 1 if whole else min(-(-int(decisions[p]) // _PART), len(needs))
        ordered = needs[np.argsort(groups.area[needs], kind="stable")]
        for part in np.array_split(ordered, parts):
            block[part] = count
            lone[p] = count if parts == 1 else -1
            count += 1
    return np.where(groups.need >= 0, block[np.maximum(groups.need, 0)], np.where(own >= 0, lone[own], -1))
