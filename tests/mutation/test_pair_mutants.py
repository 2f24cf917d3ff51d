"""Clauses without rows dropped, shifted by a year, turned round and with their bounds off by 5 %: is it noticed?

A mutant changes what the clause reads or what it answers, in its own example (tests/model/pairlists.py). Every mutant
that changes the pairs, the markets or the new posts must differ from the file in tests/model/lists.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpsopt.model import decisions, pairs
from gpsopt.model.facts import Facts, facts_of
from gpsopt.scenario import Scenario
from gpsopt.settings import Settings
from tests.model.pairlists import LISTED, LISTS, scenario_of, text_of

pytestmark = pytest.mark.slow
Patch = pytest.MonkeyPatch
Mutant = Callable[[Scenario, Patch], Facts]
LATER = {"purchasable": "outside_duties", "outside_duties": "purchasable", "government_only": "purchasable"}


def with_clause(name: str, **said: Any) -> Mutant:
    def changed(scenario: Scenario, _patch: Patch) -> Facts:
        settings = scenario.settings.model_dump()
        settings["clauses"][name] = {**(settings["clauses"][name] or {}), **said}
        return facts_of(replace(scenario, settings=Settings.model_validate(settings)))

    return changed


def with_scope(change: Callable[[Any], Any]) -> Mutant:
    def changed(scenario: Scenario, _patch: Patch) -> Facts:
        facts = facts_of(scenario)
        return replace(facts, needs=replace(facts.needs, scope=change(facts.needs.scope)))

    return changed


def with_standards(factor: str) -> Mutant:
    def changed(scenario: Scenario, _patch: Patch) -> Facts:
        facts = facts_of(scenario)
        items = {
            key: {**row, "cost_standard": row["cost_standard"] * Decimal(factor)} for key, row in facts.items.items()
        }
        return replace(facts, items=items)

    return changed


def answering(room: Any, name: str, change: Callable[[Any], Any]) -> Mutant:
    """A function of the clause whose answer is changed."""

    def changed(scenario: Scenario, patch: Patch) -> Facts:
        sound = getattr(room, name)
        patch.setattr(room, name, lambda *given: change(sound(*given)))
        return facts_of(scenario)

    return changed


def next_years_price(scenario: Scenario, patch: Patch) -> Facts:
    sound = pairs._above_standard

    def judged(facts: Facts, offers: Any, found: Any, price: Any) -> Any:
        more = price - offers.price[found.offer, found.year]  # a subsidy, or nothing
        return sound(facts, offers, found, offers.price[found.offer, (found.year + 1) % len(facts.years)] + more)

    patch.setattr(pairs, "_above_standard", judged)
    return facts_of(scenario)


def next_years_cap(scenario: Scenario, patch: Patch) -> Facts:
    facts = facts_of(scenario)
    demand = np.array(facts.needs.demand) * np.array([1, 2])  # the next year's demand spreads the setup further
    return replace(facts, needs=replace(facts.needs, demand=np.roll(demand, 1, axis=1)))


def subsidy_taken_off(scenario: Scenario, patch: Patch) -> Facts:
    sound = pairs._offers
    patch.setattr(pairs, "_offers", lambda facts: replace(made := sound(facts), subsidy=-made.subsidy))
    return facts_of(scenario)


def of_markets(change: Callable[[Any, Any], tuple[Any, Any]]) -> Mutant:
    return answering(pairs, "_markets", lambda answer: change(*answer))


def turned(answer: Any) -> Any:
    """Who qualifies is out, who does not is in."""
    return np.array(["record" if why is None else None for why in answer], dtype=object)


def rolled(answer: Any) -> Any:
    return np.roll(answer, 1, axis=1)


MUTANTS: dict[str, dict[str, Mutant]] = {
    "catalogue_scope": {
        "dropped": with_clause("catalogue_scope", enabled=False), "a year off": with_scope(rolled),
        "turned round": with_scope(np.vectorize(LATER.get, otypes=[object])),
    },
    "qualification": {
        "dropped": with_clause("qualification", enabled=False),
        "turned round": answering(pairs, "_unqualified", turned),
        "5 % looser": with_clause("qualification", min_credit=Decimal("74.1")),
        "5 % tighter": with_clause("qualification", min_credit=Decimal("81.9")),
    },
    "fee_standard": {
        "dropped": with_clause("fee_standard", enabled=False), "a year off": next_years_price,
        "turned round": answering(pairs, "_above_standard", np.logical_not), "5 % looser": with_standards("1.05"),
        "5 % tighter": with_standards("0.95"),
    },
    "cap": {
        "dropped": with_clause("fee_standard", enabled=False),
        "excluded instead": with_clause("fee_standard", mode="exclude"),
        "a year off": next_years_cap, "turned round": answering(pairs, "_ceiling", np.negative),
        "5 % looser": with_standards("1.05"), "5 % tighter": with_standards("0.95"),
    },
    "equal_competition": {
        "dropped": with_clause("equal_competition", enabled=False), "a year off": next_years_price,
        "turned round": subsidy_taken_off, "5 % looser": with_standards("1.05"), "5 % tighter": with_standards("0.95"),
    },
    "competition": {
        "dropped": with_clause("competition", enabled=False),
        "a year off": of_markets(lambda candidates, thin: (candidates, rolled(thin))),
        "turned round": of_markets(lambda candidates, thin: (candidates, ~thin)),
        "a candidate fewer": with_clause("competition", min_candidates=2),  # 5 % of three is less than a candidate
        "a candidate more": with_clause("competition", min_candidates=4),
    },
    "no_new_posts": {
        "dropped": with_clause("no_new_posts", enabled=False),
        "a year off": answering(decisions, "_new_allowed", rolled),
        "turned round": answering(decisions, "_new_allowed", np.logical_not),
    },
}  # fmt: skip


def test_every_clause_without_rows_has_its_mutants() -> None:
    assert set(MUTANTS) == set(LISTED)


@pytest.fixture(scope="module")
def table(request: pytest.FixtureRequest) -> Any:
    lines: list[tuple[str, str]] = []
    yield lines
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("\n| clause without rows | mutant | killed by |\n|---|---|---|")
        for clause, mutant in lines:
            print(f"| {clause} | {mutant} | pairs |")


@pytest.mark.parametrize(("name", "mutant"), [(name, mutant) for name, made in MUTANTS.items() for mutant in made])
def test_every_mutant_is_killed(name: str, mutant: str, tmp_path: Path, table: Any) -> None:
    scenario = scenario_of(name, tmp_path / "model")
    wanted = (LISTS / f"{name}.txt").read_text(encoding="utf-8")
    assert text_of(facts_of(scenario)) == wanted
    with pytest.MonkeyPatch.context() as patch:
        assert text_of(MUTANTS[name][mutant](scenario, patch)) != wanted, f"{name}, {mutant}: lives"
    table.append((name, mutant))
