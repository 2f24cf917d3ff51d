"""Limits of aims: kept to the fen, refused where no plan can keep them, nothing without them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

import gpsopt
from gpsopt.errors import InfeasibleError, ScenarioError
from gpsopt.plan.plan import Plan
from tests.cli.worlds import hamlet
from tests.compare.worlds import TOWN, scenario


def limited(folder: Path, order: str, limits: str) -> Plan:
    return gpsopt.solve(scenario(folder, "s", f"[aims]\norder = [{order}]\n[aims.limit]\n{limits}\n"))


def value(plan: Plan, aim: str) -> float:
    return float(next(a["plan_value"] for a in plan.summary["aims"] if a["name"] == aim))


def test_an_aim_that_is_not_sought_is_kept_too(tmp_path: Path) -> None:
    """The town can have 80,000 of shortfall at least; sought alone, outlay would drop every service."""
    plan = limited(tmp_path, '"outlay"', "livelihood_shortfall = 80000")
    assert plan.certified
    free = gpsopt.solve(scenario(tmp_path, "free", '[aims]\norder = ["outlay"]\n'))
    assert value(plan, "outlay") > value(free, "outlay")
    seen = limited(tmp_path, '"outlay", "livelihood_shortfall"', "livelihood_shortfall = 80000")
    assert value(seen, "livelihood_shortfall") == 80_000


def test_a_limit_of_outlay_holds_to_the_fen(tmp_path: Path) -> None:
    """Prices with six decimals: amounts are rounded one by one, the limit binds their sum."""
    offers = "offer,undertaker,item,price\no1,u1,i1,280.333333\no2,u2,i1,300.777777\no3,u2,i2,700.111111\n"
    world = hamlet(tmp_path / "world", offers=offers)
    text = (world / "model.toml").read_text(encoding="utf-8").replace("quantity_step = 1\n", "quantity_step = 0.01\n")
    for limit in ("11501.01", "12345.67", "15000.00"):
        (world / "model.toml").write_text(f"{text}[aims.limit]\noutlay = {limit}\n", encoding="utf-8")
        plan = gpsopt.solve(world)
        assert plan.certified and Decimal(str(value(plan, "outlay"))) <= Decimal(limit)


def test_a_least_is_kept_from_below(tmp_path: Path) -> None:
    plan = limited(tmp_path, '"outlay", "worst_area"', "worst_area = 0.85")
    assert plan.certified and value(plan, "worst_area") >= 0.85


def test_what_no_plan_can_keep_is_said(tmp_path: Path) -> None:
    with pytest.raises(InfeasibleError) as refused:
        limited(tmp_path, '"outlay"', "livelihood_shortfall = 79999")
    assert "aim_limit" in refused.value.text("en") and "79,999" in refused.value.text("zh")


def test_an_unknown_aim_has_no_limit(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError):
        limited(tmp_path, '"outlay"', "beauty = 1")


def test_without_limits_nothing_changes() -> None:
    assert "aim_limit" not in "".join(gpsopt.solve(TOWN).manifest)
    from gpsopt.compiler import compile_model
    from gpsopt.model.build import build

    assert not any(name.startswith("aim_limit") for name in compile_model(build(gpsopt.read_scenario(TOWN))).rows)
