"""A new plan each year: nothing uncertain changes nothing, nobody peeks, the past stays, money ties to the fen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gpsopt.runread import fen_of
from gpsopt.simulation.draws import Futures, Uncertainty, uncertainties
from gpsopt.simulation.held import Held
from gpsopt.simulation.lives import chosen_record, life, lived_record, tally_from
from gpsopt.simulation.outlook import Outlook, Paths, forecast
from gpsopt.simulation.replanner import InForce, Replanner
from gpsopt.simulation.stability import counts, stability_frame
from tests.simulation.town import balanced, certain, future, held, longer_run, town_run

GAP = 0.0


@pytest.fixture(scope="module")
def longer() -> Replanner:
    return Replanner(held(longer_run()), GAP)


def rows_of(replanner: Replanner) -> tuple[Uncertainty, ...]:
    """The town's uncertainties, wider and carried on, so that plans do change; and a failure now and then."""
    wide = {"demand": {"numbers": {"mean": 1.0, "sd": 0.25}, "persistence": 0.9},
            "failure": {"numbers": {"probability": 0.15}}}  # fmt: skip
    return tuple(replace(row, **wide.get(row.factor, {})) for row in uncertainties(replanner.scenario))  # type: ignore[arg-type]


def decided(plans: list[InForce], column: int) -> tuple[Any, ...]:
    """What the plan in force in a year says of that year and the years before."""
    plan = plans[column].held
    awards = {k: v for k, v in plans[column].bought.items() if k[2] <= plan.years[column]}
    return (awards, *(a[:, : column + 1].tolist() for a in (plan.quantities.direct, plan.quantities.new)))


def test_with_nothing_uncertain_no_plan_is_touched_and_the_years_are_the_plan_to_the_fen(longer: Replanner) -> None:
    plans, years, ends = life(longer, Outlook((), lambda _row, _unit: np.zeros(3), 3))
    assert ends == ["first", "unmoved", "unmoved"] and all(p is longer.first for p in plans)
    budgets, first = longer_run().frame("budgets"), longer.first.held
    for c, year in enumerate(years):
        mine = budgets[budgets["year"] == first.years[c]].set_index("purchaser").loc[list(first.purchasers)]
        assert fen_of(mine["purchased"]).tolist() == year.purchased[0].tolist()
        assert fen_of(mine["unspent"]).tolist() == year.unspent[0].tolist()


@pytest.mark.parametrize("seeds", [(1,), pytest.param(range(2, 12), marks=pytest.mark.slow)])
def test_nobody_peeks(longer: Replanner, seeds: Sequence[int]) -> None:
    """Futures that are the same up to a year have the same plans up to and with the year after."""
    rows, differ = rows_of(longer), 0
    for shared in (1, 2):
        for seed in seeds:
            one = life(longer, future(rows, seed, 3, shared, shared_seed=7))
            other = life(longer, future(rows, seed + 100, 3, shared, shared_seed=7))
            for c in range(shared + 1):
                assert decided(one[0], c) == decided(other[0], c)
                assert one[2][c] == other[2][c]
            differ += sum(decided(one[0], c) != decided(other[0], c) for c in range(shared + 1, 3))
    assert differ  # once the futures part, so do the plans: the test can fail


def test_a_forecast_holds_no_number_of_the_years_to_come() -> None:
    asked: list[int] = []

    def normals(_row: Uncertainty, _unit: str) -> Any:
        asked.append(1)
        return np.array([0.5, 9.0, 9.0])

    row = Uncertainty("d", "demand", "all", {}, "normal", {"mean": 1.0, "sd": 0.1}, (), (), "", 0.0, 0.8)
    seen = Outlook((row,), normals, 3).until(1)
    assert seen.normals(row, "").tolist() == [0.5]
    found = seen.factor("demand", {"need": ["a"]}, 1)
    assert asked and found is not None
    assert found[0, 0] == pytest.approx([1.05, 1 + 0.1 * 0.8 * 0.5, 1 + 0.1 * 0.64 * 0.5], abs=1e-3)


def test_what_persists_is_forecast_and_the_rest_is_the_table() -> None:
    """Normal, mean 1.1, sd 0.11 of it: a deviation of 2 sd persists by half: 1 + 0.1 * 2 / 2, then / 4."""
    row = Uncertainty("p", "price", "all", {}, "normal", {"mean": 1.1, "sd": 0.11}, (), (), "", 0.0, 0.5)
    assert forecast(row, np.array([2.0]), 2) == pytest.approx([1.1, 1.05], abs=1e-3)
    assert forecast(row, np.array([]), 2).tolist() == [1.0, 1.0]
    assert forecast(replace(row, persistence=0.0), np.array([2.0]), 2).tolist() == [1.0, 1.0]
    assert forecast(replace(row, factor="failure"), np.array([2.0]), 1).tolist() == [0.0]


