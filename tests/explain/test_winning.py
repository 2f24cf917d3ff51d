"""The price to win is the one that enumeration finds: at it a best plan has the offer, a fen above none does."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from gpsopt.analysis.explain import explain_offer, price_to_win
from gpsopt.analysis.explain.around import Around
from gpsopt.analysis.explain.contest import Contest
from gpsopt.analysis.explain.pricerange import price_range
from gpsopt.analysis.explain.winning import at_price
from gpsopt.plan.plan import Plan
from gpsopt.planning import plan_or_end
from gpsopt.runread import as_run
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


#: ten models in which the plan loses without the offer, the first ones quick
MODELS = ((2, "o1"), (7, "o2"), (11, "o2"), (14, "o1"), (17, "o2"), (20, "o3"), (21, "o1"), (23, "o1"), (24, "o3"),
          (30, "o2"))  # fmt: skip


@pytest.mark.parametrize(("seed", "offer"), MODELS[:3])
def test_enumeration_agrees(seed: int, offer: str) -> None:
    agreed(seed, offer)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "offer"), MODELS[3:])
def test_enumeration_agrees_on_more(seed: int, offer: str) -> None:
    agreed(seed, offer)


def agreed(seed: int, offer: str) -> None:
    """The replacement cost is what enumeration loses without the offer, aim by aim; and a fen's width around the found
    price, enumeration sees the plan with the offer become worse than without."""
    scenario = strict(seed)
    plan, best, rest = plan_or_end(scenario), best_plan(scenario), best_plan(refused(scenario, offer))
    assert isinstance(plan, Plan) and best is not None and rest is not None
    answer = explain_offer(plan, offer)
    assert answer.is_proven and answer.is_in
    for row, (name, with_it), (_name, without_it) in zip(
        answer.aims.to_dict("records"), best.aims, rest.aims, strict=True
    ):
        assert row["aim"] == name
        assert row["difference"] == pytest.approx(float(without_it - with_it), abs=0.05)
        assert row["bound"] == row["difference"]
    win = answer.win
    assert win is not None and win.is_proven and win.price is not None
    assert win.price >= price_of(scenario, offer)
    assert enters(at_price(scenario, offer, max(Decimal(0), win.price - ROUNDING)), offer, rest)
    if win.ends == "won":
        assert not enters(at_price(scenario, offer, win.price + ROUNDING), offer, rest)


def price_of(scenario: Scenario, offer: str) -> Decimal:
    frame = scenario.tables["offers"]
    [price] = [p for key, p in zip(frame["offer"], frame["price"], strict=True) if key == offer]
    return Decimal(price)


@pytest.mark.parametrize(("seed", "offer"), MODELS[:2])
def test_what_is_found_and_what_is_proven_enclose_the_truth(seed: int, offer: str) -> None:
    enclosed(seed, offer)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "offer"), MODELS[2:])
def test_they_enclose_it_on_more(seed: int, offer: str) -> None:
    enclosed(seed, offer)


def enclosed(seed: int, offer: str) -> None:
    """As in a model too large for proof: a found plan is a plan, a bound is a bound."""
    scenario = strict(seed)
    plan = plan_or_end(scenario)
    assert isinstance(plan, Plan)
    truth = explain_offer(plan, offer)
    assert truth.win is not None and truth.beaten is not None
    around = Around(as_run(plan), offer, None)
    rest = around.best("without")
    if rest is None:
        assert truth.beaten.aim == ""
        return
    frame = around.aims_frame("without", rest).set_index("aim")
    exact = truth.aims.set_index("aim").loc[truth.beaten.aim]
    sign = 1.0 if exact["sense"] == "min" else -1.0
    row = frame.loc[truth.beaten.aim]
    assert row["before"] == pytest.approx(exact["before"], abs=0.05)
    assert sign * row["bound"] - 0.05 <= sign * exact["difference"] <= sign * row["difference"] + 0.05
    win = price_range(around, rest, around.plan)
    assert win.ends == "interval" and win.price is not None
    assert win.price >= min(price_of(scenario, offer), win.top or Decimal(0)).quantize(Decimal("0.01"))
    target = [aim.sign * around._shown(place, rest.reached[place]) for place, aim in enumerate(around.base.aims)]
    contest = Contest(scenario, offer, None)
    found = contest.answer("with", at_price(scenario, offer, win.price))
    assert found is not None
    with_it = [aim.sign * stage.value for aim, stage in zip(around.base.aims, found, strict=True)]
    differing = [a - b for a, b in zip(with_it, target, strict=True) if abs(a - b) > 0.05]
    assert not differing or differing[0] < 0, "the price at which a plan was found is one at which there is a plan"
    if win.above is not None and win.above <= (win.top or 0):
        beyond = contest.answer("with", at_price(scenario, offer, win.above + ROUNDING))
        assert beyond is None or any(
            aim.sign * stage.value > limit - 0.05
            for aim, stage, limit in zip(around.base.aims, beyond, target, strict=True)
        )


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


@pytest.mark.parametrize("seed", [5008, 5018])
def test_the_search_itself_takes_the_offer_up_to_its_price(seed: int) -> None:
    """Also where later aims may give up a part of earlier ones: solved at the price the plan has the offer, a fen above
    it has not."""
    tiny = draw(seed)
    aims = tiny.settings.aims.model_copy(update={"tolerance": dict.fromkeys(AIMS, Decimal("0.02"))})
    scenario = replace(tiny, settings=tiny.settings.model_copy(update={"aims": aims}))
    win = price_to_win(scenario, "o1")
    assert win.is_proven and win.ends == "won" and win.price is not None and win.above is not None
    for price, is_in in ((win.price, True), (win.above, False)):
        plan = plan_or_end(at_price(scenario, "o1", price))
        assert isinstance(plan, Plan)
        assert ("o1" in set(plan.allocation["offer"])) == is_in


def test_an_offer_above_the_standard_is_asked_about_at_the_standard() -> None:
    """Nothing but its price keeps it out: what it would take is the most that the standard allows, growth counted."""
    town = read_scenario(TOWN)
    plan = plan_or_end(town)
    assert isinstance(plan, Plan)
    asked = town.tables.filled("offers")
    items = dict(zip(town.tables["items"]["item"], town.tables["items"]["cost_standard"], strict=True))
    offer, item = next((o, i) for o, i in zip(asked["offer"], asked["item"], strict=True) if items[i] is not None)
    dear = at_price(town, offer, items[item] * 2)
    solved = plan_or_end(dear)
    assert isinstance(solved, Plan)
    answer = explain_offer(solved, offer)
    assert not answer.is_in and set(answer.excluded["clause"]) == {"fee_standard"} and not answer.is_barred
    assert answer.at == items[item] and answer.win is not None
    assert answer.aims["after"].notna().all()
