"""Large models by purchaser: a plan that keeps every row, a bound that holds, the same on any number of cores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from benchmarks.cities import sized, write_city

from gpsopt.compiler import compile_model
from gpsopt.model.build import build_world
from gpsopt.model.world import World, world_of
from gpsopt.planning import plan_or_end
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.solving import stages, workers
from gpsopt.solving.bypurchaser import _bound, _tasks, split_of
from gpsopt.solving.engine import Engine, Limits
from gpsopt.solving.neighbourhoods import groups_of
from gpsopt.solving.workers import Workers


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scenario, World, Any]:
    folder = tmp_path_factory.mktemp("town")
    write_city(folder, sized("town", needs=20, purchasers=3, undertakers=9, years=1, seed=2))
    scenario = read_scenario(folder)
    world = world_of(scenario)
    return scenario, world, compile_model(build_world(world))


def test_every_column_has_one_owner_and_own_rows_are_nobody_elses(small: tuple[Scenario, World, Any]) -> None:
    _scenario, world, compiled = small
    split = split_of(Engine(compiled), compiled, groups_of(world, compiled))
    everybody = np.concatenate([*(b.columns for b in split.blocks), split.nobody])
    assert sorted(everybody) == list(range(compiled.matrix.shape[1]))
    assert len(split.blocks) == 3
    for block in split.blocks:
        others = np.setdiff1d(np.arange(compiled.matrix.shape[1]), block.columns)
        assert compiled.matrix.tocsc()[:, others].tocsr()[block.rows[block.mine]].nnz == 0
    names = {compiled.row_key(int(i))[0].partition(".")[0] for i in np.flatnonzero(split.shared)}
    assert names <= {"own_capacity", "worst_area"} and names


def test_the_parts_of_a_round_never_exceed_the_whole(small: tuple[Scenario, World, Any]) -> None:
    """Whatever each purchaser takes of its part, together they keep every shared row."""
    _scenario, world, compiled = small
    engine = Engine(compiled)
    split = split_of(engine, compiled, groups_of(world, compiled))
    aim = stages.aims_of(world, compiled)[1]
    engine.set_cost(aim.weights)
    _value, point, _duals = engine.relaxation()
    tasks = _tasks(split, point, np.roll(point, 1), aim.weights, 1.0, whole=False)
    most = np.zeros(compiled.matrix.shape[0])
    most += split.matrix[:, split.nobody] @ point[split.nobody]
    for block, task in zip(split.blocks, tasks, strict=True):
        most[block.rows] += np.where(split.shared[block.rows], task[2], 0.0)
    held = split.shared & np.isfinite(split.upper)
    assert held.any() and (most[held] <= split.upper[held] + 1e-7 * (1 + np.abs(split.upper[held]))).all()


@pytest.mark.parametrize("place", [1, 3])
def test_the_purchasers_bound_lies_between_the_relaxation_and_the_best_plan(
    small: tuple[Scenario, World, Any], place: int
) -> None:
    _scenario, world, compiled = small
    engine = Engine(compiled)
    split = split_of(engine, compiled, groups_of(world, compiled))
    costs = stages.aims_of(world, compiled)[place].weights
    engine.set_cost(costs)
    relaxed, _point, duals = engine.relaxation()
    with Workers(2) as pool:
        prices = np.where(split.shared, duals, 0.0)
        bound = _bound(split, costs, prices, 1e-3 * abs(relaxed), lambda: False, pool)
    best = engine.minimise(Limits(relative_gap=1e-3, nodes=3_000))
    assert best.point is not None
    assert relaxed - 2e-3 * abs(relaxed) <= bound <= best.value + 1e-6 * abs(best.value)


def test_plans_are_certified_and_the_same_on_any_number_of_cores(
    small: tuple[Scenario, World, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario, _world, _compiled = small
    monkeypatch.setattr(stages, "BY_PURCHASER", 20)
    monkeypatch.setattr(stages, "PLAIN", 10)
    found = []
    for count in (1, 3):
        monkeypatch.setattr(workers, "cores", lambda count=count: count)
        found.append(plan_or_end(scenario, gap=0.02))
    first, second = found
    assert first.summary["certified"] and first.summary["aims"] == second.summary["aims"]
    for name, frame in first.frames.items():
        assert frame.equals(second.frames[name]), name
    for aim in first.summary["aims"]:
        assert aim["gap"] < 0.15, aim
