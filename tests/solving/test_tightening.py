"""Tightened rows: the same plans, the same optimum, and plans that are checked on the rows as they were written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks.cities import sized, write_city

from gpsopt.compiler import compile_model
from gpsopt.model.build import build_world
from gpsopt.model.world import world_of
from gpsopt.planning import plan_or_end
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.solving.engine import Engine, Limits
from gpsopt.solving.stages import aims_of
from gpsopt.solving.tightening import tighten
from tests.brute.generate import draw


def both(scenario: Scenario) -> tuple[Any, Any, Any, Any]:
    world = world_of(scenario)
    compiled = compile_model(build_world(world))
    tight, done = tighten(compiled)
    return world, compiled, tight, done


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    folder = tmp_path_factory.mktemp("tight")
    write_city(folder, sized("town", needs=16, purchasers=3, undertakers=8, years=2, seed=4))
    return read_scenario(folder)


@pytest.mark.parametrize("seed", range(60))
def test_every_aim_has_the_same_optimum_and_its_point_keeps_the_rows_as_written(seed: int) -> None:
    world, compiled, tight, _done = both(draw(seed))
    written, tightened = Engine(compiled), Engine(tight)
    for aim in aims_of(world, compiled):
        ends = []
        for engine in (written, tightened):
            engine.set_cost((1.0 if aim.sense == "min" else -1.0) * aim.weights / aim.cost_unit)
            ends.append(engine.minimise(Limits()))
        one, other = ends
        assert one.status == other.status
        if one.point is None or other.point is None:
            return
        assert other.value == pytest.approx(one.value, rel=1e-6, abs=1e-6)
        assert written.violation(other.point) < 1e-6
        assert tightened.violation(one.point) < 1e-6  # nothing that is possible was cut off


def test_a_row_is_left_out_only_where_nothing_can_reach_its_limit(town: Scenario) -> None:
    _world, compiled, tight, done = both(town)
    left = np.flatnonzero(np.isinf(tight.row_lower) & np.isinf(tight.row_upper))
    assert 0 < len(left) == done.rows
    engine = Engine(tight)
    for row in left[:: max(1, len(left) // 12)]:
        weights = compiled.matrix[[row]].toarray().ravel()
        for sign, limit in ((-1.0, compiled.row_upper[row]), (1.0, -compiled.row_lower[row])):
            engine.set_cost(sign * weights)
            assert -engine.relaxation()[0] <= limit + 1e-6 * (1 + abs(limit))


def test_what_was_done_is_what_differs(town: Scenario) -> None:
    _world, compiled, tight, done = both(town)
    whole = np.asarray(compiled.integer, dtype=bool)
    less = (tight.column_upper < compiled.column_upper) | (tight.column_lower > compiled.column_lower)
    assert done.limits == (less & ~whole).sum() > 0
    assert done.sizes == (abs(tight.matrix - compiled.matrix) > 0).sum()
    assert done.decisions == (less & whole).sum()


def test_the_summary_and_the_page_say_it(town: Scenario) -> None:
    plan = plan_or_end(town, gap=0.02)
    done = plan.summary["tightening"]
    assert plan.summary["certified"] and done["rows"] > 0
    for lang, words in (("en", "Before the search"), ("zh", "求解之前")):
        line = next(line for line in plan.page(lang).splitlines() if line.startswith(words))
        assert f"{done['rows']}" in line


def test_prices_are_those_of_the_rows_as_written(town: Scenario) -> None:
    """A capacity that limits one contract alone is also that contract's greatest size: its price stays its own."""
    world, compiled, tight, _done = both(town)
    aim = aims_of(world, compiled)[1]
    engine = Engine(tight)
    engine.set_cost(aim.weights)
    point = engine.minimise(Limits(relative_gap=1e-3)).point
    assert point is not None
    written = Engine(compiled)
    written.set_cost(aim.weights)
    again = engine.over(compiled)
    again.set_cost(aim.weights)
    expected, found = written.duals_around(point), again.duals_around(point)
    assert expected is not None and found is not None
    assert np.allclose(expected, found)


def test_a_row_without_limits_has_no_price_and_keeps_its_place(tmp_path: Path) -> None:
    write_city(tmp_path, sized("town", needs=10, purchasers=2, undertakers=6, years=1, seed=1))
    world, compiled, tight, done = both(read_scenario(tmp_path))
    assert done.rows
    engine = Engine(tight)
    engine.set_cost(aims_of(world, compiled)[1].weights)
    engine.add_row(aims_of(world, compiled)[0].weights, -np.inf, 1e6)
    duals = engine.relaxation()[2]
    assert len(duals) == compiled.matrix.shape[0] + 1
    free = np.isinf(tight.row_lower) & np.isinf(tight.row_upper)
    assert (duals[:-1][free] == 0).all() and (duals != 0).any()
