"""Today carried into the town's plan: the books of 2014, and a contract for meals that is signed through 2015.

Amounts in thousand yuan. Books of 2014: civil 400 + 320 direct and 2 * 95 = 190 bought, 910 in all; culture
100 + 60 direct and 2 * 18 = 36 bought, 196. So both tie, and nothing was left on a purchase line.

civil 2015: n2 keeps two units of o04 (190) and takes its third of o01 (80). n1 then has three of o01 (240) and one of
o02 (96), cheaper than keeping one (100): 336 + 270 + 4 for u1 = 610 for 590 without the contract. The rest of the
plan is the town's own (tests/town/test_town.py): outlay 2,289 + 20 = 2,309.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import gpsopt
from gpsopt.checks import check
from gpsopt.tables import SCHEMA, sorted_by_key

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "today_carried.toml"


@pytest.fixture(scope="module")
def plan() -> gpsopt.Plan:
    return gpsopt.solve(SCENARIO)


def with_cell(scenario: gpsopt.Scenario, table: str, where: dict[str, Any], column: str, value: Any) -> gpsopt.Scenario:
    frame = scenario.tables[table].copy()
    rows = [all(frame.loc[i, k] == v for k, v in where.items()) for i in frame.index]
    assert any(rows)
    frame[column] = [value if hit else old for hit, old in zip(rows, frame[column], strict=True)]
    return replace(scenario, tables=scenario.tables.with_frame(table, sorted_by_key(frame, SCHEMA[table])))


def test_the_books_of_the_base_year_are_reproduced(plan: gpsopt.Plan) -> None:
    assert plan.summary["today"] == {
        "year": 2014, "direct": Decimal("880000.00"), "purchased": Decimal("226000.00"),
        "books": Decimal("1106000.00"), "difference": Decimal("0.00"),
    }  # fmt: skip
    assert "difference 0.00 yuan" in plan.page("en")
    assert "差额 0.00 元" in plan.page("zh")
    assert [f.code for f in check(plan.scenario) if f.code.startswith("books")] == ["books_tie"]


def test_the_signed_contract_is_in_the_plan_and_costs_twenty_thousand(plan: gpsopt.Plan) -> None:
    assert plan.certified, plan.summary["faults"]
    held = plan.allocation[(plan.allocation["need"] == "n2") & (plan.allocation["year"] == 2015)]
    assert dict(zip(held["offer"], held["quantity"], strict=True)) == {"o04": 2, "o01": 1}
    values = {aim["name"]: aim["plan_value"] for aim in plan.summary["aims"]}
    assert values["outlay"] == 2_309_000
    assert values["livelihood_shortfall"] == 80_000


def test_what_was_left_in_the_base_year_counts_in_the_first_change(plan: gpsopt.Plan) -> None:
    """Books 25 higher than what was spent: 25 were left on culture's line in 2014, 4 are in 2015."""
    scenario = with_cell(plan.scenario, "budgets", {"purchaser": "culture", "year": 2014}, "amount", Decimal(221000))
    other = gpsopt.solve(scenario)
    assert other.certified, other.summary["faults"]
    assert other.summary["today"]["difference"] == Decimal("25000.00")
    ledger = other.transfers
    left = ledger[
        (ledger["year"] == 2015) & (ledger["from_purchaser"] == "culture") & (ledger["from_line"] == "purchase")
    ]
    assert list(zip(left["amount"], left["change"], strict=True)) == [(Decimal("4000.00"), Decimal("-21000.00"))]
    assert "books_differ" in {f.code for f in check(scenario)}


def test_in_execution_what_runs_in_the_first_year_is_kept(plan: gpsopt.Plan) -> None:
    """The contract of n5 is not fixed; running on into 2015, only a plan made in mid-year is held to it."""
    scenario = with_cell(plan.scenario, "contracts", {"need": "n5"}, "until_year", 2016)
    scenario = with_cell(scenario, "contracts", {"need": "n5"}, "offer", "o08")
    bought = {}
    for stage in ("drafting", "execution"):
        made = gpsopt.solve(replace(scenario, settings=scenario.settings.model_copy(update={"stage": stage})))
        assert made.certified, made.summary["faults"]
        n5 = made.allocation[made.allocation["need"] == "n5"]
        bought[stage] = {(y, o): q for y, o, q in zip(n5["year"], n5["offer"], n5["quantity"], strict=True)}
    assert bought["drafting"][2015, "o07"] == 2
    assert bought["execution"][2015, "o08"] == 2
    assert (2016, "o08") not in bought["execution"]


def test_a_contract_with_an_offer_that_a_clause_leaves_out_has_no_plan(plan: gpsopt.Plan) -> None:
    """o03 is above the cost standard: the contract and the clause contradict each other, and both are named."""
    scenario = with_cell(plan.scenario, "contracts", {"need": "n2"}, "offer", "o03")
    found = {f.code: f for f in check(scenario)}
    assert found["contract_barred"].details["clause"] == "fee_standard"
    with pytest.raises(gpsopt.InfeasibleError):
        gpsopt.solve(scenario)
