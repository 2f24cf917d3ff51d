"""Awards stand on candidate pairs only: catalogue 3(1), qualification 3(3), fee standard 3(5), sizes 3(4), thin
markets 2(2)3."""

from __future__ import annotations

from collections.abc import Iterator

from gpsopt.money import yuan
from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import shown
from gpsopt.verify.pairs import mismatch, unmet_conditions
from gpsopt.verify.rows import Row, key_text
from gpsopt.verify.verdict import Fault, Outcome

_CLAUSES = ("catalogue_scope", "qualification", "fee_standard", "equal_competition", "award_size", "competition")


def check_candidates(evidence: Evidence) -> list[Outcome]:
    """Every award fits its need (item, area, needs, years, demand) and no clause excludes the pair."""
    rows = evidence.written.allocation
    faults: dict[str, list[Fault]] = {"candidates": []}
    faults |= {clause: [] for clause in _CLAUSES if evidence.world.on(clause)}
    for key, row in rows.items():
        for fault in _award_faults(evidence, key_text(key), row):
            faults[fault.rule].append(fault)
    return [Outcome(rule, len(rows), tuple(found)) for rule, found in faults.items()]


def _award_faults(evidence: Evidence, key: str, row: Row) -> Iterator[Fault]:
    world = evidence.world
    offer, need, year = world.offers[row["offer"]], world.needs[row["need"]], row["year"]
    why = mismatch(world, offer, need, year)
    if why:
        yield Fault("candidates", f"no_pair_{why}", "allocation.csv", row.line, "offer", key,
                    {"offer": offer.key, "need": need.key, "year": year})  # fmt: skip
        return
    clause = evidence.pairs.excluded.get((offer.key, need.key, year))
    if clause:
        code, details = _reason(evidence, clause, row)
        yield Fault(clause, code, "allocation.csv", row.line, "offer", key, {"offer": offer.key, **details})


def _reason(evidence: Evidence, clause: str, row: Row) -> tuple[str, dict[str, object]]:
    """The message for an excluded pair, with the tables' numbers."""
    world = evidence.world
    offer, need, year = world.offers[row["offer"]], world.needs[row["need"]], row["year"]
    match clause:
        case "catalogue_scope":
            return "not_purchasable", {"item": need.item.code, "scope": world.scopes[need.key, year]}
        case "qualification":
            return "not_qualified", {"undertaker": offer.undertaker,
                                     "unmet": ", ".join(unmet_conditions(world, offer, need))}  # fmt: skip
        case "fee_standard":
            return "above_standard", {
                "price": yuan_per_unit(world.price(offer, need, year)), "setup": str(yuan(offer.setup)),
                "standard": yuan_per_unit(need.item.cost_standard or 0),
            }  # fmt: skip
        case "equal_competition":
            return "full_cost_above_standard", {
                "price": yuan_per_unit(world.price(offer, need, year)), "subsidy": yuan_per_unit(offer.subsidy),
                "setup": str(yuan(offer.setup)), "standard": yuan_per_unit(need.item.cost_standard or 0),
            }  # fmt: skip
        case "competition":
            return "kept_thin", {"candidates": evidence.pairs.candidates[need.key, year],
                                 "least": world.settings.clauses.competition.min_candidates}  # fmt: skip
        case _:
            demand = world.demand(need.key, year).demand
            return "no_size", {"least": shown(evidence.units(need.key, max(offer.min_quantity, 1))),
                               "demand": shown(evidence.units(need.key, demand)),
                               "package": offer.package or "—"}  # fmt: skip


def yuan_per_unit(micro: int) -> str:
    """Millionths of a yuan as text with up to six decimals."""
    return f"{micro // 10**6}.{micro % 10**6:06d}".rstrip("0").rstrip(".")
