"""How many awards an undertaker has in a year: a rule of the Social Construction Fund, not of the document."""

from __future__ import annotations

from fractions import Fraction

from gpsopt.verify.evidence import Evidence
from gpsopt.verify.rows import key_text
from gpsopt.verify.verdict import Breach, Fault, Outcome


def check_project_limit(evidence: Evidence) -> list[Outcome]:
    """u,t: number of awards ≤ max_awards, for undertakers of the kinds named (all where none is)."""
    clause = evidence.world.settings.clauses.project_limit
    if clause is None or not clause.enabled:
        return []
    faults = []
    for (undertaker, year), awards in sorted(evidence.facts.by_undertaker.items()):
        kind = evidence.world.undertakers[undertaker].kind
        if len(awards) > clause.max_awards and (not clause.kinds or kind in clause.kinds):
            row = evidence.written.undertakers.get((year, undertaker))
            faults.append(Fault("project_limit", "too_many_projects", "undertakers.csv", row.line if row else None,
                                "awards", key_text((year, undertaker)),
                                {"found": len(awards), "bound": clause.max_awards},
                                Breach(f"awards_within_limit {undertaker}", year,
                                       Fraction(len(awards) - clause.max_awards), "award")))  # fmt: skip
    return [Outcome("project_limit", len(evidence.facts.by_undertaker), tuple(faults))]
