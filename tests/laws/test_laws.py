"""Laws of what is reached, on random tiny models; each says under which conditions it holds.

Amounts are whole fen in all of them: where a price or a cost is rounded, a plan may stand a fen off its law.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as choices
from hypothesis import strategies as st

import gpsopt
from brute.candidates import read_world
from brute.crowded import draw_crowded
from brute.generate import draw
from brute.test_brute_force import planned, rounded_amounts
from gpsopt.scenario import Scenario
from gpsopt.settings import AIMS, Settings

pytestmark = pytest.mark.slow
SEEDS = st.integers(0, 5000)
few = choices(
    max_examples=40, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
MONEY_AIMS = ("livelihood_shortfall", "shortfall", "outlay", "quality", "transition")
MONEY = {
    "budgets": ("amount",), "items": ("cost_standard",), "direct_lines": ("expenditure",), "contracts": ("amount",),
    "undertakers": ("contract_limit", "engagement_cost"), "offers": ("price", "setup", "subsidy"),
}  # fmt: skip
PAIRS = ("catalogue_scope", "qualification", "fee_standard", "equal_competition", "competition")


def reached(plan: gpsopt.Plan) -> list[tuple[str, float]]:
    """What was sought, in order: violations of soft clauses, then the aims."""
    soft = [(f"{s['clause']} {s['unit']}", float(s["plan_value"])) for s in plan.summary.get("soft", ())]
    return soft + [(aim["name"], float(aim["plan_value"])) for aim in plan.summary["aims"]]


def no_worse(name: str, after: float, before: float) -> bool:
    gain = after - before if AIMS.get(name) == "max" else before - after
    return gain >= -1e-6 * max(1.0, abs(before))


def with_column(scenario: Scenario, table: str, column: str, change: Any) -> Scenario:
    """Every given cell of a column changed."""
    frame = scenario.tables[table].copy()
    frame[column] = [None if cell is None else change(cell) for cell in frame[column]]
    return replace(scenario, tables=scenario.tables.with_frame(table, frame))


def whole(scenario: Scenario) -> bool:
    return not rounded_amounts(read_world(scenario))


@few
@given(SEEDS, st.sampled_from(("0.01", "10", "75", "1000")))
def test_more_money_never_worsens_what_comes_first(seed: int, more: str) -> None:
    """Unless plural_supply spares small budgets: a purchaser with more money may come under it."""
    scenario = draw_crowded(seed)
    plural = scenario.settings.clauses.plural_supply
    assume(whole(scenario) and not (plural and plural.enabled and plural.min_outlay))
    before = planned(scenario)
    assume(before is not None)
    after = planned(with_column(scenario, "budgets", "amount", lambda amount: amount + Decimal(more)))
    assert before is not None and after is not None
    (name, value), (_name, other) = reached(before)[0], reached(after)[0]
    assert no_worse(name, other, value), (seed, name, value, other)


@few
@given(SEEDS, st.integers(0, 30))
def test_striking_a_clause_never_worsens_the_first_aim(seed: int, pick: int) -> None:
    """Unless what is struck loosens or counts candidates: mode = "cap" lowers prices, oversupply allows more, and where
    more may offer, plural_supply and contract_term bind more."""
    scenario = draw(seed)
    clauses = scenario.settings.clauses
    on = [name for name in type(clauses).model_fields if clauses.on(name)]
    name = on[pick % len(on)]
    counted = clauses.on("plural_supply") or clauses.on("contract_term")
    assume(not (name == "fee_standard" and clauses.fee_standard.mode == "cap"))
    assume(not (name in ("coverage", "award_size") and clauses.coverage.oversupply))
    assume(not ((name in PAIRS or name == "award_size") and counted))
    assume(whole(scenario))
    before = planned(scenario)
    assume(before is not None)
    said = scenario.settings.model_dump()
    said["clauses"][name]["enabled"] = False
    freed = replace(scenario, settings=Settings.model_validate(said))
    assume(whole(freed))
    after = planned(freed)
    assert before is not None and after is not None
    (aim, value), (_aim, other) = reached(before)[0], reached(after)[0]
    assert no_worse(aim, other, value), (seed, name, aim, value, other)


@few
@given(SEEDS, st.sampled_from(("x", "新")))
def test_names_leave_the_plan(seed: int, word: str) -> None:
    """Codes of offers and undertakers that stay in the same order, and what things are called."""
    scenario = draw_crowded(seed)
    before = planned(scenario)
    assume(before is not None)
    named = scenario
    for table, column in (
        ("offers", "offer"), ("uses", "offer"), ("contracts", "offer"), ("offers", "undertaker"),
        ("undertakers", "undertaker"), ("capacities", "undertaker"), ("performance", "undertaker"),
    ):  # fmt: skip
        if table in named.tables.frames:
            named = with_column(named, table, column, lambda code: word + code)
    for table in ("items", "areas", "purchasers", "undertakers"):
        named = with_column(named, table, "name_zh", lambda name: f"{word}{name}")
    said = scenario.settings.model_dump(by_alias=True)
    for lock in said["lock"]:
        lock["offer"] = word + lock["offer"] if lock["offer"] else None
    after = planned(replace(named, settings=Settings.model_validate(said)))
    assert before is not None and after is not None
    columns = ["year", "need", "offer", "undertaker", "quantity", "amount"]
    mine, other = (plan.frames["allocation"][columns].copy() for plan in (before, after))
    for column in ("offer", "undertaker"):
        mine[column] = [word + code for code in mine[column]]
    assert mine.to_dict("records") == other.to_dict("records")
    assert before.frames["direct"].to_dict("records") == after.frames["direct"].to_dict("records")


def in_other_money(scenario: Scenario, factor: Decimal) -> Scenario:
    """Every price, cost, standard, limit and budget, and what a unit is worth, so many times as large."""
    for table, columns in MONEY.items():
        for column in columns if table in scenario.tables.frames else ():
            scenario = with_column(scenario, table, column, lambda amount: amount * factor)
    said = scenario.settings.model_dump(by_alias=True)
    if said["clauses"].get("plural_supply"):
        said["clauses"]["plural_supply"]["min_outlay"] *= factor
    worth = {item: value * factor for item, value in scenario.unit_values.items()}
    return replace(scenario, settings=Settings.model_validate(said), unit_values=worth)


def grows(scenario: Scenario) -> bool:
    """Grown prices are rounded at the sixth decimal, whatever they are counted in."""
    return any(cell for cell in scenario.tables["offers"]["growth"])


@few
@given(SEEDS)
def test_the_unit_of_money_leaves_the_values(seed: int) -> None:
    """Counted in jiao: what is counted in money comes out ten times as large, all else as it was, aim by aim."""
    scenario = draw_crowded(seed)
    assume(whole(scenario) and not grows(scenario))
    one, other = planned(scenario), planned(in_other_money(scenario, Decimal(10)))
    assert (one is None) == (other is None), seed
    assume(one is not None)
    assert one is not None and other is not None
    for (name, value), (_name, counted) in zip(reached(one), reached(other), strict=True):
        times = 10 if name in MONEY_AIMS or name.endswith(" yuan") else 1
        assert counted == pytest.approx(times * value, rel=1e-6, abs=1e-5), (seed, name)


@few
@given(SEEDS, st.sampled_from(("1.5", "3", "0.7")))
def test_scaling_all_money_together_leaves_the_first_aim(seed: int, factor: str) -> None:
    """Measured against its scale, as the share of what is wanted; where the scaled amounts are whole fen again."""
    scenario = draw(seed)
    assume(not grows(scenario) and whole(scenario))
    scaled = in_other_money(scenario, Decimal(factor))
    cents = [cell for table, columns in MONEY.items() if table in scaled.tables.frames
             for column in columns for cell in scaled.tables[table][column]]  # fmt: skip
    assume(whole(scaled) and all(cell is None or cell * 100 % 1 == 0 for cell in cents))
    one, other = planned(scenario), planned(scaled)
    assert (one is None) == (other is None), seed
    assume(one is not None)
    assert one is not None and other is not None
    first, then = one.summary["aims"][0], other.summary["aims"][0]
    times = float(factor) if first["name"] in MONEY_AIMS else 1.0
    assert then["plan_value"] == pytest.approx(times * first["plan_value"], rel=1e-6, abs=1e-5), seed
