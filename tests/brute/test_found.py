"""What the comparison with full enumeration has found, each in the smallest model that shows it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gpsopt
from compiler.test_every_clause import same
from gpsopt.compiler import compile_model
from gpsopt.model.build import build
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.settings import Settings
from gpsopt.solving.engine import Engine, Limits
from gpsopt.solving.tightening import tighten
from gpsopt.unitvalue import unit_values

from .generate import Row, tables_of
from .test_brute_force import compare, planned

FOUND = Path(__file__).parent / "found"  # models that a seed once drew


def small(tables: dict[str, list[Row]] | None = None, **settings: Any) -> Scenario:
    """One purchaser, one need of two units, one offer at 100 and money for both; tables and settings replaced."""
    rows: dict[str, list[Row]] = {
        "areas": [{"area": "a"}],
        "purchasers": [{"purchaser": "p", "level": "municipal", "kind": "administrative_organ"}],
        "items": [{"item": "i", "kind": "public", "livelihood": True, "basic": True, "scope": "purchasable",
                   "divisible": False}],
        "budgets": [{"purchaser": "p", "year": year, "amount": Decimal(300)} for year in (2014, 2015)],
        "needs": [need(2014), need(2015)],
        "undertakers": [{"undertaker": "u", "kind": "enterprise"}],
        "offers": [{"offer": "o", "undertaker": "u", "item": "i", "price": Decimal(100)}],
    }  # fmt: skip
    found = tables_of({**rows, **(tables or {})})
    order = settings.pop("order", ("livelihood_shortfall", "outlay"))
    given = Settings.model_validate({
        "years": (2014, 2015), "base_year": 2013,
        "aims": {"order": order, "tolerance": dict.fromkeys(order, 0)}, **settings,
    })  # fmt: skip
    return Scenario("small", given, found, (), (), unit_values(found))


def need(year: int, **cells: Any) -> Row:
    same = {"need": "n", "purchaser": "p", "item": "i", "area": "a", "year": year}
    return {**same, "demand": Decimal(2), "target": Decimal(1), **cells}


def agreed(scenario: Scenario) -> gpsopt.Plan | None:
    """The plan (None: there is none) after enumeration and verify have agreed with it."""
    plan = planned(scenario)
    assert compare(scenario, plan) in ("same", "none")
    assert plan is None or plan.summary["certified"], plan.summary["faults"]
    return plan


def value(plan: gpsopt.Plan | None, aim: str) -> float:
    assert plan is not None
    return float(next(entry["plan_value"] for entry in plan.summary["aims"] if entry["name"] == aim))


def test_the_small_model_buys_all() -> None:
    plan = agreed(small())
    assert (value(plan, "livelihood_shortfall"), value(plan, "outlay")) == (0, 400)


def test_a_dated_catalogue_closes_a_matter_in_its_area_and_years() -> None:
    catalogue: list[Row] = [{"item": "i", "area": None, "scope": "purchasable"},
                 {"item": "i", "area": "a", "scope": "outside_duties", "first_year": 2015}]  # fmt: skip
    plan = agreed(small({"catalogue": catalogue}))
    assert value(plan, "livelihood_shortfall") == 200
    assert plan is not None and set(plan.frames["allocation"]["year"]) == {2014}


def test_what_the_catalogue_keeps_with_government_is_newly_delivered() -> None:
    catalogue = [{"item": "i", "area": None, "scope": "government_only", "first_year": 2015}]
    plan = agreed(small({"catalogue": catalogue}))
    assert value(plan, "livelihood_shortfall") == 0
    assert plan is not None and [int(g) for g in plan.frames["direct"]["new"]] == [2]


@pytest.mark.parametrize("held", [{"award": True}, {"quantity": 1}])
def test_a_held_award_that_a_clause_excludes_leaves_no_plan(held: Row) -> None:
    undertakers = [{"undertaker": "u", "kind": "enterprise", "record": False}]
    lock = [{"need": "n", "year": 2014, "offer": "o", **held}]
    assert agreed(small({"undertakers": undertakers}, lock=lock)) is None
    assert agreed(small({"undertakers": undertakers})) is not None


def test_too_few_undertakers_where_nobody_may_serve_leave_no_plan() -> None:
    offers = [{"offer": "o", "undertaker": "u", "item": "i", "price": Decimal(100), "last_year": 2014}]
    count = {"undertaker_count": {"min": 1}}
    assert agreed(small({"offers": offers}, clauses=count)) is None
    assert agreed(small(clauses=count)) is not None


def test_a_struck_award_size_breaks_no_package() -> None:
    offers = [
        {"offer": "o", "undertaker": "u", "item": "i", "price": Decimal(100), "package": "x"},
        {"offer": "q", "undertaker": "v", "item": "i", "price": Decimal(50), "package": "x"},
    ]
    undertakers: list[Row] = [
        {"undertaker": "u", "kind": "enterprise"},
        {"undertaker": "v", "kind": "enterprise", "record": False},
    ]
    tables: dict[str, list[Row]] = {"offers": offers, "undertakers": undertakers}
    assert value(agreed(small(tables)), "livelihood_shortfall") == 300  # unit value: the median price, 75
    plan = agreed(small(tables, clauses={"award_size": {"enabled": False}}))
    assert value(plan, "livelihood_shortfall") == 0


def test_a_year_without_a_row_adds_no_benefit() -> None:
    line = [{"need": "n", "quantity": Decimal(2), "expenditure": Decimal(200), "avoidable": Decimal(1)}]
    plan = agreed(small({"needs": [need(2014)], "direct_lines": line, "offers": []}, order=("benefit",),
                        clauses={"coverage": {"oversupply": True}}))  # fmt: skip
    assert value(plan, "benefit") == 2


def test_all_or_nothing_of_no_demand_is_nothing() -> None:
    line = [{"need": "n", "quantity": Decimal(2), "expenditure": Decimal(200), "avoidable": Decimal(1)}]
    needs = [need(2014, all_or_nothing=True), need(2015, demand=Decimal(0), all_or_nothing=True)]
    plan = agreed(small({"needs": needs, "direct_lines": line}, order=("benefit",),
                        clauses={"coverage": {"oversupply": True}}))  # fmt: skip
    assert value(plan, "benefit") == 2


def test_new_units_beyond_demand_where_oversupply_is_allowed() -> None:
    items = [{"item": "i", "kind": "public", "livelihood": True, "basic": True, "scope": "government_only",
              "divisible": False, "cost_standard": Decimal(100)}]  # fmt: skip
    plan = agreed(small({"items": items}, order=("benefit",), clauses={"coverage": {"oversupply": True}}))
    assert value(plan, "benefit") == 6


def test_the_least_coverage_is_not_held_above_what_it_is() -> None:
    """A solver passes the rows of worst_area by a millionth; the cheaper of two plans was lost for it."""
    plan = agreed(read_scenario(FOUND / "worst_area"))
    assert value(plan, "worst_area") == pytest.approx(0.6)
    assert value(plan, "outlay") == 220


def test_the_plan_of_earlier_aims_is_not_lost() -> None:
    """Four aims held to a billionth left the fifth without any point in the solver's eyes."""
    assert value(agreed(read_scenario(FOUND / "earlier_aims")), "outlay") == 248


