"""Every sentence on a price is true: the model solved again at the changed limit moves by just that."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

import gpsopt
from gpsopt.analysis.explain import explain_need, explain_prices, explain_rule
from gpsopt.analysis.explain.rules import without_clause
from gpsopt.scenario import read_scenario
from gpsopt.whatif import lp_values
from tests.prices.test_prices import model

TOWN = Path(__file__).parents[2] / "models" / "town"


@pytest.mark.parametrize(("budget", "price", "limit", "unit"), [(100, -4.0, 100, "yuan"), (150, -40.0, 12, "unit")])
def test_the_scarce_thing(tmp_path: Path, budget: int, price: float, limit: float, unit: str) -> None:
    answer = explain_prices(gpsopt.solve(model(tmp_path / "m", budget)))
    [row] = answer.prices.to_dict("records")
    assert (row["price"], row["limit"]) == (pytest.approx(price), pytest.approx(limit))
    assert row["unit"] == unit
    # 10 units of 12 are bought for 100 yuan: money is short up to 120 yuan, capacity of 12 up to 15
    assert (row["down_to"], row["up_to"]) == (pytest.approx(0.9 * limit), pytest.approx(1.1 * limit))


def test_a_money_price_is_what_a_changed_budget_does() -> None:
    town = read_scenario(TOWN)
    answer = explain_prices(gpsopt.solve(town), top=1)
    row = answer.prices.iloc[0]
    assert (row["rule"], row["index"], row["year"]) == ("purchases_within_line", "civil", 2016)
    frame = town.tables["budgets"].copy()
    frame["amount"] = [
        amount + (1_000 if (p, y) == ("civil", 2016) else 0)
        for p, y, amount in zip(frame["purchaser"], frame["year"], frame["amount"], strict=True)
    ]
    more = replace(town, tables=town.tables.with_frame("budgets", frame))
    assert lp_values(more)[0].value - lp_values(town)[0].value == pytest.approx(1_000 * row["price"], rel=1e-6)


def test_steps_between_the_ends_are_straight_and_beyond_not() -> None:
    answer = explain_prices(gpsopt.solve(TOWN), top=9)
    seen = 0
    for row in answer.prices.to_dict("records"):
        mine = answer.finite[(answer.finite["rule"] == row["rule"]) & (answer.finite["index"] == row["index"])
                             & (answer.finite["year"] == row["year"])]  # fmt: skip
        for step in mine.to_dict("records"):
            if row["down_to"] - 1e-9 <= step["limit"] <= row["up_to"] + 1e-9:
                moved = step["limit"] - row["limit"]
                assert step[row["awards"]] == pytest.approx(row["price"] * moved, rel=1e-3, abs=1.0)
                seen += 1
    assert seen >= 12


def test_a_struck_clause() -> None:
    town = read_scenario(TOWN)
    aims = explain_rule(gpsopt.solve(town), "continuity")
    struck = lp_values(without_clause(town, "continuity"))
    assert list(aims["after"]) == pytest.approx([s.value for s in struck])
    with pytest.raises(gpsopt.UsageError):
        explain_rule(gpsopt.solve(town), "quality_floor")


def test_a_need_without_money(tmp_path: Path) -> None:
    """Ten of twenty units can be paid, two needs of ten: one of them misses ten, and 100 yuan more would close it."""
    plan = gpsopt.solve(model(tmp_path / "m", 100))
    tables = plan.scenario.tables
    frame = tables["undertakers"].copy()
    frame["capacity"] = [Decimal(50)]
    rich = gpsopt.solve(replace(plan.scenario, tables=tables.with_frame("undertakers", frame)))
    short = rich.coverage[rich.coverage["shortfall"] > 0].iloc[0]
    answer = explain_need(rich, short["need"])
    money = answer.trials[answer.trials["way"] == "money"].iloc[0]
    assert answer.cause == "money"
    assert money["left"] == pytest.approx(0.0, abs=1e-6)
    assert money["money"] == pytest.approx(float(short["shortfall"]) * 10, rel=0.01)
    assert explain_need(plan, short["need"]).cause in ("money", "capacity")


def test_pages_and_documents_speak_both_languages() -> None:
    from gpsopt.analysis.explain import explain_offer, pages

    plan = gpsopt.solve(TOWN)
    answer, prices, need = explain_offer(plan, "o10"), explain_prices(plan, 1), explain_need(plan, "n1")
    for lang in ("zh", "en"):
        assert "o10" in pages.offer_page(answer, lang)
        assert pages.prices_document(prices, lang)["prices"][0]["text"] in pages.prices_page(prices, lang)
        assert "n1" in pages.need_page(need, lang)
        document = pages.offer_document(answer, lang)
        assert document["price_to_win"] is None  # a rule that no price satisfies keeps it out
        assert document["excluded"][0]["clause"] in document["text"]
