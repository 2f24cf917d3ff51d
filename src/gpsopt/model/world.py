"""A scenario made ready for the model: exact facts, candidate pairs, caps and where a binary matters."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from gpsopt.model.facts import Bools, Facts, Floats, Ints, facts_of
from gpsopt.model.marks import Marks, marks_of
from gpsopt.model.pairs import Pairs, pairs_of
from gpsopt.money import fen
from gpsopt.scenario import Scenario

#: money in the model is counted in 万元: in 亿元 a tolerance would be worth a yuan, in fen numbers grow too large
FEN_PER_WAN = 1_000_000


@dataclass(frozen=True)
class World:
    """What `build` turns into sets, parameters and rules."""

    facts: Facts
    pairs: Pairs
    marks: Marks
    most: Ints  # per pair, grid steps: the most an award can be under capacity and limits (0: none fits)
    binary: Bools  # per pair: an award decision is needed

    @cached_property
    def need_step(self) -> Floats:
        """Units in a grid step, per need."""
        return np.array([float(s) for s in self.facts.needs.step])

    @cached_property
    def pair_keys(self) -> list[tuple[str, str, int]]:
        f, p = self.facts, self.pairs
        return [
            (p.offers.key[o], f.needs.key[n], f.years[t]) for o, n, t in zip(p.offer, p.need, p.year, strict=True)
        ]  # fmt: skip

    @cached_property
    def offer_place(self) -> dict[str, int]:
        """Offer -> its position."""
        return {key: i for i, key in enumerate(self.pairs.offers.key)}

    @cached_property
    def price_wan(self) -> Floats:
        """Price of each pair, 万元 a unit."""
        return self.pairs.price / 1e10

    @cached_property
    def unit_value_wan(self) -> Floats:
        """Unit value of each need's item, 万元 a unit."""
        return np.array([float(self.facts.unit_value(i)) / 1e4 for i in self.facts.needs.item])

    @cached_property
    def undertaker_of_pair(self) -> list[str]:
        return [self.pairs.offers.undertaker[o] for o in self.pairs.offer]

    @cached_property
    def purchaser_of_pair(self) -> list[str]:
        return [self.facts.needs.purchaser[n] for n in self.pairs.need]

    def key_of(self, pair: int) -> tuple[str, str, int]:
        """(offer, need, year) of one pair."""
        p = self.pairs
        return p.offers.key[p.offer[pair]], self.facts.needs.key[p.need[pair]], self.facts.years[p.year[pair]]

    def pairs_with(self, words: tuple[str | None, ...]) -> list[tuple[str, tuple[str, str, int]]]:
        """(word, key) of every pair whose offer has one of these words, which stand by offer."""
        said = np.array([word is not None for word in words], dtype=bool)
        places = np.flatnonzero(said[self.pairs.offer]) if said.any() else ()
        return [(str(words[self.pairs.offer[i]]), self.key_of(int(i))) for i in places]

    def pairs_by(self, *columns: Any) -> dict[tuple[Any, ...], list[int]]:
        """Positions of the pairs grouped by the given per-pair columns."""
        groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for place, key in enumerate(zip(*columns, strict=True)):
            groups[key].append(place)
        return groups


def world_of(scenario: Scenario) -> World:
    """Facts, pairs, marks and caps of a checked scenario."""
    facts = facts_of(scenario)
    pairs = pairs_of(facts)
    most = most_of(facts, pairs)
    return World(facts, pairs, marks_of(facts, pairs.offers), most, binary_of(facts, pairs))


def forecast_world(world: World, price: Floats, cost: Floats) -> World:
    """The same candidates at other prices and direct costs than the tables give.

    `price` multiplies the price of each pair, `cost` (needs, years) what the lines cost. Amounts are rounded
    half up. Who is a candidate stays as the tables' prices have it: fees are fixed by the matter (3(5)).
    """
    lines, pairs = world.facts.lines, world.pairs
    expenditure = np.floor(lines.expenditure * cost + 0.5).astype(np.int64)
    facts = replace(world.facts, lines=replace(lines, expenditure=expenditure))
    pairs = replace(pairs, price=np.floor(pairs.price * price + 0.5).astype(np.int64))
    return World(facts, pairs, world.marks, most_of(facts, pairs), world.binary)


def most_of(facts: Facts, pairs: Pairs) -> Ints:
    """A pair's limit cut to the offer's capacity and to the undertaker's own capacity and contract limit."""
    most = pairs.most.copy()
    if not facts.settings.clauses.on("own_capacity") or facts.settings.clauses.soft("own_capacity"):
        return most
    offers = pairs.offers
    limit = offers.capacity[pairs.offer]
    most = np.where(limit >= 0, np.minimum(most, limit), most)
    room = [facts.undertakers[u]["capacity"] for u in offers.undertaker]
    fits = [  # units that the whole capacity does
        Fraction(r) / use if r is not None and use > 0 else None
        for r, use in zip(room, offers.capacity_use, strict=True)
    ]
    most = _cut(most, facts, pairs, fits)
    money = [facts.undertakers[u]["contract_limit"] for u in offers.undertaker]
    limited = np.array([m is not None for m in money], dtype=bool)
    for i in np.flatnonzero(limited[pairs.offer]) if limited.any() else ():
        o, price = pairs.offer[i], int(pairs.price[i])
        if price > 0:
            left = max(0, fen(money[o]) - int(offers.setup[o])) + 1  # a fen for rounding
            most[i] = min(most[i], int(Fraction(left * 10_000, price) / facts.needs.step[pairs.need[i]]))
    return np.where(most < pairs.least, 0, most)


def _cut(most: Ints, facts: Facts, pairs: Pairs, units: list[Fraction | None]) -> Ints:
    """Limits cut to the whole grid steps of the need that fit into so many units, said by offer; exact."""
    known = np.array([u is not None for u in units], dtype=bool)
    if not known.any():
        return most
    where = np.flatnonzero(known[pairs.offer])
    above = np.array([0 if u is None else u.numerator for u in units], dtype=object)
    below = np.array([1 if u is None else u.denominator for u in units], dtype=object)
    offer, need = pairs.offer[where], pairs.need[where]
    whole = np.array([s.numerator for s in facts.needs.step], dtype=object)[need]
    part = np.array([s.denominator for s in facts.needs.step], dtype=object)[need]
    cut = most.copy()
    cut[where] = np.minimum(most[where], above[offer] * part // (below[offer] * whole))
    return cut


def binary_of(facts: Facts, pairs: Pairs) -> Bools:
    """Where award yes/no is a decision of its own: lots, setup, counts, groups."""
    offers, clauses = pairs.offers, facts.settings.clauses
    if any(clauses.on(name) for name in ("undertaker_count", "project_limit", "contract_term")):
        return np.ones(len(pairs.offer), dtype=bool)
    matters = offers.setup[pairs.offer] > 0
    if not clauses.on("award_size"):
        return np.asarray(matters)
    at = (pairs.need, pairs.year)
    count = np.zeros(facts.needs.demand.shape, dtype=np.int64)
    np.add.at(count, at, 1)
    limit = facts.needs.max_awards[at]
    matters |= pairs.least > 1
    matters |= (limit >= 0) & (count[at] > limit)
    matters |= facts.needs.min_awards[at] > 1
    grouped = np.array([e is not None for e in offers.excludes], dtype=bool)
    packed = np.array([p is not None for p in offers.package], dtype=bool)
    if grouped.any() or packed.any():
        matters |= grouped[pairs.offer] | packed[pairs.offer]
    return np.asarray(matters)
