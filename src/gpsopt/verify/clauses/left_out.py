"""Soft clauses on who may be bought from: what is bought although the clause would leave the pair out."""

from __future__ import annotations

from fractions import Fraction

from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import shown
from gpsopt.verify.facts import Award
from gpsopt.verify.pairs import subsidy_of
from gpsopt.verify.rows import key_text
from gpsopt.verify.verdict import Breach, Fault, Outcome

_RULES = {
    "qualification": "only_the_qualified", "fee_standard": "paid_within_standard",
    "equal_competition": "full_cost_within_standard", "competition": "thin_market_stays_direct",
}  # fmt: skip
_MICRO = 10**6


def check_left_out(evidence: Evidence) -> list[Outcome]:
    """Units bought of the unqualified or in thin markets; yuan paid above the standard."""
    faults = []
    for state in evidence.facts.of.values():
        for award in state.awards:
            for clause, pairs in evidence.pairs.bent.items():
                if (award.offer, award.need, award.year) in pairs:
                    faults += _faults(evidence, clause, award)
    soft = [clause for clause in _RULES if evidence.world.settings.clauses.soft(clause)]
    return [Outcome(clause, 0, tuple(f for f in faults if f.rule == clause)) for clause in soft]


def _faults(evidence: Evidence, clause: str, award: Award) -> list[Fault]:
    item, units = evidence.world.needs[award.need].item, evidence.units(award.need, award.quantity)
    index = f"{_RULES[clause]} {award.offer} {award.need}"
    breach = Breach(index, award.year, units, "item", item.unit_value)
    if clause in ("fee_standard", "equal_competition"):
        subsidy = subsidy_of(evidence.world, evidence.world.offers[award.offer]) if clause == "equal_competition" else 0
        standard = Fraction(item.cost_standard or 0, _MICRO)
        above = Fraction(award.amount, 100) + (Fraction(subsidy, _MICRO) - standard) * units
        breach = Breach(index, award.year, above, "yuan")
    if breach.amount <= 0:
        return []
    return [Fault(clause, "bought_though_left_out", "allocation.csv", award.row, "quantity",
                  key_text((award.year, award.need, award.offer)), {"found": shown(units)}, breach)]  # fmt: skip
