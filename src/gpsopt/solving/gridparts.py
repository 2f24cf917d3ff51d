"""The grid, one purchaser after another: each settles its steps beside what the others take.

Where the repair of all purchasers together has no answer, or takes the solver long, those of single purchasers mostly
have one at once: what ties them are capacities of which a step more or less is easily found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from scipy import sparse

from gpsopt.errors import SolverError
from gpsopt.model.facts import Ints
from gpsopt.model.ledger import Money, Quantities, money_of
from gpsopt.model.world import World
from gpsopt.solving.engine import Array, Left, Limits
from gpsopt.solving.gridrows import Broken, tighten_by
from gpsopt.solving.gridsteps import Steps, cost_of, offsets_of, quantities_of
from gpsopt.solving.neighbourhoods import groups_of
from gpsopt.solving.stages import Aim

_ROUNDS: Final = 25
_WIDTHS: Final = (0, 1, 5)  # steps from the solved value, tried in turn; 0: what is on the grid stays
_NODES: Final = 50
_NOISE: Final = 2e-7  # of a row: what the point itself may pass it by, less than a fen


@dataclass(frozen=True)
class _Block:
    """A purchaser's columns (and those of nobody), and the rows in which they stand."""

    columns: Ints
    rows: Ints
    part: Any  # sparse (rows, columns)
    wide: Any  # sparse (rows, all columns)
    steps: Steps


def by_purchaser(
    world: World, compiled: Any, steps: Steps, point: Array, aims: tuple[Aim, ...],
    broken: Callable[[Quantities, Money, Array], Broken], left: Left | None = None,
) -> tuple[Quantities, Money] | None:  # fmt: skip
    """Quantities on the grid and their money, decisions held; None where a purchaser finds no steps (or no time).

    `broken`: (row, amount, side) of what a plan in whole steps and fen breaks; such rows are tightened by just that,
    and the purchasers who stand in them settle again.
    """
    blocks = list(_blocks(world, compiled, steps))
    cost = cost_of(aims, point, compiled, steps)
    lower, upper, found = compiled.row_lower.copy(), compiled.row_upper.copy(), point.copy()
    decided = np.asarray(compiled.integer, dtype=bool).copy()
    decided[steps.columns] = False
    found[decided] = np.round(found[decided])
    asked: Sequence[_Block] = blocks
    for _round in range(_ROUNDS):
        for block in asked:
            if left is not None and left() == 0.0:
                return None
            own = _settled(compiled, block, found, cost, lower, upper)
            if own is None:
                return None
            found[block.columns] = own
        quantities = quantities_of(world, compiled, found)
        money = money_of(world, quantities)
        rows = broken(quantities, money, found)
        if not rows:
            return quantities, money
        tighten_by(rows, lower, upper)
        touched = np.array([row for row, _amount, _side in rows])
        asked = [block for block in blocks if np.isin(block.rows, touched).any()]
    return None


def _blocks(world: World, compiled: Any, steps: Steps) -> Iterator[_Block]:
    groups = groups_of(world, compiled)
    by_column = sparse.csc_array(compiled.matrix)
    size = np.zeros(compiled.matrix.shape[1])
    size[steps.columns] = steps.size
    for purchaser in range(len(world.facts.purchasers)):
        columns = groups.columns(np.flatnonzero(groups.owner == purchaser))
        part = by_column[:, columns].tocsr()
        rows = np.flatnonzero(np.diff(part.indptr))
        on_grid = np.flatnonzero(size[columns] > 0)
        if len(on_grid):
            yield _Block(
                columns, rows, part[rows], compiled.matrix[rows], Steps(on_grid, size[columns][on_grid])
            )  # fmt: skip


def _settled(compiled: Any, block: _Block, found: Array, cost: Array, lower: Array, upper: Array) -> Array | None:
    """The purchaser's columns with quantities in whole steps, the others' as they are."""
    own, at = found[block.columns], block.rows
    taken = block.part @ own
    rest = block.wide @ found - taken
    low, high = lower[at] - rest, upper[at] - rest
    low = np.where((taken < low) & (taken >= low - _NOISE), taken, low)
    high = np.where((taken > high) & (taken <= high + _NOISE), taken, high)
    mine = replace(
        compiled, matrix=block.part, row_lower=low, row_upper=high, integer=compiled.integer[block.columns],
        column_lower=compiled.column_lower[block.columns], column_upper=compiled.column_upper[block.columns],
    )  # fmt: skip
    for width in _WIDTHS:
        problem = offsets_of(mine, block.steps, own, width)
        problem.engine.set_cost(cost[block.columns])
        try:
            point = problem.engine.minimise(Limits(1e-9, 1e-3, nodes=_NODES)).point
        except SolverError:
            continue
        if point is not None:
            point = point.copy()
            point[block.steps.columns] = (np.round(point[block.steps.columns]) + problem.start) * block.steps.size
            return point
    return None
