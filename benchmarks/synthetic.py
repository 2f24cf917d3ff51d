"""A synthetic city with the shape of the model: needs x offers x years, ten families of rules, about 1.9 M nonzeros.

`draw(size)` gives plain arrays; `array_model`, `ordinary_model` and `raw_matrix` make the same rows of them three ways.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyomo.environ as pyo

from gpsopt.compiler import ArrayConstraint, ArrayExpression, ArrayParam, ArraySet, ArrayVar, member_set

Ints = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]


class Size(NamedTuple):
    """How many of each: purchasers, undertakers, areas, needs, offers, years, needs an offer may serve."""

    purchasers: int
    undertakers: int
    areas: int
    needs: int
    offers: int
    years: int
    reach: int


DISTRICT = Size(20, 120, 16, 530, 1250, 4, 4)
CITY = Size(76, 900, 16, 4000, 9440, 4, 4)
NATION = Size(310, 3600, 31, 16000, 37760, 4, 4)


@dataclass(frozen=True)
class Drawn:
    """Positions and numbers; a pair is one offer, need and year; need-year i is need i // years, year i % years."""

    size: Size
    need_of: Ints
    offer_of: Ints
    year_of: Ints
    purchaser_of_need: Ints
    area_of_need: Ints
    undertaker_of_offer: Ints
    price: Floats
    setup: Floats
    least: Floats
    most: Floats
    use: Floats
    score: Floats
    demand: Floats
    floor: Floats
    unit_cost: Floats
    weight: Floats
    line: Floats
    capacity: Floats

    @property
    def need_year_of(self) -> Ints:
        return self.need_of * self.size.years + self.year_of


def draw(size: Size, seed: int = 0) -> Drawn:
    """Random data, pairs in key order (offer, need, year)."""
    rng = np.random.default_rng(seed)
    offer = np.repeat(np.arange(size.offers), size.reach)
    need = (rng.integers(0, size.needs, size.offers)[:, None] + np.arange(size.reach)) % size.needs
    offer_need = np.unique(offer * size.needs + need.ravel())
    offer, need = (np.repeat(part, size.years) for part in np.divmod(offer_need, size.needs))
    pairs, need_years = len(offer), size.needs * size.years
    purchasers = np.sort(rng.integers(0, size.purchasers, size.needs))
    cells = size.purchasers * size.years
    return Drawn(
        size, need, offer, np.tile(np.arange(size.years), len(offer_need)), purchasers,
        rng.integers(0, size.areas, size.needs), np.sort(rng.integers(0, size.undertakers, size.offers)),
        rng.uniform(1, 9, pairs), rng.uniform(0, 3, pairs), rng.uniform(0, 2, pairs), rng.uniform(5, 20, pairs),
        rng.uniform(0.5, 2, pairs), rng.uniform(0, 1, pairs), rng.uniform(10, 50, need_years),
        rng.uniform(1, 9, need_years), rng.uniform(1, 9, need_years), rng.uniform(1, 3, need_years),
        rng.uniform(1e3, 1e5, cells), rng.uniform(50, 900, size.undertakers * size.years),
    )  # fmt: skip


def served(m: Any, n: Any, t: Any) -> Any:
    return sum(m.x[o, n2, t2] for o, n2, t2 in m.PAIRS_OF[n, t]) + m.direct[n, t] - m.idle[n, t]


def served_by_offer(m: Any, n: Any, t: Any) -> Any:
    return sum(m.x[o, n, t] for o in m.OFFERS_OF[n, t]) + m.direct[n, t] - m.idle[n, t]


def floor_is_reached(m: Any, n: Any, t: Any) -> Any:
    return served(m, n, t) >= m.floor[n, t]


def shortfall_counts(m: Any, n: Any, t: Any) -> Any:
    return served(m, n, t) + m.shortfall[n, t] >= m.demand[n, t]


def not_below_the_least(m: Any, o: Any, n: Any, t: Any) -> Any:
    return m.x[o, n, t] >= m.least[o, n, t] * m.award[o, n, t]


def only_what_is_awarded(m: Any, o: Any, n: Any, t: Any) -> Any:
    return m.x[o, n, t] <= m.most[o, n, t] * m.award[o, n, t]


def outlay_is_paid(m: Any, n: Any, t: Any) -> Any:
    outlay = sum(m.price[k] * m.x[k] + m.setup[k] * m.award[k] for k in m.PAIRS_OF[n, t])
    return outlay == m.own[n, t] + m.drawn[n, t]


def fees_follow(m: Any, n: Any, t: Any) -> Any:
    return m.own[n, t] + m.shared[n, t] <= m.unit_cost[n, t] * sum(m.x[k] for k in m.PAIRS_OF[n, t])


def within_capacity(m: Any, u: Any, t: Any) -> Any:
    return sum(m.use[k] * m.x[k] for k in m.PAIRS_BY[u, t]) <= m.capacity[u, t]


