"""The baseline solved: certified, close to its bounds, and with rules that bind."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpsopt.plan.plan import Plan
from gpsopt.planning import solve
from tests.beijing.bars import full_undertakers, kept_and_parted, short_of_money

BASELINE = Path(__file__).resolve().parents[2] / "scenarios" / "baseline.toml"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return solve(BASELINE)


@pytest.mark.slow
def test_it_is_certified_and_every_aim_lies_within_the_gap(plan: Plan) -> None:
    assert plan.certified
    assert all(aim["gap"] <= 0.001 for aim in plan.summary["aims"])


@pytest.mark.slow
def test_money_binds_for_a_third_of_the_purchaser_years(plan: Plan) -> None:
    short, all_years = short_of_money(plan)
    assert all_years / 3 <= short <= all_years * 0.8


@pytest.mark.slow
def test_capacity_binds_for_a_tenth_of_the_undertakers_in_every_mean_year(plan: Plan) -> None:
    full, undertakers = full_undertakers(plan)
    assert full >= undertakers / 10


@pytest.mark.slow
def test_some_matters_stay_some_move_in_part_and_some_wholly(plan: Plan) -> None:
    kept, part, gone = kept_and_parted(plan)
    assert min(kept, part, gone) >= 10
