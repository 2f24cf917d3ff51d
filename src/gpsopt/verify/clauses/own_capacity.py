"""Undertakers deliver with their own means: contracts may not be passed on. Source: 34号文 3(4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from gpsopt.money import format_money
from gpsopt.verify.evidence import Evidence
from gpsopt.verify.exact import shown
from gpsopt.verify.facts import Award
from gpsopt.verify.rows import key_text
from gpsopt.verify.verdict import Breach, Fault, Outcome


def check_own_capacity(evidence: Evidence) -> list[Outcome]:
    """u,t: Σ capacity_use·x ≤ capacity, each further resource, Σ amounts ≤ contract_limit; o,t: Σ x ≤ capacity."""
    if not evidence.world.on("own_capacity"):
        return []
    faults: list[Fault] = []
    for (undertaker, year), awards in sorted(evidence.facts.by_undertaker.items()):
        faults += _undertaker_faults(evidence, undertaker, year, awards)
        faults += _offer_faults(evidence, year, awards)
    return [Outcome("own_capacity", len(evidence.written.allocation), tuple(faults))]


def _undertaker_faults(evidence: Evidence, undertaker: str, year: int, awards: tuple[Award, ...]) -> Iterator[Fault]:
    world = evidence.world
    row = evidence.written.undertakers.get((year, undertaker))
    line, key = row.line if row else None, key_text((year, undertaker))
    known = world.undertakers[undertaker]
    taken: dict[str, Fraction] = defaultdict(Fraction)
    for award in awards:
        units = evidence.units(award.need, award.quantity)
        taken[""] += world.offers[award.offer].use * units
        for resource, use in world.uses.get(award.offer, ()):
            taken[resource] += use * units
    for resource, amount in taken.items():
        limit = known.capacity if not resource else _capacity(evidence, undertaker, resource, year)
        if limit is not None and amount > limit:
            code = "resource_exceeded" if resource else "capacity_exceeded"
            yield Fault("own_capacity", code, "undertakers.csv", line, "capacity_used", key,
                        {"resource": resource, "found": shown(amount), "bound": shown(limit)},
                        Breach(key_text(("work_within_own_capacity", undertaker, resource)), year, amount - limit,
                               "resource"))  # fmt: skip
    total = sum(award.amount for award in awards)
    if known.contract_limit is not None and total > known.contract_limit:
        yield Fault("own_capacity", "contract_limit", "undertakers.csv", line, "amount", key,
                    {"found": format_money(total), "bound": format_money(known.contract_limit)},
                    Breach(f"contracts_within_limit {undertaker}", year,
                           Fraction(total - known.contract_limit, 100), "yuan"))  # fmt: skip


def _capacity(evidence: Evidence, undertaker: str, resource: str, year: int) -> Fraction | None:
    """The capacity of a resource: the row of the year before the one of every year; None = no limit."""
    capacities = evidence.world.capacities
    return capacities.get((undertaker, resource, year), capacities.get((undertaker, resource, None)))


def _offer_faults(evidence: Evidence, year: int, awards: tuple[Award, ...]) -> Iterator[Fault]:
    taken: dict[str, int] = defaultdict(int)
    last: dict[str, Award] = {}
    for award in awards:
        taken[award.offer] += award.quantity
        last[award.offer] = award
    for offer, steps in taken.items():
        limit = evidence.world.offers[offer].capacity
        if limit is not None and steps > limit:
            award = last[offer]
            yield Fault("own_capacity", "offer_capacity", "allocation.csv", award.row, "quantity",
                        key_text((year, offer)), {"found": shown(evidence.units(award.need, steps)),
                                                  "bound": shown(evidence.units(award.need, limit))},
                        Breach(f"offer_within_its_capacity {offer}", year,
                               evidence.units(award.need, steps - limit), "item",
                               evidence.world.needs[award.need].item.unit_value))  # fmt: skip
