"""Basic services move by steps and stay moved; others are bought to a part. Source: 34号文 2(2)2."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import down_to_grid, shown
from gpsopt.verify.rows import key_text
from gpsopt.verify.verdict import Breach, Fault, Outcome


def check_gradual_purchase(evidence: Evidence) -> list[Outcome]:
    """Basic, D > 0: moved ≤ step·D and Σx ≥ Σx of the year before − fall of demand. Not basic: Σx ≥ floor·demand."""
    clause = evidence.world.settings.clauses.gradual_purchase
    if clause is None or not clause.enabled:
        return []
    faults: list[Fault] = []
    for need in evidence.world.needs.values():
        faults += _basic(evidence, need.key) if need.item.basic else _others(evidence, need.key)
    return [Outcome("gradual_purchase", len(evidence.facts.of), tuple(faults))]


def _basic(evidence: Evidence, need: str) -> Iterator[Fault]:
    world, clause = evidence.world, evidence.world.settings.clauses.gradual_purchase
    assert clause is not None
    line = world.lines.get(need)
    if line is None or not line.quantity:
        return
    before = None
    for year in world.years:
        state = evidence.facts.of[need, year]
        if clause.step is not None:
            most = down_to_grid(Fraction(clause.step) * line.quantity, Fraction(1))
            if state.moved > most:
                yield _fault(evidence, "moved_too_fast", "direct.csv", "moved", need, year, state.moved, most)
        if before is not None:
            fall = max(0, world.demand(need, before).demand - world.demand(need, year).demand)
            least = evidence.facts.of[need, before].bought - fall
            if state.bought < least:
                yield _fault(
                    evidence, "bought_less_again", "coverage.csv", "purchased", need, year, state.bought, least
                )
        before = year


def _others(evidence: Evidence, need: str) -> Iterator[Fault]:
    world, clause = evidence.world, evidence.world.settings.clauses.gradual_purchase
    assert clause is not None
    for year in world.years:
        if clause.floor is None or (clause.from_ is not None and year < clause.from_):
            continue
        least = ceil(Fraction(clause.floor) * world.demand(need, year).demand)
        bought = evidence.facts.of[need, year].bought
        if bought < least:
            yield _fault(evidence, "bought_too_little", "coverage.csv", "purchased", need, year, bought, least)


def _fault(
    evidence: Evidence, code: str, file: str, column: str, need: str, year: int, found: int, bound: int
) -> Fault:  # fmt: skip
    rows = evidence.written.direct if file == "direct.csv" else evidence.written.coverage
    row = rows.get((year, need))
    limit = {"moved_too_fast": "moves_by_steps", "bought_less_again": "what_moved_stays_moved"}
    breach = Breach(f"{limit.get(code, 'others_are_bought')} {need}", year, evidence.units(need, abs(found - bound)),
                    "item", evidence.world.needs[need].item.unit_value)  # fmt: skip
    return Fault("gradual_purchase", code, file, row.line if row else None, column, key_text((year, need)), {
        "found": shown(evidence.units(need, found)), "bound": shown(evidence.units(need, bound)),
    }, breach)  # fmt: skip
