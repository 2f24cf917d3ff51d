"""The aims in order with every award free to be a fraction: quick values, each a bound of what whole awards reach."""

from __future__ import annotations

from typing import Any

from gpsopt.errors import SolverError
from gpsopt.model.world import World
from gpsopt.solving.engine import Engine, NoRelaxation
from gpsopt.solving.stages import Stage, aims_of, hold_aim


def relaxed_stages(world: World, compiled: Any, seed: int = 0) -> tuple[Stage, ...] | None:
    """A Stage an aim, solved to the end (gap 0, status `relaxed`); None where not even fractions keep the rows.

    Earlier aims are held within their tolerance, as in the search for a plan. Raises SolverError.
    """
    engine = Engine(compiled, seed)
    stages: list[Stage] = []
    for aim in aims_of(world, compiled):
        engine.set_cost((1.0 if aim.sense == "min" else -1.0) * aim.weights / aim.cost_unit)
        try:
            _value, point, _duals = engine.relaxation()
        except NoRelaxation:
            if stages:
                raise SolverError("stage_lost_its_plan", aim=aim.name) from None
            return None
        value = aim.value(point)
        given = world.facts.settings.aims.tolerance.get(aim.name)  # type: ignore[call-overload]
        tolerance = 0.001 if given is None else float(given)
        shown, scale = value * aim.unit, aim.scale(value) * aim.unit
        stage = Stage(aim.name, aim.sense, shown, shown, 0.0, 0.0, scale, tolerance, "relaxed")
        stages.append(stage)
        hold_aim(engine, world, aim, stage, point)
    return tuple(stages)
