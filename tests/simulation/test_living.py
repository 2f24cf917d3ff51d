"""A plan lived through: nothing uncertain gives the plan to the fen; every rule against a case worked by hand.

The town's plan buys, among others, need n1 (day care, price and amounts in its run folder); the cases below
take one award of it, so that every expected figure is a product of two numbers of that row.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

import gpsopt
from gpsopt.runread import Run, fen_of
from gpsopt.settings import Simulation as Rules
from gpsopt.simulation.draws import Block, Futures, Uncertainty, uncertainties
from gpsopt.simulation.held import Held, held_of
from gpsopt.simulation.indicators import GOALS, Masks, indicators
from gpsopt.simulation.living import Year, drawn, live
from gpsopt.simulation.simulate import simulate
from tests.simulation.town import balanced, certain, town_run


@pytest.fixture(scope="module")
def run() -> Run:
    return town_run()


@pytest.fixture(scope="module")
def held(run: Run) -> Held:
    return held_of(run)


def lived(held: Held, *rows: Uncertainty, rules: Rules | None = None, draws: int = 1) -> list[Year]:
    futures = Futures(rows, 1, len(held.years))
    return live(held, drawn(held, futures.block(draws)), rules or held.world.facts.settings.simulation)


def test_with_nothing_uncertain_the_years_are_the_plan(run: Run, held: Held) -> None:
    years = lived(held)
    balanced(held, years)
    budgets, goals = run.frame("budgets"), run.frame("goals")
    for c, year in enumerate(years):
        mine = budgets[budgets["year"] == held.years[c]].set_index("purchaser").loc[list(held.purchasers)]
        for name, values in (("purchased", year.purchased), ("unspent", year.unspent)):
            assert fen_of(mine[name]).tolist() == values[0].tolist()
        found = indicators(Masks(held, c), year)
        for row in goals[goals["year"] == held.years[c]].itertuples():
            if row.goal in GOALS:
                value = found[str(row.goal)][0]
                assert (row.value is None and np.isnan(value)) or float(row.value) == pytest.approx(value, abs=6e-7)


def test_what_is_delivered_less_is_paid_less(held: Held) -> None:
    """Half delivered of every award: accepted is half, rounded up to whole units, and paid at the agreed price.

    Performance counts what was delivered against credit only: the deduction is for quality (3(6)).
    """
    years = lived(held, certain("delivered", 0.5))
    balanced(held, years)
    for year, awards in zip(years, held.awards, strict=True):
        expected = np.floor(awards.steps * 0.5 + 0.5).astype(int)
        assert (year.accepted[0] == expected).all()
        full = expected == awards.steps
        step_price = awards.price / 1e4 * held.world.need_step[awards.need]
        gross = np.where(full, awards.amount, np.floor(expected * step_price + 0.5) + awards.setup)
        assert (year.payment[0] == np.where(expected > 0, gross, 0)).all()


def test_low_quality_is_deducted_by_the_schedule(held: Held) -> None:
    """Quality and satisfaction at 0.8 of what was promised: performance 0.8 lies in the step of 0.7: 15 % kept back."""
    years = lived(held, certain("quality", 0.8), replace(certain("satisfaction", 0.8), key="y"))
    balanced(held, years)
    for year, awards in zip(years, held.awards, strict=True):
        kept_back = np.floor(awards.amount * 0.15 + 0.5).astype(int)
        promised = awards.quality + awards.satisfaction > 0
        assert (year.payment[0] == awards.amount - np.where(promised, kept_back, 0)).all()


def test_credit_moves_by_the_schedule_and_closes_the_door(held: Held) -> None:
    """At 0.8 of the promise the schedule takes 10 points; from below `min_credit` nothing is bought any more."""
    before = np.full(len(held.credit), 65.0)
    poor = replace(held, credit=before)
    rows = certain("quality", 0.8), replace(certain("satisfaction", 0.8), key="y")
    years = lived(poor, *rows)
    worked = np.isin(np.arange(len(before)), held.awards[0].undertaker)
    assert years[0].credit[0][worked].tolist() == [55.0] * int(worked.sum())
    assert years[0].credit[0][~worked].tolist() == [65.0] * int((~worked).sum())
    second = held.awards[1]
    barred = worked[second.undertaker]
    assert barred.any() and (years[1].accepted[0][barred] == 0).all() and (years[1].payment[0][barred] == 0).all()
    balanced(poor, years)


def test_who_fails_is_gone_for_good(held: Held) -> None:
    name = held.undertakers[held.awards[0].undertaker[0]]
    row = Uncertainty(
        "x", "failure", "undertaker", {"undertaker": name}, "chance", {"probability": 1.0}, (), (), "", 0, 0
    )
    years = lived(held, row)
    balanced(held, years)
    for year, awards in zip(years, held.awards, strict=True):
        mine = np.array([u == name for u in awards.things["undertaker"]])
        assert (year.accepted[0][mine] == 0).all() and (year.accepted[0][~mine] == awards.steps[~mine]).all()


def test_late_money_is_missing_in_its_year(held: Held) -> None:
    """All transferred money late: awards are paid in order from the purchase line alone, livelihood first."""
    years = lived(held, certain("late_transfer", 1.0))
    balanced(held, years)
    money = held.money
    for c, (year, awards) in enumerate(zip(years, held.awards, strict=True)):
        for p in range(len(held.purchasers)):
            mine = awards.purchaser == p
            moved = int((money.own + money.shared)[held.buyer == p, c].sum())
            fixed = (money.direct + money.stranded + money.new_cost)[held.buyer == p, c].sum()
            total = int(held.budget[p, c] - fixed)
            purse = max(0, total - int(money.engagement[p, c]) - moved)
            paid = year.payment[0][mine]
            assert paid.sum() <= purse
            wanted, left = awards.amount[mine], purse
            for amount, got in zip(wanted.tolist(), paid.tolist(), strict=True):
                assert got == amount if amount <= left else got <= left
                left -= min(amount, left)
            assert year.unpaid[0][p] == wanted.sum() - paid.sum()


def test_dearer_direct_delivery_takes_from_what_is_bought(held: Held) -> None:
    years = lived(held, certain("direct_cost", 1.5))
    balanced(held, years)
    for c, year in enumerate(years):
        assert (year.stranded[0] == np.floor(held.money.stranded[:, c] * 1.5 + 0.5)).all()


def test_more_demand_uses_idle_units_and_less_demand_is_not_paid_for(held: Held) -> None:
    years = lived(held, certain("demand", 0.5))
    balanced(held, years)
    for c, year in enumerate(years):
        demand = np.floor(held.world.facts.needs.demand[:, c] * 0.5 + 0.5).astype(int)
        assert (year.demand[0] == demand).all()
        assert (year.served[0] <= demand).all()


def test_a_future_is_the_same_whoever_lives_through_it(held: Held, run: Run) -> None:
    """Streams are named by row and key: a plan with fewer awards meets the same delivered shares, in any block size."""
    rows = uncertainties(run.scenario)
    things = {"undertaker": ["a", "b"], **{k: ["", ""] for k in ("purchaser", "area", "item", "need", "offer")}}
    one = {k: v[1:] for k, v in things.items()}
    pair = Futures(rows, 7, 3).block(10).factor("delivered", things, 2)
    alone = Futures(rows, 7, 3)
    halves = [alone.block(5).factor("delivered", one, 1) for _ in range(2)]
    assert pair is not None and np.array_equal(pair[:, 1:], np.concatenate([h for h in halves if h is not None]))


def test_correlated_rows_move_together() -> None:
    row = Uncertainty("x", "price", "offer", {}, "normal", {"mean": 1.0, "sd": 0.1}, (), (), "g", 0.6, 0.5)
    things = {k: ["a", "b"] for k in ("purchaser", "area", "item", "need", "undertaker", "offer")}
    found = Futures((row,), 3, 4).block(20_000).factor("price", things, 2)
    assert found is not None
    assert np.corrcoef(found[:, 0, 1], found[:, 1, 1])[0, 1] == pytest.approx(0.6, abs=0.03)
    assert np.corrcoef(found[:, 0, 1], found[:, 0, 2])[0, 1] == pytest.approx(0.5, abs=0.03)
    assert found.mean() == pytest.approx(1.0, abs=0.005) and found.std() == pytest.approx(0.1, abs=0.005)


def test_rows_of_a_group_move_together_however_long_they_persist() -> None:
    rows = [Uncertainty(k, f, "all", {}, "normal", {"mean": 1.0, "sd": 0.1}, (), (), "g", 0.8, p)
            for k, f, p in (("x", "price", 0.0), ("y", "demand", 0.5))]  # fmt: skip
    block = Futures(tuple(rows), 3, 2).block(20_000)
    price, demand = (block.factor(f, {"need": ["a"]}, 1) for f in ("price", "demand"))
    assert price is not None and demand is not None
    assert np.corrcoef(price[:, 0, 0], demand[:, 0, 0])[0, 1] == pytest.approx(0.8, abs=0.02)
    # a year on, half of the second deviation is the old one: sqrt(1 - 0.5^2) of the correlation is left
    assert np.corrcoef(price[:, 0, 1], demand[:, 0, 1])[0, 1] == pytest.approx(0.8 * 0.75**0.5, abs=0.02)


@pytest.mark.parametrize(
    ("kind", "numbers", "mean"),
    [
        ("lognormal", {"mean": 1.2, "sd": 0.3}, 1.2), ("uniform", {"low": 0.5, "high": 1.0}, 0.75),
        ("triangular", {"low": 0.6, "mode": 1.0, "high": 1.1}, 0.9), ("chance", {"probability": 0.2}, 0.2),
    ],
)  # fmt: skip
def test_distributions_have_their_means(kind: str, numbers: dict[str, float], mean: float) -> None:
    row = Uncertainty("x", "demand", "all", {}, kind, numbers, (), (), "", 0, 0)
    worth = row.worth(np.random.default_rng(0).standard_normal(200_000))
    assert worth.mean() == pytest.approx(mean, rel=0.01) and row.usual == pytest.approx(mean)


def test_a_simulation_repeats_and_balances(run: Run, held: Held) -> None:
    first, again, other = (simulate(run, draws=300, seed=s) for s in (5, 5, 6))
    for name, frame in first.frames.items():
        assert frame.equals(again.frames[name]), name
    assert not first.frames["fan"].equals(other.frames["fan"])
    futures = Futures(uncertainties(run.scenario), 5, len(held.years))
    balanced(held, live(held, drawn(held, futures.block(300)), held.world.facts.settings.simulation))
    fan = first.frames["fan"]
    ordered = fan[["p05", "p25", "p50", "p75", "p95"]].dropna().to_numpy()
    assert len(ordered) > 20 and (np.diff(ordered, axis=1) >= 0).all()
    for lang in ("zh", "en"):
        assert run.run in first.page(lang)


def test_the_drill_counts_what_is_lost(run: Run, held: Held) -> None:
    drill = simulate(run, draws=1).frames["drill"]
    amounts = run.frame("allocation").groupby("undertaker")["amount"].sum()
    assert {
        u: Decimal(str(a)).quantize(Decimal("0.01")) for u, a in zip(drill.undertaker, drill.amount, strict=True)
    } == dict(amounts.items())
    assert (drill["recovered"] + drill["lost"]).round(6).equals(drill["value"].round(6))
    assert (drill["lost"] >= 0).all()


def test_a_plan_without_uncertainty_cannot_be_simulated(run: Run) -> None:
    scenario = run.scenario
    bare = replace(scenario, tables=scenario.tables.with_frame("uncertainty", scenario.tables["uncertainty"].iloc[:0]))
    with pytest.raises(gpsopt.UsageError, match="uncertainty"):
        simulate(replace(run, known_scenario=bare))


def test_block_of_no_rows_changes_nothing() -> None:
    assert Block(Futures((), 0, 2), 3).factor("demand", {"need": ["a"]}, 1) is None
