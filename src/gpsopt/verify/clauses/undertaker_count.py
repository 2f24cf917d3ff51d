"""How many undertakers are engaged in a year. Source: 34号文 2(2)3."""

from __future__ import annotations

from fractions import Fraction

from gpsopt.verify.evidence import Evidence
from gpsopt.verify.verdict import Breach, Fault, Outcome


def check_undertaker_count(evidence: Evidence) -> list[Outcome]:
    """t: min ≤ number of undertakers with an award ≤ max."""
    clause = evidence.world.settings.clauses.undertaker_count
    if clause is None or not clause.enabled:
        return []
    engaged = list(evidence.facts.by_undertaker)
    faults = []
    for year in evidence.world.years:
        count = sum(t == year for _undertaker, t in engaged)
        if count < (clause.min or 0) or (clause.max is not None and count > clause.max):
            details = {"found": count, "least": clause.min or 0, "most": "—" if clause.max is None else clause.max}
            faults.append(
                Fault(
                    "undertaker_count",
                    "undertakers_outside",
                    "undertakers.csv",
                    None,
                    "awards",
                    str(year),
                    details,
                    _breach(clause.min or 0, clause.max, count, year),
                )
            )
    return [Outcome("undertaker_count", len(engaged), tuple(faults))]


def _breach(least: int, most: int | None, count: int, year: int) -> Breach:
    if count < least:
        return Breach("enough_undertakers", year, Fraction(least - count), "undertaker")
    return Breach("not_too_many_undertakers", year, Fraction(count - (most or 0)), "undertaker")
