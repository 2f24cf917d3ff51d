"""The money of a plan in exact fen: what is released, stranded and spent, and which line pays.

The solver decides quantities; the split of the released money is made here by rule, so that a plan has
one ledger: need by need in key order own = min(released, outlay, c * bought), then shared only as far as
the purchase line falls short; under `lagged` the solver's split is kept. Source: 3(5), money follows the matter.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from gpsopt.model.facts import Facts, Floats, Ints, award_amount
from gpsopt.model.world import World
from gpsopt.money import half_up


@dataclass(frozen=True)
class Quantities:
    """A plan's decisions in grid steps: per pair, and (needs, years); `split` is the solver's own and shared."""

    purchased: Ints
    direct: Ints
    new: Ints
    idle: Ints
    split: tuple[Floats, Floats] | None = None  # 万元, (needs, years) each; kept under savings = lagged


@dataclass(frozen=True)
class Money:
    """Fen. (needs, years) arrays, then (purchasers, years) arrays; `short` is what no line can pay."""

    amount: Ints  # per pair: 0 without an award
    direct: Ints
    stranded: Ints
    released: Ints
    new_cost: Ints
    outlay: Ints
    own: Ints
    shared: Ints
    unspent: Ints
    line: Ints
    deficit: Ints
    engagement: Ints
    given: Ints
    received: Ints
    left: Ints  # on the purchase line after everything is paid
    short: Ints  # missing on the purchase line (0 in a legal plan)
    deficit_short: Ints  # deficit not met from unspent money (0 in a legal plan)
    transfers: tuple[tuple[int, int, int, int], ...]  # pooled: (giver, receiver, year, fen)


def money_of(world: World, q: Quantities) -> Money:
    """All amounts of a plan. Legal exactly where `short` and `deficit_short` are zero everywhere."""
    facts = world.facts
    amount = _amounts(world, q)
    direct, stranded, released = _direct_money(facts, q)
    new_cost = _new_cost(facts, q)
    outlay = new_cost.copy()
    np.add.at(outlay, (world.pairs.need, world.pairs.year), amount)
    line, deficit = lines_of(facts)
    engagement = _engagement(world, q)
    split = _Split(world, q, released, outlay, line, deficit, engagement)
    split.fill()
    return Money(
        amount, direct, stranded, released, new_cost, outlay, split.own, split.shared,
        released - split.own - split.shared, line, deficit, engagement, split.given, split.received,
        split.left, split.short, split.deficit_short, tuple(split.transfers),
    )  # fmt: skip


def lines_of(facts: Facts) -> tuple[Ints, Ints]:
    """Purchase line and deficit of each purchaser and year: the budget less today's direct lines."""
    budget = np.array([[facts.budget.get((p, t), 0) for t in facts.years] for p in facts.purchasers], dtype=np.int64)
    lines = np.zeros_like(budget)
    place = {p: i for i, p in enumerate(facts.purchasers)}
    np.add.at(lines, [place[p] for p in facts.needs.purchaser], facts.lines.expenditure)
    return np.maximum(0, budget - lines), np.maximum(0, lines - budget)


def _amounts(world: World, q: Quantities) -> Ints:
    offers, pairs = world.pairs.offers, world.pairs
    amount = np.zeros(len(pairs.offer), dtype=np.int64)
    for i in np.flatnonzero(q.purchased):
        o = pairs.offer[i]
        amount[i] = award_amount(
            int(q.purchased[i]), world.facts.needs.step[pairs.need[i]],
            int(pairs.price[i]), int(offers.setup[o]),
        )  # fmt: skip
    return amount


