"""Size and number of awards, offers that exclude each other, packages. Source: 34号文 3(4), the contract."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import shown
from gpsopt.verify.facts import Award
from gpsopt.verify.pairs import largest
from gpsopt.verify.rows import key_text
from gpsopt.verify.verdict import Breach, Fault, Outcome


def check_award_size(evidence: Evidence) -> list[Outcome]:
    """An award holds something; and where the clause is in force, min ≤ x ≤ max, min_awards ≤ Σ y ≤ max_awards
    (the least only if anything is bought), one offer of an `excludes` group, packages whole."""
    faults: list[Fault] = []
    rows = evidence.written.allocation
    empty = [
        Fault("candidates", "award_of_nothing", "allocation.csv", row.line, "quantity", key_text(key))
        for key, row in rows.items() if row["quantity"] == 0
    ]  # fmt: skip
    outcomes = [Outcome("candidates", 0, tuple(empty))]
    if not evidence.world.on("award_size"):
        return outcomes
    for (need, year), state in evidence.facts.of.items():
        if state.awards:
            faults += _sizes(evidence, need, year, state.awards)
            faults += _counts(evidence, need, year, state.awards)
            faults += _excluding(evidence, need, year, state.awards)
    faults += _packages(evidence)
    return [*outcomes, Outcome("award_size", len(rows), tuple(faults))]


def _sizes(evidence: Evidence, need: str, year: int, awards: tuple[Award, ...]) -> Iterator[Fault]:
    demand = evidence.world.demand(need, year).demand
    for award in awards:
        offer = evidence.world.offers[award.offer]
        least, most = max(offer.min_quantity, 1), largest(evidence.world, offer, demand)
        if award.quantity and not least <= award.quantity <= most:
            yield Fault("award_size", "size_outside", "allocation.csv", award.row, "quantity",
                        key_text((year, need, award.offer)), {
                            "found": shown(evidence.units(need, award.quantity)),
                            "least": shown(evidence.units(need, least)), "most": shown(evidence.units(need, most)),
                        })  # fmt: skip


def _counts(evidence: Evidence, need: str, year: int, awards: tuple[Award, ...]) -> Iterator[Fault]:
    demand = evidence.world.demand(need, year)
    most = demand.max_awards
    broken = [("enough_awards_if_any", demand.min_awards - len(awards))] if len(awards) < demand.min_awards else []
    broken += [("not_too_many_awards", len(awards) - most)] if most is not None and len(awards) > most else []
    for limit, off in broken:
        yield Fault("award_size", "award_count", "allocation.csv", awards[0].row, "offer", key_text((year, need)), {
            "found": len(awards), "least": demand.min_awards, "most": "—" if most is None else most,
        }, Breach(f"{limit} {need}", year, Fraction(off), "award"))  # fmt: skip


def _excluding(evidence: Evidence, need: str, year: int, awards: tuple[Award, ...]) -> Iterator[Fault]:
    first: dict[str, Award] = {}
    extra: dict[str, int] = defaultdict(int)
    for award in awards:
        group = evidence.world.offers[award.offer].excludes
        if group and first.setdefault(group, award) is not award:
            extra[group] += 1
    for award in awards:
        group = evidence.world.offers[award.offer].excludes
        if group and first[group] is not award:
            yield Fault("award_size", "offers_exclude", "allocation.csv", award.row, "offer",
                        key_text((year, need, award.offer)),
                        {"group": group, "other": first[group].offer},
                        Breach(f"one_offer_of_the_group {group} {need}", year, Fraction(extra[group]),
                               "award"))  # fmt: skip


def _packages(evidence: Evidence) -> Iterator[Fault]:
    """Package and year: every remaining pair of its offers has an award, or none has."""
    won: dict[tuple[str, int], set[tuple[str, str, int]]] = defaultdict(set)
    for year, need, offer in evidence.written.allocation:
        package = evidence.world.offers[offer].package
        if package is not None:
            won[package, year].add((offer, need, year))
    members = evidence.pairs.members(evidence.world)
    for (package, year), pairs in sorted(won.items()):
        missing = sorted(members.get((package, year), set()) - pairs)
        off = Fraction(min(len(missing), len(pairs)))
        for offer, need, _year in missing:
            yield Fault("award_size", "package_broken", "allocation.csv", None, "offer", key_text((year, need, offer)),
                        {"package": package, "year": year},
                        Breach(f"package_wins_whole {package}", year, off, "award"))  # fmt: skip
