"""A point that was not found by the aims in order: what it is worth in each, against the relaxation's bound."""

from __future__ import annotations

from typing import Any

from gpsopt.model.world import World
from gpsopt.solving.engine import Array, Engine
from gpsopt.solving.stages import DEFAULT_GAP, Answer, Options, Stage, aims_of, tolerance_of


def measured(world: World, compiled: Any, point: Array, options: Options) -> Answer:
    """The stages of a plan that another search found; each bound is that of its aim alone, without whole awards."""
    engine = Engine(compiled, options.seed)
    asked = DEFAULT_GAP if options.gap is None else options.gap
    stages = []
    for aim in aims_of(world, compiled):
        sign, constant = (1.0 if aim.sense == "min" else -1.0), float(aim.constants.sum())
        engine.set_cost(sign * aim.weights / aim.cost_unit)
        value = aim.value(point)
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
