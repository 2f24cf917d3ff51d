"""own_capacity: an undertaker delivers with its own means; contracts may not be passed on."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pyomo.environ as pyo

from gpsopt.model.facts import Floats, Ints
from gpsopt.model.parts import index_set, index_set_of, member_set, owned, param, rows
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
    limit = resource_limits(world)
    taken = _taken(world, limit)
    keys = sorted({(u, r, t) for (u, r, t), _pairs, _use in taken})
    b.RESOURCES = index_set(keys)
    m, place = b.model(), {key: i for i, key in enumerate(keys)}
    names = sorted({r for _u, r, _t in keys})
    b.KINDS = index_set(names)
    kind = {r: i for i, r in enumerate(names)}
    sizes = np.array([len(pairs) for _key, pairs, _use in taken], dtype=np.int64)
    pair = np.concatenate([np.zeros(0, dtype=np.int64), *(pairs for _key, pairs, _use in taken)])
    kinds = np.array([kind[r] for (_u, r, _t), _pairs, _use in taken], dtype=np.int64)
    owner = np.array([place[key] for key, _pairs, _use in taken], dtype=np.int64)
    b.USES = index_set_of((b.KINDS, np.repeat(kinds, sizes)), (m.PAIRS, pair))
    b.USERS = owned(b.RESOURCES, b.USES, np.repeat(owner, sizes))
    b.use = param(b.USES, np.concatenate([np.zeros(0), *(use for _key, _pairs, use in taken)]))
    b.capacity = param(b.RESOURCES, [limit[key] for key in keys])

    def work_within_own_capacity(b: Any, u: Any, r: Any, t: Any) -> Any:
        m = b.model()
        taken = sum(b.use[k, o, n, s] * m.purchased[o, n, s] for k, o, n, s in b.USERS[u, r, t])
        return taken <= b.capacity[u, r, t]

    b.work_within_own_capacity = rows(b.RESOURCES, work_within_own_capacity)


def _taken(world: World, limit: dict[tuple[str, str, int], float]) -> list[tuple[tuple[str, str, int], Ints, Floats]]:
    """For each limited resource that some pair uses: its key, the pairs, and what a unit of each takes."""
    facts, pairs = world.facts, world.pairs
    offers = pairs.offers
    own = np.array([float(use) for use in offers.capacity_use])
    further: dict[str, Floats] = {r: np.zeros(len(offers.key)) for _u, r, _t in limit if r != ""}
    if further:
        place = {o: i for i, o in enumerate(offers.key)}
        for _line, row in facts.scenario.tables.rows("uses"):
            if row["resource"] in further and row["offer"] in place:
                further[row["resource"]][place[row["offer"]]] = float(row["use"])
    undertakers = {u: i for i, u in enumerate(facts.undertakers)}
    found: list[tuple[tuple[str, str, int], Ints, Floats]] = []
    who = np.array([undertakers[u] for u in offers.undertaker], dtype=np.int64)[pairs.offer]
    order = np.lexsort((np.arange(len(who)), pairs.year, who))
    code = (who * len(facts.years) + pairs.year)[order]
    starts = np.searchsorted(code, np.arange(len(undertakers) * len(facts.years) + 1))
    for u, r, t in sorted(limit):
        if u not in undertakers:
            continue
        at = undertakers[u] * len(facts.years) + facts.years.index(t)
        mine = order[starts[at] : starts[at + 1]]
        use = (own if r == "" else further[r])[pairs.offer[mine]]
        if (use > 0).any():
            found.append(((u, r, t), mine[use > 0], use[use > 0]))
    return found


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
    limited = np.array([u in limit for u in world.pairs.offers.undertaker], dtype=bool)
    for i in np.flatnonzero(limited[world.pairs.offer]) if limit else ():
        o, n, t = world.key_of(int(i))
        u = world.pairs.offers.undertaker[world.pairs.offer[i]]
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
    for i in np.flatnonzero(offers.capacity[world.pairs.offer] >= 0):
        o, n, t = world.key_of(int(i))
        members[o, t].append(n)
        size[o, t] = float(int(offers.capacity[world.pairs.offer[i]]) * facts.needs.step[world.pairs.need[i]])
    keys = sorted(members)
    b.OFFER_YEARS = index_set(keys)
    b.SERVED_BY = member_set(b.OFFER_YEARS, dict(members))
    b.offer_capacity = param(b.OFFER_YEARS, [size[key] for key in keys])

    def offer_within_its_capacity(b: Any, o: Any, t: Any) -> Any:
        return sum(b.model().purchased[o, n, t] for n in b.SERVED_BY[o, t]) <= b.offer_capacity[o, t]

    b.offer_within_its_capacity = rows(b.OFFER_YEARS, offer_within_its_capacity)
