"""A search's time limit counts from its own beginning, whatever its engine was asked before."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from gpsopt.compiler import compile_model
from gpsopt.model.build import build_world
from gpsopt.model.world import world_of
from gpsopt.scenario import read_scenario
from gpsopt.solving.engine import Engine, Limits
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
