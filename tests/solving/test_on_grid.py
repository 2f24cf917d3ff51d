"""Where the point of the search leaves no room for whole steps and fen, a little room is made on every line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpsopt.compiler import compile_model
from gpsopt.model.build import build_world
from gpsopt.model.ledger import Money, Quantities
from gpsopt.model.world import World, world_of
from gpsopt.plan.values import limits_passed
from gpsopt.scenario import read_scenario
from gpsopt.solving.byyear import seek_years
from gpsopt.solving.ongrid import seek_on_grid
from gpsopt.solving.room import DEFICITS, LINES, with_room
from gpsopt.solving.stages import Options

TOWN = Path(__file__).parents[2] / "models" / "town"


@pytest.fixture(scope="module")
def town() -> tuple[World, Any]:
    world = world_of(read_scenario(TOWN))
    return world, compile_model(build_world(world))


def test_room_is_taken_from_the_lines_of_purchases_and_deficits_alone(town: tuple[World, Any]) -> None:
    _world, compiled = town
    spans = compiled.rows
    roomy = with_room(compiled, spans, 0.5)
    lines, others = spans[LINES].slice, np.ones(len(compiled.row_upper), dtype=bool)
    assert np.allclose(compiled.row_upper[lines] - roomy.row_upper[lines], 0.5)
    others[lines] = False
    deficits = spans[DEFICITS].slice  # the town has one
    assert np.allclose(roomy.row_lower[deficits] - compiled.row_lower[deficits], 0.5)
    others[deficits] = False
    assert np.array_equal(compiled.row_upper[others], roomy.row_upper[others])
    assert np.array_equal(compiled.row_lower[others], roomy.row_lower[others])


def test_a_plan_that_stands_on_its_grid_is_taken_as_it_is(town: tuple[World, Any]) -> None:
    world, compiled = town
    plain = seek_years(world, compiled, Options())[0]
    answer, _engine, _aims, found = seek_on_grid(world, compiled, Options(), limits_passed(world, compiled))
    assert found is not None and found[2] and answer.stages == plain.stages


def test_a_plan_without_room_is_sought_again_with_some(town: tuple[World, Any]) -> None:
    """A rule that refuses the very money of the first plan stands for steps and fen that do not fit beside it."""
    world, compiled = town
    row = compiled.rows[LINES].slice.start
    first, _engine, _aims, plain = seek_on_grid(world, compiled, Options(), None)
    assert plain is not None

    def refused(_quantities: Quantities, money: Money) -> list[tuple[int, float, str]]:
        return [(row, 0.0, "upper")] if np.array_equal(money.unspent, plain[1].unspent) else []

    answer, _engine, _aims, found = seek_on_grid(world, compiled, Options(), refused)
    assert found is not None and found[2] and not np.array_equal(found[1].unspent, plain[1].unspent)
    for ours, before in zip(answer.stages, first.stages, strict=True):
        sign = 1.0 if ours.sense == "min" else -1.0
        assert sign * ours.bound <= sign * before.bound + 1e-6  # nothing is proven that was not before
        assert ours.gap == pytest.approx(abs(ours.value - ours.bound) / (ours.scale or 1.0), abs=1e-9)
