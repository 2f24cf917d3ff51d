"""The table `excluded`: every pair that a clause leaves out is listed, with the first clause that does and why."""

from __future__ import annotations

from collections.abc import Iterator

from gpsopt.verify.evidence import Evidence
from gpsopt.verify.pairs import Pair, largest, unmet_conditions
from gpsopt.verify.rows import Row, key_text
from gpsopt.verify.verdict import Fault, Outcome


def check_excluded(evidence: Evidence) -> list[Outcome]:
    """Its rows, an empty year standing for every model year, are the excluded pairs, each once."""
    rows = evidence.written.excluded
    if rows is None:
        return []
    faults: list[Fault] = []
    seen: set[tuple[str, str, int]] = set()
    for key, row in sorted(rows.items(), key=lambda entry: entry[1].line):
        faults += _row_faults(evidence, key_text(key), row, seen)
    for offer, need, year in sorted(evidence.pairs.excluded.keys() - seen):
        faults.append(Fault("excluded", "row_missing", "excluded.csv", None, "", key_text((need, offer, year))))
    return [Outcome("excluded", len(rows), tuple(faults))]


def _row_faults(evidence: Evidence, key: str, row: Row, seen: set[tuple[str, str, int]]) -> Iterator[Fault]:
    world = evidence.world
    undertaker = world.offers[row["offer"]].undertaker
    if row["undertaker"] != undertaker:
        yield Fault("names", "differs", "excluded.csv", row.line, "undertaker", key,
                    {"found": row["undertaker"], "expected": undertaker})  # fmt: skip
    for year in world.years if row["year"] is None else (row["year"],):
        pair = (row["offer"], row["need"], year)
        clause = evidence.pairs.excluded.get(pair)
        if clause is None or pair in seen:
            yield Fault("excluded", "row_surplus", "excluded.csv", row.line, "year", key_text((key, year)))
        elif row["clause"] != clause:
            yield Fault("excluded", "differs", "excluded.csv", row.line, "clause", key,
                        {"found": row["clause"], "expected": clause})  # fmt: skip
        elif row["reason"] != (reason := reason_of(evidence, pair, clause)):
            yield Fault("excluded", "differs", "excluded.csv", row.line, "reason", key,
                        {"found": row["reason"] or "—", "expected": reason})  # fmt: skip
        seen.add(pair)


def reason_of(evidence: Evidence, pair: Pair, clause: str) -> str:
    """The word for what the clause found wrong with the pair."""
    world, (offer_key, need_key, year) = evidence.world, pair
    offer, need = world.offers[offer_key], world.needs[need_key]
    match clause:
        case "catalogue_scope":
            return world.scopes[need_key, year]
        case "qualification":
            missing = world.undertakers[offer.undertaker].missing
            unmet = unmet_conditions(world, offer, need)
            return missing[0] if missing else "min_credit" if "credit" in unmet[-1:] else "licence"
        case "fee_standard":
            return "above_cost_standard"
        case "equal_competition":
            return "full_cost_above_standard"
        case "competition":
            return "thin_market"
    demand = world.demand(need_key, year).demand
    if offer.min_quantity > demand:
        return "minimum_above_demand"
    return (
        "no_room_for_an_award" if largest(world, offer, demand) < max(offer.min_quantity, 1) else "package_incomplete"
    )
