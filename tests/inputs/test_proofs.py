"""What `check` says cannot be planned, full enumeration cannot plan; and it refuses nothing that can be planned."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pandas as pd

from gpsopt.checks import PROOFS, check
from gpsopt.scenario import Scenario
from gpsopt.settings import Lock

from ..brute.enumerator import TooMany, best_plan
from ..brute.generate import draw


def _harder(scenario: Scenario, seed: int) -> Scenario:
    """The same tiny model with floors up to the target and smaller budgets."""
    chance = random.Random(seed)
    tables = scenario.tables
    needs, budgets = tables["needs"].copy(), tables["budgets"].copy()
    floors = [target if chance.random() < 0.5 else floor
              for floor, target in zip(needs["floor"], needs["target"], strict=True)]  # fmt: skip
    cut = [(amount * Decimal(chance.choice(("0.4", "0.7", "1")))).quantize(Decimal("0.01"))
           for amount in budgets["amount"]]  # fmt: skip
    needs["floor"] = pd.Series(floors, index=needs.index, dtype=object)
    budgets["amount"] = pd.Series(cut, index=budgets.index, dtype=object)
    return replace(scenario, tables=tables.with_frame("needs", needs).with_frame("budgets", budgets))


def _locked(scenario: Scenario, seed: int) -> Scenario:
    """The same tiny model with up to three decisions held by hand, sensible or not."""
    chance = random.Random(seed)
    needs, offers = (sorted(set(scenario.tables[name][name[:-1]])) for name in ("needs", "offers"))
    locks: dict[tuple[object, ...], Lock] = {}
    for _ in range(chance.randint(1, 3)):
        need, year, offer = chance.choice(needs), chance.choice(scenario.settings.years), chance.choice(offers)
        decision = chance.choice((
            {"direct": chance.randint(0, 3)},
            {"offer": offer, "award": chance.random() < 0.8},
            {"offer": offer, "quantity": chance.randint(0, 4)},
        ))  # fmt: skip
        lock = Lock.model_validate({"need": need, "year": year, **decision})
        locks[need, year, lock.offer] = lock
    settings = scenario.settings.model_copy(update={"lock": tuple(locks.values())})
    return replace(scenario, settings=settings)


def test_locks_that_are_refused_cannot_be_kept() -> None:
    seen: Counter[str] = Counter()
    for seed in range(180):
        scenario = _locked(draw(seed), seed)
        found = check(scenario)
        refused = {f.code for f in found if f.severity == "error" or f.code == "lock_barred"}
        if not refused:
            continue
        try:
            assert best_plan(scenario) is None, (seed, refused)
        except TooMany:
            continue
        seen.update(refused)
    common = ("lock_misfit", "lock_barred", "lock_quantity", "lock_sum", "lock_direct_above", "lock_without_demand")
    assert all(seen[code] >= 5 for code in common) and seen["lock_awards"] >= 1, seen


def test_proofs_hold_against_full_enumeration() -> None:
    seen: Counter[str] = Counter()
    for seed in range(160):
        scenario = _harder(draw(seed), seed)
        errors = {finding.code for finding in check(scenario) if finding.severity == "error"}
        assert errors <= PROOFS, seed
        if not errors:
            seen["no proof"] += 1
            continue
        try:
            assert best_plan(scenario) is None, (seed, errors)
        except TooMany:
            continue
        seen.update(errors)
    assert all(seen[code] >= 10 for code in PROOFS) and seen["no proof"] >= 10, seen
