"""affiliated_share: a purchaser does not buy from its own house alone."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

import pyomo.environ as pyo

from gpsopt.model.shares import Key, Share, declare_shares
from gpsopt.model.world import World


def affiliated_share(m: pyo.ConcreteModel, world: World) -> None:
    """Source: a researchers' rule against internal purchase; not in the document.

    A planner would say: at most this part of a purchaser's awards goes to institutions that belong to it.

        sum of amounts of undertakers affiliated to p  <=  max_share * sum of amounts of p        for every p, t

    | symbol | name | kind | unit |
    |---|---|---|---|
    | amount | price * x + setup * y of an award | decision | 万元 |
    | max_share | the largest part | parameter | 0 to 1 |

    Its price: what an aim gains if one more yuan may go to them.
    """
    b = m.affiliated_share = pyo.Block()
    declare_shares(b, world, affiliated_shares(world), "own_house_has_not_too_much", 2)


def affiliated_shares(world: World) -> list[Share]:
    """(purchaser, year) where an affiliated undertaker has a pair."""
    clause = world.facts.settings.clauses.affiliated_share
    assert clause is not None  # the register builds clauses that are on
    facts, whole, part = world.facts, defaultdict[Key, list[int]](list), defaultdict[Key, list[int]](list)
    for i, n in enumerate(world.pairs.need):
        purchaser = facts.needs.purchaser[n]
        key = (purchaser, facts.years[world.pairs.year[i]])
        whole[key].append(i)
        if facts.undertakers[world.undertaker_of_pair[i]]["affiliated_to"] == purchaser:
            part[key].append(i)
    share = Fraction(clause.max_share)
    return [Share(key, tuple(pairs), tuple(whole[key]), share) for key, pairs in part.items() if pairs]
