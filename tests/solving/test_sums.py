"""A long row is held by a sum for each purchaser: the same plans, short rows in the solver."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pytest
from scipy import sparse

from gpsopt.compiler import compile_model
from gpsopt.model.build import build_world
from gpsopt.model.world import World, world_of
from gpsopt.scenario import read_scenario
from gpsopt.solving import sums
from gpsopt.solving.engine import Engine, Limits
from gpsopt.solving.instance import loaded
from gpsopt.solving.neighbourhoods import groups_of
from gpsopt.solving.stages import Options, aims_of, seek
from gpsopt.solving.sums import Sums

TOWN = Path(__file__).parents[2] / "models" / "town"


@pytest.fixture(scope="module")
def town() -> tuple[World, Any]:
    world = world_of(read_scenario(TOWN))
    return world, compile_model(build_world(world))


def test_each_part_is_a_row_of_its_own_and_the_best_point_is_that_of_the_long_row() -> None:
    weights, costs = np.array([1.0, -3.0, 1.0, 2.0, 1.0, 0.0]), np.array([3.0, 1.0, 2.0, 5.0, 4.0, 1.0])
    part = np.array([0, 2, 1, 0, 2, -1])
    low, high = np.zeros(6), np.array([1.0, 1.0, 1e6, 2.0, 3.0, 1.0])
    for lower, upper, sign in ((7.5, np.inf, 1.0), (-np.inf, 6.5, -1.0)):
        nothing = sparse.csr_array((0, 6))
        long = loaded(nothing, np.zeros(0), np.zeros(0), low, high, None, 0)
        places = np.arange(6, dtype=np.int32)
        long.addRow(lower, upper, 6, places, weights)
        short, of = loaded(nothing, np.zeros(0), np.zeros(0), low, high, None, 0), Sums(part, 6)
        assert of.hold(short, weights, (lower, upper), low, high) == 3
        for h in (long, short):
            h.changeColsCost(6, places, sign * costs)
            h.run()
            assert h.getModelStatus() == highspy.HighsModelStatus.kOptimal
        assert short.getObjectiveValue() == pytest.approx(long.getObjectiveValue())
        point = np.array(short.getSolution().col_value)
        assert len(point) == 6 + 3 and short.getNumRow() == 3 + 1  # nobody's column has no weight: it has no sum
        assert lower - 1e-6 <= weights @ point[:6] <= upper + 1e-6
        inside = np.array([1.0, 0.5, 7e5, 0.25, 2.0, 1.0])
        whole = of.extended(inside)
        matrix = short.getLp().a_matrix_
        ends, columns = list(matrix.start_), list(matrix.index_)
        dense = np.zeros((4, 9))
        for column in range(9):
            for at in range(ends[column], ends[column + 1]):
                dense[columns[at], column] = matrix.value_[at]
        assert (dense[:3] != 0).sum(axis=1).tolist() == [3, 2, 3]
        assert dense[:3] @ whole == pytest.approx(np.zeros(3), abs=1e-9)
        assert dense[3] @ whole == pytest.approx(weights @ inside)


def test_aims_reach_what_they_reach_with_all_rows_as_they_are(
    town: tuple[World, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, compiled = town
    plain, engine, _aims = seek(world, compiled, Options(gap=0.0))
    monkeypatch.setattr(sums, "LONG", 0)
    summed, other, _aims = seek(world, compiled, Options(gap=0.0))
    assert other._highs.getNumCol() > engine._highs.getNumCol() == compiled.matrix.shape[1]
    assert [s.value for s in summed.stages] == pytest.approx([s.value for s in plain.stages], abs=1e-2)
    assert summed.point is not None and len(summed.point) == compiled.matrix.shape[1]
    assert other.violation(summed.point) <= 1e-6 and engine.violation(summed.point) <= 1e-6


def test_a_plan_that_keeps_the_sums_is_taken_for_a_start_and_rows_go_with_the_engine(
    town: tuple[World, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, compiled = town
    monkeypatch.setattr(sums, "LONG", 0)
    first, second = aims_of(world, compiled)[:2]
    engine = Engine(compiled, part=groups_of(world, compiled).buyer)
    engine.set_cost(first.weights)
    best = engine.minimise(Limits()).point
    assert best is not None
    held = float(first.weights @ best) + 1.0
    engine.add_row(first.weights, -np.inf, held)
    for one in (engine, engine.over(compiled)):
        one.set_cost(second.weights)
        found = one.minimise(Limits(absolute_gap=1e12), best)
        assert found.point is not None and found.value <= float(second.weights @ best) + 1e-6
        assert float(first.weights @ found.point) <= held + 1e-6
        one.set_cost(-first.weights)
        assert one.minimise(Limits()).value == pytest.approx(-held, abs=1e-3)


def test_limits_of_a_row_that_is_held_by_sums_may_change(
    town: tuple[World, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, compiled = town
    outlay = next(aim for aim in aims_of(world, compiled) if aim.name == "outlay")
    matrix = sparse.vstack([compiled.matrix, sparse.csr_array(outlay.weights[None, :])], format="csr")
    held = replace(
        compiled, matrix=matrix,
        row_lower=np.append(compiled.row_lower, -np.inf), row_upper=np.append(compiled.row_upper, 1e9),
    )  # fmt: skip
    monkeypatch.setattr(sums, "LONG", int(np.count_nonzero(outlay.weights)) - 1)
    engine = Engine(held, part=groups_of(world, compiled).buyer)
    assert engine._highs.getNumCol() > compiled.matrix.shape[1]
    engine.set_cost(outlay.weights)
    least = engine.minimise(Limits()).value
    engine.set_row_bounds(compiled.matrix.shape[0], -np.inf, least + 5.0)
    engine.set_cost(-outlay.weights)
    dearest = engine.minimise(Limits())
    assert dearest.value == pytest.approx(-(least + 5.0), abs=1e-3)
    assert engine.relaxation()[0] <= dearest.value + 1e-6