def test_what_is_over_stays_and_every_year_balances_to_the_fen(longer: Replanner) -> None:
    rows, ends = rows_of(longer), set()
    for seed in range(4):
        plans, years, how = life(longer, future(rows, seed, 3))
        balanced(longer.first.held, years)
        ends |= set(how)
        for c in (1, 2):
            assert decided(plans[: c + 1], c)[0].items() >= decided(plans[:c], c - 1)[0].items()
            before, now = plans[c - 1].held.quantities.direct, plans[c].held.quantities.direct
            assert (now[:, :c] == before[:, :c]).all()
            assert (np.diff(now, axis=1) <= 0).all()  # what is given up does not come back
    assert {"first", "planned"} <= ends


def test_who_failed_wins_nothing_any_more(longer: Replanner) -> None:
    gone = Uncertainty("f", "failure", "all", {"undertaker": "u1"}, "discrete", {}, (1.0,), (1.0,), "", 0.0, 0.0)
    plans, years, ends = life(longer, Outlook((gone,), lambda _row, _unit: np.zeros(3), 3))
    offers = {"o01"}  # the offer of u1
    assert ends[0] == "first" and ends[1] in ("planned", "softened")
    assert offers & {o for o, _n, t in plans[1].bought if t == 2015}
    assert not offers & {o for o, _n, t in plans[1].bought if t > 2015}
    balanced(longer.first.held, years)


def test_lost_credit_closes_the_offers_of_the_next_year() -> None:
    """60 points less the 25 for poor work leave 35, below `min_credit`: nothing is bought from anybody who worked."""
    first = held(longer_run())
    poor = replace(first, credit=np.full(len(first.credit), 60.0))
    rows = certain("quality", 0.3), certain("satisfaction", 0.3)
    plans, years, _ends = life(Replanner(poor, GAP), Outlook(rows, lambda _row, _unit: np.zeros(3), 3))
    worked = {first.undertakers[u] for u in first.awards[0].undertaker}
    who = dict(zip(first.world.pairs.offers.key, first.world.pairs.offers.undertaker, strict=True))
    assert {years[0].credit[0][i] for i, u in enumerate(first.undertakers) if u in worked} == {35.0}
    assert not {who[o] for o, _n, t in plans[1].bought if t == 2016} & worked


def test_demand_that_stays_lower_is_planned_for(longer: Replanner) -> None:
    row = Uncertainty("d", "demand", "all", {"need": "n1"}, "normal", {"mean": 1.0, "sd": 0.25}, (), (), "", 0.0, 0.99)
    plans, _years, ends = life(longer, Outlook((row,), lambda _row, _unit: -np.ones(3), 3))
    bought = [sum(v for (_o, n, t), v in plans[1].bought.items() if n == "n1" and t == y) for y in (2015, 2016)]
    assert ends[1] == "planned" and bought == [4, 3]  # a quarter fewer places


def test_a_future_that_is_as_planned_chooses_the_plan_again(longer: Replanner) -> None:
    record = chosen_record(longer, Outlook((), lambda _row, _unit: np.zeros(3), 3))
    plan = sorted([t, n, o, steps] for (o, n, t), steps in longer.first.bought.items())
    assert sorted(record["chosen"]) == plan


def test_records_are_read_back_as_they_were(longer: Replanner) -> None:
    record = lived_record(longer, future(rows_of(longer), 5, 3))
    again = json.loads(json.dumps(record))
    one, two = (tally_from(longer.first.held, r) for r in (record, again))
    for name, blocks in one.values.items():
        assert np.array_equal(blocks[0], two.values[name][0], equal_nan=True)
    assert [sum(a[4] for a in record["awards"])] == [sum(a[4] for a in again["awards"])]


def test_a_future_drawn_alone_is_the_one_of_the_block() -> None:
    rows = uncertainties(town_run().scenario)
    things = {k: ["a", "b"] for k in ("purchaser", "area", "item", "need", "undertaker", "offer")}
    block = Futures(rows, 3, 4).block(6).factor("demand", things, 2)
    for number in (4, 0, 2):
        alone = Paths(rows, 3, 4, 6).future(number).factor("demand", things, 2)
        assert alone is not None and block is not None and np.array_equal(alone[0], block[number])


def _stability(first: Held) -> Any:
    plan = [[t, n, o, 1] for (o, n, t) in Replanner(first, GAP).first.bought]
    year, need, offer, _ = plan[0]
    without = [row for row in plan if row[:3] != [year, need, offer]]
    other = [*without, [year, need, "o04", 2]]
    return plan[0], stability_frame(first, [plan] * 4 + [without] * 2 + [other] * 4)


def test_awards_are_safe_open_or_fragile() -> None:
    """Ten futures: the first award stands in four of them; in four others another offer of its market does its work."""
    (year, need, offer, _), frame = _stability(held(town_run()))
    row = frame[(frame["year"] == year) & (frame["need"] == need) & (frame["offer"] == offer)].iloc[0]
    assert (row["chance"], row["holds"], row["instead"]) == (0.4, "fragile", "o04")
    reserve = frame[~frame["planned"]].iloc[0]
    assert (reserve["offer"], reserve["chance"], reserve["holds"], reserve["mean_quantity"]) == (
        "o04",
        0.4,
        "reserve",
        2,
    )
    assert counts(frame) == {"safe": len(frame) - 2, "open": 0, "fragile": 1}
