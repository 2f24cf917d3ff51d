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
from gpsopt.solving import bypurchaser, pool, stages
from gpsopt.solving import split as cutting
from gpsopt.solving.bypurchaser import seek_by_purchaser
from gpsopt.solving.engine import Engine, Limits
from gpsopt.solving.large import Target
from gpsopt.solving.neighbourhoods import groups_of
from gpsopt.solving.parts import neighbours, rounds_of, shared_out
from gpsopt.solving.pool import Pool
from gpsopt.solving.pricing import Box, Seen, repriced
from gpsopt.solving.split import Split, split_of


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scenario, World, Any]:
    folder = tmp_path_factory.mktemp("town")
    write_city(folder, sized("town", needs=30, purchasers=5, undertakers=14, years=1, seed=2))
    scenario = read_scenario(folder)
    world = world_of(scenario)
    return scenario, world, compile_model(build_world(world))


def test_every_column_has_one_owner_and_own_rows_are_nobody_elses(small: tuple[Scenario, World, Any]) -> None:
    _scenario, world, compiled = small
    split = split_of(Engine(compiled), compiled, groups_of(world, compiled))
    everybody = np.concatenate([*(b.columns for b in split.blocks), split.nobody])
    assert sorted(everybody) == list(range(compiled.matrix.shape[1]))
    assert len(split.blocks) == 5
    for block in split.blocks:
        others = np.setdiff1d(np.arange(compiled.matrix.shape[1]), block.columns)
        assert compiled.matrix.tocsc()[:, others].tocsr()[block.rows[block.mine]].nnz == 0
    names = {compiled.row_key(int(i))[0].partition(".")[0] for i in np.flatnonzero(split.shared)}
    assert names <= {"own_capacity", "worst_area"} and names


def relaxed_at(compiled: Any, costs: Any) -> tuple[Engine, Any, Any, Any]:
    engine = Engine(compiled)
    engine.set_cost(costs)
    return engine, *engine.relaxation()


