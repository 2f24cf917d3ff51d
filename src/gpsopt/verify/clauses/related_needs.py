"""Services that replace or require each other. Source: 34号文 2(1)."""

from __future__ import annotations

from fractions import Fraction

from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import shown
from gpsopt.verify.rows import key_text
from gpsopt.verify.verdict import Breach, Fault, Outcome


def check_related_needs(evidence: Evidence) -> list[Outcome]:
    """relation,t: at_least ≤ Σ coefficient·served ≤ at_most over its rows of the year and of every year."""
    world = evidence.world
    if not world.on("related_needs"):
        return []
    faults = []
    count = 0
    for relation, rows in sorted(world.relations.items()):
        for year in world.years:
            held = [row for row in rows if row["year"] in (None, year)]
            count += len(held)
            total = sum(
                (Fraction(row["coefficient"]) * evidence.units(row["need"], evidence.facts.of[row["need"], year].served)
                 for row in held),
                Fraction(0),
            )  # fmt: skip
            least = [Fraction(row["at_least"]) for row in held if row["at_least"] is not None]
            most = [Fraction(row["at_most"]) for row in held if row["at_most"] is not None]
            broken = [("not_below", max(least) - total)] if least and total < max(least) else []
            broken += [("not_above", total - min(most))] if most and total > min(most) else []
            for limit, amount in broken:
                faults.append(Fault("related_needs", "relation_broken", "coverage.csv", None, "served",
                                    key_text((year, relation)), {
                                        "found": shown(total),
                                        "least": shown(max(least)) if least else "—",
                                        "most": shown(min(most)) if most else "—",
                                    }, Breach(f"{limit} {relation}", year, amount, "relation")))  # fmt: skip
    return [Outcome("related_needs", count, tuple(faults))]
