"""Every row that must stand in the plan's tables stands there once, and no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gpsopt.verify.evidence import Evidence
from gpsopt.verify.rows import Row, key_text
from gpsopt.verify.verdict import Fault, Outcome


def check_rows_complete(evidence: Evidence) -> list[Outcome]:
    """direct: needs with a line, every year, and needs with new units; coverage: needs with demand or a line;
    budgets: every purchaser and year; undertakers: those with a candidate pair in the year."""
    world, written, years = evidence.world, evidence.written, evidence.world.years
    lines = {(year, need) for need in world.lines for year in years}
    new = {key for key, row in written.direct.items() if row["new"] > 0}
    wanted = lines | {(year, need) for (need, year), d in world.demands.items() if d.demand > 0}
    supplying = {
        (year, world.offers[offer].undertaker)
        for (_need, year), offers in evidence.pairs.remaining.items()
        for offer in offers
    }
    tables: list[tuple[str, Mapping[Any, Row], Iterable[Any]]] = [
        ("direct", written.direct, lines | new),
        ("coverage", written.coverage, wanted),
        ("budgets", written.budgets, {(year, purchaser) for purchaser in world.purchasers for year in years}),
        ("undertakers", written.undertakers, supplying),
    ]
    faults = [fault for name, found, keys in tables for fault in _compare(name, found, set(keys))]
    return [Outcome("rows", 0, tuple(faults))]


def _compare(name: str, found: Mapping[Any, Row], wanted: set[Any]) -> Iterator[Fault]:
    for key in sorted(wanted - found.keys()):
        yield Fault("rows", "row_missing", f"{name}.csv", None, "", key_text(key))
    for key in sorted(found.keys() - wanted):
        yield Fault("rows", "row_surplus", f"{name}.csv", found[key].line, "", key_text(key))
