"""Why a purchasable matter stays direct: services of the catalogue are in principle bought (3(1))."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from functools import cached_property

import numpy as np

from gpsopt.model.ledger import Money, Quantities
from gpsopt.model.world import World


class KeptBecause:
    """rule, capacity, price, stranded or money: the first that stands in the way of the cheapest offer.

    rule: a clause excludes every offer, the planner decided, or nobody asks for the matter in that year;
    capacity: nobody offers, or all who do are used up; price: no offer costs less than the unit kept;
    stranded: it does, but not less than what the unit sets free; money: the purchaser has less than 1 % of its
    budget left to buy with.
    """

    def __init__(self, world: World, q: Quantities, money: Money) -> None:
        self._world, self._q, self._money = world, q, money

    def reason(self, need: int, year: int) -> str:
        """The reason for one need and year (positions)."""
        facts = self._world.facts
        key, when = facts.needs.key[need], facts.years[year]
        if (key, when) in self._held or not facts.needs.demand[need, year]:
            return "rule"
        offers = self._pairs_of.get((need, year), [])
        if not offers:
            return "rule" if (key, when) in self._excluded else "capacity"
        today = int(facts.lines.quantity[need])
        kept = Fraction(int(facts.lines.expenditure[need, year]), today) / facts.needs.step[need]
        spare = [i for i in offers if self._q.purchased[i] < self._world.most[i] and self._has_room(i)]
        if not spare:
            return "capacity"
        cheapest = min(self._unit_cost(i) for i in spare)
        if cheapest >= kept:
            return "price"
        if cheapest >= kept * facts.lines.share_freed(need, 0):
            return "stranded"
        place = facts.purchasers.index(facts.needs.purchaser[need])
        budget = facts.budget.get((facts.purchasers[place], when), 0)
        return "money" if self._money.left[place, year] * 100 < budget else "rule"

    @cached_property
    def _held(self) -> set[tuple[str, int]]:
        return {(k.need, k.year) for k in self._world.facts.settings.lock if k.direct is not None}

    @cached_property
    def _excluded(self) -> set[tuple[str, int]]:
        return {(e.need, e.year) for e in self._world.pairs.excluded}

    @cached_property
    def _pairs_of(self) -> dict[tuple[int, int], list[int]]:
        groups: dict[tuple[int, int], list[int]] = defaultdict(list)
        for i, (n, t) in enumerate(zip(self._world.pairs.need, self._world.pairs.year, strict=True)):
            groups[int(n), int(t)].append(i)
        return groups

    @cached_property
    def _used(self) -> tuple[dict[tuple[str, int], Fraction], dict[tuple[int, int], int]]:
        """Capacity taken by (undertaker, year), and steps taken by (offer, year)."""
        pairs, facts = self._world.pairs, self._world.facts
        used: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
        taken: dict[tuple[int, int], int] = defaultdict(int)
        for i in np.flatnonzero(self._q.purchased):
            o, c = int(pairs.offer[i]), int(pairs.year[i])
            units = int(self._q.purchased[i]) * facts.needs.step[pairs.need[i]]
            used[pairs.offers.undertaker[o], c] += units * pairs.offers.capacity_use[o]
            taken[o, c] += int(self._q.purchased[i])
        return used, taken

    def _has_room(self, pair: int) -> bool:
        """Have the offer and its undertaker room for an award of the least size?"""
        pairs, facts = self._world.pairs, self._world.facts
        o, c, least = int(pairs.offer[pair]), int(pairs.year[pair]), int(pairs.least[pair])
        used, taken = self._used
        capacity = facts.undertakers[pairs.offers.undertaker[o]]["capacity"]
        if capacity is not None:
            wanted = least * facts.needs.step[pairs.need[pair]] * pairs.offers.capacity_use[o]
            if used[pairs.offers.undertaker[o], c] + wanted > Fraction(capacity):
                return False
        return bool(pairs.offers.capacity[o] < 0 or taken[o, c] + least <= pairs.offers.capacity[o])

    def _unit_cost(self, pair: int) -> Fraction:
        """Fen a unit through the offer, its setup spread over the most it can be."""
        pairs, offers = self._world.pairs, self._world.pairs.offers
        o = int(pairs.offer[pair])
        units = int(self._world.most[pair]) * self._world.facts.needs.step[pairs.need[pair]]
        setup = Fraction(int(offers.setup[o])) / units if units else Fraction(0)
        return Fraction(int(pairs.price[pair]), 10_000) + setup