def test_limits_are_cut_no_closer_than_the_solver_can_tell() -> None:
    """Limits a billionth above what rows say made presolve lose the plan that keeps both units."""
    assert value(agreed(read_scenario(FOUND / "cut_limits")), "outlay") == pytest.approx(184.8)


def test_contracts_of_one_pair_and_year_add_up() -> None:
    """One signed through 2015 and one of 2015: both are in the plan, so nothing less than their sum."""
    both: list[Row] = [
        {"need": "n", "offer": "o", "year": 2014, "until_year": 2015, "quantity": Decimal(1), "fixed": True},
        {"need": "n", "offer": "o", "year": 2015, "quantity": Decimal(1), "fixed": True},
    ]
    enough = agreed(small({"contracts": both}, order=("outlay",)))
    assert enough is not None and list(enough.frames["allocation"]["quantity"]) == [1, 2]
    short = [{"purchaser": "p", "year": 2014, "amount": Decimal(300)}, {"purchaser": "p", "year": 2015,
             "amount": Decimal("199.99")}]  # fmt: skip
    assert agreed(small({"contracts": both, "budgets": short})) is None
    paid: list[Row] = [both[0], {**both[1], "quantity": None, "amount": Decimal("0.01")}]
    assert agreed(small({"contracts": paid, "budgets": short})) is None  # a fen beyond the first is another unit


def test_a_contract_for_money_at_a_price_of_nothing_leaves_no_plan() -> None:
    offers = [{"offer": "o", "undertaker": "u", "item": "i", "price": Decimal(0)}]
    contract: list[Row] = [{"need": "n", "offer": "o", "year": 2014, "amount": Decimal(5), "fixed": True}]
    assert agreed(small({"offers": offers, "contracts": contract})) is None


def test_a_row_of_the_year_adds_to_one_of_every_year_in_a_relation() -> None:
    """In 2015 two for each unit and at most two of them: one unit."""
    rows: list[Row] = [
        {"relation": "r", "need": "n", "coefficient": Decimal(1), "at_most": Decimal(2)},
        {"relation": "r", "need": "n", "coefficient": Decimal(1), "year": 2015},
    ]
    assert value(agreed(small({"relations": rows})), "livelihood_shortfall") == 100


@pytest.mark.parametrize("soft", [True, False])
def test_a_floor_of_purchase_where_nobody_offers(soft: bool) -> None:
    """Not basic, half must be bought from 2014 on and there is no offer: broken by two units, or no plan."""
    items = [{"item": "i", "kind": "public", "livelihood": True, "basic": False, "scope": "purchasable",
              "divisible": False, "cost_standard": Decimal(100)}]  # fmt: skip
    clauses = {"gradual_purchase": {"floor": "0.5", "soft": soft}}
    scenario = small({"items": items, "offers": []}, clauses=clauses)
    model = build(scenario)
    same(model, compile_model(model))
    plan = planned(scenario)
    assert (plan is not None) == soft
    if plan is not None:
        assert plan.certified
        assert [stage["plan_value"] for stage in plan.summary["soft"]] == ["200"]


