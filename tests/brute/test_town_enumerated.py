"""models/town by full enumeration: what tests/town works out by hand is the best of all legal plans."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from gpsopt.scenario import Scenario, read_scenario

from .enumerator import Best, best_plan

TOWN = Path(__file__).parents[2] / "models" / "town"
SUMS = {"livelihood_shortfall": 80_000, "shortfall": 55_000, "outlay": 2_289_000, "quality": -34_000}


def alone(scenario: Scenario, purchaser: str) -> Scenario:
    """The town with the needs and budgets of one purchaser only."""
    tables = scenario.tables
    for name in ("needs", "budgets"):
        frame = tables[name]
        tables = tables.with_frame(name, frame[frame["purchaser"] == purchaser])
    mine = set(tables["needs"]["need"])
    lines = tables["direct_lines"]
    return replace(scenario, tables=tables.with_frame("direct_lines", lines[lines["need"].isin(mine)]))


def decisions(best: Best) -> dict[str, list[tuple[dict[str, int], int, int]]]:
    """Need -> year by year: offers bought, kept, new."""
    return {
        need: [({pair.offer: q for pair, q in year.bought}, year.kept, year.new) for year in path]
        for need, path in best.plan.items()
    }


CIVIL = {
    "n1": [({"o01": 2, "o02": 2}, 0, 0), ({"o01": 2, "o02": 2}, 0, 0)],
    "n2": [({"o01": 3}, 0, 0), ({"o01": 3, "o04": 1}, 0, 0)],
    "n3": [({}, 4, 0), ({}, 4, 0)],
}
CULTURE = {
    "n4": [({"o06": 2}, 2, 0), ({"o06": 2}, 2, 0)],
    "n5": [({"o07": 2}, 0, 0), ({"o07": 1}, 0, 0)],
    "n6": [({}, 2, 1), ({}, 2, 0)],
}


def test_each_purchaser_alone_adds_up_to_the_town() -> None:
    """No undertaker of the plan works for both, so all aims but worst_area are sums over the two purchasers."""
    town = read_scenario(TOWN)
    order = tuple(SUMS)
    town = replace(town, settings=town.settings.model_copy(
        update={"aims": town.settings.aims.model_copy(update={"order": order})}))  # fmt: skip
    civil, culture = best_plan(alone(town, "civil")), best_plan(alone(town, "culture"))
    assert civil is not None and culture is not None
    assert decisions(civil) == CIVIL
    assert decisions(culture) == CULTURE
    first, second = dict(civil.aims), dict(culture.aims)
    assert {name: first[name] + second[name] for name in order} == SUMS


@pytest.mark.slow
def test_the_whole_town() -> None:
    best = best_plan(read_scenario(TOWN), most_steps=10**9)
    assert best is not None
    assert dict(best.aims) == {**SUMS, "worst_area": Fraction(97, 108)}
    assert decisions(best) == CIVIL | CULTURE
