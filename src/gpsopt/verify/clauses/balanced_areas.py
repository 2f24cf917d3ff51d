"""No district is left far behind the city. Source: 34号文 1(2)."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import shown
from gpsopt.verify.rows import key_text
from gpsopt.verify.verdict import Breach, Fault, Outcome


def check_balanced_areas(evidence: Evidence) -> list[Outcome]:
    """a,t: coverage of the area ≥ ratio · coverage of the city, over the items of the clause's domains."""
    world, clause = evidence.world, evidence.world.settings.clauses.balanced_areas
    if clause is None or not clause.enabled:
        return []
    lost: dict[Any, Fraction] = defaultdict(Fraction)  # by (area, year), and by year for the city
    wanted: dict[Any, Fraction] = defaultdict(Fraction)
    for (need_key, year), state in evidence.facts.of.items():
        need, demand = world.needs[need_key], world.demand(need_key, year)
        if clause.domains and need.item.domain not in clause.domains:
            continue
        if demand.weight <= 0:
            continue
        for key in ((need.area, year), year):
            lost[key] += demand.weight * evidence.worth(need_key, state.shortfall)
            wanted[key] += demand.weight * evidence.worth(need_key, demand.target)
    faults = []
    for area, year in sorted(k for k in wanted if isinstance(k, tuple) and wanted[k] > 0):
        reached = 1 - lost[area, year] / wanted[area, year]
        city = 1 - lost[year] / wanted[year]
        if reached < Fraction(clause.ratio) * city:
            details: dict[str, object] = {"found": shown(reached), "bound": shown(Fraction(clause.ratio) * city)}
            where = key_text((year, area))
            behind = Fraction(clause.ratio) * city - reached
            breach = Breach(f"no_district_left_behind {area}", year, behind, "share", wanted[area, year])
            faults.append(
                Fault("balanced_areas", "area_behind", "coverage.csv", None, "served", where, details, breach)
            )
    return [Outcome("balanced_areas", len(wanted), tuple(faults))]
