"""A plan made by hand as a draft of the model: quantities on the grid, money by rule, also where a rule is broken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np

from gpsopt.model.ledger import Quantities, money_of
from gpsopt.model.world import World, binary_of, world_of
from gpsopt.plan.frames import Draft
from gpsopt.scenario import Scenario
from gpsopt.written.rows import HandPlan


@dataclass(frozen=True)
class HandDraft:
    """The draft, and what had to be taken for it: rows off the grid, need-years whose direct units nobody said."""

    draft: Draft
    off_grid: tuple[tuple[int, str, str], ...]
    assumed: tuple[tuple[int, str], ...]


def draft_of(scenario: Scenario, plan: HandPlan) -> HandDraft:
    """Awards as written, on any pair; direct units as written.

    Where a need has a direct line and no row says what it keeps, it keeps what it kept the year before, as far as
    what is bought leaves demand. Units above the year before are newly delivered; units above the demand are idle,
    as far as the model allows.
    """
    world = _with_pairs(world_of(scenario), plan)
    facts = world.facts
    need = {key: i for i, key in enumerate(facts.needs.key)}
    year = {t: i for i, t in enumerate(facts.years)}
    off: list[tuple[int, str, str]] = []

    def steps(n: int, amount: Decimal, key: tuple[int, str, str]) -> int:
        exact = Fraction(amount) / facts.needs.step[n]
        if exact.denominator != 1:
            off.append(key)
        return int(exact)

    purchased = np.zeros(len(world.pairs.offer), dtype=np.int64)
    place = {world.key_of(i): i for i in range(len(world.pairs.offer))}
    for (t, n_key, o), amount in plan.bought.items():
        purchased[place[o, n_key, t]] = steps(need[n_key], amount, (t, n_key, o))
    direct, new, idle = (np.zeros_like(facts.needs.demand) for _ in range(3))
    bought = np.zeros_like(facts.needs.demand)
    np.add.at(bought, (world.pairs.need, world.pairs.year), purchased)
    assumed = []
    for n_key, n in need.items():
        before, today = int(facts.lines.quantity[n]), int(facts.lines.quantity[n])
        for t, c in year.items():
            demand, surplus = int(facts.needs.demand[n, c]), max(0, today - int(facts.needs.demand[n, c]))
            if (t, n_key) in plan.direct:
                said = steps(n, plan.direct[t, n_key], (t, n_key, ""))
                given = plan.new.get((t, n_key))
                direct[n, c] = said if given is not None else min(said, before)
                new[n, c] = steps(n, given, (t, n_key, "")) if given is not None else said - direct[n, c]
            elif today:
                assumed.append((t, n_key))
                direct[n, c] = min(before, max(0, demand + surplus - int(bought[n, c])))
            spare = int(bought[n, c] + direct[n, c] + new[n, c]) - demand
            own = plan.idle.get((t, n_key))
            idle[n, c] = (
                steps(n, own, (t, n_key, "")) if own is not None else min(max(0, spare), int(direct[n, c]), surplus)
            )
            before = int(direct[n, c])
    quantities = Quantities(purchased, direct, new, idle)
    return HandDraft(Draft(world, quantities, money_of(world, quantities)), tuple(off), tuple(assumed))


def _with_pairs(world: World, plan: HandPlan) -> World:
    """The world with every pair that the plan uses, also those that are no candidates."""
    pairs, facts = world.pairs, world.facts
    known = {world.key_of(i) for i in range(len(pairs.offer))}
    need = {key: i for i, key in enumerate(facts.needs.key)}
    year = {t: i for i, t in enumerate(facts.years)}
    more = [(world.offer_place[o], need[n], year[t]) for t, n, o in plan.bought if (o, n, t) not in known]
    if not more:
        return world
    own = (pairs.offer, pairs.need, pairs.year)
    columns = [np.append(o, np.array(m, dtype=np.int64)) for o, m in zip(own, zip(*more, strict=True), strict=True)]
    order = np.lexsort((columns[2], columns[1], columns[0]))
    size = np.ones(len(more), dtype=np.int64)
    price = np.array([pairs.offers.price[o, t] for o, _n, t in more], dtype=np.int64)
    pairs = replace(
        pairs, offer=columns[0][order], need=columns[1][order], year=columns[2][order],
        price=np.append(pairs.price, price)[order],
        least=np.append(pairs.least, size)[order], most=np.append(pairs.most, size)[order],
    )  # fmt: skip
    most = np.append(world.most, size)[order]
    return World(facts, pairs, world.marks, most, binary_of(facts, pairs))
