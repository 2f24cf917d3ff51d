"""The variables: what is bought, kept, newly delivered, missing, and how the money of a matter is used.

| variable | name | meaning | unit |
|---|---|---|---|
| x[o,n,t] | purchased | units bought through the offer | item |
| y[o,n,t] | award | 1 exactly when the offer has an award (only where that matters) | 0/1 |
| d[n,t] | direct | units the government keeps; once given up they do not come back | item |
| | moved | units given up in the year | item |
| idle[n,t] | idle | kept units that nobody needs while demand is below today's quantity | item |
| g[n,t] | new | units newly delivered directly | item |
| s[n,t] | shortfall | units missing to the target | item |
| | own, shared, unspent | use of a matter's released money: for itself, for others, not spent | 万元 |
| | drawn | what the matter's outlay takes from the purchase line | 万元 |
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from gpsopt.model.parts import index_set_of, rows, variable
from gpsopt.model.world import FEN_PER_WAN, World


def declare_decisions(m: pyo.ConcreteModel, world: World) -> None:
    """Variables over sparse sets; what cannot be is bounded to 0 and leaves before the solver."""
    facts, pairs = world.facts, world.pairs
    needs, lines = facts.needs, facts.lines
    step, years = world.need_step, len(facts.years)
    whole = np.repeat(needs.whole, years)
    m.purchased = variable(m.PAIRS, upper=world.most * step[pairs.need], integer=needs.whole[pairs.need])
    m.award = variable(m.AWARDS, upper=(world.most[world.binary] > 0).astype(float), integer=True)
    today = np.repeat((lines.quantity * step)[:, None], years, axis=1)
    demand = needs.demand * step[:, None]
    m.direct = variable(m.NEED_YEARS, upper=today.ravel(), integer=whole)
    m.moved = variable(m.NEED_YEARS, upper=today.ravel())
    m.idle = variable(m.NEED_YEARS, upper=np.maximum(0.0, today - demand).ravel())
    new = np.where(_new_allowed(world), np.inf if _beyond_demand(world) else demand, 0.0)
    m.new = variable(m.NEED_YEARS, upper=new.ravel(), integer=whole)
    m.shortfall = variable(m.NEED_YEARS, upper=(needs.target * step[:, None]).ravel())
    money = (lines.expenditure * (lines.quantity > 0)[:, None] / FEN_PER_WAN).ravel()
    follows = 0.0 if facts.settings.regime == "fees_stay" else 1.0
    m.own = variable(m.NEED_YEARS, upper=follows * money)
    m.shared = variable(m.NEED_YEARS, upper=(0.0 if facts.settings.savings == "returned" else follows) * money)
    m.unspent = variable(m.NEED_YEARS, upper=follows * money)
    m.drawn = variable(m.NEED_YEARS, upper=np.inf)


def _new_allowed(world: World) -> Any:
    """New direct units: for what only government may do, else where no_new_posts is struck or soft (2(2)4)."""
    facts = world.facts
    clauses = facts.settings.clauses
    if not clauses.on("no_new_posts") or clauses.soft("no_new_posts"):
        return np.ones(facts.needs.demand.shape, dtype=bool)
    return facts.needs.scope == "government_only"


def _beyond_demand(world: World) -> bool:
    """Does the clause coverage, in force, let more be served than is asked for?"""
    coverage = world.facts.settings.clauses.coverage
    return coverage.enabled and coverage.oversupply


def served(m: pyo.ConcreteModel, n: Any, t: Any) -> Any:
    """Units of the need that people get in the year."""
    return sum(m.purchased[o, n, t] for o in m.OFFERS_OF[n, t]) + m.direct[n, t] + m.new[n, t] - m.idle[n, t]


def bought(m: pyo.ConcreteModel, n: Any, t: Any) -> Any:
    """Units of the need that somebody took over in the year."""
    return sum(m.purchased[o, n, t] for o in m.OFFERS_OF[n, t])


def outlay(m: pyo.ConcreteModel, n: Any, t: Any) -> Any:
    """万元 spent on the need's awards and new direct units in the year."""
    return (
        sum(m.price[o, n, t] * m.purchased[o, n, t] for o in m.OFFERS_OF[n, t])
        + sum(m.setup[o, n, t] * m.award[o, n, t] for o in m.AWARDS_OF[n, t])
        + m.new_cost[n, t] * m.new[n, t]
    )


def units_stay_or_move(m: pyo.ConcreteModel, world: World) -> None:
    """What stood last year is kept or moved; nothing that moved comes back."""
    first = world.facts.years[0]
    m.units = pyo.Block()

    def kept_or_moved_at_first(b: Any, n: Any) -> Any:
        return b.model().direct[n, first] + b.model().moved[n, first] == b.model().today[n]

    def kept_or_moved(b: Any, n: Any, s: Any, t: Any) -> Any:
        return b.model().direct[n, t] + b.model().moved[n, t] == b.model().direct[n, s]

    def idle_is_kept(b: Any, n: Any, t: Any) -> Any:
        return b.model().idle[n, t] <= b.model().direct[n, t]

    m.units.kept_or_moved_at_first = rows(m.LINES, kept_or_moved_at_first)
    m.units.kept_or_moved = rows(m.SUCCESSIVE, kept_or_moved)
    m.units.idle_is_kept = rows(m.LINE_YEARS, idle_is_kept)


def awards_have_quantities(m: pyo.ConcreteModel) -> None:
    """y = 1 exactly when the offer gets a contract of at least its least size."""
    m.awards = pyo.Block()

    def award_has_its_least(b: Any, o: Any, n: Any, t: Any) -> Any:
        return b.model().purchased[o, n, t] >= b.model().least[o, n, t] * b.model().award[o, n, t]

    def purchase_needs_award(b: Any, o: Any, n: Any, t: Any) -> Any:
        return b.model().purchased[o, n, t] <= b.model().most[o, n, t] * b.model().award[o, n, t]

    m.awards.award_has_its_least = rows(m.AWARDS, award_has_its_least)
    m.awards.purchase_needs_award = rows(m.AWARDS, purchase_needs_award)


def demand_is_served_or_missing(m: pyo.ConcreteModel, world: World) -> None:
    """The shortfall is what is missing to the target; nobody is served beyond demand."""
    need, year = np.nonzero(world.facts.needs.target > 0)
    m.needs = pyo.Block()
    m.needs.TARGETS = index_set_of((m.NEEDS, need), (m.YEARS, year))

    def served_or_missing(b: Any, n: Any, t: Any) -> Any:
        return served(b.model(), n, t) + b.model().shortfall[n, t] >= b.model().target_quantity[n, t]

    def not_beyond_demand(b: Any, n: Any, t: Any) -> Any:
        return served(b.model(), n, t) <= b.model().demand[n, t]

    m.needs.served_or_missing = rows(m.needs.TARGETS, served_or_missing)
    if not _beyond_demand(world):
        m.needs.not_beyond_demand = rows(m.NEED_YEARS, not_beyond_demand)
