"""Sets and parameters of the model, in index order p, i, a, n, u, o, t.

| symbol | meaning | unit |
|---|---|---|
| NEED_YEARS (n, t) | every need in every model year | |
| OFFERS (o) | every offer, also those without a pair | |
| PAIRS (o, n, t) | candidate offers of a need in a year | |
| AWARDS (o, n, t) | the pairs whose award is a decision of its own | |
| LINE_YEARS (n, t) | needs that the government delivers itself today | |
| SUCCESSIVE (n, s, t) | a line in year t and in the model year s before it | |
| OFFERS_OF, AWARDS_OF [n, t] | offers with a pair; with an award decision | |
| NEEDS_OF, LINES_OF [p] | needs of a purchaser; those with a direct line | |
| demand, price, setup ... | the tables' figures | units of the item, 万元 |
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pyomo.environ as pyo

from gpsopt.model.facts import Ints, Lines
from gpsopt.model.parts import index_set, index_set_of, owned, param, related
from gpsopt.model.world import FEN_PER_WAN, World


def declare_sets(m: pyo.ConcreteModel, world: World) -> None:
    """The index sets that several clauses share."""
    facts = world.facts
    needs, years = facts.needs, facts.years
    m.NEEDS = index_set(needs.key)
    m.YEARS = index_set(years)
    m.PURCHASERS = index_set(facts.purchasers)
    m.OFFERS = index_set(world.pairs.offers.key)
    m.NEED_YEARS = index_set_of((m.NEEDS, each(needs.key, years)), (m.YEARS, in_turn(years, needs.key)))
    m.PURCHASER_YEARS = index_set_of(
        (m.PURCHASERS, each(facts.purchasers, years)), (m.YEARS, in_turn(years, facts.purchasers))
    )
    _declare_pairs(m, world)
    lined = np.flatnonzero(facts.lines.quantity > 0)
    m.LINES = index_set(needs.key[i] for i in lined)
    m.LINE_YEARS = index_set_of((m.LINES, each(lined, years)), (m.YEARS, in_turn(years, lined)))
    before, after = np.arange(len(years) - 1), np.arange(1, len(years))
    m.SUCCESSIVE = index_set_of(
        (m.LINES, each(lined, before)), (m.YEARS, in_turn(before, lined)), (m.YEARS, in_turn(after, lined))
    )
    age, year = _ages(len(years))
    m.FREED = index_set_of(
        (m.LINES, each(lined, age)), (m.YEARS, in_turn(year - age, lined)), (m.YEARS, in_turn(year, lined))
    )
    line_year = each(lined, age) * len(years) + in_turn(year, lined)
    m.YEARS_UP_TO = related(m.LINE_YEARS, m.YEARS, line_year, in_turn(year - age, lined))
    owner = purchaser_of_need(world)
    m.NEEDS_OF = owned(m.PURCHASERS, m.NEEDS, owner)
    m.LINES_OF = owned(m.PURCHASERS, m.LINES, owner[lined])


def _declare_pairs(m: pyo.ConcreteModel, world: World) -> None:
    """PAIRS and AWARDS, in key order, and who belongs to which need and year."""
    pairs = world.pairs
    at = pairs.need * len(world.facts.years) + pairs.year
    m.PAIRS = index_set_of((m.OFFERS, pairs.offer), (m.NEED_YEARS, at))
    decided = np.flatnonzero(world.binary)
    m.AWARDS = index_set_of((m.OFFERS, pairs.offer[decided]), (m.NEED_YEARS, at[decided]))
    m.OFFERS_OF = related(m.NEED_YEARS, m.OFFERS, at, pairs.offer)
    m.AWARDS_OF = related(m.NEED_YEARS, m.OFFERS, at[decided], pairs.offer[decided])


def each(things: Any, times: Any) -> Ints:
    """Positions of `things`, each as often as there are `times`: 0 0 0 1 1 1."""
    return np.repeat(np.arange(len(things)), len(times))


def in_turn(values: Any, things: Any) -> Ints:
    """Positions of `values` (or positions themselves, as an array) in turn for every thing: 0 1 2 0 1 2."""
    return np.tile(values if isinstance(values, np.ndarray) else np.arange(len(values)), len(things))


def purchaser_of_need(world: World) -> Ints:
    """Position of each need's purchaser."""
    place = {p: i for i, p in enumerate(world.facts.purchasers)}
    return np.array([place[p] for p in world.facts.needs.purchaser], dtype=np.int64)


def _ages(years: int) -> tuple[Ints, Ints]:
    """(age, year) as positions: for every year all years up to it, the first one first."""
    year = np.repeat(np.arange(years), np.arange(1, years + 1))
    start = np.concatenate([np.arange(c + 1) for c in range(years)]) if years else year
    return year - start, year


def declare_parameters(m: pyo.ConcreteModel, world: World) -> None:
    """The figures that several clauses share: quantities in units, money in 万元."""
    facts, pairs = world.facts, world.pairs
    needs, lines = facts.needs, facts.lines
    step = world.need_step[:, None]
    m.demand = param(m.NEED_YEARS, (needs.demand * step).ravel())
    m.target_quantity = param(m.NEED_YEARS, (needs.target * step).ravel())
    m.least = param(m.PAIRS, pairs.least * world.need_step[pairs.need])
    m.most = param(m.PAIRS, world.most * world.need_step[pairs.need])
    m.price = param(m.PAIRS, world.price_wan)
    m.setup = param(m.PAIRS, pairs.offers.setup[pairs.offer] / FEN_PER_WAN)
    lined = np.flatnonzero(lines.quantity > 0)
    today = lines.quantity[lined] * world.need_step[lined]
    m.today = param(m.LINES, today)
    unit_cost = lines.expenditure[lined] / FEN_PER_WAN / today[:, None]
    m.unit_cost = param(m.LINE_YEARS, unit_cost.ravel())
    m.new_cost = param(m.NEED_YEARS, new_cost_wan(world).ravel())
    age, year = _ages(len(facts.years))
    freed = _freed_shares(lines, lined, facts.years)
    m.freed_cost = param(m.FREED, (unit_cost[:, year] * freed[:, year - age, year]).ravel())


def _freed_shares(lines: Lines, lined: Ints, years: tuple[int, ...]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(lines, first year, year): the part of a moved unit's cost that has stopped by the year."""
    known: dict[tuple[Fraction, int | None, int], float] = {}
    shares = np.zeros((len(lined), len(years), len(years)))
    for i, n in enumerate(lined.tolist()):
        for c, t in enumerate(years):
            for b, s in enumerate(years[: c + 1]):
                kind = (lines.avoidable[n], lines.runoff[n], t - s)
                if kind not in known:
                    known[kind] = float(lines.share_freed(n, t - s))
                shares[i, b, c] = known[kind]
    return shares


def new_cost_wan(world: World) -> np.ndarray[Any, np.dtype[np.float64]]:
    """万元 a unit newly delivered directly, (needs, years): today's unit cost, else the item's unit value."""
    lines = world.facts.lines
    with np.errstate(divide="ignore", invalid="ignore"):
        today = lines.expenditure / FEN_PER_WAN / (lines.quantity * world.need_step)[:, None]
    return np.where((lines.quantity > 0)[:, None], today, world.unit_value_wan[:, None])
