"""own_capacity: an undertaker delivers with its own means; contracts may not be passed on."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyomo.environ as pyo

from gpsopt.model.parts import index_set, member_set, param, rows
from gpsopt.model.world import FEN_PER_WAN, World
from gpsopt.money import fen


def own_capacity(m: pyo.ConcreteModel, world: World) -> None:
    """Source: 3(4), passing contracts on is strictly forbidden.

    A planner would say: nobody gets more work than its own people, beds and vehicles can do.

        sum over o, n of use[o] * x[o,n,t]                <= capacity[u]        (and each further resource)
        sum over o, n of price * x[o,n,t] + setup * y     <= contract_limit[u]
        sum over n of x[o,n,t]                            <= offer_capacity[o]

    | symbol | name | kind | unit |
    |---|---|---|---|
    | x | purchased | decision | item |
    | y | award | decision | 0/1 |
    | use | resource units a unit takes | parameter | resource unit per item |
    | capacity, contract_limit, offer_capacity | what is there in a year | parameter | resource unit, 万元, item |

    Its price: what an aim gains from one more unit of the undertaker's capacity.
    """
    m.own_capacity = pyo.Block()
    _resources(m.own_capacity, world)
    _contract_limits(m.own_capacity, world)
    _offer_capacities(m.own_capacity, world)


def _resources(b: pyo.Block, world: World) -> None:
    """RESOURCES (u, r, t): what is limited; USES (r, o, n, t): what a unit takes of it. '' is the undertaker's own."""
    facts, pairs = world.facts, world.pairs
    limit = resource_limits(world)
    uses = {(row["offer"], row["resource"]): float(row["use"]) for _line, row in facts.scenario.tables.rows("uses")}
    resources = sorted({r for _u, r, _t in limit})
    members: dict[Any, list[Any]] = defaultdict(list)
    use: dict[Any, float] = {}
    for i, (o, n, t) in enumerate(world.pair_keys):
        u = world.undertaker_of_pair[i]
        for r in resources:
            taken = float(pairs.offers.capacity_use[pairs.offer[i]]) if r == "" else uses.get((o, r), 0.0)
            if (u, r, t) in limit and taken > 0:
                members[u, r, t].append((o, n))
                use[r, o, n, t] = taken
    keys = sorted(members)
    b.RESOURCES = index_set(keys)
    b.USERS = member_set(b.RESOURCES, dict(members), dimen=2)
    b.USES = index_set(use)
    b.use = param(b.USES, list(use.values()))
    b.capacity = param(b.RESOURCES, [limit[key] for key in keys])

    def work_within_own_capacity(b: Any, u: Any, r: Any, t: Any) -> Any:
        m = b.model()
        return sum(b.use[r, o, n, t] * m.purchased[o, n, t] for o, n in b.USERS[u, r, t]) <= b.capacity[u, r, t]

    b.work_within_own_capacity = rows(b.RESOURCES, work_within_own_capacity)


def resource_limits(world: World) -> dict[tuple[str, str, int], float]:
    """(undertaker, resource, year) -> capacity; a row of the year goes before one of every year."""
    facts = world.facts
    given = {
        (row["undertaker"], row["resource"], row["year"]): row["capacity"]
        for _line, row in facts.scenario.tables.rows("capacities")
    }
    limit: dict[tuple[str, str, int], float] = {}
    for t in facts.years:
        for key, row in facts.undertakers.items():
            if row["capacity"] is not None:
                limit[key, "", t] = float(row["capacity"])
        for (u, r, year), capacity in given.items():
            if year == t or (year is None and (u, r, t) not in given):
                limit[u, r, t] = float(capacity)
    return limit


def _contract_limits(b: pyo.Block, world: World) -> None:
    limit = {
        u: fen(row["contract_limit"]) for u, row in world.facts.undertakers.items() if row["contract_limit"] is not None
    }  # fmt: skip
    pairs: dict[Any, list[Any]] = defaultdict(list)
    awards: dict[Any, list[Any]] = defaultdict(list)
    for i, (o, n, t) in enumerate(world.pair_keys):
        u = world.undertaker_of_pair[i]
        if u in limit:
            pairs[u, t].append((o, n))
            if world.binary[i]:
                awards[u, t].append((o, n))
    keys = sorted(pairs)
    b.LIMITED = index_set(keys)
    b.PAIRS_OF = member_set(b.LIMITED, dict(pairs), dimen=2)
    b.AWARDS_OF = member_set(b.LIMITED, dict(awards), dimen=2)
    b.contract_limit = param(b.LIMITED, [limit[u] / FEN_PER_WAN for u, _t in keys])

    def contracts_within_limit(b: Any, u: Any, t: Any) -> Any:
        m = b.model()
        return (
            sum(m.price[o, n, t] * m.purchased[o, n, t] for o, n in b.PAIRS_OF[u, t])
            + sum(m.setup[o, n, t] * m.award[o, n, t] for o, n in b.AWARDS_OF[u, t])
            <= b.contract_limit[u, t]
        )

    b.contracts_within_limit = rows(b.LIMITED, contracts_within_limit)


def _offer_capacities(b: pyo.Block, world: World) -> None:
    offers, facts = world.pairs.offers, world.facts
    members: dict[Any, list[Any]] = defaultdict(list)
    size: dict[Any, float] = {}
    for i, (o, n, t) in enumerate(world.pair_keys):
        limit = offers.capacity[world.pairs.offer[i]]
        if limit >= 0:
            members[o, t].append(n)
            size[o, t] = float(limit * facts.needs.step[world.pairs.need[i]])
    keys = sorted(members)
    b.OFFER_YEARS = index_set(keys)
    b.SERVED_BY = member_set(b.OFFER_YEARS, dict(members))
    b.offer_capacity = param(b.OFFER_YEARS, [size[key] for key in keys])

    def offer_within_its_capacity(b: Any, o: Any, t: Any) -> Any:
        return sum(b.model().purchased[o, n, t] for n in b.SERVED_BY[o, t]) <= b.offer_capacity[o, t]

    b.offer_within_its_capacity = rows(b.OFFER_YEARS, offer_within_its_capacity)
