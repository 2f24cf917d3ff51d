"""Every rule of a simulated year on one award, worked out on paper: 2 places at 90,000 with 6,000 setup, o02 of u2.

The town's plan of 2015 for n1: o01 two places at 80,000 (160,000), o02 two places at 90,000 and 6,000 setup (186,000).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from gpsopt.settings import Simulation as Rules
from gpsopt.simulation.draws import Futures, Uncertainty
from gpsopt.simulation.held import Held
from gpsopt.simulation.living import Year, drawn, live
from tests.simulation.town import balanced, certain, held, town_run


@pytest.fixture(scope="module")
def plan() -> Held:
    return held(town_run())


def first_year(plan: Held, *rows: Uncertainty) -> Year:
    return live(plan, drawn(plan, Futures(rows, 1, 2).block(1)), plan.world.facts.settings.simulation)[0]


def place(plan: Held) -> int:
    return list(plan.awards[0].things["offer"]).index("o02")


def paid(plan: Held, *rows: Uncertainty) -> float:
    """Yuan paid for the award in 2015."""
    return float(first_year(plan, *rows).payment[0, place(plan)]) / 100


def test_as_planned(plan: Held) -> None:
    assert paid(plan) == 186_000.00


def test_deduction_by_quality(plan: Held) -> None:
    """(0.9 x 0.7 + 0.9 x 1) / 2 = 0.765 against 0.9 promised is 0.85: five in a hundred are kept back (3(6))."""
    assert paid(plan, certain("quality", 0.7)) == 176_700.00
    assert paid(plan, certain("quality", 0.69)) == 158_100.00  # 0.845: one step worse
    assert paid(plan, certain("quality", 0.0), certain("satisfaction", 0.0)) == 130_200.00


def test_a_model_can_state_another_schedule(plan: Held) -> None:
    rules = Rules.model_validate({"deductions": [["1", "0"], ["0", "0.5"]]})
    year = live(plan, drawn(plan, Futures((certain("quality", 0.99),), 1, 2).block(1)), rules)[0]
    assert year.payment[0, place(plan)] == 9_300_000


def test_half_of_it_delivered(plan: Held) -> None:
    """One place of two: 90,000 and the setup."""
    assert paid(plan, certain("delivered", 0.5)) == 96_000.00


def test_price_that_came(plan: Held) -> None:
    """Two places at 91,800, and the setup as agreed."""
    assert paid(plan, certain("price", 1.02, "all", {"offer": "o02"})) == 189_600.00


def test_less_demand_than_agreed(plan: Held) -> None:
    """Two places asked for instead of four, four delivered: each of two awards is accepted by half."""
    year = first_year(plan, certain("demand", 0.5, "all", {"need": "n1"}))
    assert year.accepted[0, place(plan)] == 1 and year.payment[0, place(plan)] == 9_600_000


def test_failure(plan: Held) -> None:
    assert paid(plan, certain("failure", 1.0, "all", {"undertaker": "u2"})) == 0.0
    other = list(plan.awards[0].things["offer"]).index("o01")
    assert first_year(plan, certain("failure", 1.0, "all", {"undertaker": "u2"})).payment[0, other] > 0


def test_who_is_not_engaged_costs_no_engagement(plan: Held) -> None:
    """u1 works for civil affairs alone and asks 4,000 a year of it; once it has failed nobody pays that."""
    civil = plan.purchasers.index("civil")
    assert first_year(plan).engagement[0, civil] == 400_000
    gone = first_year(plan, certain("failure", 1.0, "all", {"undertaker": "u1"}))
    assert gone.engagement[0].tolist() == [0, 0]
    # its awards, 160,000 and 240,000, and the 4,000 stay unspent beside the plan's 50,000
    assert gone.unspent[0, civil] == 45_400_000


def test_nobody_spends_what_is_not_there(plan: Held) -> None:
    """Direct delivery at thirty times its cost takes all there is, to the fen and no fen more."""
    futures = drawn(plan, Futures((certain("direct_cost", 30.0),), 1, 2).block(1))
    years = live(plan, futures, plan.world.facts.settings.simulation)
    balanced(plan, years)
    assert [year.unspent[0].tolist() for year in years] == [[0, 0], [0, 0]]
    # culture, 2016: what is stranded of its performances would ask 300,000, and there are 158,000
    assert years[1].stranded[0].sum() == 15_800_000 and not years[1].payment[0].any()


def test_a_rate_above_one_is_all_of_it(plan: Held) -> None:
    late = [Uncertainty("l", "late_transfer", "purchaser", {}, "normal", {"mean": mean, "sd": 0.0}, (), (), "", 0, 0)
            for mean in (1.0, 1.4)]  # fmt: skip
    whole, more = (first_year(plan, row) for row in late)
    assert (whole.payment == more.payment).all() and (whole.unspent == more.unspent).all()


def test_the_clause_on_credit_closes_the_door_too(plan: Held) -> None:
    """70 points, a clause that asks for 65: at 60 after the first year nobody who worked is engaged in the second."""
    clauses = plan.world.facts.settings.clauses
    asking = clauses.model_copy(update={
        "qualification": clauses.qualification.model_copy(update={"min_credit": Decimal(65)})
    })  # fmt: skip
    facts = plan.world.facts
    settings = facts.settings.model_copy(update={"clauses": asking})
    world = replace(plan.world, facts=replace(facts, scenario=replace(facts.scenario, settings=settings)))
    known = np.full(len(plan.credit), 70.0)
    poor = drawn(plan, Futures((certain("quality", 0.8), certain("satisfaction", 0.8)), 1, 2).block(1))
    for town, engaged in ((replace(plan, credit=known), True), (replace(plan, world=world, credit=known), False)):
        second = live(town, poor, settings.simulation)[1]
        assert second.engaged[0, plan.undertakers.index("u2")] == engaged


def test_credit(plan: Held) -> None:
    """70 points: +2 for work as promised, -10 at 0.8 of it, -25 at 0.6; who has no award keeps what he has."""
    known = replace(plan, credit=np.full(len(plan.credit), 70.0))
    u2, u3 = plan.undertakers.index("u2"), plan.undertakers.index("u3")
    for factor, points in ((1.0, 72.0), (0.8, 60.0), (0.6, 45.0)):
        year = first_year(known, certain("quality", factor), certain("satisfaction", factor))
        assert (year.credit[0, u2], year.credit[0, u3]) == (points, 70.0)


def test_late_transfer(plan: Held) -> None:
    """Civil affairs has 960,000 in 2015. Home care (n3) stays and costs 320,000; engaging u1 costs 4,000.

    Of the 400,000 that day care (n1) sets free the plan moves 350,000, and all of it is late: 286,000 are left.
    o01 of n1 is paid in full, 160,000. Of the 186,000 for o02 the 126,000 that remain buy one of two places at
    half the amount, 93,000. Then 33,000 are left, no place of n2 at 80,000. Unpaid: 93,000 + 240,000.
    """
    year = first_year(plan, certain("late_transfer", 1.0, "all", {"purchaser": "civil"}))
    things = plan.awards[0].things
    paid_by = {(n, o): int(v) / 100 for n, o, v in zip(things["need"], things["offer"], year.payment[0], strict=True)}
    assert paid_by["n1", "o01"] == 160_000.00 and paid_by["n1", "o02"] == 93_000.00 and paid_by["n2", "o01"] == 0.0
    assert paid_by["n4", "o06"] == 20_000.00  # culture's money is in time
    assert year.unpaid[0].tolist() == [33_300_000, 0]
