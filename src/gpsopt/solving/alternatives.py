"""Plans nearly as good as the best one that share as few of its awards as can be.

Every aim stays within a share of its scale of the best value; then as much as possible is bought in other ways than
in all the plans before: an award decision that both plans take counts 1, a quantity without a decision the part of
the earlier quantity that it keeps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from gpsopt.errors import SolverError
from gpsopt.model.world import World
from gpsopt.solving.engine import Array, Engine, Limits, Outcome
from gpsopt.solving.held import held_row
from gpsopt.solving.instance import dot
from gpsopt.solving.large import coupling
from gpsopt.solving.neighbourhoods import Neighbourhoods, groups_of
from gpsopt.solving.stages import PLAIN, Aim, Options, Stage

_NODES: Final = 200
_GAP: Final = 0.02  # of the awards shared: two in a hundred do not make another plan
_USED: Final = 1e-6


@dataclass(frozen=True)
class Near:
    """A near-best point: `shared`: the part of the earlier plans' awards that it keeps (0 none, 1 all); `least`: the
    least that any plan within the limits could keep."""

    point: Array
    shared: float
    least: float


def near_points(
    world: World, compiled: Any, aims: tuple[Aim, ...], stages: tuple[Stage, ...], point: Array, options: Options,
    within: float, count: int, seconds: float | None = None,
) -> Iterator[Near]:  # fmt: skip
    """Up to `count` points, each as different as can be from `point` and from those before it."""
    engine = Engine(compiled, options.seed)
    for aim, stage in zip(aims, stages, strict=False):
        constant, scale = float(aim.constants.sum()), float(aim.part_scale.sum())
        value = stage.value / aim.unit - constant
        row = held_row(aim, aim.weights, constant, scale, value, max(within, stage.tolerance))
        engine.add_row(row.weights, row.lower, row.upper)
    known = [point]
    cost = np.zeros(compiled.matrix.shape[1])
    total = 0.0
    for _number in range(count):
        more, awards = _shared_with(world, compiled, known[-1])
        cost, total = cost + more, total + awards
        if total == 0:
            return
        engine.set_cost(cost)
        try:
            if engine.integer_count > PLAIN:
                found = _swept(engine, world, compiled, cost, _GAP * total, point)
            else:
                nodes = options.node_limit or _NODES
                found = engine.minimise(Limits(_GAP * total, 0.0, seconds, nodes), point)
        except SolverError:
            return
        if found.point is None:
            return
        yield Near(found.point, found.value / total, max(0.0, found.bound) / total)
        known.append(found.point)


def _swept(
    engine: Engine, world: World, compiled: Any, cost: Array, allowed: float, start: Array
) -> Outcome:  # fmt: skip
    """Purchaser by purchaser, district by district, item by item decided anew, at the prices of what they share."""
    bound, _relaxed, duals = engine.relaxation()
    matrix, lower, upper = engine.rows()
    small, groups = Neighbourhoods(matrix, lower, upper, compiled), groups_of(world, compiled)
    priced = cost - matrix.T @ np.where(coupling(compiled, len(duals)), duals, 0.0)
    best = current = start
    for costs in (priced, cost):
        for group in groups.groups:
            found = small.decide(current, costs, groups.columns(group), 0.02 * allowed)
            current = current if found is None else found
        clean = engine.with_integers_of(current)
        if clean is not None and engine.violation(clean) <= 1e-6 and dot(cost, clean) < dot(cost, best):
            best = clean
    return Outcome("limit", best, dot(cost, best), bound, 0)


def tolerant(stages: tuple[Stage, ...], within: float) -> tuple[Stage, ...]:
    """The stages with what an alternative may give up."""
    return tuple(replace(stage, tolerance=max(within, stage.tolerance)) for stage in stages)


def _shared_with(world: World, compiled: Any, point: Array) -> tuple[Array, float]:
    """Costs that count what a plan shares with `point`, and how many awards that has."""
    bought, award = compiled.columns["purchased"], compiled.columns["award"]
    quantity = point[bought.start : bought.stop]
    used = np.flatnonzero(quantity > _USED * np.maximum(1.0, world.need_step[world.pairs.need]))
    cost = np.zeros(len(point))
    decided = world.binary[used]
    place = np.cumsum(world.binary) - 1  # only pairs that are decided have an award column
    cost[award.start + place[used[decided]]] = 1.0
    loose = used[~decided]
    cost[bought.start + loose] = 1.0 / quantity[loose]
    return cost, float(len(used))


__all__ = ["Near", "near_points", "tolerant"]