def _direct_money(facts: Facts, q: Quantities) -> tuple[Ints, Ints, Ints]:
    """direct = E*d/D; freed = E - direct; stranded = what the formula leaves, at most freed; half up, in fen."""
    lines = facts.lines
    direct, stranded, released = (np.zeros_like(lines.expenditure) for _ in range(3))
    stays = facts.settings.regime == "fees_stay"
    for n in np.flatnonzero(lines.quantity):
        today = int(lines.quantity[n])
        before = [today, *(int(v) for v in q.direct[n])]
        for c, year in enumerate(facts.years):
            cost = int(lines.expenditure[n, c])
            direct[n, c] = half_up(Fraction(cost * int(q.direct[n, c]), today))
            freed = cost - int(direct[n, c])
            left = sum(
                (before[s] - before[s + 1]) * (1 - lines.share_freed(int(n), year - facts.years[s]))
                for s in range(c + 1)
            )
            stranded[n, c] = freed if stays else min(freed, half_up(Fraction(cost, today) * left))
            released[n, c] = freed - stranded[n, c]
    return direct, stranded, released


def _new_cost(facts: Facts, q: Quantities) -> Ints:
    cost = np.zeros_like(facts.lines.expenditure)
    for n, c in zip(*np.nonzero(q.new), strict=True):
        today = int(facts.lines.quantity[n])
        unit = Fraction(int(facts.lines.expenditure[n, c]), today) if today else facts.lines.new_cost[n]
        cost[n, c] = half_up(unit * int(q.new[n, c]))
    return cost


def _engagement(world: World, q: Quantities) -> Ints:
    facts = world.facts
    place = {p: i for i, p in enumerate(facts.purchasers)}
    used = {
        (place[world.purchaser_of_pair[i]], int(world.pairs.year[i]), world.undertaker_of_pair[i])
        for i in np.flatnonzero(q.purchased)
    }  # fmt: skip
    cost = np.zeros((len(facts.purchasers), len(facts.years)), dtype=np.int64)
    for p, c, u in used:
        cost[p, c] += int(facts.undertakers[u]["engagement_cost"] * 100)
    return cost


