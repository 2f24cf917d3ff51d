"""What is bought is good enough on the average of its quantity. Source: 34号文 3(6)."""

from __future__ import annotations

from fractions import Fraction

from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import shown
from gpsopt.verify.rows import key_text
from gpsopt.verify.verdict import Breach, Fault, Outcome


def check_quality_floor(evidence: Evidence) -> list[Outcome]:
    """n,t with awards: Σ (quality − min_quality)·x ≥ 0, and the same for satisfaction."""
    clause = evidence.world.settings.clauses.quality_floor
    if clause is None or not clause.enabled:
        return []
    faults = []
    for (need, year), state in evidence.facts.of.items():
        for column, least in (("quality", clause.min_quality), ("satisfaction", clause.min_satisfaction)):
            if least is None or not state.bought:
                continue
            marks = (getattr(evidence.marks.offers[a.offer], column) * a.quantity for a in state.awards)
            total = sum(marks, Fraction(0))
            if total < Fraction(least) * state.bought:
                faults.append(Fault("quality_floor", "quality_below", "allocation.csv", state.awards[0].row, column,
                                    key_text((year, need)),
                                    {"found": shown(total / state.bought), "bound": str(least)},
                                    _breach(evidence, column, need, year,
                                            Fraction(least) * state.bought - total)))  # fmt: skip
    return [Outcome("quality_floor", len(evidence.written.allocation), tuple(faults))]


def _breach(evidence: Evidence, mark: str, need: str, year: int, steps: Fraction) -> Breach:
    """Marks times units that are missing."""
    item = evidence.world.needs[need].item
    limit = "quality_is_good_enough" if mark == "quality" else "people_are_satisfied"
    return Breach(f"{limit} {need}", year, steps * item.step, "mark", item.unit_value)