def within_budget(m: Any, p: Any, t: Any) -> Any:
    return sum(m.drawn[k] - m.shared[k] for k in m.NEED_YEARS_OF[p, t]) <= m.line[p, t]


def few_awards(m: Any, n: Any, t: Any) -> Any:
    return sum(m.award[k] for k in m.PAIRS_OF[n, t]) <= 3


def worst_area(m: Any, a: Any, t: Any) -> Any:
    missing = sum(m.weight[k] * m.shortfall[k] for k in m.NEED_YEARS_IN[a, t])
    return m.worst <= 1 - missing / (1 + sum(m.weight[k] * m.demand[k] for k in m.NEED_YEARS_IN[a, t]))


def outlay_of(m: Any, p: Any, t: Any) -> Any:
    return sum(m.own[k] + m.drawn[k] for k in m.NEED_YEARS_OF[p, t])


def floor_by_offer(m: Any, n: Any, t: Any) -> Any:
    return served_by_offer(m, n, t) >= m.floor[n, t]


def shortfall_by_offer(m: Any, n: Any, t: Any) -> Any:
    return served_by_offer(m, n, t) + m.shortfall[n, t] >= m.demand[n, t]


def outlay_by_offer(m: Any, n: Any, t: Any) -> Any:
    outlay = sum(m.price[o, n, t] * m.x[o, n, t] + m.setup[o, n, t] * m.award[o, n, t] for o in m.OFFERS_OF[n, t])
    return outlay == m.own[n, t] + m.drawn[n, t]


def fees_by_offer(m: Any, n: Any, t: Any) -> Any:
    return m.own[n, t] + m.shared[n, t] <= m.unit_cost[n, t] * sum(m.x[o, n, t] for o in m.OFFERS_OF[n, t])


def awards_by_offer(m: Any, n: Any, t: Any) -> Any:
    return sum(m.award[o, n, t] for o in m.OFFERS_OF[n, t]) <= 3


RULES = {
    "floor_is_reached": ("NEED_YEARS", floor_is_reached),
    "shortfall_counts": ("NEED_YEARS", shortfall_counts),
    "not_below_the_least": ("PAIRS", not_below_the_least),
    "only_what_is_awarded": ("PAIRS", only_what_is_awarded),
    "outlay_is_paid": ("NEED_YEARS", outlay_is_paid),
    "fees_follow": ("NEED_YEARS", fees_follow),
    "within_capacity": ("UNDERTAKER_YEARS", within_capacity),
    "within_budget": ("PURCHASER_YEARS", within_budget),
    "few_awards": ("NEED_YEARS", few_awards),
    "worst_area": ("AREA_YEARS", worst_area),
}
BY_OFFER = {
    "floor_is_reached": floor_by_offer,
    "shortfall_counts": shortfall_by_offer,
    "outlay_is_paid": outlay_by_offer,
    "fees_follow": fees_by_offer,
    "few_awards": awards_by_offer,
}
NEED_YEAR_PARAMS = ("demand", "floor", "unit_cost", "weight")
PAIR_PARAMS = ("price", "setup", "least", "most", "use")
NEED_YEAR_VARS = ("direct", "idle", "shortfall", "own", "drawn", "shared")


def years_of(count: int, years: int) -> tuple[Ints, Ints]:
    """Positions (thing, year) of all things in all years."""
    return np.repeat(np.arange(count), years), np.tile(np.arange(years), count)


def array_model(d: Drawn, by_offer: bool = False) -> pyo.ConcreteModel:
    """The model of array components; `by_offer` sums over scalar offers, whose pairs have to be looked up."""
    size = d.size
    m = pyo.ConcreteModel()
    m.YEARS = ArraySet(range(2014, 2014 + size.years))
    for name, letter, count in (
        ("PURCHASER", "p", size.purchasers),
        ("UNDERTAKER", "u", size.undertakers),
        ("AREA", "a", size.areas),
        ("NEED", "n", size.needs),
        ("OFFER", "o", size.offers),
    ):
        things = ArraySet([f"{letter}{i}" for i in range(count)])
        m.add_component(f"{name}S", things)
        thing, year = years_of(count, size.years)
        m.add_component(f"{name}_YEARS", ArraySet(columns=[(things, thing), (m.YEARS, year)]))
    m.PAIRS = ArraySet(columns=[(m.OFFERS, d.offer_of), (m.NEED_YEARS, d.need_year_of)])
    if by_offer:
        m.OFFERS_OF = member_set(m.NEED_YEARS, m.OFFERS, pairs=(d.need_year_of, d.offer_of))
    m.PAIRS_OF = member_set(m.NEED_YEARS, m.PAIRS, owner=d.need_year_of)
    m.PAIRS_BY = member_set(
        m.UNDERTAKER_YEARS, m.PAIRS, owner=d.undertaker_of_offer[d.offer_of] * size.years + d.year_of
    )
    need, year = years_of(size.needs, size.years)
    m.NEED_YEARS_OF = member_set(m.PURCHASER_YEARS, m.NEED_YEARS, owner=d.purchaser_of_need[need] * size.years + year)
    m.NEED_YEARS_IN = member_set(m.AREA_YEARS, m.NEED_YEARS, owner=d.area_of_need[need] * size.years + year)
    for name in PAIR_PARAMS:
        m.add_component(name, ArrayParam(m.PAIRS, getattr(d, name)))
    for name in NEED_YEAR_PARAMS:
        m.add_component(name, ArrayParam(m.NEED_YEARS, getattr(d, name)))
    m.line = ArrayParam(m.PURCHASER_YEARS, d.line)
    m.capacity = ArrayParam(m.UNDERTAKER_YEARS, d.capacity)
    m.x = ArrayVar(m.PAIRS, lower=0, upper=d.most)
    m.award = ArrayVar(m.PAIRS, lower=0, upper=1, integer=True)
    for name in NEED_YEAR_VARS:
        m.add_component(name, ArrayVar(m.NEED_YEARS, lower=0, upper=d.demand if name == "direct" else np.inf))
    m.worst = pyo.Var(bounds=(0, 1))
    for name, (over, rule) in RULES.items():
        written = BY_OFFER.get(name, rule) if by_offer else rule
        m.add_component(name, ArrayConstraint(m.component(over), rule=written))
    m.aims = pyo.Block()
    m.aims.outlay = ArrayExpression(m.PURCHASER_YEARS, rule=lambda b, p, t: outlay_of(b.model(), p, t))
    return m


