"""Years one by one within the outlook of those after them, and the relaxation that knows all aims at once."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from benchmarks.cities import sized, write_city

from gpsopt.compiler import Compiled, compile_model
from gpsopt.errors import LimitError
from gpsopt.model.build import build_world
from gpsopt.model.world import FEN_PER_WAN, World, world_of
from gpsopt.planning import plan_or_end
from gpsopt.scenario import read_scenario
from gpsopt.solving import byyear
from gpsopt.solving.blended import blended, prime
from gpsopt.solving.byyear import years_of_columns
from gpsopt.solving.engine import Array, Engine
from gpsopt.solving.neighbourhoods import groups_of
from gpsopt.solving.outlook import _outlook, _Years, within_outlook
from gpsopt.solving.stages import Answer, Options, aims_of, describe, hold_aim


def drawn(folder: Path, needs: int = 24, years: int = 3) -> tuple[World, Compiled]:
    write_city(folder, sized("town", needs=needs, purchasers=4, undertakers=12, years=years, seed=2))
    world = world_of(read_scenario(folder))
    return world, compile_model(build_world(world))


def relaxed_in_order(world: World, compiled: Compiled, first: bool) -> list[float]:
    """The bound of every aim with the ones before it held, with and without all aims at once before them."""
    engine, aims = Engine(compiled), aims_of(world, compiled)
    if first:
        assert prime(engine, aims, sum(world.facts.budget.values()) / FEN_PER_WAN) is not None
    found = []
    for aim in aims:
        engine.set_cost(aim.sign * aim.weights)
        value, point, _duals = engine.relaxation()
        found.append(value)
        hold_aim(engine, world, aim, describe(world, aim, value, value, Options(0.005)), point)
    return found


def test_bounds_are_the_same_from_the_end_of_all_aims_at_once(tmp_path: Path) -> None:
    world, compiled = drawn(tmp_path)
    ours = relaxed_in_order(world, compiled, first=True)
    assert ours == pytest.approx(relaxed_in_order(world, compiled, first=False), rel=1e-6, abs=1e-6)


def test_a_later_aim_counts_a_part_of_the_one_before(tmp_path: Path) -> None:
    world, compiled = drawn(tmp_path, needs=8, years=1)
    one, other, *_rest = aims_of(world, compiled)
    costs = blended([one, other], [10.0, 4.0], 0.5)
    assert costs == pytest.approx(one.sign * one.weights / 10 + 0.5 * other.sign * other.weights / 4)


def test_the_towns_plan_by_outlook_keeps_every_row_and_its_joint_bound(tmp_path: Path) -> None:
    world, compiled = drawn(tmp_path)
    year_of = years_of_columns(world, compiled, -1)
    answer = within_outlook(world, compiled, year_of, Options(0.005))
    assert answer is not None and answer.point is not None
    engine, aims = Engine(compiled), aims_of(world, compiled)
    assert engine.violation(answer.point) <= 1e-6
    decided = answer.point[engine.integer]
    assert np.abs(decided - np.round(decided)).max() <= 1e-6
    for aim, stage in zip(aims, byyear.joint_stages(engine, world, aims, Options(0.005), answer.point), strict=True):
        assert aim.sign * stage.bound <= aim.sign * stage.value + 1e-6
    first, worst = aims[0], next(aim for aim in aims if aim.name == "worst_area")
    joint = plan_or_end(read_scenario(tmp_path), gap=0.005)
    most = 0.03 * first.scale(first.value(answer.point))  # years after one another give up little of the first aim
    assert first.value(answer.point) <= joint.summary["aims"][0]["value"] / first.unit + most
    rows = compiled.rows["worst_area.no_area_is_below"].slice
    room = compiled.row_upper[rows] - (compiled.matrix @ answer.point)[rows]
    assert worst.value(answer.point) > 0.5 and room.min() == pytest.approx(
        0.0, abs=0.02 * compiled.row_upper[rows].max()
    )


def test_a_year_cut_out_has_the_rows_of_the_whole_with_what_was_decided_before(tmp_path: Path) -> None:
    world, compiled = drawn(tmp_path)
    year_of = years_of_columns(world, compiled, -1)
    years = _Years(world, compiled, year_of, aims_of(world, compiled), groups_of(world, compiled))
    point: Array = np.random.default_rng(1).uniform(0.0, 5.0, len(year_of))
    columns, before = (year_of == 1) | (year_of < 0), year_of == 0
    part = years.cut(columns, point, before)
    known = columns | before
    whole = [row for row in range(compiled.matrix.shape[0]) if known[compiled.matrix[[row]].indices].all()]
    mine = [row for row in whole if columns[compiled.matrix[[row]].indices].any()]
    assert 0 < len(mine) == part.matrix.shape[0]
    room = (compiled.row_upper - compiled.matrix @ point)[mine]
    assert part.row_upper - part.matrix @ point[columns] == pytest.approx(room)
    span, cut = (
        compiled.rows["own_capacity.work_within_own_capacity"],
        part.rows["own_capacity.work_within_own_capacity"],
    )
    assert cut.stop - cut.start == sum(span.start <= row < span.stop for row in mine) > 0


def test_a_choice_that_belongs_to_no_year_is_sought_with_all_years_together(tmp_path: Path) -> None:
    world, compiled = drawn(tmp_path, needs=8)
    year_of = years_of_columns(world, compiled, -1)
    year_of[compiled.columns["award"].start] = -1
    assert within_outlook(world, compiled, year_of, Options(0.005)) is None


@pytest.mark.parametrize("asked", ["stop", "limit"])
def test_a_stop_or_a_limit_before_all_years_are_decided_is_no_plan(asked: str, tmp_path: Path) -> None:
    world, compiled = drawn(tmp_path, needs=8, years=2)
    options = Options(0.005, 1e-9 if asked == "limit" else None)
    stop = (lambda: True) if asked == "stop" else None
    with pytest.raises(LimitError):
        within_outlook(world, compiled, years_of_columns(world, compiled, -1), options, stop=stop)


def test_an_outlook_that_has_no_time_is_none(tmp_path: Path) -> None:
    write_city(tmp_path, sized("district", needs=160, purchasers=8, years=2, seed=1))
    world = world_of(read_scenario(tmp_path))
    compiled = compile_model(build_world(world))
    year_of = years_of_columns(world, compiled, -1)
    years = _Years(world, compiled, year_of, aims_of(world, compiled), groups_of(world, compiled))
    assert _outlook(years, 0, np.zeros(len(year_of)), lambda: 0.0) is None
    assert _outlook(years, 0, np.zeros(len(year_of)), lambda: None) is not None


def test_a_stop_ends_the_joint_bounds_and_the_plan_is_kept_with_a_weaker_one(tmp_path: Path) -> None:
    write_city(tmp_path, sized("district", needs=160, purchasers=8, years=2, seed=1))
    world = world_of(read_scenario(tmp_path))
    compiled = compile_model(build_world(world))
    point = Engine(compiled).relaxation()[1]  # fractions do here: no decision is made any more
    found, began = Answer("within_gap", (), point, 0), time.monotonic()
    calm = byyear._jointly(world, compiled, Options(0.005), found, None, began)[0]
    stopped = byyear._jointly(world, compiled, Options(0.005), found, lambda: True, began)[0]
    assert stopped.point is calm.point is point
    first, weaker = (next(s for s in a.stages if s.name == "outlay") for a in (calm, stopped))
    assert weaker.value == first.value and weaker.bound < first.bound - 1e-3 * first.scale


@pytest.mark.parametrize("found", [True, False], ids=["within the outlook", "all in one model"])
def test_a_large_model_is_certified_year_by_year(found: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is large is made small here; where the outlook leads to no plan, the later years stay in the model."""
    write_city(tmp_path, sized("town", needs=12, purchasers=3, undertakers=8, years=2, seed=1))
    monkeypatch.setattr(byyear, "BY_PURCHASER", 0)
    asked = []

    def spied(*args: object, **more: object) -> object:
        asked.append(1)
        return within_outlook(*args, **more) if found else None  # type: ignore[arg-type]

    monkeypatch.setattr(byyear, "within_outlook", spied)
    plan = plan_or_end(read_scenario(tmp_path), years="relax_and_fix", gap=0.01)
    assert asked and plan.summary["certified"], plan.summary["faults"]
