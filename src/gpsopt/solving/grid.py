"""From the solver's point to a plan on its grid: one small exact repair.

Awards are held; each quantity may move to the grid step below or above its solved value. Amounts are
rounded to the fen line by line, so a purchaser's row that is short by some fen is tightened by just that
and the repair repeated. If there is no answer the purchasers are tried one after another, then wider steps; else the
plan is rounded to the nearest step and not certified.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np

from gpsopt.errors import SolverError
from gpsopt.model.ledger import Money, Quantities, money_of
from gpsopt.model.world import World
from gpsopt.solving.engine import Array, Left, Limits
from gpsopt.solving.gridparts import by_purchaser
from gpsopt.solving.gridrows import Broken, broken_rows, tighten_by
from gpsopt.solving.gridsteps import Steps, cost_of, counted_of, offsets_of, quantities_of, steps_of
from gpsopt.solving.stages import Aim

#: (row, amount in the row's unit, side) of rows that a plan passes
Passed = Callable[[Quantities, Money], Broken]
_ROUNDS: Final = 25
#: up to so many quantities the repair is solved to the best steps; beyond, to good ones
_FEW: Final = 300
_WIDTHS: Final = (1, 5)  # steps from the solved value, tried in turn where nothing that is on the grid may stay


def to_grid(
    world: World, compiled: Any, point: Array, aims: tuple[Aim, ...], passed: Passed | None = None,
    widths: tuple[int, ...] = _WIDTHS, left: Left | None = None,
) -> tuple[Quantities, Money, bool]:  # fmt: skip
    """Quantities on the grid, their money, and whether the repair succeeded.

    `passed` names the rows that only the exact plan can be held against, and by how much it passes them. `widths`: so
    many steps from the solved value are tried where nothing nearer is found, which may take the solver long. `left`:
    seconds for all of it.
    """
    steps = steps_of(world, compiled)
    asks = np.isfinite(compiled.row_lower) | np.isfinite(compiled.row_upper)  # rows of years that are over ask nothing
    counted = counted_of(compiled, steps)

    def broken(quantities: Quantities, money: Money, found: Array) -> Broken:
        rows = [b for b in broken_rows(world, compiled, quantities, money) if asks[b[0]]] + counted.broken(found)
        return rows or ([] if passed is None else passed(quantities, money))

    plan = (
        _repair(world, compiled, steps, point, aims, 0, broken, left)
        or by_purchaser(world, compiled, steps, point, aims, broken, left)
        or next(filter(None, (_repair(world, compiled, steps, point, aims, w, broken, left) for w in widths)), None)
    )
    if plan is not None:
        return (*plan, True)
    quantities = quantities_of(world, compiled, point)
    return quantities, money_of(world, quantities), False


def _repair(
    world: World, compiled: Any, steps: Steps, point: Array, aims: tuple[Aim, ...], width: int,
    broken: Callable[[Quantities, Money, Array], Broken], left: Left | None,
) -> tuple[Quantities, Money] | None:  # fmt: skip
    problem = offsets_of(compiled, steps, point, width)
    engine, lower, upper = problem.engine, problem.row_lower.copy(), problem.row_upper.copy()
    engine.set_cost(cost_of(aims, point, compiled, steps))
    limits = Limits(1e-9, 1e-7, nodes=2_000) if problem.free <= _FEW else Limits(1e-9, 1e-3, nodes=1)
    for _round in range(_ROUNDS):
        seconds = None if left is None else left()
        if seconds == 0.0:
            return None
        try:
            outcome = engine.minimise(replace(limits, seconds=seconds))
        except SolverError:
            return None
        if outcome.point is None:
            return None
        found = outcome.point.copy()
        found[steps.columns] = (np.round(found[steps.columns]) + problem.start) * steps.size
        quantities = quantities_of(world, compiled, found)
        money = money_of(world, quantities)
        rows = broken(quantities, money, found)
        if not rows:
            return quantities, money
        tighten_by(rows, lower, upper)
        for row in {row for row, _amount, _side in rows}:
            engine.set_row_bounds(row, lower[row], upper[row])
    return None
