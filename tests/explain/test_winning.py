"""The price to win is the one that enumeration finds: at it a best plan has the offer, a fen above none does."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from gpsopt.analysis.explain import explain_offer, price_to_win
from gpsopt.analysis.explain.winning import at_price
from gpsopt.plan.plan import Plan
from gpsopt.planning import plan_or_end
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.settings import AIMS, Lock
from tests.brute.enumerator import Best, best_plan
from tests.brute.generate import draw

TOWN = Path(__file__).parents[2] / "models" / "town"


#: amounts are rounded to the fen award by award, which the model does not see
ROUNDING = Decimal("0.02")


def strict(seed: int) -> Scenario:
    """A tiny model of the seed in which later aims may take nothing from earlier ones."""
    tiny = draw(seed)
    aims = tiny.settings.aims.model_copy(update={"tolerance": dict.fromkeys(AIMS, Decimal(0)), "hold": "total"})
    return replace(tiny, settings=tiny.settings.model_copy(update={"aims": aims}))


def without(scenario: Scenario, offer: str) -> Scenario:
    """The scenario as if the offer were not there."""
    frame = scenario.tables["offers"]
    kept = frame[[key != offer for key in frame["offer"]]]
    return replace(scenario, tables=scenario.tables.with_frame("offers", kept))


def refused(scenario: Scenario, offer: str) -> Scenario:
    """The scenario with every award of the offer refused by hand."""
    years = scenario.settings.years
    needs = sorted(set(scenario.tables["needs"]["need"]))
    locks = tuple(Lock(need=n, year=y, offer=offer, award=False) for n in needs for y in years)
    return replace(scenario, settings=scenario.settings.model_copy(update={"lock": locks}))


@pytest.mark.parametrize("seed", [2, 3, 5])
def test_enumeration_agrees(seed: int) -> None:
    agreed(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [7, 8, 11, 12, 13, 17, 19, 23, 29, 31])
def test_enumeration_agrees_on_more(seed: int) -> None:
    agreed(seed)


def agreed(seed: int) -> None:
    """A fen's width around the found price, enumeration sees the plan with the offer become worse than without."""
    scenario = strict(seed)
    if scenario.settings.lock or best_plan(scenario) is None:
        pytest.skip("no plan, or decisions held by hand")
    offer = str(scenario.tables["offers"]["offer"].iloc[0])
    win = price_to_win(scenario, offer)
    assert win.is_proven
    rest = best_plan(refused(scenario, offer))
    if win.ends != "won" or rest is None:
        return
    assert win.price is not None
    assert enters(at_price(scenario, offer, max(Decimal(0), win.price - ROUNDING)), offer, rest)
    assert not enters(at_price(scenario, offer, win.price + ROUNDING), offer, rest)


def enters(scenario: Scenario, offer: str, rest: Best) -> bool:
    """Does enumeration find a plan with an award of the offer that is as good as the best without?"""
    needs, offers = scenario.tables["needs"], scenario.tables["offers"]
    [item] = [i for key, i in zip(offers["offer"], offers["item"], strict=True) if key == offer]
    for need in sorted({n for n, i in zip(needs["need"], needs["item"], strict=True) if i == item}):
        for year in scenario.settings.years:
            lock = (Lock(need=need, year=year, offer=offer, award=True),)
            held = replace(scenario, settings=scenario.settings.model_copy(update={"lock": lock}))
            found = best_plan(held)
            if found is not None and order(found) <= order(rest):
                return True
    return False


def order(best: Best) -> list[Fraction]:
    """The aims so that less is better."""
    return [value if AIMS[name] == "min" else -value for name, value in best.aims]


def test_the_town_on_paper() -> None:
    """n1 is served from o02 and o01; the direct line it replaces costs 94 500 yuan a unit with its setup counted."""
    town = read_scenario(TOWN)
    win = price_to_win(town, "o02")
    assert (win.price, win.above, win.ends) == (Decimal("94500.00"), Decimal("94500.01"), "won")


def test_replacement_is_the_plan_without() -> None:
    town = read_scenario(TOWN)
    plan = plan_or_end(town)
    assert isinstance(plan, Plan)
    answer = explain_offer(plan, "o02")
    assert answer.is_in
    alone = plan_or_end(without(town, "o02"))
    now = {aim["name"]: aim["value"] for aim in plan.summary["aims"]}
    then = {aim["name"]: aim["value"] for aim in alone.summary["aims"]}
    for row in answer.aims.to_dict("records"):
        if row["aim"] == "quality":  # an offer that is not there at all no longer counts in its item's mean score
            continue
        assert row["difference"] == pytest.approx(then[row["aim"]] - now[row["aim"]], abs=0.05)
    assert answer.beaten is not None
    assert answer.beaten.aim == "livelihood_shortfall"
