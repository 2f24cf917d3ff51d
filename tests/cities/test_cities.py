"""The drawn places of the benchmarks: repeatable, free of faults, feasible by construction, and scarce."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest
from benchmarks.cities import SIZES, City, sized, write_city

from gpsopt.checks import check
from gpsopt.compiler import compile_model
from gpsopt.model.build import build_world
from gpsopt.model.facts import facts_of
from gpsopt.model.world import world_of
from gpsopt.scenario import read_scenario
from tests.pace import limit

#: CPU seconds to build a district of four years; about four times what two busy cores take
BUILD_SECONDS = 1.0


def fingerprint(folder: Path) -> str:
    hasher = hashlib.sha256()
    for path in sorted(folder.rglob("*.*")):
        hasher.update(path.name.encode() + path.read_bytes())
    return hasher.hexdigest()


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_city(tmp_path / name, sized("town", seed=seed))
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b") != fingerprint(tmp_path / "c")


@pytest.mark.parametrize(
    "city",
    [SIZES["town"], sized("town", years=1, seed=5), sized("district", needs=97, purchasers=3, years=2), SIZES["city"]],
    ids=["town", "one year", "uneven", "city"],
)
def test_nothing_stands_in_the_way_and_keeping_everything_is_a_plan(city: City, tmp_path: Path) -> None:
    write_city(tmp_path, city)
    scenario = read_scenario(tmp_path)
    assert {f.code for f in check(scenario) if f.severity != "note"} <= {"area_without_need", "offer_unwanted"}
    facts = facts_of(scenario)
    assert len(facts.needs.key) == city.needs and facts.needs.demand.shape[1] == city.years
    assert (facts.needs.floor <= facts.lines.quantity[:, None]).all()
    for p in facts.purchasers:
        for year in facts.years:
            assert facts.lines_total(p, year) <= facts.budget[p, year]


def test_a_district_is_as_large_as_said_and_built_in_a_moment(tmp_path: Path) -> None:
    write_city(tmp_path, SIZES["district"])
    scenario = read_scenario(tmp_path)
    start = time.process_time()
    world = world_of(scenario)
    compiled = compile_model(build_world(world))
    assert time.process_time() - start < limit(BUILD_SECONDS)
    assert 4 * 4_700 < len(world.pairs.offer) < 4 * 5_100
    assert world.binary.mean() > 0.95 and compiled.matrix.shape[0] > 50_000
