"""A plan that its grid can hold: where the point found leaves no room for whole steps and fen, one that does.

The aims may lead to a point at which every line is spent to the last fen in fractions of a unit; no plan in whole steps
stands beside it then. The search is made again, from that point, with a little room on every line of purchases.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from gpsopt.cluster.connection import Cluster
from gpsopt.errors import LimitError, SolverError
from gpsopt.model.ledger import Money, Quantities
from gpsopt.model.world import World
from gpsopt.solving.byyear import seek_years
from gpsopt.solving.clock import Progress
from gpsopt.solving.engine import Array, Engine, Stop
from gpsopt.solving.grid import Passed, to_grid
from gpsopt.solving.stages import Aim, Answer, Options, Stage, describe

LINES: Final = "existing_budget.purchases_within_line"
_ROOM: Final = (1e-3, 1e-2)  # 万元 on every purchaser's line of a year
_AGAIN: Final = 0.1  # of the time limit, for a search with room where the limit is over

OnGrid = tuple[Quantities, Money, bool]


def with_room(compiled: Any, room: float) -> Any:
    """The same rows with so many 万元 less on every line of purchases."""
    upper = compiled.row_upper.copy()
    upper[compiled.rows[LINES].slice] -= room
    return replace(compiled, row_upper=upper)


def seek_on_grid(
    world: World, compiled: Any, options: Options, passed: Passed | None,
    progress: Callable[[Progress], None] | None = None, stop: Stop | None = None, start: tuple[Array, ...] = (),
    cluster: Cluster | None = None,
) -> tuple[Answer, Engine, tuple[Aim, ...], OnGrid | None]:  # fmt: skip
    """As `seek_years`, and what stands on the grid beside its point (None without a point); raises as it does."""
    began = time.monotonic()
    answer, engine, aims = seek_years(world, compiled, options, progress, stop, start, cluster)
    if answer.point is None:
        return answer, engine, aims, None
    found = to_grid(world, compiled, answer.point, aims, passed)
    for room in _ROOM:
        if found[2] or (stop is not None and stop()):
            break
        try:
            again, engine_, _aims = seek_years(
                world, with_room(compiled, room), _rest(options, began), progress, stop, answer.points, cluster
            )
        except (LimitError, SolverError):
            break
        if again.point is None or len(again.stages) < len(answer.stages):
            break
        other = to_grid(world, compiled, again.point, aims, passed)
        if other[2]:
            stages = _bounded(world, aims, again.stages, answer.stages, options)
            worst = next((s for s in ("limit", "within_gap") if s in {stage.status for stage in stages}), "optimal")
            return replace(again, stages=stages, status=worst), engine_.over(compiled), aims, other
    return answer, engine, aims, found


def _rest(options: Options, began: float) -> Options:
    if options.time_limit is None:
        return options
    left = options.time_limit - (time.monotonic() - began)
    return replace(options, time_limit=max(left, _AGAIN * options.time_limit))


def _bounded(
    world: World, aims: tuple[Aim, ...], ours: tuple[Stage, ...], first: tuple[Stage, ...], options: Options
) -> tuple[Stage, ...]:  # fmt: skip
    """What was reached with room, against what was proven without: the weaker bound of the two."""
    stages = []
    for aim, mine, before in zip(aims, ours, first, strict=True):
        sign, constant = (1.0 if aim.sense == "min" else -1.0), float(aim.constants.sum())
        value, bound, other = (
            sign * (amount / aim.unit - constant) for amount in (mine.value, mine.bound, before.bound)
        )
        stages.append(describe(world, aim, value, min(bound, other), options))
    return tuple(stages)
