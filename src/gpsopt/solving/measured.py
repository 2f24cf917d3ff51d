"""A point that was not found by the aims in order: what it is worth in each, against the relaxation's bound."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from gpsopt.errors import SolverError
from gpsopt.model.world import World
from gpsopt.solving.engine import Array, Engine
from gpsopt.solving.stages import DEFAULT_GAP, Aim, Answer, Options, Stage, aims_of, tolerance_of

#: columns that follow from the quantities of a plan
_IMPLIED: Final = ("shortfall", "worst_area.least")


def measured(world: World, compiled: Any, point: Array, options: Options) -> Answer:
    """The stages of a plan that another search found; each bound is that of its aim alone, without whole awards."""
    engine = Engine(compiled, options.seed)
    settled = _settled(compiled, point, options)
    asked = DEFAULT_GAP if options.gap is None else options.gap
    stages = []
    for aim in aims_of(world, compiled):
        sign, constant = aim.sign, float(aim.constants.sum())
        engine.set_cost(aim.costs)
        value = _value_of(aim, point, settled)
        bound = sign * engine.relaxation()[0] * aim.cost_unit + constant
        bound = min(bound, value) if aim.sense == "min" else max(bound, value)
        scale = aim.scale(value)
        gap = 0.0 if scale == 0 else abs(value - bound) / scale
        tolerance = tolerance_of(world, aim.name, options)
        status = "optimal" if gap <= 1e-6 else "within_gap" if gap <= asked + 1e-9 else "limit"
        stages.append(
            Stage(aim.name, aim.sense, value * aim.unit, bound * aim.unit, gap, abs(value - bound) * aim.unit,
                  scale * aim.unit, tolerance, status)
        )  # fmt: skip
    worst = next((s for s in ("limit", "within_gap") if any(stage.status == s for stage in stages)), "optimal")
    return Answer(worst, tuple(stages), point, 0)


def _settled(compiled: Any, point: Array, options: Options) -> Engine:
    """The plan's decisions and quantities held; what they imply may move, as a search may have left it anywhere."""
    moves = np.zeros(len(point), dtype=bool)
    for name, span in compiled.columns.items():
        if name in _IMPLIED:
            moves[span.start : span.stop] = True
    lower, upper = np.where(moves, compiled.column_lower, point), np.where(moves, compiled.column_upper, point)
    whole = np.zeros(len(point), dtype=bool)
    return Engine(replace(compiled, column_lower=lower, column_upper=upper, integer=whole), options.seed)


def _value_of(aim: Aim, point: Array, settled: Engine) -> float:
    """The aim's best value with the plan's quantities: a shortfall is what is missing, no more."""
    settled.set_cost(aim.costs)
    try:
        return aim.value(settled.relaxation()[1])
    except SolverError:  # the point keeps the rows within the solver's tolerance only
        return aim.value(point)