class _Split:
    """Own, shared, given and received of every purchaser and year, year by year in key order."""

    def __init__(
        self, world: World, q: Quantities, released: Ints, outlay: Ints, line: Ints, deficit: Ints, engagement: Ints
    ) -> None:
        facts = self.facts = world.facts
        self.world, self.released, self.outlay = world, released, outlay
        self.line, self.deficit, self.engagement = line, deficit, engagement
        self.own, self.shared = np.zeros_like(released), np.zeros_like(released)
        self.given, self.received, self.left, self.short, self.deficit_short = (np.zeros_like(line) for _ in range(5))
        self.transfers: list[tuple[int, int, int, int]] = []
        self.hint = q.split if facts.settings.savings == "lagged" else None
        self.members: dict[int, list[int]] = defaultdict(list)
        place = {p: i for i, p in enumerate(facts.purchasers)}
        for n, p in enumerate(facts.needs.purchaser):
            self.members[place[p]].append(n)
        taken = np.zeros_like(released)
        np.add.at(taken, (world.pairs.need, world.pairs.year), q.purchased)
        self.taken = taken

    def fill(self) -> None:
        for c in range(len(self.facts.years)):
            rooms = {p: self._own(p, c) for p in range(len(self.facts.purchasers))}
            missing = {p: self._missing(p, c) for p in rooms}
            for p in rooms:
                missing[p] -= self._share(p, c, max(0, missing[p]), rooms)
            if self.facts.settings.regime == "pooled":
                self._pool(c, missing, rooms)
            for p, gap in missing.items():
                self.short[p, c], self.left[p, c] = max(0, gap), max(0, -gap)
                unspent = sum(int(self.released[n, c] - self.own[n, c] - self.shared[n, c]) for n in self.members[p])
                self.deficit_short[p, c] = max(0, int(self.deficit[p, c]) - unspent)

    def _fees(self, n: int, c: int, up: bool) -> int:
        """E * bought / D: rounded half up it bounds own + shared, rounded down it bounds own."""
        today = int(self.facts.lines.quantity[n])
        if not today:
            return 0
        fees = Fraction(int(self.facts.lines.expenditure[n, c]) * int(self.taken[n, c]), today)
        return half_up(fees) if up else int(fees)

    def _own(self, p: int, c: int) -> int:
        """Fill own in key order; returns what may still be used of the released money."""
        room = sum(int(self.released[n, c]) for n in self.members[p]) - int(self.deficit[p, c])
        for n in self.members[p]:
            most = min(int(self.released[n, c]), int(self.outlay[n, c]), self._fees(n, c, up=False), max(0, room))
            if self.hint is not None:
                most = min(most, round(self.hint[0][n, c] * 1_000_000))
            self.own[n, c] = most
            room -= most
        return room

    def _missing(self, p: int, c: int) -> int:
        """Fen that the purchase line lacks after own (negative: what is left on it)."""
        drawn = sum(int(self.outlay[n, c] - self.own[n, c]) for n in self.members[p])
        return drawn + int(self.engagement[p, c]) - int(self.line[p, c])

    def _share(self, p: int, c: int, wanted: int, rooms: dict[int, int]) -> int:
        """Take up to `wanted` fen of the purchaser's released money for its other matters."""
        taken = 0
        for n in self.members[p]:
            most = min(self._shareable(n, c), wanted - taken, max(0, rooms[p]))
            if most > 0:
                self.shared[n, c] += most
                taken += most
                rooms[p] -= most
        if taken < wanted and self.hint is not None:
            taken += self._more_own(p, c, wanted - taken, rooms)
        return taken

    def _more_own(self, p: int, c: int, wanted: int, rooms: dict[int, int]) -> int:
        """Under lagged savings: fen lost in rounding the solver's split are taken as own where there is room."""
        taken = 0
        for n in self.members[p]:
            room = min(int(self.released[n, c]), int(self.outlay[n, c]), self._fees(n, c, up=False))
            most = min(room - int(self.own[n, c] + self.shared[n, c]), wanted - taken, max(0, rooms[p]))
            if most > 0:
                self.own[n, c] += most
                taken += most
                rooms[p] -= most
        return taken

    def _shareable(self, n: int, c: int) -> int:
        savings = self.facts.settings.savings
        if savings == "returned" or self.facts.settings.regime == "fees_stay":
            return 0
        already = int(self.own[n, c] + self.shared[n, c])
        most = min(int(self.released[n, c]), self._fees(n, c, up=True)) - already
        if savings == "lagged":
            before = 0 if c == 0 else int(self.released[n, c - 1] - self.own[n, c - 1])
            most = min(most, before - int(self.shared[n, c]))
        return most

    def _pool(self, c: int, missing: dict[int, int], rooms: dict[int, int]) -> None:
        """Purchasers that lack money receive it, in key order, from what others of their pool leave unspent."""
        facts = self.facts
        group = [self._group(p) for p in range(len(facts.purchasers))]
        for p in [p for p, gap in missing.items() if gap > 0]:
            for giver in [g for g in missing if g != p and group[g] == group[p] and missing[g] <= 0]:
                budget = facts.budget.get((facts.purchasers[giver], facts.years[c]), 0)
                allowed = int(Fraction(facts.settings.share) * budget) - int(self.given[giver, c])
                wanted = min(missing[p], allowed)
                if wanted <= 0:
                    continue
                free = min(wanted, -missing[giver])
                gift = free + self._share(giver, c, wanted - free, rooms)
                if gift > 0:
                    missing[giver] += free
                    missing[p] -= gift
                    self.given[giver, c] += gift
                    self.received[p, c] += gift
                    self.transfers.append((giver, p, c, gift))

    def _group(self, p: int) -> tuple[str, str]:
        name = self.facts.purchasers[p]
        level = self.facts.level[name]
        return (level, "") if level == "municipal" else (level, self.facts.home[name] or "")
