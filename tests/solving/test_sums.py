"""A long row that holds an aim is held by sums of its parts: the same plans, short rows in the solver."""

from __future__ import annotations

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
from gpsopt.solving import engine as engines
from gpsopt.solving.engine import Engine, Limits
from gpsopt.solving.instance import loaded
from gpsopt.solving.stages import Options, aims_of, seek
from gpsopt.solving.sums import Sums

TOWN = Path(__file__).parents[2] / "models" / "town"


@pytest.fixture(scope="module")
def town() -> tuple[World, Any]:
    world = world_of(read_scenario(TOWN))
    return world, compile_model(build_world(world))


def test_each_part_is_a_row_of_its_own_and_the_best_point_is_that_of_the_long_row() -> None:
    parts = sparse.csr_array(np.array([[1.0, 2.0, 0, 0, 0], [0, 0, 1.0, 0, 0], [0, 0, 0, -3.0, 1.0], [0, 0, 0, 0, 0]]))
    weights, costs = parts.sum(axis=0), np.array([3.0, 5.0, 2.0, 1.0, 4.0])
    low, high = np.zeros(5), np.array([1.0, 2.0, 1e6, 1.0, 3.0])
    for lower, upper, sign in ((7.5, np.inf, 1.0), (-np.inf, 6.5, -1.0)):
        nothing = sparse.csr_array((0, 5))
        long = loaded(nothing, np.zeros(0), np.zeros(0), low, high, None, 0)
        places = np.arange(5, dtype=np.int32)
        long.addRow(lower, upper, 5, places, weights)
        short, sums = loaded(nothing, np.zeros(0), np.zeros(0), low, high, None, 0), Sums(5)
        sums.hold(short, parts, (lower, upper), low, high)
        for h in (long, short):
            h.changeColsCost(5, places, sign * costs)
            h.run()
            assert h.getModelStatus() == highspy.HighsModelStatus.kOptimal
        assert short.getObjectiveValue() == pytest.approx(long.getObjectiveValue())
        point = np.array(short.getSolution().col_value)
        assert len(point) == 5 + 3 and short.getNumRow() == 3 + 1  # a part of nothing has no sum
        assert lower - 1e-6 <= weights @ point[:5] <= upper + 1e-6
        inside = np.array([1.0, 0.5, 7e5, 0.25, 2.0])
        whole = sums.extended(inside)
        matrix = short.getLp().a_matrix_
        ends, columns = list(matrix.start_), list(matrix.index_)
        dense = np.zeros((4, 8))
        for column in range(8):
            for at in range(ends[column], ends[column + 1]):
                dense[columns[at], column] = matrix.value_[at]
        assert (dense[:3] != 0).sum(axis=1).tolist() == [3, 2, 3]
        assert dense[:3] @ whole == pytest.approx(np.zeros(3), abs=1e-9)
        assert dense[3] @ whole == pytest.approx(weights @ inside)


def test_aims_reach_what_they_reach_with_rows_held_as_they_are(
    town: tuple[World, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, compiled = town
    plain, engine, _aims = seek(world, compiled, Options(gap=0.0))
    monkeypatch.setattr(engines, "_LONG", 0)
    summed, other, _aims = seek(world, compiled, Options(gap=0.0))
    assert other._highs.getNumCol() > engine._highs.getNumCol() == compiled.matrix.shape[1]
    assert [s.value for s in summed.stages] == pytest.approx([s.value for s in plain.stages], abs=1e-2)
    assert summed.point is not None and len(summed.point) == compiled.matrix.shape[1]
    assert other.violation(summed.point) <= 1e-6 and engine.violation(summed.point) <= 1e-6


def test_a_plan_that_keeps_the_sums_is_taken_for_a_start_and_rows_go_with_the_engine(
    town: tuple[World, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, compiled = town
    monkeypatch.setattr(engines, "_LONG", 0)
    first, second = aims_of(world, compiled)[:2]
    engine = Engine(compiled)
    engine.set_cost(first.weights)
    best = engine.minimise(Limits()).point
    assert best is not None
    held = float(first.weights @ best) + 1.0
    engine.add_row(first.weights, -np.inf, held, first.parts)
    for one in (engine, engine.over(compiled)):
        one.set_cost(second.weights)
        found = one.minimise(Limits(absolute_gap=1e12), best)
        assert found.point is not None and found.value <= float(second.weights @ best) + 1e-6
        assert float(first.weights @ found.point) <= held + 1e-6
        one.set_cost(-first.weights)
        assert one.minimise(Limits()).value == pytest.approx(-held, abs=1e-3)
