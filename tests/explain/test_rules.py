"""Every sentence on a price is true: the model solved again at the changed limit moves by just that."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import gpsopt
from gpsopt.analysis.explain import explain_need, explain_prices, explain_rule, explain_rules
from gpsopt.analysis.explain.pricepages import price_line
from gpsopt.analysis.explain.rules import clauses_on, without_clause
from gpsopt.analysis.explain.wording import Subjects
from gpsopt.scenario import Scenario, read_scenario
from gpsopt.whatif import Session, lp_values
from tests.prices.test_prices import model

TOWN = Path(__file__).parents[2] / "models" / "town"


@pytest.mark.parametrize(
    ("budget", "price", "limit", "unit", "up_to"), [(100, -4.0, 100, "yuan", 120), (150, -40.0, 12, "unit", 15)]
)
def test_the_scarce_thing(tmp_path: Path, budget: int, price: float, limit: float, unit: str, up_to: float) -> None:
    """10 units of 12 are bought for 100 yuan: money is short up to 120 yuan; with 150, capacity of 12 is, up to 15."""
    answer = explain_prices(gpsopt.solve(model(tmp_path / "m", budget)))
    [row] = answer.prices.to_dict("records")
    assert (row["price"], row["limit"]) == (pytest.approx(price), pytest.approx(limit))
    assert row["unit"] == unit
    assert row["down_to"] == pytest.approx(0.0) and up_to * 0.997 <= row["up_to"] <= up_to
    [served] = answer.services.to_dict("records")
    assert served["item"] == "i" and served["change"] == pytest.approx(price * served["more"])
    assert served["units"] == pytest.approx(served["more"] / (10 if unit == "yuan" else 1))


def with_more(scenario: Scenario, rule: str, index: str, year: int | None, more: float) -> Scenario | None:
    """The tables with so much more of what a rule limits; None where no cell of the tables says it."""
    where: dict[str, tuple[str, str, dict[str, object]]] = {
        "purchases_within_line": ("budgets", "amount", {"purchaser": index, "year": year}),
        "work_within_own_capacity": ("undertakers", "capacity", {"undertaker": index}),
        "offer_within_its_capacity": ("offers", "capacity", {"offer": index}),
    }
    if rule not in where:
        return None
    table, column, key = where[rule]
    frame = scenario.tables[table].copy()
    keys = list(zip(*(frame[k] for k in key), strict=True))
    mine = [cells == tuple(key.values()) for cells in keys]
    frame[column] = [
        cell + Decimal(str(more)) if here else cell for cell, here in zip(frame[column], mine, strict=True)
    ]
    assert sum(mine) == 1
    return replace(scenario, tables=scenario.tables.with_frame(table, frame))


@pytest.fixture(scope="module")
def one_year(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """The town in its second year alone: then a cell of the tables is the limit of one row."""
    path = tmp_path_factory.mktemp("s") / "later.toml"
    path.write_text(f'title = "Later"\nmodel = "{TOWN.as_posix()}"\nyears = [2016]\n', encoding="utf-8")
    return read_scenario(path)


def test_every_sentence_on_a_price_is_what_changed_tables_do(one_year: Scenario) -> None:
    """What a sentence says is served and gained is what the model built anew from changed tables gives."""
    answer = explain_prices(gpsopt.solve(one_year), top=9)
    before = Session(one_year).relaxed(one_year).stages
    names = [stage.name for stage in before]
    subjects, seen = Subjects(one_year), 0
    for row in answer.prices[answer.prices["awards"] == "free"].to_dict("records"):
        seen += _rates_are_true(one_year, row)
        mine = answer.services
        for key in ("rule", "index", "year", "aim"):
            mine = mine[mine[key] == row[key]]
        if mine.empty:
            continue
        more = float(mine["more"].iloc[0])
        changed = with_more(one_year, row["rule"], row["index"], row["year"], more)
        if changed is None:
            continue
        after = Session(changed).relaxed(changed).stages
        place = names.index(row["aim"])
        change = after[place].value - before[place].value
        assert change == pytest.approx(float(mine["change"].iloc[0]), rel=1e-6)
        assert change == pytest.approx(row["price"] * more, rel=1e-4)
        if row["aim"] in ("livelihood_shortfall", "shortfall"):
            worth = sum(float(one_year.unit_values[i]) * u for i, u in zip(mine["item"], mine["units"], strict=True))
            assert worth == pytest.approx(-change, rel=1e-6)
        assert price_line(row, "en", subjects).count(f"{row['index']}") == 1
        seen += 1
    assert seen >= 8


def _rates_are_true(scenario: Scenario, row: dict[Hashable, Any]) -> int:
    """What a unit more and a unit less change is what tables with a little more and a little less do."""
    before, seen = Session(scenario).relaxed(scenario).stages, 0
    place = [stage.name for stage in before].index(row["aim"])
    for rate, sign in ((row["less"], -1), (row["more"], 1)):
        little = sign * (100 if row["unit"] == "yuan" else 0.05)
        changed = with_more(scenario, row["rule"], row["index"], row["year"], little)
        if changed is not None and row["limit"] + little >= 0 and not pd.isna(rate):
            after = Session(changed).relaxed(changed).stages
            assert (after[place].value - before[place].value) / abs(little) == pytest.approx(rate, rel=1e-4, abs=1e-6)
            seen += 1
    return seen


def test_beyond_the_range_the_price_no_longer_holds(one_year: Scenario) -> None:
    answer = explain_prices(gpsopt.solve(one_year), top=3)
    before = Session(one_year).relaxed(one_year).stages
    seen = 0
    for row in answer.prices.head(3).to_dict("records"):
        reach = row["up_to"] - row["limit"]
        for factor, straight in ((0.999, True), (1.05, False)):
            changed = with_more(one_year, row["rule"], row["index"], row["year"], round(factor * reach, 2))
            if changed is None or reach < 1:
                continue
            place = [s.name for s in before].index(row["aim"])
            change = Session(changed).relaxed(changed).stages[place].value - before[place].value
            assert (change == pytest.approx(row["price"] * round(factor * reach, 2), rel=2e-4)) == straight
            seen += 1
    assert seen >= 2


def test_steps_with_whole_awards_are_plans(one_year: Scenario) -> None:
    """What a step finds with whole awards is what solving the changed tables finds; a fraction is never worse."""
    answer = explain_prices(gpsopt.solve(one_year), top=1, plans=True)
    row = answer.prices.iloc[0]
    base = gpsopt.solve(one_year)
    now = {a["name"]: a["value"] for a in base.summary["aims"]}[row["aim"]]
    seen = 0
    for step in answer.finite.to_dict("records"):
        changed = with_more(one_year, row["rule"], row["index"], row["year"], round(step["limit"] - row["limit"], 2))
        assert changed is not None and step["seconds"] >= 0
        then = {a["name"]: a["value"] for a in gpsopt.solve(changed).summary["aims"]}[row["aim"]]
        assert step["plan"] == pytest.approx(then - now, abs=0.01 + step["plan_open"])
        seen += 1
    assert seen >= 4


def test_steps_between_the_ends_are_straight() -> None:
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
    """By plans: the aims are those of the scenario solved without the clause; by fractions, of its relaxed model."""
    town = read_scenario(TOWN)
    plan = gpsopt.solve(town)
    aims = explain_rule(plan, "own_capacity")
    struck = without_clause(town, "own_capacity")
    assert aims["proven"].all() and not aims["open"].any()
    for column, scenario in (("before", town), ("after", struck)):
        values = [a["value"] for a in gpsopt.solve(scenario).summary["aims"]]
        assert list(aims[column]) == pytest.approx(values, abs=0.01)
    relaxed = explain_rule(plan, "continuity", plans=False)
    assert list(relaxed["after"]) == pytest.approx([s.value for s in lp_values(without_clause(town, "continuity"))])
    with pytest.raises(gpsopt.UsageError):
        explain_rule(plan, "quality_floor")


def test_every_clause_struck_alone() -> None:
    from gpsopt.analysis.explain import pages

    plan = gpsopt.solve(TOWN)
    rules = explain_rules(plan)
    assert set(rules) == set(clauses_on(plan.scenario))
    assert rules["own_capacity"]["difference"].tolist() == explain_rule(plan, "own_capacity")["difference"].tolist()
    for lang in ("zh", "en"):
        page = pages.rules_page(rules, lang)
        assert all(f"({clause})" in page for clause in rules)


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
