"""Served quantities: never above demand, never below today's service (2(2)2) nor below the floor (1(2), 2(2)1)."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import shown
from gpsopt.verify.rows import key_text
from gpsopt.verify.verdict import Breach, Fault, Outcome


def check_served(evidence: Evidence) -> list[Outcome]:
    """0 ≤ served ≤ demand, unless the clause coverage allows oversupply."""
    world = evidence.world
    faults = []
    for (need, year), state in evidence.facts.of.items():
        demand = world.demand(need, year).demand
        if state.served > demand and not world.oversupply:
            faults.append(_fault(evidence, "served", "served_above", need, year, state.served, demand))
        if state.served < 0:
            faults.append(_fault(evidence, "served", "served_below", need, year, state.served, 0))
    return [Outcome("served", len(evidence.facts.of), tuple(faults))]


def check_continuity(evidence: Evidence) -> list[Outcome]:
    """served ≥ min(D, demand)·(1 − tolerance)."""
    world = evidence.world
    if not world.on("continuity"):
        return []
    kept_share = 1 - Fraction(world.settings.clauses.continuity.tolerance)
    faults = []
    for need, line in world.lines.items():
        for year in world.years:
            level = ceil(min(line.quantity, world.demand(need, year).demand) * kept_share)
            served = evidence.facts.of[need, year].served
            if served < level:
                faults.append(
                    _fault(
                        evidence,
                        "continuity",
                        "served_below_today",
                        need,
                        year,
                        served,
                        level,
                        "nobody_loses_the_service",
                    )
                )
    return [Outcome("continuity", len(world.lines) * len(world.years), tuple(faults))]


def check_coverage(evidence: Evidence) -> list[Outcome]:
    """served ≥ floor·demand; a need in full or not at all is served 0 or its demand."""
    world = evidence.world
    if not world.on("coverage"):
        return []
    faults = []
    for (need, year), demand in sorted(world.demands.items()):
        served = evidence.facts.of[need, year].served
        if served < demand.floor:
            faults.append(
                _fault(evidence, "coverage", "served_below_floor", need, year, served, demand.floor, "floor_is_reached")
            )
        if demand.all_or_nothing and served not in (0, demand.demand):
            faults.append(_fault(evidence, "coverage", "served_in_part", need, year, served, demand.demand,
                                 "met_in_full_or_not_at_all"))  # fmt: skip
    return [Outcome("coverage", len(world.demands), tuple(faults))]


def _fault(
    evidence: Evidence, rule: str, code: str, need: str, year: int, served: int, bound: int, limit: str = ""
) -> Fault:
    """`limit`: the clause's own name for it; a need in full or not at all is off by the nearer of both."""
    item = evidence.world.needs[need].item
    off = abs(bound - served)
    off = min(off, served) if limit == "met_in_full_or_not_at_all" else off
    breach = Breach(f"{limit} {need}", year, evidence.units(need, off), "item", item.unit_value) if limit else None
    row = evidence.written.coverage.get((year, need))
    return Fault(rule, code, "coverage.csv", row.line if row else None, "served", key_text((year, need)), {
        "found": shown(evidence.units(need, served)), "bound": shown(evidence.units(need, bound)),
    }, breach)  # fmt: skip
