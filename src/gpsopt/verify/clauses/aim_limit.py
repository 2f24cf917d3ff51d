"""Limits of aims that the planner set (`[aims.limit]`): no aim is worse than its limit, exactly."""

from __future__ import annotations

from fractions import Fraction

from gpsopt.settings import AIMS
from gpsopt.verify.aimvalues import plan_value
from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import shown
from gpsopt.verify.verdict import Fault, Outcome


def check_aim_limit(evidence: Evidence) -> list[Outcome]:
    """aim: value <= limit, of aims that are maximised value >= limit."""
    limits = evidence.world.settings.aims.limit
    if not limits:
        return []
    faults = []
    for name, limit in limits.items():
        value, most = plan_value(evidence, name), Fraction(limit)
        if value > most if AIMS[name] == "min" else value < most:
            details = {"found": shown(value), "limit": shown(most)}
            faults.append(Fault("aim_limit", "aim_beyond_limit", "summary.json", None, "plan_value", name, details))
    return [Outcome("aim_limit", len(limits), tuple(faults))]
