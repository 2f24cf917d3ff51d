"""What a rule costs at the margin, with the awards held: the duals of every clause's rows, aim by aim."""

from __future__ import annotations

import time
from typing import Any, Final

import numpy as np

from gpsopt.model.clauses import REGISTER
from gpsopt.model.soft import BREACH
from gpsopt.model.world import World
from gpsopt.solving.engine import Array, Engine, Left
from gpsopt.solving.stages import Aim

#: rows whose limit is money (万元 in the model): their price is yuan a yuan
MONEY_ROWS: Final = (
    "existing_budget.purchases_within_line", "existing_budget.deficit_is_met_first",
    "own_capacity.contracts_within_limit",
)  # fmt: skip
_YUAN_PER_WAN: Final = 10_000.0
_NOTHING: Final = 1e-9
_LEAST: Final = 5.0  # seconds

Row = tuple[str, str, int | None, str, str]


def prices_of(
    world: World, compiled: Any, engine: Engine, aims: tuple[Aim, ...], point: Array, time_limit: float | None = None
) -> list[Row]:
    """(clause, index, year, price, unit) of every row with a price, each aim in turn, the others held.

    The price is the change of the aim's value for one more unit of the row's limit (a yuan, or a unit of the
    item or resource), while the awards stay as they are: true near the plan, not for large steps. Where the solve has a
    `time_limit`, prices may take a tenth of it again, five seconds at least; aims that get no time have none.
    """
    rows: list[list[Row]] = []
    end = None if time_limit is None else time.monotonic() + max(_LEAST, time_limit / 10.0)
    left: Left | None = None if end is None else lambda: end - time.monotonic()
    # The last aim first, for which the quantities were settled: every other one starts near its own answer.
    for aim in reversed(aims):
        if aim.name.startswith(BREACH):
            continue  # what a limit costs in violations of another is no price
        if left is not None and (left() or 0.0) <= 0.0:
            break
        engine.set_cost(aim.costs)
        duals = engine.duals_around(point, left)
        if duals is not None:
            worth = aim.sign * aim.cost_unit * aim.unit * duals
            rows.append(_rows_of(world, compiled, aim, worth))
    return [row for of_aim in reversed(rows) for row in of_aim]


def _rows_of(world: World, compiled: Any, aim: Aim, worth: Array) -> list[Row]:
    found: list[Row] = []
    for name, span in compiled.rows.items():
        clause = name.split(".")[0]
        per_yuan = name in MONEY_ROWS
        if not per_yuan and clause not in REGISTER:
            continue  # rows that only say what a symbol means have no limit to price
        here = worth[span.start : span.stop] / (_YUAN_PER_WAN if per_yuan else 1.0)
        keys = span.keys
        for place in np.flatnonzero(np.abs(here) > _NOTHING):
            key = keys[int(place)]
            parts = list(key) if isinstance(key, tuple) else [key]
            year = parts.pop() if isinstance(parts[-1], int) and parts[-1] in world.facts.years else None
            index = " ".join([name.split(".")[-1], *(str(p) for p in parts if p != "")])
            price = np.format_float_positional(here[int(place)], precision=9, unique=False, trim="-", fractional=False)
            found.append((clause, index, year, price, f"{aim.name}/{'yuan' if per_yuan else 'unit'}"))
    return found