def test_a_tolerated_loss_is_never_more_than_tolerated() -> None:
    """Of three served today a quarter may be lost: 2.25 must be served, and two of what is not divisible are fewer."""
    needs = [need(2014, demand=Decimal(3), target=Decimal(0)), need(2015, demand=Decimal(3), target=Decimal(0))]
    lines: list[Row] = [{"need": "n", "quantity": Decimal(3), "expenditure": Decimal(300), "avoidable": Decimal(1)}]
    dear: list[Row] = [{"offer": "o", "undertaker": "u", "item": "i", "price": Decimal(150)}]
    tables = {"needs": needs, "direct_lines": lines, "offers": dear}
    plan = agreed(small(tables, clauses={"continuity": {"tolerance": "0.25"}}))
    assert plan is not None and list(plan.frames["coverage"]["served"]) == [3, 3]
    freer = agreed(small(tables, clauses={"continuity": {"tolerance": "0.34"}}))
    assert freer is not None and list(freer.frames["coverage"]["served"]) == [2, 2]


def test_a_floor_of_purchase_is_never_taken_down() -> None:
    """Not basic, a fifth of two units must be bought: 0.4, so one of what is not divisible."""
    items: list[Row] = [{"item": "i", "kind": "public", "livelihood": True, "basic": False, "scope": "purchasable",
                         "divisible": False}]  # fmt: skip
    clauses = {"gradual_purchase": {"floor": "0.2", "soft": False}}
    plan = agreed(small({"items": items}, order=("outlay",), clauses=clauses))
    assert plan is not None and list(plan.frames["allocation"]["quantity"]) == [1, 1]


def test_a_line_of_nothing_keeps_its_rows() -> None:
    """A direct line of no units and no money stands in the plan's tables, also where nothing is done with it."""
    lines: list[Row] = [{"need": "n", "quantity": Decimal(0), "expenditure": Decimal(0)}]
    plan = agreed(small({"direct_lines": lines, "offers": []}))
    assert plan is not None and list(plan.frames["direct"]["quantity"]) == [0, 0]
    silent = agreed(small({"direct_lines": lines, "needs": [need(2014)]}))
    assert silent is not None and list(silent.frames["coverage"]["demand"]) == [2, 0]


def test_presolve_does_not_lose_a_plan_that_is_held() -> None:
    """Two aims held to a fifth of a fen, and the solver's presolve saw no plan for the third."""
    plan = planned(read_scenario(FOUND / "presolve"))
    assert plan is not None and plan.certified
    assert value(plan, "livelihood_shortfall") == pytest.approx(69.12)


@pytest.mark.parametrize("known, bought", [("0.2", False), ("0.7", True)])
def test_a_mark_that_is_known_counts_without_the_other(known: str, bought: bool) -> None:
    """Nobody knows the offer's quality; what is known of people's satisfaction stands against its floor."""
    marked: dict[str, Any] = {"quality": Decimal("0.5"), "satisfaction": Decimal("0.9"), "price": Decimal(200)}
    offers: list[Row] = [
        {"offer": "o", "undertaker": "u", "item": "i", "price": Decimal(100), "satisfaction": Decimal(known)},
        {"offer": "q", "undertaker": "u", "item": "i", **marked},
    ]
    clauses = {"quality_floor": {"min_satisfaction": "0.6"}}
    plan = agreed(small({"offers": offers}, clauses=clauses))
    assert plan is not None and ("o" in set(plan.frames["allocation"]["offer"])) == bought
    assert value(agreed(small({"offers": offers[:1]}, order=("quality",), clauses={})), "quality") == 0


def test_a_bound_less_than_a_fen_away_is_proof() -> None:
    """Asked for a gap of 0, the solver's bound lay 0.00045 yuan off at its end, and the page spoke of a limit."""
    plan = gpsopt.solve(read_scenario(FOUND / "within_a_fen"), gap=0)
    assert plan.status == "optimal"


def test_a_plan_with_hardly_any_room_is_found() -> None:
    """Limits cut to within a billionth of what they can be: presolve said that there was no plan."""
    scenario = read_scenario(FOUND / "hardly_any_room")
    plan = gpsopt.solve(scenario, gap=0)
    assert plan.certified and value(plan, "benefit") == -9.5
    tight = tighten(compile_model(build(scenario)))[0]
    for integer in (tight.integer, np.zeros_like(tight.integer)):
        assert Engine(replace(tight, integer=integer)).minimise(Limits()).status == "optimal"


def test_the_start_point_is_not_called_the_best() -> None:
    """With the first aim held, presolve saw nothing but the start point: 985.25 yuan were missed, and need not be."""
    plan = gpsopt.solve(read_scenario(FOUND / "held_start"), gap=0)
    assert value(plan, "livelihood_shortfall") == pytest.approx(1787.16825)
    assert value(plan, "shortfall") == pytest.approx(0, abs=0.02)  # a need of 0.01 units is its grid step
