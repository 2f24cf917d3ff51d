"""award_size: contracts have a size and a number; some offers exclude each other, some go together."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pyomo.environ as pyo

from gpsopt.model.parts import index_set, index_set_of, member_set, param, rows, variable
from gpsopt.model.world import World


def award_size(m: pyo.ConcreteModel, world: World) -> None:
    """Source: 3(4), the purchaser signs a contract with the undertaker.

    A planner would say: no contract below its least size, no more contracts than can be watched, one
    offer of a price ladder, and a package whole or not at all.

        min * y <= x <= max * y                     (the awards' own rows)
        sum of y over the need's offers <= max_awards;  >= min_awards if anything is bought
        sum of y over a group of `excludes` <= 1;  y = won[g,t] over a `package`

    | symbol | name | kind | unit |
    |---|---|---|---|
    | y | award | decision | 0/1 |
    | won | the package is bought | decision | 0/1 |
    | max_awards, min_awards | contracts a need and year | parameter | contracts |

    Its price: what an aim gains from one more contract.
    """
    m.award_size = pyo.Block()
    _counts(m.award_size, world)
    _exclusive(m.award_size, world)
    _packages(m.award_size, world)


def _counts(b: pyo.Block, world: World) -> None:
    m, needs, pairs = b.model(), world.facts.needs, world.pairs
    count = np.zeros(needs.demand.shape, dtype=np.int64)
    np.add.at(count, (pairs.need, pairs.year), 1)
    need, year = np.nonzero((needs.max_awards >= 0) & (needs.max_awards < count))
    b.CAPPED = index_set_of((m.NEEDS, need), (m.YEARS, year))
    b.max_awards = param(b.CAPPED, needs.max_awards[need, year])
    least = needs.min_awards[pairs.need, pairs.year]
    asked = np.flatnonzero(least > 1)
    at = pairs.need[asked] * len(world.facts.years) + pairs.year[asked]
    b.PLURAL = index_set_of((m.OFFERS, pairs.offer[asked]), (m.NEED_YEARS, at))
    b.min_awards = param(b.PLURAL, least[asked])

    def not_too_many_awards(b: Any, n: Any, t: Any) -> Any:
        m = b.model()
        return sum(m.award[o, n, t] for o in m.AWARDS_OF[n, t]) <= b.max_awards[n, t]

    def enough_awards_if_any(b: Any, o: Any, n: Any, t: Any) -> Any:
        m = b.model()
        return sum(m.award[v, n, t] for v in m.AWARDS_OF[n, t]) >= b.min_awards[o, n, t] * m.award[o, n, t]

    b.not_too_many_awards = rows(b.CAPPED, not_too_many_awards)
    b.enough_awards_if_any = rows(b.PLURAL, enough_awards_if_any)


def _exclusive(b: pyo.Block, world: World) -> None:
    members: dict[Any, list[str]] = defaultdict(list)
    for group, (o, n, t) in world.pairs_with(world.pairs.offers.excludes):
        members[group, n, t].append(o)
    crowded = {key: offers for key, offers in members.items() if len(offers) > 1}
    b.LADDERS = index_set(sorted(crowded))
    b.STEPS = member_set(b.LADDERS, crowded)

    def one_offer_of_the_group(b: Any, g: Any, n: Any, t: Any) -> Any:
        return sum(b.model().award[o, n, t] for o in b.STEPS[g, n, t]) <= 1

    b.one_offer_of_the_group = rows(b.LADDERS, one_offer_of_the_group)


def _packages(b: pyo.Block, world: World) -> None:
    packed = [(group, *key) for group, key in world.pairs_with(world.pairs.offers.package)]
    b.PACKAGES = index_set(sorted({(g, t) for g, _o, _n, t in packed}))
    b.PACKED = index_set(packed)
    b.won = variable(b.PACKAGES, upper=1.0, integer=True)

    def package_wins_whole(b: Any, g: Any, o: Any, n: Any, t: Any) -> Any:
        return b.model().award[o, n, t] == b.won[g, t]

    b.package_wins_whole = rows(b.PACKED, package_wins_whole)
