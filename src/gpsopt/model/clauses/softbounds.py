"""Clauses that bound or leave out while they are hard, as rows of their own where they are soft.

A hard one costs no row: what it forbids is no column. Softened, what it forbids may be had, and a row says how much of
it is (`gpsopt.model.soft` gives the row its violation).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pyomo.environ as pyo

from gpsopt.model.parts import index_set, index_set_of, member_set, param, rows
from gpsopt.model.world import World

_YUAN_PER_WAN: Final = 1e4
_MICRO_PER_WAN: Final = 1e10


def no_new_posts(m: pyo.ConcreteModel, world: World) -> None:
    """g[n,t] <= 0 + what is staffed anew, for every need that may be purchased in the year."""
    needs = world.facts.needs
    need, year = np.nonzero((needs.scope != "government_only") & (needs.demand > 0))
    b = m.no_new_posts = pyo.Block()
    b.PURCHASABLE = index_set_of((m.NEEDS, need), (m.YEARS, year))

    def nothing_new(b: Any, n: Any, t: Any) -> Any:
        return b.model().new[n, t] <= 0

    b.nothing_new = rows(b.PURCHASABLE, nothing_new)


def qualification(m: pyo.ConcreteModel, world: World) -> None:
    """x[o,n,t] <= 0 + what is bought of those who do not meet the conditions."""

    def only_the_qualified(b: Any, o: Any, n: Any, t: Any) -> Any:
        return b.model().purchased[o, n, t] <= 0

    b = m.qualification = pyo.Block()
    b.LEFT_OUT = _left_out(world, "qualification")
    b.only_the_qualified = rows(b.LEFT_OUT, only_the_qualified)


def competition(m: pyo.ConcreteModel, world: World) -> None:
    """x[o,n,t] <= 0 + what is bought in thin markets that should stay direct (on_thin = "keep_direct")."""

    def thin_market_stays_direct(b: Any, o: Any, n: Any, t: Any) -> Any:
        return b.model().purchased[o, n, t] <= 0

    b = m.competition = pyo.Block()
    b.LEFT_OUT = _left_out(world, "competition")
    b.thin_market_stays_direct = rows(b.LEFT_OUT, thin_market_stays_direct)


def fee_standard(m: pyo.ConcreteModel, world: World) -> None:
    """price * x + setup * y - cost_standard * x <= 0 + what is paid above the standard, in 万元."""

    def paid_within_standard(b: Any, o: Any, n: Any, t: Any) -> Any:
        return _above_standard(b, o, n, t) <= 0

    b = m.fee_standard = pyo.Block()
    _declare_standard(b, world, "fee_standard")
    b.paid_within_standard = rows(b.LEFT_OUT, paid_within_standard)


def equal_competition(m: pyo.ConcreteModel, world: World) -> None:
    """The same at full cost: price + subsidy in the place of price."""

    def full_cost_within_standard(b: Any, o: Any, n: Any, t: Any) -> Any:
        return _above_standard(b, o, n, t) <= 0

    b = m.equal_competition = pyo.Block()
    _declare_standard(b, world, "equal_competition")
    b.full_cost_within_standard = rows(b.LEFT_OUT, full_cost_within_standard)


def _left_out(world: World, clause: str) -> Any:
    return index_set([world.pair_keys[i] for i in world.pairs.bent.get(clause, ())], dimen=3)


def _declare_standard(b: Any, world: World, clause: str) -> None:
    places = world.pairs.bent.get(clause, np.zeros(0, dtype=np.int64))
    offer = world.pairs.offer[places]
    standards = (world.facts.items[world.pairs.offers.item[o]]["cost_standard"] for o in offer)
    subsidy = world.pairs.offers.subsidy[offer] / _MICRO_PER_WAN if clause == "equal_competition" else 0.0
    b.LEFT_OUT = _left_out(world, clause)
    standard = np.array([float(s) for s in standards]) / _YUAN_PER_WAN
    b.above = param(b.LEFT_OUT, world.price_wan[places] + subsidy - standard)
    awards = {world.pair_keys[i]: [world.pair_keys[i]] if world.binary[i] else [] for i in places}
    b.AWARD_OF = member_set(b.LEFT_OUT, awards, dimen=3)


def _above_standard(b: Any, o: Any, n: Any, t: Any) -> Any:
    m = b.model()
    setups = sum(m.setup[p, q, r] * m.award[p, q, r] for p, q, r in b.AWARD_OF[o, n, t])
    return b.above[o, n, t] * m.purchased[o, n, t] + setups


#: clause -> what adds its rows where it is soft
SOFT_ONLY: Final[dict[str, Callable[[pyo.ConcreteModel, World], None]]] = {
    "qualification": qualification, "fee_standard": fee_standard, "equal_competition": equal_competition,
    "no_new_posts": no_new_posts, "competition": competition,
}  # fmt: skip
