"""What the government keeps: units given up do not come back; no new posts for purchasable matters, 2(2)4."""

from __future__ import annotations

from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import shown
from gpsopt.verify.rows import key_text
from gpsopt.verify.verdict import Breach, Fault, Outcome


def check_direct_lines(evidence: Evidence) -> list[Outcome]:
    """d[t] ≤ d[t−1], d before the first year = D; 0 ≤ idle ≤ min(d, max(0, D − demand))."""
    world = evidence.world
    faults = []
    for (year, need), row in sorted(evidence.written.direct.items()):
        state = evidence.facts.of[need, year]
        key = key_text((year, need))
        if state.kept > state.before:
            faults.append(Fault("direct", "units_return", "direct.csv", row.line, "quantity", key, {
                "found": shown(evidence.units(need, state.kept)),
                "before": shown(evidence.units(need, state.before)),
            }))  # fmt: skip
        size = world.lines[need].quantity if need in world.lines else 0
        most = min(state.kept, max(0, size - world.demand(need, year).demand))
        if state.idle > most:
            faults.append(Fault("direct", "idle_above", "direct.csv", row.line, "idle", key, {
                "found": shown(evidence.units(need, state.idle)), "most": shown(evidence.units(need, most)),
            }))  # fmt: skip
    return [Outcome("direct", len(evidence.written.direct), tuple(faults))]


def check_no_new_posts(evidence: Evidence) -> list[Outcome]:
    """g > 0 only for items that the government must deliver itself (government_only)."""
    if not evidence.world.on("no_new_posts"):
        return []
    faults = []
    for (year, need), row in sorted(evidence.written.direct.items()):
        scope = evidence.world.scopes[need, year]
        if row["new"] > 0 and scope != "government_only":
            units = evidence.units(need, row["new"])
            breach = Breach(f"nothing_new {need}", year, units, "item", evidence.world.needs[need].item.unit_value)
            faults.append(Fault("no_new_posts", "new_units", "direct.csv", row.line, "new", key_text((year, need)),
                                {"found": shown(units), "scope": scope}, breach))  # fmt: skip
    return [Outcome("no_new_posts", len(evidence.written.direct), tuple(faults))]
