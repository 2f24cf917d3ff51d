"""A search over few decisions: the others stay, the rows are kept; a what-if keeps a plan for each aim."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from gpsopt.compiler import compile_model
from gpsopt.errors import LimitError, SolverError
from gpsopt.model.build import build_world
from gpsopt.model.world import World, world_of
from gpsopt.scenario import read_scenario
from gpsopt.solving import stages
from gpsopt.solving.anyplan import any_plan
from gpsopt.solving.engine import Array, Engine, Limits, NoTime, Outcome
from gpsopt.solving.kernels import below, kernel
from gpsopt.solving.stages import Options, aims_of, seek
from gpsopt.solving.startpoint import Start
from gpsopt.solving.target import Target
from gpsopt.whatif import Session
from tests.whatif.changes import scaled

TOWN = Path(__file__).parents[2] / "models" / "town"


@pytest.fixture(scope="module")
def town() -> tuple[World, Any, Array, Target, float]:
    """The town, a plan of the first aim that is far from the best, that aim, and its bound."""
    world = world_of(read_scenario(TOWN))
    compiled = compile_model(build_world(world))
    engine, aim = Engine(compiled), aims_of(world, compiled)[0]
    engine.set_cost(-aim.weights)
    worst = engine.minimise(Limits()).point
    assert worst is not None
    costs = aim.weights / aim.cost_unit
    engine.set_cost(costs)
    scale = float(aim.part_scale.sum()) / aim.cost_unit
    return world, compiled, worst, Target(costs, costs, 0.0, scale, 1e-6), engine.relaxation()[0]


def test_a_kernel_moves_only_what_is_open_and_reaches_the_best_where_all_is(
    town: tuple[World, Any, Array, Target, float],
) -> None:
    _world, compiled, worst, target, bound = town
    engine, integer = Engine(compiled), np.asarray(compiled.integer, dtype=bool)
    engine.set_cost(target.costs)
    best = engine.minimise(Limits()).value
    held = kernel(engine, target, worst, np.zeros(len(worst), dtype=bool), bound)
    all_open = kernel(engine, target, worst, np.ones(len(worst), dtype=bool), bound)
    assert all_open is not None and engine.violation(all_open) <= 1e-6
    assert float(target.costs @ all_open) == pytest.approx(best, abs=target.allowed(best) + 1e-6)
    assert float(target.costs @ all_open) < float(target.costs @ worst)
    if held is not None:
        assert np.array_equal(np.round(held[integer]), np.round(worst[integer]))
        assert float(target.costs @ held) >= best - 1e-6
    assert kernel(engine, target, all_open, np.ones(len(worst), dtype=bool), bound) is None  # none is better
    assert engine.minimise(Limits()).value == pytest.approx(best, abs=1e-6)  # bounds are those of before again


def test_the_needs_of_the_rows_below_what_is_sought_are_lifted_and_no_others() -> None:
    # Columns: the least coverage, and what is missing of two needs; rows: 10 * least + missing <= 10 for each area.
    matrix = sparse.csr_array(np.array([[10.0, 1.0, 0.0], [10.0, 0.0, 1.0]]))
    costs = np.array([-1.0, 0.0, 0.0])
    target = Target(costs, costs, 0.0, 1.0, 0.1)
    point = np.array([0.5, 5.0, 1.0])  # the first area is covered by a half, the second by nine tenths
    need, nobody = np.array([-1, 0, 1]), np.array([0])
    low = below(matrix, np.array([10.0, 10.0]), target, nobody, need, point, bound=-0.9)
    assert low is not None and low.tolist() == [False, True, False]
    every = below(matrix, np.array([10.0, 10.0]), target, nobody, need, point, bound=-1.2)
    assert every is not None and every.tolist() == [False, True, True]
    plain = Target(np.array([0.0, 1.0, 1.0]), costs, 0.0, 1.0, 0.1)
    assert below(matrix, np.array([10.0, 10.0]), plain, nobody, need, point, bound=0.0) is None


def test_a_stage_keeps_its_plan_and_a_start_for_each_aim_changes_no_value() -> None:
    scenario = read_scenario(TOWN)
    world = world_of(scenario)
    compiled = compile_model(build_world(world))
    cold, _engine, aims = seek(world, compiled, Options(gap=0.0))
    assert len(cold.points) == len(aims)
    for point, stage, aim in zip(cold.points, cold.stages, aims, strict=True):
        assert aim.value(point) * aim.unit == pytest.approx(stage.value, abs=1e-6)
    warm, _engine, _aims = seek(world, compiled, Options(gap=0.0), start=Start(cold.points))
    assert [s.value for s in warm.stages] == pytest.approx([s.value for s in cold.stages], abs=1e-2)
    session = Session(scenario)
    session.solve(gap=0.0)
    answer = session.solve(scaled(scenario, "budgets", "amount", "1.02"), gap=0.0)
    assert answer.status == "optimal"


def test_any_plan_is_a_plan_or_the_proof_that_there_is_none(town: tuple[World, Any, Array, Target, float]) -> None:
    _world, compiled, _worst, target, _bound = town
    assert any_plan(Engine(compiled), target.costs, None).status == "optimal"
    engine = Engine(compiled)
    engine.add_row(np.ones(compiled.matrix.shape[1]), -np.inf, -1.0)  # all columns are at least 0
    assert any_plan(engine, target.costs, None).status == "infeasible"


def test_any_plan_is_sought_among_few_awards_before_it_is_among_all(
    town: tuple[World, Any, Array, Target, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    _world, compiled, _worst, target, _bound = town
    asked: list[int | None] = []
    minimise = Engine.minimise

    def counted(engine: Engine, limits: Limits, start: Any = None, report: Any = None, around: Any = None) -> Outcome:
        asked.append(None if around is None else int((around[1] & engine.awards).sum()))
        found = minimise(engine, limits, start, report, around)
        return replace(found, point=None) if around is not None and len(asked) < last else found

    monkeypatch.setattr(Engine, "minimise", counted)
    for last in (1, 2, 3):  # which of the questions is the first to find one
        asked.clear()
        engine = Engine(compiled)
        found = any_plan(engine, target.costs, None)
        assert found.point is not None and engine.violation(found.point) <= 1e-6 and len(asked) == last
        few = [count for count in asked[:2] if count is not None]
        assert few == sorted(few) and few[-1] < engine.awards.sum()  # what the first leaves out the second may use
        assert (asked[-1] is None) == (last == 3)


def test_a_search_over_few_that_fails_leaves_everything_open_to_the_next(
    town: tuple[World, Any, Array, Target, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    _world, compiled, worst, target, _bound = town
    engine, run = Engine(compiled), Engine._run
    engine.set_cost(target.costs)
    best = engine.minimise(Limits()).value

    def failed(*_rest: Any) -> Outcome:
        raise SolverError("solver_failed", status="lost")

    monkeypatch.setattr(Engine, "_run", failed)
    assert kernel(engine, target, worst, np.zeros(len(worst), dtype=bool), 0.0) is None
    monkeypatch.setattr(Engine, "_run", run)
    assert best < float(target.costs @ worst) - 1e-3
    assert engine.minimise(Limits()).value == pytest.approx(best, abs=1e-6)


def test_any_plan_stands_in_where_the_first_aim_finds_none_in_its_time(
    town: tuple[World, Any, Array, Target, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, compiled, *_rest = town
    nothing = Outcome("limit", None, float("inf"), float("-inf"), 0)
    monkeypatch.setattr(stages, "_stage", lambda *_a: nothing)
    with pytest.raises(LimitError):  # a model of few decisions is not asked for any plan, and here the time is over
        seek(world, compiled, Options(time_limit=1e-9))
    for plain in (0, stages.PLAIN):  # known from the beginning, or sought once the first aim has found none
        monkeypatch.setattr(stages, "PLAIN", plain)
        answer, _engine, aims = seek(world, compiled, Options(time_limit=60.0))
        assert answer.point is not None and Engine(compiled).violation(answer.point) <= 1e-6
        for aim, stage in zip(aims, answer.stages, strict=True):
            assert stage.value == pytest.approx(aim.value(answer.point) * aim.unit)
            assert np.isfinite(stage.bound) and stage.status == "limit"


def test_a_relaxation_without_time_leaves_the_plan_and_a_bound(town: tuple[World, Any, Array, Target, float]) -> None:
    _world, compiled, worst, target, bound = town
    engine = Engine(compiled)
    engine.set_cost(target.costs)
    with pytest.raises(NoTime):
        engine.relaxation(lambda: 0.0)
    kept, none = engine.unsought(worst), engine.unsought(None)
    assert kept.status == none.status == "limit" and none.point is None
    assert kept.bound <= bound + 1e-9 <= kept.value and kept.value == pytest.approx(float(target.costs @ worst))
    assert engine.relaxation(lambda: None)[0] == pytest.approx(bound)
    assert engine.relaxation(lambda: 60.0)[0] == pytest.approx(bound)


def test_held_decisions_asked_again_give_what_they_give_at_first(town: tuple[World, Any, Array, Target, float]) -> None:
    """From the basis before: another aim, a row more, other decisions between."""
    world, compiled, worst, target, _bound = town
    used = Engine(compiled)
    used.set_cost(target.costs)
    best = used.minimise(Limits()).point
    assert best is not None
    for point in (worst, worst, best, worst):
        for aim in stages_of_town(world, compiled):
            fresh = Engine(compiled)
            for engine in (used, fresh):
                engine.set_cost(aim)
            ours, theirs = used.with_integers_of(point), fresh.with_integers_of(point)
            assert ours is not None and theirs is not None
            assert float(aim @ ours) == pytest.approx(float(aim @ theirs), abs=1e-6)
            assert used.violation(ours) <= 1e-6
    used.add_row(target.costs, -np.inf, float(target.costs @ best) + 1e-6)
    again = used.with_integers_of(worst)
    assert again is None or float(target.costs @ again) <= float(target.costs @ best) + 1e-5


def stages_of_town(world: World, compiled: Any) -> list[Array]:
    """The costs of every aim, to be minimised."""
    return [(1.0 if a.sense == "min" else -1.0) * a.weights / a.cost_unit for a in aims_of(world, compiled)]