def ordinary_model(d: Drawn) -> pyo.ConcreteModel:
    """The same rules on stock Pyomo components."""
    size = d.size
    m = pyo.ConcreteModel()
    years = range(2014, 2014 + size.years)
    keys = {}
    for name, letter, count in (
        ("PURCHASER", "p", size.purchasers),
        ("UNDERTAKER", "u", size.undertakers),
        ("AREA", "a", size.areas),
        ("NEED", "n", size.needs),
    ):
        keys[name] = [(f"{letter}{i}", t) for i in range(count) for t in years]
        m.add_component(f"{name}_YEARS", pyo.Set(initialize=keys[name], dimen=2))
    pairs = [
        (f"o{o}", f"n{n}", 2014 + t)
        for o, n, t in zip(d.offer_of.tolist(), d.need_of.tolist(), d.year_of.tolist(), strict=True)
    ]
    m.PAIRS = pyo.Set(initialize=pairs, dimen=3)
    need, year = years_of(size.needs, size.years)
    for name, outer, inner, owner in (
        ("PAIRS_OF", "NEED", pairs, d.need_year_of),
        ("PAIRS_BY", "UNDERTAKER", pairs, d.undertaker_of_offer[d.offer_of] * size.years + d.year_of),
        ("NEED_YEARS_OF", "PURCHASER", keys["NEED"], d.purchaser_of_need[need] * size.years + year),
        ("NEED_YEARS_IN", "AREA", keys["NEED"], d.area_of_need[need] * size.years + year),
    ):
        held: dict[Any, list[Any]] = {key: [] for key in keys[outer]}
        for member, place in zip(inner, owner.tolist(), strict=True):
            held[keys[outer][place]].append(member)
        m.add_component(name, pyo.Set(m.component(f"{outer}_YEARS"), initialize=held, dimen=len(inner[0])))
    for over, names in (("PAIRS", PAIR_PARAMS), ("NEED_YEARS", NEED_YEAR_PARAMS)):
        for name in names:
            values = dict(zip(m.component(over), getattr(d, name).tolist(), strict=True))
            m.add_component(name, pyo.Param(m.component(over), initialize=values))
    m.line = pyo.Param(m.PURCHASER_YEARS, initialize=dict(zip(keys["PURCHASER"], d.line.tolist(), strict=True)))
    m.capacity = pyo.Param(
        m.UNDERTAKER_YEARS, initialize=dict(zip(keys["UNDERTAKER"], d.capacity.tolist(), strict=True))
    )
    most, demand = (
        dict(zip(over, part.tolist(), strict=True)) for over, part in ((pairs, d.most), (keys["NEED"], d.demand))
    )
    m.x = pyo.Var(m.PAIRS, bounds=lambda _, *k: (0, most[k]))
    m.award = pyo.Var(m.PAIRS, domain=pyo.Binary)
    for name in NEED_YEAR_VARS:
        m.add_component(
            name, pyo.Var(m.NEED_YEARS, bounds=(lambda _, *k: (0, demand[k])) if name == "direct" else (0, None))
        )
    m.worst = pyo.Var(bounds=(0, 1))
    for name, (over, rule) in RULES.items():
        m.add_component(name, pyo.Constraint(m.component(over), rule=pyo.simple_constraint_rule(rule)))
    m.aims = pyo.Block()
    m.aims.outlay = pyo.Expression(m.PURCHASER_YEARS, rule=lambda b, p, t: outlay_of(b.model(), p, t))
    return m
