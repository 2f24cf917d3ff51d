"""Where the point of the search leaves no room for whole steps and fen, a little room is made on every line."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks.cities import sized, write_city

from gpsopt.compiler import compile_model
from gpsopt.model.build import build_world
from gpsopt.model.ledger import Money, Quantities, money_of
from gpsopt.model.world import World, world_of
from gpsopt.plan.values import limits_passed
from gpsopt.scenario import read_scenario
from gpsopt.solving.byyear import seek_years
from gpsopt.solving.engine import Array
from gpsopt.solving.gridparts import by_purchaser
from gpsopt.solving.gridrows import Broken, broken_rows
from gpsopt.solving.gridsteps import quantities_of, steps_of
from gpsopt.solving.ongrid import _for_grid, _rest, beside, seek_on_grid
from gpsopt.solving.room import DEFICITS, LINES, settled_with_room, with_room
from gpsopt.solving.stages import Aim, Answer, Options

TOWN = Path(__file__).parents[2] / "models" / "town"


@pytest.fixture(scope="module")
def town() -> tuple[World, Any]:
    world = world_of(read_scenario(TOWN))
    return world, compile_model(build_world(world))


@pytest.fixture(scope="module")
def scarce(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Any, Answer, tuple[Aim, ...]]:
    """A drawn place whose quantities are fractions of what they could be, with its plan before the grid."""
    folder = tmp_path_factory.mktemp("scarce")
    write_city(folder, sized("town", needs=30, purchasers=5, undertakers=14, years=1, seed=2))
    world = world_of(read_scenario(folder))
    compiled = compile_model(build_world(world))
    answer, _engine, aims = seek_years(world, compiled, Options())
    return world, compiled, answer, aims


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


def test_limits_on_parts_count_every_amount_against_them(tmp_path: Path) -> None:
    """At a half each two undertakers pass the limit by a hair, which leaves steps and fen their place."""
    (tmp_path / "s.toml").write_text(
        f'title = "T"\nmodel = "{TOWN.as_posix()}"\n[clauses.plural_supply]\nmax_share = 0.5\n'
        "[clauses.social_organisations]\nmin_share = 0.3\n", encoding="utf-8"
    )  # fmt: skip
    compiled = compile_model(build_world(world_of(read_scenario(tmp_path / "s.toml"))))
    roomy = with_room(compiled, compiled.rows, 0.5)
    point = np.random.default_rng(0).uniform(1.0, 2.0, compiled.matrix.shape[1])
    moved = roomy.matrix @ point - compiled.matrix @ point
    counted = 1e-5 * (abs(compiled.matrix) @ point)
    most, least = (
        compiled.rows[name].slice
        for name in ("plural_supply.nobody_has_too_much", "social_organisations.social_organisations_have_their_part")
    )
    assert moved[most] == pytest.approx(counted[most], rel=1e-6) and (counted[most] > 0).all()
    assert moved[least] == pytest.approx(-counted[least], rel=1e-6) and (counted[least] > 0).all()
    moved[most] = moved[least] = 0.0
    assert not moved.any()
    assert with_room(compiled, compiled.rows, 0.0).matrix is compiled.matrix, "without room nothing is taken"


def test_a_plan_that_stands_on_its_grid_is_taken_as_it_is(town: tuple[World, Any]) -> None:
    world, compiled = town
    plain = seek_years(world, compiled, Options())[0]
    answer, _engine, _aims, found = seek_on_grid(world, compiled, Options(), limits_passed(world, compiled))
    assert found is not None and found[2] and answer.stages == plain.stages


def refusing(found: Money, row: int) -> Callable[[Quantities, Money], list[tuple[int, float, str]]]:
    """A rule that refuses the very money of a plan: it stands for steps and fen that do not fit beside its point."""

    def refused(_quantities: Quantities, money: Money) -> list[tuple[int, float, str]]:
        return [(row, 0.0, "upper")] if np.array_equal(money.unspent, found.unspent) else []

    return refused


Scarce = tuple[World, Any, Answer, tuple[Aim, ...]]


def test_a_plan_without_room_keeps_its_decisions_and_leaves_some(scarce: Scarce) -> None:
    world, compiled, answer, aims = scarce
    plain, near = beside(world, compiled, answer, aims, None)
    assert plain[2] and near
    refused = refusing(plain[1], compiled.rows[LINES].slice.start)
    found, _near = beside(world, compiled, answer, aims, refused)
    assert found[2] and not np.array_equal(found[1].unspent, plain[1].unspent)
    assert np.array_equal(found[0].purchased > 0, plain[0].purchased > 0)


@pytest.mark.parametrize("keep", [True, False])
def test_room_is_made_where_lines_are_spent(scarce: Scarce, keep: bool) -> None:
    world, compiled, answer, aims = scarce
    assert answer.point is not None
    lines, spent = compiled.rows[LINES].slice, compiled.matrix @ answer.point
    upper = compiled.row_upper.copy()
    upper[lines] = spent[lines]  # every line is spent to the last fen
    point = settled_with_room(world, replace(compiled, row_upper=upper), answer, aims, keep=keep)
    assert point is not None
    whole = np.asarray(compiled.integer, dtype=bool)
    assert np.array_equal(np.round(point[whole]), np.round(answer.point[whole]))
    left = (upper - compiled.matrix @ point)[lines]
    assert (left >= 0.05 - 1e-6).all()
    lost = aims[0].value(point) - aims[0].value(answer.point)
    assert lost <= 0.05 * len(left) * 10  # 万元 at the weight of what was bought with it


def test_purchasers_find_their_steps_one_after_another(scarce: Scarce) -> None:
    world, compiled, answer, aims = scarce
    assert answer.point is not None
    point = settled_with_room(world, compiled, answer, aims, keep=True)
    assert point is not None
    line, asked = compiled.rows[LINES].slice.start, []

    def broken(quantities: Quantities, money: Money, _found: Array) -> Broken:
        asked.append(money)
        rows = broken_rows(world, compiled, quantities, money)
        return rows or ([(line, 1e-2, "upper")] if len(asked) == 1 else [])  # the first answer is refused

    plan = by_purchaser(world, compiled, steps_of(world, compiled), point, aims, broken)
    assert plan is not None and len(asked) > 1
    assert not broken_rows(world, compiled, *plan)
    before = money_of(world, quantities_of(world, compiled, point))
    assert before.short.max() > 0 or not np.array_equal(
        before.unspent, plan[1].unspent
    )  # the nearest steps would not do


def test_where_decisions_leave_no_room_the_search_is_made_again(
    town: tuple[World, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, compiled = town
    first, _engine, _aims, plain = seek_on_grid(world, compiled, Options(), None)
    assert plain is not None
    monkeypatch.setattr("gpsopt.solving.ongrid.settled_with_room", lambda *_a, **_k: None)
    refused = refusing(plain[1], compiled.rows[LINES].slice.start)
    answer, _engine, _aims, found = seek_on_grid(world, compiled, Options(), refused)
    assert found is not None and found[2] and not np.array_equal(found[1].unspent, plain[1].unspent)
    for ours, before in zip(answer.stages, first.stages, strict=True):
        sign = 1.0 if ours.sense == "min" else -1.0
        assert sign * ours.bound <= sign * before.bound + 1e-6  # nothing is proven that was not before
        assert ours.gap == pytest.approx(abs(ours.value - ours.bound) / (ours.scale or 1.0), abs=1e-9)


def test_without_time_the_plan_is_rounded_and_not_called_on_its_grid(scarce: Scarce) -> None:
    world, compiled, answer, aims = scarce
    assert answer.point is not None
    assert beside(world, compiled, answer, aims, None, lambda: 60.0)[0][2]
    found, near = beside(world, compiled, answer, aims, None, lambda: 0.0)
    assert not found[2] and not near
    assert settled_with_room(world, compiled, answer, aims, keep=False, left=lambda: 0.0) is None
    steps = steps_of(world, compiled)
    assert by_purchaser(world, compiled, steps, answer.point, aims, lambda *_given: [], lambda: 0.0) is None


def test_the_grid_may_take_a_quarter_of_the_limit_again_and_little_after_a_stop() -> None:
    now, stops = time.monotonic(), [False]
    assert _for_grid(Options(), now, None)() is None
    limited = _for_grid(Options(time_limit=1000.0), now - 1500.0, None)()  # the limit is over
    early = _for_grid(Options(time_limit=1000.0), now, None)()
    assert limited is not None and early is not None
    assert 240 < limited <= 250 and 1240 < early <= 1250
    assert _rest(Options(time_limit=1000.0), now - 1500.0, limited).time_limit == pytest.approx(100.0)
    assert _rest(Options(time_limit=1000.0), now - 1500.0, 30.0).time_limit == pytest.approx(30.0)
    assert (_rest(Options(time_limit=1000.0), now, early).time_limit or 0) > 990 and _rest(
        Options(), now, None
    ) == Options()
    stopping = _for_grid(Options(), now, lambda: stops[0])
    assert stopping() is None
    stops[0] = True
    first, second = stopping(), stopping()
    assert first is not None and second is not None and 15 < second <= first <= 20
