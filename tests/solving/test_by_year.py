"""Relax and fix: every year's decisions are made in turn, and the joint bound holds for what comes out."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.cities import sized, write_city

from gpsopt.plan.summary import run_name
from gpsopt.planning import options_of, plan_or_end
from gpsopt.scenario import read_scenario

TOWN = Path(__file__).parents[2] / "models" / "town"


def test_the_towns_plan_is_certified_and_within_its_joint_bound(tmp_path: Path) -> None:
    write_city(tmp_path, sized("town", needs=8, purchasers=2, undertakers=6, years=2, seed=1))
    scenario = read_scenario(tmp_path)
    by_year = plan_or_end(scenario, years="relax_and_fix", gap=0.01)
    assert by_year.summary["certified"], by_year.summary["faults"]
    joint = plan_or_end(scenario, gap=0.01)
    for ours, theirs in zip(by_year.summary["aims"], joint.summary["aims"], strict=True):
        sign = 1 if ours["sense"] == "min" else -1
        assert sign * ours["bound"] <= sign * ours["value"] + 1e-6
        assert ours["gap"] == pytest.approx(abs(ours["value"] - ours["bound"]) / (ours["scale"] or 1), abs=1e-9)
        if ours["name"] == theirs["name"] == "livelihood_shortfall":  # nothing is held yet: one bound for all
            assert ours["bound"] <= theirs["value"] + 1e-6


def test_a_single_year_is_the_same_either_way(tmp_path: Path) -> None:
    write_city(tmp_path, sized("town", needs=8, purchasers=2, undertakers=6, years=1, seed=1))
    scenario = read_scenario(tmp_path)
    one, other = (plan_or_end(scenario, years=years, gap=0.0) for years in ("joint", "relax_and_fix"))
    assert one.summary["aims"] == other.summary["aims"]
    assert all(frame.equals(other.frames[name]) for name, frame in one.frames.items())


def test_the_way_of_the_years_is_part_of_the_request_but_joint_is_not_said(tmp_path: Path) -> None:
    scenario = read_scenario(TOWN)
    plain = run_name(scenario, options_of(scenario))
    assert plain == run_name(scenario, options_of(scenario, years="joint"))
    assert plain != run_name(scenario, options_of(scenario, years="relax_and_fix"))
