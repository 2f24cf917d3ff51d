"""Sets and parameters of the model, in index order p, i, a, n, u, o, t.

| symbol | meaning | unit |
|---|---|---|
| NEED_YEARS (n, t) | every need in every model year | |
| PAIRS (o, n, t) | candidate offers of a need in a year | |
| AWARDS (o, n, t) | the pairs whose award is a decision of its own | |
| LINE_YEARS (n, t) | needs that the government delivers itself today | |
| SUCCESSIVE (n, s, t) | a line in year t and in the model year s before it | |
| OFFERS_OF, AWARDS_OF [n, t] | offers with a pair; with an award decision | |
| NEEDS_OF, LINES_OF [p] | needs of a purchaser; those with a direct line | |
| demand, price, setup ... | the tables' figures | units of the item, 万元 |
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Any

import numpy as np
import pyomo.environ as pyo

from gpsopt.model.parts import index_set, member_set, param
from gpsopt.model.world import FEN_PER_WAN, World


def declare_sets(m: pyo.ConcreteModel, world: World) -> None:
    """The index sets that several clauses share."""
    facts = world.facts
    needs, years = facts.needs, facts.years
    m.NEEDS = index_set(needs.key)
    m.YEARS = index_set(years)
    m.PURCHASERS = index_set(facts.purchasers)
    m.NEED_YEARS = index_set((n, t) for n in needs.key for t in years)
    m.PURCHASER_YEARS = index_set((p, t) for p in facts.purchasers for t in years)
    m.PAIRS = index_set(world.pair_keys)
    m.AWARDS = index_set(key for key, b in zip(world.pair_keys, world.binary, strict=True) if b)
    lined = [n for n, d in zip(needs.key, facts.lines.quantity, strict=True) if d > 0]
    m.LINES = index_set(lined)
    m.LINE_YEARS = index_set((n, t) for n in lined for t in years)
    m.SUCCESSIVE = index_set((n, s, t) for n in lined for s, t in pairwise(years))
    m.FREED = index_set((n, s, t) for n in lined for t in years for s in years if s <= t)
    m.YEARS_UP_TO = member_set(m.LINE_YEARS, {(n, t): [s for s in years if s <= t] for n in lined for t in years})
    m.OFFERS_OF = member_set(m.NEED_YEARS, _by_need_year(world.pair_keys))
    m.AWARDS_OF = member_set(m.NEED_YEARS, _by_need_year(list(m.AWARDS.data())))
    owners: dict[str, list[str]] = defaultdict(list)
    for n, p in zip(needs.key, needs.purchaser, strict=True):
        owners[p].append(n)
    m.NEEDS_OF = member_set(m.PURCHASERS, dict(owners))
    m.LINES_OF = member_set(m.PURCHASERS, {p: [n for n in ns if n in set(lined)] for p, ns in owners.items()})


def _by_need_year(keys: list[Any]) -> dict[Any, list[Any]]:
    members: dict[Any, list[Any]] = defaultdict(list)
    for o, n, t in keys:
        members[n, t].append(o)
    return dict(members)


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
    m.freed_cost = param(
        m.FREED,
        [
            unit_cost[i, c] * float(lines.share_freed(int(n), facts.years[c] - facts.years[b]))
            for i, n in enumerate(lined)
            for c in range(len(facts.years))
            for b in range(c + 1)
        ],
    )


def new_cost_wan(world: World) -> np.ndarray[Any, np.dtype[np.float64]]:
    """万元 a unit newly delivered directly, (needs, years): today's unit cost, else the item's unit value."""
    lines = world.facts.lines
    with np.errstate(divide="ignore", invalid="ignore"):
        today = lines.expenditure / FEN_PER_WAN / (lines.quantity * world.need_step)[:, None]
    return np.where((lines.quantity > 0)[:, None], today, world.unit_value_wan[:, None])
