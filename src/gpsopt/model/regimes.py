"""How money moves: the identity of the purchaser's budget, and the regime that fills it (3(5)).

The identity is the world, not a clause: it cannot be struck. For each need and year
released = own + shared + unspent and outlay = own + drawn; per purchaser and year the drawn money and
the engagement costs stay within the purchase line, what others share and what the pool gives. It follows
that amount + received = direct + stranded + purchased + unspent + given, and nothing is created.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pyomo.environ as pyo

from gpsopt.model.decisions import bought, outlay
from gpsopt.model.parts import index_set, member_set, param, rows, variable
from gpsopt.model.symbols import purchaser_of_need
from gpsopt.model.world import FEN_PER_WAN, World


def existing_budget(m: pyo.ConcreteModel, world: World) -> None:
    """The money identity, the same in every regime; messages call it existing_budget."""
    _declare_money(m, world)
    m.existing_budget = pyo.Block()

    def outlay_is_paid(b: Any, n: Any, t: Any) -> Any:
        return outlay(b.model(), n, t) == b.model().own[n, t] + b.model().drawn[n, t]

    def purchases_within_line(b: Any, p: Any, t: Any) -> Any:
        m = b.model()
        return (
            sum(m.drawn[n, t] for n in m.NEEDS_OF[p])
            + sum(m.engagement_cost[u, p, t] * m.engaged[u, p, t] for u in m.ENGAGED_BY[p, t])
            + m.given[p, t]
            <= m.line[p, t] + sum(m.shared[n, t] for n in m.LINES_OF[p]) + m.received[p, t]
        )

    def deficit_is_met_first(b: Any, p: Any, t: Any) -> Any:
        m = b.model()
        return sum(m.unspent[n, t] for n in m.LINES_OF[p]) >= m.deficit[p, t]

    m.existing_budget.outlay_is_paid = rows(m.NEED_YEARS, outlay_is_paid)
    m.existing_budget.purchases_within_line = rows(m.PURCHASER_YEARS, purchases_within_line)
    m.existing_budget.deficit_is_met_first = rows(m.DEFICITS, deficit_is_met_first)


def regime(m: pyo.ConcreteModel, world: World) -> None:
    """Exactly one regime fills the slot."""
    m.regime = pyo.Block()
    name = world.facts.settings.regime
    if name == "fees_stay":
        return  # released = 0: own, shared and unspent are bounded to 0, the old line goes on costing
    _fees_follow(m)
    if world.facts.settings.savings == "lagged":
        _lagged(m)
    if name == "pooled":
        _pooled(m, world)


def _fees_follow(m: pyo.ConcreteModel) -> None:
    """Released money pays for the matter, for others of the purchaser, or stays unspent; only units that
    somebody took over bring fees: own + shared <= c * bought."""

    def released_is_used(b: Any, n: Any, t: Any) -> Any:
        m = b.model()
        return m.own[n, t] + m.shared[n, t] + m.unspent[n, t] == sum(
            m.freed_cost[n, s, t] * m.moved[n, s] for s in m.YEARS_UP_TO[n, t]
        )

    def fees_follow_units_taken_over(b: Any, n: Any, t: Any) -> Any:
        m = b.model()
        return m.own[n, t] + m.shared[n, t] <= m.unit_cost[n, t] * bought(m, n, t)

    m.regime.released_is_used = rows(m.LINE_YEARS, released_is_used)
    m.regime.fees_follow_units_taken_over = rows(m.LINE_YEARS, fees_follow_units_taken_over)


def _lagged(m: pyo.ConcreteModel) -> None:
    """Savings help other matters a year later: shared <= last year's released less last year's own."""
    first = m.YEARS.first()

    def nothing_shared_at_first(b: Any, n: Any) -> Any:
        return b.model().shared[n, first] <= 0

    def shared_a_year_later(b: Any, n: Any, s: Any, t: Any) -> Any:
        return b.model().shared[n, t] <= b.model().shared[n, s] + b.model().unspent[n, s]

    m.regime.nothing_shared_at_first = rows(m.LINES, nothing_shared_at_first)
    m.regime.shared_a_year_later = rows(m.SUCCESSIVE, shared_a_year_later)


def _pooled(m: pyo.ConcreteModel, world: World) -> None:
    """A departure from 3(5) for researchers: unspent money goes to purchasers of the same level and district."""
    groups: dict[str, list[str]] = defaultdict(list)
    for p in world.facts.purchasers:
        groups[pool_of(world, p)].append(p)
    years = world.facts.years
    m.regime.POOL_YEARS = index_set((g, t) for g in groups for t in years)
    m.regime.IN_POOL = member_set(m.regime.POOL_YEARS, {(g, t): ps for g, ps in groups.items() for t in years})

    def given_is_received(b: Any, g: Any, t: Any) -> Any:
        m = b.model()
        return sum(m.given[p, t] for p in b.IN_POOL[g, t]) == sum(m.received[p, t] for p in b.IN_POOL[g, t])

    m.regime.given_is_received = rows(m.regime.POOL_YEARS, given_is_received)


def pool_of(world: World, purchaser: str) -> str:
    """The purchasers among whom money may be pooled: one level, and for districts one district."""
    level = world.facts.level[purchaser]
    return level if level == "municipal" else f"{level} {world.facts.home[purchaser] or ''}"


def _declare_money(m: pyo.ConcreteModel, world: World) -> None:
    """Purchase lines, deficits, engagement and pool variables; 万元."""
    facts = world.facts
    keys = [(p, t) for p in facts.purchasers for t in facts.years]
    budget = np.array([facts.budget.get(key, 0) for key in keys])
    spent = np.zeros((len(facts.purchasers), len(facts.years)), dtype=np.int64)
    np.add.at(spent, purchaser_of_need(world), facts.lines.expenditure)
    lines = spent.ravel()
    m.line = param(m.PURCHASER_YEARS, np.maximum(0, budget - lines) / FEN_PER_WAN)
    deficit = np.maximum(0, lines - budget)
    m.DEFICITS = index_set(key for key, gap in zip(keys, deficit, strict=True) if gap > 0)
    m.deficit = param(m.DEFICITS, deficit[deficit > 0] / FEN_PER_WAN)
    pooled = facts.settings.regime == "pooled"
    share = float(facts.settings.share) if pooled else 0.0
    m.given = variable(m.PURCHASER_YEARS, upper=share * budget / FEN_PER_WAN)
    m.received = variable(m.PURCHASER_YEARS, upper=np.inf if pooled else 0.0)


def declare_engagements(m: pyo.ConcreteModel, world: World) -> None:
    """e[u,p,t]: the purchaser uses the undertaker; only where its engagement costs money."""
    facts, pairs = world.facts, world.pairs
    cost = {u: int(row["engagement_cost"] * 100) for u, row in facts.undertakers.items()}
    dear = np.array([cost[u] > 0 for u in pairs.offers.undertaker], dtype=bool)
    costly = [int(i) for i in np.flatnonzero(dear[pairs.offer])] if dear.any() else []
    who = [pairs.offers.undertaker[pairs.offer[i]] for i in costly]
    engages = [
        (u, facts.needs.purchaser[pairs.need[i]], *world.key_of(i)) for u, i in zip(who, costly, strict=True)
    ]  # fmt: skip
    keys = sorted({(u, p, t) for u, p, _o, _n, t in engages})
    m.ENGAGEMENTS = index_set(keys)
    members: dict[Any, list[Any]] = defaultdict(list)
    for u, p, t in keys:
        members[p, t].append(u)
    m.ENGAGED_BY = member_set(m.PURCHASER_YEARS, dict(members))
    m.engagement_cost = param(m.ENGAGEMENTS, [cost[u] / FEN_PER_WAN for u, _p, _t in keys])
    m.engaged = variable(m.ENGAGEMENTS, upper=1.0, integer=True)
    m.engagement = pyo.Block()
    m.engagement.BY_AWARD = index_set(k for k, i in zip(engages, costly, strict=True) if world.binary[i])
    m.engagement.BY_QUANTITY = index_set(k for k, i in zip(engages, costly, strict=True) if not world.binary[i])

    def award_engages(b: Any, u: Any, p: Any, o: Any, n: Any, t: Any) -> Any:
        return b.model().award[o, n, t] <= b.model().engaged[u, p, t]

    def purchase_engages(b: Any, u: Any, p: Any, o: Any, n: Any, t: Any) -> Any:
        m = b.model()
        return m.purchased[o, n, t] <= m.most[o, n, t] * m.engaged[u, p, t]

    m.engagement.award_engages = rows(m.engagement.BY_AWARD, award_engages)
    m.engagement.purchase_engages = rows(m.engagement.BY_QUANTITY, purchase_engages)
