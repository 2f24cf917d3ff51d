"""A large model's aim: what comes first, the cuts or a kernel, and that both leave a plan and a bound that hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpsopt.compiler import compile_model
from gpsopt.errors import SolverError
from gpsopt.model.build import build_world
from gpsopt.model.world import world_of
from gpsopt.scenario import read_scenario
from gpsopt.solving import large
from gpsopt.solving.engine import Array, Engine, Limits
from gpsopt.solving.neighbourhoods import Groups, groups_of
from gpsopt.solving.stages import aims_of
from gpsopt.solving.target import Target

TOWN = Path(__file__).parents[2] / "models" / "town"


@pytest.fixture(scope="module")
def outlay() -> tuple[Engine, Groups, Target, Array, float]:
    """The outlay of the town, a plan of the first aim for it (which spends too much), and the best there is."""
    world = world_of(read_scenario(TOWN))
    compiled = compile_model(build_world(world))
    engine, aims = Engine(compiled), {aim.name: aim for aim in aims_of(world, compiled)}
    aim = aims["outlay"]
    costs = aim.weights / aim.cost_unit
    engine.set_cost(-costs)
    dear = engine.minimise(Limits(relative_gap=0.3)).point
    assert dear is not None
    engine.set_cost(costs)
    best = engine.minimise(Limits()).value
    return engine, groups_of(world, compiled), Target(costs, costs, 0.0, None, 1e-3), dear, best


def nearer(engine: Engine, groups: Groups, target: Target, point: Array) -> tuple[float, float]:
    bound, relaxed, _duals = engine.relaxation()
    found, proven = large._nearer(engine, groups, target, point, relaxed, bound, lambda v, b: None, lambda: None)
    assert engine.violation(found) <= 1e-6
    return float(target.costs @ found), proven


def test_a_plan_near_its_bound_is_left_to_the_first_cuts_and_one_far_from_it_to_a_kernel(
    outlay: tuple[Engine, Groups, Target, Array, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, groups, target, dear, best = outlay
    asked: list[str] = []

    def by_kernel(*_rest: Any) -> Array | None:
        asked.append("kernel")
        return None

    def by_cuts(_engine: Engine, _target: Target, point: Array, bound: float, *_rest: Any) -> tuple[Array, float]:
        asked.append("cuts")
        return point, bound

    monkeypatch.setattr(large, "kernel", by_kernel)
    monkeypatch.setattr(large, "_first_cuts", by_cuts)
    value = float(target.costs @ dear)
    apart = (value - engine.relaxation()[0]) / value
    assert apart > 0.0 and best < value
    nearer(engine, groups, replace(target, gap=apart / 2.0), dear)
    assert asked == ["cuts", "kernel"]
    asked.clear()
    nearer(engine, groups, replace(target, gap=apart / 100.0), dear)
    assert asked == ["kernel"]
    asked.clear()
    nearer(engine, groups, replace(target, gap=apart * 1.01), dear)
    assert asked == []


def test_the_first_cuts_leave_a_better_plan_and_a_bound_that_holds(
    outlay: tuple[Engine, Groups, Target, Array, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, groups, target, dear, best = outlay
    value = float(target.costs @ dear)
    loose = replace(target, gap=(value - engine.relaxation()[0]) / value / 2.0)
    found, proven = nearer(engine, groups, loose, dear)
    assert proven <= best + 1e-6 and best - 1e-6 <= found < value
    assert found - proven <= loose.allowed(found)

    def lost(*_rest: Any, **_more: Any) -> Any:
        raise SolverError("solver_failed", status="lost")

    monkeypatch.setattr(engine, "minimise", lost)
    kept, bound = large._first_cuts(engine, loose, dear, -1.0, lambda v, b: None, None)
    assert np.array_equal(kept, dear) and bound == -1.0


def test_a_known_plan_is_the_start_where_no_other_is_found(
    outlay: tuple[Engine, Groups, Target, Array, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, groups, target, dear, best = outlay
    starts: list[Array] = []

    def nearer_of(_engine: Engine, _groups: Groups, _target: Target, point: Array, *rest: Any) -> tuple[Array, float]:
        starts.append(point)
        return point, rest[1]

    monkeypatch.setattr(large, "_first", lambda *_rest: None)
    monkeypatch.setattr(large, "_searched", lambda *_rest: None)
    monkeypatch.setattr(large, "_nearer", nearer_of)
    compiled = compile_model(build_world(world_of(read_scenario(TOWN))))
    for known, count in ((dear, 1), (None, 0)):
        starts.clear()
        engine.set_cost(target.costs)
        found = large.seek_large(engine, compiled, groups, target, None, lambda v, b: None, lambda: None, known)
        assert len(starts) == count and found.point is not None
        whole = np.asarray(compiled.integer, dtype=bool)
        assert all(np.array_equal(np.round(point[whole]), np.round(dear[whole])) for point in starts)
        assert found.value <= best + target.allowed(best) + 1e-6
