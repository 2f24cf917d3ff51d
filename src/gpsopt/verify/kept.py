"""Why a purchasable matter stays direct ("in principle bought", 3(1)): the reason the inputs and the plan give.

The first that stands in the way of the cheapest offer that still has room:

    rule      the planner holds the units, nobody asks for the matter in that year (what nobody asks for is not
              bought), or clauses leave out every offer
    capacity  nobody offers, or all who do are used up
    price     a unit costs no less than the unit kept, its setup spread over the most the award could be
    stranded  it costs less, but no less than what a unit given up sets free at once
    money     the purchaser has less than 1 % of its budget left to buy with
    rule      otherwise: another clause
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction

from gpsopt.verify.evidence import Evidence
from gpsopt.verify.facts import stopped_share
from gpsopt.verify.ledger import purse_of, split_of
from gpsopt.verify.pairs import largest

ReasonOf = Callable[[str, int], str]


def reasons_of(evidence: Evidence) -> ReasonOf:
    """What says why a need stays direct in a year."""
    world, pairs = evidence.world, evidence.pairs
    held = {(lock.need, lock.year) for lock in world.settings.lock if lock.direct is not None}
    barred = {(need, year) for _offer, need, year in pairs.excluded}
    room = _Room(evidence)
    left: dict[tuple[str, int], int] = {}

    def money_left(purchaser: str, year: int) -> int:
        if (purchaser, year) not in left:
            left[purchaser, year] = _left(evidence, purchaser, year)
        return left[purchaser, year]

    def reason(need: str, year: int) -> str:
        if (need, year) in held or world.demand(need, year).demand == 0:
            return "rule"
        offers = pairs.remaining.get((need, year), ())
        if not offers:
            return "rule" if (need, year) in barred else "capacity"
        spare = [offer for offer in offers if room.has(offer, need, year)]
        if not spare:
            return "capacity"
        cheapest = min(room.unit_cost(offer, need, year) for offer in spare)
        line = world.lines[need]
        kept = Fraction(line.expenditure[year], line.quantity) / world.needs[need].item.step
        if cheapest >= kept:
            return "price"
        if cheapest >= kept * stopped_share(line, 0):
            return "stranded"
        purchaser = world.needs[need].purchaser
        return "money" if money_left(purchaser, year) * 100 < world.budgets.get((purchaser, year), 0) else "rule"

    return reason


def _left(evidence: Evidence, purchaser: str, year: int) -> int:
    """Fen on the purchase line after everything is paid."""
    world, facts, books = evidence.world, evidence.facts, evidence.books
    purse = purse_of(world, facts, books, purchaser, year)
    moved = sum(own + shared for own, shared in split_of(world, facts, books, purse, purchaser, year))
    return max(0, purse.line + moved + purse.received - purse.given - purse.purchased)


class _Room:
    """What of each offer and undertaker the plan uses, and what is left of it."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence, self._world = evidence, evidence.world
        clauses = self._world.settings.clauses
        self._sized = clauses.on("award_size")
        self._limited = clauses.on("own_capacity") and not clauses.soft("own_capacity")
        self._bought: dict[tuple[str, str, int], int] = {}
        self._taken: dict[tuple[str, int], int] = defaultdict(int)
        self._used: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
        for awards in evidence.facts.by_undertaker.values():
            for award in awards:
                self._bought[award.offer, award.need, award.year] = award.quantity
                self._taken[award.offer, award.year] += award.quantity
                units = evidence.units(award.need, award.quantity)
                self._used[award.undertaker, award.year] += units * self._world.offers[award.offer].use

    def has(self, offer: str, need: str, year: int) -> bool:
        """Could the award be larger, and is there room for one of the least size?"""
        if self._bought.get((offer, need, year), 0) >= self._most(offer, need, year):
            return False
        here, least = self._world.offers[offer], self._least(offer)
        capacity = self._world.undertakers[here.undertaker].capacity
        wanted = self._evidence.units(need, least) * here.use
        if capacity is not None and self._used[here.undertaker, year] + wanted > capacity:
            return False
        return here.capacity is None or self._taken[offer, year] + least <= here.capacity

    def unit_cost(self, offer: str, need: str, year: int) -> Fraction:
        """Fen a unit, the setup spread over the most that the award can be."""
        here = self._world.offers[offer]
        units = self._evidence.units(need, self._most(offer, need, year))
        setup = Fraction(here.setup) / units if units else Fraction(0)
        return Fraction(self._world.price(here, self._world.needs[need], year), 10_000) + setup

    def _least(self, offer: str) -> int:
        return max(self._world.offers[offer].min_quantity, 1) if self._sized else 1

    def _most(self, offer: str, need: str, year: int) -> int:
        """The most an award can be, in grid steps, under its size, capacities and contract limit; 0: none fits."""
        world, here = self._world, self._world.offers[offer]
        demand = world.demand(need, year).demand
        most = largest(world, here, demand) if self._sized else demand
        if not self._limited:
            return most
        undertaker, step = world.undertakers[here.undertaker], world.needs[need].item.step
        if here.capacity is not None:
            most = min(most, here.capacity)
        if undertaker.capacity is not None and here.use > 0:
            most = min(most, (undertaker.capacity / here.use / step).__floor__())
        price = world.price(here, world.needs[need], year)
        if undertaker.contract_limit is not None and price > 0:
            money = max(0, undertaker.contract_limit - here.setup) + 1  # a fen for rounding
            most = min(most, (Fraction(money * 10_000, price) / step).__floor__())
        return most if most >= self._least(offer) else 0
