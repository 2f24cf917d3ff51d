"""A search's time limit counts from its own beginning, whatever its engine was asked before."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from benchmarks.cities import sized, write_city

from gpsopt.compiler import Compiled, compile_model
from gpsopt.model.build import build_world
from gpsopt.model.world import World, world_of
from gpsopt.scenario import read_scenario
from gpsopt.solving import prices
from gpsopt.solving.engine import Array, Engine, Limits
from gpsopt.solving.prices import prices_of
from gpsopt.solving.stages import aims_of
from tests.cli.worlds import crowd


def test_a_second_search_ends_in_its_own_time(tmp_path: Path) -> None:
    world = world_of(read_scenario(crowd(tmp_path, 60)))
    compiled = compile_model(build_world(world))
    engine = Engine(compiled)
    engine.set_cost(aims_of(world, compiled)[0].weights)
    took = []
    for seconds in (4.0, 0.3):
        begun = time.monotonic()
        outcome = engine.minimise(Limits(seconds=seconds))
        took.append(time.monotonic() - begun)
        assert outcome.status == "limit"  # the proof takes minutes
    assert took[0] >= 3.9 and took[1] < 3.0
    relaxed = Engine(compiled)
    relaxed.set_cost(np.zeros(len(engine.integer)))
    assert relaxed.minimise(Limits(seconds=5.0)).status == "optimal"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Compiled, Engine, Array]:
    """A drawn place with some plan of it."""
    folder = tmp_path_factory.mktemp("drawn")
    write_city(folder, sized("district", needs=160, purchasers=8, years=1, seed=1))
    world = world_of(read_scenario(folder))
    compiled = compile_model(build_world(world))
    engine = Engine(compiled)
    engine.set_cost(aims_of(world, compiled)[1].costs)
    plan = engine.minimise(Limits(relative_gap=0.5)).point
    assert plan is not None
    return world, compiled, engine, plan


Drawn = tuple[World, Compiled, Engine, Array]


def test_quantities_around_a_plan_end_when_time_is_over(drawn: Drawn) -> None:
    _world, _compiled, engine, plan = drawn
    assert engine.duals_around(plan, lambda: 0.0) is None
    assert engine.duals_around(plan, lambda: 100.0) is not None


def test_prices_take_a_part_of_the_time_and_aims_without_time_have_none(
    drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, compiled, engine, plan = drawn
    aims = aims_of(world, compiled)
    all_of_them = prices_of(world, compiled, engine, aims, plan)
    assert all_of_them and prices_of(world, compiled, engine, aims, plan, time_limit=600.0) == all_of_them
    monkeypatch.setattr(prices, "_LEAST", 0.0)
    assert prices_of(world, compiled, engine, aims, plan, time_limit=0.0) == []