def test_a_large_purchaser_is_cut_by_district_and_its_budget_is_shared(
    small: tuple[Scenario, World, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    _scenario, world, compiled = small
    whole = split_of(Engine(compiled), compiled, groups_of(world, compiled))
    monkeypatch.setattr(cutting, "_WHOLE", 10)
    monkeypatch.setattr(cutting, "_PART", 10)
    cut = split_of(Engine(compiled), compiled, groups_of(world, compiled))
    assert len(cut.blocks) > len(whole.blocks) and cut.decisions == whole.decisions
    assert max(block.decisions for block in cut.blocks) < max(block.decisions for block in whole.blocks)
    everybody = np.concatenate([*(b.columns for b in cut.blocks), cut.nobody])
    assert sorted(everybody) == list(range(compiled.matrix.shape[1]))
    names = {compiled.row_key(int(i))[0].partition(".")[0] for i in np.flatnonzero(cut.shared & ~whole.shared)}
    assert "existing_budget" in names


def test_the_parts_of_a_round_never_exceed_the_whole(small: tuple[Scenario, World, Any]) -> None:
    """Whatever each purchaser takes of its part, together they keep every shared row."""
    _scenario, world, compiled = small
    aim = stages.aims_of(world, compiled)[1]
    engine, _value, point, _duals = relaxed_at(compiled, aim.weights)
    split = split_of(engine, compiled, groups_of(world, compiled))
    tasks = rounds_of(split, split.blocks, point, np.roll(point, 1), aim.weights, np.ones(len(split.blocks)))
    most = np.zeros(compiled.matrix.shape[0])
    most += split.matrix[:, split.nobody] @ point[split.nobody]
    for block, task in zip(split.blocks, tasks, strict=True):
        most[block.rows] += np.where(split.shared[block.rows], task[2], 0.0)
    held = split.shared & np.isfinite(split.upper)
    assert held.any() and (most[held] <= split.upper[held] + 1e-7 * (1 + np.abs(split.upper[held]))).all()


def test_who_takes_too_much_of_a_row_gets_a_part_of_it_and_pays_for_more(small: tuple[Scenario, World, Any]) -> None:
    _scenario, world, compiled = small
    costs = stages.aims_of(world, compiled)[1].weights
    engine, _value, point, _duals = relaxed_at(compiled, costs)
    split = split_of(engine, compiled, groups_of(world, compiled))
    double = 20.0 * point
    dear = np.where(split.shared, 7.0, 0.0)
    everything = np.ones(len(point), dtype=bool)
    places, tasks = shared_out(split, double, costs, dear, np.ones(len(split.blocks)), everything)
    activity = split.matrix @ double
    over = split.shared & (activity > split.upper + 1e-6)
    assert over.any() and places
    limits = np.zeros(len(activity))
    for place, task in zip(places, tasks, strict=True):
        block = split.blocks[place]
        limits[block.rows] += task[2]
        extra = len(task[6]) - len(block.columns)
        assert extra > 0 and (task[6][-extra:] == 7.0).all() and np.isinf(task[4][-extra:]).all()
    nobody = split.matrix[:, split.nobody] @ double[split.nobody]
    np.testing.assert_allclose(limits[over], (split.upper - nobody)[over])


def test_decisions_that_nobody_knows_stay_closed(small: tuple[Scenario, World, Any]) -> None:
    _scenario, world, compiled = small
    costs = stages.aims_of(world, compiled)[1].weights
    engine, _value, point, _duals = relaxed_at(compiled, costs)
    split = split_of(engine, compiled, groups_of(world, compiled))
    nothing = np.zeros(len(point), dtype=bool)
    ones = np.ones(len(split.blocks))
    places, tasks = shared_out(split, 20.0 * point, costs, np.where(split.shared, 7.0, 0.0), ones, nothing)
    assert places
    for place, task in zip(places, tasks, strict=True):
        whole = split.integer[split.blocks[place].columns]
        assert (task[4][: len(whole)][whole] == 0).all()


def test_neighbours_are_all_asked_once_and_no_group_is_too_large(small: tuple[Scenario, World, Any]) -> None:
    _scenario, world, compiled = small
    engine, _value, point, duals = relaxed_at(compiled, stages.aims_of(world, compiled)[1].weights)
    split = split_of(engine, compiled, groups_of(world, compiled))
    sizes = np.array([5, 0, 4, 0, 0])
    assert sorted(neighbours(split, point, split.usable(duals), sizes, 9, 0)[0]) == [0, 2]
    assert neighbours(split, point, split.usable(duals), sizes, 8, 1) == [[2], [0]]
    joined = split.joined([[0, 2]])[0]
    outside = np.setdiff1d(np.arange(compiled.matrix.shape[1]), joined.columns)
    assert compiled.matrix.tocsc()[:, outside].tocsr()[joined.rows[joined.mine]].nnz == 0


def sought(compiled: Any, world: World, place: int, gap: float) -> tuple[Any, Split, Any, list[tuple[float, float]]]:
    aim = stages.aims_of(world, compiled)[place]
    costs, scale = aim.weights, float(aim.part_scale.sum())
    engine = Engine(compiled)
    engine.set_cost(costs)
    split = split_of(engine, compiled, groups_of(world, compiled))
    heard: list[tuple[float, float]] = []
    target = Target(costs, costs, 0.0, None if np.isnan(scale) else scale, gap)
    with Pool(count=2) as hands:
        found = seek_by_purchaser(
            engine, split, target, None, lambda *at: heard.append(at), lambda: None, hands
        )  # fmt: skip
    return found, split, engine, heard


@pytest.mark.parametrize("place", [1, 3])
@pytest.mark.parametrize("cut", [False, True])
def test_plan_and_bound_lie_on_both_sides_of_the_best(
    small: tuple[Scenario, World, Any], place: int, cut: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where every purchaser is cut into parts and its own rows are shared."""
    _scenario, world, compiled = small
    if cut:
        monkeypatch.setattr(cutting, "_WHOLE", 20)
        monkeypatch.setattr(cutting, "_PART", 20)
    found, _split, engine, heard = sought(compiled, world, place, 0.002)
    best = engine.minimise(Limits(relative_gap=1e-4, nodes=3_000))
    assert found.point is not None and best.point is not None
    assert engine.violation(found.point) < 1e-6
    near = 1e-4 * max(1.0, abs(best.value))
    assert found.bound <= best.value + near and found.value >= best.bound - near
    assert engine.relaxation()[0] - near <= found.bound
    scale = float(stages.aims_of(world, compiled)[place].part_scale.sum())
    assert found.value - found.bound < 0.02 * (abs(best.value) if np.isnan(scale) else scale)
    values, bounds = [value for value, _bound in heard], [bound for _value, bound in heard]
    assert values == sorted(values, reverse=True) and bounds == sorted(bounds)


def test_what_prices_leave_open_a_search_over_everything_closes(
    small: tuple[Scenario, World, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prices of shared rows alone cannot always prove the best plan; cuts over those rows can."""
    _scenario, world, compiled = small
    aim = next(a for a in stages.aims_of(world, compiled) if a.name == "quality")
    costs = -aim.weights / aim.cost_unit
    ends = []
    for most in (0, bypurchaser._WHOLE):
        monkeypatch.setattr(bypurchaser, "_WHOLE", most)
        engine, target = Engine(compiled), Target(costs, costs, 0.0, None, 1e-5)
        engine.set_cost(costs)
        start = engine.minimise(Limits(1e9, 1e9)).point
        split = split_of(engine, compiled, groups_of(world, compiled))
        with Pool(count=1) as hands:
            ends.append(seek_by_purchaser(engine, split, target, start, lambda _v, _b: None, lambda: None, hands))
    apart = [end.value - end.bound for end in ends]
    assert ends[0].status == "limit" and apart[1] < 0.5 * apart[0]
    assert ends[1].bound >= ends[0].bound - 1e-6 and ends[1].value <= ends[0].value + 1e-6


def test_new_prices_are_those_of_the_best_mix_where_the_box_is_wide(small: tuple[Scenario, World, Any]) -> None:
    """With a plan among the decisions seen and prices free to move, the mix keeps every shared row."""
    _scenario, world, compiled = small
    costs = stages.aims_of(world, compiled)[1].weights
    found, split, engine, _heard = sought(compiled, world, 1, 0.01)
    _value, relaxed, duals = engine.relaxation()
    seen = Seen(split, costs)
    seen.add(found.point)
    seen.add(relaxed)
    count = len(seen.blocks)
    seen.add(found.point)
    assert len(seen.blocks) == count  # what is known is not added again
    prices, mix = repriced(seen, split.usable(duals) + np.where(split.shared, -1.0, 0.0), np.ones(len(split.upper)),
                           Box(1e6), relaxed)  # fmt: skip
    activity = (split.matrix @ mix)[split.shared]
    assert (activity <= split.upper[split.shared] + 1e-6 * (1 + np.abs(split.upper[split.shared]))).all()
    assert (prices == split.usable(prices)).all()
    tight, _same = repriced(seen, split.usable(duals), np.abs(split.matrix @ relaxed), Box(0.0), relaxed)
    np.testing.assert_allclose(tight, split.usable(duals), atol=1e-9)


def test_plans_are_certified_and_the_same_on_any_number_of_cores(
    small: tuple[Scenario, World, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario, _world, _compiled = small
    monkeypatch.setattr(stages, "BY_PURCHASER", 20)
    monkeypatch.setattr(stages, "PLAIN", 10)
    asked = []
    solve = Pool.solve
    monkeypatch.setattr(
        Pool, "solve", lambda self, tasks, stopped: asked.append(len(tasks)) or solve(self, tasks, stopped)
    )
    found = []
    for count in (1, 3):
        monkeypatch.setattr(pool, "cores", lambda count=count: count)
        found.append(plan_or_end(scenario, gap=0.02))
    first, second = found
    assert asked  # the plans were made by purchaser
    assert first.summary["certified"] and first.summary["aims"] == second.summary["aims"]
    for name, frame in first.frames.items():
        assert frame.equals(second.frames[name]), name
    for aim in first.summary["aims"]:
        assert aim["gap"] < 0.15, aim
