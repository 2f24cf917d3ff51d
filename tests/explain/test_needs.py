"""What stands in a need's way, and the cheapest way to close it: true when the tables are changed as it says."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import gpsopt
from gpsopt.analysis.explain import NeedAnswer, explain_need, pages
from gpsopt.analysis.explain.needs import with_newcomer
from gpsopt.plan.plan import Plan
from gpsopt.scenario import Scenario, read_scenario
from tests.cli.running import Command, in_process
from tests.prices.test_prices import model

TOWN = Path(__file__).parents[2] / "models" / "town"


def with_cells(scenario: Scenario, table: str, column: str, value: Any) -> Scenario:
    """The scenario with one value in a whole column."""
    frame = scenario.tables[table].copy()
    frame[column] = pd.Series([value] * len(frame), index=frame.index, dtype=object)
    return replace(scenario, tables=scenario.tables.with_frame(table, frame))


def short_of(plan: Plan) -> str:
    return str(plan.coverage.loc[plan.coverage["shortfall"].astype(float).idxmax(), "need"])


def trial(answer: NeedAnswer, way: str) -> dict[Any, Any]:
    [row] = [r for r in answer.trials.to_dict("records") if r["way"] == way]
    return row


def test_money(tmp_path: Path) -> None:
    """Ten of twenty units can be paid, two needs of ten: the one that misses lacks 10 yuan a unit."""
    scenario = read_scenario(model(tmp_path / "m", 100))
    plan = gpsopt.solve(with_cells(scenario, "undertakers", "capacity", Decimal(50)))
    need = short_of(plan)
    missing = float(plan.coverage.loc[plan.coverage["need"] == need, "shortfall"].iloc[0])
    answer = explain_need(plan, need)
    assert (answer.cause, answer.cheapest, answer.is_proven) == ("money", 1, True)
    assert trial(answer, "money")["left"] == pytest.approx(0.0, abs=1e-6)
    assert trial(answer, "money")["money"] == pytest.approx(missing * 10, rel=0.01)
    assert trial(answer, "capacity")["closes"] == pytest.approx(0.0, abs=0.02)


def test_capacity_is_cheaper_than_one_more_provider(tmp_path: Path) -> None:
    """Twelve of twenty can be done. Eight more by the same provider cost 10 yuan each, by another one 40."""
    plan = gpsopt.solve(model(tmp_path / "m", 1_000))
    need = short_of(plan)
    answer = explain_need(plan, need)
    missing = float(sum(answer.coverage["shortfall"]))
    capacity, market = trial(answer, "capacity"), trial(answer, "market")
    assert answer.cause == "capacity" and answer.trials["way"].iloc[answer.cheapest] == "capacity"
    assert capacity["money"] == pytest.approx(10 * missing, rel=0.01)
    assert market["money"] == pytest.approx(40 * missing, rel=0.01) and market["left"] == pytest.approx(0, abs=1e-6)
    [(rule, index, year, more)] = capacity["capacity"]
    assert (rule, index, year) == ("work_within_own_capacity", "u", 2015)
    enough = with_cells(plan.scenario, "undertakers", "capacity", Decimal(f"{12 + more:.2f}"))
    assert float(sum(gpsopt.solve(enough).coverage["shortfall"])) == pytest.approx(0.0, abs=0.02)


def test_nobody_is_there_to_do_it(tmp_path: Path) -> None:
    scenario = read_scenario(model(tmp_path / "m", 1_000))
    plan = gpsopt.solve(with_cells(scenario, "offers", "first_year", 2016))
    answer = explain_need(plan, "n1")
    assert answer.candidates == 0 and answer.cause == "market"
    helped = gpsopt.solve(with_newcomer(plan.scenario, "n1"))
    assert float(helped.coverage.loc[helped.coverage["need"] == "n1", "shortfall"].iloc[0]) == 0
    assert trial(answer, "market")["money"] == pytest.approx(400.0)


def test_two_things_at_once(tmp_path: Path) -> None:
    """Twelve can be done and twelve paid: neither money nor capacity closes it alone, both do, for 10 yuan a unit."""
    plan = gpsopt.solve(model(tmp_path / "m", 120))
    answer = explain_need(plan, short_of(plan))
    missing = float(sum(answer.coverage["shortfall"]))
    assert answer.cause == "money_capacity"
    assert trial(answer, "money_capacity")["money"] == pytest.approx(10 * missing, rel=0.01)
    assert trial(answer, "money")["left"] > 0.9 * missing


def test_a_rule(tmp_path: Path) -> None:
    """The only offer is dearer than the cost standard; one more provider at the standard costs no less."""
    scenario = read_scenario(model(tmp_path / "m", 1_000))
    plan = gpsopt.solve(with_cells(scenario, "offers", "price", Decimal(41)))
    answer = explain_need(plan, "n1")
    rules = answer.trials[answer.trials["way"] == "rule"].set_index("what")
    assert rules.loc["fee_standard", "left"] == pytest.approx(0.0, abs=1e-6)
    assert answer.cause == "market"  # the newcomer works at 40, one yuan below


@pytest.mark.parametrize("need", ["n3", "n5", "n6"])
def test_the_town_with_what_the_cheapest_way_says(need: str) -> None:
    """In the town money is what is missing; page and JSON say so in both languages."""
    plan = gpsopt.solve(TOWN)
    answer = explain_need(plan, need)
    assert answer.cheapest is not None
    row = answer.trials.iloc[answer.cheapest]
    assert row["way"] == "money" and row["left"] == pytest.approx(0.0, abs=1e-4)
    for lang in ("zh", "en"):
        document = pages.need_document(answer, lang)
        assert document["cheapest"]["text"] in document["text"] and need in document["text"]
        assert document["cheapest"]["money"] == pytest.approx(row["money"])


def test_a_need_without_a_shortfall_and_none_at_all(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    plan = gpsopt.solve(TOWN)
    assert explain_need(plan, "n1").cause == ""
    folder = gpsopt.write_run(plan, tmp_path)
    command: Command = in_process(capfd)
    for lang in ("zh", "en"):
        refused = command("explain", folder, "--need", "nowhere", "--lang", lang)
        assert refused.code == 2 and "nowhere" in refused.err
